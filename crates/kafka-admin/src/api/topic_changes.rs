//! Topics are made and deleted.

use std::collections::BTreeMap;

use kafka_protocol::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kafka_protocol::messages::delete_topics_request::DeleteTopicState;
use kafka_protocol::messages::{BrokerId, CreateTopicsRequest, DeleteTopicsRequest, TopicName};

use super::{common, said, server_timeout, text, unanswered};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::TopicId;
use crate::wire::call::Call;

/// The first version of DeleteTopics that takes ids (KIP-516).
const BY_ID: i16 = 6;

/// A topic to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How its partitions are laid out.
    pub layout: Layout,
    /// Its settings.
    pub configs: BTreeMap<String, String>,
}

/// The partitions of a new topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// So many partitions and replicas, placed by the controller; `None` takes the brokers' default.
    Counts {
        /// How many partitions.
        partitions: Option<i32>,
        /// How many replicas each.
        replicas: Option<i16>,
    },
    /// The brokers of partition 0, 1, …, the preferred leader first.
    Assigned(Vec<Vec<i32>>),
}

/// The result for each topic.
pub type PerTopic<T> = BTreeMap<String, Result<T>>;

impl Client {
    /// Makes topics (CreateTopics). The id is `None` before Kafka 2.8. `validate_only` makes nothing
    /// (the id that some brokers answer then means nothing).
    ///
    /// # Errors
    /// Each topic has its own result, such as TOPIC_ALREADY_EXISTS.
    pub async fn create_topics(&self, topics: &[NewTopic], validate_only: bool) -> PerTopic<Option<TopicId>> {
        let api = CreateTopicsRequest::API.name;
        let deadline = self.until();
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |_| {
                    let topics: Result<Vec<_>> = topics.iter().map(creatable).collect();
                    Ok(CreateTopicsRequest::default()
                        .with_topics(topics?)
                        .with_timeout_ms(server_timeout(deadline))
                        .with_validate_only(validate_only))
                },
                |answer| common(answer.topics.iter().map(|topic| topic.error_code)),
            )
            .await;
        let names = topics.iter().map(|topic| topic.name.as_str());
        per_topic(
            api,
            names,
            answer.map(|answer| {
                let each = answer.topics.into_iter().map(|topic| {
                    let message = said(topic.error_message);
                    let checked = Error::check(api, topic.error_code, message);
                    let id = TopicId::of(topic.topic_id.into_bytes());
                    (topic.name.to_string(), checked.map(|()| id))
                });
                each.collect()
            }),
        )
    }

    /// Deletes topics with everything in them (DeleteTopics).
    ///
    /// # Errors
    /// Each topic has its own result, such as UNKNOWN_TOPIC_OR_PARTITION.
    pub async fn delete_topics(&self, names: &[String]) -> PerTopic<()> {
        let api = DeleteTopicsRequest::API.name;
        let deadline = self.until();
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |version| {
                    let request = DeleteTopicsRequest::default().with_timeout_ms(server_timeout(deadline));
                    let names = names.iter().map(|name| TopicName(text(name)));
                    if version < 6 {
                        return Ok(request.with_topic_names(names.collect()));
                    }
                    let named = |name| DeleteTopicState::default().with_name(Some(name));
                    Ok(request.with_topics(names.map(named).collect()))
                },
                |answer| common(answer.responses.iter().map(|topic| topic.error_code)),
            )
            .await;
        let names = names.iter().map(String::as_str);
        per_topic(
            api,
            names,
            answer.map(|answer| {
                let each = answer.responses.into_iter().filter_map(|topic| {
                    let message = said(topic.error_message);
                    let checked = Error::check(api, topic.error_code, message);
                    Some((topic.name?.to_string(), checked))
                });
                each.collect()
            }),
        )
    }

    /// Deletes topics by their ids (DeleteTopics since version 6, Kafka 2.8): another topic that has come to the name of one
    /// stays. The broker tells the id of a topic that we may not describe and none of its name.
    ///
    /// # Errors
    /// Each topic has its own result, such as UNKNOWN_TOPIC_ID. `Unsupported`, with nothing sent, where the broker knows no
    /// ids.
    pub async fn delete_topics_by_id(&self, ids: &[TopicId]) -> Result<BTreeMap<TopicId, Result<()>>> {
        let api = DeleteTopicsRequest::API.name;
        let deadline = self.until();
        let answer = self
            .ask(
                &Route::Controller,
                deadline,
                |version| {
                    if version < BY_ID {
                        let why = format!("topics are deleted by id since version {BY_ID}, the broker knows {version}");
                        return Err(Error::Unsupported { api, broker: "the controller".to_owned(), why });
                    }
                    let topics: Result<Vec<_>> = ids.iter().map(by_id).collect();
                    Ok(DeleteTopicsRequest::default().with_timeout_ms(server_timeout(deadline)).with_topics(topics?))
                },
                |answer| common(answer.responses.iter().map(|topic| topic.error_code)),
            )
            .await?;
        let mut found: BTreeMap<TopicId, Result<()>> = BTreeMap::new();
        for topic in answer.responses {
            if let Some(id) = TopicId::of(topic.topic_id.into_bytes()) {
                found.insert(id, Error::check(api, topic.error_code, said(topic.error_message)));
            }
        }
        let each = ids.iter().map(|id| {
            let result = found.remove(id).unwrap_or_else(|| Err(unanswered(api, id)));
            (*id, result)
        });
        Ok(each.collect())
    }
}

fn by_id(id: &TopicId) -> Result<DeleteTopicState> {
    let invalid = || Error::Invalid("the id of a topic is of 16 bytes".to_owned());
    Ok(DeleteTopicState::default().with_topic_id(id.0.to_vec().try_into().map_err(|_| invalid())?))
}

fn creatable(topic: &NewTopic) -> Result<CreatableTopic> {
    let configs = topic
        .configs
        .iter()
        .map(|(key, value)| CreatableTopicConfig::default().with_name(text(key)).with_value(Some(text(value))));
    let request = CreatableTopic::default().with_name(TopicName(text(&topic.name))).with_configs(configs.collect());
    let assigned = match &topic.layout {
        Layout::Counts { partitions, replicas } => {
            return Ok(request
                .with_num_partitions(partitions.unwrap_or(-1))
                .with_replication_factor(replicas.unwrap_or(-1)));
        }
        Layout::Assigned(assigned) => assigned,
    };
    let mut assignments = Vec::with_capacity(assigned.len());
    for (index, brokers) in assigned.iter().enumerate() {
        let index = i32::try_from(index).map_err(|_| Error::Invalid("too many partitions".to_owned()))?;
        let brokers = brokers.iter().copied().map(BrokerId).collect();
        assignments.push(CreatableReplicaAssignment::default().with_partition_index(index).with_broker_ids(brokers));
    }
    Ok(request.with_num_partitions(-1).with_replication_factor(-1).with_assignments(assignments))
}

/// Gives each topic of a request its result.
pub(crate) fn per_topic<'a, T>(
    api: &'static str,
    names: impl Iterator<Item = &'a str>,
    answers: Result<PerTopic<T>>,
) -> PerTopic<T> {
    let mut answers = match answers {
        Ok(answers) => answers,
        Err(error) => {
            return names.map(|name| (name.to_owned(), Err(error.clone()))).collect();
        }
    };
    let each = names.map(|name| {
        let result = answers.remove(name);
        let result = result.unwrap_or_else(|| Err(unanswered(api, &name)));
        (name.to_owned(), result)
    });
    each.collect()
}
