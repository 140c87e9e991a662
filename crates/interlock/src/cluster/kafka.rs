//! The model of a Kafka cluster: what can be asked of it, and what was seen.

mod layout;
mod readers;

pub use layout::{
    BrokerDirs, BrokerReplication, Controllers, CopiesOf, FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE,
    LogDir, NamedTopic, NotReplicas, PartitionRate, Rates, Reassignment, Replicas, Replication, Silence, StoredReplica,
    TopicReplication,
};
pub use readers::{GroupReads, Reader};

use crate::id::{GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One look at a Kafka cluster. Closed: a new look is a new variant here, in the backend and in the simulated fleet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KafkaQuery {
    /// Cluster id, brokers, controller, our rights on the cluster. → [`KafkaCluster`]
    Cluster,
    /// Every topic with the health of its partitions. → `Vec<`[`TopicOverview`]`>`, ordered by name.
    Topics,
    /// One topic. → `Option<`[`Topic`]`>`, none if there is no such topic.
    Topic(TopicName),
    /// The settings of one topic that differ from the default. → `Vec<`[`ConfigEntry`]`>`
    TopicConfig(TopicName),
    /// Every group. → `Vec<`[`GroupOverview`]`>`, ordered by id.
    Groups,
    /// One group with its members. → `Option<`[`Group`]`>`, none if the coordinator knows no such group.
    Group(GroupId),
    /// All committed offsets of a group. → `Vec<`[`CommittedOffset`]`>`, ordered by topic and partition.
    Committed(GroupId),
    /// First and next offset of each partition. → `Vec<`[`LogRange`]`>`, ordered by partition.
    LogRanges(TopicName),
    /// Per partition the first offset whose record is at or after an instant. → `Vec<`[`OffsetAt`]`>`, ordered by partition.
    OffsetsAt(TopicName, Millis),
    /// Every topic with all its partitions. → `Vec<`[`NamedTopic`]`>`, ordered by name.
    Layout,
    /// What lies on the disks of the live brokers. → `Vec<`[`BrokerDirs`]`>`, ordered by broker.
    LogDirs,
    /// Some copies on the disks of some brokers that are alive. → `Vec<`[`BrokerDirs`]`>`, ordered by broker, with the replicas
    /// that were asked for.
    Copies(CopiesOf),
    /// The partitions on the move, ours and others'. → `Vec<`[`Reassignment`]`>`, ordered by topic and partition.
    Reassignments,
    /// The settings made on one broker while it runs. → `Option<Vec<`[`ConfigEntry`]`>>`, none if it is not alive.
    BrokerConfig(i32),
    /// What steers replication: throttles, the least replicas in sync. → [`Replication`]
    Replication,
    /// How much comes into partitions; takes two looks, so it takes a while. → [`Rates`]
    Rates,
    /// Every group that reads a topic or has committed there. → `Vec<`[`Reader`]`>`, ordered by group.
    Readers(TopicName),
    /// Every group with the topics that it reads or has committed in. → `Vec<`[`GroupReads`]`>`, ordered by group.
    AllReaders,
}

/// What a [`KafkaQuery`] gave; the variants stand in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KafkaAnswer {
    /// To [`KafkaQuery::Cluster`].
    Cluster(KafkaCluster),
    /// To [`KafkaQuery::Topics`].
    Topics(Vec<TopicOverview>),
    /// To [`KafkaQuery::Topic`].
    Topic(Option<Topic>),
    /// To [`KafkaQuery::TopicConfig`].
    TopicConfig(Vec<ConfigEntry>),
    /// To [`KafkaQuery::Groups`].
    Groups(Vec<GroupOverview>),
    /// To [`KafkaQuery::Group`].
    Group(Option<Group>),
    /// To [`KafkaQuery::Committed`].
    Committed(Vec<CommittedOffset>),
    /// To [`KafkaQuery::LogRanges`].
    LogRanges(Vec<LogRange>),
    /// To [`KafkaQuery::OffsetsAt`].
    OffsetsAt(Vec<OffsetAt>),
    /// To [`KafkaQuery::Layout`].
    Layout(Vec<NamedTopic>),
    /// To [`KafkaQuery::LogDirs`].
    LogDirs(Vec<BrokerDirs>),
    /// To [`KafkaQuery::Copies`].
    Copies(Vec<BrokerDirs>),
    /// To [`KafkaQuery::Reassignments`].
    Reassignments(Vec<Reassignment>),
    /// To [`KafkaQuery::BrokerConfig`].
    BrokerConfig(Option<Vec<ConfigEntry>>),
    /// To [`KafkaQuery::Replication`].
    Replication(Replication),
    /// To [`KafkaQuery::Rates`].
    Rates(Rates),
    /// To [`KafkaQuery::Readers`].
    Readers(Vec<Reader>),
    /// To [`KafkaQuery::AllReaders`].
    AllReaders(Vec<GroupReads>),
}

/// An operation that an ACL can allow (`org.apache.kafka.common.acl.AclOperation`), as far as plans ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// READ
    Read,
    /// WRITE
    Write,
    /// CREATE
    Create,
    /// DELETE
    Delete,
    /// ALTER
    Alter,
    /// DESCRIBE
    Describe,
    /// CLUSTER_ACTION
    ClusterAction,
    /// DESCRIBE_CONFIGS
    DescribeConfigs,
    /// ALTER_CONFIGS
    AlterConfigs,
    /// IDEMPOTENT_WRITE
    IdempotentWrite,
}

