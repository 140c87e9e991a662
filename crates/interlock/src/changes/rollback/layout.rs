//! The way back of moves: every partition gets the replicas from before, in their order.

use super::Rollback;
use super::rates::Rates;
use crate::changes::moves::{self, Seen};
use crate::changes::{Context, Stop, kafka_offsets as offsets};
use crate::cluster::kafka::Replicas;
use crate::cluster::{Looker, Sections};
use crate::command::Value;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Action, Check, Draft, KafkaAction, Level, Mistake, Plan, Planning, ReplicaMove};
use std::collections::{BTreeMap, BTreeSet};

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
    let seen = moves::look_with_readers(&mut looker);
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
    let Back { moves, calls_off, mut found } = back(&places, seen);
    if moves.is_empty() && calls_off.is_empty() && !found.iter().any(Check::blocks) {
        return Err(Stop::Mistake(Mistake::new("already-as-before", super::of(&first.operation))));
    }
    if found.is_empty() {
        found.push(Check::pass("values-as-left"));
    }
    let rates = Rates::of(rollback, seen);
    let (throttle, told) = rates.throttle(rollback.throttle, seen.inflow_of(&moves));
    found.extend(told);
    let mut owed: Vec<Action> = first.restore.iter().filter(|action| takes_from_lists(action)).cloned().collect();
    owed.extend(rates.not_put_back(rollback, &seen.throttled(&moves), context));
    let held = Context { held: &others(first, context), ..context.clone() };
    moves::draft(
        moves::Wanted {
            targets: moves.iter().flat_map(|one| one.to.without(&one.from)).collect(),
            throttle,
            lower_bound: None,
            reverses: Some(first.operation.clone()),
            earlier: rates.earlier(rollback),
            owed,
            worst_case: "moves-slow-writes",
            arguments: arguments(rollback),
            found,
            moves,
            calls_off,
        },
        seen,
        &held,
    )
}

fn arguments(rollback: &Rollback<'_>) -> BTreeMap<String, String> {
    let operation = ("operation".to_owned(), rollback.plan.operation.to_string());
    let throttle = rollback.throttle.map(|rate| ("throttle".to_owned(), Value::Rate(rate).canonical()));
    [operation].into_iter().chain(throttle).collect()
}

/// From a stopped, failed or stuck operation the way back takes its holds over.
fn others(first: &Plan, context: &Context<'_>) -> Vec<(crate::plan::Hold, crate::id::OperationId)> {
    context.held.iter().filter(|(_, holder)| *holder != first.operation).cloned().collect()
}

fn takes_from_lists(action: &Action) -> bool {
    matches!(action, Action::Kafka(KafkaAction::TakeFromLists { .. }))
}

/// What goes back, what is called off before it, and what is told of it.
struct Back {
    moves: Vec<ReplicaMove>,
    calls_off: Vec<ReplicaMove>,
    found: Vec<Check>,
}

fn back(places: &Places<'_>, seen: &Seen<'_>) -> Back {
    let mut back = Back { moves: Vec::new(), calls_off: Vec::new(), found: Vec::new() };
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
        let one = |from: &Replicas, to: &Replicas| ReplicaMove {
            topic: name.clone(),
            topic_id: place.topic_id.to_owned(),
            partition: number,
            from: from.clone(),
            to: to.clone(),
            or_from: None,
            dirs: BTreeMap::new(),
        };
        let under_way = seen.moving.iter().find(|found| found.topic == *name && found.partition == number);
        let own = under_way.filter(|found| found.target() == *place.left);
        let now = match own {
            // Called off, the controller takes what was being added out of the list and leaves the rest in its order.
            Some(own) => {
                back.calls_off.push(one(place.saved, place.left));
                Replicas(own.replicas.without(&own.adding))
            }
            None => Replicas(partition.replicas.clone()),
        };
        if own.is_none() && now == *place.saved {
            continue;
        }
        if own.is_none() && now != *place.left {
            moved.push((name, number, place.left, now.clone()));
        }
        // It may arrive before it is called off.
        back.moves.push(ReplicaMove { or_from: own.map(|_| place.left.clone()), ..one(&now, place.saved) });
    }
    let nothing = back.moves.is_empty() && back.calls_off.is_empty();
    back.found.extend(gone(&missing, nothing));
    if let Some((name, number, left, now)) = moved.first() {
        let facts = offsets::of_partition(name, *number)
            .with("count", moved.len())
            .with("left", left.to_string())
            .with("found", now.to_string());
        back.found.push(Check::new(Level::Warn, "replicas-moved-on", facts));
    }
    back
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
