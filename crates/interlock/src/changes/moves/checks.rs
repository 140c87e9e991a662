//! What is checked before replicas move.

use super::look::{CopyOf, Loads, Seen, dirs_of};
use super::{MOST_MOVES, Wanted, batches, copies, parts};
use crate::changes::kafka_offsets as offsets;
use crate::changes::rights::{self, Needed};
use crate::cluster::kafka::{Controllers, FOLLOWER_RATE, LEADER_RATE, LogDir, Partition, Reassignment, Silence};
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use crate::plan::{Check, ConfigOn, Level, LogDirCopy, ReplicaMove, too_small};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Every finding but those about holds.
pub(super) fn all(wanted: &Wanted, seen: &Seen<'_>, (load, eta): (&Loads, Duration)) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    checks.extend(right_checks(wanted, seen));
    checks.extend(moving_checks(wanted, seen));
    checks.extend(call_off_check(wanted, seen));
    checks.push(target_check(wanted, seen));
    checks.extend(health_checks(wanted, seen));
    checks.extend(left_over_check(wanted, seen));
    checks.push(controllers_check(seen));
    checks.extend(disk_checks(wanted, seen, (load, eta)));
    checks.push(throttle_check(wanted.throttle, load));
    checks.extend(count_check(wanted));
    checks
}

fn right_checks(wanted: &Wanted, seen: &Seen<'_>) -> Vec<Check> {
    let on_cluster = Needed { on: "cluster", name: "kafka-cluster", rights: rights::MOVE_ON_CLUSTER };
    let mut checks = rights::check(&on_cluster, &seen.cluster.rights);
    let topics: BTreeSet<&TopicName> = wanted.moves.iter().map(|one| &one.topic).collect();
    for name in topics {
        let needed = Needed { on: "topic", name: name.as_str(), rights: rights::MOVE_ON_TOPIC };
        if let Some(topic) = seen.topic(name) {
            checks.extend(rights::check(&needed, &topic.rights));
        }
    }
    if checks.is_empty() {
        checks.push(Check::pass("rights-sufficient"));
    }
    checks
}

/// Ours or anybody's: the controller would let the new one override it without a word. What a way back calls off itself is
/// not in its way.
fn moving_checks(wanted: &Wanted, seen: &Seen<'_>) -> Vec<Check> {
    let is_called_off = |found: &&Reassignment| {
        wanted.calls_off.iter().any(|one| one.topic == found.topic && one.partition == found.partition)
    };
    let others: Vec<&Reassignment> = seen.moving.iter().filter(|found| !is_called_off(found)).collect();
    let mut checks = Vec::new();
    match others.first() {
        None => checks.push(Check::pass("reassignment-under-way")),
        Some(first) => {
            let facts = offsets::of_partition(&first.topic, first.partition)
                .with("count", others.len())
                .with("found", first.target().to_string());
            checks.push(Check::new(Level::Block, "reassignment-under-way", facts));
        }
    }
    if let Some(first) = wanted.calls_off.first() {
        let facts = offsets::of_partition(&first.topic, first.partition).with("count", wanted.calls_off.len());
        checks.push(Check::new(Level::Warn, "moves-called-off", facts));
    }
    checks
}

/// Called off while a replica from before is dead, a partition could be left with the copy alone, which is not whole.
fn call_off_check(wanted: &Wanted, seen: &Seen<'_>) -> Option<Check> {
    let dead = |one: &ReplicaMove| one.from.0.iter().copied().find(|id| !seen.is_alive(*id));
    let (one, broker) = wanted.calls_off.iter().find_map(|one| Some((one, dead(one)?)))?;
    let facts = offsets::of_partition(&one.topic, one.partition).with("broker", i64::from(broker));
    Some(Check::new(Level::Block, "cannot-call-off", facts))
}

/// Whether a partition has too few replicas in sync only because of replicas that leave it: then the move is what helps.
pub(super) fn is_relieved(one: &ReplicaMove, seen: &Seen<'_>) -> bool {
    let Some(found) = seen.partition(&one.topic, one.partition) else { return false };
    let least = seen.settings(&one.topic).map_or(1, |found| found.min_isr as usize).min(one.from.0.len());
    let leaving = one.from.without(&one.to);
    let mut missing = one.from.0.iter().filter(|id| !found.isr.contains(id));
    !found.isr.is_empty() && found.isr.len() < least && missing.all(|id| leaving.contains(id))
}

/// A broker that was never there and one that is dead look the same from outside; neither takes replicas.
fn target_check(wanted: &Wanted, seen: &Seen<'_>) -> Check {
    let dead: Vec<String> = wanted.targets.iter().filter(|id| !seen.is_alive(**id)).map(ToString::to_string).collect();
    if dead.is_empty() {
        return Check::pass("targets-not-alive");
    }
    let alive: Vec<String> = seen.cluster.brokers.iter().map(|one| one.id.to_string()).collect();
    Check::new(Level::Block, "targets-not-alive", Facts::none().with("brokers", dead).with("alive", alive))
}

