//! Who reads a topic.

use super::{CommittedOffset, Group, GroupState, Member};
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A group that reads a topic, or has read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// The group.
    pub group: GroupId,
    /// Its members that read the topic; those whose assignment cannot be read count as well.
    pub members: Vec<Member>,
    /// What it has committed there, ordered by partition.
    pub committed: Vec<CommittedOffset>,
}

impl Reader {
    /// A group as a reader of a topic; none if it neither reads it nor has committed there. While a group that has committed
    /// there is between assignments, all of its members count.
    #[must_use]
    pub fn of(topic: &TopicName, id: &GroupId, group: Option<&Group>, committed: &[CommittedOffset]) -> Option<Self> {
        let committed: Vec<_> = committed.iter().filter(|one| one.topic == *topic).cloned().collect();
        let between = group.is_some_and(|group| group.state == GroupState::Rebalancing) && !committed.is_empty();
        let reads =
            |member: &&Member| between || member.assigned.as_ref().is_none_or(|topics| topics.contains_key(topic));
        let members: Vec<_> = group.into_iter().flat_map(|group| &group.members).filter(reads).cloned().collect();
        (!members.is_empty() || !committed.is_empty()).then(|| Self { group: id.clone(), members, committed })
    }
}

/// A group and every topic that it reads or has committed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupReads {
    /// The group.
    pub group: GroupId,
    /// The topics.
    pub topics: BTreeSet<TopicName>,
    /// How many members it has.
    pub members: u32,
}

impl GroupReads {
    /// What a group reads, by what its members are assigned and by what it has committed.
    #[must_use]
    pub fn of(id: &GroupId, group: Option<&Group>, committed: &[CommittedOffset]) -> Self {
        let members = group.map_or(&[][..], |group| &group.members);
        let assigned = members.iter().filter_map(|member| member.assigned.as_ref()).flat_map(|topics| topics.keys());
        let topics = committed.iter().map(|one| &one.topic).chain(assigned).cloned().collect();
        Self { group: id.clone(), topics, members: u32::try_from(members.len()).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::kafka::{Committed, GroupKind};

    fn member(assigned: Option<&str>) -> Member {
        Member {
            member_id: "m".to_owned(),
            instance_id: None,
            client_id: "c".to_owned(),
            host: "h".to_owned(),
            assigned: assigned.map(|name| [(name.parse().unwrap(), vec![0])].into()),
        }
    }

    fn group(state: GroupState, members: Vec<Member>) -> Group {
        Group { kind: GroupKind::Classic, state, protocol_type: "consumer".to_owned(), members, rights: None }
    }

    #[test]
    fn a_group_reads_what_it_is_assigned_and_what_it_has_committed_in() {
        let id: GroupId = "billing".parse().unwrap();
        let members = vec![member(Some("orders")), member(None)];
        let committed =
            CommittedOffset { topic: "refunds".parse().unwrap(), partition: 0, committed: Committed::plain(7) };
        let reads = GroupReads::of(&id, Some(&group(GroupState::Stable, members)), &[committed]);
        let topics: Vec<String> = reads.topics.iter().map(ToString::to_string).collect();
        assert_eq!((topics, reads.members), (vec!["orders".to_owned(), "refunds".to_owned()], 2));
    }

    #[test]
    fn who_reads_has_read_or_may_read_counts() {
        let (orders, id) = ("orders".parse().unwrap(), "billing".parse().unwrap());
        let commit = |topic: &str| CommittedOffset {
            topic: topic.parse().unwrap(),
            partition: 0,
            committed: Committed::plain(7),
        };
        let seen = |group: Option<Group>, committed: &[CommittedOffset]| {
            Reader::of(&orders, &id, group.as_ref(), committed).map(|one| (one.members.len(), one.committed.len()))
        };
        let stable = |member| Some(group(GroupState::Stable, vec![member]));
        assert_eq!(seen(stable(member(Some("orders"))), &[]), Some((1, 0)));
        assert_eq!(seen(stable(member(Some("other"))), &[]), None);
        assert_eq!(seen(stable(member(Some("other"))), &[commit("orders")]), Some((0, 1)));
        assert_eq!(seen(stable(member(None)), &[]), Some((1, 0)), "what cannot be read may be anything");
        assert_eq!(seen(None, &[commit("other")]), None);
        let between = Some(group(GroupState::Rebalancing, vec![member(Some("other"))]));
        assert_eq!(seen(between.clone(), &[commit("orders")]), Some((1, 1)));
        assert_eq!(seen(between, &[]), None);
    }
}
