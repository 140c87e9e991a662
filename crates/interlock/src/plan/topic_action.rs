//! What actions on whole topics and groups name, and what each of them reads back.

use super::action::Action;
use super::expectation::{Expectation, OffsetExpected};
use super::kafka_action::{KafkaAction, OffsetMove};
use crate::cluster::Query;
use crate::cluster::kafka::{CommittedOffset, KafkaQuery};
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A topic that is made. The controller places its replicas, apart from each other where racks are known, and never on
/// brokers that are cordoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTopic {
    /// Its name.
    pub name: TopicName,
    /// How many partitions.
    pub partitions: u32,
    /// How many replicas of each.
    pub replicas: u32,
    /// The settings that are made on it.
    pub configs: BTreeMap<String, String>,
}

/// A topic that gets more partitions. `from` and `topic_id` are not sent: they tell what nobody of us made from what is still
/// to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MorePartitions {
    /// The topic.
    pub topic: TopicName,
    /// Its id.
    pub topic_id: String,
    /// How many it has before.
    pub from: u32,
    /// How many it has after.
    pub to: u32,
}

/// A topic that goes, with everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneTopic {
    /// Its name.
    pub topic: TopicName,
    /// Its id: it is deleted by it, so that another topic of the same name stays.
    pub topic_id: String,
    /// How many partitions it has.
    pub partitions: u32,
}

/// A group that goes, with its commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneGroup {
    /// Its id.
    pub group: GroupId,
    /// Everything that it has committed: what the way back writes.
    pub committed: Vec<CommittedOffset>,
}

impl GoneGroup {
    /// The commits from before, as they are made again.
    pub(super) fn recommit(&self) -> Vec<Action> {
        if self.committed.is_empty() {
            return Vec::new();
        }
        let back = |one: &CommittedOffset| OffsetMove {
            topic: one.topic.clone(),
            partition: one.partition,
            from: None,
            to: one.committed.clone(),
        };
        let moves = self.committed.iter().map(back).collect();
        vec![Action::Kafka(KafkaAction::CommitOffsets { group: self.group.clone(), moves })]
    }

    /// What is committed, as an expectation.
    pub(super) fn stands(&self) -> Expectation {
        let one = |one: &CommittedOffset| OffsetExpected {
            topic: one.topic.clone(),
            partition: one.partition,
            committed: Some(one.committed.clone()),
        };
        let offsets = self.committed.iter().map(one).collect();
        Expectation::KafkaCommittedAre { group: self.group.clone(), offsets }
    }
}

pub(super) fn read_topic(name: &TopicName) -> BTreeSet<Query> {
    BTreeSet::from([Query::Kafka(KafkaQuery::Topic(name.clone()))])
}

pub(super) fn read_new(topic: &NewTopic) -> BTreeSet<Query> {
    let mut queries = read_topic(&topic.name);
    if !topic.configs.is_empty() {
        queries.insert(Query::Kafka(KafkaQuery::TopicConfig(topic.name.clone())));
    }
    queries
}

pub(super) fn read_group(id: &GroupId) -> BTreeSet<Query> {
    [KafkaQuery::Group(id.clone()), KafkaQuery::Committed(id.clone())].map(Query::Kafka).into()
}

/// The topic as it is before it gets more partitions or goes.
pub(super) fn is(topic: &TopicName, id: &str, partitions: u32) -> Expectation {
    Expectation::KafkaTopicIs { topic: topic.clone(), id: id.to_owned(), partitions }
}
