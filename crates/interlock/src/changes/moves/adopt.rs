//! A broker's throttle that an operation which ended still owes: whoever sets that throttle next puts the earlier value back in
//! its stead.

use super::{Seen, Wanted};
use crate::changes::owing::Owing;
use crate::facts::Facts;
use crate::id::OperationId;
use crate::plan::{Action, Adopted, Check, Hold, KafkaAction, Level, Thing};
use std::collections::BTreeMap;

/// Takes over what is owed to the brokers that are throttled; a way back takes over all that its operation owes, whether
/// those brokers are alive or not.
pub(super) fn adopt(wanted: &mut Wanted, seen: &Seen<'_>, owing: &[Owing]) -> Vec<Adopted> {
    let throttled = seen.throttled(&wanted.moves);
    let mut adopted: BTreeMap<OperationId, Adopted> = BTreeMap::new();
    for one in owing {
        let taken_back = wanted.reverses.as_ref() == Some(&one.operation);
        if !taken_back && !throttled.contains(&one.broker) {
            continue;
        }
        one.put_back.iter().for_each(|change| wanted.earlier.add(change, &one.left));
        if !throttled.contains(&one.broker) {
            wanted.owed.push(Action::Kafka(KafkaAction::SetConfigs { changes: one.put_back.clone() }));
        }
        let entry = adopted.entry(one.operation.clone()).or_insert_with(|| Adopted {
            operation: one.operation.clone(),
            brokers: [].into(),
            left: [].into(),
        });
        entry.brokers.insert(one.broker);
        entry.left.extend(one.left.iter().cloned());
    }
    let adopted: Vec<Adopted> = adopted.into_values().collect();
    wanted.found.extend(adopted.iter().map(check));
    adopted
}

fn check(one: &Adopted) -> Check {
    let brokers: Vec<String> = one.brokers.iter().map(ToString::to_string).collect();
    let facts = Facts::none().with("operation", one.operation.as_str()).with("brokers", brokers);
    Check::new(Level::Warn, "owed-adopted", facts)
}

/// Whether a hold is one that is given up with what is adopted.
pub(super) fn is_given_up(adopted: &[Adopted], (hold, holder): &(Hold, OperationId)) -> bool {
    let Thing::Broker(name) = &hold.thing else { return false };
    let mut of_holder = adopted.iter().filter(|one| one.operation == *holder);
    of_holder.any(|one| one.brokers.iter().any(|broker| broker.to_string() == *name))
}
