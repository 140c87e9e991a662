//! What a plan expects of a RocketMQ cluster.

use super::expectation::{Held, with};
use super::queues_action::{self, OpenAt};
use super::rocketmq_action::QueueMove;
use super::rocketmq_group::{self, GroupPlace};
use super::rocketmq_topic::{self, QueueEnd, TopicPlace};
use super::silent::silent;
use crate::cluster::Looker;
use crate::cluster::rocketmq::{CommittedOffset, FromMasters, Group, RocketmqCluster, RocketmqQuery, Topic};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One condition on a RocketMQ cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RocketmqExpectation {
    /// The cluster behind the NameServers has this name and at least one of these brokers: RocketMQ has no cluster id, and
    /// NameServers forget a broker that has died.
    ClusterIs {
        /// Its name at the brokers.
        name: String,
        /// The brokers.
        brokers: Vec<BrokerName>,
    },
    /// The topic has as many queues at each of these brokers. Whether it was made anew meanwhile cannot be told: it has no
    /// id.
    TopicIs {
        /// The topic.
        topic: TopicName,
        /// Its queues at each broker, ordered by broker.
        at: Vec<QueuesAt>,
    },
    /// The masters have so many queues of the topic open.
    QueuesAre {
        /// The topic.
        topic: TopicName,
        /// At each master.
        queues: Vec<OpenAt>,
        /// Whether no other master may have the topic.
        only: bool,
    },
    /// No client of the group is connected to any master.
    GroupHasNoClients {
        /// The group.
        group: GroupId,
    },
    /// A client of the group is connected: it is the one that does what is wanted.
    GroupHasClients {
        /// The group.
        group: GroupId,
    },
    /// The group's offsets are these; nothing is said of queues that are not listed.
    OffsetsAre {
        /// The group.
        group: GroupId,
        /// Each queue with the offset.
        offsets: Vec<QueueOffset>,
    },
    /// No master has such a topic, and no `NameServer` tells clients of one.
    TopicAbsent {
        /// The topic.
        topic: TopicName,
    },
    /// The topic is this at these masters, and no other master has it.
    TopicSettingsAre {
        /// The topic.
        topic: TopicName,
        /// At each master.
        at: Vec<TopicPlace>,
    },
    /// No client is connected that reads the topic.
    TopicUnused {
        /// The topic.
        topic: TopicName,
    },
    /// Nobody has written to the topic: its queues end here, where they are still there.
    EndsAre {
        /// The topic.
        topic: TopicName,
        /// Each queue.
        ends: Vec<QueueEnd>,
    },
    /// No master has such a group.
    GroupAbsent {
        /// The group.
        group: GroupId,
    },
    /// The masters have these settings of the group.
    GroupIs {
        /// The group.
        group: GroupId,
        /// At each master.
        at: Vec<GroupPlace>,
    },
}

/// The queues of a topic at one broker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueuesAt {
    /// The broker.
    pub broker: BrokerName,
    /// Queues that consumers read.
    pub read: u32,
    /// Queues that producers write.
    pub write: u32,
}

/// Where a group stands in one queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueOffset {
    /// The topic.
    pub topic: TopicName,
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The next offset the group reads; none if it has none there.
    pub offset: Option<i64>,
}

impl QueueOffset {
    /// What a move starts from.
    #[must_use]
    pub fn before(one: &QueueMove) -> Self {
        Self { topic: one.topic.clone(), broker: one.broker.clone(), queue: one.queue, offset: one.from }
    }

    /// Topic, broker and queue.
    #[must_use]
    pub fn place(&self) -> (&TopicName, &BrokerName, u32) {
        (&self.topic, &self.broker, self.queue)
    }
}

