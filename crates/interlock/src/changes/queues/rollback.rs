//! The way back of opened and closed queues: every master gets the queues from before. Reading is given back before writing.

use super::{holds, impact, look, steps};
use crate::changes::rollback::Rollback;
use crate::changes::{Context, Guard, Part, Stop, held_checks};
use crate::cluster::rocketmq::Queues;
use crate::cluster::{Failure, FailureKind, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{
    Action, Check, Done, Draft, Effect, Estimate, Impact, Level, Mistake, Planning, QueuesChange, RocketmqAction,
    SeedsKept, Step, Undo, forgotten,
};
use look::Seen;
use std::collections::BTreeMap;

/// A master whose queues are to be put back and that shows none: it died, or lost the topic. Left out, it would come back as it
/// was left, and nobody would look after it.
fn unseen(topic: &TopicName, broker: &BrokerName, seen: &Seen<'_>) -> Option<Check> {
    let why = match seen.topic.at.iter().find(|(name, _)| name == broker) {
        Some((_, said)) if said.answer().is_some_and(Option::is_some) => return None,
        Some(_) => Failure { kind: FailureKind::Refused, said: format!("{broker} does not have {topic}") },
        None => forgotten(broker),
    };
    Some(look::cannot_verify((Part::Topic, topic.as_str()), &why))
}

/// Queues that are read longer than they are written, because an expansion ended before it wrote to them. That harms nobody, and
/// they are closed by a command of its own, which waits until they are read.
pub(in crate::changes) fn read_longer(done: &[Done]) -> Option<Facts> {
    let mut all = done.iter().flat_map(|done| &done.actions).filter_map(|action| match action {
        Action::Rocketmq(RocketmqAction::SetQueues { topic, places }) => Some((topic, places.first()?)),
        _ => None,
    });
    let (topic, first) = all.find(|(_, one)| one.to.read > one.from.read)?;
    let facts = Facts::none().with("topic", topic.as_str()).with("found", first.to.to_string());
    Some(facts.with("count", i64::from(first.from.write)))
}

/// The topic whose queues were set; none if it is about something else.
pub(in crate::changes) fn topic_of(actions: &[Action]) -> Option<&TopicName> {
    actions.iter().find_map(|action| match action {
        Action::Rocketmq(RocketmqAction::SetQueues { topic, .. }) => Some(topic),
        _ => None,
    })
}

pub(in crate::changes) fn plan(
    rollback: &Rollback<'_>,
    (topic, actions): (&TopicName, &[Action]),
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let mut looker = Looker::new(sections);
    let seen = look::look(topic, &mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => draft(rollback, (topic, actions), &seen, context)
            .map_or_else(Planning::from, |it| context.guards.planned(it)),
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

/// What was left at a master, and what stood there before.
#[derive(Clone, Copy)]
struct Saved {
    left: Queues,
    saved: Queues,
}

/// Where several actions concern one master, the first tells what was left there and the last what is wanted.
fn saved(actions: &[Action]) -> BTreeMap<&BrokerName, Saved> {
    let mut all: BTreeMap<&BrokerName, Saved> = BTreeMap::new();
    for action in actions {
        let Action::Rocketmq(RocketmqAction::SetQueues { places, .. }) = action else { continue };
        for one in places {
            let begun = Saved { left: one.from, saved: one.to };
            all.entry(&one.broker).and_modify(|found| found.saved = one.to).or_insert(begun);
        }
    }
    all
}

fn draft(
    rollback: &Rollback<'_>,
    (topic, actions): (&TopicName, &[Action]),
    seen: &Seen<'_>,
    context: &Context<'_>,
) -> Result<Draft, Stop> {
    let first = rollback.plan;
    let all = saved(actions);
    let unseen: Vec<Check> = all.keys().filter_map(|broker| unseen(topic, broker, seen)).collect();
    if !unseen.is_empty() {
        return Err(Stop::Refused(unseen));
    }
    let now: Vec<(&BrokerName, Queues, Saved)> = seen
        .queues()
        .filter_map(|(at, now)| Some((&at.broker, now, *all.get(&at.broker)?)))
        .filter(|(_, now, saved)| *now != saved.saved)
        .collect();
    if now.is_empty() {
        return Err(Stop::Mistake(Mistake::new(
            "already-as-before",
            Facts::none().with("operation", first.operation.as_str()),
        )));
    }
    let holds = holds(topic, context);
    let mut found = vec![Check::pass("cluster-reachable")];
    found.push(moved_check(topic, &now));
    found.extend(held_checks(&holds, context.held.iter().filter(|(_, holder)| *holder != first.operation)));
    let checks = context.guards.verdict(found)?;
    let step_ms = steps::lasts_ms(seen);
    let steps = back((topic, seen), &now, context);
    let duration_ms = (2 * step_ms).saturating_add(SeedsKept::all_last_ms(&steps));
    Ok(Draft {
        identity: seen.cluster.identity(),
        arguments: BTreeMap::from([("operation".to_owned(), first.operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations: steps::expectations(topic, seen),
        steps,
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: Impact {
            worst_case: "queues-as-before".to_owned(),
            topics: vec![topic.to_string()],
            groups: first.impact.groups.clone(),
            rows: now.iter().map(|(broker, now, saved)| impact::row(broker.to_string(), *now, saved.saved)).collect(),
            ..Impact::default()
        },
        estimate: Estimate { duration_ms, way_back_ms: 2 * step_ms, changes: now.len() as u64 },
    })
}

/// A master that returned with an old file, or that somebody else set, is neither as it was left nor as before.
fn moved_check(topic: &TopicName, now: &[(&BrokerName, Queues, Saved)]) -> Check {
    let moved = now.iter().find(|(_, now, saved)| *now != saved.left && !between(*now, *saved));
    let Some((broker, now, saved)) = moved else { return Check::pass("values-as-left") };
    let facts = Facts::none()
        .with("topic", topic.as_str())
        .with("master", broker.as_str())
        .with("left", saved.left.to_string())
        .with("found", now.to_string());
    Check::new(Level::Warn, "queues-moved-on", facts)
}

/// Halfway between what was left and what stood before: as a run leaves it that ended early.
fn between(now: Queues, saved: Saved) -> bool {
    let either = |now, left, saved| now == left || now == saved;
    either(now.read, saved.left.read, saved.saved.read) && either(now.write, saved.left.write, saved.saved.write)
}

/// Reading goes up first, then writing goes where it was. Reading never goes down here: what is closed to readers has to be
/// drained before.
fn back(on: steps::On<'_>, now: &[(&BrokerName, Queues, Saved)], context: &Context<'_>) -> Vec<Step> {
    let reads: Vec<QueuesChange> = now
        .iter()
        .filter(|(_, now, saved)| now.read < saved.saved.read)
        .map(|(broker, now, saved)| QueuesChange {
            broker: (*broker).clone(),
            from: *now,
            to: Queues { read: saved.saved.read, ..*now },
        })
        .collect();
    let writes: Vec<QueuesChange> = now
        .iter()
        .filter(|(_, now, saved)| now.write != saved.saved.write)
        .map(|(broker, now, saved)| {
            let read = now.read.max(saved.saved.read);
            QueuesChange {
                broker: (*broker).clone(),
                from: Queues { read, ..*now },
                to: Queues { read, write: saved.saved.write },
            }
        })
        .collect();
    let inverse = || Undo::Inverse { needs: Vec::new() };
    let opened: Vec<_> = reads.iter().map(|one| (one.broker.clone(), one.from.read, one.to.read)).collect();
    let seeds = !opened.is_empty() && !writes.is_empty() && context.guards.has(Guard::QueuesSeeded);
    let read = (!reads.is_empty()).then(|| steps::setting(on, reads, Undo::Nothing));
    // Who came while they were closed has no offset there, and would begin behind what is written first.
    let seed = seeds.then(|| steps::seeding(on, opened, context));
    let write = (!writes.is_empty()).then(|| steps::setting(on, writes, inverse()));
    steps::numbered([read, seed, write].into_iter().flatten())
}
