//! The types of options: each is parsed, completed and explained in one place.

use super::catalogue::{Catalogue, OptionSpec};
use super::directory::{behind, is_handle};
use super::instant::{self, Times};
use super::name::did_you_mean;
use super::parse::{ParseContext, cut, given};
use super::request::Value;
use super::{count, duration, offset_target, partitions, rate, settings, topics};
use crate::facts::Facts;
use crate::id::ClusterName;
use crate::plan::{Digest, Mistake};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The type of an option. Closed: a new one is parsed in [`OptionType::read`], completed in `complete`, and its accepted
/// forms stand in [`OptionType::forms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionType {
    /// A cluster in sight, by name.
    Cluster,
    /// A topic, byte for byte.
    Topic,
    /// A consumer group, byte for byte.
    Group,
    /// Where offsets go.
    OffsetTarget,
    /// A list of partitions.
    Partitions,
    /// A time span.
    Duration,
    /// An operation's id.
    Operation,
    /// A whole digest.
    Digest,
    /// A command of the catalogue.
    Command,
    /// Free text.
    Text,
    /// Yes or no.
    Flag,
    /// One of the words of the option.
    Choice,
    /// A broker: its id or its name, byte for byte.
    Broker,
    /// A list of brokers, by id.
    Brokers,
    /// A list of topics: names, patterns, all, the busiest.
    Topics,
    /// How much data each second.
    Rate,
    /// How many of something.
    Count,
    /// Settings by key.
    Settings,
    /// An instant still to come.
    Deadline,
}

/// What a value is read with.
pub(super) struct Reading<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) context: &'a ParseContext<'a>,
    /// The cluster of the request, once it is known.
    pub(super) cluster: Option<&'a ClusterName>,
}

impl OptionType {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Cluster,
        Self::Topic,
        Self::Group,
        Self::OffsetTarget,
        Self::Partitions,
        Self::Duration,
        Self::Operation,
        Self::Digest,
        Self::Command,
        Self::Text,
        Self::Flag,
        Self::Choice,
        Self::Broker,
        Self::Brokers,
        Self::Topics,
        Self::Rate,
        Self::Count,
        Self::Settings,
        Self::Deadline,
    ];

    /// The key in command files; sentences that explain the type go by `type-` and this key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Topic => "topic",
            Self::Group => "group",
            Self::OffsetTarget => "offset-target",
            Self::Partitions => "partitions",
            Self::Duration => "duration",
            Self::Operation => "operation",
            Self::Digest => "digest",
            Self::Command => "command",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::Choice => "choice",
            Self::Broker => "broker",
            Self::Brokers => "brokers",
            Self::Topics => "topics",
            Self::Rate => "rate",
            Self::Count => "count",
            Self::Settings => "settings",
            Self::Deadline => "deadline",
        }
    }

    /// The accepted forms, each by an example: what a mistake lists and help shows.
    #[must_use]
    pub fn forms(self) -> &'static [&'static str] {
        match self {
            Self::OffsetTarget => &[
                "2026-11-20T08:00:00Z",
                "2026-11-20 08:00",
                "2026-11-20 08:00 Asia/Shanghai",
                "2026-11-20#08:00:00:000",
                "now",
                "-2h",
                "earliest",
                "latest",
                "offset:1200",
                "shift:-500",
            ],
            Self::Deadline => {
                &["2026-12-01T09:00:00Z", "2026-12-01 09:00", "2026-12-01T09:00", "2026-12-01 09:00 Asia/Shanghai"]
            }
            Self::Partitions => &["0", "0,3,7-9"],
            Self::Duration => &["90s", "30m", "1h30m", "7d"],
            Self::Operation => &["K7F3QD"],
            Self::Flag => &["true", "false"],
            Self::Broker => &["4", "broker-a"],
            Self::Brokers => &["4", "4,5,7-9"],
            Self::Topics => &["orders,payments", "pay*", "all", "busiest:20"],
            Self::Rate => &["50MiB", "1GiB"],
            Self::Count => &["12"],
            Self::Settings => {
                &["retention.ms=7d", "retention.bytes=10GiB min.insync.replicas=2", "retention.ms=default"]
            }
            _ => &[],
        }
    }

    /// Reads a value of this type.
    pub(super) fn read(self, text: &str, option: &OptionSpec, reading: &Reading<'_>) -> Result<Value, Mistake> {
        match self {
            Self::Cluster => cluster(text, reading),
            Self::Topic => topic(text, reading),
            Self::Group => group(text, reading),
            Self::Deadline => deadline(text, option, reading),
            Self::OffsetTarget => {
                let times = Times { now: reading.context.now, zone: reading.context.zone };
                offset_target::parse(text, &times).map(Value::OffsetTarget)
            }
            Self::Partitions => partitions::parse(text).map(Value::Partitions),
            Self::Duration => bounded_duration(text, option),
            Self::Operation => {
                let id = text.to_ascii_uppercase().parse();
                id.map(Value::Operation).map_err(|_| Mistake::new("not-an-operation", given(text)))
            }
            Self::Digest => digest(text),
            Self::Command => command(text, reading.catalogue),
            Self::Text => free_text(text, option),
            Self::Flag => flag(text),
            Self::Choice => choice(text, option),
            Self::Broker => broker(text, reading),
            Self::Brokers => brokers(text),
            Self::Topics => topics::parse(text).map(Value::Topics),
            Self::Rate => rate::parse(text).map(Value::Rate),
            Self::Count => count::parse(text).map(Value::Count),
            Self::Settings => settings::parse(text).map(Value::Settings),
        }
    }
}

