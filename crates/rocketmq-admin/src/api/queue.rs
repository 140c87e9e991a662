//! Queues, and tables of them.

use std::collections::BTreeMap;
use std::fmt;

use super::unique;
use crate::json::Value;

/// One queue of a topic at one broker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queue {
    /// The topic.
    pub topic: String,
    /// The broker's name.
    pub broker: String,
    /// The queue's number at that broker, from 0.
    pub id: u32,
}

impl Queue {
    /// The queue of a topic at a broker.
    #[must_use]
    pub fn new(topic: impl Into<String>, broker: impl Into<String>, id: u32) -> Self {
        Self { topic: topic.into(), broker: broker.into(), id }
    }

    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            topic: value.need_text("topic")?,
            broker: value.need_text("brokerName")?,
            id: value.need_number("queueId")?,
        })
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}", self.topic, self.broker, self.id)
    }
}

/// Something about each queue.
pub type PerQueue<T> = BTreeMap<Queue, T>;

/// A map whose keys are queues.
pub(crate) fn per_queue<T>(table: &Value, read: impl Fn(&Value) -> Result<T, String>) -> Result<PerQueue<T>, String> {
    let entry = |(key, value): &(Value, Value)| {
        let queue = Queue::read(key)?;
        let value = read(value).map_err(|why| format!("{queue}: {why}"))?;
        Ok((queue, value))
    };
    unique(table.map()?.iter().map(entry))
}
