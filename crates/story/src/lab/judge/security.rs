//! Rights and credentials on the secure cluster.

use super::{JudgeError, KafkaJudge};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an access rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Resource {
    /// The cluster; its name is `kafka-cluster`.
    Cluster,
    /// A topic.
    Topic,
    /// A consumer group.
    Group,
}

/// How a rule's name is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Pattern {
    /// The name itself, or `*` for all.
    Literal,
    /// Every name that begins so.
    Prefixed,
}

/// One access rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acl {
    principal: String,
    host: String,
    operation: String,
    permission: String,
    resource: Resource,
    name: String,
    pattern: Pattern,
}

impl Acl {
    /// Allows a user an operation, for example `Describe`, on one thing by name, from any host.
    pub fn allow(user: &str, operation: &str, resource: Resource, name: &str) -> Self {
        Self {
            principal: format!("User:{user}"),
            host: "*".into(),
            operation: operation.to_owned(),
            permission: "ALLOW".into(),
            resource,
            name: name.to_owned(),
            pattern: Pattern::Literal,
        }
    }

    /// Allows a user an operation on the cluster.
    pub fn on_cluster(user: &str, operation: &str) -> Self {
        Self::allow(user, operation, Resource::Cluster, "kafka-cluster")
    }

    /// The same for every name that begins so.
    #[must_use]
    pub fn prefixed(mut self) -> Self {
        self.pattern = Pattern::Prefixed;
        self
    }

    /// Denies instead.
    #[must_use]
    pub fn denied(mut self) -> Self {
        self.permission = "DENY".into();
        self
    }
}

impl KafkaJudge {
    /// Adds access rules.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn create_acls(&self, acls: &[Acl]) -> Result<(), JudgeError> {
        self.ask::<Value>("create_acls", json!({ "acls": acls })).await.map(drop)
    }

    /// Removes these access rules; how many there were.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn delete_acls(&self, acls: &[Acl]) -> Result<u64, JudgeError> {
        self.deleted(json!({ "acls": acls })).await
    }

    /// Removes every access rule of a user; how many there were.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn delete_acls_of(&self, user: &str) -> Result<u64, JudgeError> {
        self.deleted(json!({ "principal": format!("User:{user}") })).await
    }

    async fn deleted(&self, fields: Value) -> Result<u64, JudgeError> {
        #[derive(Deserialize)]
        struct Deleted {
            deleted: u64,
        }
        let answer: Deleted = self.ask("delete_acls", fields).await?;
        Ok(answer.deleted)
    }

    /// Creates a SCRAM user or changes its password; mechanism `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    ///
    /// # Errors
    /// Kafka's refusal.
    pub async fn set_scram(&self, user: &str, mechanism: &str, password: &str) -> Result<(), JudgeError> {
        let fields = json!({ "user": user, "mechanism": mechanism, "password": password });
        self.ask::<Value>("set_scram", fields).await.map(drop)
    }
}
