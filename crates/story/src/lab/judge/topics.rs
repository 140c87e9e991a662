//! Topics, records and offsets.

use super::super::metadata;
use super::{JudgeError, KafkaJudge, TopicPartition};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A topic to create.
#[derive(Clone, Debug, Serialize)]
pub struct TopicSpec {
    topic: String,
    partitions: i32,
    replication: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<Vec<Vec<i32>>>,
    configs: BTreeMap<String, String>,
}

impl TopicSpec {
    /// Replicas wherever the cluster puts them.
    pub fn new(topic: &str, partitions: i32, replication: i16) -> Self {
        Self { topic: topic.to_owned(), partitions, replication, assignment: None, configs: BTreeMap::new() }
    }

    /// Replicas on the named brokers, one list a partition, the leader first.
    #[must_use]
    pub fn on(mut self, assignment: Vec<Vec<i32>>) -> Self {
        self.assignment = Some(assignment);
        self
    }

    /// A topic setting.
    #[must_use]
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.configs.insert(key.to_owned(), value.to_owned());
        self
    }
}

/// A topic as described by Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TopicView {
    /// Its name.
    pub topic: String,
    /// Its id in Kafka's base64 form; another id is another topic, whatever its name.
    pub topic_id: String,
    /// Its partitions in order.
    pub partitions: Vec<PartitionView>,
}

/// One partition of a [`TopicView`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PartitionView {
    /// The partition's number.
    pub partition: i32,
    /// The leading broker's id, -1 without one.
    pub leader: i32,
    /// Broker ids in order of preference.
    pub replicas: Vec<i32>,
    /// Broker ids of the replicas in sync.
    pub isr: Vec<i32>,
}

/// A record to produce.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    /// The partition it goes to.
    pub partition: i32,
    /// Milliseconds since 1970; `None` is now.
    pub timestamp: Option<i64>,
    /// The key, if any.
    pub key: Option<String>,
    /// The value; `None` is a tombstone.
    pub value: Option<String>,
}

/// Many equal records to produce.
#[derive(Clone, Debug, Serialize)]
pub struct Bulk {
    /// The topic's name.
    pub topic: String,
    /// Each of these partitions gets `count` records.
    pub partitions: Vec<i32>,
    /// Records a partition.
    pub count: u32,
    /// Timestamp of the first, milliseconds since 1970.
    pub first_timestamp: i64,
    /// Milliseconds from one record to the next.
    pub step_ms: i64,
    /// Bytes of each value.
    pub value_bytes: u32,
}

/// A point in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The log start.
    Earliest,
    /// The log end.
    Latest,
    /// The first record at or after this time (milliseconds since 1970).
    Time(i64),
}

/// What Kafka answers for a [`Point`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OffsetAt {
    /// The partition's number.
    pub partition: i32,
    /// The offset; -1 where no record is that late.
    pub offset: i64,
    /// The record's timestamp, -1 where it does not apply.
    pub timestamp: i64,
    /// The leader epoch of that offset, where known.
    pub leader_epoch: Option<i32>,
}

impl KafkaJudge {
    /// Creates a topic and waits until each partition's leader answers for it, and all brokers know it.
    ///
    /// # Errors
    /// Kafka's refusal, for example `TopicExistsException`.
    pub async fn create_topic(&self, topic: TopicSpec) -> Result<TopicView, JudgeError> {
        let made: TopicView = self.ask("create_topic", topic).await?;
        self.known_by_all(&made.topic, made.partitions.len()).await;
        Ok(made)
    }

    /// Deletes a topic and waits until no broker knows it any more.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn delete_topic(&self, topic: &str) -> Result<(), JudgeError> {
        self.ask::<Value>("delete_topic", json!({ "topic": topic })).await?;
        self.known_by_all(topic, 0).await;
        Ok(())
    }

    /// Waits until each broker knows so many partitions of a topic: what Kafka's tools have changed reaches them one by one.
    /// Where they want credentials it does not.
    ///
    /// # Panics
    /// If one does not for too long.
    pub async fn known_by_all(&self, topic: &str, partitions: usize) {
        if self.has_no_properties() {
            metadata::known_by_all(self.bootstrap(), topic, partitions).await;
        }
    }

    /// Deletes a topic and creates it again: the same name, another topic.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn recreate_topic(&self, topic: TopicSpec) -> Result<TopicView, JudgeError> {
        self.delete_topic(&topic.topic).await?;
        self.create_topic(topic).await
    }

    /// The names of all topics, sorted, Kafka's own among them.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn topics(&self) -> Result<Vec<String>, JudgeError> {
        #[derive(Deserialize)]
        struct Topics {
            topics: Vec<String>,
        }
        let answer: Topics = self.ask("list_topics", json!({})).await?;
        Ok(answer.topics)
    }

    /// Describes a topic.
    ///
    /// # Errors
    /// Kafka's refusal, for example `UnknownTopicOrPartitionException`.
    pub async fn topic(&self, topic: &str) -> Result<TopicView, JudgeError> {
        self.ask("describe_topic", json!({ "topic": topic })).await
    }

    /// Produces records with acks=all; their offsets, in the order given.
    ///
    /// # Errors
    /// Kafka's refusal of any of them.
    pub async fn produce(&self, topic: &str, records: &[Record]) -> Result<Vec<i64>, JudgeError> {
        #[derive(Deserialize)]
        struct Offsets {
            offsets: Vec<i64>,
        }
        let fields = json!({ "topic": topic, "records": records });
        let answer: Offsets = self.ask("produce", fields).await?;
        Ok(answer.offsets)
    }

    /// Produces many records with acks=all.
    ///
    /// # Errors
    /// Kafka's refusal of any of them.
    pub async fn produce_many(&self, bulk: Bulk) -> Result<(), JudgeError> {
        self.ask::<Value>("produce_many", bulk).await.map(drop)
    }

    /// The offsets of all partitions of a topic at a point, in order of partition.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn offsets(&self, topic: &str, point: Point) -> Result<Vec<OffsetAt>, JudgeError> {
        #[derive(Deserialize)]
        struct Offsets {
            offsets: Vec<OffsetAt>,
        }
        let fields = match point {
            Point::Earliest => json!({ "topic": topic, "at": "earliest" }),
            Point::Latest => json!({ "topic": topic, "at": "latest" }),
            Point::Time(ms) => json!({ "topic": topic, "at": "time", "timestamp": ms }),
        };
        let answer: Offsets = self.ask("offsets", fields).await?;
        Ok(answer.offsets)
    }

    /// Deletes the records before an offset; the new log start.
    ///
    /// # Errors
    /// Kafka's refusal, for example `OffsetOutOfRangeException`.
    pub async fn delete_records(&self, partition: &TopicPartition, before: i64) -> Result<i64, JudgeError> {
        #[derive(Deserialize)]
        struct Low {
            log_start: i64,
        }
        let TopicPartition { topic, partition } = partition;
        let fields = json!({ "topic": topic, "partition": partition, "before": before });
        let low: Low = self.ask("delete_records", fields).await?;
        Ok(low.log_start)
    }
}
