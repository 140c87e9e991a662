//! Typed access to sections, which collects what is still to be asked.

use super::kafka::{
    BrokerDirs, CommittedOffset, ConfigEntry, CopiesOf, Group, GroupOverview, GroupReads, KafkaAnswer, KafkaCluster,
    KafkaQuery, LogRange, NamedTopic, OffsetAt, Rates, Reader, Reassignment, Replication, Topic, TopicOverview,
};
use super::rocketmq::{self, FromMasters, RocketmqAnswer, RocketmqCluster, RocketmqQuery, Routes};
use super::{Answer, Failure, FailureKind, Query, Section, Sections};
use crate::id::{GroupId, TopicName};
use crate::time::Millis;
use std::collections::BTreeSet;

/// What is known of one thing.
#[derive(Debug, PartialEq, Eq)]
pub enum Look<'a, T: ?Sized> {
    /// It has to be asked first; the [`Looker`] has noted it.
    Ask,
    /// The look failed; a plan can only say "cannot verify".
    Failed(&'a Failure),
    /// This is what was seen.
    Seen(&'a T),
}

impl<T: ?Sized> Clone for Look<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Look<'_, T> {}

impl<'a, T: ?Sized> Look<'a, T> {
    /// What was seen, if anything.
    #[must_use]
    pub fn seen(self) -> Option<&'a T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Ask | Self::Failed(_) => None,
        }
    }
}

/// Reads sections and collects the queries that nobody asked yet, so that one round can ask them all.
#[derive(Debug)]
pub struct Looker<'a> {
    sections: &'a Sections,
    needed: BTreeSet<Query>,
}

static MISMATCHED: std::sync::LazyLock<Failure> = std::sync::LazyLock::new(|| Failure {
    kind: FailureKind::Garbage,
    said: "the answer is of another kind than the query".to_owned(),
});

macro_rules! looks {
    ($kind:ident, $answers:ident:
     $($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $out:ty, $query:expr, $variant:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(&mut self, $($arg: $type),*) -> Look<'a, $out> {
            match self.section(Query::$kind($query)) {
                Section::NotAsked => Look::Ask,
                Section::Failed(failure) => Look::Failed(failure),
                Section::Seen(seen) => match &seen.value {
                    Answer::$kind($answers::$variant(value)) => Look::Seen(value),
                    _ => Look::Failed(&MISMATCHED),
                },
            }
        }
    )*};
}

impl<'a> Looker<'a> {
    /// A looker over these sections that has asked for nothing yet.
    #[must_use]
    pub fn new(sections: &'a Sections) -> Self {
        Self { sections, needed: BTreeSet::new() }
    }

    /// What was looked for and is not there yet.
    #[must_use]
    pub fn needed(self) -> BTreeSet<Query> {
        self.needed
    }

