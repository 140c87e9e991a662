//! The directory: names in memory for completion, refreshed from time to time.

use super::handle::Desk;
use crate::store::{Filter, Page, Which};
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::{ClusterKind, Look, Looker, Query};
use interlock::command::{ClusterNames, Directory, OpenOperation};
use std::collections::{BTreeMap, BTreeSet};

/// The most operations kept for completion.
const MOST_OPERATIONS: u32 = 100;

impl Desk {
    /// Looks at all clusters for their names once. A cluster that does not answer keeps the names it had.
    pub async fn refresh_directory(&self) {
        let before = self.rooms.directory();
        let mut clusters = BTreeMap::new();
        for cluster in self.rooms.policy.clusters.values() {
            let had = before.clusters.get(&cluster.name).cloned().unwrap_or_default();
            let names = match cluster.kind {
                ClusterKind::Kafka => self.kafka_names(&cluster.name, had).await,
                ClusterKind::Rocketmq => self.rocketmq_names(&cluster.name, had).await,
            };
            clusters.insert(cluster.name.clone(), names);
        }
        let operations = self.open_operations().await.unwrap_or_else(|| before.operations.clone());
        self.rooms.put_directory(Directory { clusters, operations });
    }

    async fn kafka_names(&self, name: &interlock::id::ClusterName, had: ClusterNames) -> ClusterNames {
        let Some(backend) = self.rooms.backends.get(name) else { return had };
        let queries = BTreeSet::from([KafkaQuery::Cluster, KafkaQuery::Topics, KafkaQuery::Groups].map(Query::Kafka));
        let sections = backend.observe(&queries).await;
        let mut looker = Looker::new(&sections);
        let (Look::Seen(topics), Look::Seen(groups)) = (looker.kafka_topics(), looker.kafka_groups()) else {
            return had;
        };
        let brokers = match looker.kafka_cluster() {
            Look::Seen(cluster) => {
                cluster.brokers.iter().filter_map(|broker| broker.id.to_string().parse().ok()).collect()
            }
            Look::Ask | Look::Failed(_) => had.brokers,
        };
        ClusterNames {
            brokers,
            seen_at: Some(self.rooms.clock.now()),
            topics: topics.iter().map(|topic| topic.name.clone()).collect(),
            groups: groups.iter().map(|group| group.id.clone()).collect(),
        }
    }

    /// What masters that are silent now have keeps its names.
    async fn rocketmq_names(&self, name: &interlock::id::ClusterName, had: ClusterNames) -> ClusterNames {
        let Some(backend) = self.rooms.backends.get(name) else { return had };
        let queries = [RocketmqQuery::Cluster, RocketmqQuery::Topics, RocketmqQuery::Groups].map(Query::Rocketmq);
        let sections = backend.observe(&BTreeSet::from(queries)).await;
        let mut looker = Looker::new(&sections);
        let (cluster, topics, groups) = (looker.rocketmq_cluster(), looker.rocketmq_topics(), looker.rocketmq_groups());
        let (Look::Seen(cluster), Look::Seen(topics), Look::Seen(groups)) = (cluster, topics, groups) else {
            return had;
        };
        let mut names = ClusterNames {
            seen_at: Some(self.rooms.clock.now()),
            topics: topics.seen.iter().map(|topic| topic.name.clone()).collect(),
            groups: groups.seen.iter().map(|group| group.id.clone()).collect(),
            brokers: cluster.brokers.iter().map(|broker| broker.name.clone()).collect(),
        };
        if !topics.is_whole() {
            names.topics.extend(had.topics);
        }
        if !groups.is_whole() {
            names.groups.extend(had.groups);
        }
        names
    }

    async fn open_operations(&self) -> Option<Vec<OpenOperation>> {
        let filter = Filter { which: Which::Open, ..Filter::default() };
        let page = Page { before: None, limit: MOST_OPERATIONS };
        let mut open = Vec::new();
        for listed in self.rooms.store.outlined(&filter, page).await.ok()? {
            let operation = listed.operation;
            let Some(plan) = self.rooms.outline(&operation, listed.about).await.ok().flatten() else { continue };
            let impact = &plan.plan().impact;
            open.push(OpenOperation {
                names: impact.topics.iter().chain(&impact.groups).cloned().collect(),
                id: operation.id,
                command: operation.command,
                cluster: operation.cluster,
                digest: operation.digest,
            });
        }
        Some(open)
    }
}
