//! What a cluster answers about where its data lies.

use super::fault::failed;
use super::topic::TopicPartition;
use super::{BrokerState, Kafka, RECORD_BYTES};
use interlock::cluster::kafka::{
    BrokerDirs, BrokerReplication, ConfigEntry, CopiesOf, FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE,
    LogDir, NamedTopic, PartitionRate, Rates, Replication, Right, StoredReplica, TopicReplication,
};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::TopicName;
use interlock::time::Millis;

type Answered<T> = Result<T, Failure>;

impl Kafka {
    pub(super) fn layout(&self, now: Millis) -> Vec<NamedTopic> {
        let seen = self.topics.keys().filter_map(|name| Some((name, self.one_topic(name, now).ok()??)));
        seen.map(|(name, topic)| NamedTopic { name: name.clone(), topic }).collect()
    }

    /// What the cluster tells of itself to whoever may describe it.
    pub(super) fn may_describe<T>(&self, look: impl FnOnce() -> T) -> Answered<T> {
        if self.access.cluster.contains(&Right::Describe) { Ok(look()) } else { Err(cluster_denied()) }
    }

    pub(super) fn log_dirs(&self, now: Millis) -> Answered<Vec<BrokerDirs>> {
        let alive = self.brokers.iter().filter(|broker| !broker.is_fenced(now));
        self.may_describe(|| alive.map(|broker| self.dirs_of(broker, now)).collect())
    }

    pub(super) fn copies_of(&self, of: &CopiesOf, now: Millis) -> Answered<Vec<BrokerDirs>> {
        let mut all = self.log_dirs(now)?;
        all.retain(|broker| of.brokers.contains(&broker.broker));
        for dir in all.iter_mut().flat_map(|broker| &mut broker.dirs).flatten() {
            dir.replicas.retain(|found| of.has(&found.topic, found.partition));
        }
        Ok(all)
    }

    fn dirs_of(&self, broker: &BrokerState, now: Millis) -> BrokerDirs {
        let stored = |(name, one): (&TopicName, &TopicPartition)| {
            let copied = one.moving.as_ref().and_then(|moving| moving.copied.get(&broker.id)).copied();
            let whole = one.replicas.contains(&broker.id).then(|| one.bytes(now));
            let bytes = whole.or(copied)?;
            Some(StoredReplica { topic: name.clone(), partition: one.number, bytes, future: false })
        };
        let all = self.topics.iter().flat_map(|(name, topic)| topic.partitions.iter().map(move |one| (name, one)));
        let mut replicas: Vec<Vec<StoredReplica>> = vec![Vec::new(); broker.disks.len()];
        for (name, one) in all {
            let dir = one.dirs.get(&broker.id).copied().unwrap_or_default();
            if let (Some(dir), Some(found)) = (replicas.get_mut(dir), stored((name, one))) {
                dir.push(found);
            }
        }
        let dir = |((path, size), replicas): ((String, u64), Vec<StoredReplica>)| {
            let used: u64 = replicas.iter().map(|replica| replica.bytes).sum();
            let (total_bytes, usable_bytes) = (Some(size), Some(size.saturating_sub(used)));
            LogDir { path, failed: false, cordoned: false, total_bytes, usable_bytes, replicas }
        };
        let dirs = || broker.dirs().zip(replicas).map(dir).collect();
        BrokerDirs { broker: broker.id, dirs: broker.dead_since.is_none().then(dirs) }
    }

    /// A broker that just died does not answer, though the others do not know it yet.
    pub(super) fn broker_config(&self, id: i32, now: Millis) -> Answered<Option<Vec<ConfigEntry>>> {
        if !self.access.cluster.contains(&Right::DescribeConfigs) {
            return Err(cluster_denied());
        }
        let Some(broker) = self.brokers.iter().find(|broker| broker.id == id && !broker.is_fenced(now)) else {
            return Ok(None);
        };
        if broker.dead_since.is_some() {
            return Err(failed(FailureKind::Unreachable, "connection refused"));
        }
        let entry = |(key, value): (&String, &String)| ConfigEntry { key: key.clone(), value: Some(value.clone()) };
        Ok(Some(broker.config.iter().map(entry).collect()))
    }

    pub(super) fn replication(&self, now: Millis) -> Answered<Replication> {
        if !self.access.cluster.contains(&Right::DescribeConfigs) {
            return Err(cluster_denied());
        }
        let allowed = |name: &TopicName| self.access.topics.allows(name.as_str(), Right::DescribeConfigs);
        let topics = self.topics.iter().filter(|(name, _)| allowed(name)).map(|(name, topic)| TopicReplication {
            name: name.clone(),
            min_isr: topic.config("min.insync.replicas").and_then(|value| value.parse().ok()).unwrap_or(1),
            leaders: topic.config(LEADER_LIST).map(str::to_owned),
            followers: topic.config(FOLLOWER_LIST).map(str::to_owned),
        });
        let alive = self.brokers.iter().filter(|broker| !broker.is_fenced(now));
        let brokers = alive.map(|broker| BrokerReplication {
            id: broker.id,
            leader_rate: broker.config.get(LEADER_RATE).cloned(),
            follower_rate: broker.config.get(FOLLOWER_RATE).cloned(),
        });
        let controllers = self.controllers.clone();
        Ok(Replication { topics: topics.collect(), brokers: brokers.collect(), controllers })
    }

    pub(super) fn rates(&self) -> Rates {
        let all = self.topics.iter().flat_map(|(name, topic)| topic.partitions.iter().map(move |one| (name, one)));
        let rate = |(name, one): (&TopicName, &TopicPartition)| PartitionRate {
            topic: name.clone(),
            partition: one.number,
            bytes_per_second: one.log.rate() * RECORD_BYTES / 3_600,
        };
        Rates { window_ms: 10_000, partitions: all.map(rate).collect() }
    }
}

pub(super) fn cluster_denied() -> Failure {
    failed(FailureKind::Denied, "31 CLUSTER_AUTHORIZATION_FAILED: Cluster authorization failed.")
}
