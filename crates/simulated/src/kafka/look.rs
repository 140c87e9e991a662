//! What a cluster answers to queries.

use super::fault::failed;
use super::topic::TopicPartition;
use super::{Kafka, Topic};
use interlock::cluster::kafka::{
    Broker, CommittedOffset, Group, GroupOverview, GroupReads, KafkaAnswer, KafkaCluster, KafkaQuery, LogRange,
    OffsetAt, Reader, Right, Topic as SeenTopic, TopicOverview,
};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{GroupId, TopicName};
use interlock::time::Millis;

type Answered<T> = Result<T, Failure>;

impl Kafka {
    /// The answer of the brokers at an instant.
    pub(crate) fn answer(&self, query: &KafkaQuery, now: Millis) -> Answered<KafkaAnswer> {
        self.reachable()?;
        if let Some((_, failure)) = self.faults.queries.iter().find(|(one, _)| one == query) {
            return Err(failure.clone());
        }
        if self.anything_moves() && self.moved_at < now {
            let mut settled = self.clone();
            settled.settle_moves(now);
            return settled.told(query, now);
        }
        self.told(query, now)
    }

    fn told(&self, query: &KafkaQuery, now: Millis) -> Answered<KafkaAnswer> {
        Ok(match query {
            KafkaQuery::Cluster => KafkaAnswer::Cluster(self.cluster(now)),
            KafkaQuery::Topics => KafkaAnswer::Topics(self.topic_list(now)),
            KafkaQuery::Topic(name) => KafkaAnswer::Topic(self.one_topic(name, now)?),
            KafkaQuery::TopicConfig(name) => KafkaAnswer::TopicConfig(self.settings(name)?),
            KafkaQuery::Groups => KafkaAnswer::Groups(self.group_list(now)),
            KafkaQuery::Group(id) => KafkaAnswer::Group(self.one_group(id, now)?),
            KafkaQuery::Committed(id) => KafkaAnswer::Committed(self.committed(id, now)?),
            KafkaQuery::LogRanges(name) => KafkaAnswer::LogRanges(self.log_ranges(name, now)?),
            KafkaQuery::OffsetsAt(name, at) => KafkaAnswer::OffsetsAt(self.offsets_at(name, *at, now)?),
            KafkaQuery::Layout => KafkaAnswer::Layout(self.layout(now)),
            KafkaQuery::LogDirs => KafkaAnswer::LogDirs(self.log_dirs(now)?),
            KafkaQuery::Copies(of) => KafkaAnswer::Copies(self.copies_of(of, now)?),
            KafkaQuery::Reassignments => KafkaAnswer::Reassignments(self.may_describe(|| self.reassignments())?),
            KafkaQuery::BrokerConfig(id) => KafkaAnswer::BrokerConfig(self.broker_config(*id, now)?),
            KafkaQuery::Replication => KafkaAnswer::Replication(self.replication(now)?),
            KafkaQuery::Rates => KafkaAnswer::Rates(self.rates()),
            KafkaQuery::Readers(name) => KafkaAnswer::Readers(self.readers(name, now)?),
            KafkaQuery::AllReaders => KafkaAnswer::AllReaders(self.all_readers(now)?),
        })
    }

    fn reachable(&self) -> Answered<()> {
        if let Some(failure) = self.faults.trouble.as_ref().and_then(super::Trouble::failure) {
            return Err(failure);
        }
        let anybody = self.brokers.iter().any(|broker| broker.dead_since.is_none());
        if anybody { Ok(()) } else { Err(failed(FailureKind::Unreachable, "connection refused")) }
    }

    fn cluster(&self, now: Millis) -> KafkaCluster {
        let alive = self.brokers.iter().filter(|broker| !broker.is_fenced(now));
        let brokers: Vec<Broker> = alive.map(|broker| Broker { id: broker.id, rack: broker.rack.clone() }).collect();
        KafkaCluster {
            id: self.id.clone(),
            controller: self.brokers.iter().find(|broker| broker.dead_since.is_none()).map(|broker| broker.id),
            brokers,
            rights: self.access.told(&self.access.cluster),
        }
    }

    /// Topics that we may not describe are left out without a word, as the broker does.
    fn topic_list(&self, now: Millis) -> Vec<TopicOverview> {
        let allowed = |name: &TopicName| self.access.topics.allows(name.as_str(), Right::Describe);
        let seen = self.topics.iter().filter(|(name, _)| allowed(name));
        seen.map(|(name, topic)| self.overview(name, topic, now)).collect()
    }

    fn overview(&self, name: &TopicName, topic: &Topic, now: Millis) -> TopicOverview {
        let seen: Vec<_> =
            topic.partitions.iter().map(|partition| partition.seen(|broker| self.is_alive(broker, now))).collect();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        TopicOverview {
            name: name.clone(),
            internal: topic.internal,
            partitions: count(seen.len()),
            replicas: count(seen.iter().map(|partition| partition.replicas.len()).max().unwrap_or(0)),
            under_replicated: count(seen.iter().filter(|one| one.isr.len() < one.replicas.len()).count()),
            offline: count(seen.iter().filter(|one| one.leader.is_none()).count()),
        }
    }

    pub(super) fn one_topic(&self, name: &TopicName, now: Millis) -> Answered<Option<SeenTopic>> {
        self.may_describe_topic(name)?;
        Ok(self.topics.get(name).map(|topic| SeenTopic {
            id: topic.id.clone(),
            internal: topic.internal,
            partitions: topic.partitions.iter().map(|one| one.seen(|broker| self.is_alive(broker, now))).collect(),
            rights: self.access.told(self.access.topics.of(name.as_str())),
        }))
    }

