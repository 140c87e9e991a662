//! What is checked before a reset.

use super::Wanted;
use super::look::Seen;
use crate::changes::rocketmq_offsets::{self as offsets, Place};
use crate::cluster::rocketmq::{Model, TopicKind};
use crate::facts::Facts;
use crate::plan::{Check, Edge, Level, OffsetTarget, ResetBy, Resolved};

/// Every finding but those about holds.
pub(super) fn all(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![reachable(seen)];
    checks.extend(name_servers(seen));
    checks.extend(systems(wanted, seen));
    checks.extend(group_checks(wanted, seen));
    checks.extend(needs_stopped(wanted, seen));
    checks.extend(target_checks(&seen.places));
    checks.extend(nearest_check(wanted, seen));
    checks.extend(scope_checks(seen));
    checks
}

fn reachable(seen: &Seen<'_>) -> Check {
    Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", seen.ground.cluster.brokers.len()))
}

fn name_servers(seen: &Seen<'_>) -> Option<Check> {
    let silent = seen.ground.silent_name_servers();
    let facts = Facts::none().with("count", silent).with("all", seen.ground.cluster.name_servers.len());
    (silent > 0).then(|| Check::new(Level::Warn, "name-servers-silent", facts))
}

/// What is RocketMQ's own is left to it.
fn systems(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut names: Vec<&str> = seen
        .topics
        .iter()
        .filter(|topic| topic.topic.kind == TopicKind::System)
        .map(|topic| topic.name.as_str())
        .collect();
    if crate::cluster::rocketmq::is_system_group(wanted.group) {
        names.push(wanted.group.as_str());
    }
    names.into_iter().map(|name| Check::new(Level::Block, "system-name", Facts::none().with("name", name))).collect()
}

fn group_checks(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let facts = || Facts::none().with("group", wanted.group.as_str());
    let Some(group) = seen.ground.group.filter(|group| group.is_online()) else {
        return vec![Check::pass("group-inactive")];
    };
    if group.model == Some(Model::Broadcasting) {
        return vec![Check::new(Level::Block, "group-broadcasts", facts())];
    }
    let ids: Vec<String> = group.clients.iter().map(|client| client.id.clone()).collect();
    let facts = facts().with("count", ids.len()).with("members", ids);
    vec![Check::new(Level::Warn, "clients-go-on", facts)]
}

/// While clients are connected 4.9 knows one way only: each is told a time, for all queues that the topic has there.
fn needs_stopped(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    if seen.by != ResetBy::Clients {
        return None;
    }
    let by_time = matches!(wanted.target, OffsetTarget::At(_) | OffsetTarget::Earliest | OffsetTarget::Latest);
    let uneven = || seen.topics.iter().flat_map(|topic| topic.topic.settings()).any(|at| at.read != at.write);
    let because = if !by_time {
        "target"
    } else if wanted.partitions.is_some() {
        "partitions"
    } else if seen.places.iter().any(|place| place.from.is_none()) {
        "no-offset"
    } else if uneven() {
        "closed-queues"
    } else {
        return None;
    };
    let facts = Facts::none().with("group", wanted.group.as_str()).with("because", because);
    Some(Check::new(Level::Block, "group-must-stop", facts))
}

/// 4.9 finds the message nearest to a time. It is asked so that none is skipped, which can lead to one message before.
fn nearest_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    let OffsetTarget::At(_) = wanted.target else { return None };
    let inside = |place: &&Place| place.edge() == Some(Edge::Inside) && place.start < place.end;
    let finds_nearest = |place: &&Place| !seen.ground.resets_itself(&place.broker);
    let count = seen.places.iter().filter(inside).filter(finds_nearest).count();
    (count > 0).then(|| Check::new(Level::Warn, "time-nearest-message", Facts::none().with("count", count)))
}

fn scope_checks(seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    if seen.closed > 0 {
        checks.push(Check::new(Level::Warn, "closed-queues-left", Facts::none().with("count", seen.closed)));
    }
    if seen.places.len() > offsets::MOST_QUEUES {
        let facts = Facts::none().with("count", seen.places.len()).with("most", offsets::MOST_QUEUES);
        checks.push(Check::new(Level::Block, "too-many-partitions", facts));
    }
    checks
}

fn target_checks(places: &[Place]) -> Vec<Check> {
    let mut checks = edge_checks(places);
    checks.extend(warn_where("no-commit-to-shift", places, |place| place.goal == Resolved::NothingToShift));
    checks.extend(warn_where("partition-empty", places, |place| place.start >= place.end));
    checks.extend(warn_where("no-offset-before", places, |place| place.from.is_none() && place.changes()));
    checks
}

/// What was moved to the edge of a queue, by how it came to lie outside; a pass only if nothing was.
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
    let facts = first.facts().with("count", clamped.count() + 1).with("wanted", wanted).with("used", used);
    Some(Check::new(Level::Warn, "target-clamped", facts))
}

fn warn_where(id: &str, places: &[Place], which: impl Fn(&&Place) -> bool) -> Option<Check> {
    let first = places.iter().find(&which)?;
    let facts = first.facts().with("count", places.iter().filter(&which).count());
    Some(Check::new(Level::Warn, id, facts))
}
