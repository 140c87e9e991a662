//! What can be done to a cluster: one literal, idempotent admin call each.

use super::expectation::{Expectation, OffsetExpected};
use crate::cluster::Query;
use crate::cluster::kafka::{Committed, KafkaQuery};
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One admin call, literal: it sets to a value and never adds, so doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// On a Kafka cluster.
    Kafka(KafkaAction),
}

/// One admin call to Kafka. Closed: a new one is a new variant here, in the backend and in the simulated fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KafkaAction {
    /// `OffsetCommit` (key 8) for a group without members, as an administrator: generation −1, no member id.
    CommitOffsets {
        /// The group.
        group: GroupId,
        /// Each partition with what stands there before and after.
        moves: Vec<OffsetMove>,
    },
    /// `OffsetDelete` (key 47): removes commits, so that a partition is as if the group had never committed.
    DeleteOffsets {
        /// The group.
        group: GroupId,
        /// Each partition with what stands there before.
        removals: Vec<OffsetRemoval>,
    },
}

/// A commit in one partition. `from` is not sent: it tells a value that nobody of us wrote from one still to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetMove {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// What is committed before; none if nothing is.
    pub from: Option<Committed>,
    /// What is committed after.
    pub to: Committed,
}

/// A commit removed in one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetRemoval {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// What is committed before.
    pub from: Committed,
}

impl Action {
    /// What has to be seen to tell whether this was done; see [`super::probe`].
    #[must_use]
    pub fn read_back(&self) -> BTreeSet<Query> {
        let Self::Kafka(action) = self;
        BTreeSet::from([Query::Kafka(KafkaQuery::Committed(action.group().clone()))])
    }

    /// What stands before it in each thing that it changes: what must be true right before it is begun.
    #[must_use]
    pub fn before(&self) -> Expectation {
        let Self::Kafka(action) = self;
        let expected =
            |topic: &TopicName, partition, committed| OffsetExpected { topic: topic.clone(), partition, committed };
        let offsets = match action {
            KafkaAction::CommitOffsets { moves, .. } => {
                moves.iter().map(|one| expected(&one.topic, one.partition, one.from.clone())).collect()
            }
            KafkaAction::DeleteOffsets { removals, .. } => {
                removals.iter().map(|one| expected(&one.topic, one.partition, Some(one.from.clone()))).collect()
            }
        };
        Expectation::KafkaCommittedAre { group: action.group().clone(), offsets }
    }

    /// A short key for journals, metrics and sentences ("kafka-commit-offsets").
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Kafka(KafkaAction::CommitOffsets { .. }) => "kafka-commit-offsets",
            Self::Kafka(KafkaAction::DeleteOffsets { .. }) => "kafka-delete-offsets",
        }
    }

    /// How many things it changes.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Kafka(KafkaAction::CommitOffsets { moves, .. }) => moves.len(),
            Self::Kafka(KafkaAction::DeleteOffsets { removals, .. }) => removals.len(),
        }
    }
}

impl KafkaAction {
    /// The group it concerns.
    #[must_use]
    pub fn group(&self) -> &GroupId {
        match self {
            Self::CommitOffsets { group, .. } | Self::DeleteOffsets { group, .. } => group,
        }
    }
}