/// Partitions with a trouble: the first and how many.
struct Sick<'a> {
    first: Option<(&'a TopicName, &'a Partition)>,
    count: usize,
}

fn sick<'a>(all: impl Iterator<Item = (&'a TopicName, &'a Partition)>) -> Sick<'a> {
    let mut all = all.peekable();
    Sick { first: all.peek().copied(), count: all.count() }
}

fn health_checks(wanted: &Wanted, seen: &Seen<'_>) -> Vec<Check> {
    let ours: BTreeMap<(&TopicName, i32), &ReplicaMove> =
        wanted.moves.iter().map(|one| ((&one.topic, one.partition), one)).collect();
    let all = || seen.layout.iter().flat_map(|one| one.topic.partitions.iter().map(move |found| (&one.name, found)));
    let of_plan = || all().filter(|(name, found)| ours.contains_key(&(*name, found.partition)));
    let least: BTreeMap<&TopicName, usize> =
        seen.replication.topics.iter().map(|one| (&one.name, one.min_isr as usize)).collect();
    let under_min = |(name, found): &(&TopicName, &Partition)| {
        found.leader.is_some() && found.isr.len() < least.get(name).copied().unwrap_or(1).min(found.replicas.len())
    };
    let relieved = |(name, found): &(&TopicName, &Partition)| {
        ours.get(&(*name, found.partition)).is_some_and(|one| is_relieved(one, seen))
    };
    let mut checks = Vec::new();
    let mut add = |level, id, found: Sick<'_>| {
        if let Some((topic, partition)) = found.first {
            let facts = offsets::of_partition(topic, partition.partition)
                .with("count", found.count)
                .with("isr", partition.isr.len())
                .with("replicas", partition.replicas.len());
            checks.push((level, id, facts));
        }
    };
    add(Level::Block, SickKind::Offline, sick(of_plan().filter(|(_, found)| found.leader.is_none())));
    let is_worse = |one: &(&TopicName, &Partition)| under_min(one) && !relieved(one);
    add(Level::Block, SickKind::UnderMinIsr, sick(of_plan().filter(is_worse)));
    add(Level::Warn, SickKind::UnderMinIsr, sick(of_plan().filter(|one| under_min(one) && relieved(one))));
    add(
        Level::Warn,
        SickKind::UnderReplicated,
        sick(all().filter(|(_, found)| found.isr.len() < found.replicas.len())),
    );
    let mut checks: Vec<Check> = checks.into_iter().map(|(level, kind, facts)| kind.check(level, facts)).collect();
    let tight = wanted.moves.iter().filter(|one| batches::is_tight(one, seen));
    let tight = sick(tight.filter_map(|one| Some((&one.topic, seen.partition(&one.topic, one.partition)?))));
    if let Some((topic, partition)) = tight.first {
        let facts = offsets::of_partition(topic, partition.partition)
            .with("count", tight.count)
            .with("replicas", partition.replicas.len());
        checks.push(Check::new(Level::Warn, "no-replica-to-spare", facts));
    }
    checks
}

#[derive(Clone, Copy)]
enum SickKind {
    Offline,
    UnderMinIsr,
    UnderReplicated,
}

impl SickKind {
    fn check(self, level: Level, facts: Facts) -> Check {
        match self {
            Self::Offline => Check::new(level, "partition-offline", facts),
            Self::UnderMinIsr => Check::new(level, "under-min-isr", facts),
            Self::UnderReplicated => Check::new(level, "under-replicated", facts),
        }
    }
}

/// A throttle that somebody left; it is put back as it was found.
fn left_over_check(wanted: &Wanted, seen: &Seen<'_>) -> Option<Check> {
    let left = |id: i32, key: &str, value: &Option<String>| {
        value.is_some() && !wanted.earlier.left(&ConfigOn::Broker(id), key, value.as_deref())
    };
    let rates =
        seen.replication.brokers.iter().filter(|one| {
            left(one.id, LEADER_RATE, &one.leader_rate) || left(one.id, FOLLOWER_RATE, &one.follower_rate)
        });
    let brokers: Vec<String> = rates.map(|one| one.id.to_string()).collect();
    let lists = seen.replication.topics.iter().filter(|one| one.leaders.is_some() || one.followers.is_some());
    let topics: Vec<String> = lists.map(|one| one.name.to_string()).collect();
    if brokers.is_empty() && topics.is_empty() {
        return None;
    }
    Some(Check::new(Level::Warn, "left-over-throttle", Facts::none().with("brokers", brokers).with("topics", topics)))
}

