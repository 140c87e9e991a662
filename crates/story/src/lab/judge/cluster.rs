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

/// The controller quorum.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct QuorumView {
    /// The active controller's id, -1 without one.
    pub leader: i32,
    /// The ids of all controllers, sorted.
    pub voters: Vec<i32>,
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

    /// The controller quorum.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn quorum(&self) -> Result<QuorumView, JudgeError> {
        self.ask("quorum", json!({})).await
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

    /// Starts or cancels many moves by one request, as [`KafkaJudge::reassign`] does one.
    ///
    /// # Errors
    /// Kafka's refusal of any of them.
    pub async fn reassign_many(&self, moves: &[(TopicPartition, Option<Vec<i32>>)]) -> Result<(), JudgeError> {
        let move_of = |(at, replicas): &(TopicPartition, Option<Vec<i32>>)| json!({ "topic": at.topic, "partition": at.partition, "replicas": replicas });
        let moves: Vec<Value> = moves.iter().map(move_of).collect();
        self.ask::<Value>("reassign_many", json!({ "moves": moves })).await.map(drop)
    }

    /// Makes a partition's first replica its leader.
    ///
    /// # Errors
    /// Kafka's refusal, `ElectionNotNeededException` where it leads already.
    pub async fn elect_preferred(&self, partition: &TopicPartition) -> Result<(), JudgeError> {
        self.ask::<Value>("elect_preferred", partition).await.map(drop)
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
