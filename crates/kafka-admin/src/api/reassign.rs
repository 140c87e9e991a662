//! Replicas move from broker to broker, and leadership goes back to the preferred one.

use std::collections::BTreeMap;

use kafka_protocol::messages::alter_partition_reassignments_request::{ReassignablePartition, ReassignableTopic};
use kafka_protocol::messages::elect_leaders_request::TopicPartitions;
use kafka_protocol::messages::list_partition_reassignments_request::ListPartitionReassignmentsTopics;
use kafka_protocol::messages::{
    AlterPartitionReassignmentsRequest, BrokerId, ElectLeadersRequest, ListPartitionReassignmentsRequest, TopicName,
};

use super::offsets::{PerPartition, complete, held_back, settle};
use super::{PARTITIONS, common, said, server_timeout, text};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{TopicPartition, by_topic};
use crate::wire::call::Call;

/// The replicas to be; `None` cancels.
type Target = Option<Vec<i32>>;

/// A partition on the move.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reassignment {
    /// All its replicas now, old and new, in order.
    pub replicas: Vec<i32>,
    /// Those that are being added.
    pub adding: Vec<i32>,
    /// Those that go once the added ones are in sync.
    pub removing: Vec<i32>,
}

/// Which leader to elect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Election {
    /// The first replica in order, if it is in sync.
    Preferred,
    /// Any live replica, where none in sync is alive. Records that it lacks are lost.
    Unclean,
}

impl Client {
    /// Gives partitions new replicas, the preferred leader first; `None` cancels a move
    /// (AlterPartitionReassignments (45), KIP-455). The answer says that the move is accepted, not that it is
    /// finished. The controller accepts targets that are dead, and overrides a running move.
    /// Batches go one after the other, as in [`commit_offsets`](Self::commit_offsets).
    ///
    /// # Errors
    /// Each partition has its own result, such as NO_REASSIGNMENT_IN_PROGRESS.
    pub async fn alter_partition_reassignments(
        &self,
        targets: &BTreeMap<TopicPartition, Option<Vec<i32>>>,
    ) -> PerPartition<()> {
        let api = AlterPartitionReassignmentsRequest::API.name;
        let all: Vec<_> = targets.iter().collect();
        let mut results = PerPartition::new();
        let mut batches = all.chunks(PARTITIONS);
        let deadline = self.until();
        for batch in batches.by_ref() {
            let names: Vec<&TopicPartition> = batch.iter().map(|(at, _)| *at).collect();
            let outcome = self.reassign_batch(batch, deadline).await;
            if !settle(&mut results, &names, outcome, api) {
                break;
            }
        }
        let rest = batches.flatten().map(|(at, _)| (*at).clone());
        results.extend(held_back(rest, "the controller", api));
        results
    }

    async fn reassign_batch(
        &self,
        batch: &[(&TopicPartition, &Target)],
        deadline: tokio::time::Instant,
    ) -> Result<Vec<(TopicPartition, Result<()>)>> {
        let api = AlterPartitionReassignmentsRequest::API.name;
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |_| {
                    let topics = by_topic(batch.iter().map(|(at, to)| (*at, *to)));
                    Ok(AlterPartitionReassignmentsRequest::default()
                        .with_timeout_ms(server_timeout(deadline))
                        .with_topics(topics.into_iter().map(reassign_topic).collect()))
                },
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(api, answer.error_code, said(answer.error_message))?;
        let mut results = Vec::new();
        for topic in answer.responses {
            for p in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                results.push((at, Error::check(api, p.error_code, said(p.error_message))));
            }
        }
        Ok(results)
    }

    /// The partitions on the move: of these, or all (ListPartitionReassignments (46), KIP-455).
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn list_partition_reassignments(
        &self,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<TopicPartition, Reassignment>> {
        let api = ListPartitionReassignmentsRequest::API.name;
        let deadline = self.until();
        let topics = partitions.map(|partitions| {
            let topics = by_topic(partitions.iter().map(|at| (at, ())));
            let each = topics.into_iter().map(|(name, partitions)| {
                ListPartitionReassignmentsTopics::default()
                    .with_name(TopicName(text(name)))
                    .with_partition_indexes(partitions.into_iter().map(|(id, ())| id).collect())
            });
            each.collect::<Vec<_>>()
        });
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |_| {
                    Ok(ListPartitionReassignmentsRequest::default()
                        .with_timeout_ms(server_timeout(deadline))
                        .with_topics(topics.clone()))
                },
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(api, answer.error_code, said(answer.error_message))?;
        let ids = |brokers: Vec<BrokerId>| brokers.into_iter().map(|id| id.0).collect();
        let mut moving = BTreeMap::new();
        for topic in answer.topics {
            for p in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                let reassignment = Reassignment {
                    replicas: ids(p.replicas),
                    adding: ids(p.adding_replicas),
                    removing: ids(p.removing_replicas),
                };
                moving.insert(at, reassignment);
            }
        }
        Ok(moving)
    }

    /// Elects leaders (ElectLeaders (43), KIP-460). A partition whose leader is already the right one answers
    /// ELECTION_NOT_NEEDED. Without `partitions` all are meant, and only those that were tried
    /// are in the result.
    ///
    /// # Errors
    /// As every call, see [`Error`]; partitions have their own results beside it.
    pub async fn elect_leaders(
        &self,
        election: Election,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<PerPartition<()>> {
        let api = ElectLeadersRequest::API.name;
        let deadline = self.until();
        let topics = partitions.map(|partitions| {
            let topics = by_topic(partitions.iter().map(|at| (at, ())));
            let each = topics.into_iter().map(|(name, partitions)| {
                TopicPartitions::default()
                    .with_topic(TopicName(text(name)))
                    .with_partitions(partitions.into_iter().map(|(id, ())| id).collect())
            });
            each.collect::<Vec<_>>()
        });
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |_| {
                    Ok(ElectLeadersRequest::default()
                        .with_election_type(i8::from(election == Election::Unclean))
                        .with_timeout_ms(server_timeout(deadline))
                        .with_topic_partitions(topics.clone()))
                },
                |answer| {
                    let results = answer.replica_election_results.iter();
                    let codes = results.flat_map(|topic| &topic.partition_result);
                    ErrorCode::of(answer.error_code).or_else(|| common(codes.map(|p| p.error_code)))
                },
            )
            .await?;
        Error::check(api, answer.error_code, None)?;
        let mut results = PerPartition::new();
        for topic in answer.replica_election_results {
            for p in topic.partition_result {
                let at = TopicPartition::new(topic.topic.as_str(), p.partition_id);
                results.insert(at, Error::check(api, p.error_code, said(p.error_message)));
            }
        }
        Ok(complete(results, partitions.unwrap_or_default(), api))
    }
}

fn reassign_topic((name, targets): (&str, Vec<(i32, &Target)>)) -> ReassignableTopic {
    let partitions = targets.into_iter().map(|(partition, to)| {
        let brokers = |to: &Vec<i32>| to.iter().copied().map(BrokerId).collect();
        ReassignablePartition::default().with_partition_index(partition).with_replicas(to.as_ref().map(brokers))
    });
    ReassignableTopic::default().with_name(TopicName(text(name))).with_partitions(partitions.collect())
}
