//! What must be true of whole topics for a plan to be still the right one.

use super::expectation::Held;
use crate::cluster::kafka::{LogRange, Reader, Topic};
use crate::facts::Facts;
use crate::id::TopicName;
use std::collections::BTreeMap;

fn of(topic: &TopicName) -> Facts {
    Facts::none().with("topic", topic.as_str())
}

pub(super) fn absent(topic: &TopicName, found: Option<&Topic>) -> Held {
    match found {
        None => Held::Holds,
        Some(found) => Held::Broken { id: "topic-exists", facts: of(topic).with("found", found.id.as_str()) },
    }
}

/// Nobody has written since, so what was approved to be lost is what is lost.
pub(super) fn ends_are(topic: &TopicName, expected: &BTreeMap<i32, i64>, found: &[LogRange]) -> Held {
    let found: BTreeMap<i32, i64> = found.iter().map(|range| (range.partition, range.end)).collect();
    let differs = expected.iter().find(|(partition, end)| found.get(partition) != Some(end));
    let Some((partition, end)) = differs else { return Held::Holds };
    let facts = of(topic)
        .with("partition", i64::from(*partition))
        .with("expected", *end)
        .with("found", found.get(partition).copied().unwrap_or(-1));
    Held::Broken { id: "topic-written", facts }
}

pub(super) fn unused(topic: &TopicName, readers: &[Reader]) -> Held {
    let at_work: Vec<String> =
        readers.iter().filter(|reader| !reader.members.is_empty()).map(|reader| reader.group.to_string()).collect();
    if at_work.is_empty() {
        return Held::Holds;
    }
    Held::Broken { id: "clients-connected", facts: of(topic).with("groups", at_work) }
}
