//! What is checked before a topic is changed as a whole.

use crate::changes::rights::{self, Needed};
use crate::changes::{Context, held_checks};
use crate::cluster::kafka::{KafkaCluster, LogRange, Reader, Right, Rights};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Hold, Level};
use std::collections::{BTreeMap, BTreeSet};

/// The most partitions one operation makes: all of them are one batch of records of the controller, which takes 10,000
/// (`QuorumController.MAX_RECORDS_PER_USER_OP`), and each broker opens files for its own.
const MOST_NEW_PARTITIONS: u32 = 1_000;

/// Holds that others have.
pub(in crate::changes) fn held(holds: &[Hold], context: &Context<'_>) -> Vec<Check> {
    held_checks(holds, context.held.iter())
}

/// A block for each right that is missing on one thing; else a pass.
pub(in crate::changes) fn rights_checks((on, name): (&str, &str), needed: &[Right], told: &Rights) -> Vec<Check> {
    let found = rights::check(&Needed { on, name, rights: needed }, told);
    if found.is_empty() { vec![Check::pass("rights-sufficient")] } else { found }
}

/// Topics of Kafka itself, and by their name those that tools keep their state in, are not changed by hand.
pub(in crate::changes) fn system_check(name: &TopicName, internal: bool) -> Option<Check> {
    let is_system = internal || name.as_str().starts_with("__");
    is_system.then(|| Check::new(Level::Block, "system-topic", Facts::none().with("topic", name.as_str())))
}

pub(in crate::changes) fn count_check(count: u32) -> Option<Check> {
    let facts = Facts::none().with("count", i64::from(count)).with("most", i64::from(MOST_NEW_PARTITIONS));
    (count > MOST_NEW_PARTITIONS).then(|| Check::new(Level::Block, "too-many-new-partitions", facts))
}

/// Whether the live brokers can take so many replicas of a partition, apart from each other.
pub(in crate::changes) fn brokers_checks(cluster: &KafkaCluster, replicas: u32) -> Vec<Check> {
    let mut checks = Vec::new();
    if cluster.brokers.len() < replicas as usize {
        let facts = Facts::none().with("brokers", cluster.brokers.len()).with("replicas", i64::from(replicas));
        checks.push(Check::new(Level::Block, "too-few-brokers", facts));
    }
    let (with, without): (Vec<_>, Vec<_>) = cluster.brokers.iter().partition(|broker| broker.rack.is_some());
    let ids = |brokers: &[&crate::cluster::kafka::Broker]| {
        brokers.iter().map(|broker| broker.id.to_string()).collect::<Vec<_>>()
    };
    if !with.is_empty() && !without.is_empty() {
        let facts = Facts::none().with("with", ids(&with)).with("without", ids(&without));
        checks.push(Check::new(Level::Block, "racks-on-some", facts));
    }
    let racks: BTreeSet<&String> = cluster.brokers.iter().filter_map(|broker| broker.rack.as_ref()).collect();
    if !racks.is_empty() && racks.len() < replicas as usize {
        let facts = Facts::none().with("racks", racks.len()).with("replicas", i64::from(replicas));
        checks.push(Check::new(Level::Warn, "racks-too-few", facts));
    }
    checks
}

/// Nothing goes away under clients that are at work with it.
pub(in crate::changes) fn connected_check(name: &TopicName, readers: &[Reader]) -> Check {
    let at_work: Vec<&Reader> = readers.iter().filter(|reader| !reader.members.is_empty()).collect();
    if at_work.is_empty() {
        return Check::pass("clients-connected");
    }
    let groups: Vec<String> = at_work.iter().map(|reader| reader.group.to_string()).collect();
    let members: usize = at_work.iter().map(|reader| reader.members.len()).sum();
    let facts = Facts::none().with("topic", name.as_str()).with("groups", groups).with("count", members);
    Check::new(Level::Block, "clients-connected", facts)
}

/// How many records lie in logs.
pub(in crate::changes) fn count_of(ranges: &[LogRange]) -> i64 {
    ranges.iter().map(|range| range.end.saturating_sub(range.start).max(0)).fold(0, i64::saturating_add)
}

/// How many records of these logs before an offset each a group has not read; where it never committed nobody knows where it
/// would begin, and nothing is counted.
pub(in crate::changes) fn unread(reader: &Reader, ranges: &[LogRange], before: &BTreeMap<i32, i64>) -> u64 {
    let committed: BTreeMap<i32, i64> =
        reader.committed.iter().map(|one| (one.partition, one.committed.offset)).collect();
    let one = |range: &LogRange| {
        let at = committed.get(&range.partition)?.max(&range.start);
        let end = before.get(&range.partition).copied().unwrap_or(range.end);
        u64::try_from(end.saturating_sub(*at)).ok()
    };
    ranges.iter().filter_map(one).fold(0, u64::saturating_add)
}
