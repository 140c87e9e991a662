//! Consumer groups and their committed offsets.

use super::{Answer, JudgeError, KafkaJudge, TopicPartition};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One committed offset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The committed offset.
    pub offset: i64,
    /// The leader epoch stored with it, if any.
    pub leader_epoch: Option<i32>,
    /// The metadata stored with it.
    #[serde(default)]
    pub metadata: String,
}

impl Committed {
    /// An offset without epoch and metadata.
    pub fn new(topic: &str, partition: i32, offset: i64) -> Self {
        Self { topic: topic.to_owned(), partition, offset, leader_epoch: None, metadata: String::new() }
    }
}

/// A group as described by Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GroupView {
    /// Its id.
    pub group: String,
    /// For example `Stable`, `Empty`.
    pub state: String,
    /// `classic` or `consumer`.
    pub protocol: String,
    /// The assignor in use, empty without members.
    #[serde(default)]
    pub assignor: Option<String>,
    /// The coordinating broker's id.
    pub coordinator: i32,
    /// Its members, in no order.
    pub members: Vec<GroupMember>,
}

/// A member of a [`GroupView`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GroupMember {
    /// The id the coordinator knows it by.
    pub member_id: String,
    /// The configured id of a static member.
    pub instance_id: Option<String>,
    /// The client id.
    pub client_id: String,
    /// The host it connects from, as Kafka shows it.
    pub host: String,
    /// What it is to read.
    pub assigned: Vec<TopicPartition>,
}

impl KafkaJudge {
    /// All committed offsets of a group, by topic and partition; none for a group that is not there.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn committed(&self, group: &str) -> Result<Vec<Committed>, JudgeError> {
        #[derive(Deserialize)]
        struct Offsets {
            offsets: Vec<Committed>,
        }
        let answer: Offsets = self.ask("committed", json!({ "group": group })).await?;
        Ok(answer.offsets)
    }

    /// Sets committed offsets as an admin does; the time it took inside the Java process.
    ///
    /// # Errors
    /// Kafka's refusal, for example `UnknownMemberIdException` for a group with members.
    pub async fn alter_offsets(&self, group: &str, offsets: &[Committed]) -> Result<std::time::Duration, JudgeError> {
        let fields = json!({ "group": group, "offsets": offsets });
        let answer: Answer<Value> = self.ask_timed("alter_offsets", fields).await?;
        Ok(answer.took)
    }

    /// Deletes committed offsets.
    ///
    /// # Errors
    /// Kafka's refusal, for example `GroupSubscribedToTopicException`.
    pub async fn delete_offsets(&self, group: &str, partitions: &[TopicPartition]) -> Result<(), JudgeError> {
        let fields = json!({ "group": group, "partitions": partitions });
        self.ask::<Value>("delete_offsets", fields).await.map(drop)
    }

    /// Describes a group.
    ///
    /// # Errors
    /// Kafka's refusal, `GroupIdNotFoundException` for one that is not there.
    pub async fn group(&self, group: &str) -> Result<GroupView, JudgeError> {
        self.ask("describe_group", json!({ "group": group })).await
    }

    /// The ids of all groups, sorted.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn groups(&self) -> Result<Vec<String>, JudgeError> {
        #[derive(Deserialize)]
        struct Groups {
            groups: Vec<String>,
        }
        let answer: Groups = self.ask("list_groups", json!({})).await?;
        Ok(answer.groups)
    }

    /// Deletes a group without members.
    ///
    /// # Errors
    /// Kafka's refusal, for example `GroupNotEmptyException`.
    pub async fn delete_group(&self, group: &str) -> Result<(), JudgeError> {
        self.ask::<Value>("delete_group", json!({ "group": group })).await.map(drop)
    }
}
