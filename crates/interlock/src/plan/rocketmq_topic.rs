//! Topics of RocketMQ as a whole: made, permitted otherwise, deleted. What is literal, what must stand before, and what the
//! cluster shows of it.

use super::expectation::Held;
use super::layout_probe::known;
use super::probe::Probe;
use super::queues_action::{Shown, shown};
use super::silent::{all_answer, silent, silent_name_server};
use crate::cluster::rocketmq::{FromMasters, Perm, QueueRange, Queues, Reader, RocketmqQuery, Said, Topic, TopicAt};
use crate::cluster::{Looker, Query};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a topic is at one master, as far as plans set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TopicShape {
    /// Its queues.
    pub queues: Queues,
    /// What may be done with it.
    pub perm: Perm,
}

impl TopicShape {
    /// As a master shows it.
    #[must_use]
    pub fn of(at: &TopicAt) -> Self {
        Self { queues: Queues { read: at.read, write: at.write }, perm: at.perm }
    }
}

/// As plans and cards write it: `8/8 RW-`.
impl fmt::Display for TopicShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.queues, self.perm)
    }
}

/// A topic at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TopicPlace {
    /// The broker.
    pub broker: BrokerName,
    /// What it is there.
    pub shape: TopicShape,
}

/// A topic at one master, before and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TopicChange {
    /// The broker.
    pub broker: BrokerName,
    /// What stands there before; none where it is made. Not sent: it tells what nobody of us wrote from what is still to be
    /// changed.
    pub from: Option<TopicShape>,
    /// What stands there after.
    pub to: TopicShape,
}

impl TopicChange {
    /// The other way round; none of what is made, because that is deleted and not set.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        Some(Self { broker: self.broker.clone(), from: Some(self.to), to: self.from? })
    }
}

/// Where the log of a queue ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueEnd {
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The offset that the next message gets.
    pub end: i64,
}

pub(super) fn read_back(topic: &TopicName) -> BTreeSet<Query> {
    [RocketmqQuery::Cluster, RocketmqQuery::Topic(topic.clone())].map(Query::Rocketmq).into()
}

fn of(topic: &TopicName) -> Facts {
    Facts::none().with("topic", topic.as_str())
}

fn at(topic: &TopicName, broker: &BrokerName) -> Facts {
    Facts::none().with("topic", format!("{topic} ({broker})"))
}

fn words(shape: Option<TopicShape>) -> String {
    shape.map_or_else(|| "none".to_owned(), |shape| shape.to_string())
}

/// What the masters of these brokers have of a topic.
///
/// # Errors
/// Which of them cannot be told of.
fn shapes<'b>(
    topic: &TopicName,
    brokers: impl Iterator<Item = &'b BrokerName> + Clone,
    looker: &mut Looker<'_>,
) -> Result<BTreeMap<&'b BrokerName, Option<TopicShape>>, Facts> {
    all_answer(brokers.clone(), known(looker.rocketmq_cluster())?)?;
    let found = known(looker.rocketmq_topic(topic))?.as_ref();
    let one = |broker: &'b BrokerName| match shown(found, broker) {
        Shown::Silent(facts) => Err(facts),
        Shown::Nothing | Shown::Here(_) => Ok((broker, shape(found, broker))),
    };
    brokers.map(one).collect()
}

fn shape(topic: Option<&Topic>, broker: &BrokerName) -> Option<TopicShape> {
    topic?.settings().find(|at| at.broker == *broker).map(TopicShape::of)
}

