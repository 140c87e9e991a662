//! `/reset-offset` on RocketMQ: sets where a group reads on, while its clients go on.

mod checks;
mod impact;
mod look;
mod steps;

use super::Wanted;
use crate::changes::rocketmq_offsets as offsets;
use crate::changes::{Context, Stop, held_checks};
use crate::cluster::{Looker, Sections};
use crate::command::{Arguments, Value};
use crate::facts::Facts;
use crate::plan::{Draft, Effect, Mistake, Planning, ResetBy, Resolved};
use look::Seen;
use offsets::Place;
use std::collections::BTreeMap;

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look::look(&wanted, &mut looker);
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

/// What is for Kafka only is refused by name: consumers need not stop here, and a group is made by a command of its own.
fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    let wanted = super::wanted(arguments)?;
    let for_kafka = [("wait-for-stop", wanted.wait.is_some()), ("new-group", wanted.new_group)];
    match for_kafka.iter().find(|(_, given)| *given) {
        Some((option, _)) => {
            Err(Mistake::new("option-not-for-kind", Facts::none().with("option", *option).with("kind", "RocketMQ")))
        }
        None => Ok(wanted),
    }
}

fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let names = seen.topics.iter().map(|topic| topic.name);
    let holds = offsets::holds(&context.cluster.name, wanted.group, names);
    let mut checks = checks::all(wanted, seen);
    checks.extend(held_checks(&holds, context.held.iter()));
    let checks = context.guards.verdict(checks)?;
    if !seen.places.iter().any(Place::changes) {
        return Err(Stop::Mistake(nothing_to_do(wanted, seen)));
    }
    let lasting = seen.places.iter().any(|place| place.changes() && place.from.is_none());
    Ok(Draft {
        identity: seen.ground.cluster.identity(),
        arguments: resolved(wanted, seen),
        effect: if lasting { Effect::Irreversible } else { Effect::Reversible },
        holds,
        expectations: steps::expectations(wanted, seen),
        steps: steps::steps(wanted, seen),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact::impact(wanted, seen),
        estimate: offsets::estimate(
            seen.by == ResetBy::Clients,
            seen.places.iter().filter(|one| one.changes()).count(),
        ),
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
    arguments
}
