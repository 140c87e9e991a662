//! The model of a RocketMQ cluster: what can be asked of it, and what was seen.
//!
//! A broker is a *set* of processes of one name: its master (id 0) and its slaves. NameServers know nothing of each other,
//! so what they tell is kept apart by NameServer. A process that does not answer is *seen* as silent, with why; a look as a
//! whole fails only where nobody could be asked.

mod brokers;
mod groups;
mod names;
mod queues;
mod topics;

pub use brokers::{
    BrokerSet, DISK_FILLING, MASTER, NameServer, NameServerSeen, Process, ProcessSeen, Registered, RocketmqCluster,
};
pub use groups::{
    Client, CommittedOffset, Group, GroupAt, GroupOverview, GroupSettings, Model, Subscription, least_queues,
};
pub use names::{DEAD_LETTERS, RETRY, TopicKind, dead_letters_of, is_system_group, retry_of};
pub use queues::{Delay, Queues, Reader, StoredOffset};
pub use topics::{
    OffsetAt, Perm, QueueRange, Rates, Route, RouteQueues, Routes, SlaveCopies, Topic, TopicAt, TopicOverview,
    TopicRate, TopicRoutes,
};

use crate::cluster::Failure;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// One look at a RocketMQ cluster. Closed: a new look is a new variant here, in the backend and in the simulated fleet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RocketmqQuery {
    /// NameServers, brokers, their processes and what each says of itself. → [`RocketmqCluster`]
    Cluster,
    /// Every topic as the masters have it. → [`FromMasters`]`<Vec<`[`TopicOverview`]`>>`, ordered by name.
    Topics,
    /// One topic at each master, and its route at each NameServer. → `Option<`[`Topic`]`>`, none if nobody knows it.
    Topic(TopicName),
    /// The routes of all topics at each NameServer. → [`Routes`]
    Routes,
    /// Every consumer group as the masters have it. → [`FromMasters`]`<Vec<`[`GroupOverview`]`>>`, ordered by id.
    Groups,
    /// One consumer group at each master, with its clients. → `Option<`[`Group`]`>`, none if nobody knows it.
    Group(GroupId),
    /// The groups that read a topic: connected, or with an offset in it at any master. →
    /// [`FromMasters`]`<Vec<`[`GroupId`]`>>`, ordered.
    GroupsOf(TopicName),
    /// The offsets of a group that are there; a queue that is not listed has none. →
    /// [`FromMasters`]`<Vec<`[`CommittedOffset`]`>>`, ordered by topic, broker and queue.
    Committed(GroupId),
    /// First and next offset of the queues of a topic at its masters: of at least so many queues at each, those that are
    /// closed among them. → [`FromMasters`]`<Vec<`[`QueueRange`]`>>`, ordered by broker and queue.
    Ranges(TopicName, u32),
    /// Per queue the offset that stands for an instant. → [`FromMasters`]`<Vec<`[`OffsetAt`]`>>`, ordered by broker and queue.
    OffsetsAt(TopicName, Millis),
    /// The producers that are connected to the masters, with their groups. → [`FromMasters`]`<Vec<`[`Client`]`>>`
    Producers,
    /// How much is written to each topic; takes two looks, so it takes a while. → [`Rates`]
    Rates,
    /// The groups that read a topic, with their offsets in it: connected, or with one stored at any master. →
    /// [`FromMasters`]`<Vec<`[`Reader`]`>>`, ordered by group.
    Readers(TopicName),
    /// What brokers keep back that can still come into queues by itself. → [`FromMasters`]`<Vec<`[`Delay`]`>>`, ordered by
    /// broker.
    Delays,
    /// What slaves have of the settings of one topic, or of all: what they would go by if their master were gone. →
    /// `Vec<`[`SlaveCopies`]`>`, ordered by broker and process.
    Copies(Option<TopicName>),
}

/// What a [`RocketmqQuery`] gave; the variants stand in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RocketmqAnswer {
    /// To [`RocketmqQuery::Cluster`].
    Cluster(RocketmqCluster),
    /// To [`RocketmqQuery::Topics`].
    Topics(FromMasters<Vec<TopicOverview>>),
    /// To [`RocketmqQuery::Topic`].
    Topic(Option<Topic>),
    /// To [`RocketmqQuery::Routes`].
    Routes(Routes),
    /// To [`RocketmqQuery::Groups`].
    Groups(FromMasters<Vec<GroupOverview>>),
    /// To [`RocketmqQuery::Group`].
    Group(Option<Group>),
    /// To [`RocketmqQuery::GroupsOf`].
    GroupsOf(FromMasters<Vec<GroupId>>),
    /// To [`RocketmqQuery::Committed`].
    Committed(FromMasters<Vec<CommittedOffset>>),
    /// To [`RocketmqQuery::Ranges`].
    Ranges(FromMasters<Vec<QueueRange>>),
    /// To [`RocketmqQuery::OffsetsAt`].
    OffsetsAt(FromMasters<Vec<OffsetAt>>),
    /// To [`RocketmqQuery::Producers`].
    Producers(FromMasters<Vec<Client>>),
    /// To [`RocketmqQuery::Rates`].
    Rates(Rates),
    /// To [`RocketmqQuery::Readers`].
    Readers(FromMasters<Vec<Reader>>),
    /// To [`RocketmqQuery::Delays`].
    Delays(FromMasters<Vec<Delay>>),
    /// To [`RocketmqQuery::Copies`].
    Copies(Vec<SlaveCopies>),
}

/// What one server said when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said<T> {
    /// It answered.
    Answer(T),
    /// It did not, or not to this.
    Silent(Failure),
}

impl<T> Said<T> {
    /// Its answer, if it gave one.
    #[must_use]
    pub fn answer(&self) -> Option<&T> {
        match self {
            Self::Answer(value) => Some(value),
            Self::Silent(_) => None,
        }
    }

    /// Why there is no answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Answer(_) => None,
            Self::Silent(failure) => Some(failure),
        }
    }
}

/// What the masters said together, and those that said nothing: half of it must not look like the whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FromMasters<T> {
    /// From those that answered.
    pub seen: T,
    /// The brokers whose master did not answer or is not there, ordered by name.
    pub silent: Vec<SilentBroker>,
}

impl<T> FromMasters<T> {
    /// Everything, from every broker.
    #[must_use]
    pub fn whole(seen: T) -> Self {
        Self { seen, silent: Vec::new() }
    }

    /// Whether every broker's master answered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.silent.is_empty()
    }
}

/// A broker whose master said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentBroker {
    /// The broker.
    pub broker: BrokerName,
    /// Why.
    pub why: Failure,
}