    fn settings(&self, name: &TopicName) -> Answered<Vec<interlock::cluster::kafka::ConfigEntry>> {
        if !self.access.topics.allows(name.as_str(), Right::DescribeConfigs) {
            return Err(topic_denied());
        }
        Ok(self.known(name)?.settings())
    }

    fn group_list(&self, now: Millis) -> Vec<GroupOverview> {
        let allowed = |id: &GroupId| self.access.groups.allows(id.as_str(), Right::Describe);
        let seen = self.groups.iter().filter(|(id, _)| self.access.cluster.contains(&Right::Describe) || allowed(id));
        seen.map(|(id, group)| GroupOverview { id: id.clone(), kind: group.kind, state: group.state(now) }).collect()
    }

    fn one_group(&self, id: &GroupId, now: Millis) -> Answered<Option<Group>> {
        self.may_describe_group(id)?;
        self.coordinated(id, now)?;
        Ok(self.groups.get(id).map(|group| Group {
            kind: group.kind,
            state: group.state(now),
            protocol_type: group.protocol_type.clone(),
            members: group.seen(&self.topics, now),
            rights: self.access.told(self.access.groups.of(id.as_str())),
        }))
    }

    /// An unknown group has nothing committed; that is no error. Topics that we may not describe are left out.
    fn committed(&self, id: &GroupId, now: Millis) -> Answered<Vec<CommittedOffset>> {
        self.may_describe_group(id)?;
        self.coordinated(id, now)?;
        let offsets = self.groups.get(id).map(|group| group.committed(&self.topics, now)).unwrap_or_default();
        let seen = offsets.into_iter().filter(|(topic, _)| self.access.topics.allows(topic.as_str(), Right::Describe));
        let all = seen.flat_map(|(topic, of_topic)| {
            of_topic.into_iter().map(move |(partition, committed)| CommittedOffset {
                topic: topic.clone(),
                partition,
                committed,
            })
        });
        Ok(all.collect())
    }

    /// Of the groups that we may describe; others are left out without a word, as the list of groups leaves them out.
    fn readers(&self, name: &TopicName, now: Millis) -> Answered<Vec<Reader>> {
        let ids = self.groups.keys().filter(|id| self.access.groups.allows(id.as_str(), Right::Describe));
        let mut readers = Vec::new();
        for id in ids {
            let (group, committed) = (self.one_group(id, now)?, self.committed(id, now)?);
            readers.extend(Reader::of(name, id, group.as_ref(), &committed));
        }
        Ok(readers)
    }

    fn all_readers(&self, now: Millis) -> Answered<Vec<GroupReads>> {
        let ids = self.groups.keys().filter(|id| self.access.groups.allows(id.as_str(), Right::Describe));
        ids.map(|id| Ok(GroupReads::of(id, self.one_group(id, now)?.as_ref(), &self.committed(id, now)?))).collect()
    }

    fn log_ranges(&self, name: &TopicName, now: Millis) -> Answered<Vec<LogRange>> {
        let led = self.led(name, now)?;
        let range =
            |one: &TopicPartition| LogRange { partition: one.number, start: one.log.start(now), end: one.log.end(now) };
        Ok(led.into_iter().map(range).collect())
    }

    fn offsets_at(&self, name: &TopicName, at: Millis, now: Millis) -> Answered<Vec<OffsetAt>> {
        let led = self.led(name, now)?;
        let found = |one: &TopicPartition| OffsetAt { partition: one.number, offset: one.log.first_since(at, now) };
        Ok(led.into_iter().map(found).collect())
    }

    fn known(&self, name: &TopicName) -> Answered<&Topic> {
        let unknown = "3 UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.";
        self.topics.get(name).ok_or_else(|| failed(FailureKind::Refused, unknown))
    }

    /// The partitions of a topic that have a leader, which must answer. Those without are left out, as are those of a topic
    /// that does not exist: a plan that needs them says so.
    fn led(&self, name: &TopicName, now: Millis) -> Answered<Vec<&TopicPartition>> {
        self.may_describe_topic(name)?;
        let mut led = Vec::new();
        for partition in self.topics.get(name).into_iter().flat_map(|topic| &topic.partitions) {
            match partition.seen(|broker| self.is_alive(broker, now)).leader {
                Some(leader) if !self.answers(leader) => {
                    return Err(failed(FailureKind::Unreachable, "connection refused"));
                }
                Some(_) => led.push(partition),
                None => {}
            }
        }
        Ok(led)
    }

    /// Whether the coordinator of a group answers.
    pub(super) fn coordinated(&self, id: &GroupId, now: Millis) -> Answered<()> {
        match self.coordinator(id, now) {
            None => Err(failed(FailureKind::Refused, "15 COORDINATOR_NOT_AVAILABLE")),
            Some(broker) if !self.answers(broker) => Err(failed(FailureKind::Unreachable, "connection refused")),
            Some(_) => Ok(()),
        }
    }

    fn may_describe_topic(&self, name: &TopicName) -> Answered<()> {
        if self.access.topics.allows(name.as_str(), Right::Describe) { Ok(()) } else { Err(topic_denied()) }
    }

    fn may_describe_group(&self, id: &GroupId) -> Answered<()> {
        if self.access.groups.allows(id.as_str(), Right::Describe) { Ok(()) } else { Err(group_denied()) }
    }
}

pub(super) fn topic_denied() -> Failure {
    failed(FailureKind::Denied, "29 TOPIC_AUTHORIZATION_FAILED: Topic authorization failed.")
}

pub(super) fn group_denied() -> Failure {
    failed(FailureKind::Denied, "30 GROUP_AUTHORIZATION_FAILED: Group authorization failed.")
}
