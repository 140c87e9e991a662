//! What is done, in which order, and what must be true for it: throttle, batches, preferred leaders.

use super::batches::Batch;
use super::look::{End, Loads, Seen};
use super::throttle::Settings;
use super::{Wanted, checks};
use crate::cluster::kafka::Broker;
use crate::plan::{
    Action, Assigned, Condition, ConfigExpected, Expectation, KafkaAction, Moving, PreferredLeader, ReplicaMove,
    RoomExpected, Step, Throttle, Undo, Work,
};
use std::collections::{BTreeMap, BTreeSet};

/// So slow a move gets at most: a tenth of what was asked for, and enough to end some day.
const SLOWEST_PART: u64 = 10;
/// So fast it may be made by somebody who asks for it while it runs.
const FASTEST_PART: u64 = 4;
/// After so many looks without a byte less people are told.
const STALLED_LOOKS: u32 = 20;
const STALLED_AT_LEAST: std::time::Duration = std::time::Duration::from_secs(60);

/// What must be true when it starts.
pub(super) fn expectations(wanted: &Wanted, seen: &Seen<'_>, settings: &Settings, load: &Loads) -> Vec<Expectation> {
    let configs: Vec<ConfigExpected> =
        settings.rates.iter().chain(&settings.lists).map(ConfigExpected::before).collect();
    let is_called_off = |one: &&ReplicaMove| {
        wanted.calls_off.iter().any(|off| (&off.topic, off.partition) == (&one.topic, one.partition))
    };
    let moving = match wanted.calls_off.as_slice() {
        [] => Expectation::KafkaNothingMoves,
        moves => Expectation::KafkaOnlyTheseMove { moves: moves.to_vec() },
    };
    let still = wanted.moves.iter().filter(|one| !is_called_off(one));
    let mut all = vec![
        cluster_is(seen),
        moving,
        Expectation::KafkaBrokersAlive { brokers: targets(wanted, seen) },
        Expectation::KafkaAssignedAre { partitions: still.map(Assigned::before).collect() },
    ];
    if !configs.is_empty() {
        all.push(Expectation::KafkaConfigsAre { configs });
    }
    all.push(Expectation::KafkaRoom { brokers: rooms(wanted, seen, load) });
    all
}

/// Room for the copies, where it is told: in the directories that they are given, or else on the broker.
fn rooms(wanted: &Wanted, seen: &Seen<'_>, load: &Loads) -> Vec<RoomExpected> {
    let mut given: BTreeMap<(i32, &str), u64> = BTreeMap::new();
    for one in &wanted.moves {
        for (broker, path) in &one.dirs {
            let bytes = given.entry((*broker, path)).or_default();
            *bytes = bytes.saturating_add(seen.size(one));
        }
    }
    let told = load.takes.iter().filter(|(id, _)| checks::usable(seen, **id).is_some());
    let by_dir = |id: i32| {
        let given = given.range((id, "")..).take_while(move |((broker, _), _)| *broker == id);
        given.map(move |((_, path), bytes)| RoomExpected { broker: id, bytes: *bytes, path: Some((*path).to_owned()) })
    };
    let room = |(id, end): (&i32, &End)| match by_dir(*id).collect::<Vec<_>>() {
        given if given.is_empty() => vec![RoomExpected { broker: *id, bytes: end.bytes, path: None }],
        given => given,
    };
    told.flat_map(room).collect()
}

fn cluster_is(seen: &Seen<'_>) -> Expectation {
    Expectation::KafkaClusterIs { id: seen.cluster.id.clone() }
}

fn targets(wanted: &Wanted, seen: &Seen<'_>) -> Vec<Broker> {
    seen.cluster.brokers.iter().filter(|one| wanted.targets.contains(&one.id)).cloned().collect()
}

pub(super) fn steps(wanted: &Wanted, seen: &Seen<'_>, settings: &Settings, batches: &[Batch]) -> Vec<Step> {
    let mut all = Vec::new();
    if !wanted.calls_off.is_empty() {
        let action = KafkaAction::CallOff { moves: wanted.calls_off.clone() };
        all.push(step(action, vec![cluster_is(seen)], Condition::ReadBack, Undo::Nothing));
    }
    for changes in [&settings.rates, &settings.lists] {
        if !changes.is_empty() {
            let action = KafkaAction::SetConfigs { changes: changes.clone() };
            all.push(step(action, vec![cluster_is(seen)], Condition::ReadBack, Undo::Nothing));
        }
    }
    for batch in batches {
        let needs = vec![cluster_is(seen), Expectation::KafkaBrokersAlive { brokers: targets(wanted, seen) }];
        let undo = Undo::Inverse { needs: vec![cluster_is(seen)] };
        let moved = Condition::KafkaMoved(moving(wanted, seen, batch));
        all.push(step(KafkaAction::Reassign { moves: batch.moves.clone() }, needs, moved, undo));
    }
    let leaders = leaders(batches);
    if !leaders.is_empty() {
        let action = KafkaAction::ElectPreferred { partitions: leaders };
        all.push(step(action, vec![cluster_is(seen)], Condition::ReadBack, Undo::Nothing));
    }
    (1..).zip(all).map(|(number, step)| Step { number, ..step }).collect()
}

fn step(action: KafkaAction, needs: Vec<Expectation>, done: Condition, undo: Undo) -> Step {
    Step { number: 0, work: Work::Act(Action::Kafka(action)), needs, done, undo }
}

fn moving(wanted: &Wanted, seen: &Seen<'_>, batch: &Batch) -> Moving {
    let min_isr: BTreeMap<_, _> =
        batch.moves.iter().filter_map(|one| Some((one.topic.clone(), seen.settings(&one.topic)?.min_isr))).collect();
    let brokers: Vec<i32> = seen.throttled(&wanted.moves).into_iter().collect();
    let throttle = Throttle {
        brokers,
        bytes_per_second: wanted.throttle,
        slowest_bytes_per_second: (wanted.throttle / SLOWEST_PART).max(1),
        fastest_bytes_per_second: wanted.throttle.saturating_mul(FASTEST_PART),
    };
    let mut relieved: BTreeMap<_, BTreeSet<i32>> = BTreeMap::new();
    for one in batch.moves.iter().filter(|one| checks::is_relieved(one, seen)) {
        relieved.entry(one.topic.clone()).or_default().insert(one.partition);
    }
    let stalled = (batch.interval * STALLED_LOOKS).max(STALLED_AT_LEAST);
    Moving {
        interval_ms: super::millis(batch.interval),
        stalled_ms: super::millis(stalled),
        min_isr,
        relieved,
        throttle: (!throttle.brokers.is_empty()).then_some(throttle),
    }
}

/// Where the first replica is another one, leadership is handed to it; elsewhere whoever leads goes on.
fn leaders(batches: &[Batch]) -> Vec<PreferredLeader> {
    let moves = batches.iter().flat_map(|batch| &batch.moves);
    let changed = moves.filter(|one| one.starts().any(|from| from.0.first() != one.to.0.first()));
    changed
        .filter_map(|one| {
            let leader = *one.to.0.first()?;
            Some(PreferredLeader { topic: one.topic.clone(), partition: one.partition, leader })
        })
        .collect()
}
