//! Names and numbers by which things are known: operations, requests, clusters, topics, groups.

use crate::cluster::ClusterKind;
use crate::principal::Account;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SHORT_LENGTH: usize = 6;
/// The longest topic of RocketMQ, in characters.
const ROCKETMQ_TOPIC: usize = 127;

/// Why a text is not the name or id it should be. Carries no text of the input: that is for the caller to quote, escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Longer than the server allows.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A character the server does not allow.
    #[error("has a character that is not allowed here")]
    Character,
    /// Not six characters of A–Z and 2–7.
    #[error("is not six letters and digits (A to Z, 2 to 7)")]
    NotShortId,
}

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAName;
            fn from_str(text: &str) -> Result<Self, NotAName> {
                let check: fn(&str) -> Result<(), NotAName> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAName;
            fn try_from(text: String) -> Result<Self, NotAName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    };
}

text_newtype!(
    /// An operation's id: six base32 characters, unique in the store.
    OperationId,
    short_id
);
text_newtype!(
    /// A request's id: six base32 characters; by it a person finds the request in the log.
    RequestId,
    short_id
);
text_newtype!(
    /// A freeze's id: six base32 characters; by it people say which one they lift.
    FreezeId,
    short_id
);
text_newtype!(
    /// A cluster's name in the settings: 1 to 63 of `a-z 0-9 -`, beginning with a letter.
    ClusterName,
    cluster_name
);
text_newtype!(
    /// A topic: 1 to 249 of `a-z A-Z 0-9 . _ - % |`, neither `.` nor `..`. Which of these its system takes, and how many,
    /// [`TopicName::fits`] tells.
    TopicName,
    topic_name
);
text_newtype!(
    /// A broker, as people call it: RocketMQ's name of it, or Kafka's node id in digits. 1 to 127 characters.
    BrokerName,
    broker_name
);
text_newtype!(
    /// A consumer group: 1 to 32,767 bytes without control characters. Kafka itself allows any string; a limit of ours of
    /// 300 characters keeps it showable.
    GroupId,
    group_id
);
text_newtype!(
    /// A person's key: a name from the settings' table of persons, or `account:…` of an account that is not listed there.
    PersonId,
    person_id
);

impl TopicName {
    /// Whether a topic of this name can be in a cluster of this kind: Kafka takes 249 of `a-z A-Z 0-9 . _ -`
    /// (`org.apache.kafka.common.internals.Topic`), RocketMQ 127 of `a-z A-Z 0-9 _ - % |` (`TopicValidator`), and names
    /// topics after its brokers and clusters, whose names may have dots.
    ///
    /// # Errors
    /// What is wrong with it there.
    pub fn fits(&self, kind: ClusterKind) -> Result<(), NotAName> {
        match kind {
            ClusterKind::Kafka if self.0.contains(['%', '|']) => Err(NotAName::Character),
            ClusterKind::Rocketmq if self.0.len() > ROCKETMQ_TOPIC => Err(NotAName::TooLong(ROCKETMQ_TOPIC)),
            ClusterKind::Kafka | ClusterKind::Rocketmq => Ok(()),
        }
    }
}

impl OperationId {
    /// An id from 30 random bits.
    #[must_use]
    pub fn from_random(bits: u32) -> Self {
        Self(short_from(bits))
    }
}

impl PersonId {
    /// The key of an account that the settings list for nobody: a person of its own.
    #[must_use]
    pub fn unlisted(account: Account) -> Self {
        Self(format!("account:{account}"))
    }

    /// The account of a person whom the settings do not list.
    #[must_use]
    pub fn unlisted_account(&self) -> Option<Account> {
        let (kind, number) = self.0.strip_prefix("account:")?.split_once(':')?;
        match kind {
            "discord" => number.parse().ok().map(Account::Discord),
            "uid" => number.parse().ok().map(Account::System),
            "persona" => number.parse().ok().map(Account::Persona),
            _ => None,
        }
    }
}

impl RequestId {
    /// An id from 30 random bits.
    #[must_use]
    pub fn from_random(bits: u32) -> Self {
        Self(short_from(bits))
    }
}