impl RocketmqExpectation {
    /// What has to be seen to evaluate it.
    pub(super) fn query(&self) -> RocketmqQuery {
        match self {
            Self::ClusterIs { .. } => RocketmqQuery::Cluster,
            Self::TopicIs { topic, .. } | Self::QueuesAre { topic, .. } | Self::TopicAbsent { topic } => {
                RocketmqQuery::Topic(topic.clone())
            }
            Self::TopicSettingsAre { topic, .. } => RocketmqQuery::Topic(topic.clone()),
            Self::TopicUnused { topic } => RocketmqQuery::Readers(topic.clone()),
            Self::EndsAre { topic, .. } => RocketmqQuery::Ranges(topic.clone(), 0),
            Self::GroupHasNoClients { group }
            | Self::GroupHasClients { group }
            | Self::GroupAbsent { group }
            | Self::GroupIs { group, .. } => RocketmqQuery::Group(group.clone()),
            Self::OffsetsAre { group, .. } => RocketmqQuery::Committed(group.clone()),
        }
    }

    /// Whether it says what a thing is, not what stands in it.
    pub(super) fn is_identity(&self) -> bool {
        matches!(self, Self::ClusterIs { .. })
    }

    pub(super) fn evaluate(&self, looker: &mut Looker<'_>) -> Held {
        match self {
            Self::ClusterIs { name, brokers } => {
                with(looker.rocketmq_cluster(), |found| cluster_is(name, brokers, found))
            }
            Self::TopicIs { topic, at } => {
                with(looker.rocketmq_topic(topic), |found| topic_is(topic, at, found.as_ref()))
            }
            Self::QueuesAre { topic, queues, only } => queues_action::are(topic, queues, *only, looker),
            Self::GroupHasNoClients { group } => {
                with(looker.rocketmq_group(group), |found| no_clients(group, found.as_ref()))
            }
            Self::GroupHasClients { group } => {
                with(looker.rocketmq_group(group), |found| has_clients(group, found.as_ref()))
            }
            Self::OffsetsAre { group, offsets } => {
                with(looker.rocketmq_committed(group), |found| offsets_are(group, offsets, found))
            }
            Self::TopicAbsent { topic } => {
                with(looker.rocketmq_topic(topic), |found| rocketmq_topic::is_absent(topic, found.as_ref()))
            }
            Self::TopicSettingsAre { topic, at } => {
                with(looker.rocketmq_topic(topic), |found| rocketmq_topic::is(topic, at, found.as_ref()))
            }
            Self::TopicUnused { topic } => {
                with(looker.rocketmq_readers(topic), |found| rocketmq_topic::is_unused(topic, found))
            }
            Self::EndsAre { topic, ends } => {
                with(looker.rocketmq_ranges(topic, 0), |found| rocketmq_topic::ends_are(topic, ends, found))
            }
            Self::GroupAbsent { group } => {
                with(looker.rocketmq_group(group), |found| rocketmq_group::is_absent(group, found.as_ref()))
            }
            Self::GroupIs { group, at } => {
                with(looker.rocketmq_group(group), |found| rocketmq_group::is(group, at, found.as_ref()))
            }
        }
    }
}

fn cluster_is(name: &str, brokers: &[BrokerName], found: &RocketmqCluster) -> Held {
    if found.name == name && brokers.iter().any(|broker| found.broker(broker).is_some()) {
        return Held::Holds;
    }
    let names: Vec<&str> = brokers.iter().map(BrokerName::as_str).collect();
    let expected = format!("{name}: {}", names.join(", "));
    Held::Broken {
        id: "cluster-changed",
        facts: Facts::none().with("expected", expected).with("found", found.identity()),
    }
}

