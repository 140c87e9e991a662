//! Consumer groups, their offsets, and who is connected.

use super::SilentBroker;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOverview {
    /// Its id.
    pub id: GroupId,
    /// Whether it is one of RocketMQ's own.
    pub system: bool,
    /// The brokers whose masters have it, ordered.
    pub brokers: Vec<BrokerName>,
}

/// One group, as all masters together know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Whether it is one of RocketMQ's own.
    pub system: bool,
    /// Its settings at each master that answered, ordered by broker.
    pub at: Vec<GroupAt>,
    /// Its clients that are connected to any master, ordered by id.
    pub clients: Vec<Client>,
    /// What they agreed to read, ordered by topic.
    pub subscriptions: Vec<Subscription>,
    /// How its clients share messages; none while none is connected: the brokers do not remember it.
    pub model: Option<Model>,
    /// Brokers that said nothing.
    pub silent: Vec<SilentBroker>,
}

impl Group {
    /// Whether a client is connected.
    #[must_use]
    pub fn is_online(&self) -> bool {
        !self.clients.is_empty()
    }
}

/// A group at one master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAt {
    /// The broker.
    pub broker: BrokerName,
    /// Its settings; none if this master has none for it. 4.9 keeps offsets of such groups all the same.
    pub settings: Option<GroupSettings>,
    /// All of its settings, as the master tells them (JSON): what it is made from again. Empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub whole: String,
}

/// A group's settings (`SubscriptionGroupConfig`), as far as looks and plans ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSettings {
    /// Whether it may consume at all.
    pub consume: bool,
    /// Whether it may consume by broadcast.
    pub broadcast: bool,
    /// How often a message is tried again before it is a dead letter.
    pub retry_max: u32,
}

/// How the clients of a group share messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Each message goes to one of them.
    Clustering,
    /// Each message goes to each of them; their offsets are with them and not at the brokers.
    Broadcasting,
    /// A word we do not know.
    Other,
}

/// What a group reads of a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subscription {
    /// The topic.
    pub topic: TopicName,
    /// `*`, tags, or an SQL expression.
    pub expression: String,
}

/// A client that is connected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Client {
    /// The group it is in: of consumers, or of producers.
    pub group: GroupId,
    /// How it calls itself.
    pub id: String,
    /// Where it comes from. Shown in private answers only, never in a plan.
    pub host: String,
    /// The language of its library ("JAVA").
    pub language: String,
    /// Its library's version ("5.5.0").
    pub version: String,
    /// The brokers it is connected to, ordered.
    pub brokers: Vec<BrokerName>,
}

/// An offset of a group in a queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommittedOffset {
    /// The topic.
    pub topic: TopicName,
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The next offset the group reads.
    pub offset: i64,
}

/// The least number of queues that covers everything a group has an offset in: queues that are closed since count, too.
#[must_use]
pub fn least_queues(topic: &TopicName, committed: &[CommittedOffset]) -> u32 {
    committed.iter().filter(|one| one.topic == *topic).map(|one| one.queue.saturating_add(1)).max().unwrap_or(0)
}
