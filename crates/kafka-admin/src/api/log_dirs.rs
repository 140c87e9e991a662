//! What lies on the brokers' disks, and in which directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use kafka_protocol::messages::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
use kafka_protocol::messages::describe_log_dirs_request::DescribableLogDirTopic;
use kafka_protocol::messages::describe_log_dirs_response::DescribeLogDirsResult;
use kafka_protocol::messages::{AlterReplicaLogDirsRequest, DescribeLogDirsRequest, TopicName};
use tokio::time::Instant;

use super::offsets::{PerPartition, held_back, settle};
use super::{PARTITIONS, common, text};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{TopicPartition, by_topic};
use crate::wire::call::Call;

/// A log directory of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogDir {
    /// Its path at the broker.
    pub path: String,
    /// The size of its volume in bytes; `None` before Kafka 3.3.
    pub total_bytes: Option<i64>,
    /// What is free of it in bytes; `None` before Kafka 3.3.
    pub usable_bytes: Option<i64>,
    /// The replicas in it.
    pub replicas: Vec<Replica>,
    /// What is wrong with it, such as KAFKA_STORAGE_ERROR.
    pub error: Option<ErrorCode>,
}

/// A replica on a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replica {
    /// Its partition.
    pub at: TopicPartition,
    /// Its size in bytes.
    pub bytes: i64,
    /// How many records it is behind: the leader's end, or for a future replica the present one.
    pub lag: i64,
    /// Whether it is a copy that will replace the replica in another directory of the same broker.
    pub future: bool,
}

impl Client {
    /// The log directories of these brokers, or of all live ones (DescribeLogDirs (35), KIP-113).
    ///
    /// # Errors
    /// When the brokers cannot be found; each broker has its own result beside it.
    pub async fn describe_log_dirs(&self, brokers: Option<&[i32]>) -> Result<BTreeMap<i32, Result<Vec<LogDir>>>> {
        let deadline = self.until();
        let brokers = match brokers {
            Some(brokers) => brokers.to_vec(),
            None => self.live_brokers(deadline).await?,
        };
        Ok(self.log_dirs_at(brokers, None, deadline).await)
    }

    /// The same with these partitions' replicas only, of these brokers.
    ///
    /// # Errors
    /// Each broker has its own result.
    pub async fn describe_replicas(
        &self,
        brokers: &[i32],
        partitions: &[TopicPartition],
    ) -> BTreeMap<i32, Result<Vec<LogDir>>> {
        self.log_dirs_at(brokers.to_vec(), Some(partitions.to_vec()), self.until()).await
    }

    async fn log_dirs_at(
        &self,
        brokers: Vec<i32>,
        of: Option<Vec<TopicPartition>>,
        deadline: Instant,
    ) -> BTreeMap<i32, Result<Vec<LogDir>>> {
        let of = Arc::new(of);
        let answers = self.side_by_side(brokers, move |client, broker| {
            let of = of.clone();
            async move { (broker, client.log_dirs_of(broker, of.as_deref(), deadline).await) }
        });
        answers.await.into_iter().collect()
    }

    /// Says in which of its directories a broker keeps replicas (AlterReplicaLogDirs (34), KIP-113). One that it has
    /// is copied there, which takes its time; one that it is yet to get will begin there, and the answer is
    /// REPLICA_NOT_AVAILABLE. Batches go one after the other, as in [`commit_offsets`](Self::commit_offsets).
    ///
    /// # Errors
    /// Each partition has its own result, such as LOG_DIR_NOT_FOUND.
    pub async fn alter_replica_log_dirs(
        &self,
        broker: i32,
        places: &BTreeMap<TopicPartition, String>,
    ) -> PerPartition<()> {
        let api = AlterReplicaLogDirsRequest::API.name;
        let all: Vec<_> = places.iter().collect();
        let mut results = PerPartition::new();
        let mut batches = all.chunks(PARTITIONS);
        let deadline = self.until();
        for batch in batches.by_ref() {
            let names: Vec<&TopicPartition> = batch.iter().map(|(at, _)| *at).collect();
            let outcome = self.place_batch(broker, batch, deadline).await;
            if !settle(&mut results, &names, outcome, api) {
                break;
            }
        }
        let rest = batches.flatten().map(|(at, _)| (*at).clone());
        results.extend(held_back(rest, &format!("broker {broker}"), api));
        results
    }

