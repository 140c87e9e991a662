//! How a real cluster is laid out, as Kafka's own AdminClient tells it.

use crate::lab::{KafkaJudge, MoveCluster};
use engine::port::Boxed;
use signalbox::demo::{Replicas, Surveyor, Throttles};

/// Kafka's AdminClient as the story's surveyor.
pub struct Surveyed(pub KafkaJudge);

impl Surveyor for Surveyed {
    fn replicas<'a>(&'a self, topics: &'a [&'a str]) -> Boxed<'a, Result<Replicas, String>> {
        Box::pin(async move {
            let mut found = Replicas::new();
            for topic in topics {
                let seen = self.0.topic(topic).await.map_err(|error| error.to_string())?;
                let all = seen.partitions.into_iter();
                found.extend(all.map(|one| (((*topic).to_owned(), one.partition), one.replicas)));
            }
            Ok(found)
        })
    }

    fn throttles(&self) -> Boxed<'_, Result<Throttles, String>> {
        Box::pin(async {
            let brokers = MoveCluster::BROKERS.map(|id| ("broker", id.to_string()));
            let topics = self.0.topics().await.map_err(|error| error.to_string())?;
            let topics = topics.into_iter().map(|name| ("topic", name));
            let mut found = Throttles::new();
            for (kind, name) in brokers.into_iter().chain(topics) {
                let set = self.0.configs(kind, &name).await.map_err(|error| error.to_string())?;
                let throttles = set.into_iter().filter(|(key, _)| key.contains(".replication.throttled."));
                found.extend(throttles.map(|(key, value)| (format!("{key} of {kind} {name}"), value)));
            }
            Ok(found)
        })
    }
}
