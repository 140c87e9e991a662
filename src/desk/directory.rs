//! The directory: names in memory for completion, refreshed from time to time.

use super::handle::Desk;
use crate::store::{Filter, Page, Which};
use engine::port::Journal;
use interlock::cluster::kafka::KafkaQuery;
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
                ClusterKind::Rocketmq => had,
            };
            clusters.insert(cluster.name.clone(), names);
        }
        let operations = self.open_operations().await.unwrap_or_else(|| before.operations.clone());
        self.rooms.put_directory(Directory { clusters, operations });
    }

    async fn kafka_names(&self, name: &interlock::id::ClusterName, had: ClusterNames) -> ClusterNames {
        let Some(backend) = self.rooms.backends.get(name) else { return had };
        let queries = BTreeSet::from([KafkaQuery::Topics, KafkaQuery::Groups].map(Query::Kafka));
        let sections = backend.observe(&queries).await;
        let mut looker = Looker::new(&sections);
        let (Look::Seen(topics), Look::Seen(groups)) = (looker.kafka_topics(), looker.kafka_groups()) else {
            return had;
        };
        ClusterNames {
            seen_at: Some(self.rooms.clock.now()),
            topics: topics.iter().map(|topic| topic.name.clone()).collect(),
            groups: groups.iter().map(|group| group.id.clone()).collect(),
        }
    }

    async fn open_operations(&self) -> Option<Vec<OpenOperation>> {
        let filter = Filter { which: Which::Open, ..Filter::default() };
        let page = Page { before: None, limit: MOST_OPERATIONS };
        let mut open = Vec::new();
        for listed in self.rooms.store.operations(&filter, page).await.ok()? {
            let operation = listed.operation;
            let Ok(plan) = self.rooms.store.plan(&operation).await else { continue };
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
