//! What lies on the brokers' disks.

use super::{JudgeError, KafkaJudge, TopicPartition};
use serde::Deserialize;
use serde_json::{Value, json};

/// A folder of a broker that holds logs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DirView {
    /// The broker's id.
    pub broker: i32,
    /// The folder.
    pub path: String,
    /// The size of its volume, where the broker says.
    pub total_bytes: Option<i64>,
    /// What is free of it, where the broker says.
    pub usable_bytes: Option<i64>,
    /// The replicas in it.
    pub replicas: Vec<ReplicaView>,
}

/// A replica in a [`DirView`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReplicaView {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Its size.
    pub bytes: i64,
    /// How many records it is behind.
    pub lag: i64,
    /// Whether it is a copy that will replace the one in another folder.
    pub future: bool,
}

impl DirView {
    /// The replica of a partition in this folder.
    pub fn replica(&self, of: &TopicPartition) -> Option<&ReplicaView> {
        self.replicas.iter().find(|replica| replica.topic == of.topic && replica.partition == of.partition)
    }
}

impl KafkaJudge {
    /// The folders of these brokers, which must be alive, by broker and path.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn log_dirs(&self, brokers: &[i32]) -> Result<Vec<DirView>, JudgeError> {
        #[derive(Deserialize)]
        struct Dirs {
            dirs: Vec<DirView>,
        }
        let answer: Dirs = self.ask("log_dirs", json!({ "brokers": brokers })).await?;
        Ok(answer.dirs)
    }

    /// Has a broker move its replica into another folder of its own.
    ///
    /// # Errors
    /// Kafka's refusal, for example `LogDirNotFoundException`.
    pub async fn move_to_dir(&self, of: &TopicPartition, broker: i32, path: &str) -> Result<(), JudgeError> {
        let fields = json!({ "topic": of.topic, "partition": of.partition, "broker": broker, "path": path });
        self.ask::<Value>("move_to_dir", fields).await.map(drop)
    }
}
