//! The committed offsets of a group: read, written, removed.

use std::collections::BTreeMap;

use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::{
    GroupId, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, OffsetFetchResponse, TopicName,
};
use kafka_protocol::protocol::StrBytes;
use tokio::time::Instant;

use super::{PARTITIONS, common, text, unanswered};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Cause, Error, Result};
use crate::route::Route;
use crate::types::{TopicPartition, by_topic};
use crate::wire::call::Call;

/// A committed offset with everything that was committed with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The next record to read.
    pub offset: i64,
    /// The leader epoch of the last record read, where the group knew it.
    pub leader_epoch: Option<i32>,
    /// The committer's note; mostly empty.
    pub metadata: String,
}

impl Committed {
    /// An offset without epoch and note.
    #[must_use]
    pub fn at(offset: i64) -> Self {
        Self { offset, ..Self::default() }
    }
}

/// Which committed offsets to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetQuery {
    /// These partitions; `None` for all that have one.
    pub partitions: Option<Vec<TopicPartition>>,
    /// Refuse partitions with offsets in an open transaction (UNSTABLE_OFFSET_COMMIT, KIP-447)
    /// rather than show the value before it. Needs Kafka 2.5.
    pub require_stable: bool,
}

/// The result for each partition.
pub type PerPartition<T> = BTreeMap<TopicPartition, Result<T>>;

/// The codes of one answer, as they came.
type Answered<T> = Vec<(TopicPartition, Result<T>)>;

impl Client {
    /// The committed offsets of a group (OffsetFetch); `None` for a partition without one.
    /// Asked for all, the answer holds only partitions that have one. A group that does not
    /// exist has no offsets.
    ///
    /// # Errors
    /// As every call, see [`Error`]; partitions have their own results beside it.
    pub async fn fetch_offsets(&self, group: &str, query: &OffsetQuery) -> Result<PerPartition<Option<Committed>>> {
        let deadline = self.until();
        let Some(partitions) = &query.partitions else {
            let fetch = Fetch::new(group, None, query.require_stable);
            return Ok(fetch.ask(self, deadline).await?.into_iter().collect());
        };
        let mut found = PerPartition::new();
        for batch in partitions.chunks(PARTITIONS) {
            let fetch = Fetch::new(group, Some(batch), query.require_stable);
            found.extend(fetch.ask(self, deadline).await?);
        }
        Ok(complete(found, partitions, OffsetFetchRequest::API.name))
    }

    /// Sets committed offsets of a group that has no members (OffsetCommit, "simple" form:
    /// generation −1, no member id). With members each partition answers UNKNOWN_MEMBER_ID.
    /// The broker does not check offsets against the log. Batches go one after the other;
    /// after one whose outcome is not known, or that was not sent, the rest is held back.
    ///
    /// # Errors
    /// [`Error::Invalid`] before anything is sent. Everything else is a result of its partition.
    pub async fn commit_offsets(
        &self,
        group: &str,
        offsets: &BTreeMap<TopicPartition, Committed>,
    ) -> Result<PerPartition<()>> {
        let api = OffsetCommitRequest::API.name;
        if let Some((at, _)) = offsets.iter().find(|(_, to)| to.offset < 0) {
            return Err(Error::Invalid(format!("{api}: negative offset for {at}")));
        }
        let deadline = self.until();
        let all: Vec<(&TopicPartition, &Committed)> = offsets.iter().collect();
        let mut results = PerPartition::new();
        let mut batches = all.chunks(PARTITIONS);
        for batch in batches.by_ref() {
            let names: Vec<&TopicPartition> = batch.iter().map(|(at, _)| *at).collect();
            let outcome = self.commit_batch(group, batch, deadline).await;
            if !settle(&mut results, &names, outcome, api) {
                break;
            }
        }
        let rest = batches.flatten().map(|(at, _)| (*at).clone());
        results.extend(held_back(rest, &coordinator_of(group), api));
        Ok(results)
    }

