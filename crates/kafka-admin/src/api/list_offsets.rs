//! Offsets in the logs: where they begin, where they end, which belongs to a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::{BrokerId, ListOffsetsRequest, TopicName};
use tokio::time::{Instant, sleep};

use super::offsets::PerPartition;
use super::{PARTITIONS, server_timeout, text, unanswered};
use crate::ask::pause;
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{TopicPartition, by_topic};
use crate::wire::call::Call;

/// How often a partition without a leader is looked at.
const ELECTION: u32 = 4;

/// Which offset of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The first record there is: the log start offset.
    Earliest,
    /// Where the next record goes: the high watermark, or for
    /// [`Isolation::ReadCommitted`] the last stable offset.
    Latest,
    /// The first record at or after this time, in milliseconds since 1970; none after the last record.
    At(i64),
    /// The record with the highest timestamp (KIP-734, Kafka 3.0).
    MaxTimestamp,
}

impl OffsetSpec {
    fn timestamp(self) -> i64 {
        match self {
            Self::Latest => -1,
            Self::Earliest => -2,
            Self::MaxTimestamp => -3,
            Self::At(time) => time,
        }
    }
}

/// Whether records of open transactions count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// They do.
    #[default]
    ReadUncommitted,
    /// They do not.
    ReadCommitted,
}

/// An offset in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedOffset {
    /// The offset; `None` when no record is at or after the time asked for.
    pub offset: Option<i64>,
    /// The record's timestamp, where the answer is about a record.
    pub timestamp_ms: Option<i64>,
    /// The leader epoch of the record.
    pub leader_epoch: Option<i32>,
}

impl Client {
    /// The same offset of several partitions; see [`list_offsets`](Self::list_offsets).
    ///
    /// # Errors
    /// As [`list_offsets`](Self::list_offsets).
    pub async fn list_same_offset(
        &self,
        partitions: &[TopicPartition],
        spec: OffsetSpec,
    ) -> Result<PerPartition<ListedOffset>> {
        let wanted = partitions.iter().map(|at| (at.clone(), spec)).collect();
        self.list_offsets(&wanted, Isolation::default()).await
    }

    /// Offsets in the logs, asked from the leader of each partition (ListOffsets).
    /// Partitions whose leader moves are asked again within the deadline.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a negative time, and what finding the leaders says;
    /// everything else is a result of its partition.
    pub async fn list_offsets(
        &self,
        wanted: &BTreeMap<TopicPartition, OffsetSpec>,
        isolation: Isolation,
    ) -> Result<PerPartition<ListedOffset>> {
        if let Some((at, _)) = wanted.iter().find(|(_, spec)| matches!(spec, OffsetSpec::At(time) if *time < 0)) {
            return Err(Error::Invalid(format!("negative time for {at}")));
        }
        let deadline = self.until();
        let mut done = PerPartition::new();
        let mut pending: BTreeMap<TopicPartition, OffsetSpec> = wanted.clone();
        for attempt in 1..=self.config().max_attempts.max(1) {
            let (batches, lost) = self.by_leader(&pending, deadline).await?;
            done.extend(lost);
            let answers = self
                .side_by_side(batches, move |client, (leader, batch)| async move {
                    client.offsets_at(leader, batch, isolation, deadline).await
                })
                .await;
            done.extend(answers.into_iter().flatten());
            pending.retain(|at, _| is_passing(done.get(at), attempt));
            let pause = pause(attempt);
            if pending.is_empty() || Instant::now() + pause >= deadline {
                break;
            }
            sleep(pause).await;
            if Instant::now() >= deadline {
                break;
            }
        }
        Ok(done)
    }

    /// Partitions in batches by leader, and those without one.
    async fn by_leader(
        &self,
        wanted: &BTreeMap<TopicPartition, OffsetSpec>,
        deadline: Instant,
    ) -> Result<(Vec<(i32, Batch)>, PerPartition<ListedOffset>)> {
        let partitions: Vec<TopicPartition> = wanted.keys().cloned().collect();
        let api = ListOffsetsRequest::API.name;
        let (leaders, lost) = self.leaders(&partitions, api, deadline).await?;
        let mut brokers: BTreeMap<i32, Batch> = BTreeMap::new();
        for (at, leader) in leaders {
            if let Some(spec) = wanted.get(&at) {
                brokers.entry(leader).or_default().push((at, *spec));
            }
        }
        let in_batches = brokers.into_iter().flat_map(|(leader, all)| {
            let batches: Vec<_> = all.chunks(PARTITIONS).map(|batch| (leader, batch.to_vec())).collect();
            batches
        });
        let lost = lost.into_iter().map(|(at, error)| (at, Err(error)));
        Ok((in_batches.collect(), lost.collect()))
    }

