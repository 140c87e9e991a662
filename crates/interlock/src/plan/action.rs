//! What can be done to a cluster: one literal, idempotent admin call each.

use super::expectation::Expectation;
use super::kafka_action::KafkaAction;
use super::rocketmq_action::RocketmqAction;
use crate::cluster::Query;
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One admin call, literal: it sets to a value and never adds, so doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// On a Kafka cluster.
    Kafka(KafkaAction),
    /// On a RocketMQ cluster.
    Rocketmq(RocketmqAction),
}

impl Action {
    /// What has to be seen to tell whether this was done; see [`super::probe`].
    #[must_use]
    pub fn read_back(&self) -> BTreeSet<Query> {
        match self {
            Self::Kafka(action) => action.read_back(),
            Self::Rocketmq(action) => action.read_back(),
        }
    }

    /// Whether what it sets moves on by itself, so that reading it back alone need not tell what became of it.
    #[must_use]
    pub fn moves_on(&self) -> bool {
        matches!(self, Self::Rocketmq(action) if action.moves_on())
    }

    /// What stands before it in each thing that it changes: what must be true right before it is begun. None where it does
    /// not matter what stands there.
    #[must_use]
    pub fn before(&self) -> Option<Expectation> {
        match self {
            Self::Kafka(action) => action.before(),
            Self::Rocketmq(action) => action.before(),
        }
    }

    /// A short key for journals, metrics and sentences ("kafka-commit-offsets").
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Kafka(action) => action.key(),
            Self::Rocketmq(action) => action.key(),
        }
    }

    /// How many things it changes.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Kafka(action) => action.size(),
            Self::Rocketmq(action) => action.size(),
        }
    }

    /// The topic that is no longer as it was known once this is done: gone, or with more partitions. Its probe looks at the id
    /// itself.
    #[must_use]
    pub fn remakes(&self) -> Option<&TopicName> {
        match self {
            Self::Kafka(action) => action.remakes(),
            Self::Rocketmq(_) => None,
        }
    }

    /// The group whose offsets it changes; none if it is about something else.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::Kafka(action) => action.group(),
            Self::Rocketmq(action) => action.group(),
        }
    }
}
