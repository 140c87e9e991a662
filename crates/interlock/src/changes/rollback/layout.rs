//! The way back of moves: every partition gets the replicas from before, in their order.

use super::Rollback;
use crate::changes::moves::{self, Earlier, Seen};
use crate::changes::{Context, Stop, kafka_offsets as offsets};
use crate::cluster::kafka::Replicas;
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Action, Check, Draft, KafkaAction, Level, Mistake, Plan, Planning, ReplicaMove, Throttle};
use std::collections::{BTreeMap, BTreeSet};

/// Where the first operation had no throttle, because no broker of it was alive to be asked: this, in bytes a second.
const THROTTLE: u64 = 50 << 20;

/// Whether what is taken back are moves.
pub(super) fn moves_replicas(actions: &[Action]) -> bool {
    actions.iter().any(|action| matches!(action, Action::Kafka(KafkaAction::Reassign { .. })))
}

pub(super) fn plan(
    rollback: &Rollback<'_>,
    actions: &[Action],
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let mut looker = Looker::new(sections);
    let seen = moves::look(&mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => {
            draft(rollback, actions, &seen, context).map_or_else(Planning::from, |it| context.guards.planned(it))
        }
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

/// What the operation left in a partition, and what stood there before it.
struct Saved<'a> {
    topic_id: &'a str,
    left: &'a Replicas,
    saved: &'a Replicas,
}

type Places<'a> = BTreeMap<(&'a TopicName, i32), Saved<'a>>;

/// Where two of the actions concern one partition, the first tells what was left there and the last what is wanted.
fn places(actions: &[Action]) -> Places<'_> {
    let mut places = Places::new();
    for action in actions {
        let Action::Kafka(KafkaAction::Reassign { moves }) = action else { continue };
        for one in moves {
            places
                .entry((&one.topic, one.partition))
                .and_modify(|found: &mut Saved<'_>| found.saved = &one.to)
                .or_insert(Saved { topic_id: &one.topic_id, left: &one.from, saved: &one.to });
        }
    }
    places
}

fn draft(rollback: &Rollback<'_>, actions: &[Action], seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let first = rollback.plan;
    let places = places(actions);
    let (moves, mut found) = back(&places, seen);
    if moves.is_empty() && !found.iter().any(Check::blocks) {
        return Err(Stop::Mistake(Mistake::new("already-as-before", super::of(&first.operation))));
    }
    if found.is_empty() {
        found.push(Check::pass("values-as-left"));
    }
    let throttle = crate::changes::turn::throttle(first);
    let held = Context { held: &others(first, context), ..context.clone() };
    moves::draft(
        moves::Wanted {
            targets: moves.iter().flat_map(ReplicaMove::adding).collect(),
            throttle: throttle.map_or(THROTTLE, |throttle| throttle.bytes_per_second),
            lower_bound: None,
            reverses: Some(first.operation.clone()),
            earlier: earlier(rollback, throttle),
            owed: first.restore.iter().filter(|action| takes_from_lists(action)).cloned().collect(),
            worst_case: "moves-slow-writes",
            arguments: BTreeMap::from([("operation".to_owned(), first.operation.to_string())]),
            found,
            moves,
        },
        seen,
        &held,
    )
}

/// From a stopped, failed or stuck operation the way back takes its holds over.
fn others(first: &Plan, context: &Context<'_>) -> Vec<(crate::plan::Hold, crate::id::OperationId)> {
    context.held.iter().filter(|(_, holder)| *holder != first.operation).cloned().collect()
}

fn takes_from_lists(action: &Action) -> bool {
    matches!(action, Action::Kafka(KafkaAction::TakeFromLists { .. }))
}

/// What the first operation set and may have left, and what stood there before it.
fn earlier(rollback: &Rollback<'_>, throttle: Option<&Throttle>) -> Earlier {
    let mut earlier = Earlier::default();
    let Some(throttle) = throttle else { return earlier };
    let mut left: BTreeSet<String> = throttle.rates().iter().map(u64::to_string).collect();
    left.extend(rollback.turned_to.iter().cloned());
    left.extend(rollback.plan.adopts.iter().flat_map(|one| one.left.iter().cloned()));
    for action in &rollback.plan.restore {
        let Action::Kafka(KafkaAction::SetConfigs { changes }) = action else { continue };
        changes.iter().for_each(|one| earlier.add(one, &left));
    }
    earlier
}

fn back(places: &Places<'_>, seen: &Seen<'_>) -> (Vec<ReplicaMove>, Vec<Check>) {
    let (mut moves, mut checks) = (Vec::new(), Vec::new());
    let (mut missing, mut moved) = (BTreeSet::new(), Vec::new());
    for (&(name, number), place) in places {
        let Some(topic) = seen.topic(name) else {
            missing.insert((name, None));
            continue;
        };
        if topic.id != place.topic_id {
            missing.insert((name, Some(topic.id.as_str())));
            continue;
        }
        let Some(partition) = topic.partition(number) else { continue };
        let now = Replicas(partition.replicas.clone());
        if now == *place.saved {
            continue;
        }
        if now != *place.left {
            moved.push((name, number, place.left, now.clone()));
        }
        moves.push(ReplicaMove {
            topic: name.clone(),
            topic_id: place.topic_id.to_owned(),
            partition: number,
            from: now,
            to: place.saved.clone(),
        });
    }
    checks.extend(gone(&missing, moves.is_empty()));
    if let Some((name, number, left, now)) = moved.first() {
        let facts = offsets::of_partition(name, *number)
            .with("count", moved.len())
            .with("left", left.to_string())
            .with("found", now.to_string());
        checks.push(Check::new(Level::Warn, "replicas-moved-on", facts));
    }
    (moves, checks)
}

/// Topics that are gone, or others by now, have nothing that could go back. They keep no other topic from it; where there is no
/// other, nothing can.
fn gone(missing: &BTreeSet<(&TopicName, Option<&str>)>, is_all: bool) -> Vec<Check> {
    if missing.is_empty() {
        return Vec::new();
    }
    if !is_all {
        let names: Vec<String> = missing.iter().map(|(name, _)| name.to_string()).collect();
        return vec![Check::new(Level::Warn, "topics-left-out", Facts::none().with("topics", names))];
    }
    let check = |(name, found): &(&TopicName, Option<&str>)| {
        let facts = Facts::none().with("topic", name.as_str());
        match found {
            None => Check::new(Level::Block, "topic-gone", facts),
            Some(id) => Check::new(Level::Block, "topic-recreated", facts.with("found", *id)),
        }
    };
    missing.iter().map(check).collect()
}
