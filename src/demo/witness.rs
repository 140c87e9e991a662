//! Witnesses: who else can tell what is committed, and how a cluster is laid out.

use super::growth::{Replicas, Surveyor, Throttles};
use super::told::{Committed, Witness};
use engine::port::{Boxed, Clusters, Observe};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, KafkaQuery, LEADER_LIST, LEADER_RATE};
use interlock::cluster::{Look, Looker, Query, Sections};
use interlock::id::{ClusterName, GroupId};
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
            let group: GroupId = group.parse().map_err(|error| format!("{group} {error}"))?;
            let sections = self.look(KafkaQuery::Committed(group.clone())).await?;
            let found = told(Looker::new(&sections).kafka_committed(&group))?;
            Ok(found.iter().map(|one| ((one.topic.to_string(), one.partition), one.committed.offset)).collect())
        })
    }
}

impl Books {
    async fn look(&self, query: KafkaQuery) -> Result<Sections, String> {
        let cluster = self.fleet.get(&self.cluster).ok_or("no such cluster")?;
        Ok(Observe::observe(cluster.as_ref(), &BTreeSet::from([Query::Kafka(query)])).await)
    }
}

fn told<T>(look: Look<'_, T>) -> Result<&T, String> {
    match look {
        Look::Seen(found) => Ok(found),
        Look::Failed(failure) => Err(failure.said.clone()),
        Look::Ask => Err("not asked".to_owned()),
    }
}

impl Surveyor for Books {
    fn replicas<'a>(&'a self, topics: &'a [&'a str]) -> Boxed<'a, Result<Replicas, String>> {
        Box::pin(async move {
            let sections = self.look(KafkaQuery::Layout).await?;
            let layout = told(Looker::new(&sections).kafka_layout())?;
            let meant = layout.iter().filter(|one| topics.contains(&one.name.as_str()));
            let all = meant.flat_map(|one| one.topic.partitions.iter().map(move |found| (one.name.to_string(), found)));
            Ok(all.map(|(name, found)| ((name, found.partition), found.replicas.clone())).collect())
        })
    }

    fn throttles(&self) -> Boxed<'_, Result<Throttles, String>> {
        Box::pin(async move {
            let sections = self.look(KafkaQuery::Replication).await?;
            let found = told(Looker::new(&sections).kafka_replication())?;
            let set = |on: String, key: &str, value: &Option<String>| {
                value.as_ref().map(|value| (format!("{key} of {on}"), value.clone()))
            };
            let brokers = found.brokers.iter().flat_map(|one| {
                let on = || format!("broker {}", one.id);
                [set(on(), LEADER_RATE, &one.leader_rate), set(on(), FOLLOWER_RATE, &one.follower_rate)]
            });
            let topics = found.topics.iter().flat_map(|one| {
                let on = || format!("topic {}", one.name);
                [set(on(), LEADER_LIST, &one.leaders), set(on(), FOLLOWER_LIST, &one.followers)]
            });
            Ok(brokers.chain(topics).flatten().collect())
        })
    }
}
