//! What can be done to a cluster: one literal, idempotent admin call each.

use super::expectation::{Assigned, ConfigExpected, Expectation, OffsetExpected};
use super::layout_action::{ConfigChange, ListRemoval, PreferredLeader, ReplicaMove};
use super::topic_action::{self as topics, GoneGroup, GoneTopic, MorePartitions, NewTopic};
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
    /// `AlterPartitionReassignments` (key 45): partitions get these replicas in this order. The answer says that it has
    /// begun.
    Reassign {
        /// Each partition with its replicas before and after.
        moves: Vec<ReplicaMove>,
    },
    /// `AlterPartitionReassignments` (key 45) without replicas: moves under way are called off. The old replicas stay, in
    /// whatever order the controller leaves them in.
    CallOff {
        /// Each partition with its replicas before and those it is on its way to.
        moves: Vec<ReplicaMove>,
    },
    /// `IncrementalAlterConfigs` (key 44): settings of topics and brokers.
    SetConfigs {
        /// Each setting with its value before and after.
        changes: Vec<ConfigChange>,
    },
    /// `IncrementalAlterConfigs` (key 44): our entries leave lists that others share.
    TakeFromLists {
        /// Each list with what leaves it.
        lists: Vec<ListRemoval>,
    },
    /// `ElectLeaders` (key 43), preferred ones. No data moves.
    ElectPreferred {
        /// Each partition with its preferred leader.
        partitions: Vec<PreferredLeader>,
    },
    /// `CreateTopics` (key 19): a topic is made.
    CreateTopic(NewTopic),
    /// `CreatePartitions` (key 37): a topic gets so many partitions; keys go to other partitions for good.
    CreatePartitions(MorePartitions),
    /// `DeleteTopics` (key 20), by id: a topic goes with everything in it.
    DeleteTopic(GoneTopic),
    /// `DeleteGroups` (key 42): a group without members goes with its commits.
    DeleteGroup(GoneGroup),
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
        let topic = |name: &TopicName| Query::Kafka(KafkaQuery::Topic(name.clone()));
        match action {
            KafkaAction::CommitOffsets { group, .. } | KafkaAction::DeleteOffsets { group, .. } => {
                BTreeSet::from([Query::Kafka(KafkaQuery::Committed(group.clone()))])
            }
            KafkaAction::Reassign { moves } | KafkaAction::CallOff { moves } => {
                let moving = Query::Kafka(KafkaQuery::Reassignments);
                moves.iter().map(|one| topic(&one.topic)).chain([moving]).collect()
            }
            KafkaAction::SetConfigs { changes } => changes.iter().map(|one| one.on.query()).collect(),
            KafkaAction::TakeFromLists { lists } => lists
                .iter()
                .flat_map(|one| [topic(&one.topic), Query::Kafka(KafkaQuery::TopicConfig(one.topic.clone()))])
                .collect(),
            KafkaAction::ElectPreferred { partitions } => partitions.iter().map(|one| topic(&one.topic)).collect(),
            KafkaAction::CreateTopic(new) => topics::read_new(new),
            KafkaAction::CreatePartitions(more) => topics::read_topic(&more.topic),
            KafkaAction::DeleteTopic(gone) => topics::read_topic(&gone.topic),
            KafkaAction::DeleteGroup(gone) => topics::read_group(&gone.group),
        }
    }

    /// What stands before it in each thing that it changes: what must be true right before it is begun. None where it does
    /// not matter what stands there.
    #[must_use]
    pub fn before(&self) -> Option<Expectation> {
        let Self::Kafka(action) = self;
        let expected =
            |topic: &TopicName, partition, committed| OffsetExpected { topic: topic.clone(), partition, committed };
        match action {
            KafkaAction::CommitOffsets { group, moves } => {
                let offsets = moves.iter().map(|one| expected(&one.topic, one.partition, one.from.clone())).collect();
                Some(Expectation::KafkaCommittedAre { group: group.clone(), offsets })
            }
            KafkaAction::DeleteOffsets { group, removals } => {
                let offset = |one: &OffsetRemoval| expected(&one.topic, one.partition, Some(one.from.clone()));
                let offsets = removals.iter().map(offset).collect();
                Some(Expectation::KafkaCommittedAre { group: group.clone(), offsets })
            }
            KafkaAction::Reassign { moves } => {
                Some(Expectation::KafkaAssignedAre { partitions: moves.iter().map(Assigned::before).collect() })
            }
            KafkaAction::SetConfigs { changes } => {
                Some(Expectation::KafkaConfigsAre { configs: changes.iter().map(ConfigExpected::before).collect() })
            }
            KafkaAction::CallOff { .. } | KafkaAction::TakeFromLists { .. } | KafkaAction::ElectPreferred { .. } => {
                None
            }
            KafkaAction::CreateTopic(new) => Some(Expectation::KafkaTopicAbsent { topic: new.name.clone() }),
            KafkaAction::CreatePartitions(more) => Some(topics::is(&more.topic, &more.topic_id, more.from)),
            KafkaAction::DeleteTopic(gone) => Some(topics::is(&gone.topic, &gone.topic_id, gone.partitions)),
            KafkaAction::DeleteGroup(gone) => Some(gone.stands()),
        }
    }

    /// A short key for journals, metrics and sentences ("kafka-commit-offsets").
    #[must_use]
    pub fn key(&self) -> &'static str {
        let Self::Kafka(action) = self;
        match action {
            KafkaAction::CommitOffsets { .. } => "kafka-commit-offsets",
            KafkaAction::DeleteOffsets { .. } => "kafka-delete-offsets",
            KafkaAction::Reassign { .. } => "kafka-reassign",
            KafkaAction::CallOff { .. } => "kafka-call-off",
            KafkaAction::SetConfigs { .. } => "kafka-set-configs",
            KafkaAction::TakeFromLists { .. } => "kafka-take-from-lists",
            KafkaAction::ElectPreferred { .. } => "kafka-elect-preferred",
            KafkaAction::CreateTopic(_) => "kafka-create-topic",
            KafkaAction::CreatePartitions(_) => "kafka-create-partitions",
            KafkaAction::DeleteTopic(_) => "kafka-delete-topic",
            KafkaAction::DeleteGroup(_) => "kafka-delete-group",
        }
    }

    /// How many things it changes.
    #[must_use]
    pub fn size(&self) -> usize {
        let Self::Kafka(action) = self;
        match action {
            KafkaAction::CommitOffsets { moves, .. } => moves.len(),
            KafkaAction::DeleteOffsets { removals, .. } => removals.len(),
            KafkaAction::Reassign { moves } | KafkaAction::CallOff { moves } => moves.len(),
            KafkaAction::SetConfigs { changes } => changes.len(),
            KafkaAction::TakeFromLists { lists } => lists.len(),
            KafkaAction::ElectPreferred { partitions } => partitions.len(),
            KafkaAction::CreateTopic(_)
            | KafkaAction::CreatePartitions(_)
            | KafkaAction::DeleteTopic(_)
            | KafkaAction::DeleteGroup(_) => 1,
        }
    }

    /// The topic that is no longer as it was known once this is done: gone, or with more partitions. Its probe looks at the id
    /// itself.
    #[must_use]
    pub fn remakes(&self) -> Option<&TopicName> {
        let Self::Kafka(action) = self;
        match action {
            KafkaAction::CreatePartitions(more) => Some(&more.topic),
            KafkaAction::DeleteTopic(gone) => Some(&gone.topic),
            _ => None,
        }
    }
}

impl KafkaAction {
    /// The group whose offsets it changes; none if it is about something else.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::CommitOffsets { group, .. } | Self::DeleteOffsets { group, .. } => Some(group),
            Self::DeleteGroup(gone) => Some(&gone.group),
            Self::Reassign { .. }
            | Self::CallOff { .. }
            | Self::SetConfigs { .. }
            | Self::TakeFromLists { .. }
            | Self::ElectPreferred { .. }
            | Self::CreateTopic(_)
            | Self::CreatePartitions(_)
            | Self::DeleteTopic(_) => None,
        }
    }
}
