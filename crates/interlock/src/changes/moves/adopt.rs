//! A throttle that an operation which ended still owes: whoever sets that throttle next puts the earlier value back in its
//! stead.

use super::{Seen, Wanted};
use crate::changes::owing::Owing;
use crate::facts::Facts;
use crate::id::{OperationId, TopicName};
use crate::plan::{Adopted, Aspect, Check, ConfigOn, Hold, Level};
use std::collections::{BTreeMap, BTreeSet};

/// Takes over what is owed on the brokers that are throttled and the topics that move; a way back takes over all that its
/// operation owes, whether those brokers are alive or not.
pub(super) fn adopt(wanted: &mut Wanted, seen: &Seen<'_>, owing: &[Owing]) -> Vec<Adopted> {
    let throttled = seen.throttled(&wanted.moves);
    let topics: BTreeSet<TopicName> = wanted.moves.iter().map(|one| one.topic.clone()).collect();
    let mut adopted: BTreeMap<OperationId, Adopted> = BTreeMap::new();
    for one in owing {
        let taken_back = wanted.reverses.as_ref() == Some(&one.operation);
        let is_set = match &one.on {
            ConfigOn::Broker(id) => throttled.contains(id),
            ConfigOn::Topic(name) => topics.contains(name),
        };
        if !taken_back && !is_set {
            continue;
        }
        one.changes().for_each(|change| wanted.earlier.add(change, &one.left));
        let has_it = match &one.on {
            ConfigOn::Broker(_) => is_set,
            // A way back takes from the lists whatever its operation put there.
            ConfigOn::Topic(_) => taken_back,
        };
        if !has_it {
            wanted.owed.extend(one.put_back.iter().cloned());
        }
        let entry = adopted.entry(one.operation.clone()).or_insert_with(|| Adopted {
            operation: one.operation.clone(),
            brokers: [].into(),
            topics: [].into(),
            left: [].into(),
        });
        match &one.on {
            ConfigOn::Broker(id) => entry.brokers.insert(*id),
            ConfigOn::Topic(name) => entry.topics.insert(name.clone()),
        };
        entry.left.extend(one.left.iter().cloned());
    }
    let adopted: Vec<Adopted> = adopted.into_values().collect();
    wanted.found.extend(adopted.iter().map(check));
    adopted
}

fn check(one: &Adopted) -> Check {
    let things: Vec<String> = one.things().iter().map(ToString::to_string).collect();
    let facts = Facts::none().with("operation", one.operation.as_str()).with("things", things);
    Check::new(Level::Warn, "owed-adopted", facts)
}

/// Whether a hold is one that is given up with what is adopted.
pub(super) fn is_given_up(adopted: &[Adopted], (hold, holder): &(Hold, OperationId)) -> bool {
    let mut of_holder = adopted.iter().filter(|one| one.operation == *holder);
    of_holder.any(|one| hold.aspect == Aspect::Config && one.things().iter().any(|on| on.thing() == hold.thing))
}
