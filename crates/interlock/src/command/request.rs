//! One use of a command, parsed.

use crate::id::{BrokerName, ClusterName, GroupId, OperationId, RequestId, TopicName};
use crate::plan::{Digest, OffsetTarget};
use crate::principal::{Place, Principal};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// One use of a command: typed arguments, who asks, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// By it a person finds the request in the log.
    pub id: RequestId,
    /// The command's name in the catalogue ("reset-offset").
    pub command: String,
    /// Its arguments; only options of the catalogue, all required ones there.
    pub arguments: Arguments,
    /// Who asks.
    pub principal: Principal,
    /// From where.
    pub place: Place,
    /// When.
    pub asked_at: Millis,
}

/// The value of one option. The catalogue's option types say which is which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A cluster of the settings.
    Cluster(ClusterName),
    /// A topic; whether it exists is the planner's question.
    Topic(TopicName),
    /// A consumer group.
    Group(GroupId),
    /// Where to set offsets, resolved to an instant where a time was typed.
    OffsetTarget(OffsetTarget),
    /// Partition numbers, sorted, without repeats, at least one.
    Partitions(Vec<i32>),
    /// A time span ("30m"); stored as whole milliseconds.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    Duration(Duration),
    /// An operation.
    Operation(OperationId),
    /// A whole digest of a plan.
    Digest(Digest),
    /// A command of the catalogue, by name.
    Command(String),
    /// Free text of a person: hostile until escaped.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// One of the words that the option allows.
    Choice(String),
    /// A broker; whether it exists is the look's question.
    Broker(BrokerName),
    /// Broker ids, sorted, without repeats, at least one.
    Brokers(Vec<i32>),
    /// Names and patterns of topics, sorted, without repeats, at least one.
    Topics(Vec<String>),
    /// An amount of data each second; stored as bytes.
    #[serde(rename = "rate_bytes_per_second")]
    Rate(u64),
    /// How many of something, from 1 on.
    Count(u32),
    /// Settings by key; none where a setting is taken away.
    Settings(super::Settings),
    /// An instant that was still to come.
    Deadline(Millis),
}

/// Plans hold integers with their unit in the name, so a time span is stored as a number of milliseconds.
mod milliseconds {
    use serde::{Deserialize as _, Deserializer, Serializer, ser::Error as _};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(span.as_millis()).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

impl Value {
    /// The value in the catalogue's one writing: parsed again by the same option it gives the same value.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Cluster(name) => name.to_string(),
            Self::Topic(name) => name.to_string(),
            Self::Group(name) => name.to_string(),
            Self::OffsetTarget(target) => target.to_string(),
            Self::Partitions(numbers) => super::partitions::canonical(numbers),
            Self::Duration(span) => super::duration::canonical(*span),
            Self::Operation(id) => id.to_string(),
            Self::Digest(digest) => digest.to_string(),
            Self::Command(text) | Self::Text(text) | Self::Choice(text) => text.clone(),
            Self::Flag(yes) => yes.to_string(),
            Self::Broker(name) => name.to_string(),
            Self::Brokers(ids) => super::partitions::canonical(ids),
            Self::Topics(words) => words.join(","),
            Self::Rate(rate) => super::rate::canonical(*rate),
            Self::Count(count) => count.to_string(),
            Self::Settings(settings) => super::settings::canonical(settings),
            Self::Deadline(at) => at.to_string(),
        }
    }
}

/// Arguments by option name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arguments(pub BTreeMap<String, Value>);

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $type:ty, $variant:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, option: &str) -> Option<&$type> {
            match self.0.get(option) { Some(Value::$variant(value)) => Some(value), _ => None }
        }
    )*};
}

impl Arguments {
    getters! {
        /// The cluster given for an option.
        cluster -> ClusterName, Cluster;
        /// The topic given for an option.
        topic -> TopicName, Topic;
        /// The group given for an option.
        group -> GroupId, Group;
        /// The target given for an option.
        offset_target -> OffsetTarget, OffsetTarget;
        /// The partitions given for an option.
        partitions -> Vec<i32>, Partitions;
        /// The time span given for an option.
        duration -> Duration, Duration;
        /// The operation given for an option.
        operation -> OperationId, Operation;
        /// The digest given for an option.
        digest -> Digest, Digest;
        /// The command given for an option.
        command -> str, Command;
        /// The text given for an option.
        text -> str, Text;
        /// The word chosen for an option.
        choice -> str, Choice;
        /// The broker given for an option.
        broker -> BrokerName, Broker;
        /// The brokers given for an option.
        brokers -> [i32], Brokers;
        /// The topics given for an option.
        topics -> [String], Topics;
        /// The rate given for an option, in bytes a second.
        rate -> u64, Rate;
        /// The number given for an option.
        count -> u32, Count;
        /// The settings given for an option.
        settings -> super::Settings, Settings;
        /// The end given for an option.
        deadline -> Millis, Deadline;
    }

    /// Every argument in its canonical writing, as a plan stores it.
    #[must_use]
    pub fn canonical(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(name, value)| (name.clone(), value.canonical())).collect()
    }

    /// Whether a flag was given as true.
    #[must_use]
    pub fn flag(&self, option: &str) -> bool {
        matches!(self.0.get(option), Some(Value::Flag(true)))
    }

    /// Whether an option was given at all.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.0.contains_key(option)
    }
}