impl FreezeId {
    /// An id from 30 random bits.
    #[must_use]
    pub fn from_random(bits: u32) -> Self {
        Self(short_from(bits))
    }
}

fn short_from(bits: u32) -> String {
    (0..SHORT_LENGTH).map(|place| char::from(BASE32[(bits >> (5 * place)) as usize & 31])).collect()
}

fn short_id(text: &str) -> Result<(), NotAName> {
    let right = text.len() == SHORT_LENGTH && text.bytes().all(|byte| BASE32.contains(&byte));
    if right { Ok(()) } else { Err(NotAName::NotShortId) }
}

fn bounded(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<(), NotAName> {
    if text.is_empty() {
        return Err(NotAName::Empty);
    }
    if text.chars().count() > most {
        return Err(NotAName::TooLong(most));
    }
    if text.chars().all(allowed) { Ok(()) } else { Err(NotAName::Character) }
}

fn cluster_name(text: &str) -> Result<(), NotAName> {
    bounded(text, 63, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    if text.starts_with(|c: char| c.is_ascii_lowercase()) { Ok(()) } else { Err(NotAName::Character) }
}

fn topic_name(text: &str) -> Result<(), NotAName> {
    if text == "." || text == ".." {
        return Err(NotAName::Character);
    }
    bounded(text, 249, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '%' | '|'))
}

fn broker_name(text: &str) -> Result<(), NotAName> {
    bounded(text, 127, |c| !c.is_control() && !c.is_whitespace())
}

fn group_id(text: &str) -> Result<(), NotAName> {
    bounded(text, 300, |c| !c.is_control())
}

fn person_id(text: &str) -> Result<(), NotAName> {
    bounded(text, 80, |c| !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ids_are_six_base32_characters() {
        assert_eq!(OperationId::from_random(0).as_str(), "AAAAAA");
        assert_eq!(OperationId::from_random(u32::MAX).as_str(), "777777");
        assert_eq!("K7F3QD".parse::<OperationId>().map(|id| id.to_string()), Ok("K7F3QD".to_owned()));
        for wrong in ["", "K7F3Q", "K7F3QDA", "k7f3qd", "K7F3Q1", "K7F3Qé"] {
            assert_eq!(wrong.parse::<OperationId>(), Err(NotAName::NotShortId), "{wrong}");
        }
    }

    #[test]
    fn topic_names_follow_the_broker() {
        assert!("orders.v2_a-b".parse::<TopicName>().is_ok());
        assert!("o".repeat(249).parse::<TopicName>().is_ok());
        assert_eq!("o".repeat(250).parse::<TopicName>(), Err(NotAName::TooLong(249)));
        for wrong in [".", "..", "a b", "ордер", "a@everyone", "a/b"] {
            assert_eq!(wrong.parse::<TopicName>(), Err(NotAName::Character), "{wrong}");
        }
        assert_eq!("".parse::<TopicName>(), Err(NotAName::Empty));
    }

    #[test]
    fn each_system_takes_its_own_topic_names() {
        let fits = |name: &str, kind| name.parse::<TopicName>().unwrap().fits(kind);
        assert_eq!(fits("orders.v2", ClusterKind::Kafka), Ok(()));
        assert_eq!(fits("%RETRY%billing|1", ClusterKind::Rocketmq), Ok(()));
        assert_eq!(fits("%RETRY%billing", ClusterKind::Kafka), Err(NotAName::Character));
        assert_eq!(fits("a|b", ClusterKind::Kafka), Err(NotAName::Character));
        assert_eq!(fits(&"o".repeat(127), ClusterKind::Rocketmq), Ok(()));
        assert_eq!(fits(&"o".repeat(128), ClusterKind::Rocketmq), Err(NotAName::TooLong(127)));
        assert_eq!(fits(&"o".repeat(249), ClusterKind::Kafka), Ok(()));
    }

    #[test]
    fn cluster_names_are_small_ascii() {
        assert!("logs-kafka-2".parse::<ClusterName>().is_ok());
        for wrong in ["Logs", "2logs", "logs_kafka", "lоgs"] {
            assert!(wrong.parse::<ClusterName>().is_err(), "{wrong}");
        }
    }
}
