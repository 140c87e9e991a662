//! More queues: read at every master, then an offset for each group, then write.

use super::look::Seen;
use super::{Wanted, checks, holds, impact, steps};
use crate::changes::{Context, Guard, Stop};
use crate::cluster::rocketmq::Queues;
use crate::facts::Facts;
use crate::id::BrokerName;
use crate::plan::{Draft, Effect, Estimate, Mistake, QueuesChange, SeedsKept, Step, Undo, Work};

pub(super) fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    not_fewer(wanted, seen)?;
    let mut found = checks::common(wanted, seen, context);
    found.extend(checks::unseeded(seen));
    let checks = context.guards.verdict(found)?;
    let (reads, writes) = (reads(wanted, seen), writes(wanted, seen));
    if reads.is_empty() && writes.is_empty() {
        let facts = Facts::none().with("topic", wanted.topic.as_str()).with("count", i64::from(wanted.to));
        return Err(Stop::Mistake(Mistake::new("queues-as-wanted", facts)));
    }
    let new = new_queues(wanted, seen);
    let step_ms = steps::lasts_ms(seen);
    let (impact, changes) = (impact::expand(wanted, seen, count(&new)), count(&new));
    let steps = in_order((wanted.topic, seen), (reads, writes), new, context);
    let duration_ms = (2 * step_ms).saturating_add(SeedsKept::all_last_ms(&steps));
    Ok(Draft {
        identity: seen.cluster.identity(),
        arguments: impact::resolved(wanted),
        effect: Effect::Reversible,
        holds: holds(wanted.topic, context),
        checks,
        expectations: steps::expectations(wanted.topic, seen),
        estimate: Estimate { duration_ms, way_back_ms: step_ms, changes },
        impact,
        steps,
        restore: Vec::new(),
        adopts: Vec::new(),
    })
}

/// Fewer queues are another change: that one waits until the closed ones are read. What is only read, as after the way back of an
/// expansion, stays so.
fn not_fewer(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Result<(), Stop> {
    let Some((at, queues)) = seen.queues().find(|(_, queues)| queues.write > wanted.to) else {
        return Ok(());
    };
    let facts = Facts::none()
        .with("topic", wanted.topic.as_str())
        .with("master", at.broker.as_str())
        .with("found", queues.to_string())
        .with("count", i64::from(wanted.to));
    Err(Stop::Mistake(Mistake::new("queues-are-more", facts)))
}

/// A master that reads enough already is left as it is: whoever was interrupted halfway goes on.
fn reads(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<QueuesChange> {
    let fewer = seen.queues().filter(|(_, queues)| queues.read < wanted.to);
    fewer
        .map(|(at, from)| QueuesChange { broker: at.broker.clone(), from, to: Queues { read: wanted.to, ..from } })
        .collect()
}

fn writes(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<QueuesChange> {
    let fewer = seen.queues().filter(|(_, queues)| queues.write < wanted.to);
    fewer
        .map(|(at, queues)| {
            let from = Queues { read: queues.read.max(wanted.to), ..queues };
            QueuesChange { broker: at.broker.clone(), from, to: Queues { write: wanted.to, ..from } }
        })
        .collect()
}

/// What is written for the first time, at each master.
fn new_queues(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<(BrokerName, u32, u32)> {
    let fewer = seen.queues().filter(|(_, queues)| queues.write < wanted.to);
    fewer.map(|(at, queues)| (at.broker.clone(), queues.write, wanted.to)).collect()
}

fn count(new: &[(BrokerName, u32, u32)]) -> u64 {
    new.iter().map(|(_, from, to)| u64::from(to - from)).sum()
}

/// Reading goes up before writing does. That queues are read longer than they are written harms nobody, so only writing is
/// taken back: what was written meanwhile is still read then.
fn in_order(
    on: steps::On<'_>,
    (reads, writes): (Vec<QueuesChange>, Vec<QueuesChange>),
    new: Vec<(BrokerName, u32, u32)>,
    context: &Context<'_>,
) -> Vec<Step> {
    let read = (!reads.is_empty()).then(|| steps::setting(on, reads, Undo::Nothing));
    let seed = (!new.is_empty() && context.guards.has(Guard::QueuesSeeded)).then(|| steps::seeding(on, new, context));
    let write = (!writes.is_empty()).then(|| steps::setting(on, writes, Undo::Inverse { needs: Vec::new() }));
    if context.guards.has(Guard::ReadBeforeWrite) {
        return steps::numbered([read, seed, write].into_iter().flatten());
    }
    steps::numbered([write.map(|step| written_first(on, step)), seed, read].into_iter().flatten())
}

/// What a runbook does that writes first: the negative control of reading first.
fn written_first(on: steps::On<'_>, step: Step) -> Step {
    let Work::Act(crate::plan::Action::Rocketmq(crate::plan::RocketmqAction::SetQueues { places, .. })) = step.work
    else {
        return step;
    };
    let first = |one: QueuesChange| {
        let from = Queues::both(one.from.write);
        QueuesChange { broker: one.broker, from, to: Queues { read: from.read, write: one.to.write } }
    };
    steps::setting(on, places.into_iter().map(first).collect(), step.undo)
}
