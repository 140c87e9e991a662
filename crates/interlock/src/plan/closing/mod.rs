//! Queues that are being closed: when they are drained, whether they stay still afterwards, and what is done if not.
//!
//! A closed queue goes on being written: by routes that are stale, by producers that name it, by delayed messages and undecided
//! transactions that come due. It is looked at by its own ends (30, 31) and by what is stored for each group; the summaries
//! (202, 208) do not tell closed queues, or tell 0 for none.

mod drain;
mod memory;
mod readers;
mod seen;
mod watch;

#[cfg(test)]
mod tests;

pub(super) use drain::look_drained;
pub use drain::still_drained;
pub use memory::{ClosedMemory, Stood};
pub use readers::KnownReader;
pub(super) use watch::look_closed;

use super::condition::Looked;
use super::queues_action::{OpenAt, QueuesChange};
use crate::cluster::Query;
use crate::cluster::rocketmq::{Queues, RocketmqQuery};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// For so long clients go by the route they have (`pollNameServerInterval`).
pub const ROUTE_POLL: Duration = Duration::from_secs(30);

/// Queues of a topic that are being closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The topic.
    pub topic: TopicName,
    /// At each master how many queues stay, and how many there were.
    pub queues: Vec<ClosingAt>,
    /// Groups that are given up: once their messages have expired, they are not waited for as long as they are away.
    pub waived: BTreeSet<GroupId>,
    /// Groups that read the topic when it was planned: who is not seen later is waited for all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<KnownReader>,
    /// How many looks in a row must find everything read and still.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
}

/// What is closed at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClosingAt {
    /// The broker.
    pub broker: BrokerName,
    /// How many queues stay.
    pub keeps: u32,
    /// How many there were.
    pub had: u32,
}

impl ClosingAt {
    /// Nobody is told to write the queues that are being closed; they are still read.
    #[must_use]
    pub fn draining(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: Queues { read: self.had, write: self.keeps } }
    }

    /// They are no longer read.
    #[must_use]
    pub fn closed(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: Queues::both(self.keeps) }
    }
}

impl Closing {
    /// What has to be seen for a look.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        let topic = &self.topic;
        [
            RocketmqQuery::Cluster,
            RocketmqQuery::Topic(topic.clone()),
            RocketmqQuery::Ranges(topic.clone(), self.most()),
            RocketmqQuery::Readers(topic.clone()),
            RocketmqQuery::Delays,
        ]
        .map(Query::Rocketmq)
        .into()
    }

    /// The most queues that one master had.
    fn most(&self) -> u32 {
        self.queues.iter().map(|one| one.had).max().unwrap_or(0)
    }

    fn places(&self) -> impl Iterator<Item = (&BrokerName, u32)> {
        self.queues.iter().flat_map(|one| (one.keeps..one.had).map(|queue| (&one.broker, queue)))
    }

    /// Reading is taken from the queues (`true`) or given back to them.
    #[must_use]
    pub fn change(&self, close: bool) -> Vec<QueuesChange> {
        let one = |at: &ClosingAt| {
            let (draining, closed) = (at.draining().queues, at.closed().queues);
            let (from, to) = if close { (draining, closed) } else { (closed, draining) };
            QueuesChange { broker: at.broker.clone(), from, to }
        };
        self.queues.iter().map(one).collect()
    }

    fn facts(&self) -> Facts {
        Facts::none().with("topic", self.topic.as_str())
    }
}

/// What is to be set now by itself, within what was approved: reading is given back where something came into closed queues or
/// is unread in them, and where some masters read them and others do not; it is taken away again once they are drained anew.
#[must_use]
pub fn steer(closing: &Closing, looked: &Looked) -> Option<Vec<QueuesChange>> {
    let Looked::NotYet { id, .. } = looked else { return None };
    match *id {
        "closed-queues-written" | "closed-queues-not-read" | "closed-queues-half-open" => Some(closing.change(false)),
        "queues-close-again" => Some(closing.change(true)),
        _ => None,
    }
}
