//! Looks at topics, and the findings of those that failed.

use crate::changes::Stop;
use crate::changes::kafka_offsets::{self as offsets, Subject};
use crate::changes::part::Part;
use crate::cluster::Looker;
use crate::cluster::kafka::{
    BrokerDirs, ConfigEntry, KafkaCluster, LogRange, OffsetAt, Reader, Right, Topic, TopicOverview,
};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Mistake};
use crate::time::Millis;

/// Looks of one round, and what is found where they failed.
pub(in crate::changes) struct Looks<'l, 'a> {
    looker: &'l mut Looker<'a>,
    failed: Vec<Check>,
}

fn of_topic(part: Part, name: &TopicName) -> Subject<'_> {
    let right = if part == Part::TopicConfig { Right::DescribeConfigs } else { Right::Describe };
    Subject { part, on: "topic", name: name.as_str(), right }
}

fn of_cluster(part: Part) -> Subject<'static> {
    Subject { part, on: "cluster", name: "kafka-cluster", right: Right::Describe }
}

impl<'l, 'a> Looks<'l, 'a> {
    pub(in crate::changes) fn new(looker: &'l mut Looker<'a>) -> Self {
        Self { looker, failed: Vec::new() }
    }

    pub(in crate::changes) fn cluster(&mut self) -> Option<&'a KafkaCluster> {
        offsets::look_at_cluster(self.looker, &mut self.failed)
    }

    /// One topic; none within it if there is no such topic.
    pub(in crate::changes) fn topic(&mut self, name: &TopicName) -> Option<Option<&'a Topic>> {
        let seen = offsets::seen(self.looker.kafka_topic(name), of_topic(Part::Topic, name), &mut self.failed);
        seen.map(Option::as_ref)
    }

    pub(in crate::changes) fn topics(&mut self) -> Option<&'a [TopicOverview]> {
        let seen = offsets::seen(self.looker.kafka_topics(), of_cluster(Part::Topics), &mut self.failed);
        seen.map(Vec::as_slice)
    }

    pub(in crate::changes) fn config(&mut self, name: &TopicName) -> Option<&'a [ConfigEntry]> {
        let look = self.looker.kafka_topic_config(name);
        offsets::seen(look, of_topic(Part::TopicConfig, name), &mut self.failed).map(Vec::as_slice)
    }

    pub(in crate::changes) fn readers(&mut self, name: &TopicName) -> Option<&'a [Reader]> {
        // Whoever may not describe every group that the list tells of cannot say who reads.
        let subject = Subject { part: Part::Readers, on: "group", name: "*", right: Right::Describe };
        offsets::seen(self.looker.kafka_readers(name), subject, &mut self.failed).map(Vec::as_slice)
    }

    pub(in crate::changes) fn ranges(&mut self, name: &TopicName) -> Option<&'a [LogRange]> {
        let look = self.looker.kafka_log_ranges(name);
        offsets::seen(look, of_topic(Part::LogRanges, name), &mut self.failed).map(Vec::as_slice)
    }

    pub(in crate::changes) fn at(&mut self, name: &TopicName, at: Millis) -> Option<&'a [OffsetAt]> {
        let look = self.looker.kafka_offsets_at(name, at);
        offsets::seen(look, of_topic(Part::OffsetsAtTime, name), &mut self.failed).map(Vec::as_slice)
    }

    pub(in crate::changes) fn dirs(&mut self) -> Option<&'a [BrokerDirs]> {
        let seen = offsets::seen(self.looker.kafka_log_dirs(), of_cluster(Part::LogDirs), &mut self.failed);
        seen.map(Vec::as_slice)
    }

    /// Ends the planning if a look failed: what cannot be verified is not done.
    pub(in crate::changes) fn settled(self) -> Result<(), Stop> {
        if self.failed.is_empty() { Ok(()) } else { Err(Stop::Refused(self.failed)) }
    }
}

/// A topic that must be there.
pub(in crate::changes) fn existing<'a>(name: &TopicName, found: Option<&'a Topic>) -> Result<&'a Topic, Stop> {
    let unknown = || Stop::Mistake(Mistake::new("unknown-topic", Facts::none().with("name", name.as_str())));
    found.ok_or_else(unknown)
}
