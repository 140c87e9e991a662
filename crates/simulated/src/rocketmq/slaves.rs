//! What slaves have of topics' settings: their master's, and what was set at a slave of 5.x itself until it synchronizes again.

use super::Rocketmq;
use super::look::topic_at;
use super::topic::TopicState;
use crate::home::FleetError;
use interlock::cluster::rocketmq::{MASTER, Perm, Queues, Said, SlaveCopies, TopicAt};
use interlock::id::{BrokerName, TopicName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};

/// `SlaveSynchronize` of 5.x takes over the master's topics so often, in milliseconds.
const SYNC_MS: i64 = 60_000;

/// A topic as it was set at a slave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OwnTopic {
    queues: Queues,
    perm: Perm,
    /// When the master's settings are taken over again.
    until: Millis,
}

impl Rocketmq {
    /// A slave of 4.9 refuses it. One of 5.x answers success, and forgets it with its next synchronization.
    pub(super) fn set_at_slave(
        &mut self,
        (broker, id): (&BrokerName, u64),
        topic: &TopicName,
        (queues, perm): (Queues, Perm),
        now: Millis,
    ) -> Result<(), FleetError> {
        let refuses = self.version.starts_with("4.");
        let slave = self.process(broker, id)?;
        if refuses {
            return Err(FleetError::NoSuch("master there".to_owned()));
        }
        let until = Millis(now.0 - now.0.rem_euclid(SYNC_MS) + SYNC_MS);
        slave.own_topics.insert(topic.clone(), OwnTopic { queues, perm, until });
        Ok(())
    }

    /// What every slave that is there has of one topic, or of all.
    pub(super) fn copies(&self, of: Option<&TopicName>, now: Millis) -> Vec<SlaveCopies> {
        let brokers = self.registered_somewhere();
        let slaves = brokers.flat_map(|(name, broker)| broker.processes.keys().map(move |id| (name, *id)));
        let slaves = slaves.filter(|(name, id)| *id != MASTER && self.is_there(name, *id));
        let of_slave = |(broker, id): (&BrokerName, u64)| SlaveCopies {
            broker: broker.clone(),
            id,
            topics: Said::Answer(self.copied((broker, id), of, now)),
        };
        slaves.map(of_slave).collect()
    }

    fn is_there(&self, broker: &BrokerName, id: u64) -> bool {
        self.brokers.get(broker).and_then(|broker| broker.processes.get(&id)).is_some_and(|process| !process.dead)
    }

    fn copied(&self, slave: (&BrokerName, u64), of: Option<&TopicName>, now: Millis) -> Vec<(TopicName, TopicAt)> {
        let asked = self.topics.iter().filter(|(name, _)| of.is_none_or(|of| of == *name));
        asked.filter_map(|(name, topic)| Some((name.clone(), self.copy(slave, (name, topic), now)?))).collect()
    }

    fn copy(
        &self,
        (broker, id): (&BrokerName, u64),
        (name, topic): (&TopicName, &TopicState),
        now: Millis,
    ) -> Option<TopicAt> {
        let masters = topic_at(broker, topic.at.get(broker)?);
        let own = self.brokers.get(broker)?.processes.get(&id)?.own_topics.get(name).filter(|own| now < own.until);
        Some(own.map_or(masters.clone(), |own| TopicAt {
            read: own.queues.read,
            write: own.queues.write,
            perm: own.perm,
            ..masters
        }))
    }
}