    async fn commit_batch(
        &self,
        group: &str,
        batch: &[(&TopicPartition, &Committed)],
        deadline: Instant,
    ) -> Result<Answered<()>> {
        let api = OffsetCommitRequest::API.name;
        let answer = self
            .ask(
                &Route::Coordinator(group.to_owned()),
                deadline,
                |_| {
                    let topics = by_topic(batch.iter().map(|(at, to)| (*at, *to)));
                    Ok(OffsetCommitRequest::default()
                        .with_group_id(GroupId(text(group)))
                        .with_generation_id_or_member_epoch(-1)
                        .with_topics(topics.into_iter().map(commit_topic).collect()))
                },
                |answer| {
                    let topics = answer.topics.iter();
                    common(topics.flat_map(|topic| &topic.partitions).map(|p| p.error_code))
                },
            )
            .await?;
        let mut results = Vec::new();
        for topic in answer.topics {
            for partition in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), partition.partition_index);
                results.push((at, Error::check(api, partition.error_code, None)));
            }
        }
        Ok(results)
    }

    /// Removes committed offsets (OffsetDelete, KIP-496): afterwards they are absent, not 0.
    /// GROUP_SUBSCRIBED_TO_TOPIC for topics that live members read. Batches as in
    /// [`commit_offsets`](Self::commit_offsets).
    ///
    /// # Errors
    /// Every failure is a result of its partition.
    pub async fn delete_offsets(&self, group: &str, partitions: &[TopicPartition]) -> PerPartition<()> {
        let api = OffsetDeleteRequest::API.name;
        let deadline = self.until();
        let mut results = PerPartition::new();
        let mut batches = partitions.chunks(PARTITIONS);
        for batch in batches.by_ref() {
            let names: Vec<&TopicPartition> = batch.iter().collect();
            let outcome = self.delete_batch(group, batch, deadline).await;
            if !settle(&mut results, &names, outcome, api) {
                break;
            }
        }
        results.extend(held_back(batches.flatten().cloned(), &coordinator_of(group), api));
        results
    }

    async fn delete_batch(&self, group: &str, batch: &[TopicPartition], deadline: Instant) -> Result<Answered<()>> {
        let api = OffsetDeleteRequest::API.name;
        let answer = self
            .ask(
                &Route::Coordinator(group.to_owned()),
                deadline,
                |_| {
                    let topics = by_topic(batch.iter().map(|at| (at, ())));
                    Ok(OffsetDeleteRequest::default()
                        .with_group_id(GroupId(text(group)))
                        .with_topics(topics.into_iter().map(delete_topic).collect()))
                },
                |answer| {
                    let topics = answer.topics.iter();
                    let codes = topics.flat_map(|topic| &topic.partitions).map(|p| p.error_code);
                    ErrorCode::of(answer.error_code).or_else(|| common(codes))
                },
            )
            .await?;
        Error::check(api, answer.error_code, None)?;
        let mut results = Vec::new();
        for topic in answer.topics {
            for partition in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), partition.partition_index);
                results.push((at, Error::check(api, partition.error_code, None)));
            }
        }
        Ok(results)
    }
}

/// The version of OffsetFetch since which groups are asked for and answered by name.
const BY_GROUP: i16 = 8;

/// One OffsetFetch.
struct Fetch<'a> {
    group: &'a str,
    partitions: Option<&'a [TopicPartition]>,
    require_stable: bool,
}

impl<'a> Fetch<'a> {
    fn new(group: &'a str, partitions: Option<&'a [TopicPartition]>, stable: bool) -> Self {
        Self { group, partitions, require_stable: stable }
    }

    async fn ask(&self, client: &Client, deadline: Instant) -> Result<Answered<Option<Committed>>> {
        let (version, answer) = client
            .ask_with_version(
                &Route::Coordinator(self.group.to_owned()),
                deadline,
                |version| self.request(version),
                |answer: &OffsetFetchResponse| {
                    let groups = answer.groups.iter().map(|group| group.error_code);
                    groups.chain([answer.error_code]).find_map(ErrorCode::of)
                },
            )
            .await?;
        self.read(version, answer)
    }

    fn request(&self, version: i16) -> Result<OffsetFetchRequest> {
        let api = OffsetFetchRequest::API.name;
        if self.require_stable && version < 7 {
            return Err(Error::Unsupported {
                api,
                broker: "the coordinator".to_owned(),
                why: "require_stable needs version 7".to_owned(),
            });
        }
        let topics = self.partitions.map(|partitions| by_topic(partitions.iter().map(|at| (at, ()))));
        let indexes = |partitions: Vec<(i32, ())>| partitions.into_iter().map(|(id, ())| id).collect();
        let request = OffsetFetchRequest::default().with_require_stable(self.require_stable);
        let group_id = GroupId(text(self.group));
        if version < BY_GROUP {
            let topics = topics.map(|topics| {
                let each = topics.into_iter().map(|(name, partitions)| {
                    OffsetFetchRequestTopic::default()
                        .with_name(TopicName(text(name)))
                        .with_partition_indexes(indexes(partitions))
                });
                each.collect()
            });
            return Ok(request.with_group_id(group_id).with_topics(topics));
        }
        let topics = topics.map(|topics| {
            let each = topics.into_iter().map(|(name, partitions)| {
                OffsetFetchRequestTopics::default()
                    .with_name(TopicName(text(name)))
                    .with_partition_indexes(indexes(partitions))
            });
            each.collect()
        });
        let group = OffsetFetchRequestGroup::default().with_group_id(group_id).with_topics(topics);
        Ok(request.with_groups(vec![group]))
    }

