//! What every change of a Kafka group's offsets looks at and checks.

use super::rights::{self, Needed};
use crate::cluster::kafka::{Group, GroupState, KafkaCluster, Member, Topic};
use crate::cluster::{Failure, Look};
use crate::facts::Facts;
use crate::id::{ClusterName, GroupId, TopicName};
use crate::plan::{Aspect, Check, Hold, Level, Sharing, Thing};

/// The most partitions one operation commits: one `OffsetCommit` of bounded size.
pub(super) const MOST_PARTITIONS: usize = 10_000;

/// A look that failed, as the check that forbids the change: what cannot be verified is not done.
pub(super) fn cannot_verify(what: &str, failure: &Failure) -> Check {
    let facts =
        Facts::none().with("what", what).with("failure", failure.kind.key()).with("said", failure.said.as_str());
    Check::new(Level::Block, "cannot-verify", facts)
}

/// Collects the seen value or a blocking check; none while it has to be asked.
pub(super) fn seen<'a, T: ?Sized>(look: Look<'a, T>, what: &str, checks: &mut Vec<Check>) -> Option<&'a T> {
    match look {
        Look::Seen(value) => Some(value),
        Look::Ask => None,
        Look::Failed(failure) => {
            checks.push(cannot_verify(what, failure));
            None
        }
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

/// Rights on the group and the topics.
pub(super) fn right_checks(
    group: (&GroupId, Option<&Group>),
    topics: &[(&TopicName, &Topic)],
    removes: bool,
) -> Vec<Check> {
    let (id, group) = group;
    let told = group.map_or(&None, |group| &group.rights);
    let on_group = |rights| rights::check(&Needed { on: "group", name: id.as_str(), rights }, told);
    let mut checks = on_group(rights::RESET_ON_GROUP);
    if removes && told.is_some() {
        checks.extend(on_group(rights::REMOVE_ON_GROUP));
    }
    for (name, topic) in topics {
        let needed = Needed { on: "topic", name: name.as_str(), rights: rights::RESET_ON_TOPIC };
        checks.extend(rights::check(&needed, &topic.rights));
    }
    if checks.is_empty() {
        checks.push(Check::pass("rights-sufficient"));
    }
    checks
}

/// The members of a group, as evidence: client ids, how many, how many of them static. Never hosts.
pub(super) fn member_facts(group: &GroupId, members: &[Member]) -> Facts {
    let mut names: Vec<String> = members.iter().map(|member| member.client_id.clone()).collect();
    names.sort();
    names.dedup();
    let fixed = members.iter().filter(|member| member.instance_id.is_some()).count();
    Facts::none()
        .with("group", group.as_str())
        .with("count", members.len())
        .with("members", names)
        .with("static", fixed)
}

/// Whether a group is one whose application is known to keep offsets elsewhere or to set them itself.
pub(super) fn keeps_offsets_elsewhere(group: &Group, id: &GroupId) -> Option<Check> {
    let mut hints = group.members.iter().map(|member| member.client_id.as_str()).chain([id.as_str()]);
    let known = ["flink", "spark"];
    let hint = hints.find(|hint| known.iter().any(|word| hint.to_ascii_lowercase().contains(word)));
    let connect = (group.protocol_type == "connect").then_some("connect");
    let found = hint.or(connect)?;
    Some(Check::new(Level::Warn, "known-external-offsets", Facts::none().with("hint", found)))
}

/// A cluster that says who it is.
pub(super) fn identity_check(cluster: &KafkaCluster) -> Check {
    Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", cluster.brokers.len()))
}

/// Whether a group is known to the coordinator at all.
pub(super) fn exists(group: Option<&Group>) -> bool {
    group.is_some_and(|group| group.state != GroupState::Dead)
}
