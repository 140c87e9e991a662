//! What actions on a cluster's layout name: replicas that move, settings that change.

use super::hold::Thing;
use crate::cluster::Query;
use crate::cluster::kafka::{KafkaQuery, Replicas};
use crate::id::TopicName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A partition's replicas, before and after. `dirs` go to the brokers themselves, first. `from` and `topic_id` are not sent: they
/// tell what nobody of us made from what is still to be changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReplicaMove {
    /// The topic.
    pub topic: TopicName,
    /// Its id.
    pub topic_id: String,
    /// The partition.
    pub partition: i32,
    /// Its replicas before, in their order.
    pub from: Replicas,
    /// Its replicas after, in their order.
    pub to: Replicas,
    /// Where it may start from as well: it is on the move to there, and may arrive before that is called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or_from: Option<Replicas>,
    /// The log directory of each copy, by the broker that gets it. Where none is named the broker picks one, by the number of
    /// replicas.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dirs: BTreeMap<i32, String>,
}

/// What has the settings that are changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigOn {
    /// A broker, while it runs.
    Broker(i32),
    /// A topic.
    Topic(TopicName),
}

/// One setting before and after; none where it is not made at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConfigChange {
    /// What has it.
    pub on: ConfigOn,
    /// Its key.
    pub key: String,
    /// Its value before.
    pub from: Option<String>,
    /// Its value after.
    pub to: Option<String>,
}

/// Entries of a list that others share are taken from it; what others put there stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListRemoval {
    /// The topic.
    pub topic: TopicName,
    /// The key of the list.
    pub key: String,
    /// What is taken from it.
    pub entries: Vec<String>,
    /// Whether the setting was made before, if only as an empty list. Else it is removed once nothing is left in it.
    pub stood_before: bool,
}

/// A partition whose leadership goes to its preferred leader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PreferredLeader {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// The first of its replicas.
    pub leader: i32,
}

impl ReplicaMove {
    /// The same backwards.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let (from, to) = (self.to.clone(), self.from.clone());
        Self { from, to, or_from: None, dirs: BTreeMap::new(), ..self.clone() }
    }

    /// Each place that it may start from.
    pub fn starts(&self) -> impl Iterator<Item = &Replicas> {
        std::iter::once(&self.from).chain(&self.or_from)
    }

    /// The brokers that get a copy they do not have, or may.
    #[must_use]
    pub fn adding(&self) -> Vec<i32> {
        let lacks = |id: &i32| self.starts().any(|from| !from.0.contains(id));
        self.to.0.iter().copied().filter(lacks).collect()
    }
}

impl ConfigChange {
    /// The same backwards.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }
    }
}

impl ConfigOn {
    /// The same as something that can be held.
    #[must_use]
    pub fn thing(&self) -> Thing {
        match self {
            Self::Broker(id) => Thing::Broker(id.to_string()),
            Self::Topic(name) => Thing::Topic(name.to_string()),
        }
    }

    /// The look that shows its settings.
    #[must_use]
    pub fn query(&self) -> Query {
        Query::Kafka(match self {
            Self::Broker(id) => KafkaQuery::BrokerConfig(*id),
            Self::Topic(name) => KafkaQuery::TopicConfig(name.clone()),
        })
    }
}

impl fmt::Display for ConfigOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broker(id) => write!(f, "broker {id}"),
            Self::Topic(name) => write!(f, "topic {name}"),
        }
    }
}

/// The entries of a throttle list as Kafka writes it: `partition:broker`, with commas between them.
#[must_use]
pub fn list_entries(value: &str) -> Vec<&str> {
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect()
}
