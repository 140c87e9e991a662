//! Topics, their queues and their routes.

use super::{Said, TopicKind};
use crate::id::{BrokerName, TopicName};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What may be done with a topic, or with all topics of a broker (`PermName`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Perm(pub u32);

impl Perm {
    /// Routes tell producers to write here.
    pub const WRITE: Self = Self(2);
    /// Routes tell consumers to read here.
    pub const READ: Self = Self(4);
    /// Both.
    pub const READ_WRITE: Self = Self(6);

    /// Whether producers are told to write.
    #[must_use]
    pub fn may_write(self) -> bool {
        self.0 & Self::WRITE.0 != 0
    }

    /// Whether consumers are told to read.
    #[must_use]
    pub fn may_read(self) -> bool {
        self.0 & Self::READ.0 != 0
    }
}

/// As the servers' own tools write it, for example `RW-`.
impl fmt::Display for Perm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |bit: u32, letter: &'static str| if self.0 & bit == 0 { "-" } else { letter };
        write!(f, "{}{}{}", letter(4, "R"), letter(2, "W"), letter(1, "X"))
    }
}

/// A topic in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicOverview {
    /// Its name.
    pub name: TopicName,
    /// What it is for.
    pub kind: TopicKind,
    /// What it is at each master that has it, ordered by broker.
    pub at: Vec<TopicAt>,
}

/// A topic's settings at one master (`TopicConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicAt {
    /// The broker.
    pub broker: BrokerName,
    /// Queues that consumers read.
    pub read: u32,
    /// Queues that producers write. More than are read: nobody gets the rest.
    pub write: u32,
    /// What may be done with it here.
    pub perm: Perm,
    /// Whether its queues are named in an order that is set (5.x; 4.9 stores `false`).
    pub ordered: bool,
}

impl TopicAt {
    /// Whether messages can be written that nobody gets.
    #[must_use]
    pub fn writes_past_reads(&self) -> bool {
        self.write > self.read
    }
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// What it is for.
    pub kind: TopicKind,
    /// What each broker's master has of it, ordered by broker: none where it does not have it.
    pub at: Vec<(BrokerName, Said<Option<TopicAt>>)>,
    /// What each NameServer tells clients, by address in the order of the settings: none where it knows no route.
    pub routes: Vec<(String, Said<Option<Route>>)>,
}

impl Topic {
    /// Its settings at the masters that have it.
    pub fn settings(&self) -> impl Iterator<Item = &TopicAt> {
        self.at.iter().filter_map(|(_, said)| said.answer()?.as_ref())
    }
}

/// What one slave has of topics' settings. It takes over its master's every 10 s (4.9) or 60 s (5.x, `SlaveSynchronize`); what
/// is set at a slave of 5.x itself lasts until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaveCopies {
    /// The broker whose slave it is.
    pub broker: BrokerName,
    /// The process.
    pub id: u64,
    /// Each topic that was asked about and that it has, ordered by name.
    pub topics: Said<Vec<(TopicName, TopicAt)>>,
}

/// A route as a NameServer tells it (`TopicRouteData`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The queues at each broker, ordered by broker.
    pub queues: Vec<RouteQueues>,
    /// The order of queues, where one is set ("broker-a:4;broker-b:4").
    pub order: Option<String>,
}

/// The queues of a topic at one broker, as a route tells them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RouteQueues {
    /// The broker.
    pub broker: BrokerName,
    /// Queues to read.
    pub read: u32,
    /// Queues to write.
    pub write: u32,
    /// What the route says may be done. 4.9 tells the broker's permission where that is narrowed, 5.x what topic and broker both permit.
    pub perm: Perm,
}

/// The routes of the cluster's topics.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Routes {
    /// Every topic that a NameServer knows, ordered by name; the system's own are not among them.
    pub topics: Vec<TopicRoutes>,
    /// How many more there are that were not asked about.
    pub left_out: usize,
}

/// The routes of one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicRoutes {
    /// The topic.
    pub topic: TopicName,
    /// What each NameServer that answers tells, in the order of the settings.
    pub at: Vec<Option<Route>>,
}

impl TopicRoutes {
    /// Whether all NameServers tell the same.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.at.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// The extent of a queue at a master (GET_MIN_OFFSET (31), GET_MAX_OFFSET (30)).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueRange {
    /// The broker.
    pub broker: BrokerName,
    /// The queue, from 0.
    pub queue: u32,
    /// The first offset that can be read.
    pub start: i64,
    /// The offset the next message will get.
    pub end: i64,
}

/// Where a queue stood at an instant (SEARCH_OFFSET_BY_TIMESTAMP (29)).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OffsetAt {
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// The offset the broker finds for the instant.
    pub offset: i64,
}

/// How much is written, measured over a window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rates {
    /// The window that was measured, in milliseconds.
    pub window_ms: u64,
    /// Each topic at each master, ordered by topic and broker.
    pub topics: Vec<TopicRate>,
    /// How many topics were not measured, because there are too many.
    pub left_out: usize,
}

/// How much was written to a topic at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TopicRate {
    /// The topic.
    pub topic: TopicName,
    /// The broker.
    pub broker: BrokerName,
    /// Messages within the window.
    pub messages: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_as_the_servers_tools_write_them() {
        assert_eq!([0, 2, 4, 6, 7].map(|perm| Perm(perm).to_string()), ["---", "-W-", "R--", "RW-", "RWX"]);
        assert!(Perm::READ_WRITE.may_write() && !Perm(4).may_write() && Perm(4).may_read() && !Perm(3).may_read());
    }

    #[test]
    fn routes_agree_only_when_all_tell_the_same() {
        let route = |write| Route {
            queues: vec![RouteQueues { broker: "a".parse().unwrap(), read: 4, write, perm: Perm(6) }],
            order: None,
        };
        let of = |at| TopicRoutes { topic: "orders".parse().unwrap(), at };
        assert!(of(vec![Some(route(4)), Some(route(4))]).agree() && of(vec![Some(route(4))]).agree());
        assert!(!of(vec![Some(route(4)), Some(route(2))]).agree() && !of(vec![Some(route(4)), None]).agree());
    }
}
