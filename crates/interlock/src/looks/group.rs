//! `/group`: state, members with what is assigned to them, lag by topic.

use super::suggest::unknown_group;
use super::{Asked, LookAnswer, Looking, Part, answer, missing, part};
use crate::cluster::kafka::{CommittedOffset, Group, GroupKind, GroupState, LogRange, Member};
use crate::cluster::{Look, Looker};
use crate::id::{ClusterName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of how many topics the lag is looked up; the rest is named as left out.
const MOST_TOPICS: usize = 50;

/// One consumer group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLook {
    /// The cluster.
    pub cluster: ClusterName,
    /// The group.
    pub group: GroupId,
    /// Its state.
    pub state: GroupState,
    /// Its protocol.
    pub kind: GroupKind,
    /// The protocol type its members named; may be empty.
    pub protocol_type: String,
    /// Its members.
    pub members: Vec<MemberLine>,
    /// Its lag by topic, largest first.
    pub topics: Part<Vec<TopicLag>>,
    /// Topics in scope that were not looked at, because there are too many.
    pub topics_left_out: usize,
}

/// A member. Hosts are for private answers only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    /// The client id it named.
    pub client_id: String,
    /// Its static id, if it has one.
    pub instance_id: Option<String>,
    /// Where it comes from.
    pub host: String,
    /// How many partitions are assigned to it. None if that cannot be read.
    pub assigned: Option<usize>,
}

/// A group's lag in one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicLag {
    /// The topic.
    pub topic: TopicName,
    /// Partitions with a commit.
    pub committed: usize,
    /// Partitions without one.
    pub without_commit: usize,
    /// Records after the commits; commits below the log's start count from there. None if the log was not seen.
    pub lag: Option<i64>,
}

pub(super) fn look(asked: &Asked<'_>) -> Looking {
    let Some(id) = asked.arguments.group("group") else { return missing("group") };
    if !(asked.visible.group)(id) {
        return unknown_group(asked, id);
    }
    let mut looker = Looker::new(asked.sections);
    let group = looker.kafka_group(id);
    let committed = part(looker.kafka_committed(id));
    let group = match group {
        Look::Seen(Some(group)) => group,
        Look::Seen(None) => return unknown_group(asked, id),
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    };
    let Some(committed) = committed else { return Looking::Need(looker.needed()) };
    let (topics, left_out) = match committed {
        Part::Known(committed) => match lags(asked, group, committed, &mut looker) {
            Some((lags, left_out)) => (Part::Known(lags), left_out),
            None => return Looking::Need(looker.needed()),
        },
        Part::Unknown(failure) => (Part::Unknown(failure), 0),
    };
    answer(LookAnswer::Group(GroupLook {
        cluster: asked.cluster.name.clone(),
        group: id.clone(),
        state: group.state,
        kind: group.kind,
        protocol_type: group.protocol_type.clone(),
        members: group.members.iter().map(member).collect(),
        topics,
        topics_left_out: left_out,
    }))
}

fn member(member: &Member) -> MemberLine {
    MemberLine {
        client_id: member.client_id.clone(),
        instance_id: member.instance_id.clone(),
        host: member.host.clone(),
        assigned: member.assigned.as_ref().map(|topics| topics.values().map(Vec::len).sum()),
    }
}

/// None while log ranges have to be asked first.
fn lags(
    asked: &Asked<'_>,
    group: &Group,
    committed: &[CommittedOffset],
    looker: &mut Looker<'_>,
) -> Option<(Vec<TopicLag>, usize)> {
    let assigned = group.members.iter().filter_map(|member| member.assigned.as_ref()).flat_map(BTreeMap::keys);
    let all: BTreeSet<&TopicName> = committed.iter().map(|one| &one.topic).chain(assigned).collect();
    let shown: Vec<&TopicName> = all.into_iter().filter(|topic| (asked.visible.topic)(topic)).collect();
    let left_out = shown.len().saturating_sub(MOST_TOPICS);
    let mut found = Vec::new();
    let mut waiting = false;
    for topic in shown.into_iter().take(MOST_TOPICS) {
        match looker.kafka_log_ranges(topic) {
            Look::Ask => waiting = true,
            Look::Failed(_) => found.push(lag_of(topic, committed, None)),
            Look::Seen(ranges) => found.push(lag_of(topic, committed, Some(ranges))),
        }
    }
    found.sort_by(|one, other| other.lag.cmp(&one.lag).then_with(|| one.topic.cmp(&other.topic)));
    (!waiting).then_some((found, left_out))
}

fn lag_of(topic: &TopicName, committed: &[CommittedOffset], ranges: Option<&Vec<LogRange>>) -> TopicLag {
    let commits: BTreeMap<i32, i64> =
        committed.iter().filter(|one| one.topic == *topic).map(|one| (one.partition, one.committed.offset)).collect();
    let lag = ranges.map(|ranges| {
        let behind = ranges.iter().filter_map(|range| commits.get(&range.partition).map(|at| lag_in(range, *at)));
        behind.fold(0_i64, i64::saturating_add)
    });
    let partitions = ranges.map_or(commits.len(), Vec::len);
    TopicLag {
        topic: topic.clone(),
        committed: commits.len(),
        without_commit: partitions.saturating_sub(commits.len()),
        lag,
    }
}

/// The records a consumer at this commit has still to read. A commit that fell out of the log starts at the log's start.
pub(super) fn lag_in(range: &LogRange, committed: i64) -> i64 {
    range.end.saturating_sub(committed.max(range.start)).max(0)
}
