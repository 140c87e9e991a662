//! Values of the moment that a step writes into the journal.

use super::layout_probe::known;
use super::rocketmq_expectation::{offsets_by_queue, told_by_all};
use super::rocketmq_rule::QueuesOf;
use super::step::Capture;
use super::{Captured, OffsetExpected, QueueOffset};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::rocketmq::RocketmqQuery;
use crate::cluster::{Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use std::collections::BTreeSet;

impl Capture {
    /// What has to be seen for it.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        BTreeSet::from([match self {
            Self::KafkaCommitted { group, .. } => Query::Kafka(KafkaQuery::Committed(group.clone())),
            Self::RocketmqOffsets { group, .. } => Query::Rocketmq(RocketmqQuery::Committed(group.clone())),
        }])
    }

    /// What stands there, absent values as absent.
    ///
    /// # Errors
    /// Why it cannot be told: a look failed, or a master said nothing.
    pub fn read(&self, sections: &Sections) -> Result<Captured, Facts> {
        let mut looker = Looker::new(sections);
        match self {
            Self::KafkaCommitted { group, partitions } => kafka(group, partitions, &mut looker),
            Self::RocketmqOffsets { group, queues } => rocketmq(group, queues, &mut looker),
        }
    }
}

fn kafka(group: &GroupId, partitions: &[(TopicName, Vec<i32>)], looker: &mut Looker<'_>) -> Result<Captured, Facts> {
    let committed = known(looker.kafka_committed(group))?;
    let wanted = partitions.iter().flat_map(|(topic, list)| list.iter().map(move |partition| (topic, *partition)));
    let found = |topic: &TopicName, partition: i32| {
        let one = committed.iter().find(|one| one.topic == *topic && one.partition == partition);
        one.map(|one| one.committed.clone())
    };
    let offset = |(topic, partition): (&TopicName, i32)| OffsetExpected {
        topic: topic.clone(),
        partition,
        committed: found(topic, partition),
    };
    Ok(Captured { offsets: wanted.map(offset).collect(), queues: Vec::new() })
}

fn rocketmq(group: &GroupId, queues: &[QueuesOf], looker: &mut Looker<'_>) -> Result<Captured, Facts> {
    let found = known(looker.rocketmq_committed(group))?;
    told_by_all(queues.iter().map(|of| &of.broker), found)?;
    let index = offsets_by_queue(found);
    let places = queues.iter().flat_map(|of| of.queues.iter().map(move |queue| (&of.topic, &of.broker, *queue)));
    let offset = |(topic, broker, queue): (&TopicName, &crate::id::BrokerName, u32)| QueueOffset {
        topic: topic.clone(),
        broker: broker.clone(),
        queue,
        offset: index.get(&(topic, broker, queue)).copied(),
    };
    Ok(Captured { offsets: Vec::new(), queues: places.map(offset).collect() })
}
