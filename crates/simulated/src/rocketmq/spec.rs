//! How clusters, topics and groups begin.

use interlock::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a cluster begins.
#[derive(Debug, Clone)]
pub struct RocketmqSpec {
    /// Its name at the brokers.
    pub cluster: String,
    /// What its servers run: "4.9.7" or "5.5.0".
    pub version: String,
    /// How many NameServers.
    pub name_servers: u32,
    /// The brokers, each with a master and so many slaves.
    pub brokers: Vec<(BrokerName, u32)>,
    /// For how long its processes have been up.
    pub up_for: Duration,
}

/// How a topic begins.
#[derive(Debug, Clone)]
pub struct RocketmqTopicSpec {
    /// Its name.
    pub name: TopicName,
    /// Queues to read and to write at each broker.
    pub queues: u32,
    /// Messages an hour, over all queues.
    pub per_hour: u64,
    /// For how long they have come.
    pub since: Duration,
    /// Its brokers; empty for all.
    pub brokers: Vec<BrokerName>,
}

impl RocketmqTopicSpec {
    /// An empty topic at every broker.
    #[must_use]
    pub fn new(name: TopicName, queues: u32) -> Self {
        Self { name, queues, per_hour: 0, since: Duration::ZERO, brokers: Vec::new() }
    }

    /// The same, written to for so long.
    #[must_use]
    pub fn written(mut self, per_hour: u64, since: Duration) -> Self {
        (self.per_hour, self.since) = (per_hour, since);
        self
    }
}

/// How a group begins.
#[derive(Debug, Clone)]
pub struct RocketmqGroupSpec {
    /// Its id.
    pub id: GroupId,
    /// The topics it has read, with the messages an hour it can read of each queue.
    pub topics: Vec<(TopicName, u64)>,
    /// How long ago it had read everything.
    pub read_until: Duration,
    /// Its clients; empty if it is stopped, and then it reads nothing.
    pub clients: Vec<ClientSpec>,
    /// Whether each of its clients gets each message.
    pub broadcasts: bool,
}

impl RocketmqGroupSpec {
    /// A group that has read these topics up to so long ago and is stopped.
    #[must_use]
    pub fn stopped(id: GroupId, topics: Vec<(TopicName, u64)>, read_until: Duration) -> Self {
        Self { id, topics, read_until, clients: Vec::new(), broadcasts: false }
    }

    /// The same with a client.
    #[must_use]
    pub fn client(mut self, id: &str, host: &str, version: &str) -> Self {
        let client = ClientSpec { id: id.to_owned(), host: host.to_owned(), version: version.to_owned() };
        self.clients.push(client);
        self
    }
}

/// A client of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSpec {
    /// How it calls itself.
    pub id: String,
    /// Where it comes from.
    pub host: String,
    /// Its library's version.
    pub version: String,
}