/// A cluster out of sight is answered like one that does not exist: both are simply not among those in sight.
fn cluster(text: &str, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let sight = reading.context.view.sight;
    if let Some(cluster) = sight.cluster(text) {
        return Ok(Value::Cluster(cluster.clone()));
    }
    let near = did_you_mean(text, sight.clusters().map(ClusterName::as_str));
    Err(Mistake::new("unknown-cluster", meant(given(text), near)))
}

fn topic(text: &str, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let names = || reading.cluster.into_iter().flat_map(|cluster| reading.context.view.topics(cluster));
    if is_handle(text) {
        let name = behind(text, names()).and_then(|name| name.parse().ok());
        return name.map(Value::Topic).ok_or_else(|| Mistake::new("unknown-handle", given(text)));
    }
    text.parse().map(Value::Topic).map_err(|error: crate::id::NotAName| {
        let facts = problem(meant(given(text), did_you_mean(text, names())), error);
        Mistake::new("not-a-topic-name", facts)
    })
}

/// A group may itself be called like a handle; then it is that group, unless a long name in sight has the handle.
fn group(text: &str, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let names = || reading.cluster.into_iter().flat_map(|cluster| reading.context.view.groups(cluster));
    if is_handle(text)
        && let Some(name) = behind(text, names()).and_then(|name| name.parse().ok())
    {
        return Ok(Value::Group(name));
    }
    text.parse().map(Value::Group).map_err(|error: crate::id::NotAName| {
        let facts = problem(meant(given(text), did_you_mean(text, names())), error);
        Mistake::new("not-a-group-name", facts)
    })
}

/// The key of what is wrong with a name, and the limit that it breaks.
pub(super) fn problem(facts: Facts, error: crate::id::NotAName) -> Facts {
    match error {
        crate::id::NotAName::Empty => facts.with("problem", "empty"),
        crate::id::NotAName::TooLong(most) => facts.with("problem", "too-long").with("most", most),
        crate::id::NotAName::Character | crate::id::NotAName::NotShortId => facts.with("problem", "character"),
    }
}

pub(super) fn meant(facts: Facts, near: Vec<String>) -> Facts {
    if near.is_empty() { facts } else { facts.with("did-you-mean", near) }
}

fn broker(text: &str, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let names = || reading.cluster.into_iter().flat_map(|cluster| reading.context.view.brokers(cluster));
    text.parse().map(Value::Broker).map_err(|error: crate::id::NotAName| {
        let facts = problem(meant(given(text), did_you_mean(text, names())), error);
        Mistake::new("not-a-broker", facts)
    })
}

/// Broker ids are written as partitions are.
fn brokers(text: &str) -> Result<Value, Mistake> {
    partitions::parse(text).map(Value::Brokers).map_err(|_| Mistake::new("not-brokers", given(text)))
}

fn bounded_duration(text: &str, option: &OptionSpec) -> Result<Value, Mistake> {
    let span = duration::parse(text)?;
    if let Some(least) = option.at_least.filter(|least| span < *least) {
        return Err(Mistake::new("duration-too-short", given(text).with("least", least)));
    }
    if let Some(most) = option.at_most.filter(|most| span > *most) {
        return Err(Mistake::new("duration-too-long", given(text).with("most", most)));
    }
    Ok(Value::Duration(span))
}

/// Nothing ends in the past, nor later than the option allows.
fn deadline(text: &str, option: &OptionSpec, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let now = reading.context.now;
    let at = instant::to_come(text, &Times { now, zone: reading.context.zone })?;
    match option.at_most {
        Some(most) if at > now.plus(most) => {
            Err(Mistake::new("time-too-far", given(text).with("at", at).with("most", most)))
        }
        _ => Ok(Value::Deadline(at)),
    }
}

/// Only a whole digest says which plan was seen; the digits that cards show can be ground by brute force.
fn digest(text: &str) -> Result<Value, Mistake> {
    if let Ok(digest) = text.parse::<Digest>() {
        return Ok(Value::Digest(digest));
    }
    let hex = text.bytes().filter(|byte| *byte != b' ').all(|byte| byte.is_ascii_hexdigit());
    let id = if hex && text.len() < 64 { "digest-not-whole" } else { "not-a-digest" };
    Err(Mistake::new(id, given(text)))
}

fn command(text: &str, catalogue: &Catalogue) -> Result<Value, Mistake> {
    let name = text.strip_prefix('/').unwrap_or(text);
    catalogue.find(name).map(|command| Value::Command(command.name.clone()))
}

fn free_text(text: &str, option: &OptionSpec) -> Result<Value, Mistake> {
    if text.chars().count() > option.longest {
        return Err(Mistake::new("text-too-long", given(text).with("most", option.longest)));
    }
    if text.chars().any(char::is_control) {
        return Err(Mistake::new("text-has-control-characters", given(text)));
    }
    Ok(Value::Text(text.to_owned()))
}

fn flag(text: &str) -> Result<Value, Mistake> {
    match text {
        "true" | "yes" => Ok(Value::Flag(true)),
        "false" | "no" => Ok(Value::Flag(false)),
        _ => Err(Mistake::new("not-a-flag", given(text))),
    }
}

fn choice(text: &str, option: &OptionSpec) -> Result<Value, Mistake> {
    if option.choices.iter().any(|choice| choice == text) {
        return Ok(Value::Choice(text.to_owned()));
    }
    let near = did_you_mean(text, option.choices.iter().map(String::as_str));
    let choices: BTreeSet<String> = option.choices.iter().map(|choice| cut(choice)).collect();
    let facts = given(text).with("choices", choices.into_iter().collect::<Vec<_>>());
    Err(Mistake::new("not-a-choice", meant(facts, near)))
}
