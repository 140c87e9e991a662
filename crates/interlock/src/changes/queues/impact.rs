//! What opening and closing queues means for those who read and write them.

use super::look::Seen;
use super::{Wanted, checks};
use crate::cluster::rocketmq::Queues;
use crate::facts::Facts;
use crate::plan::{Impact, Row};
use std::collections::BTreeMap;

/// The arguments as resolved.
pub(super) fn resolved(wanted: &Wanted<'_>) -> BTreeMap<String, String> {
    let mut arguments =
        BTreeMap::from([("topic".to_owned(), wanted.topic.to_string()), ("to".to_owned(), wanted.to.to_string())]);
    if !wanted.waived.is_empty() {
        let names: Vec<String> = wanted.waived.iter().map(ToString::to_string).collect();
        arguments.insert("waive".to_owned(), names.join(","));
    }
    arguments
}

pub(super) fn expand(wanted: &Wanted<'_>, seen: &Seen<'_>, queues: u64) -> Impact {
    let facts = facts(seen, queues);
    Impact { worst_case: "queues-opened".to_owned(), facts, ..of(wanted, seen) }
}

pub(super) fn shrink(wanted: &Wanted<'_>, seen: &Seen<'_>, queues: u64) -> Impact {
    let unread = checks::readers(seen).map(|reader| checks::unread(reader, seen, wanted.to));
    let facts = facts(seen, queues).with("unread", unread.fold(0, i64::saturating_add));
    Impact { worst_case: "queues-closed".to_owned(), facts, ..of(wanted, seen) }
}

fn facts(seen: &Seen<'_>, queues: u64) -> Facts {
    Facts::none().with("queues", i64::try_from(queues).unwrap_or(i64::MAX)).with("masters", seen.at.len())
}

fn of(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Impact {
    Impact {
        topics: vec![wanted.topic.to_string()],
        groups: checks::readers(seen).map(|reader| reader.group.to_string()).collect(),
        rows: seen.queues().map(|(at, now)| row(at.broker.to_string(), now, Queues::both(wanted.to))).collect(),
        ..Impact::default()
    }
}

/// One master.
pub(super) fn row(broker: String, now: Queues, then: Queues) -> Row {
    Row::Queues { broker, now, then }
}