    async fn place_batch(
        &self,
        broker: i32,
        batch: &[(&TopicPartition, &String)],
        deadline: Instant,
    ) -> Result<Vec<(TopicPartition, Result<()>)>> {
        let api = AlterReplicaLogDirsRequest::API.name;
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |_| Ok(AlterReplicaLogDirsRequest::default().with_dirs(by_dir(batch))),
                |answer| {
                    let partitions = answer.results.iter().flat_map(|topic| &topic.partitions);
                    common(partitions.map(|partition| partition.error_code))
                },
            )
            .await?;
        let mut results = Vec::new();
        for topic in answer.results {
            for p in topic.partitions {
                let at = TopicPartition::new(topic.topic_name.as_str(), p.partition_index);
                results.push((at, Error::check(api, p.error_code, None)));
            }
        }
        Ok(results)
    }

    async fn log_dirs_of(&self, broker: i32, of: Option<&[TopicPartition]>, deadline: Instant) -> Result<Vec<LogDir>> {
        let api = DescribeLogDirsRequest::API.name;
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |_| Ok(DescribeLogDirsRequest::default().with_topics(of.map(asked))),
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(api, answer.error_code, None)?;
        // Before version 3 a missing right looks like a broker without directories.
        if answer.results.is_empty() {
            let code = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
            return Err(Error::of_code(api, code, None));
        }
        Ok(answer.results.into_iter().map(log_dir).collect())
    }
}

fn asked(partitions: &[TopicPartition]) -> Vec<DescribableLogDirTopic> {
    let topics = by_topic(partitions.iter().map(|at| (at, ()))).into_iter().map(|(name, partitions)| {
        DescribableLogDirTopic::default()
            .with_topic(TopicName(text(name)))
            .with_partitions(partitions.into_iter().map(|(id, ())| id).collect())
    });
    topics.collect()
}

fn by_dir(batch: &[(&TopicPartition, &String)]) -> Vec<AlterReplicaLogDir> {
    let mut dirs: BTreeMap<&str, Vec<&TopicPartition>> = BTreeMap::new();
    for (at, path) in batch {
        dirs.entry(path).or_default().push(at);
    }
    let dir = |(path, partitions): (&str, Vec<&TopicPartition>)| {
        let topics = by_topic(partitions.into_iter().map(|at| (at, ()))).into_iter().map(|(name, partitions)| {
            AlterReplicaLogDirTopic::default()
                .with_name(TopicName(text(name)))
                .with_partitions(partitions.into_iter().map(|(id, ())| id).collect())
        });
        AlterReplicaLogDir::default().with_path(text(path)).with_topics(topics.collect())
    };
    dirs.into_iter().map(dir).collect()
}

fn log_dir(found: DescribeLogDirsResult) -> LogDir {
    let known = |bytes: i64| (bytes >= 0).then_some(bytes);
    let mut replicas = Vec::new();
    for topic in found.topics {
        for partition in topic.partitions {
            replicas.push(Replica {
                at: TopicPartition::new(topic.name.as_str(), partition.partition_index),
                bytes: partition.partition_size,
                lag: partition.offset_lag,
                future: partition.is_future_key,
            });
        }
    }
    LogDir {
        path: found.log_dir.to_string(),
        total_bytes: known(found.total_bytes),
        usable_bytes: known(found.usable_bytes),
        replicas,
        error: ErrorCode::of(found.error_code),
    }
}
