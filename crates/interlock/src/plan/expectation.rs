//! Conditions on the cluster under which a plan is still the right one.

use super::layout_action::{ConfigChange, ConfigOn, ReplicaMove};
use super::rocketmq_expectation::RocketmqExpectation;
use super::{layout_expectation as layout, member_facts, topic_expectation as topics};
use crate::cluster::kafka::{Broker, Committed, CommittedOffset, KafkaQuery, LogRange, Member, Replicas};
use crate::cluster::{Failure, Look, Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One condition. Never about leaders, ISR order or exact bytes: an election must not make a plan stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// The cluster behind the address has this id.
    KafkaClusterIs {
        /// The cluster id.
        id: String,
    },
    /// The topic is the same one and has as many partitions.
    KafkaTopicIs {
        /// The topic.
        topic: TopicName,
        /// Its id.
        id: String,
        /// How many partitions it has.
        partitions: u32,
    },
    /// The group has no live member.
    KafkaGroupHasNoMembers {
        /// The group.
        group: GroupId,
    },
    /// The group's commits are these; nothing is said of partitions that are not listed.
    KafkaCommittedAre {
        /// The group.
        group: GroupId,
        /// Each partition with what is committed there.
        offsets: Vec<OffsetExpected>,
    },
    /// These offsets lie within the log: log start at most, log end at least.
    KafkaOffsetsInLog {
        /// The topic.
        topic: TopicName,
        /// Each partition with the offset.
        offsets: Vec<OffsetInLog>,
    },
    /// These partitions have these replicas in this order, and are not on the move.
    KafkaAssignedAre {
        /// Each partition with its replicas.
        partitions: Vec<Assigned>,
    },
    /// No partition of the cluster is on the move.
    KafkaNothingMoves,
    /// These partitions are on their way, each to its replicas after, and no other partition of the cluster is.
    KafkaOnlyTheseMove {
        /// Each with the replicas that it is on its way to.
        moves: Vec<ReplicaMove>,
    },
    /// These brokers are alive, each in this rack.
    KafkaBrokersAlive {
        /// The brokers.
        brokers: Vec<Broker>,
    },
    /// These settings are as they were found.
    KafkaConfigsAre {
        /// Each setting with its value.
        configs: Vec<ConfigExpected>,
    },
    /// These brokers have at least so much room on their disks.
    KafkaRoom {
        /// Each broker with what it needs.
        brokers: Vec<RoomExpected>,
    },
    /// Something of a RocketMQ cluster.
    Rocketmq(RocketmqExpectation),
    /// There is no topic of this name.
    KafkaTopicAbsent {
        /// The name.
        topic: TopicName,
    },
    /// Nothing was written to the topic: its logs end where they ended.
    KafkaLogEndsAre {
        /// The topic.
        topic: TopicName,
        /// The next offset of each partition.
        ends: BTreeMap<i32, i64>,
    },
    /// No group has members that read the topic.
    KafkaTopicUnused {
        /// The topic.
        topic: TopicName,
    },
}

/// The replicas of one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The topic.
    pub topic: TopicName,
    /// Its id.
    pub topic_id: String,
    /// The partition.
    pub partition: i32,
    /// Its replicas, in their order.
    pub replicas: Replicas,
    /// What it may have as well, in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or: Option<Replicas>,
}

impl Assigned {
    /// What a move starts from.
    #[must_use]
    pub fn before(one: &ReplicaMove) -> Self {
        let (topic, topic_id) = (one.topic.clone(), one.topic_id.clone());
        Self { topic, topic_id, partition: one.partition, replicas: one.from.clone(), or: one.or_from.clone() }
    }
}

/// One setting; none where it is not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigExpected {
    /// What has it.
    pub on: ConfigOn,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Option<String>,
}

impl ConfigExpected {
    /// What a change starts from.
    #[must_use]
    pub fn before(one: &ConfigChange) -> Self {
        Self { on: one.on.clone(), key: one.key.clone(), value: one.from.clone() }
    }
}

/// The room that a broker needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomExpected {
    /// The broker.
    pub broker: i32,
    /// What must be free: in that directory, or on all its usable disks together.
    pub bytes: u64,
    /// The log directory that copies were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// The id of an offset that its log no longer has, or does not have yet.
