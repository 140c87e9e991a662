//! What a way back means for the group.

use super::ByGroup;
use super::look::Seen;
use super::saved::Rebased;
use crate::facts::Facts;
use crate::plan::{Impact, Row};
use std::collections::BTreeSet;

pub(super) fn impact(rebased: &ByGroup<'_>, seen: &Seen<'_>) -> Impact {
    let places: Vec<&Rebased> = rebased.values().flatten().collect();
    let topics: BTreeSet<String> = places.iter().map(|place| place.topic.to_string()).collect();
    let rows: Vec<Row> = places.iter().map(|place| row(place, seen)).collect();
    let sum = |each: fn(i64) -> i64| rows.iter().filter_map(Row::moves_over).map(each).fold(0, i64::saturating_add);
    Impact {
        worst_case: "rollback-returns-to-saved".to_owned(),
        topics: topics.into_iter().collect(),
        groups: rebased.keys().map(ToString::to_string).collect(),
        clients: Vec::new(),
        facts: Facts::none()
            .with("partitions", places.len())
            .with("changed", places.iter().filter(|place| place.changes()).count())
            .with("replayed", sum(|moved| moved.saturating_neg().max(0)))
            .with("skipped", sum(|moved| moved.max(0))),
        rows,
        needs_from_application: Vec::new(),
    }
}

fn row(place: &Rebased, seen: &Seen<'_>) -> Row {
    let range = seen.log(&place.topic).and_then(|log| log.range(place.partition));
    Row::Offset {
        topic: place.topic.to_string(),
        partition: place.partition,
        from: place.now.as_ref().map(|committed| committed.offset),
        to: place.saved.as_ref().map(|committed| committed.offset),
        log_start: range.map_or(-1, |range| range.start),
        log_end: range.map_or(-1, |range| range.end),
        clamped: false,
    }
}
