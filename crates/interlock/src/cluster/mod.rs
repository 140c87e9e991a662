//! The cluster model: queries, what was seen, and the sections that carry it.
//!
//! Kafka and RocketMQ share words and ids here, not a common-denominator topic: queries and answers are enums by kind.

pub mod kafka;
mod look;
pub mod rocketmq;
mod section;

pub use look::{Look, Looker};
pub use section::{Failure, FailureKind, Section, Seen};

use crate::id::ClusterName;
use kafka::{KafkaAnswer, KafkaQuery};
use rocketmq::{RocketmqAnswer, RocketmqQuery};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of system a cluster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusterKind {
    /// Apache Kafka.
    Kafka,
    /// Apache RocketMQ.
    Rocketmq,
}

/// How much hangs on a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Nobody's business hangs on it.
    Development,
    /// Rehearsals.
    Staging,
    /// The business.
    Production,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// The key in settings and commands.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The tier of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.key() == key)
    }
}

/// Whether the bot may change a cluster at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Plans are carried out.
    #[default]
    Change,
    /// Plans and native commands only; nothing is ever carried out.
    Observe,
}

/// A cluster as the settings describe it, without addresses and secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its name.
    pub name: ClusterName,
    /// Its kind.
    pub kind: ClusterKind,
    /// Its tier.
    pub tier: Tier,
    /// The business domain it serves ("payments"); empty if none is named.
    #[serde(default)]
    pub domain: String,
    /// Whether it may be changed.
    #[serde(default)]
    pub mode: Mode,
}

/// One look at a cluster. Closed, so that a plan can say exactly what it needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Asked of a Kafka cluster.
    Kafka(KafkaQuery),
    /// Asked of a RocketMQ cluster.
    Rocketmq(RocketmqQuery),
}

/// What a [`Query`] gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Of a Kafka cluster.
    Kafka(KafkaAnswer),
    /// Of a RocketMQ cluster.
    Rocketmq(RocketmqAnswer),
}

/// What has been observed of one cluster: each section by the query that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Observed>", into = "Vec<Observed>")]
pub struct Sections(BTreeMap<Query, Section<Answer>>);

/// One entry of stored [`Sections`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// What was asked.
    pub query: Query,
    /// What it gave.
    pub section: Section<Answer>,
}

impl Sections {
    /// Nothing observed yet.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The section of a query; `NotAsked` if it was never asked.
    #[must_use]
    pub fn get(&self, query: &Query) -> &Section<Answer> {
        self.0.get(query).unwrap_or(&Section::NotAsked)
    }

    /// Takes in one section; a later look replaces an earlier one.
    pub fn put(&mut self, query: Query, section: Section<Answer>) {
        self.0.insert(query, section);
    }

    /// Takes in all sections of `later`, which replace earlier ones.
    pub fn merge(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    /// Every section, in the order of the queries.
    pub fn iter(&self) -> impl Iterator<Item = (&Query, &Section<Answer>)> {
        self.0.iter()
    }

    /// The queries of `asked` that no section answers yet.
    #[must_use]
    pub fn missing(&self, asked: &BTreeSet<Query>) -> BTreeSet<Query> {
        asked.iter().filter(|query| !self.0.contains_key(*query)).cloned().collect()
    }
}

impl From<Vec<Observed>> for Sections {
    fn from(list: Vec<Observed>) -> Self {
        Self(list.into_iter().map(|seen| (seen.query, seen.section)).collect())
    }
}

impl From<Sections> for Vec<Observed> {
    fn from(sections: Sections) -> Self {
        sections.0.into_iter().map(|(query, section)| Observed { query, section }).collect()
    }
}