    fn read(&self, version: i16, answer: OffsetFetchResponse) -> Result<Answered<Option<Committed>>> {
        let api = OffsetFetchRequest::API.name;
        Error::check(api, answer.error_code, None)?;
        let mut found = Vec::new();
        if version < BY_GROUP {
            for topic in answer.topics {
                for p in topic.partitions {
                    let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                    let value = committed(p.committed_offset, p.committed_leader_epoch, p.metadata);
                    found.push((at, Error::check(api, p.error_code, None).map(|()| value)));
                }
            }
            return Ok(found);
        }
        // An answer without the group is not the answer that it has no offsets.
        let [group]: [_; 1] = answer.groups.try_into().map_err(|_| unanswered(api, &self.group))?;
        if group.group_id.as_str() != self.group {
            return Err(unanswered(api, &self.group));
        }
        Error::check(api, group.error_code, None)?;
        for topic in group.topics {
            for p in topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                let value = committed(p.committed_offset, p.committed_leader_epoch, p.metadata);
                found.push((at, Error::check(api, p.error_code, None).map(|()| value)));
            }
        }
        Ok(found)
    }
}

/// −1 stands for "none".
fn committed(offset: i64, epoch: i32, metadata: Option<StrBytes>) -> Option<Committed> {
    (offset >= 0).then(|| Committed {
        offset,
        leader_epoch: (epoch >= 0).then_some(epoch),
        metadata: super::said(metadata).unwrap_or_default(),
    })
}

fn commit_topic((name, offsets): (&str, Vec<(i32, &Committed)>)) -> OffsetCommitRequestTopic {
    let partitions = offsets.into_iter().map(|(partition, to)| {
        OffsetCommitRequestPartition::default()
            .with_partition_index(partition)
            .with_committed_offset(to.offset)
            .with_committed_leader_epoch(to.leader_epoch.unwrap_or(-1))
            .with_committed_metadata(Some(text(&to.metadata)))
    });
    OffsetCommitRequestTopic::default().with_name(TopicName(text(name))).with_partitions(partitions.collect())
}

fn delete_topic((name, partitions): (&str, Vec<(i32, ())>)) -> OffsetDeleteRequestTopic {
    let partitions = partitions
        .into_iter()
        .map(|(partition, ())| OffsetDeleteRequestPartition::default().with_partition_index(partition));
    OffsetDeleteRequestTopic::default().with_name(TopicName(text(name))).with_partitions(partitions.collect())
}

/// Adds the results of a batch. False when the batch as a whole failed.
pub(crate) fn settle(
    results: &mut PerPartition<()>,
    names: &[&TopicPartition],
    outcome: Result<Answered<()>>,
    api: &'static str,
) -> bool {
    match outcome {
        Ok(answered) => {
            results.extend(answered);
            for at in names {
                results.entry((*at).clone()).or_insert_with(|| Err(unanswered(api, at)));
            }
            true
        }
        Err(error) => {
            let failed = names.iter().map(|at| ((*at).clone(), Err(error.clone())));
            results.extend(failed);
            false
        }
    }
}

fn coordinator_of(group: &str) -> String {
    format!("the coordinator of {group}")
}

/// What was not sent any more after an earlier batch failed.
pub(crate) fn held_back(
    rest: impl Iterator<Item = TopicPartition>,
    whose: &str,
    api: &'static str,
) -> impl Iterator<Item = (TopicPartition, Result<()>)> {
    let broker = whose.to_owned();
    rest.map(move |at| {
        let error = Error::NotSent { api, broker: broker.clone(), cause: Cause::HeldBack };
        (at, Err(error))
    })
}

/// Adds an error for each partition asked for that the answer does not mention.
pub(crate) fn complete<T>(mut found: PerPartition<T>, asked: &[TopicPartition], api: &'static str) -> PerPartition<T> {
    for at in asked {
        found.entry(at.clone()).or_insert_with(|| Err(unanswered(api, at)));
    }
    found
}
