//! What is checked before queues are opened or closed. The broker itself checks nothing.

use super::look::{Seen, is_write_disabled};
use super::{Wanted, holds};
use crate::changes::{Context, held_checks, rocketmq_routes};
use crate::cluster::rocketmq::{Reader, Said, TopicKind, is_system_group};
use crate::facts::Facts;
use crate::id::GroupId;
use crate::plan::{Check, Level};
use std::collections::BTreeSet;

/// What is the same for both.
pub(super) fn common(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Vec<Check> {
    let mut checks = vec![Check::pass("cluster-reachable")];
    checks.extend(kind_check(wanted, seen));
    checks.extend(order_check(wanted, seen));
    checks.push(rocketmq_routes::check(wanted.topic, seen.topic, seen.cluster));
    checks.extend(past_read_check(wanted, seen));
    checks.extend(name_server_check(seen));
    checks.extend(write_disabled_check(seen));
    checks.extend(broadcast_check(seen));
    checks.extend(held_checks(&holds(wanted.topic, context), context.held.iter()));
    checks
}

fn of(wanted: &Wanted<'_>) -> Facts {
    Facts::none().with("topic", wanted.topic.as_str())
}

fn kind_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    let facts = || of(wanted).with("topic-kind", seen.topic.kind.key());
    (seen.topic.kind != TopicKind::Ordinary).then(|| Check::new(Level::Block, "not-an-ordinary-topic", facts()))
}

/// The order of queues is a value of its own at each NameServer, which names how many queues there are.
fn order_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    let in_route =
        seen.topic.routes.iter().any(|(_, said)| matches!(said, Said::Answer(Some(route)) if route.order.is_some()));
    let ordered = in_route || seen.at.iter().any(|at| at.ordered);
    ordered.then(|| Check::new(Level::Block, "ordered-topic", of(wanted)))
}

/// Messages are written that nobody gets; whatever is done then, is done on top of that.
fn past_read_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    let (at, queues) = seen.queues().find(|(_, queues)| queues.writes_past_reads())?;
    let facts = of(wanted).with("master", at.broker.as_str()).with("found", queues.to_string());
    Some(Check::new(Level::Block, "writes-past-reads", facts))
}

fn name_server_check(seen: &Seen<'_>) -> Option<Check> {
    let count = seen.silent_name_servers();
    (count > 0).then(|| Check::new(Level::Warn, "name-server-silent", Facts::none().with("count", count)))
}

fn write_disabled_check(seen: &Seen<'_>) -> Option<Check> {
    let disabled = seen.at.iter().filter(|at| seen.cluster.broker(&at.broker).is_some_and(is_write_disabled));
    let masters: Vec<String> = disabled.map(|at| at.broker.to_string()).collect();
    (!masters.is_empty())
        .then(|| Check::new(Level::Warn, "master-takes-no-writes", Facts::none().with("masters", masters)))
}

fn broadcast_check(seen: &Seen<'_>) -> Option<Check> {
    let groups: Vec<String> =
        seen.readers.iter().filter(|reader| reader.broadcasts).map(|reader| reader.group.to_string()).collect();
    (!groups.is_empty()).then(|| Check::new(Level::Warn, "groups-broadcast", Facts::none().with("groups", groups)))
}

/// Groups that are there and are not of RocketMQ itself.
pub(super) fn readers<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a Reader> {
    seen.readers.iter().filter(|reader| !is_system_group(&reader.group))
}

/// Groups that get no offset at a master of 5.x that does not have them. Their clients make them there when they come back, and
/// begin behind what was written meanwhile: their owners say whether that may be.
pub(super) fn unseeded(seen: &Seen<'_>) -> Option<Check> {
    let stored =
        |reader: &Reader| seen.at.iter().all(|at| seen.cluster.stores_offsets(&at.broker, &reader.group, seen.groups));
    let groups: Vec<String> = readers(seen)
        .filter(|reader| !reader.broadcasts && !stored(reader))
        .map(|reader| reader.group.to_string())
        .collect();
    (!groups.is_empty())
        .then(|| Check::new(Level::Consent, "groups-not-at-master", Facts::none().with("groups", groups)))
}

/// What a group has not read in the queues from `keeps` on; without an offset everything that is there.
pub(super) fn unread(reader: &Reader, seen: &Seen<'_>, keeps: u32) -> i64 {
    let closed = seen.ranges.iter().filter(|range| range.queue >= keeps);
    let lag = |range: &crate::cluster::rocketmq::QueueRange| {
        let from = reader.offset(&range.broker, range.queue).map_or(range.start, |offset| offset.max(range.start));
        range.end.saturating_sub(from).max(0)
    };
    closed.map(lag).fold(0, i64::saturating_add)
}

/// Who is given up, and who is waited for.
pub(super) fn unread_checks(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut waited: Vec<String> = Vec::new();
    let mut messages: i64 = 0;
    for reader in readers(seen) {
        let left = unread(reader, seen, wanted.to);
        if wanted.waived.contains(&reader.group) {
            checks.push(waiver(reader, left));
        } else if left > 0 && !reader.broadcasts {
            waited.push(reader.group.to_string());
            messages = messages.saturating_add(left);
        }
    }
    if !waited.is_empty() {
        let facts = of(wanted).with("groups", waited).with("messages", messages);
        checks.push(Check::new(Level::Warn, "closed-queues-unread", facts));
        checks.extend(disk_check(seen));
    }
    checks
}

/// What is waited for may go before it is read: full disks do not ask for how long messages are to be kept.
fn disk_check(seen: &Seen<'_>) -> Option<Check> {
    let (masters, percent) = seen.cluster.filling(seen.at.iter().map(|at| &at.broker))?;
    let facts = Facts::none().with("masters", masters).with("percent", i64::from(percent));
    Some(Check::new(Level::Warn, "disk-filling", facts))
}

/// A group at work is not given up. One that is not, is by its owner.
fn waiver(reader: &Reader, messages: i64) -> Check {
    let facts = Facts::none().with("group", reader.group.as_str()).with("messages", messages);
    if reader.online {
        return Check::new(Level::Block, "given-up-group-online", facts);
    }
    let commits = reader.offsets.len();
    Check::new(Level::Consent, "group-given-up", facts.with("commits", commits))
}

/// Groups that are to be given up and that nobody knows.
pub(super) fn unknown_waived<'a>(wanted: &'a Wanted<'_>, seen: &Seen<'_>) -> Option<&'a GroupId> {
    let known: BTreeSet<&GroupId> = seen.readers.iter().map(|reader| &reader.group).collect();
    wanted.waived.iter().find(|group| !known.contains(group))
}