/// Whether a topic is what it was to be at each of the masters.
pub(super) fn set(topic: &TopicName, places: &[TopicChange], looker: &mut Looker<'_>) -> Probe {
    let found = match shapes(topic, places.iter().map(|one| &one.broker), looker) {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let (mut all, mut any) = (true, false);
    for one in places {
        match found.get(&one.broker).copied().flatten() {
            shape if shape == Some(one.to) => any = true,
            shape if shape == one.from => all = false,
            shape => return Probe::Foreign(at(topic, &one.broker).with("found", words(shape))),
        }
    }
    match (all, any) {
        (true, _) => Probe::Done,
        (false, true) => Probe::Partly,
        (false, false) => Probe::NotYet,
    }
}

/// Whether no master has a topic any more, and no `NameServer` tells clients of it.
pub(super) fn deleted(topic: &TopicName, places: &[TopicPlace], looker: &mut Looker<'_>) -> Probe {
    let found = match shapes(topic, places.iter().map(|one| &one.broker), looker) {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let mut left = 0;
    for one in places {
        match found.get(&one.broker).copied().flatten() {
            None => {}
            Some(shape) if shape == one.shape => left += 1,
            shape => return Probe::Foreign(at(topic, &one.broker).with("found", words(shape))),
        }
    }
    match known(looker.rocketmq_topic(topic)) {
        Ok(found) => of_routes(found.as_ref(), (left, places.len())),
        Err(facts) => Probe::CannotTell(facts),
    }
}

/// A `NameServer` that does not answer may go on telling a route.
fn of_routes(topic: Option<&Topic>, (left, all): (usize, usize)) -> Probe {
    let routes = topic.map(|topic| topic.routes.as_slice()).unwrap_or_default();
    let told = routes.iter().filter(|(_, said)| matches!(said, Said::Answer(Some(_)))).count();
    if left == all && told > 0 {
        return Probe::NotYet;
    }
    if left + told > 0 {
        return Probe::Partly;
    }
    let dead = routes.iter().zip(1..).find_map(|((_, said), number)| Some((number, said.failure()?)));
    dead.map_or(Probe::Done, |(number, failure)| Probe::CannotTell(silent_name_server(number, failure)))
}

pub(super) fn is_absent(topic: &TopicName, found: Option<&Topic>) -> Held {
    match found {
        None => Held::Holds,
        Some(found) => {
            let somewhere = found.settings().next().map_or("a route", |at| at.broker.as_str());
            Held::Broken { id: "topic-exists", facts: of(topic).with("found", somewhere) }
        }
    }
}

/// Whether the topic is this at these masters, and at no others.
pub(super) fn is(topic: &TopicName, places: &[TopicPlace], found: Option<&Topic>) -> Held {
    let Some(found) = found else { return Held::Broken { id: "topic-gone", facts: of(topic) } };
    for one in places {
        if let Shown::Silent(facts) = shown(Some(found), &one.broker) {
            return Held::CannotTell(facts);
        }
        let shape = shape(Some(found), &one.broker);
        if shape != Some(one.shape) {
            let facts = at(topic, &one.broker).with("expected", words(Some(one.shape))).with("found", words(shape));
            return Held::Broken { id: "topic-settings-changed", facts };
        }
    }
    let Some(other) = found.settings().find(|at| places.iter().all(|one| one.broker != at.broker)) else {
        return Held::Holds;
    };
    let facts = of(topic)
        .with("master", other.broker.as_str())
        .with("expected", "none")
        .with("found", TopicShape::of(other).to_string());
    Held::Broken { id: "another-master", facts }
}

/// Whether nobody is connected who reads it.
pub(super) fn is_unused(topic: &TopicName, found: &FromMasters<Vec<Reader>>) -> Held {
    let at_work: Vec<String> =
        found.seen.iter().filter(|reader| reader.online).map(|reader| reader.group.to_string()).collect();
    if !at_work.is_empty() {
        return Held::Broken { id: "clients-connected", facts: of(topic).with("groups", at_work) };
    }
    let away = found.silent.first();
    away.map_or(Held::Holds, |one| Held::CannotTell(silent(&one.broker, &one.why)))
}

/// Whether nobody has written since: what is still there ends where it did. A master that has given its part up already has
/// nothing that could have been written to.
pub(super) fn ends_are(topic: &TopicName, expected: &[QueueEnd], found: &FromMasters<Vec<QueueRange>>) -> Held {
    let ends: BTreeMap<(&BrokerName, u32), i64> =
        expected.iter().map(|one| ((&one.broker, one.queue), one.end)).collect();
    for range in &found.seen {
        let end = ends.get(&(&range.broker, range.queue)).copied().unwrap_or(0);
        if range.end != end {
            let facts = at(topic, &range.broker)
                .of_rocketmq()
                .with("partition", i64::from(range.queue))
                .with("expected", end)
                .with("found", range.end);
            return Held::Broken { id: "topic-written", facts };
        }
    }
    let away = found.silent.first();
    away.map_or(Held::Holds, |one| Held::CannotTell(silent(&one.broker, &one.why)))
}
