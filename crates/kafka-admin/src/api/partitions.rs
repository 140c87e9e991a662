//! More partitions, fewer records.

use std::collections::{BTreeMap, HashMap};

use kafka_protocol::messages::create_partitions_request::{CreatePartitionsAssignment, CreatePartitionsTopic};
use kafka_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kafka_protocol::messages::{BrokerId, CreatePartitionsRequest, DeleteRecordsRequest, TopicName};
use tokio::time::Instant;

use super::offsets::PerPartition;
use super::topic_changes::{PerTopic, per_topic};
use super::{PARTITIONS, common, said, server_timeout, text, unanswered};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{TopicPartition, by_topic};
use crate::wire::call::{Call, Effect};

/// How many partitions a topic shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPartitions {
    /// The new count; it cannot be lower than the present one.
    pub count: i32,
    /// The brokers of each added partition, the preferred leader first; `None` lets the controller place them.
    pub assigned: Option<Vec<Vec<i32>>>,
}

impl Client {
    /// Adds partitions to topics (CreatePartitions). There is no way back; keys go to other
    /// partitions afterwards. `validate_only` changes nothing.
    ///
    /// # Errors
    /// Each topic has its own result, such as INVALID_PARTITIONS with the present count.
    pub async fn create_partitions(
        &self,
        topics: &BTreeMap<String, NewPartitions>,
        validate_only: bool,
    ) -> PerTopic<()> {
        let api = CreatePartitionsRequest::API.name;
        let deadline = self.until();
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |_| {
                    Ok(CreatePartitionsRequest::default()
                        .with_topics(topics.iter().map(wider).collect())
                        .with_timeout_ms(server_timeout(deadline))
                        .with_validate_only(validate_only))
                },
                |answer| common(answer.results.iter().map(|topic| topic.error_code)),
            )
            .await;
        let answers = answer.map(|answer| {
            let each = answer.results.into_iter().map(|topic| {
                let message = said(topic.error_message);
                let checked = Error::check(api, topic.error_code, message);
                (topic.name.to_string(), checked)
            });
            each.collect()
        });
        per_topic(api, topics.keys().map(String::as_str), answers)
    }

    /// Deletes the records before an offset; −1 stands for the high watermark (DeleteRecords,
    /// KIP-107). The result is the new log start offset. There is no way back. A partition whose
    /// leader moved in between answers NOT_LEADER_OR_FOLLOWER, and one that left the broker
    /// UNKNOWN_TOPIC_OR_PARTITION; the records may be deleted nevertheless.
    ///
    /// # Errors
    /// When the leaders cannot be found; each partition has its own result beside it.
    pub async fn delete_records(&self, before: &BTreeMap<TopicPartition, i64>) -> Result<PerPartition<i64>> {
        let deadline = self.until();
        let api = DeleteRecordsRequest::API.name;
        let partitions: Vec<TopicPartition> = before.keys().cloned().collect();
        let (leaders, lost) = self.on_way_of(Effect::Change).leaders(&partitions, api, deadline).await?;
        let mut brokers: BTreeMap<i32, Vec<(TopicPartition, i64)>> = BTreeMap::new();
        for (at, leader) in leaders {
            let Some(offset) = before.get(&at) else {
                continue;
            };
            brokers.entry(leader).or_default().push((at, *offset));
        }
        let batches = brokers.into_iter().flat_map(|(leader, all)| {
            let batches: Vec<_> = all.chunks(PARTITIONS).map(|batch| (leader, batch.to_vec())).collect();
            batches
        });
        let answers = self
            .side_by_side(batches.collect(), move |client, (leader, batch)| async move {
                client.delete_records_at(leader, batch, deadline).await
            })
            .await;
        let mut results: PerPartition<i64> = answers.into_iter().flatten().collect();
        results.extend(lost.into_iter().map(|(at, error)| (at, Err(error))));
        Ok(results)
    }

    async fn delete_records_at(
        &self,
        leader: i32,
        batch: Vec<(TopicPartition, i64)>,
        deadline: Instant,
    ) -> Vec<(TopicPartition, Result<i64>)> {
        let api = DeleteRecordsRequest::API.name;
        let answer = self
            .ask(
                &Route::Broker(leader),
                deadline,
                |_| {
                    let topics = by_topic(batch.iter().map(|(at, offset)| (at, *offset)));
                    Ok(DeleteRecordsRequest::default()
                        .with_topics(topics.into_iter().map(shorter).collect())
                        .with_timeout_ms(server_timeout(deadline)))
                },
                |_| None,
            )
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let failed = batch.into_iter().map(|(at, _)| (at, Err(error.clone())));
                return failed.collect();
            }
        };
        let mut found = HashMap::new();
        for topic in answer.topics {
            for p in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                let result = Error::check(api, p.error_code, None).map(|()| p.low_watermark);
                found.insert(at, result);
            }
        }
        let each = batch.into_iter().map(|(at, _)| {
            let result = found.remove(&at);
            let result = result.unwrap_or_else(|| Err(unanswered(api, &at)));
            (at, result)
        });
        each.collect()
    }
}

fn wider((name, wanted): (&String, &NewPartitions)) -> CreatePartitionsTopic {
    let assigned = wanted.assigned.as_ref().map(|assigned| {
        let each = assigned.iter().map(|brokers| {
            CreatePartitionsAssignment::default().with_broker_ids(brokers.iter().copied().map(BrokerId).collect())
        });
        each.collect()
    });
    CreatePartitionsTopic::default()
        .with_name(TopicName(text(name)))
        .with_count(wanted.count)
        .with_assignments(assigned)
}

fn shorter((name, partitions): (&str, Vec<(i32, i64)>)) -> DeleteRecordsTopic {
    let partitions = partitions.into_iter().map(|(partition, offset)| {
        DeleteRecordsPartition::default().with_partition_index(partition).with_offset(offset)
    });
    DeleteRecordsTopic::default().with_name(TopicName(text(name))).with_partitions(partitions.collect())
}
