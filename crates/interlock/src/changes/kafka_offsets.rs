//! What every change of a Kafka group's offsets looks at and checks.

use super::guards::{Guard, Guards};
use super::part::Part;
use super::rights::{self, Needed};
use crate::cluster::kafka::{
    CommittedOffset, Group, GroupKind, GroupState, KafkaAnswer, KafkaCluster, KafkaQuery, Right, Topic,
};
use crate::cluster::{Answer, Failure, FailureKind, Look, Looker, Query, Section, Sections, Seen};
use crate::facts::Facts;
use crate::id::{ClusterName, GroupId, TopicName};
use crate::plan::{Aspect, Check, Expectation, Hold, Level, Plan, Sharing, Thing, client_places, member_facts};
use std::collections::BTreeMap;

/// The most partitions one operation commits: one `OffsetCommit` of bounded size.
pub(super) const MOST_PARTITIONS: usize = 10_000;

static NO_GROUP: Option<Group> = None;
static NO_COMMITS: Vec<CommittedOffset> = Vec::new();

/// What was looked at, for the finding when the look failed.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The part of the cluster.
    pub(super) part: Part,
    /// The kind of resource as ACLs name it.
    pub(super) on: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// The right that the look takes.
    pub(super) right: Right,
}

/// A look that failed forbids the change: what cannot be verified is not done. Where the broker denied it, the right that
/// is missing is named as well.
fn cannot_verify(subject: Subject<'_>, failure: &Failure) -> Vec<Check> {
    let facts = Facts::none()
        .with("part", subject.part.key())
        .with("name", subject.name)
        .with("failure", failure.kind.key())
        .with("said", failure.said.as_str());
    let mut checks = vec![Check::new(Level::Block, "cannot-verify", facts)];
    if failure.kind == FailureKind::Denied {
        checks.push(rights::lacks(subject.on, subject.name, subject.right));
    }
    checks
}

/// Collects the seen value or blocking checks; none while it has to be asked.
pub(super) fn seen<'a, T: ?Sized>(look: Look<'a, T>, subject: Subject<'_>, checks: &mut Vec<Check>) -> Option<&'a T> {
    match look {
        Look::Seen(value) => Some(value),
        Look::Ask => None,
        Look::Failed(failure) => {
            checks.extend(cannot_verify(subject, failure));
            None
        }
    }
}

/// The cluster; see [`seen`].
pub(super) fn look_at_cluster<'a>(looker: &mut Looker<'a>, failed: &mut Vec<Check>) -> Option<&'a KafkaCluster> {
    seen(
        looker.kafka_cluster(),
        Subject { part: Part::Cluster, on: "cluster", name: "kafka-cluster", right: Right::Describe },
        failed,
    )
}

/// What was seen of a group.
pub(super) struct GroupSeen<'a> {
    pub(super) group: Option<&'a Group>,
    pub(super) committed: &'a [CommittedOffset],
}

impl GroupSeen<'_> {
    /// Whether the group exists. One that nobody has heard of is described like one that has died: what it has committed
    /// tells them apart.
    pub(super) fn is_there(&self) -> bool {
        self.group.is_some() || !self.committed.is_empty()
    }
}

/// A group and its commits; see [`seen`].
pub(super) fn look_at_group<'a>(
    looker: &mut Looker<'a>,
    id: &GroupId,
    guards: &Guards,
    failed: &mut Vec<Check>,
) -> Option<GroupSeen<'a>> {
    let subject = |part| Subject { part, on: "group", name: id.as_str(), right: Right::Describe };
    let (group, committed) = (looker.kafka_group(id), looker.kafka_committed(id));
    if !guards.has(Guard::CannotVerify) {
        let group = seen_or(group, &NO_GROUP)?.as_ref();
        return Some(GroupSeen { group, committed: seen_or(committed, &NO_COMMITS)? });
    }
    let group = seen(group, subject(Part::Group), failed);
    let committed = seen(committed, subject(Part::CommittedOffsets), failed);
    Some(GroupSeen { group: group?.as_ref().filter(|group| group.state != GroupState::Dead), committed: committed? })
}

fn seen_or<'a, T>(look: Look<'a, T>, instead: &'a T) -> Option<&'a T> {
    match look {
        Look::Seen(value) => Some(value),
        Look::Failed(_) => Some(instead),
        Look::Ask => None,
    }
}

/// What a reset holds: the group's offsets to itself, each topic's offsets together with other resets.
pub(super) fn holds<'a>(
    cluster: &ClusterName,
    group: &GroupId,
    topics: impl Iterator<Item = &'a TopicName>,
) -> Vec<Hold> {
    let hold = |thing, sharing| Hold { cluster: cluster.clone(), thing, aspect: Aspect::Offsets, sharing };
    let mut holds: Vec<Hold> = topics.map(|topic| hold(Thing::Topic(topic.to_string()), Sharing::Shared)).collect();
    holds.push(hold(Thing::Group(group.to_string()), Sharing::Exclusive));
    holds.sort();
    holds.dedup();
    holds
}

