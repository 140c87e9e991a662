//! `/reset-offset`: on Kafka it sets a stopped group's committed offsets; RocketMQ has a room of its own.

mod checks;
mod look;
mod rocketmq;
mod steps;

use super::kafka_offsets as offsets;
use super::vector::{self, Place};
use super::{Context, Stop, held_checks};
use crate::cluster::{ClusterKind, Looker, Sections};
use crate::command::{Arguments, Value};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::{Draft, Effect, Estimate, Impact, Mistake, OffsetTarget, Planning, Resolved, client_ids};
use look::Seen;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one commit and its read-back take, in milliseconds: bounded by the deadline of a call, in practice far less.
const COMMIT_MS: u64 = 1_000;

/// What was asked for.
struct Wanted<'a> {
    group: &'a GroupId,
    topic: Option<&'a TopicName>,
    partitions: Option<&'a [i32]>,
    target: OffsetTarget,
    wait: Option<Duration>,
    /// The person says that the group does not exist yet.
    new_group: bool,
}

/// On a cluster of either kind.
pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    match context.cluster.kind {
        ClusterKind::Kafka => kafka(arguments, sections, context),
        ClusterKind::Rocketmq => rocketmq::plan(arguments, sections, context),
    }
}

fn kafka(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look::look(&wanted, &mut looker, context.guards);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => draft(&wanted, &seen, context).map_or_else(Planning::from, |it| context.guards.planned(it)),
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

/// The parser has seen to required options; a plan is also made anew from stored arguments, so it is looked at again.
fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    let missing = |option| Mistake::new("missing-option", Facts::none().with("option", option));
    let wanted = Wanted {
        group: arguments.group("group").ok_or_else(|| missing("group"))?,
        topic: arguments.topic("topic"),
        partitions: arguments.partitions("partitions").map(Vec::as_slice),
        target: *arguments.offset_target("to").ok_or_else(|| missing("to"))?,
        wait: arguments.duration("wait-for-stop").copied(),
        new_group: arguments.flag("new-group"),
    };
    if (wanted.partitions.is_some() || wanted.new_group) && wanted.topic.is_none() {
        return Err(missing("topic"));
    }
    Ok(wanted)
}

fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let names = seen.topics.iter().map(|topic| topic.name);
    let holds = offsets::holds(&context.cluster.name, wanted.group, names);
    let waits = wanted.wait.filter(|_| !seen.members().is_empty());
    let mut checks = checks::all(wanted, seen, waits.is_some(), context);
    checks.extend(held_checks(&holds, context.held.iter()));
    let checks = context.guards.verdict(checks)?;
    if waits.is_none() && !seen.places.iter().any(Place::changes) {
        return Err(Stop::Mistake(nothing_to_do(wanted, seen)));
    }
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: resolved(wanted, seen),
        effect: Effect::Reversible,
        holds,
        expectations: steps::expectations(wanted, seen, waits.is_some()),
        steps: match waits {
            None => steps::exact(wanted, seen),
            Some(deadline) => steps::waiting(wanted, seen, deadline),
        },
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(wanted, seen, waits.is_some()),
        estimate: estimate(&seen.places),
        checks,
    })
}

fn nothing_to_do(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Mistake {
    let facts = Facts::none().with("group", wanted.group.as_str()).with("partitions", seen.places.len());
    if seen.places.iter().all(|place| place.goal == Resolved::NothingToShift) {
        return Mistake::new("no-commit-to-shift", facts);
    }
    Mistake::new("nothing-to-do", facts)
}

fn impact(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool) -> Impact {
    let mut impact = vector::impact(wanted.group, &seen.places);
    impact.clients = client_ids(seen.members());
    if waits {
        impact.needs_from_application.push("stop-consumers".to_owned());
    }
    impact
}

fn estimate(places: &[Place]) -> Estimate {
    let changes = places.iter().filter(|place| place.changes()).count();
    Estimate { duration_ms: COMMIT_MS, way_back_ms: COMMIT_MS, changes: u64::try_from(changes).unwrap_or(u64::MAX) }
}

/// The arguments with everything that was left open filled in.
fn resolved(wanted: &Wanted<'_>, seen: &Seen<'_>) -> BTreeMap<String, String> {
    let topics: Vec<&str> = seen.topics.iter().map(|topic| topic.name.as_str()).collect();
    let mut arguments = BTreeMap::from([
        ("group".to_owned(), wanted.group.to_string()),
        ("topic".to_owned(), topics.join(", ")),
        ("to".to_owned(), Value::OffsetTarget(wanted.target).canonical()),
    ]);
    if let Some(partitions) = wanted.partitions {
        arguments.insert("partitions".to_owned(), Value::Partitions(partitions.to_vec()).canonical());
    }
    if let Some(wait) = wanted.wait {
        arguments.insert("wait-for-stop".to_owned(), Value::Duration(wait).canonical());
    }
    if wanted.new_group {
        arguments.insert("new-group".to_owned(), Value::Flag(true).canonical());
    }
    arguments
}