/// A throttle on a broker that dies can be put back through the controllers' own listeners only, else when it returns.
fn controllers_check(seen: &Seen<'_>) -> Check {
    match &seen.replication.controllers {
        Controllers::Answer => Check::pass("controllers-not-reached"),
        Controllers::NotGiven => Check::new(Level::Warn, "controllers-not-given", Facts::none()),
        Controllers::Silent(Silence::Failed(why)) => {
            let facts = Facts::none().with("failure", why.kind.key()).with("said", why.said.as_str());
            Check::new(Level::Warn, "controllers-not-reached", facts)
        }
        Controllers::Silent(Silence::OtherCluster { found, expected }) => {
            let facts = Facts::none().with("found", found.as_str()).with("expected", expected.as_str());
            Check::new(Level::Warn, "controllers-of-another-cluster", facts)
        }
    }
}

/// What is free on a broker's usable disks; none if it does not tell.
pub(super) fn usable(seen: &Seen<'_>, broker: i32) -> Option<u64> {
    let found = seen.dirs.iter().find(|one| one.broker == broker)?;
    let dirs = dirs_of(found);
    if dirs.is_empty() {
        None
    } else {
        dirs.iter().filter(|dir| dir.takes_replicas()).map(|dir| dir.usable_bytes).sum()
    }
}

/// For how many seconds what comes in takes room beside the copies. A move that never ends is refused for that; its copies alone
/// are what room is checked for.
pub(super) fn filling(wanted: &Wanted, load: &Loads, eta: Duration) -> u64 {
    if wanted.throttle > load.inflow() { eta.as_secs() } else { 0 }
}

/// Room for the copies and for what comes in while they are made: on the broker, and in each of its directories.
fn disk_checks(wanted: &Wanted, seen: &Seen<'_>, (load, eta): (&Loads, Duration)) -> Vec<Check> {
    let mut checks = Vec::new();
    let span = filling(wanted, load, eta);
    let all = seen.copies(&wanted.moves, span);
    for (id, end) in &load.takes {
        let needed = end.bytes.saturating_add(end.inflow.saturating_mul(span));
        let facts = Facts::none().with("broker", i64::from(*id)).with("needed", Fact::Bytes(needed));
        match usable(seen, *id) {
            None => checks.push(Check::new(Level::Warn, "disk-not-told", facts)),
            Some(free) if free < needed => {
                checks.push(Check::new(Level::Block, "disk-too-small", facts.with("found", Fact::Bytes(free))));
            }
            Some(_) => {}
        }
        let dirs = seen.dirs_of(*id);
        if dirs.iter().filter(|dir| dir.takes_replicas()).count() > 1 {
            let given = |copy: &CopyOf| wanted.moves.get(copy.of)?.dirs.get(id).map(String::as_str);
            let copies = all.get(id).into_iter().flatten();
            let copies = copies.map(|copy| LogDirCopy { bytes: copy.bytes, dir: given(copy) });
            checks.extend(dirs_check(*id, dirs, &copies.collect::<Vec<_>>()));
        }
    }
    if checks.is_empty() {
        checks.push(Check::pass("disk-too-small"));
    }
    checks
}

/// Nothing to say where each copy is given a directory with room for it. Else the broker picks them by the number of replicas.
fn dirs_check(broker: i32, dirs: &[LogDir], copies: &[LogDirCopy<'_>]) -> Option<Check> {
    let facts = Facts::none().with("broker", i64::from(broker)).with("count", dirs.len());
    let given = copies.iter().all(|copy| copy.dir.is_some());
    if let Some(found) = too_small(dirs, copies) {
        let facts = facts.with("path", found.path).with("needed", Fact::Bytes(found.needed));
        let facts =
            facts.with("found", Fact::Bytes(found.usable)).with("picked-by", if given { "room" } else { "number" });
        return Some(Check::new(Level::Block, "log-dir-too-small", facts));
    }
    (!given).then(|| Check::new(Level::Warn, "several-log-dirs", facts))
}

/// At or below the inflow a copy never catches up.
pub(in crate::changes) fn throttle_check(throttle: u64, load: &Loads) -> Check {
    let inflow = load.inflow();
    if throttle > inflow {
        return Check::pass("throttle-below-inflow");
    }
    let facts = Facts::none().with("throttle", Fact::Bytes(throttle)).with("inflow", Fact::Bytes(inflow));
    Check::new(Level::Block, "throttle-below-inflow", facts)
}

/// More than one operation takes; with the topics that a first one takes.
fn count_check(wanted: &Wanted) -> Option<Check> {
    let count = copies(&wanted.moves);
    if count <= MOST_MOVES {
        return None;
    }
    let (topics, parts) = parts::first(&wanted.moves, MOST_MOVES);
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let facts = Facts::none()
        .with("count", number(count))
        .with("most", number(MOST_MOVES))
        .with("parts", number(parts))
        .with("topics", topics);
    Some(Check::new(Level::Block, "too-many-moves", facts))
}