pub const LEFT_THE_LOG: &str = "offset-left-the-log";

/// What is committed in one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetExpected {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// What is committed; none if nothing is.
    pub committed: Option<Committed>,
}

/// An offset that must lie within a partition's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetInLog {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// Whether an expectation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Holds,
    /// It does not: an id for the sentence ("topic-changed") and the evidence.
    Broken {
        /// The id.
        id: &'static str,
        /// Expected and found.
        facts: Facts,
    },
    /// The look failed or was not made: never the same as holding.
    CannotTell(Facts),
}

impl Expectation {
    /// What has to be seen to evaluate it.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        let queries = match self {
            Self::KafkaClusterIs { .. } | Self::KafkaBrokersAlive { .. } => vec![KafkaQuery::Cluster],
            Self::KafkaTopicIs { topic, .. } => vec![KafkaQuery::Topic(topic.clone())],
            Self::KafkaGroupHasNoMembers { group } => vec![KafkaQuery::Group(group.clone())],
            Self::KafkaCommittedAre { group, .. } => vec![KafkaQuery::Committed(group.clone())],
            Self::KafkaOffsetsInLog { topic, .. } => vec![KafkaQuery::LogRanges(topic.clone())],
            Self::KafkaAssignedAre { partitions } => {
                let topics = partitions.iter().map(|one| KafkaQuery::Topic(one.topic.clone()));
                topics.chain([KafkaQuery::Reassignments]).collect()
            }
            Self::KafkaNothingMoves | Self::KafkaOnlyTheseMove { .. } => vec![KafkaQuery::Reassignments],
            Self::KafkaConfigsAre { configs } => return configs.iter().map(|one| one.on.query()).collect(),
            Self::KafkaRoom { .. } => vec![KafkaQuery::LogDirs],
            Self::Rocketmq(expectation) => return BTreeSet::from([Query::Rocketmq(expectation.query())]),
            Self::KafkaTopicAbsent { topic } => vec![KafkaQuery::Topic(topic.clone())],
            Self::KafkaLogEndsAre { topic, .. } => vec![KafkaQuery::LogRanges(topic.clone())],
            Self::KafkaTopicUnused { topic } => vec![KafkaQuery::Readers(topic.clone())],
        };
        queries.into_iter().map(Query::Kafka).collect()
    }

    /// Whether it says which cluster or topic is meant, not what stands in it.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        match self {
            Self::KafkaClusterIs { .. } | Self::KafkaTopicIs { .. } => true,
            Self::Rocketmq(expectation) => expectation.is_identity(),
            _ => false,
        }
    }

    /// Whether it says where a group stands.
    #[must_use]
    pub fn is_about_offsets(&self) -> bool {
        matches!(self, Self::KafkaCommittedAre { .. } | Self::Rocketmq(RocketmqExpectation::OffsetsAre { .. }))
    }
}

/// Evaluates one expectation against what was seen.
#[must_use]
pub fn evaluate(expectation: &Expectation, sections: &Sections) -> Held {
    let mut looker = Looker::new(sections);
    match expectation {
        Expectation::KafkaClusterIs { id } => with(looker.kafka_cluster(), |cluster| cluster_is(id, &cluster.id)),
        Expectation::KafkaTopicIs { topic, id, partitions } => with(looker.kafka_topic(topic), |found| {
            let found = found.as_ref().map(|topic| (topic.id.as_str(), topic.partitions.len()));
            topic_is(topic, (id, *partitions), found)
        }),
        Expectation::KafkaGroupHasNoMembers { group } => with(looker.kafka_group(group), |found| {
            no_members(group, found.as_ref().map_or(&[], |group| &group.members))
        }),
        Expectation::KafkaCommittedAre { group, offsets } => {
            with(looker.kafka_committed(group), |found| committed_are(group, offsets, found))
        }
        Expectation::KafkaOffsetsInLog { topic, offsets } => {
            with(looker.kafka_log_ranges(topic), |found| in_log(topic, offsets, found))
        }
        Expectation::KafkaAssignedAre { partitions } => layout::assigned(partitions, &mut looker),
        Expectation::KafkaNothingMoves => layout::only_these_move(&[], &mut looker),
        Expectation::KafkaOnlyTheseMove { moves } => layout::only_these_move(moves, &mut looker),
        Expectation::KafkaBrokersAlive { brokers } => layout::alive(brokers, &mut looker),
        Expectation::KafkaConfigsAre { configs } => layout::configs(configs, &mut looker),
        Expectation::KafkaRoom { brokers } => layout::room(brokers, &mut looker),
        Expectation::Rocketmq(expectation) => expectation.evaluate(&mut looker),
        Expectation::KafkaTopicAbsent { topic } => {
            with(looker.kafka_topic(topic), |found| topics::absent(topic, found.as_ref()))
        }
        Expectation::KafkaLogEndsAre { topic, ends } => {
            with(looker.kafka_log_ranges(topic), |found| topics::ends_are(topic, ends, found))
        }
        Expectation::KafkaTopicUnused { topic } => {
            with(looker.kafka_readers(topic), |found| topics::unused(topic, found))
        }
    }
}