fn topic_is(topic: &TopicName, expected: &[QueuesAt], found: Option<&Topic>) -> Held {
    let facts = Facts::none().with("topic", topic.as_str());
    let Some(found) = found else { return Held::Broken { id: "topic-gone", facts } };
    for one in expected {
        let Some((_, said)) = found.at.iter().find(|(broker, _)| *broker == one.broker) else {
            return Held::Broken { id: "topic-queues-changed", facts: changed(facts, one, "none") };
        };
        if let Some(failure) = said.failure() {
            return Held::CannotTell(silent(&one.broker, failure));
        }
        let here = said.answer().and_then(Option::as_ref).map(|here| (here.read, here.write));
        if here != Some((one.read, one.write)) {
            let shown = here.map_or_else(|| "none".to_owned(), |(read, write)| format!("{read}/{write}"));
            return Held::Broken { id: "topic-queues-changed", facts: changed(facts, one, &shown) };
        }
    }
    Held::Holds
}

fn changed(facts: Facts, expected: &QueuesAt, found: &str) -> Facts {
    facts
        .with("broker", expected.broker.as_str())
        .with("expected", format!("{}/{}", expected.read, expected.write))
        .with("found", found)
}

fn no_clients(group: &GroupId, found: Option<&Group>) -> Held {
    let Some(found) = found else { return Held::Holds };
    if found.is_online() {
        let ids: Vec<String> = found.clients.iter().map(|client| client.id.clone()).collect();
        let facts = Facts::none().with("group", group.as_str()).with("count", ids.len()).with("members", ids);
        return Held::Broken { id: "group-has-members", facts };
    }
    // A client of a broker that says nothing is not seen.
    found.silent.first().map_or(Held::Holds, |first| Held::CannotTell(silent(&first.broker, &first.why)))
}

fn has_clients(group: &GroupId, found: Option<&Group>) -> Held {
    if found.is_some_and(Group::is_online) {
        return Held::Holds;
    }
    Held::Broken { id: "group-has-no-clients", facts: Facts::none().with("group", group.as_str()) }
}

fn offsets_are(group: &GroupId, expected: &[QueueOffset], found: &FromMasters<Vec<CommittedOffset>>) -> Held {
    if let Err(facts) = told_by_all(expected.iter().map(|one| &one.broker), found) {
        return Held::CannotTell(facts);
    }
    let index = offsets_by_queue(found);
    let differs = expected.iter().find(|one| index.get(&one.place()).copied() != one.offset);
    let Some(one) = differs else { return Held::Holds };
    let facts = of_queue(group, one.place())
        .with("expected", shown(one.offset))
        .with("found", shown(index.get(&one.place()).copied()));
    Held::Broken { id: "offsets-changed", facts }
}

/// Offsets by topic, broker and queue.
pub(super) fn offsets_by_queue(
    found: &FromMasters<Vec<CommittedOffset>>,
) -> BTreeMap<(&TopicName, &BrokerName, u32), i64> {
    found.seen.iter().map(|one| ((&one.topic, &one.broker, one.queue), one.offset)).collect()
}

/// Whether the masters of all these brokers said what they have.
///
/// # Errors
/// Why the first one did not.
pub(super) fn told_by_all<'b, T>(
    brokers: impl Iterator<Item = &'b BrokerName>,
    found: &FromMasters<T>,
) -> Result<(), Facts> {
    for broker in brokers {
        if let Some(one) = found.silent.iter().find(|one| one.broker == *broker) {
            return Err(silent(broker, &one.why));
        }
    }
    Ok(())
}

/// A queue of a group as evidence, in the words that Kafka's partitions have.
pub(crate) fn of_queue(group: &GroupId, (topic, broker, queue): (&TopicName, &BrokerName, u32)) -> Facts {
    Facts::none()
        .with("group", group.as_str())
        .with("topic", format!("{topic} ({broker})"))
        .with("partition", i64::from(queue))
}

/// An offset, or that there is none.
pub(crate) fn shown(offset: Option<i64>) -> String {
    offset.map_or_else(|| "none".to_owned(), |offset| offset.to_string())
}

/// Offsets as they were captured, by topic, broker and queue.
pub(super) fn offsets_by_place(all: &[QueueOffset]) -> BTreeMap<(&TopicName, &BrokerName, u32), Option<i64>> {
    all.iter().map(|one| (one.place(), one.offset)).collect()
}
