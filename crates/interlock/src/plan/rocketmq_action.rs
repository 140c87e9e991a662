//! What can be done to a RocketMQ cluster.

use super::expectation::Expectation;
use super::queues_action::{self, QueuesChange, Seed};
use super::rocketmq_expectation::{QueueOffset, RocketmqExpectation};
use super::rocketmq_group::{self, ForgottenGroup, GroupPlace};
use super::rocketmq_topic::{self, TopicChange, TopicPlace};
use crate::cluster::Query;
use crate::cluster::rocketmq::RocketmqQuery;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One admin call to RocketMQ, or the same one to each master that it concerns; never to a slave. Closed: a new one is a
/// new variant here, in the backend and in the simulated fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RocketmqAction {
    /// Where a group reads on, queue by queue. A broker of 5.x does it itself (`INVOKE_BROKER_TO_RESET_OFFSET` (222) with
    /// queue and offset) and hands it to clients at their next fetch; at one of 4.9 it is committed
    /// (`UPDATE_CONSUMER_OFFSET` (15)), which lasts only while no client is connected.
    SetOffsets {
        /// The group.
        group: GroupId,
        /// Each queue with what stands there before and after.
        moves: Vec<QueueMove>,
        /// Whether clients of the group go on meanwhile: then what stands moves on by itself.
        running: bool,
    },
    /// `UPDATE_AND_CREATE_TOPIC` (17): so many queues of a topic are open at these masters; all else stays as it is there.
    SetQueues {
        /// The topic.
        topic: TopicName,
        /// Each master with its queues before and after.
        places: Vec<QueuesChange>,
    },
    /// `UPDATE_CONSUMER_OFFSET` (15): groups get an offset in queues before anything is written to them, where they have none.
    SeedOffsets {
        /// The topic.
        topic: TopicName,
        /// Each group and queue.
        seeds: Vec<Seed>,
    },
    /// `UPDATE_AND_CREATE_TOPIC` (17): a topic is made at these masters, or permitted otherwise; what is not named here stays as
    /// it is there.
    SetTopic {
        /// The topic.
        topic: TopicName,
        /// Each master with what stands there before and after.
        places: Vec<TopicChange>,
    },
    /// `DELETE_TOPIC_IN_BROKER` (215) at these masters, and then `DELETE_TOPIC_IN_NAMESRV` (216) at every `NameServer`: each of
    /// them keeps the route else, and a broker that still had the topic would bring it back.
    DeleteTopic {
        /// The topic.
        topic: TopicName,
        /// The cluster's name at the brokers: a topic of this name in another cluster stays.
        cluster: String,
        /// Each master with what goes there.
        at: Vec<TopicPlace>,
    },
    /// `UPDATE_AND_CREATE_SUBSCRIPTIONGROUP` (200): a group is made at these masters, where it is not.
    MakeGroup {
        /// The group.
        group: GroupId,
        /// Each master with the settings that it gets there.
        at: Vec<GroupPlace>,
    },
    /// `DELETE_SUBSCRIPTIONGROUP` (207) with the offsets. What it was to try again and what it gave up stays, until it expires.
    DeleteGroup(ForgottenGroup),
    /// The clients of a group are told by a broker of 4.9 where to read on in all queues of a topic
    /// (`INVOKE_BROKER_TO_RESET_OFFSET` (222) by time). They do so some ten seconds later.
    TellClients {
        /// The group.
        group: GroupId,
        /// The topic.
        topic: TopicName,
        /// The instant; none for the end of each queue.
        at: Option<Millis>,
        /// Each queue with what stands there before, and where the instant was found to lead.
        moves: Vec<QueueMove>,
    },
}

/// An offset of a group in one queue. `from` and `end` are not sent: they tell a value that nobody of us wrote from one
/// still to be changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueMove {
    /// The topic.
    pub topic: TopicName,
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// Where the group stands before; none if it has no offset there.
    pub from: Option<i64>,
    /// Where it reads on.
    pub to: i64,
    /// The offset that the next message of the queue got when this was fixed.
    pub end: i64,
}

impl RocketmqAction {
    /// What has to be seen to tell whether this was done.
    pub(super) fn read_back(&self) -> BTreeSet<Query> {
        match self {
            Self::SetOffsets { group, .. } | Self::TellClients { group, .. } => {
                [RocketmqQuery::Cluster, RocketmqQuery::Committed(group.clone())].map(Query::Rocketmq).into()
            }
            Self::SetQueues { topic, .. } => queues_action::of_topic(topic),
            Self::SeedOffsets { topic, .. } => queues_action::of_readers(topic),
            Self::SetTopic { topic, .. } | Self::DeleteTopic { topic, .. } => rocketmq_topic::read_back(topic),
            Self::MakeGroup { group, .. } => rocketmq_group::read_back(group),
            Self::DeleteGroup(gone) => rocketmq_group::read_back(&gone.group),
        }
    }

