//! What a reset means for the group.

use super::Wanted;
use super::look::Seen;
use crate::changes::rocketmq_offsets::Place;
use crate::facts::Facts;
use crate::plan::{Impact, Row};

/// Messages read again or left out, the lag before and after. Of a group at work these are the numbers of the moment it was
/// planned.
pub(super) fn impact(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Impact {
    let rows: Vec<Row> = seen.places.iter().map(Place::row).collect();
    let sum = |each: fn(i64) -> i64| rows.iter().filter_map(Row::moves_over).map(each).fold(0, i64::saturating_add);
    let (replayed, skipped) = (sum(|moved| moved.saturating_neg().max(0)), sum(|moved| moved.max(0)));
    let lag = |at: fn(&Place) -> Option<i64>| -> i64 {
        let behind = |place: &Place| at(place).map_or(0, |at| place.end.saturating_sub(at.max(place.start)).max(0));
        seen.places.iter().map(behind).fold(0, i64::saturating_add)
    };
    let clients = seen.ground.group.into_iter().flat_map(|group| &group.clients).map(|client| client.id.clone());
    Impact {
        worst_case: worst_case(replayed, skipped).to_owned(),
        topics: seen.topics.iter().map(|topic| topic.name.to_string()).collect(),
        groups: vec![wanted.group.to_string()],
        clients: clients.collect(),
        facts: Facts::none()
            .with("partitions", seen.places.len())
            .with("changed", seen.places.iter().filter(|place| place.changes()).count())
            .with("replayed", replayed)
            .with("skipped", skipped)
            .with("lag_before", lag(|place| place.from))
            .with("lag_after", lag(|place| place.to().or(place.from))),
        rows,
        needs_from_application: Vec::new(),
    }
}

fn worst_case(replayed: i64, skipped: i64) -> &'static str {
    match (replayed > 0, skipped > 0) {
        (true, true) => "reset-replays-and-skips",
        (true, false) => "reset-replays",
        (false, true) => "reset-skips",
        (false, false) => "reset-neither",
    }
}