pub(super) fn with<T: ?Sized>(look: Look<'_, T>, judge: impl FnOnce(&T) -> Held) -> Held {
    match look {
        Look::Seen(value) => judge(value),
        Look::Failed(failure) => Held::CannotTell(told(failure)),
        Look::Ask => Held::CannotTell(Facts::none().with("failure", "not-asked")),
    }
}

fn told(failure: &Failure) -> Facts {
    Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str())
}

fn cluster_is(expected: &str, found: &str) -> Held {
    if expected == found {
        return Held::Holds;
    }
    Held::Broken { id: "cluster-changed", facts: Facts::none().with("expected", expected).with("found", found) }
}

fn topic_is(topic: &TopicName, expected: (&str, u32), found: Option<(&str, usize)>) -> Held {
    let facts = Facts::none().with("topic", topic.as_str());
    match found {
        None => Held::Broken { id: "topic-gone", facts },
        Some((id, _)) if id != expected.0 => {
            Held::Broken { id: "topic-recreated", facts: facts.with("expected", expected.0).with("found", id) }
        }
        Some((_, partitions)) if partitions != expected.1 as usize => Held::Broken {
            id: "topic-partitions-changed",
            facts: facts.with("expected", i64::from(expected.1)).with("found", partitions),
        },
        Some(_) => Held::Holds,
    }
}

fn no_members(group: &GroupId, members: &[Member]) -> Held {
    if members.is_empty() {
        return Held::Holds;
    }
    Held::Broken { id: "group-has-members", facts: member_facts(group, members) }
}

fn committed_are(group: &GroupId, expected: &[OffsetExpected], found: &[CommittedOffset]) -> Held {
    let found: BTreeMap<_, _> = found.iter().map(|one| ((&one.topic, one.partition), &one.committed)).collect();
    let differs =
        expected.iter().find(|one| found.get(&(&one.topic, one.partition)).copied() != one.committed.as_ref());
    let Some(one) = differs else { return Held::Holds };
    let show =
        |committed: Option<&Committed>| committed.map_or_else(|| "none".to_owned(), |found| found.offset.to_string());
    Held::Broken {
        id: "offsets-changed",
        facts: Facts::none()
            .with("group", group.as_str())
            .with("topic", one.topic.as_str())
            .with("partition", i64::from(one.partition))
            .with("expected", show(one.committed.as_ref()))
            .with("found", show(found.get(&(&one.topic, one.partition)).copied())),
    }
}

fn in_log(topic: &TopicName, expected: &[OffsetInLog], found: &[LogRange]) -> Held {
    let found: BTreeMap<i32, &LogRange> = found.iter().map(|range| (range.partition, range)).collect();
    for one in expected {
        let range = found.get(&one.partition);
        if range.is_some_and(|range| range.start <= one.offset && one.offset <= range.end) {
            continue;
        }
        let facts = Facts::none()
            .with("topic", topic.as_str())
            .with("partition", i64::from(one.partition))
            .with("offset", one.offset)
            .with("start", range.map_or(-1, |range| range.start))
            .with("end", range.map_or(-1, |range| range.end));
        return Held::Broken { id: LEFT_THE_LOG, facts };
    }
    Held::Holds
}
