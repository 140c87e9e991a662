//! The way back of an operation that happened, as a plan of its own.

mod checks;
mod impact;
mod layout;
mod look;
mod rates;
mod rocketmq;
mod saved;
mod steps;
mod topics;

use super::kafka_offsets as offsets;
use super::{Context, Stop, held_checks, queues, rocketmq_groups, rocketmq_topics};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::OperationId;
use crate::plan::{
    Action, Check, ConfigOn, Done, Draft, Effect, Estimate, Level, Mistake, Plan, Planning, ReverseImpossible, reverse,
};
use look::Seen;
use saved::{Rebased, Vectors};
use std::collections::{BTreeMap, BTreeSet};

/// What one action and its read-back take, in milliseconds: bounded by the deadline of a call, in practice far less.
const ACTION_MS: u64 = 1_000;

/// What is taken back.
#[derive(Debug, Clone, Copy)]
pub struct Rollback<'a> {
    /// The operation's plan.
    pub plan: &'a Plan,
    /// What its journal says was done or may have been done.
    pub done: &'a [Done],
    /// The values to which settings were turned beside its steps: they are of the operation, too.
    pub turned_to: &'a BTreeSet<String>,
    /// What has settings that it made for its run and did not put back.
    pub not_put_back: &'a BTreeSet<ConfigOn>,
    /// The throttle that was asked for, in bytes a second; none to take what suits.
    pub throttle: Option<u64>,
}

/// A way back with nothing asked for, from an operation that left nothing.
#[cfg(test)]
impl<'a> Rollback<'a> {
    pub(crate) fn plain(plan: &'a Plan, done: &'a [Done]) -> Self {
        const NOTHING: (&BTreeSet<String>, &BTreeSet<ConfigOn>) = (&BTreeSet::new(), &BTreeSet::new());
        Self { plan, done, turned_to: NOTHING.0, not_put_back: NOTHING.1, throttle: None }
    }
}

/// Plans the way back to the saved values. Where the cluster still shows what the operation wrote, every check passes and
/// the first approval covers it; a warning `values-moved-on` says where it does not, and
/// ordinary seats are asked for.
#[must_use]
pub fn plan_rollback(rollback: &Rollback<'_>, sections: &Sections, context: &Context<'_>) -> Planning {
    way_back(rollback, sections, context).on(context.cluster.kind)
}

fn way_back(rollback: &Rollback<'_>, sections: &Sections, context: &Context<'_>) -> Planning {
    if rollback.throttle.is_some() && super::turn::throttle(rollback.plan).is_none() {
        return Planning::Mistake(Mistake::new("no-throttle-to-turn", Facts::none()));
    }
    if let Some(new) = topics::made(rollback) {
        return topics::unmake(rollback, new, sections, context);
    }
    if let Some(made) = rocketmq_topics::made(rollback) {
        return rocketmq_topics::unmake(rollback, made, sections, context);
    }
    let actions = match backwards(rollback) {
        Ok(actions) => actions,
        Err(stop) => return stop.into(),
    };
    if let Some(topic) = queues::rollback::topic_of(&actions) {
        return queues::rollback::plan(rollback, (topic, &actions), sections, context);
    }
    if let Some(set) = rocketmq_topics::settings(&actions) {
        return rocketmq_topics::put_back(rollback, set, sections, context);
    }
    if let Some(again) = rocketmq_groups::again(&actions) {
        return rocketmq_groups::put_back(rollback, again, sections, context);
    }
    if rocketmq::concerns(&actions) {
        return rocketmq::plan(rollback, &actions, sections, context);
    }
    if layout::moves_replicas(&actions) {
        return layout::plan(rollback, &actions, sections, context);
    }
    if let Some(settings) = topics::settings(&actions) {
        return topics::put_back(rollback, settings, sections, context);
    }
    let vectors = saved::vectors(&actions);
    let mut looker = Looker::new(sections);
    let seen = look::look(&vectors, &mut looker, context.guards);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => {
            draft(rollback, &vectors, &seen, context).map_or_else(Planning::from, |it| context.guards.planned(it))
        }
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

fn of(operation: &OperationId) -> Facts {
    Facts::none().with("operation", operation.as_str())
}

fn backwards(rollback: &Rollback<'_>) -> Result<Vec<Action>, Stop> {
    let operation = &rollback.plan.operation;
    reverse(rollback.plan, rollback.done).map_err(|impossible| match impossible {
        ReverseImpossible::NothingDone => match queues::rollback::read_longer(rollback.done) {
            Some(facts) => {
                let facts = facts.with("operation", operation.as_str());
                Stop::Mistake(Mistake::new("queues-only-read", facts))
            }
            None => Stop::Mistake(Mistake::new("nothing-to-take-back", of(operation))),
        },
        ReverseImpossible::Irreversible { step, lost } => {
            let facts = lost.with("step", i64::from(step)).with("operation", operation.as_str());
            Stop::Refused(vec![Check::new(Level::Block, "irreversible", facts)])
        }
    })
}

fn draft(
    rollback: &Rollback<'_>,
    vectors: &Vectors<'_>,
    seen: &Seen<'_>,
    context: &Context<'_>,
) -> Result<Draft, Stop> {
    let rebased = saved::rebase(vectors, &seen.groups);
    let names = || seen.topics.iter().map(|topic| topic.name);
    let holds: Vec<_> =
        rebased.keys().flat_map(|group| offsets::holds(&context.cluster.name, group, names())).collect();
    let mut found = checks::all(rollback.plan, vectors, &rebased, seen);
    // From a stopped, failed or stuck operation the way back takes its holds over.
    found.extend(held_checks(&holds, context.held.iter().filter(|(_, holder)| *holder != rollback.plan.operation)));
    let checks = context.guards.verdict(found)?;
    let actions = steps::actions(&rebased);
    if actions.is_empty() {
        return Err(Stop::Mistake(Mistake::new("already-as-before", of(&rollback.plan.operation))));
    }
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: BTreeMap::from([("operation".to_owned(), rollback.plan.operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations: steps::expectations(&rebased, seen),
        steps: steps::steps(&actions, seen),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact::impact(&rebased, seen),
        estimate: estimate(&actions),
    })
}

fn estimate(actions: &[Action]) -> Estimate {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let ms = ACTION_MS.saturating_mul(number(actions.len()));
    Estimate { duration_ms: ms, way_back_ms: ms, changes: number(actions.iter().map(Action::size).sum()) }
}

/// The rebased vectors by group.
type ByGroup<'a> = BTreeMap<&'a crate::id::GroupId, Vec<Rebased>>;
