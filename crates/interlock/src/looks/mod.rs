//! Looks: what only reads. Sections + request → what is needed, or the answer as data.
//!
//! One file a look. Each is pure and is called again from the start with the merged sections until it needs nothing more.
//! Names outside of the person's scope are treated as if they did not exist, in answers and in suggestions alike.

mod answer;
mod board;
pub mod clusters;
mod everybody;
mod group;
mod health;
mod kafka;
mod lag;
mod report;
mod rocketmq;
mod suggest;
mod topic;

#[cfg(test)]
mod tests;

pub use answer::{
    AuditEntry, AuditHead, AuditPage, AuditVerified, Help, HelpCommand, HelpOption, LookAnswer, OperationLine,
    OperationStatus, OperationsList, StepLine, ToldOf, WhoAmI,
};
pub use board::Board;
pub use clusters::{ClusterCounts, ClusterLine, ClustersLook, Counts, RocketmqCounts};
pub use group::{GroupLook, MemberLine, TopicLag};
pub use health::{Grade, Health, Obligation, UnhealthyTopic};
pub use lag::{GroupLag, LagLook, PartitionLag};
pub use report::{Cell, HEADS, PHRASES, Phrase, Report, Sheet, WORDS};
pub use topic::{PartitionLine, TopicLook};

use crate::cluster::{Cluster, ClusterKind, Failure, Look, Query, Sections};
use crate::command::{Arguments, misfit};
use crate::facts::Facts;
use crate::freeze::Freeze;
use crate::id::{GroupId, TopicName};
use crate::plan::Mistake;
use report::Stop;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a look says after one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looking {
    /// It has to see more first.
    Need(BTreeSet<Query>),
    /// This is the answer.
    Answer(Box<LookAnswer>),
    /// The person asked for something that is not there.
    Mistake(Mistake),
    /// What the answer hangs on could not be seen.
    Failed(Failure),
}

/// What is looked at, for whom.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What has been seen of it so far.
    pub sections: &'a Sections,
    /// The options of the request: `topic`, `group`.
    pub arguments: &'a Arguments,
    /// What the person may see.
    pub visible: Visible<'a>,
    /// What is still to be put back on this cluster, from the store; only `/health` reads it.
    pub obligations: &'a [Obligation],
    /// The freezes that stop changes of this cluster, from the store; only `/health` reads them.
    pub freezes: &'a [Freeze],
}

/// What a person may see, as policy says.
#[derive(Clone, Copy)]
pub struct Visible<'a> {
    /// Whether a topic may be shown.
    pub topic: &'a dyn Fn(&TopicName) -> bool,
    /// Whether a group may be shown.
    pub group: &'a dyn Fn(&GroupId) -> bool,
}

/// One round of the look of this name at one cluster; none if there is no such look here. `/clusters` concerns all
/// clusters and is answered by [`clusters::answer`].
#[must_use]
pub fn look(command: &str, asked: &Asked<'_>) -> Option<Looking> {
    if let Some(mistake) = misfit(asked.arguments, asked.cluster.kind) {
        return Some(Looking::Mistake(mistake));
    }
    // Without a topic: how far the group is behind in each of its topics.
    let command = if command == "lag" && !asked.arguments.has("topic") { "group" } else { command };
    match asked.cluster.kind {
        ClusterKind::Kafka => at_kafka(command, asked),
        ClusterKind::Rocketmq => at_rocketmq(command, asked),
    }
}

fn at_kafka(command: &str, asked: &Asked<'_>) -> Option<Looking> {
    match command {
        "health" => Some(health::look(asked)),
        "topic" => Some(topic::look(asked)),
        "route" => Some(kafka::route::look(asked)),
        "group" => Some(group::look(asked)),
        "lag" => Some(lag::look(asked)),
        "who" => Some(kafka::who::look(asked)),
        "broker" => Some(kafka::broker::look(asked)),
        "hot" => Some(kafka::hot::look(asked)),
        "skew" => Some(kafka::skew::look(asked)),
        _ => None,
    }
}

fn at_rocketmq(command: &str, asked: &Asked<'_>) -> Option<Looking> {
    match command {
        "health" => Some(rocketmq::health::look(asked)),
        "topic" => Some(rocketmq::topic::look(asked)),
        "route" => Some(rocketmq::route::look(asked)),
        "group" => Some(rocketmq::group::look(asked)),
        "lag" => Some(rocketmq::lag::look(asked)),
        "who" => Some(rocketmq::who::look(asked)),
        "broker" => Some(rocketmq::broker::look(asked)),
        "hot" => Some(rocketmq::hot::look(asked)),
        "skew" => Some(rocketmq::skew::look(asked)),
        _ => None,
    }
}

/// Into how many groups `/who` looks; the rest is counted.
const WHO_GROUPS: usize = 100;

/// `/who` is about one thing: a topic, a group, or a broker.
fn one_of_who(asked: &Asked<'_>) -> Result<(), Stop> {
    let given = ["topic", "group", "broker"].into_iter().filter(|option| asked.arguments.has(option)).count();
    if given == 1 {
        return Ok(());
    }
    let choices: Vec<String> = ["topic", "group", "broker"].map(str::to_owned).into();
    Err(Looking::Mistake(Mistake::new("one-of-these", Facts::none().with("choices", choices))).into())
}

/// A share of a whole, in percent.
fn percent(part: u64, whole: u64) -> Cell {
    if whole == 0 {
        return Cell::Nothing;
    }
    Cell::Percent(u32::try_from(u128::from(part) * 100 / u128::from(whole)).unwrap_or(u32::MAX))
}

/// The broker that has most of something, in percent of what each would have if it were even; none where there is nothing.
fn most_over_mean<'n>(measure: &str, of: impl IntoIterator<Item = (&'n str, i64)>) -> Option<Phrase> {
    let all: Vec<(&str, i64)> = of.into_iter().collect();
    let sum: i64 = all.iter().map(|(_, amount)| *amount).sum();
    let (broker, most) = all.iter().copied().max_by_key(|(_, amount)| *amount)?;
    let count = i64::try_from(all.len()).ok()?;
    if sum <= 0 || count < 2 {
        return None;
    }
    let percent = i64::try_from(i128::from(most) * 100 * i128::from(count) / i128::from(sum)).unwrap_or(i64::MAX);
    Some(Phrase::new("skew-most").with("measure", measure).with("broker", broker).with("percent", percent))
}

/// A part of an answer that may have failed while the rest is worth showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part<T> {
    /// This was seen.
    Known(T),
    /// The look failed.
    Unknown(Failure),
}

impl<T> Part<T> {
    /// What was seen, if anything.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// The same part of something else.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Part<U> {
        match self {
            Self::Known(value) => Part::Known(change(value)),
            Self::Unknown(failure) => Part::Unknown(failure),
        }
    }
}

/// A part from a look; none while it has to be asked first.
fn part<'a, T: ?Sized>(look: Look<'a, T>) -> Option<Part<&'a T>> {
    match look {
        Look::Ask => None,
        Look::Failed(failure) => Some(Part::Unknown(failure.clone())),
        Look::Seen(value) => Some(Part::Known(value)),
    }
}

fn missing(option: &str) -> Looking {
    Looking::Mistake(Mistake::new("missing-option", Facts::none().with("option", option)))
}

fn answer(answer: LookAnswer) -> Looking {
    Looking::Answer(Box::new(answer))
}
