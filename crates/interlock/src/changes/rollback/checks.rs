//! What is checked before a way back.

use super::ByGroup;
use super::look::Seen;
use super::saved::{Rebased, Saved, Vectors};
use crate::changes::kafka_offsets as offsets;
use crate::cluster::kafka::{Committed, Topic};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Expectation, Level, Plan};

/// Every finding but those about holds.
pub(super) fn all(plan: &Plan, vectors: &Vectors<'_>, rebased: &ByGroup<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![cluster_check(plan, seen)];
    checks.extend(seen.topics.iter().filter_map(|topic| topic_check(plan, topic.name, topic.topic)));
    checks.extend(group_checks(rebased, seen));
    checks.push(moved_check(vectors, rebased));
    checks.extend(left_the_log_check(rebased, seen));
    checks
}

fn cluster_check(plan: &Plan, seen: &Seen<'_>) -> Check {
    if seen.cluster.id == plan.identity {
        return offsets::identity_check(seen.cluster);
    }
    let facts = Facts::none().with("expected", plan.identity.as_str()).with("found", seen.cluster.id.as_str());
    Check::new(Level::Block, "cluster-changed", facts)
}

fn topic_check(plan: &Plan, name: &TopicName, topic: Option<&Topic>) -> Option<Check> {
    let facts = Facts::none().with("topic", name.as_str());
    let Some(topic) = topic else { return Some(Check::new(Level::Block, "topic-gone", facts)) };
    let expected = plan.expectations.iter().find_map(|expectation| match expectation {
        Expectation::KafkaTopicIs { topic, id, .. } if topic == name => Some(id),
        _ => None,
    })?;
    let facts = facts.with("expected", expected.as_str()).with("found", topic.id.as_str());
    (*expected != topic.id).then(|| Check::new(Level::Block, "topic-recreated", facts))
}

fn group_checks(rebased: &ByGroup<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (group, places) in rebased {
        let found = seen.groups.get(group).and_then(|seen| seen.group);
        // A commit made where none stood is removed by the way back of this way back.
        let removes = places.iter().any(|place| place.changes() && (place.saved.is_none() || place.now.is_none()));
        checks.extend(offsets::right_checks((group, found), seen.present(), removes));
        checks.extend(offsets::writable_checks(group, found));
    }
    checks
}

/// Whether the group went on since: what stands is neither what the operation left nor the saved value.
fn moved_check(vectors: &Vectors<'_>, rebased: &ByGroup<'_>) -> Check {
    let pairs = vectors.values().flat_map(|places| places.values()).zip(rebased.values().flatten());
    let moved: Vec<(&Saved<'_>, &Rebased)> =
        pairs.filter(|(saved, place)| place.now.as_ref() != saved.left && place.now.as_ref() != saved.saved).collect();
    let Some((saved, place)) = moved.first() else { return Check::pass("values-as-left") };
    let facts = offsets::of_partition(&place.topic, place.partition)
        .with("count", moved.len())
        .with("left", shown(saved.left))
        .with("found", shown(place.now.as_ref()));
    Check::new(Level::Warn, "values-moved-on", facts)
}

fn shown(committed: Option<&Committed>) -> String {
    committed.map_or_else(|| "none".to_owned(), |one| one.offset.to_string())
}

/// The saved values are put back exactly, even those that the log has left since: there the group's own setting decides
/// where it reads on.
fn left_the_log_check(rebased: &ByGroup<'_>, seen: &Seen<'_>) -> Option<Check> {
    let outside = |place: &&Rebased| {
        let range = seen.log(&place.topic).and_then(|log| log.range(place.partition));
        let Some((range, saved)) = range.zip(place.saved.as_ref()) else { return false };
        place.changes() && !(range.start..=range.end).contains(&saved.offset)
    };
    let mut found = rebased.values().flatten().filter(outside);
    let first = found.next()?;
    let facts = offsets::of_partition(&first.topic, first.partition)
        .with("count", found.count() + 1)
        .with("saved", shown(first.saved.as_ref()));
    Some(Check::new(Level::Warn, "saved-offset-left-the-log", facts))
}
