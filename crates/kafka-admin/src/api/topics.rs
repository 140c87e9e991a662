//! Topics and their partitions.

use std::collections::BTreeMap;

use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use kafka_protocol::messages::{BrokerId, MetadataRequest, MetadataResponse, TopicName};
use tokio::time::Instant;

use super::{NAMES, text, unanswered};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{Authorized, TopicId, TopicPartition, authorized, broker_id};
use crate::wire::call::Call;

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its id; `None` before Kafka 2.8.
    pub id: Option<TopicId>,
    /// Whether it belongs to Kafka itself, such as `__consumer_offsets`.
    pub internal: bool,
    /// Its partitions, in order.
    pub partitions: Vec<Partition>,
    /// What the principal may do to it, where it was asked for.
    pub authorized: Option<Authorized>,
}

impl Topic {
    /// One of its partitions.
    #[must_use]
    pub fn partition(&self, id: i32) -> Option<&Partition> {
        let found = self.partitions.binary_search_by_key(&id, |partition| partition.id);
        found.ok().and_then(|index| self.partitions.get(index))
    }
}

/// A partition of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partition {
    /// Its number.
    pub id: i32,
    /// The broker that leads it, if any.
    pub leader: Option<i32>,
    /// How often the leader changed; `None` where the broker does not say.
    pub leader_epoch: Option<i32>,
    /// The brokers that hold it, the preferred leader first.
    pub replicas: Vec<i32>,
    /// Those of them in sync.
    pub isr: Vec<i32>,
    /// Those of them offline.
    pub offline: Vec<i32>,
    /// What is wrong with it, such as LEADER_NOT_AVAILABLE.
    pub error: Option<ErrorCode>,
}

/// A topic in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicListing {
    /// Its name.
    pub name: String,
    /// Its id; `None` before Kafka 2.8.
    pub id: Option<TopicId>,
    /// Whether it belongs to Kafka itself.
    pub internal: bool,
    /// How many partitions it has.
    pub partitions: usize,
}

impl Client {
    /// These topics, each with its own result: UNKNOWN_TOPIC_OR_PARTITION for one that does not
    /// exist or may not be seen (Metadata, with authorized operations). Nothing is created by asking.
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn topics(&self, names: &[String]) -> Result<BTreeMap<String, Result<Topic>>> {
        self.topics_until(names, self.until()).await
    }

    pub(crate) async fn topics_until(
        &self,
        names: &[String],
        deadline: Instant,
    ) -> Result<BTreeMap<String, Result<Topic>>> {
        let api = MetadataRequest::API.name;
        let mut topics: BTreeMap<String, Result<Topic>> = BTreeMap::new();
        for batch in names.chunks(NAMES) {
            let answer = self.metadata(Some(batch), true, deadline).await?;
            for topic in answer.topics {
                if let Some((name, topic)) = read_topic(topic) {
                    topics.insert(name, topic);
                }
            }
        }
        for name in names {
            topics.entry(name.clone()).or_insert_with(|| Err(unanswered(api, name)));
        }
        Ok(topics)
    }

    /// All topics that the principal may see, with their partitions (Metadata).
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn all_topics(&self) -> Result<BTreeMap<String, Result<Topic>>> {
        let answer = self.metadata(None, true, self.until()).await?;
        Ok(answer.topics.into_iter().filter_map(read_topic).collect())
    }

    /// The names of all topics that the principal may see, by name (Metadata).
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn list_topics(&self) -> Result<Vec<TopicListing>> {
        let answer = self.metadata(None, false, self.until()).await?;
        let mut topics: Vec<TopicListing> = answer
            .topics
            .into_iter()
            .filter(|topic| topic.error_code == 0)
            .filter_map(|topic| {
                Some(TopicListing {
                    name: topic.name?.to_string(),
                    id: TopicId::of(topic.topic_id.into_bytes()),
                    internal: topic.is_internal,
                    partitions: topic.partitions.len(),
                })
            })
            .collect();
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(topics)
    }

    /// Metadata of these topics, or of all.
    async fn metadata(&self, names: Option<&[String]>, rights: bool, deadline: Instant) -> Result<MetadataResponse> {
        let topic = |name: &String| MetadataRequestTopic::default().with_name(Some(TopicName(text(name))));
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |version| {
                    Ok(MetadataRequest::default()
                        .with_topics(names.map(|names| names.iter().map(topic).collect()))
                        .with_allow_auto_topic_creation(false)
                        .with_include_topic_authorized_operations(rights && version >= 8))
                },
                |answer: &MetadataResponse| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(MetadataRequest::API.name, answer.error_code, None)?;
        self.learn(&answer);
        Ok(answer)
    }
}

fn read_topic(topic: MetadataResponseTopic) -> Option<(String, Result<Topic>)> {
    let name = topic.name?.to_string();
    // LEADER_NOT_AVAILABLE stands for the topic, but its partitions are there to see.
    if let Some(code) = ErrorCode::of(topic.error_code)
        && code != ErrorCode::LEADER_NOT_AVAILABLE
    {
        let error = Error::of_code(MetadataRequest::API.name, code, None);
        return Some((name, Err(error)));
    }
    let mut partitions: Vec<Partition> = topic.partitions.into_iter().map(read_partition).collect();
    partitions.sort_by_key(|partition| partition.id);
    // Partitions are numbered without gaps: one that is left out must not look like one that does not exist.
    if let Some(missing) = first_missing(&partitions) {
        let error = unanswered(MetadataRequest::API.name, &TopicPartition::new(name.as_str(), missing));
        return Some((name, Err(error)));
    }
    let read = Topic {
        name: name.clone(),
        id: TopicId::of(topic.topic_id.into_bytes()),
        internal: topic.is_internal,
        partitions,
        authorized: authorized(topic.topic_authorized_operations),
    };
    Some((name, Ok(read)))
}

fn first_missing(partitions: &[Partition]) -> Option<i32> {
    let least = partitions.is_empty().then_some(0);
    least.or_else(|| (0..).zip(partitions).find(|(id, partition)| partition.id != *id).map(|(id, _)| id))
}

fn read_partition(partition: MetadataResponsePartition) -> Partition {
    let ids = |brokers: Vec<BrokerId>| brokers.into_iter().map(|id| id.0).collect();
    Partition {
        id: partition.partition_index,
        leader: broker_id(partition.leader_id.0),
        leader_epoch: (partition.leader_epoch >= 0).then_some(partition.leader_epoch),
        replicas: ids(partition.replica_nodes),
        isr: ids(partition.isr_nodes),
        offline: ids(partition.offline_replicas),
        error: ErrorCode::of(partition.error_code),
    }
}