    /// The leader of each partition, and why some have none.
    pub(crate) async fn leaders(
        &self,
        partitions: &[TopicPartition],
        api: &'static str,
        deadline: Instant,
    ) -> Result<(Vec<(TopicPartition, i32)>, Vec<(TopicPartition, Error)>)> {
        let names: BTreeSet<&String> = partitions.iter().map(|at| &at.topic).collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let topics = self.topics_until(&names, deadline).await?;
        let mut leaders = Vec::new();
        let mut lost = Vec::new();
        for at in partitions {
            let partition = match topics.get(&at.topic) {
                Some(Err(error)) => {
                    lost.push((at.clone(), error.clone()));
                    continue;
                }
                Some(Ok(topic)) => topic.partition(at.partition),
                None => None,
            };
            let code = match partition.map(|partition| partition.leader) {
                Some(Some(leader)) => {
                    leaders.push((at.clone(), leader));
                    continue;
                }
                Some(None) => ErrorCode::LEADER_NOT_AVAILABLE,
                None => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            };
            lost.push((at.clone(), Error::of_code(api, code, None)));
        }
        Ok((leaders, lost))
    }

    async fn offsets_at(
        &self,
        leader: i32,
        batch: Batch,
        isolation: Isolation,
        deadline: Instant,
    ) -> Vec<(TopicPartition, Result<ListedOffset>)> {
        let api = ListOffsetsRequest::API.name;
        let answer = self
            .ask(&Route::Broker(leader), deadline, |version| request(&batch, isolation, version, deadline), |_| None)
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
                let listed = ListedOffset {
                    offset: (p.offset >= 0).then_some(p.offset),
                    timestamp_ms: (p.timestamp >= 0).then_some(p.timestamp),
                    leader_epoch: (p.leader_epoch >= 0).then_some(p.leader_epoch),
                };
                found.insert(at, Error::check(api, p.error_code, None).map(|()| listed));
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

/// The partitions of one leader.
type Batch = Vec<(TopicPartition, OffsetSpec)>;

fn request(batch: &Batch, isolation: Isolation, version: i16, deadline: Instant) -> Result<ListOffsetsRequest> {
    let api = ListOffsetsRequest::API.name;
    if version < 7 && batch.iter().any(|(_, spec)| *spec == OffsetSpec::MaxTimestamp) {
        return Err(Error::Unsupported {
            api,
            broker: "the leader".to_owned(),
            why: "the highest timestamp needs version 7".to_owned(),
        });
    }
    let topics = by_topic(batch.iter().map(|(at, spec)| (at, *spec)));
    let topics = topics.into_iter().map(|(name, partitions)| {
        let partitions = partitions.into_iter().map(|(partition, spec)| {
            ListOffsetsPartition::default()
                .with_partition_index(partition)
                .with_current_leader_epoch(-1)
                .with_timestamp(spec.timestamp())
        });
        ListOffsetsTopic::default().with_name(TopicName(text(name))).with_partitions(partitions.collect())
    });
    let request = ListOffsetsRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_isolation_level(i8::from(isolation == Isolation::ReadCommitted))
        .with_topics(topics.collect());
    if version < 10 {
        return Ok(request);
    }
    Ok(request.with_timeout_ms(server_timeout(deadline)))
}

/// Whether asking again, perhaps another broker, may help.
fn is_passing(result: Option<&Result<ListedOffset>>, attempt: u32) -> bool {
    match result {
        Some(Err(Error::NotSent { cause, .. })) => cause.may_pass(attempt),
        Some(Err(Error::UnknownOutcome { .. })) => true,
        Some(Err(error)) => error.code().is_some_and(|code| {
            // An election takes a moment; a partition whose replicas are all dead has none for long.
            code.is_passing() && (code != ErrorCode::LEADER_NOT_AVAILABLE || attempt < ELECTION)
        }),
        _ => false,
    }
}
