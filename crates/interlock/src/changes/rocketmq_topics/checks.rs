//! What is checked before a topic of RocketMQ is changed as a whole.

use super::look::{Ground, Use};
use crate::changes::Part;
use crate::changes::rocketmq_offsets::cannot_verify;
use crate::changes::rocketmq_routes;
use crate::cluster::rocketmq::{
    OffsetAt, QueueRange, Reader, RocketmqCluster, Said, TopicAt, TopicKind, is_system_group,
};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{Check, Level};
use std::collections::BTreeMap;
use std::time::Duration;

/// Whoever wrote since then is still writing.
pub(super) const LATELY: Duration = Duration::from_secs(600);

pub(super) fn of(topic: &TopicName) -> Facts {
    Facts::none().with("topic", topic.as_str())
}

/// What is the same for all of them.
pub(super) fn common(topic: &TopicName, ground: &Ground<'_>) -> Vec<Check> {
    let brokers = ground.cluster.brokers.len();
    let mut checks = vec![Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", brokers))];
    checks.extend(kind_check(topic, ground.cluster));
    checks.extend(stranger_check(ground.cluster));
    checks
}

/// RocketMQ looks after its own; names of brokers and of the cluster are theirs.
fn kind_check(topic: &TopicName, cluster: &RocketmqCluster) -> Option<Check> {
    let brokers = cluster.brokers.iter().map(|broker| &broker.name);
    let kind = TopicKind::of(topic, &cluster.name, brokers);
    let facts = || of(topic).with("topic-kind", kind.key());
    (kind != TopicKind::Ordinary).then(|| Check::new(Level::Block, "not-an-ordinary-topic", facts()))
}

/// A broker that does not register with a `NameServer`: clients there would never hear of what is done at it.
fn stranger_check(cluster: &RocketmqCluster) -> Option<Check> {
    let knows = |seen: &crate::cluster::rocketmq::NameServerSeen, broker: &BrokerName| {
        seen.registered.iter().any(|one| one.broker == *broker)
    };
    let told =
        cluster.name_servers.iter().zip(1..).filter_map(|(server, number)| Some((server.said.answer()?, number)));
    let mut strangers = told.flat_map(|(seen, number)| {
        let unknown = cluster.brokers.iter().filter(move |broker| !knows(seen, &broker.name));
        unknown.map(move |broker| (&broker.name, number))
    });
    let (broker, number): (_, i64) = strangers.next()?;
    let facts = Facts::none().with("master", broker.as_str()).with("number", number);
    Some(Check::new(Level::Block, "broker-not-registered", facts))
}

/// A `NameServer` that does not answer may go on telling an old route.
pub(super) fn name_server_checks(topic: &TopicName, cluster: &RocketmqCluster) -> Vec<Check> {
    let silent = cluster.name_servers.iter().filter_map(|server| match &server.said {
        Said::Silent(failure) => Some(cannot_verify(Part::Topic, topic.as_str(), failure)),
        Said::Answer(_) => None,
    });
    silent.collect()
}

/// The same, where what it misses is harmless.
pub(super) fn name_server_warning(cluster: &RocketmqCluster) -> Option<Check> {
    let count = cluster.name_servers.iter().filter(|server| server.said.failure().is_some()).count();
    (count > 0).then(|| Check::new(Level::Warn, "name-server-silent", Facts::none().with("count", count)))
}

/// Every `NameServer` that answers tells clients what the masters have.
pub(super) fn route_check(topic: &TopicName, ground: &Ground<'_>) -> Check {
    ground.topic.map_or_else(|| Check::pass("routes-agree"), |seen| rocketmq_routes::check(topic, seen, ground.cluster))
}

/// The order of queues is a value of its own at each `NameServer`.
pub(super) fn order_check(topic: &TopicName, ground: &Ground<'_>) -> Option<Check> {
    let routes = ground.topic.map(|topic| topic.routes.as_slice()).unwrap_or_default();
    let in_route = routes.iter().filter_map(|(_, said)| said.answer()?.as_ref()).any(|route| route.order.is_some());
    let ordered = in_route || ground.at().iter().any(|at: &&TopicAt| at.ordered);
    ordered.then(|| Check::new(Level::Block, "ordered-topic", of(topic)))
}

/// Groups that are there and are not of RocketMQ itself.
pub(super) fn readers<'u>(uses: &'u Use<'_>) -> impl Iterator<Item = &'u Reader> {
    uses.readers.iter().filter(|reader| !is_system_group(&reader.group))
}

pub(super) fn at_work(uses: &Use<'_>) -> Vec<String> {
    readers(uses).filter(|reader| reader.online).map(|reader| reader.group.to_string()).collect()
}

/// Nothing goes away under clients that are at work with it.
pub(super) fn connected_check(topic: &TopicName, uses: &Use<'_>) -> Check {
    let groups = at_work(uses);
    if groups.is_empty() {
        return Check::pass("clients-connected");
    }
    let facts = of(topic).with("count", groups.len()).with("groups", groups);
    Check::new(Level::Block, "clients-connected", facts)
}

/// How many messages were written lately. Brokers do not tell who produces to a topic; that messages came in does.
pub(super) fn written_lately(uses: &Use<'_>) -> i64 {
    let ends: BTreeMap<(&BrokerName, u32), i64> =
        uses.ranges.iter().map(|range| ((&range.broker, range.queue), range.end)).collect();
    let of = |one: &OffsetAt| Some(ends.get(&(&one.broker, one.queue))?.saturating_sub(one.offset).max(0));
    uses.lately.iter().filter_map(of).fold(0, i64::saturating_add)
}

pub(super) fn written_check(topic: &TopicName, uses: &Use<'_>) -> Check {
    let count = written_lately(uses);
    if count == 0 {
        return Check::pass("topic-written-lately");
    }
    Check::new(Level::Block, "topic-written-lately", of(topic).with("count", count).with("span", LATELY))
}

/// What a group has not read; where it has no offset, everything that is there.
pub(super) fn unread(reader: &Reader, ranges: &[QueueRange]) -> i64 {
    let lag = |range: &QueueRange| {
        let from = reader.offset(&range.broker, range.queue).map_or(range.start, |offset| offset.max(range.start));
        range.end.saturating_sub(from).max(0)
    };
    ranges.iter().map(lag).fold(0, i64::saturating_add)
}

pub(super) fn unread_check(uses: &Use<'_>) -> Option<Check> {
    let some: Vec<(&Reader, i64)> =
        readers(uses).map(|reader| (reader, unread(reader, uses.ranges))).filter(|(_, unread)| *unread > 0).collect();
    let count = some.iter().map(|(_, unread)| *unread).fold(0, i64::saturating_add);
    let groups: Vec<String> = some.iter().map(|(reader, _)| reader.group.to_string()).collect();
    let facts = Facts::none().with("groups", groups).with("count", count);
    (count > 0).then(|| Check::new(Level::Consent, "unread-records-go", facts))
}

/// How many messages lie in the open queues.
pub(super) fn held(ranges: &[QueueRange]) -> i64 {
    ranges.iter().map(|range| range.end.saturating_sub(range.start).max(0)).fold(0, i64::saturating_add)
}
