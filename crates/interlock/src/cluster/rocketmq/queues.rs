//! How many queues a topic has, who reads them, and what may still come into them by itself.

use crate::id::{BrokerName, GroupId};
use serde::{Deserialize, Serialize};

/// How many queues of a topic are open at one master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Queues {
    /// Queues that consumers read.
    pub read: u32,
    /// Queues that producers write.
    pub write: u32,
}

impl Queues {
    /// As many to read as to write.
    #[must_use]
    pub fn both(count: u32) -> Self {
        Self { read: count, write: count }
    }

    /// Whether messages can be written that nobody gets.
    #[must_use]
    pub fn writes_past_reads(self) -> bool {
        self.write > self.read
    }
}

/// As plans and cards write it: `8/4` is 8 to read and 4 to write.
impl std::fmt::Display for Queues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.read, self.write)
    }
}

/// A group that reads a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reader {
    /// The group.
    pub group: GroupId,
    /// Whether a client of it is connected to any master.
    pub online: bool,
    /// Whether its clients each get every message, as far as one of them is connected: then its offsets are with them.
    pub broadcasts: bool,
    /// Its offsets in the topic that are stored at the masters, ordered; a queue that is not listed has none.
    pub offsets: Vec<StoredOffset>,
}

impl Reader {
    /// The offset in a queue; none if none is stored.
    #[must_use]
    pub fn offset(&self, broker: &BrokerName, queue: u32) -> Option<i64> {
        let found = self.offsets.iter().find(|one| one.queue == queue && one.broker == *broker);
        found.map(|one| one.offset)
    }
}

/// An offset in one queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StoredOffset {
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The next offset to read.
    pub offset: i64,
}

/// The longest time after which a message that a broker keeps back can still come into a queue by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Delay {
    /// The broker.
    pub broker: BrokerName,
    /// Levels of delay and timers that were ever used there, in milliseconds.
    pub delayed_ms: u64,
    /// Transactions that are not decided, in milliseconds.
    pub half_ms: u64,
}

impl Delay {
    /// The longer of both, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        self.delayed_ms.max(self.half_ms)
    }
}
