//! Witnesses: who else can tell what is committed.

use super::told::{Committed, Witness};
use engine::port::{Boxed, Clusters, Observe};
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::{Look, Looker, Query};
use interlock::id::ClusterName;
use std::collections::BTreeSet;

/// The simulated broker's own books.
pub struct Books {
    /// The fleet.
    pub fleet: Clusters,
    /// The cluster.
    pub cluster: ClusterName,
}

impl Witness for Books {
    fn committed<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Committed, String>> {
        Box::pin(async move {
            let cluster = self.fleet.get(&self.cluster).ok_or("no such cluster")?;
            let group = group.parse().map_err(|error| format!("{group} {error}"))?;
            let queries = BTreeSet::from([Query::Kafka(KafkaQuery::Committed(group))]);
            let sections = Observe::observe(cluster.as_ref(), &queries).await;
            let Some(Query::Kafka(KafkaQuery::Committed(group))) = queries.first() else {
                return Err("no query".into());
            };
            match Looker::new(&sections).kafka_committed(group) {
                Look::Seen(found) => {
                    Ok(found.iter().map(|one| ((one.topic.to_string(), one.partition), one.committed.offset)).collect())
                }
                Look::Failed(failure) => Err(failure.said.clone()),
                Look::Ask => Err("not asked".to_owned()),
            }
        })
    }
}
