//! `/scale-out` on Kafka: brokers that were added get their share of chosen topics. Only onto the named brokers, with the
//! fewest copies.

mod choose;
mod target;

use super::guards::Guard;
use super::moves::{self, Earlier, Seen};
use super::{Context, Stop};
use crate::cluster::{Looker, Sections};
use crate::command::{Arguments, Value};
use crate::facts::Facts;
use crate::plan::{Check, Draft, Level, Mistake, Planning};
use std::collections::{BTreeMap, BTreeSet};

/// What was asked for.
struct Wanted<'a> {
    brokers: &'a [i32],
    topics: &'a [String],
    throttle: u64,
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = moves::look_with_readers(&mut looker);
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
    Ok(Wanted {
        brokers: arguments.brokers("brokers").ok_or_else(|| missing("brokers"))?,
        topics: arguments.topics("topics").ok_or_else(|| missing("topics"))?,
        throttle: *arguments.rate("throttle").ok_or_else(|| missing("throttle"))?,
    })
}

fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let chosen = choose::topics(wanted.topics, seen.layout, seen.rates).map_err(Stop::Mistake)?;
    let alive = |id: &i32| seen.is_alive(*id) || !context.guards.has(Guard::BrokersAlive);
    let mut found = rack_checks(seen);
    // Nobody can say what goes onto a broker that is not there; the rest is checked all the same.
    let usable: Vec<i32> = wanted.brokers.iter().copied().filter(alive).collect();
    let racks = found.is_empty() && usable.iter().all(|id| seen.is_alive(*id));
    let target = match usable.as_slice() {
        [] => target::Target::default(),
        brokers => target::target(&chosen, brokers, seen, racks)?,
    };
    if found.is_empty() {
        found.push(Check::pass("racks-on-some"));
    }
    if target.moves.is_empty() && usable.len() == wanted.brokers.len() && !found.iter().any(Check::blocks) {
        let brokers: Vec<String> = wanted.brokers.iter().map(ToString::to_string).collect();
        return Err(Stop::Mistake(Mistake::new("brokers-have-their-share", Facts::none().with("brokers", brokers))));
    }
    moves::draft(
        moves::Wanted {
            moves: target.moves,
            calls_off: Vec::new(),
            targets: wanted.brokers.iter().copied().collect(),
            throttle: wanted.throttle,
            lower_bound: Some(target.lower_bound),
            reverses: None,
            earlier: Earlier::default(),
            owed: Vec::new(),
            worst_case: "moves-slow-writes",
            arguments: resolved(wanted, &chosen),
            found,
        },
        seen,
        context,
    )
}

/// Racks on some brokers only tell nothing about which replicas are apart.
fn rack_checks(seen: &Seen<'_>) -> Vec<Check> {
    let (with, without): (Vec<_>, Vec<_>) = seen.cluster.brokers.iter().partition(|one| one.rack.is_some());
    if with.is_empty() || without.is_empty() {
        return Vec::new();
    }
    let ids = |all: Vec<&crate::cluster::kafka::Broker>| all.iter().map(|one| one.id.to_string()).collect::<Vec<_>>();
    let facts = Facts::none().with("with", ids(with)).with("without", ids(without));
    vec![Check::new(Level::Block, "racks-on-some", facts)]
}

/// The arguments with patterns as names.
fn resolved(wanted: &Wanted<'_>, chosen: &[choose::Chosen<'_>]) -> BTreeMap<String, String> {
    let topics: BTreeSet<&str> = chosen.iter().map(|one| one.name.as_str()).collect();
    BTreeMap::from([
        ("brokers".to_owned(), Value::Brokers(wanted.brokers.to_vec()).canonical()),
        ("topics".to_owned(), topics.into_iter().collect::<Vec<_>>().join(",")),
        ("throttle".to_owned(), Value::Rate(wanted.throttle).canonical()),
    ])
}
