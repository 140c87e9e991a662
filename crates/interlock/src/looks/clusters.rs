//! `/clusters`: what clusters there are, and whether they answer.

use super::{LookAnswer, Part};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::rocketmq::{RocketmqQuery, TopicKind};
use crate::cluster::{Cluster, ClusterKind, Failure, FailureKind, Look, Looker, Mode, Query, Sections, Tier};
use crate::freeze::Freeze;
use crate::id::ClusterName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Every cluster in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClustersLook {
    /// One line a cluster, in the order given.
    pub clusters: Vec<ClusterLine>,
}

/// One cluster in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterLine {
    /// Its name.
    pub name: ClusterName,
    /// Its kind.
    pub kind: ClusterKind,
    /// Its tier.
    pub tier: Tier,
    /// Its business domain; may be empty.
    pub domain: String,
    /// Whether it may be changed.
    pub mode: Mode,
    /// What was seen of it.
    pub counts: Part<Counts>,
    /// The freezes that stop changes of it.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

/// A cluster in numbers, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Of a Kafka cluster.
    Kafka(ClusterCounts),
    /// Of a RocketMQ cluster.
    Rocketmq(RocketmqCounts),
}

impl Counts {
    /// Whether nothing is wrong as far as these numbers tell.
    #[must_use]
    pub fn is_well(&self) -> bool {
        match self {
            Self::Kafka(counts) => counts.offline + counts.under_replicated == 0,
            Self::Rocketmq(counts) => counts.without_master + counts.silent == 0,
        }
    }
}

/// A RocketMQ cluster in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RocketmqCounts {
    /// Brokers that a NameServer knows.
    pub brokers: u64,
    /// Those among them whose master is not there or does not answer: their topics can at most be read.
    pub without_master: u64,
    /// NameServers and slaves that do not answer.
    pub silent: u64,
    /// Topics, RocketMQ's own and those of groups not counted.
    pub topics: u64,
}

/// A Kafka cluster in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClusterCounts {
    /// Live brokers.
    pub brokers: u64,
    /// Topics, Kafka's own not counted.
    pub topics: u64,
    /// Partitions without a leader.
    pub offline: u64,
    /// Partitions with fewer in-sync replicas than replicas.
    pub under_replicated: u64,
}

/// What has to be seen of each cluster.
#[must_use]
pub fn queries(kind: ClusterKind) -> BTreeSet<Query> {
    match kind {
        ClusterKind::Kafka => [KafkaQuery::Cluster, KafkaQuery::Topics].into_iter().map(Query::Kafka).collect(),
        ClusterKind::Rocketmq => {
            [RocketmqQuery::Cluster, RocketmqQuery::Topics].into_iter().map(Query::Rocketmq).collect()
        }
    }
}

/// What is told of one cluster.
#[derive(Debug, Clone)]
pub struct SeenCluster {
    /// The cluster.
    pub cluster: Cluster,
    /// What was seen of it with [`queries`].
    pub sections: Sections,
    /// The freezes that stop changes of it.
    pub freezes: Vec<Freeze>,
}

/// The list. A cluster that was not asked counts as unreachable.
#[must_use]
pub fn answer(seen: &[SeenCluster]) -> LookAnswer {
    LookAnswer::Clusters(ClustersLook { clusters: seen.iter().map(line).collect() })
}

fn line(seen: &SeenCluster) -> ClusterLine {
    let SeenCluster { cluster, sections, freezes } = seen;
    ClusterLine {
        name: cluster.name.clone(),
        kind: cluster.kind,
        tier: cluster.tier,
        domain: cluster.domain.clone(),
        mode: cluster.mode,
        counts: match counts(cluster.kind, sections) {
            Ok(counts) => Part::Known(counts),
            Err(failure) => Part::Unknown(failure),
        },
        freezes: freezes.to_vec(),
    }
}

fn counts(kind: ClusterKind, sections: &Sections) -> Result<Counts, Failure> {
    match kind {
        ClusterKind::Kafka => of_kafka(sections).map(Counts::Kafka),
        ClusterKind::Rocketmq => of_rocketmq(sections).map(Counts::Rocketmq),
    }
}

fn of_rocketmq(sections: &Sections) -> Result<RocketmqCounts, Failure> {
    let mut looker = Looker::new(sections);
    let (cluster, topics) = (seen(looker.rocketmq_cluster())?, seen(looker.rocketmq_topics())?);
    let leads = |broker: &&crate::cluster::rocketmq::BrokerSet| {
        broker.master().is_some_and(|master| master.said.answer().is_some())
    };
    let slaves = cluster.brokers.iter().flat_map(|broker| broker.slaves());
    let slaves = slaves.filter(|slave| slave.said.answer().is_none()).count();
    let servers = cluster.name_servers.iter().filter(|server| server.said.answer().is_none()).count();
    Ok(RocketmqCounts {
        brokers: cluster.brokers.len() as u64,
        without_master: (cluster.brokers.len() - cluster.brokers.iter().filter(leads).count()) as u64,
        silent: (slaves + servers) as u64,
        topics: topics.seen.iter().filter(|topic| topic.kind == TopicKind::Ordinary).count() as u64,
    })
}

fn of_kafka(sections: &Sections) -> Result<ClusterCounts, Failure> {
    let mut looker = Looker::new(sections);
    let brokers = seen(looker.kafka_cluster())?.brokers.len();
    let topics = seen(looker.kafka_topics())?;
    Ok(ClusterCounts {
        brokers: brokers as u64,
        topics: topics.iter().filter(|topic| !topic.internal).count() as u64,
        offline: topics.iter().map(|topic| u64::from(topic.offline)).sum(),
        under_replicated: topics.iter().map(|topic| u64::from(topic.under_replicated)).sum(),
    })
}

fn seen<T: ?Sized>(look: Look<'_, T>) -> Result<&T, Failure> {
    match look {
        Look::Seen(value) => Ok(value),
        Look::Failed(failure) => Err(failure.clone()),
        Look::Ask => Err(Failure { kind: FailureKind::Unreachable, said: "not asked".to_owned() }),
    }
}
