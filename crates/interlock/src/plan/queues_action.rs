//! How queues of a RocketMQ topic are opened and closed: what is literal, and what the cluster shows of it.

use super::expectation::{Expectation, Held};
use super::layout_probe::known;
use super::probe::Probe;
use super::rocketmq_expectation::{RocketmqExpectation, told_by_all};
use super::silent::{forgotten, none_forgotten, silent};
use crate::cluster::rocketmq::{Queues, RocketmqQuery, Said, Topic};
use crate::cluster::{Looker, Query};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The open queues of a topic at one master, before and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueuesChange {
    /// The broker.
    pub broker: BrokerName,
    /// What stands there before. Not sent: it tells what nobody of us wrote from what is still to be changed.
    pub from: Queues,
    /// What stands there after.
    pub to: Queues,
}

/// The open queues of a topic at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpenAt {
    /// The broker.
    pub broker: BrokerName,
    /// Its queues.
    pub queues: Queues,
}

impl QueuesChange {
    /// What it starts from.
    #[must_use]
    pub fn before(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: self.from }
    }

    /// What it leads to.
    #[must_use]
    pub fn after(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: self.to }
    }

    /// The other way round.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { broker: self.broker.clone(), from: self.to, to: self.from }
    }
}

/// An offset that a group gets in a queue before anything is written to it: without one the group could begin behind the first
/// messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seed {
    /// The group.
    pub group: GroupId,
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The next offset that it reads there.
    #[serde(default)]
    pub offset: i64,
}

/// What has to be seen of a topic.
pub(super) fn of_topic(topic: &TopicName) -> BTreeSet<Query> {
    BTreeSet::from([Query::Rocketmq(RocketmqQuery::Topic(topic.clone()))])
}

/// What has to be seen of the groups of a topic.
pub(super) fn of_readers(topic: &TopicName) -> BTreeSet<Query> {
    [RocketmqQuery::Cluster, RocketmqQuery::Readers(topic.clone())].map(Query::Rocketmq).into()
}

/// What one master shows of a topic.
pub(super) enum Shown {
    /// These queues.
    Here(Queues),
    /// The master does not have it.
    Nothing,
    /// The master said nothing: its failure.
    Silent(Facts),
}

/// What a master shows of a topic; one that no NameServer knows is silent as well.
pub(super) fn shown(topic: Option<&Topic>, broker: &BrokerName) -> Shown {
    let Some(topic) = topic else { return Shown::Nothing };
    match topic.at.iter().find(|(name, _)| name == broker).map(|(_, said)| said) {
        Some(Said::Answer(Some(at))) => Shown::Here(Queues { read: at.read, write: at.write }),
        Some(Said::Answer(None)) => Shown::Nothing,
        Some(Said::Silent(failure)) => Shown::Silent(silent(broker, failure)),
        None => Shown::Silent(silent(broker, &forgotten(broker))),
    }
}

fn place(topic: &TopicName, broker: &BrokerName) -> Facts {
    Facts::none().with("topic", topic.as_str()).with("master", broker.as_str())
}

/// Facts of a master that shows something else than it should.
pub(super) fn other(topic: &TopicName, expected: &OpenAt, found: Option<Queues>) -> Facts {
    let found = found.map_or_else(|| "none".to_owned(), |found| found.to_string());
    place(topic, &expected.broker).with("expected", expected.queues.to_string()).with("found", found)
}

/// Whether the masters show these queues; with `only`, whether no other master has the topic.
pub(super) fn are(topic: &TopicName, expected: &[OpenAt], only: bool, looker: &mut Looker<'_>) -> Held {
    let seen = match known(looker.rocketmq_topic(topic)) {
        Ok(seen) => seen.as_ref(),
        Err(facts) => return Held::CannotTell(facts),
    };
    let Some(found) = seen else {
        return Held::Broken { id: "topic-gone", facts: Facts::none().with("topic", topic.as_str()) };
    };
    let is_ours = |broker: &BrokerName| expected.iter().any(|one| one.broker == *broker);
    if let Some(at) = found.settings().find(|at| only && !is_ours(&at.broker)) {
        let found = Queues { read: at.read, write: at.write };
        let facts = place(topic, &at.broker).with("expected", "none").with("found", found.to_string());
        return Held::Broken { id: "another-master", facts };
    }
    for one in expected {
        match shown(seen, &one.broker) {
            Shown::Here(found) if found == one.queues => {}
            Shown::Here(found) => {
                return Held::Broken { id: "queues-changed", facts: other(topic, one, Some(found)) };
            }
            Shown::Nothing => return Held::Broken { id: "queues-changed", facts: other(topic, one, None) },
            Shown::Silent(facts) => return Held::CannotTell(facts),
        }
    }
    Held::Holds
}

/// What must stand before queues are set.
pub(super) fn before(topic: &TopicName, places: &[QueuesChange]) -> Expectation {
    let queues = places.iter().map(QueuesChange::before).collect();
    Expectation::Rocketmq(RocketmqExpectation::QueuesAre { topic: topic.clone(), queues, only: false })
}

/// Whether queues are set, at each of the masters.
pub(super) fn queues_set(topic: &TopicName, places: &[QueuesChange], looker: &mut Looker<'_>) -> Probe {
    let seen = match known(looker.rocketmq_topic(topic)) {
        Ok(seen) => seen.as_ref(),
        Err(facts) => return Probe::CannotTell(facts),
    };
    let (mut all, mut any) = (true, false);
    for one in places {
        match shown(seen, &one.broker) {
            Shown::Here(found) if found == one.to => any = true,
            Shown::Here(found) if found == one.from => all = false,
            Shown::Here(found) => return Probe::Foreign(other(topic, &one.after(), Some(found))),
            Shown::Nothing => return Probe::Foreign(other(topic, &one.after(), None)),
            Shown::Silent(facts) => return Probe::CannotTell(facts),
        }
    }
    match (all, any) {
        (true, _) => Probe::Done,
        (false, true) => Probe::Partly,
        (false, false) => Probe::NotYet,
    }
}

/// Whether every group has an offset where it was to get one. What it has there is its own affair: it may have read on.
pub(super) fn seeded(topic: &TopicName, seeds: &[Seed], looker: &mut Looker<'_>) -> Probe {
    let seen = match known(looker.rocketmq_readers(topic)) {
        Ok(seen) => seen,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let has = |seed: &Seed| {
        let reader = seen.seen.iter().find(|reader| reader.group == seed.group);
        reader.is_some_and(|reader| reader.offset(&seed.broker, seed.queue).is_some())
    };
    let missing: Vec<&Seed> = seeds.iter().filter(|seed| !has(seed)).collect();
    let brokers = || missing.iter().map(|seed| &seed.broker);
    let told = known(looker.rocketmq_cluster()).and_then(|cluster| none_forgotten(brokers(), cluster));
    if let Err(facts) = told.and_then(|()| told_by_all(brokers(), seen)) {
        return Probe::CannotTell(facts);
    }
    match missing.len() {
        0 => Probe::Done,
        some if some < seeds.len() => Probe::Partly,
        _ => Probe::NotYet,
    }
}
