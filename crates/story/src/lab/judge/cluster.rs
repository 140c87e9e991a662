//! The cluster itself: nodes, settings, moves of replicas.

use super::{JudgeError, KafkaJudge, TopicPartition};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A cluster as described by Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClusterView {
    /// Its id; another id is another cluster, whatever the address.
    pub cluster_id: String,
    /// The living brokers' ids, sorted.
    pub brokers: Vec<i32>,
}

/// A move of replicas in progress.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Move {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Broker ids now.
    pub replicas: Vec<i32>,
    /// Broker ids on their way in.
    pub adding: Vec<i32>,
    /// Broker ids on their way out.
    pub removing: Vec<i32>,
}

impl KafkaJudge {
    /// Describes the cluster.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn cluster(&self) -> Result<ClusterView, JudgeError> {
        self.ask("describe_cluster", json!({})).await
    }

    /// The settings made dynamically on a thing (`topic`, `broker` or `group`, by name).
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn configs(&self, kind: &str, name: &str) -> Result<BTreeMap<String, String>, JudgeError> {
        #[derive(Deserialize)]
        struct Configs {
            configs: BTreeMap<String, String>,
        }
        let answer: Configs = self.ask("configs", json!({ "type": kind, "name": name })).await?;
        Ok(answer.configs)
    }

    /// Makes a setting (`kind` and `name` as for [`KafkaJudge::configs`]), or removes it with `None`.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn set_config(
        &self,
        (kind, name): (&str, &str),
        key: &str,
        value: Option<&str>,
    ) -> Result<(), JudgeError> {
        let fields = json!({ "type": kind, "name": name, "key": key, "value": value });
        self.ask::<Value>("set_config", fields).await.map(drop)
    }

    /// Starts a move of a partition's replicas, or cancels it with `None`.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn reassign(&self, partition: &TopicPartition, replicas: Option<&[i32]>) -> Result<(), JudgeError> {
        let TopicPartition { topic, partition } = partition;
        let fields = json!({ "topic": topic, "partition": partition, "replicas": replicas });
        self.ask::<Value>("reassign", fields).await.map(drop)
    }

    /// All moves in progress.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn reassignments(&self) -> Result<Vec<Move>, JudgeError> {
        #[derive(Deserialize)]
        struct Moves {
            moves: Vec<Move>,
        }
        let answer: Moves = self.ask("reassignments", json!({})).await?;
        Ok(answer.moves)
    }
}