    /// Whether everything looked for so far has been asked.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.needed.is_empty()
    }

    fn section(&mut self, query: Query) -> &'a Section<Answer> {
        let section = self.sections.get(&query);
        if matches!(section, Section::NotAsked) {
            self.needed.insert(query);
        }
        section
    }

    looks! { Kafka, KafkaAnswer:
        /// [`KafkaQuery::Cluster`]
        kafka_cluster() -> KafkaCluster, KafkaQuery::Cluster, Cluster;
        /// [`KafkaQuery::Topics`]
        kafka_topics() -> Vec<TopicOverview>, KafkaQuery::Topics, Topics;
        /// [`KafkaQuery::Topic`]
        kafka_topic(topic: &TopicName) -> Option<Topic>, KafkaQuery::Topic(topic.clone()), Topic;
        /// [`KafkaQuery::TopicConfig`]
        kafka_topic_config(topic: &TopicName) -> Vec<ConfigEntry>, KafkaQuery::TopicConfig(topic.clone()), TopicConfig;
        /// [`KafkaQuery::Groups`]
        kafka_groups() -> Vec<GroupOverview>, KafkaQuery::Groups, Groups;
        /// [`KafkaQuery::Group`]
        kafka_group(group: &GroupId) -> Option<Group>, KafkaQuery::Group(group.clone()), Group;
        /// [`KafkaQuery::Committed`]
        kafka_committed(group: &GroupId) -> Vec<CommittedOffset>, KafkaQuery::Committed(group.clone()), Committed;
        /// [`KafkaQuery::LogRanges`]
        kafka_log_ranges(topic: &TopicName) -> Vec<LogRange>, KafkaQuery::LogRanges(topic.clone()), LogRanges;
        /// [`KafkaQuery::OffsetsAt`]
        kafka_offsets_at(topic: &TopicName, at: Millis) -> Vec<OffsetAt>, KafkaQuery::OffsetsAt(topic.clone(), at), OffsetsAt;
        /// [`KafkaQuery::Layout`]
        kafka_layout() -> Vec<NamedTopic>, KafkaQuery::Layout, Layout;
        /// [`KafkaQuery::LogDirs`]
        kafka_log_dirs() -> Vec<BrokerDirs>, KafkaQuery::LogDirs, LogDirs;
        /// [`KafkaQuery::Copies`]
        kafka_copies(of: &CopiesOf) -> Vec<BrokerDirs>, KafkaQuery::Copies(of.clone()), Copies;
        /// [`KafkaQuery::Reassignments`]
        kafka_reassignments() -> Vec<Reassignment>, KafkaQuery::Reassignments, Reassignments;
        /// [`KafkaQuery::BrokerConfig`]
        kafka_broker_config(broker: i32) -> Option<Vec<ConfigEntry>>, KafkaQuery::BrokerConfig(broker), BrokerConfig;
        /// [`KafkaQuery::Replication`]
        kafka_replication() -> Replication, KafkaQuery::Replication, Replication;
        /// [`KafkaQuery::Rates`]
        kafka_rates() -> Rates, KafkaQuery::Rates, Rates;
        /// [`KafkaQuery::Readers`]
        kafka_readers(topic: &TopicName) -> Vec<Reader>, KafkaQuery::Readers(topic.clone()), Readers;
        /// [`KafkaQuery::AllReaders`]
        kafka_all_readers() -> Vec<GroupReads>, KafkaQuery::AllReaders, AllReaders;
    }

    looks! { Rocketmq, RocketmqAnswer:
        /// [`RocketmqQuery::Cluster`]
        rocketmq_cluster() -> RocketmqCluster, RocketmqQuery::Cluster, Cluster;
        /// [`RocketmqQuery::Topics`]
        rocketmq_topics() -> FromMasters<Vec<rocketmq::TopicOverview>>, RocketmqQuery::Topics, Topics;
        /// [`RocketmqQuery::Topic`]
        rocketmq_topic(topic: &TopicName) -> Option<rocketmq::Topic>, RocketmqQuery::Topic(topic.clone()), Topic;
        /// [`RocketmqQuery::Routes`]
        rocketmq_routes() -> Routes, RocketmqQuery::Routes, Routes;
        /// [`RocketmqQuery::Groups`]
        rocketmq_groups() -> FromMasters<Vec<rocketmq::GroupOverview>>, RocketmqQuery::Groups, Groups;
        /// [`RocketmqQuery::Group`]
        rocketmq_group(group: &GroupId) -> Option<rocketmq::Group>, RocketmqQuery::Group(group.clone()), Group;
        /// [`RocketmqQuery::GroupsOf`]
        rocketmq_groups_of(topic: &TopicName) -> FromMasters<Vec<GroupId>>, RocketmqQuery::GroupsOf(topic.clone()), GroupsOf;
        /// [`RocketmqQuery::Committed`]
        rocketmq_committed(group: &GroupId) -> FromMasters<Vec<rocketmq::CommittedOffset>>,
            RocketmqQuery::Committed(group.clone()), Committed;
        /// [`RocketmqQuery::Ranges`]
        rocketmq_ranges(topic: &TopicName, least: u32) -> FromMasters<Vec<rocketmq::QueueRange>>,
            RocketmqQuery::Ranges(topic.clone(), least), Ranges;
        /// [`RocketmqQuery::OffsetsAt`]
        rocketmq_offsets_at(topic: &TopicName, at: Millis) -> FromMasters<Vec<rocketmq::OffsetAt>>,
            RocketmqQuery::OffsetsAt(topic.clone(), at), OffsetsAt;
        /// [`RocketmqQuery::Producers`]
        rocketmq_producers() -> FromMasters<Vec<rocketmq::Client>>, RocketmqQuery::Producers, Producers;
        /// [`RocketmqQuery::Rates`]
        rocketmq_rates() -> rocketmq::Rates, RocketmqQuery::Rates, Rates;
        /// [`RocketmqQuery::Readers`]
        rocketmq_readers(topic: &TopicName) -> FromMasters<Vec<rocketmq::Reader>>,
            RocketmqQuery::Readers(topic.clone()), Readers;
        /// [`RocketmqQuery::Delays`]
        rocketmq_delays() -> FromMasters<Vec<rocketmq::Delay>>, RocketmqQuery::Delays, Delays;
        /// [`RocketmqQuery::Copies`]
        rocketmq_copies(of: Option<&TopicName>) -> Vec<rocketmq::SlaveCopies>, RocketmqQuery::Copies(of.cloned()), Copies;
    }
}