/// Rights on the group and the topics. `removes`: whether commits are removed, by the change or by its way back.
pub(super) fn right_checks<'a>(
    group: (&GroupId, Option<&Group>),
    topics: impl Iterator<Item = (&'a TopicName, &'a Topic)>,
    removes: bool,
) -> Vec<Check> {
    let (id, group) = group;
    let told = group.map_or(&None, |group| &group.rights);
    let rights = if removes { rights::RESET_AND_REMOVE_ON_GROUP } else { rights::RESET_ON_GROUP };
    let mut checks = rights::check(&Needed { on: "group", name: id.as_str(), rights }, told);
    for (name, topic) in topics {
        let needed = Needed { on: "topic", name: name.as_str(), rights: rights::RESET_ON_TOPIC };
        checks.extend(rights::check(&needed, &topic.rights));
    }
    if checks.is_empty() {
        checks.push(Check::pass("rights-sufficient"));
    }
    checks
}

/// Whether the group can be written to: without members, and of a kind that has committed offsets.
pub(super) fn writable_checks(id: &GroupId, group: Option<&Group>) -> Vec<Check> {
    let Some(group) = group else { return vec![Check::pass("group-inactive")] };
    let mut checks = kind_check(id, group);
    checks.push(match group.members.as_slice() {
        [] => Check::pass("group-inactive"),
        members => Check::new(Level::Block, "group-inactive", member_facts(id, members))
            .privately(Facts::none().with("members", client_places(members))),
    });
    checks
}

/// Share and streams groups keep their positions by other means than `OffsetCommit`.
pub(super) fn kind_check(id: &GroupId, group: &Group) -> Vec<Check> {
    if group.kind != GroupKind::Other {
        return Vec::new();
    }
    vec![Check::new(Level::Block, "group-kind-not-supported", Facts::none().with("group", id.as_str()))]
}

/// Whether a group is one whose application is known to keep offsets elsewhere or to set them itself: Flink keeps them in
/// its checkpoints, Spark in its own, a sink connector often with the data (its group is `connect-` and its name).
pub(super) fn external_check(id: &GroupId, group: Option<&Group>) -> Option<Check> {
    let members = group.iter().flat_map(|group| &group.members);
    let mut names = members.map(|member| member.client_id.as_str()).chain([id.as_str()]);
    let known = |name: &&str| {
        let name = name.to_ascii_lowercase();
        name.contains("flink") || name.contains("spark") || name.starts_with("connect")
    };
    let worker = group.is_some_and(|group| group.protocol_type == "connect").then_some("connect");
    let hint = names.find(known).or(worker)?;
    Some(Check::new(Level::Warn, "known-external-offsets", Facts::none().with("hint", hint)))
}

/// A group without members whose commits are not those of an earlier look: something commits without being a member, and
/// may ignore what is set.
pub(super) fn moving_check(id: &GroupId, now: &GroupSeen<'_>, earlier: Option<&Sections>) -> Option<Check> {
    if now.group.is_some_and(|group| !group.members.is_empty()) {
        return None;
    }
    let before = Looker::new(earlier?).kafka_committed(id).seen()?;
    let now: BTreeMap<_, _> = now.committed.iter().map(|one| ((&one.topic, one.partition), one)).collect();
    let moved: Vec<_> = before
        .iter()
        .filter_map(|one| Some((one, *now.get(&(&one.topic, one.partition))?)))
        .filter(|(before, now)| before.committed.offset != now.committed.offset)
        .collect();
    let (first, then) = moved.first()?;
    let facts = of_partition(&first.topic, first.partition)
        .with("group", id.as_str())
        .with("count", moved.len())
        .with("before", first.committed.offset)
        .with("found", then.committed.offset);
    Some(Check::new(Level::Warn, "commits-move-without-members", facts))
}

/// What a plan was made from, as far as the next plan of the same operation compares it: give it as
/// [`super::Context::earlier`] when a stale plan is made anew.
#[must_use]
pub fn earlier(plan: &Plan) -> Sections {
    let mut sections = Sections::empty();
    for expectation in &plan.expectations {
        let Expectation::KafkaCommittedAre { group, offsets } = expectation else { continue };
        let committed = offsets.iter().filter_map(|one| {
            let committed = one.committed.clone()?;
            Some(CommittedOffset { topic: one.topic.clone(), partition: one.partition, committed })
        });
        let value = Answer::Kafka(KafkaAnswer::Committed(committed.collect()));
        let seen = Seen { from: plan.made_at, to: plan.made_at, value };
        sections.put(Query::Kafka(KafkaQuery::Committed(group.clone())), Section::Seen(seen));
    }
    sections
}

/// A cluster that says who it is.
pub(super) fn identity_check(cluster: &KafkaCluster) -> Check {
    Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", cluster.brokers.len()))
}

/// The topic as it is, as an expectation.
pub(super) fn topic_is(name: &TopicName, topic: &Topic) -> Expectation {
    let partitions = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
    Expectation::KafkaTopicIs { topic: name.clone(), id: topic.id.clone(), partitions }
}

/// A partition as evidence.
pub(super) fn of_partition(topic: &TopicName, partition: i32) -> Facts {
    Facts::none().with("topic", topic.as_str()).with("partition", i64::from(partition))
}
