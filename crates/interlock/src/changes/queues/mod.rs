//! `/expand-partitions` and `/shrink-partitions` on RocketMQ: queues of a topic are opened and closed at every master.
//!
//! Opening: read first, then every group gets an offset in the new queues, then write. Closing is the same backwards, and
//! between the two it is waited until everybody has read what the closed queues hold.

mod checks;
mod expand;
mod impact;
mod look;
pub(super) mod rollback;
mod shrink;
mod steps;

use super::{Context, Stop};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::{Aspect, Draft, Hold, Mistake, Planning, Sharing, Thing};
use look::Seen;
use std::collections::BTreeSet;

/// The most queues that a topic gets at a master. The broker itself takes any number.
pub(super) const MOST_QUEUES: u32 = 1_024;

/// What was asked for.
struct Wanted<'a> {
    topic: &'a TopicName,
    /// Queues at each master.
    to: u32,
    /// Groups that are given up, by name.
    waived: BTreeSet<GroupId>,
}

pub(super) fn expand(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    planned(arguments, sections, context, expand::draft)
}

pub(super) fn shrink(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    planned(arguments, sections, context, shrink::draft)
}

type Drafting = fn(&Wanted<'_>, &Seen<'_>, &Context<'_>) -> Result<Draft, Stop>;

fn planned(arguments: &Arguments, sections: &Sections, context: &Context<'_>, draft: Drafting) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look::look(wanted.topic, &mut looker);
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
    let topic = arguments.topic("topic").ok_or_else(|| missing("topic"))?;
    let to = arguments.0.get("to").ok_or_else(|| missing("to"))?.canonical();
    let count = to.parse().ok().filter(|count| (1..=MOST_QUEUES).contains(count));
    let to = count.ok_or_else(|| {
        let facts = Facts::none().with("given", to.as_str()).with("most", i64::from(MOST_QUEUES));
        Mistake::new("not-a-queue-count", facts)
    })?;
    Ok(Wanted { topic, to, waived: waived(arguments)? })
}

fn waived(arguments: &Arguments) -> Result<BTreeSet<GroupId>, Mistake> {
    let given = arguments.0.get("waive").map(crate::command::Value::canonical).unwrap_or_default();
    let names = given.split(',').map(str::trim).filter(|name| !name.is_empty());
    let group = |name: &str| name.parse().map_err(|_| Mistake::new("unknown-group", Facts::none().with("name", name)));
    names.map(group).collect()
}

/// The topic's queues, the offsets in them, and its settings: they are written as a whole.
fn holds(topic: &TopicName, context: &Context<'_>) -> Vec<Hold> {
    let hold = |aspect| Hold {
        cluster: context.cluster.name.clone(),
        thing: Thing::Topic(topic.to_string()),
        aspect,
        sharing: Sharing::Exclusive,
    };
    [Aspect::Layout, Aspect::Offsets, Aspect::Config].map(hold).into()
}
