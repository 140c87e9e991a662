//! The judge: Kafka's own Java clients in one long-lived process, asked over JSON lines.
//!
//! Our client alone never decides whether the bot did right. A Java process for each look would
//! cost seconds, so one process serves all tests of a test process, in any order and at once.

mod cluster;
mod disks;
mod groups;
mod members;
#[cfg(test)]
mod move_tests;
mod process;
mod security;
#[cfg(test)]
mod tests;
mod topics;

pub use cluster::{ClusterView, Move, QuorumView};
pub use disks::{DirView, ReplicaView};
pub use groups::{Committed, GroupMember, GroupView};
pub use members::{Commit, Member, MemberSpec, MemberStatus, Position, Protocol};
pub use process::{Answer, Judge, JudgeError};
pub use security::{Acl, Pattern, Resource};
pub use topics::{Bulk, OffsetAt, PartitionView, Point, Record, TopicSpec, TopicView};

use super::{Lab, Listener};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// A topic's partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: String,
    /// Its partition number.
    pub partition: i32,
}

impl TopicPartition {
    /// A partition by topic name and number.
    pub fn new(topic: &str, partition: i32) -> Self {
        Self { topic: topic.to_owned(), partition }
    }
}

/// One cluster as Kafka's AdminClient sees it.
#[derive(Clone)]
pub struct KafkaJudge {
    judge: &'static Judge,
    bootstrap: String,
    client_id: String,
    properties: BTreeMap<String, String>,
}

/// Leaves out the properties: they may hold a password.
impl fmt::Debug for KafkaJudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaJudge")
            .field("bootstrap", &self.bootstrap)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl KafkaJudge {
    /// Asks the cluster behind any bootstrap addresses (no security), under a client id.
    pub fn new(judge: &'static Judge, bootstrap: &str, client_id: &str) -> Self {
        Self { judge, bootstrap: bootstrap.to_owned(), client_id: client_id.to_owned(), properties: BTreeMap::new() }
    }

    /// Asks with a Java client property, for example `security.protocol`. Topics, groups, rights and
    /// settings take it; producing and members do not.
    #[must_use]
    pub fn property(mut self, key: &str, value: &str) -> Self {
        self.properties.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Asks controllers at these addresses instead of brokers; for what they answer themselves.
    #[must_use]
    pub fn of_controllers(self, addresses: &str) -> Self {
        self.property("bootstrap.controllers", addresses)
    }

    /// The addresses this judge asks.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    fn has_no_properties(&self) -> bool {
        self.properties.is_empty()
    }

    /// Sends one operation with its fields and reads the answer.
    async fn ask<A: DeserializeOwned>(&self, operation: &str, fields: impl Serialize) -> Result<A, JudgeError> {
        Ok(self.ask_timed(operation, fields).await?.value)
    }

    /// The same with the time that the operation took inside the Java process.
    async fn ask_timed<A: DeserializeOwned>(
        &self,
        operation: &str,
        fields: impl Serialize,
    ) -> Result<Answer<A>, JudgeError> {
        let mut request = match serde_json::to_value(fields)? {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            other => return Err(JudgeError::Protocol(format!("no object: {other}"))),
        };
        request.insert("bootstrap".into(), self.bootstrap.clone().into());
        request.insert("client_id".into(), self.client_id.clone().into());
        request.insert("properties".into(), serde_json::to_value(&self.properties)?);
        self.judge.ask(operation, request).await
    }
}

/// Who asks on the secure cluster, and how that is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity<'a> {
    /// A user by name: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`, and the lab's password.
    Sasl(&'a str, &'a str),
    /// A client certificate by name: `bot` or `p1`.
    Certificate(&'a str),
}

impl Lab {
    /// The secure cluster through one listener, as one of its principals.
    ///
    /// # Errors
    /// When the judge does not start.
    pub async fn secure_as(&self, listener: Listener, identity: Identity<'_>) -> Result<KafkaJudge, JudgeError> {
        let bootstrap = self.secure_bootstrap(listener);
        let mut kafka = KafkaJudge::new(Judge::shared(self).await?, bootstrap, "judge");
        if matches!(listener, Listener::Tls | Listener::SaslTls) {
            let ca = self.tls_file("ca.pem");
            kafka =
                kafka.property("ssl.truststore.type", "PEM").property("ssl.truststore.location", &ca.to_string_lossy());
        }
        let protocol = match listener {
            Listener::Internal => "PLAINTEXT",
            Listener::Sasl => "SASL_PLAINTEXT",
            Listener::Tls => "SSL",
            Listener::SaslTls => "SASL_SSL",
        };
        kafka = kafka.property("security.protocol", protocol);
        Ok(match identity {
            Identity::Certificate(name) => {
                let file = self.tls_file(&format!("{name}.pem"));
                kafka.property("ssl.keystore.type", "PEM").property("ssl.keystore.location", &file.to_string_lossy())
            }
            Identity::Sasl(mechanism, user) => {
                kafka.property("sasl.mechanism", mechanism).property("sasl.jaas.config", &self.jaas(mechanism, user))
            }
        })
    }

    fn jaas(&self, mechanism: &str, user: &str) -> String {
        let module = match mechanism {
            "PLAIN" => "plain.PlainLoginModule",
            _ => "scram.ScramLoginModule",
        };
        let password = self.password();
        format!("org.apache.kafka.common.security.{module} required username=\"{user}\" password=\"{password}\";")
    }

    /// The three-broker cluster, judged by Kafka's AdminClient.
    ///
    /// # Errors
    /// When the judge does not start.
    pub async fn kafka(&self) -> Result<KafkaJudge, JudgeError> {
        let judge = Judge::shared(self).await?;
        Ok(KafkaJudge::new(judge, self.kafka_bootstrap(), "judge"))
    }

    /// The cluster that replicas move on; take it with [`MoveCluster::alone`](super::MoveCluster::alone).
    ///
    /// # Errors
    /// When the judge does not start.
    pub(crate) async fn moving(&self) -> Result<KafkaJudge, JudgeError> {
        let judge = Judge::shared(self).await?;
        Ok(KafkaJudge::new(judge, self.move_bootstrap(), "judge"))
    }

    /// The secure cluster, as its superuser.
    ///
    /// # Errors
    /// When the judge does not start.
    pub async fn secure(&self) -> Result<KafkaJudge, JudgeError> {
        let judge = Judge::shared(self).await?;
        let bootstrap = self.secure_bootstrap(Listener::Internal);
        Ok(KafkaJudge::new(judge, bootstrap, "judge"))
    }
}
