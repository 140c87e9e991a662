//! Moving replicas on Kafka with care: from what is to stand where, to a plan. Shared by everything that moves replicas.

mod adopt;
mod batches;
mod checks;
mod log_dirs;
mod look;
mod parts;
mod rows;
mod steps;
mod throttle;

use super::guards::Guards;
use super::{Context, Stop, held_checks};
use crate::facts::{Fact, Facts};
use crate::id::{ClusterName, OperationId, TopicName};
use crate::plan::{
    Action, Adopted, Aspect, Check, ConfigOn, Draft, Effect, Estimate, Hold, Impact, ReplicaMove, Sharing, Thing,
    put_back_on,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) use checks::throttle_check;
pub(super) use look::{Seen, look, look_with_readers};
pub use parts::plan_too_large;
pub(super) use throttle::Earlier;

/// The most replicas that one operation copies.
pub(super) const MOST_MOVES: u64 = 50_000;

/// What is to be moved, and how.
pub(super) struct Wanted {
    /// Each partition that changes, with its replicas before and after.
    pub(super) moves: Vec<ReplicaMove>,
    /// Moves of the operation that is taken back which are under way: they are called off first. Each with the replicas from
    /// before it and those that it is on its way to.
    pub(super) calls_off: Vec<ReplicaMove>,
    /// The brokers that must be alive: those that get replicas.
    pub(super) targets: BTreeSet<i32>,
    /// The throttle of each broker, in bytes a second.
    pub(super) throttle: u64,
    /// The fewest copies that any plan for the same end needs, if it is known.
    pub(super) lower_bound: Option<u64>,
    /// The operation that is taken back, if it is a way back.
    pub(super) reverses: Option<OperationId>,
    /// Settings that an operation left and that this one puts back; see [`Earlier`].
    pub(super) earlier: Earlier,
    /// Actions that put back what other operations left, done at the end of this one.
    pub(super) owed: Vec<Action>,
    /// The worst that can happen, as a key.
    pub(super) worst_case: &'static str,
    /// The arguments as resolved.
    pub(super) arguments: BTreeMap<String, String>,
    /// Findings of the caller.
    pub(super) found: Vec<Check>,
}

/// How many replicas are copied in all.
pub(super) fn copies(moves: &[ReplicaMove]) -> u64 {
    moves.iter().map(|one| one.adding().len() as u64).sum()
}

/// The plan, or why there is none.
pub(super) fn draft(mut wanted: Wanted, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let guards: &Guards = context.guards;
    let adopted = adopt::adopt(&mut wanted, seen, context.owing);
    let load = seen.load(&wanted.moves);
    let eta = batches::eta(&batches::split(&wanted.moves, seen, wanted.throttle));
    let span = checks::filling(&wanted, &load, eta);
    log_dirs::choose(&mut wanted.moves, seen, span);
    let wanted = &wanted;
    let batches = batches::split(&wanted.moves, seen, wanted.throttle);
    let settings = throttle::settings(wanted, seen);
    let holds = holds(&context.cluster.name, wanted, (seen, &adopted));
    let mut checks = checks::all(wanted, seen, (&load, eta));
    checks.extend(wanted.found.iter().cloned());
    checks.extend(held_checks(&holds, context.held.iter().filter(|one| !adopt::is_given_up(&adopted, one))));
    let checks = guards.verdict(checks)?;
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: wanted.arguments.clone(),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations: steps::expectations(wanted, seen, &settings, &load),
        steps: steps::steps(wanted, seen, &settings, &batches),
        restore: settings.restore.iter().cloned().chain(wanted.owed.iter().cloned()).collect(),
        adopts: adopted,
        impact: impact(wanted, seen, (&load, &batches)),
        estimate: Estimate { duration_ms: millis(eta), way_back_ms: millis(eta), changes: copies(&wanted.moves) },
    })
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn impact(wanted: &Wanted, seen: &Seen<'_>, (load, batches): (&look::Loads, &[batches::Batch])) -> Impact {
    let topics: BTreeSet<&TopicName> = wanted.moves.iter().map(|one| &one.topic).collect();
    let mut facts = Facts::none()
        .with("partitions", wanted.moves.len())
        .with("moves", i64::try_from(copies(&wanted.moves)).unwrap_or(i64::MAX))
        .with("bytes", Fact::Bytes(load.bytes()))
        .with("batches", batches.len())
        .with("throttle", Fact::Bytes(wanted.throttle))
        .with("inflow", Fact::Bytes(load.inflow()))
        .with("window", std::time::Duration::from_millis(seen.rates.window_ms))
        .with("eta", batches::eta(batches));
    if let Some(bound) = wanted.lower_bound {
        facts = facts.with("bound", i64::try_from(bound).unwrap_or(i64::MAX));
    }
    if let Some((groups, members)) = seen.reading(&topics) {
        facts = facts
            .with("reading-groups", groups.len())
            .with("reading-members", i64::try_from(members).unwrap_or(i64::MAX))
            .with("readers", groups);
    }
    Impact {
        worst_case: wanted.worst_case.to_owned(),
        topics: topics.into_iter().map(ToString::to_string).collect(),
        facts,
        rows: rows::rows(&wanted.moves, seen),
        ..Impact::default()
    }
}

/// The layout of the whole cluster, and the settings of all topics and brokers whose throttles are set or put back.
fn holds(cluster: &ClusterName, wanted: &Wanted, (seen, adopted): (&Seen<'_>, &[Adopted])) -> Vec<Hold> {
    let hold = |thing, aspect| Hold { cluster: cluster.clone(), thing, aspect, sharing: Sharing::Exclusive };
    let mut topics: BTreeSet<&TopicName> = wanted.moves.iter().map(|one| &one.topic).collect();
    topics.extend(adopted.iter().flat_map(|one| &one.topics));
    let topics = topics.into_iter().map(|name| hold(Thing::Topic(name.to_string()), Aspect::Config));
    let mut brokers = seen.throttled(&wanted.moves);
    brokers.extend(adopted.iter().flat_map(|one| &one.brokers));
    let brokers = brokers.iter().map(|id| hold(Thing::Broker(id.to_string()), Aspect::Config));
    let left: BTreeSet<ConfigOn> = wanted.owed.iter().flat_map(put_back_on).collect();
    let left = left.iter().map(|on| hold(on.thing(), Aspect::Config));
    let mut holds: Vec<Hold> = topics.chain(brokers).chain(left).collect();
    holds.push(hold(Thing::Whole, Aspect::Layout));
    holds.sort();
    holds.dedup();
    holds
}