    /// What stands before it; none where it moves on by itself.
    pub(super) fn before(&self) -> Option<Expectation> {
        match self {
            Self::SetOffsets { group, moves, running: false } => {
                let (group, offsets) = (group.clone(), moves.iter().map(QueueOffset::before).collect());
                Some(Expectation::Rocketmq(RocketmqExpectation::OffsetsAre { group, offsets }))
            }
            Self::SetQueues { topic, places } => Some(queues_action::before(topic, places)),
            Self::SetTopic { topic, places } => Some(topic_before(topic, places)),
            Self::DeleteTopic { topic, at, .. } => {
                let (topic, at) = (topic.clone(), at.clone());
                Some(Expectation::Rocketmq(RocketmqExpectation::TopicSettingsAre { topic, at }))
            }
            Self::MakeGroup { group, .. } => {
                Some(Expectation::Rocketmq(RocketmqExpectation::GroupAbsent { group: group.clone() }))
            }
            Self::DeleteGroup(gone) => {
                let (group, offsets) = (gone.group.clone(), gone.stands());
                Some(Expectation::Rocketmq(RocketmqExpectation::OffsetsAre { group, offsets }))
            }
            Self::SetOffsets { .. } | Self::TellClients { .. } | Self::SeedOffsets { .. } => None,
        }
    }

    /// Its key.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::SetOffsets { .. } => "rocketmq-set-offsets",
            Self::TellClients { .. } => "rocketmq-tell-clients",
            Self::SetQueues { .. } => "rocketmq-set-queues",
            Self::SeedOffsets { .. } => "rocketmq-seed-offsets",
            Self::SetTopic { .. } => "rocketmq-set-topic",
            Self::DeleteTopic { .. } => "rocketmq-delete-topic",
            Self::MakeGroup { .. } => "rocketmq-make-group",
            Self::DeleteGroup(_) => "rocketmq-delete-group",
        }
    }

    /// How many things it changes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::SetOffsets { moves, .. } | Self::TellClients { moves, .. } => moves.len(),
            Self::SetQueues { places, .. } => places.len(),
            Self::SeedOffsets { seeds, .. } => seeds.len(),
            Self::SetTopic { places, .. } => places.len(),
            Self::DeleteTopic { at, .. } => at.len(),
            Self::MakeGroup { at, .. } => at.len(),
            Self::DeleteGroup(gone) => gone.at.len(),
        }
    }

    /// The group whose offsets it changes; none if it is about something else.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::SetOffsets { group, .. } | Self::TellClients { group, .. } => Some(group),
            Self::DeleteGroup(gone) => Some(&gone.group),
            Self::SetQueues { .. }
            | Self::SeedOffsets { .. }
            | Self::SetTopic { .. }
            | Self::DeleteTopic { .. }
            | Self::MakeGroup { .. } => None,
        }
    }

    /// Whether what it sets moves on by itself: offsets of a group that is at work.
    pub(super) fn moves_on(&self) -> bool {
        matches!(self, Self::SetOffsets { running: true, .. } | Self::TellClients { .. })
    }

    /// The queues in which it sets offsets; empty if it is about something else.
    #[must_use]
    pub fn queue_moves(&self) -> &[QueueMove] {
        match self {
            Self::SetOffsets { moves, .. } | Self::TellClients { moves, .. } => moves,
            Self::SetQueues { .. }
            | Self::SeedOffsets { .. }
            | Self::SetTopic { .. }
            | Self::DeleteTopic { .. }
            | Self::MakeGroup { .. }
            | Self::DeleteGroup(_) => &[],
        }
    }

    /// What brings back what stood before. A queue without an offset cannot be given none again, so it is left out.
    pub(super) fn inverse(&self) -> Vec<Self> {
        match self {
            Self::SetQueues { topic, places } => {
                let places = places.iter().rev().map(QueuesChange::inverse).collect();
                vec![Self::SetQueues { topic: topic.clone(), places }]
            }
            // An offset in an empty queue changes nothing for its group, and cannot be taken away again.
            Self::SeedOffsets { .. } => Vec::new(),
            Self::SetTopic { topic, places } => {
                let places: Vec<TopicChange> = places.iter().rev().filter_map(TopicChange::inverse).collect();
                let back = Self::SetTopic { topic: topic.clone(), places };
                if back.size() == 0 { Vec::new() } else { vec![back] }
            }
            // What it held is gone.
            Self::DeleteTopic { .. } => Vec::new(),
            Self::MakeGroup { group, at } => {
                vec![Self::DeleteGroup(ForgottenGroup { group: group.clone(), at: at.clone(), offsets: Vec::new() })]
            }
            Self::DeleteGroup(gone) => gone.again(),
            Self::SetOffsets { group, moves, .. } | Self::TellClients { group, moves, .. } => {
                let moves: Vec<QueueMove> = moves.iter().rev().filter_map(QueueMove::reversed).collect();
                let back = Self::SetOffsets { group: group.clone(), moves, running: false };
                if back.size() == 0 { Vec::new() } else { vec![back] }
            }
        }
    }
}

/// What stands before a topic is set: nothing anywhere where it is made.
fn topic_before(topic: &TopicName, places: &[TopicChange]) -> Expectation {
    let topic = topic.clone();
    let stands = |one: &TopicChange| Some(TopicPlace { broker: one.broker.clone(), shape: one.from? });
    let at: Vec<TopicPlace> = places.iter().filter_map(stands).collect();
    Expectation::Rocketmq(if at.is_empty() {
        RocketmqExpectation::TopicAbsent { topic }
    } else {
        RocketmqExpectation::TopicSettingsAre { topic, at }
    })
}

impl QueueMove {
    /// The same backwards; none where no offset stood, because none can be made of one.
    #[must_use]
    pub fn reversed(&self) -> Option<Self> {
        Some(Self { from: Some(self.to), to: self.from?, ..self.clone() })
    }

    /// Topic, broker and queue.
    #[must_use]
    pub fn place(&self) -> (&TopicName, &BrokerName, u32) {
        (&self.topic, &self.broker, self.queue)
    }
}
