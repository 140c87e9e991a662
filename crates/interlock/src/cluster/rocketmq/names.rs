//! What names tell of topics and groups.

use crate::id::{BrokerName, GroupId, NotAName, TopicName};
use serde::{Deserialize, Serialize};

/// What the names of topics begin with that hold what a group shall try again (`MixAll.RETRY_GROUP_TOPIC_PREFIX`).
pub const RETRY: &str = "%RETRY%";
/// What the names of topics begin with that hold what a group gave up (`MixAll.DLQ_GROUP_TOPIC_PREFIX`).
pub const DEAD_LETTERS: &str = "%DLQ%";

/// What a topic is for, as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicKind {
    /// Somebody's messages.
    Ordinary,
    /// What a group shall try again.
    Retry,
    /// What a group gave up.
    DeadLetters,
    /// RocketMQ's own: its name is reserved, or is that of the cluster or of a broker.
    System,
}

/// Names that are reserved in both lines (`TopicValidator.SYSTEM_TOPIC_SET`, and those of 5.x beside it).
const SYSTEM_TOPICS: [&str; 13] = [
    "TBW102",
    "SCHEDULE_TOPIC_XXXX",
    "BenchmarkTest",
    "RMQ_SYS_TRANS_HALF_TOPIC",
    "RMQ_SYS_TRACE_TOPIC",
    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    "TRANS_CHECK_MAX_TIME_TOPIC",
    "SELF_TEST_TOPIC",
    "OFFSET_MOVED_EVENT",
    "CHECKPOINT_TOPIC",
    "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
    "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
    "rmq_sys_wheel_timer",
];
/// Names of groups that are reserved (`MixAll.PREDEFINE_GROUP_SET`, `BrokerController`'s own).
const SYSTEM_GROUPS: [&str; 12] = [
    "DEFAULT_CONSUMER",
    "DEFAULT_PRODUCER",
    "TOOLS_CONSUMER",
    "SCHEDULE_CONSUMER",
    "FILTERSRV_CONSUMER",
    "__MONITOR_CONSUMER",
    "CLIENT_INNER_PRODUCER",
    "SELF_TEST_P_GROUP",
    "SELF_TEST_C_GROUP",
    "CID_ONS-HTTP-PROXY",
    "CID_ONSAPI_PERMISSION",
    "CID_ONSAPI_OWNER",
];

impl TopicKind {
    /// What a topic of this name is for, in a cluster of this name with these brokers.
    #[must_use]
    pub fn of<'b>(name: &TopicName, cluster: &str, brokers: impl IntoIterator<Item = &'b BrokerName>) -> Self {
        let text = name.as_str();
        if text.starts_with(RETRY) {
            return Self::Retry;
        }
        if text.starts_with(DEAD_LETTERS) {
            return Self::DeadLetters;
        }
        let reserved = SYSTEM_TOPICS.contains(&text)
            || text.to_ascii_lowercase().starts_with("rmq_sys_")
            || text == cluster
            || text.strip_suffix("_REPLY_TOPIC") == Some(cluster);
        if reserved || brokers.into_iter().any(|broker| broker.as_str() == text) {
            Self::System
        } else {
            Self::Ordinary
        }
    }

    /// The key of its word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Retry => "retry",
            Self::DeadLetters => "dead-letters",
            Self::System => "system",
        }
    }
}

/// Whether a group is one of RocketMQ's own.
#[must_use]
pub fn is_system_group(group: &GroupId) -> bool {
    let name = group.as_str();
    SYSTEM_GROUPS.contains(&name) || ["CID_RMQ_SYS_", "CID_ONSAPI_", "CID_SYS_RMQ_"].iter().any(|p| name.starts_with(p))
}

/// The topic that holds what a group shall try again.
///
/// # Errors
/// If the group's name is too long or of characters that no topic has: then it has no such topic.
pub fn retry_of(group: &GroupId) -> Result<TopicName, NotAName> {
    format!("{RETRY}{group}").parse()
}

/// The topic that holds what a group gave up.
///
/// # Errors
/// As [`retry_of`].
pub fn dead_letters_of(group: &GroupId) -> Result<TopicName, NotAName> {
    format!("{DEAD_LETTERS}{group}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_topic_is_for() {
        let brokers: Vec<BrokerName> = ["broker-a", "broker-b"].map(|name| name.parse().unwrap()).into();
        for (name, kind) in [
            ("orders", TopicKind::Ordinary),
            ("broker", TopicKind::Ordinary),
            ("%RETRY%billing", TopicKind::Retry),
            ("%DLQ%billing", TopicKind::DeadLetters),
            ("broker-a", TopicKind::System),
            ("Lab", TopicKind::System),
            ("Lab_REPLY_TOPIC", TopicKind::System),
            ("Other_REPLY_TOPIC", TopicKind::Ordinary),
            ("TBW102", TopicKind::System),
            ("SCHEDULE_TOPIC_XXXX", TopicKind::System),
            ("rmq_sys_SYNC_BROKER_MEMBER_broker-a", TopicKind::System),
            ("RMQ_SYS_TRANS_HALF_TOPIC", TopicKind::System),
        ] {
            assert_eq!(TopicKind::of(&name.parse().unwrap(), "Lab", &brokers), kind, "{name}");
        }
    }

    #[test]
    fn groups_have_topics_of_their_own_where_names_allow() {
        let group: GroupId = "billing".parse().unwrap();
        assert_eq!(retry_of(&group).unwrap().as_str(), "%RETRY%billing");
        assert_eq!(dead_letters_of(&group).unwrap().as_str(), "%DLQ%billing");
        assert!(retry_of(&"made by 4.9 (ü)".parse().unwrap()).is_err());
        assert!(is_system_group(&"CID_RMQ_SYS_TRANS".parse().unwrap()) && !is_system_group(&group));
    }
}
