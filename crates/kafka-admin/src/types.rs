//! Words that several calls share.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// One partition of one topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition's number, from 0.
    pub partition: i32,
}

impl TopicPartition {
    /// The partition of a topic.
    #[must_use]
    pub fn new(topic: impl Into<String>, partition: i32) -> Self {
        Self { topic: topic.into(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.topic, self.partition)
    }
}

/// The id of a topic: a topic that is deleted and made again has another one (KIP-516).
/// Shown as Kafka shows it, in URL-safe base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub [u8; 16]);

impl TopicId {
    /// None for the all-zero id, which stands for "no id".
    pub(crate) fn of(bytes: [u8; 16]) -> Option<Self> {
        (bytes != [0; 16]).then_some(Self(bytes))
    }
}

/// The text is not the id of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a topic: 22 characters of URL-safe base64")]
pub struct NotATopicId;

impl std::str::FromStr for TopicId {
    type Err = NotATopicId;

    /// Reads an id as Kafka shows it.
    fn from_str(text: &str) -> Result<Self, NotATopicId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotATopicId)?;
        let bytes = bytes.try_into().map_err(|_| NotATopicId)?;
        Self::of(bytes).ok_or(NotATopicId)
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TopicId({self})")
    }
}

/// What a principal may do to a topic, a group or the cluster (KIP-430). The numbers are Kafka's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AclOperation {
    /// Read records, commit offsets.
    Read = 3,
    /// Write records.
    Write = 4,
    /// Create topics.
    Create = 5,
    /// Delete topics, groups, records.
    Delete = 6,
    /// Alter topics and the cluster: partitions, reassignments.
    Alter = 7,
    /// Look at it.
    Describe = 8,
    /// What brokers do to each other.
    ClusterAction = 9,
    /// Look at its settings.
    DescribeConfigs = 10,
    /// Change its settings.
    AlterConfigs = 11,
    /// Write idempotently.
    IdempotentWrite = 12,
    /// Create delegation tokens.
    CreateTokens = 13,
    /// Look at delegation tokens.
    DescribeTokens = 14,
    /// Take part in two-phase commit.
    TwoPhaseCommit = 15,
}

const OPERATIONS: [AclOperation; 13] = [
    AclOperation::Read,
    AclOperation::Write,
    AclOperation::Create,
    AclOperation::Delete,
    AclOperation::Alter,
    AclOperation::Describe,
    AclOperation::ClusterAction,
    AclOperation::DescribeConfigs,
    AclOperation::AlterConfigs,
    AclOperation::IdempotentWrite,
    AclOperation::CreateTokens,
    AclOperation::DescribeTokens,
    AclOperation::TwoPhaseCommit,
];

/// The operations that the principal of this connection is authorized for.
pub type Authorized = BTreeSet<AclOperation>;

/// Decodes the bit field of authorized operations; `None` where the broker did not say.
pub(crate) fn authorized(bits: i32) -> Option<Authorized> {
    if bits == i32::MIN {
        return None;
    }
    let is_set = |operation: &AclOperation| bits & (1 << (*operation as u32)) != 0;
    Some(OPERATIONS.into_iter().filter(is_set).collect())
}

/// An id of a broker; `None` for −1, "nobody".
pub(crate) fn broker_id(id: i32) -> Option<i32> {
    (id >= 0).then_some(id)
}

/// Sorts what belongs to partitions by topic, the form of most requests.
pub(crate) fn by_topic<'a, T>(
    items: impl IntoIterator<Item = (&'a TopicPartition, T)>,
) -> BTreeMap<&'a str, Vec<(i32, T)>> {
    let mut topics: BTreeMap<&str, Vec<(i32, T)>> = BTreeMap::new();
    for (at, item) in items {
        topics.entry(at.topic.as_str()).or_default().push((at.partition, item));
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorized_operations_are_bits() {
        assert_eq!(authorized(i32::MIN), None);
        assert_eq!(authorized(0), Some(Authorized::new()));
        let read_describe = authorized((1 << 3) | (1 << 8));
        let expected = Authorized::from([AclOperation::Read, AclOperation::Describe]);
        assert_eq!(read_describe, Some(expected));
    }

    #[test]
    fn ids_are_shown_as_kafka_shows_them() {
        assert_eq!(TopicId([0xff; 16]).to_string(), "_____________________w");
        assert_eq!(TopicId::of([0; 16]), None);
        for id in [TopicId([0xff; 16]), TopicId([7; 16])] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in ["", "AAAAAAAAAAAAAAAAAAAAAA", "_____________________w=", "____", "not base64!"] {
            assert_eq!(text.parse::<TopicId>(), Err(NotATopicId), "{text}");
        }
    }
}
