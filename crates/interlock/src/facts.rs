//! Named values that go with a finding: what a sentence about it needs, and nothing of the sentence itself.

use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value of a finding. The kind tells how a person wants to see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A text from outside or a name; shown escaped.
    Text(String),
    /// A plain number: partitions, messages, an offset.
    Count(i64),
    /// An amount of data, in bytes.
    Bytes(u64),
    /// A time span, in milliseconds.
    DurationMs(u64),
    /// An instant.
    At(Millis),
    /// Several names; sentences show the first three and the number of the rest.
    Names(Vec<String>),
}

/// Facts by name, in a fixed order, so that stored bytes are stable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, Fact>);

/// The fact that names the kind of the cluster, where a finding about it has words of its own: a queue is no partition.
pub const CLUSTER_KIND: &str = "cluster-kind";
/// Its value on RocketMQ.
pub const ROCKETMQ: &str = "rocketmq";

impl Facts {
    /// No facts.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These facts and one more.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl Into<Fact>) -> Self {
        self.0.insert(name.to_owned(), fact.into());
        self
    }

    /// These facts, found on RocketMQ.
    #[must_use]
    pub fn of_rocketmq(self) -> Self {
        self.with(CLUSTER_KIND, ROCKETMQ)
    }

    /// The fact of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Fact {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Fact {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<Millis> for Fact {
    fn from(at: Millis) -> Self {
        Self::At(at)
    }
}

impl From<std::time::Duration> for Fact {
    fn from(span: std::time::Duration) -> Self {
        Self::DurationMs(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Vec<String>> for Fact {
    fn from(names: Vec<String>) -> Self {
        Self::Names(names)
    }
}