impl Right {
    /// The operation's name as Kafka's tools write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Create => "CREATE",
            Self::Delete => "DELETE",
            Self::Alter => "ALTER",
            Self::Describe => "DESCRIBE",
            Self::ClusterAction => "CLUSTER_ACTION",
            Self::DescribeConfigs => "DESCRIBE_CONFIGS",
            Self::AlterConfigs => "ALTER_CONFIGS",
            Self::IdempotentWrite => "IDEMPOTENT_WRITE",
        }
    }
}

/// Our own rights on a thing, as the broker tells them (KIP-430); none if it does not tell.
pub type Rights = Option<BTreeSet<Right>>;

/// A cluster as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KafkaCluster {
    /// The cluster's own id, 22 characters of base64url: what tells two clusters at one address apart.
    pub id: String,
    /// The active controller's node id, if one is known.
    pub controller: Option<i32>,
    /// The brokers that are alive, ordered by id.
    pub brokers: Vec<Broker>,
    /// Our rights on the cluster.
    pub rights: Rights,
}

/// A live broker. Its address stays in the backend: plans and cards do not need it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Broker {
    /// Its node id.
    pub id: i32,
    /// Its rack, if it has one.
    pub rack: Option<String>,
}

/// A topic in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicOverview {
    /// Its name.
    pub name: TopicName,
    /// Whether it is one of Kafka's own (`__consumer_offsets`, …).
    pub internal: bool,
    /// How many partitions it has.
    pub partitions: u32,
    /// The largest number of replicas of a partition.
    pub replicas: u32,
    /// Partitions with fewer in-sync replicas than replicas.
    pub under_replicated: u32,
    /// Partitions without a leader.
    pub offline: u32,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id, 22 characters of base64url: a topic deleted and made again is another topic.
    pub id: String,
    /// Whether it is one of Kafka's own.
    pub internal: bool,
    /// Its partitions, ordered by number.
    pub partitions: Vec<Partition>,
    /// Our rights on it.
    pub rights: Rights,
}

impl Topic {
    /// One of its partitions.
    #[must_use]
    pub fn partition(&self, number: i32) -> Option<&Partition> {
        let found = self.partitions.binary_search_by_key(&number, |one| one.partition).ok()?;
        self.partitions.get(found)
    }
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Its number, from 0.
    pub partition: i32,
    /// The leader's broker id; none if the partition is offline.
    pub leader: Option<i32>,
    /// The replicas' broker ids, the preferred leader first.
    pub replicas: Vec<i32>,
    /// The in-sync replicas.
    pub isr: Vec<i32>,
}

/// One setting of a topic or broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigEntry {
    /// Its key.
    pub key: String,
    /// Its value; none if it is sensitive.
    pub value: Option<String>,
}

/// The protocol by which a group's members coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// The classic protocol (JoinGroup, SyncGroup).
    Classic,
    /// The consumer protocol of KIP-848.
    Consumer,
    /// Share, streams or a kind we do not know.
    Other,
}

/// What a group is doing (`org.apache.kafka.common.GroupState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// No members, offsets kept.
    Empty,
    /// Members, at work.
    Stable,
    /// Members, between assignments (any of the rebalancing states).
    Rebalancing,
    /// Being removed, or never there.
    Dead,
    /// A state we do not know.
    Unknown,
}

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOverview {
    /// Its id.
    pub id: GroupId,
    /// Its protocol.
    pub kind: GroupKind,
    /// Its state.
    pub state: GroupState,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its protocol.
    pub kind: GroupKind,
    /// Its state.
    pub state: GroupState,
    /// The protocol type its members named ("consumer", "connect", …); empty if there were none.
    pub protocol_type: String,
    /// Its members, ordered by member id.
    pub members: Vec<Member>,
    /// Our rights on it.
    pub rights: Rights,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The id the coordinator gave it.
    pub member_id: String,
    /// Its static id (`group.instance.id`), if it has one.
    pub instance_id: Option<String>,
    /// The client id it named.
    pub client_id: String,
    /// The host it comes from, as the broker saw it. Shown in private answers only, never in a plan.
    pub host: String,
    /// The partitions assigned to it, by topic. None if its assignment cannot be read, which is not the same as nothing.
    pub assigned: Option<BTreeMap<TopicName, Vec<i32>>>,
}

/// A committed offset, whole, so that it can be put back exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Committed {
    /// The next offset the group reads.
    pub offset: i64,
    /// The leader epoch that was committed with it, if any.
    pub leader_epoch: Option<i32>,
    /// The metadata that was committed with it; often empty.
    pub metadata: String,
}

impl Committed {
    /// An offset as an administrator commits it: without epoch and metadata.
    #[must_use]
    pub fn plain(offset: i64) -> Self {
        Self { offset, leader_epoch: None, metadata: String::new() }
    }
}

/// A committed offset and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CommittedOffset {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// What is committed there.
    pub committed: Committed,
}

/// The extent of a partition's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRange {
    /// The partition.
    pub partition: i32,
    /// The first offset that can be read.
    pub start: i64,
    /// The offset the next record will get (high watermark).
    pub end: i64,
}

/// Where a partition's log stood at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetAt {
    /// The partition.
    pub partition: i32,
    /// The first offset at or after the instant; none if every record is older (the broker answers −1).
    pub offset: Option<i64>,
}
