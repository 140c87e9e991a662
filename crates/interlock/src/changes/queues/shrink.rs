//! Fewer queues: written no more, drained, read no more, watched for as long as messages are kept.

use super::look::Seen;
use super::{Wanted, checks, holds, impact, steps};
use crate::changes::{Context, Guard, Stop};
use crate::cluster::rocketmq::Queues;
use crate::facts::Facts;
use crate::plan::{
    Closing, ClosingAt, Condition, Draft, Effect, Estimate, KnownReader, Mistake, QueuesChange, Step, Undo, Wait, Work,
};

/// How many looks in a row must find the closed queues drained.
const LOOKS: u32 = 3;
/// The time between two looks, in milliseconds.
const LOOK_EVERY_MS: u64 = 15_000;
/// How long the queues may take to be drained, in milliseconds: 60 days. A group that is gone is given up by name, not by
/// time.
const DEADLINE_MS: u64 = 60 * 24 * 3_600_000;

pub(super) fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    not_more(wanted, seen)?;
    if let Some(group) = checks::unknown_waived(wanted, seen) {
        let facts = Facts::none().with("name", group.as_str());
        return Err(Stop::Mistake(Mistake::new("unknown-group", facts)));
    }
    let closing = closing(wanted, seen);
    if closing.queues.is_empty() {
        let facts = Facts::none().with("topic", wanted.topic.as_str()).with("count", i64::from(wanted.to));
        return Err(Stop::Mistake(Mistake::new("queues-as-wanted", facts)));
    }
    let mut found = checks::common(wanted, seen, context);
    found.extend(checks::unread_checks(wanted, seen));
    let checks = context.guards.verdict(found)?;
    let changes = closing.queues.iter().map(|one| u64::from(one.had - one.keeps)).sum();
    let step_ms = steps::lasts_ms(seen);
    Ok(Draft {
        identity: seen.cluster.identity(),
        arguments: impact::resolved(wanted),
        effect: Effect::Reversible,
        holds: holds(wanted.topic, context),
        checks,
        expectations: steps::expectations(wanted.topic, seen),
        estimate: Estimate { duration_ms: 2 * step_ms, way_back_ms: 2 * step_ms, changes },
        impact: impact::shrink(wanted, seen, changes),
        steps: in_order(wanted, seen, closing, context),
        restore: Vec::new(),
        adopts: Vec::new(),
    })
}

fn not_more(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Result<(), Stop> {
    let Some((at, queues)) = seen.queues().find(|(_, queues)| queues.read.min(queues.write) < wanted.to) else {
        return Ok(());
    };
    let facts = Facts::none()
        .with("topic", wanted.topic.as_str())
        .with("master", at.broker.as_str())
        .with("found", queues.to_string())
        .with("count", i64::from(wanted.to));
    Err(Stop::Mistake(Mistake::new("queues-are-fewer", facts)))
}

fn closing(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Closing {
    let more = seen.queues().filter(|(_, queues)| queues.read > wanted.to);
    let queues = more.map(|(at, queues)| ClosingAt { broker: at.broker.clone(), keeps: wanted.to, had: queues.read });
    Closing {
        topic: wanted.topic.clone(),
        queues: queues.collect(),
        waived: wanted.waived.clone(),
        readers: checks::readers(seen).map(KnownReader::of).collect(),
        looks: LOOKS,
        interval_ms: LOOK_EVERY_MS,
    }
}

/// A master that writes so few already is left as it is: whoever was interrupted halfway goes on.
fn written_less(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<QueuesChange> {
    let more = seen.queues().filter(|(_, queues)| queues.write > wanted.to);
    more.map(|(at, from)| QueuesChange { broker: at.broker.clone(), from, to: Queues { write: wanted.to, ..from } })
        .collect()
}

fn in_order(wanted: &Wanted<'_>, seen: &Seen<'_>, closing: Closing, context: &Context<'_>) -> Vec<Step> {
    let writes = written_less(wanted, seen);
    let back = || Undo::Inverse { needs: Vec::new() };
    let write = (!writes.is_empty()).then(|| steps::setting((wanted.topic, seen), writes, back()));
    let drain = context.guards.has(Guard::QueuesDrained).then(|| draining(&closing));
    let places = closing.change(true);
    let done = if context.guards.has(Guard::ClosedWatched) {
        Condition::RocketmqStaysClosed(closing)
    } else {
        steps::stands((wanted.topic, seen), &places)
    };
    let read = Step { number: 0, work: steps::set(wanted.topic, places), needs: Vec::new(), done, undo: back() };
    steps::numbered([write, drain, Some(read)].into_iter().flatten())
}

fn draining(closing: &Closing) -> Step {
    let condition = Condition::RocketmqDrained(closing.clone());
    let wait = Wait { condition: condition.clone(), interval_ms: closing.interval_ms, deadline_ms: DEADLINE_MS };
    Step { number: 0, work: Work::Wait(wait), needs: Vec::new(), done: condition, undo: Undo::Nothing }
}
