//! What can be done to a Kafka cluster.

use super::expectation::{Assigned, ConfigExpected, Expectation, OffsetExpected};
use super::layout_action::{ConfigChange, ListRemoval, PreferredLeader, ReplicaMove};
use super::topic_action::{self as topics, GoneGroup, GoneTopic, MorePartitions, NewTopic};
use crate::cluster::Query;
use crate::cluster::kafka::{Committed, KafkaQuery};
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

impl KafkaAction {
    /// What has to be seen to tell whether this was done; see [`super::probe`].
    pub(super) fn read_back(&self) -> BTreeSet<Query> {
        let topic = |name: &TopicName| Query::Kafka(KafkaQuery::Topic(name.clone()));
        match self {
            Self::CommitOffsets { group, .. } | Self::DeleteOffsets { group, .. } => {
                BTreeSet::from([Query::Kafka(KafkaQuery::Committed(group.clone()))])
            }
            Self::Reassign { moves } | Self::CallOff { moves } => {
                let moving = Query::Kafka(KafkaQuery::Reassignments);
                moves.iter().map(|one| topic(&one.topic)).chain([moving]).collect()
            }
            Self::SetConfigs { changes } => changes.iter().map(|one| one.on.query()).collect(),
            Self::TakeFromLists { lists } => lists
                .iter()
                .flat_map(|one| [topic(&one.topic), Query::Kafka(KafkaQuery::TopicConfig(one.topic.clone()))])
                .collect(),
            Self::ElectPreferred { partitions } => partitions.iter().map(|one| topic(&one.topic)).collect(),
            Self::CreateTopic(new) => topics::read_new(new),
            Self::CreatePartitions(more) => topics::read_topic(&more.topic),
            Self::DeleteTopic(gone) => topics::read_topic(&gone.topic),
            Self::DeleteGroup(gone) => topics::read_group(&gone.group),
        }
    }

    /// What stands before it in each thing that it changes: what must be true right before it is begun. None where it does
    /// not matter what stands there.
    pub(super) fn before(&self) -> Option<Expectation> {
        let expected =
            |topic: &TopicName, partition, committed| OffsetExpected { topic: topic.clone(), partition, committed };
        match self {
            Self::CommitOffsets { group, moves } => {
                let offsets = moves.iter().map(|one| expected(&one.topic, one.partition, one.from.clone())).collect();
                Some(Expectation::KafkaCommittedAre { group: group.clone(), offsets })
            }
            Self::DeleteOffsets { group, removals } => {
                let offset = |one: &OffsetRemoval| expected(&one.topic, one.partition, Some(one.from.clone()));
                let offsets = removals.iter().map(offset).collect();
                Some(Expectation::KafkaCommittedAre { group: group.clone(), offsets })
            }
            Self::Reassign { moves } => {
                Some(Expectation::KafkaAssignedAre { partitions: moves.iter().map(Assigned::before).collect() })
            }
            Self::SetConfigs { changes } => {
                Some(Expectation::KafkaConfigsAre { configs: changes.iter().map(ConfigExpected::before).collect() })
            }
            Self::CallOff { .. } | Self::TakeFromLists { .. } | Self::ElectPreferred { .. } => None,
            Self::CreateTopic(new) => Some(Expectation::KafkaTopicAbsent { topic: new.name.clone() }),
            Self::CreatePartitions(more) => Some(topics::is(&more.topic, &more.topic_id, more.from)),
            Self::DeleteTopic(gone) => Some(topics::is(&gone.topic, &gone.topic_id, gone.partitions)),
            Self::DeleteGroup(gone) => Some(gone.stands()),
        }
    }

    /// Its key.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::CommitOffsets { .. } => "kafka-commit-offsets",
            Self::DeleteOffsets { .. } => "kafka-delete-offsets",
            Self::Reassign { .. } => "kafka-reassign",
            Self::CallOff { .. } => "kafka-call-off",
            Self::SetConfigs { .. } => "kafka-set-configs",
            Self::TakeFromLists { .. } => "kafka-take-from-lists",
            Self::ElectPreferred { .. } => "kafka-elect-preferred",
            Self::CreateTopic(_) => "kafka-create-topic",
            Self::CreatePartitions(_) => "kafka-create-partitions",
            Self::DeleteTopic(_) => "kafka-delete-topic",
            Self::DeleteGroup(_) => "kafka-delete-group",
        }
    }

    /// How many things it changes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::CommitOffsets { moves, .. } => moves.len(),
            Self::DeleteOffsets { removals, .. } => removals.len(),
            Self::Reassign { moves } | Self::CallOff { moves } => moves.len(),
            Self::SetConfigs { changes } => changes.len(),
            Self::TakeFromLists { lists } => lists.len(),
            Self::ElectPreferred { partitions } => partitions.len(),
            Self::CreateTopic(_) | Self::CreatePartitions(_) | Self::DeleteTopic(_) | Self::DeleteGroup(_) => 1,
        }
    }

    /// The topic that is no longer as it was known once this is done.
    pub(super) fn remakes(&self) -> Option<&TopicName> {
        match self {
            Self::CreatePartitions(more) => Some(&more.topic),
            Self::DeleteTopic(gone) => Some(&gone.topic),
            _ => None,
        }
    }

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
