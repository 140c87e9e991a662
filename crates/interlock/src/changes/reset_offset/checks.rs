//! What is checked before a reset.

use super::Wanted;
use super::look::Seen;
use crate::changes::Context;
use crate::changes::kafka_offsets as offsets;
use crate::changes::vector::Place;
use crate::facts::Facts;
use crate::plan::{Check, Edge, Level, Resolved, member_facts};

/// Every finding but those about holds.
pub(super) fn all(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool, context: &Context<'_>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let removes = seen.places.iter().any(|place| place.from.is_none() && place.changes());
    let topics = seen.topics.iter().map(|topic| (topic.name, topic.topic));
    checks.extend(offsets::right_checks((wanted.group, seen.group.group), topics, removes));
    checks.extend(group_checks(wanted, seen, waits));
    checks.extend(offsets::external_check(wanted.group, seen.group.group));
    checks.extend(offsets::moving_check(wanted.group, &seen.group, context.earlier));
    checks.extend(scope_checks(seen));
    checks.extend(target_checks(&seen.places));
    checks
}

fn group_checks(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool) -> Vec<Check> {
    if !seen.group.is_there() {
        return vec![Check::new(Level::Warn, "group-is-new", Facts::none().with("group", wanted.group.as_str()))];
    }
    let Some(group) = seen.group.group.filter(|_| waits) else {
        return offsets::writable_checks(wanted.group, seen.group.group);
    };
    let mut checks = offsets::kind_check(wanted.group, group);
    checks.push(Check::new(Level::Consent, "group-will-stop", member_facts(wanted.group, &group.members)));
    checks
}

fn scope_checks(seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some((topic, partition)) = seen.offline.first() {
        let facts = offsets::of_partition(topic, *partition).with("count", seen.offline.len());
        checks.push(Check::new(Level::Block, "partition-offline", facts));
    }
    if let Some(first) = seen.gone.first() {
        let facts = Facts::none().with("topic", first.as_str()).with("count", seen.gone.len());
        checks.push(Check::new(Level::Warn, "topic-gone", facts));
    }
    if seen.places.len() > offsets::MOST_PARTITIONS {
        let facts = Facts::none().with("count", seen.places.len()).with("most", offsets::MOST_PARTITIONS);
        checks.push(Check::new(Level::Block, "too-many-partitions", facts));
    }
    checks
}

fn target_checks(places: &[Place]) -> Vec<Check> {
    let mut checks = edge_checks(places);
    checks.extend(warn_where("no-commit-to-shift", places, |place| place.goal == Resolved::NothingToShift));
    checks.extend(warn_where("partition-empty", places, |place| place.start >= place.end));
    checks.extend(warn_where("partition-without-commit", places, |place| place.from.is_none() && place.changes()));
    checks
}

/// What was moved to the edge of a log, by how it came to lie outside; a pass only if nothing was, so that the card's marks
/// and the checks tell the same.
fn edge_checks(places: &[Place]) -> Vec<Check> {
    let early = |place: &&Place| place.edge() == Some(Edge::BeforeFirstRecord);
    let late = |place: &&Place| place.edge() == Some(Edge::AfterLastRecord);
    let moved = [
        clamp_check(places),
        warn_where("time-before-log-start", places, early),
        warn_where("time-after-last-record", places, late),
    ];
    let moved: Vec<Check> = moved.into_iter().flatten().collect();
    if moved.is_empty() { vec![Check::pass("targets-in-log")] } else { moved }
}

fn clamp_check(places: &[Place]) -> Option<Check> {
    let mut clamped = places.iter().filter_map(|place| match place.goal {
        Resolved::To { offset, edge: Edge::Clamped { wanted } } => Some((place, offset, wanted)),
        _ => None,
    });
    let (first, used, wanted) = clamped.next()?;
    let facts = offsets::of_partition(&first.topic, first.partition)
        .with("count", clamped.count() + 1)
        .with("wanted", wanted)
        .with("used", used);
    Some(Check::new(Level::Warn, "target-clamped", facts))
}

fn warn_where(id: &str, places: &[Place], which: impl Fn(&&Place) -> bool) -> Option<Check> {
    let first = places.iter().find(&which)?;
    let facts =
        offsets::of_partition(&first.topic, first.partition).with("count", places.iter().filter(&which).count());
    Some(Check::new(Level::Warn, id, facts))
}
