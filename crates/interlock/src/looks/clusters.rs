//! `/clusters`: what clusters there are, and whether they answer.

use super::{LookAnswer, Part};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::{Cluster, ClusterKind, Failure, FailureKind, Look, Looker, Mode, Query, Sections, Tier};
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
    pub counts: Part<ClusterCounts>,
}

/// A cluster in numbers.
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
pub fn queries() -> BTreeSet<Query> {
    [KafkaQuery::Cluster, KafkaQuery::Topics].into_iter().map(Query::Kafka).collect()
}

/// The list, from what was seen of each cluster with [`queries`]. A cluster that was not asked counts as unreachable.
#[must_use]
pub fn answer(seen: &[(Cluster, Sections)]) -> LookAnswer {
    let clusters = seen.iter().map(|(cluster, sections)| line(cluster, sections)).collect();
    LookAnswer::Clusters(ClustersLook { clusters })
}

fn line(cluster: &Cluster, sections: &Sections) -> ClusterLine {
    ClusterLine {
        name: cluster.name.clone(),
        kind: cluster.kind,
        tier: cluster.tier,
        domain: cluster.domain.clone(),
        mode: cluster.mode,
        counts: match counts(sections) {
            Ok(counts) => Part::Known(counts),
            Err(failure) => Part::Unknown(failure),
        },
    }
}

fn counts(sections: &Sections) -> Result<ClusterCounts, Failure> {
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
