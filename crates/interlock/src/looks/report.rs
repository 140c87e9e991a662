//! What a look found, as findings and tables: one form for every look whose answer needs no words of its own.

use super::{Asked, Grade, LookAnswer, Looking, answer};
use crate::cluster::{Failure, Look, Looker};
use crate::facts::{Fact, Facts};
use crate::id::ClusterName;
use serde::{Deserialize, Serialize};

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The cluster.
    pub cluster: ClusterName,
    /// How it is, where the look says so.
    pub grade: Option<Grade>,
    /// What it is about; the facts have `cluster`, too.
    pub headline: Phrase,
    /// What was found, the worst first.
    pub lines: Vec<Phrase>,
    /// What was counted.
    pub tables: Vec<Sheet>,
}

/// A sentence, as data: its id with what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// One of [`PHRASES`].
    pub id: String,
    /// Its facts.
    pub facts: Facts,
}

impl Phrase {
    /// A sentence without facts yet.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), facts: Facts::none() }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl Into<Fact>) -> Self {
        self.facts = self.facts.with(name, fact);
        self
    }

    /// The same with the key of why something did not answer, as `failure`.
    #[must_use]
    pub fn because(self, failure: &Failure) -> Self {
        self.with("failure", failure.kind.key())
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The name of the file it is attached as where it is too long for a card, without its ending.
    pub name: String,
    /// The heads of its columns, each one of [`HEADS`].
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A table without rows yet.
    #[must_use]
    pub fn new(name: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|key| (*key).to_owned()).collect();
        Self { name: name.to_owned(), head, rows: Vec::new() }
    }

    /// The same with these rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// A name or a text from outside; shown escaped.
    Name(String),
    /// A number.
    Number(i64),
    /// An amount of data.
    Bytes(u64),
    /// A share of a hundred.
    Percent(u32),
    /// A word of ours, one of [`WORDS`].
    Word(String),
    /// There is none.
    Nothing,
    /// It is not known.
    Unknown,
}

impl Cell {
    /// A name.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "names come as text, as numbers and as types of their own")]
    pub fn name(name: impl ToString) -> Self {
        Self::Name(name.to_string())
    }

    /// A count.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A number that may not be known.
    #[must_use]
    pub fn maybe(number: Option<i64>) -> Self {
        number.map_or(Self::Unknown, Self::Number)
    }

    /// A word of ours.
    #[must_use]
    pub fn word(key: &str) -> Self {
        Self::Word(key.to_owned())
    }
}

/// The ids of all sentences that reports are made of.
pub const PHRASES: &[&str] = &[
    "broker-dead",
    "broker-headline",
    "broker-is-controller",
    "broker-kept-hours",
    "broker-replicas",
    "broker-settings",
    "broker-started",
    "broker-topics",
    "brokers",
    "brokers-alive",
    "clients",
    "clients-of-topic",
    "clients-unversioned",
    "closed-queues-hold",
    "consume-off",
    "copies-differ",
    "copies-differ-unseen",
    "copies-not-seen",
    "copy-differs",
    "copy-missing",
    "dead-letters",
    "disk-filling",
    "disk-full",
    "frozen-cluster",
    "frozen-tier",
    "group-at",
    "group-broadcasts",
    "group-headline",
    "group-offline",
    "group-online",
    "group-only-offsets",
    "group-system",
    "groups-left-out",
    "hot-headline",
    "hot-window",
    "lag-headline",
    "master-silent",
    "masters-not-seen",
    "name-server-silent",
    "name-servers",
    "no-master",
    "no-offsets",
    "not-registered",
    "nothing-measured",
    "offline-partitions",
    "ordered",
    "process-behind",
    "read-off",
    "rocketmq-health",
    "route-headline",
    "route-missing",
    "route-order",
    "routes-agree",
    "routes-differ",
    "routes-differ-unseen",
    "routes-not-seen",
    "silent-disks",
    "skew-headline",
    "skew-most",
    "slave-silent",
    "topic-headline",
    "topic-kind",
    "topic-messages",
    "topic-queues",
    "topics-left-out",
    "topics-not-seen",
    "who-headline",
    "without-offset",
    "write-off",
    "write-past-read",
];

/// The keys of all heads of columns that reports have.
pub const HEADS: &[&str] = &[
    "address",
    "behind",
    "broker",
    "bytes",
    "client",
    "disk",
    "end",
    "group",
    "host",
    "isr",
    "lag",
    "leader",
    "leaders",
    "messages",
    "name-server",
    "no-commit",
    "offset",
    "partition",
    "partitions",
    "perm",
    "per-minute",
    "per-second",
    "queue",
    "read",
    "replicas",
    "role",
    "setting",
    "share",
    "start",
    "topic",
    "topics",
    "value",
    "version",
    "write",
    "written",
];

/// The keys of all words that cells have.
pub const WORDS: &[&str] = &["consumer", "master", "no-route", "producer", "silent", "slave"];

/// Why a report is not made yet.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something has to be asked first.
    Ask,
    /// What it hangs on could not be seen.
    Failed(Failure),
    /// A mistake, or what leads to one.
    Other(Looking),
}

impl From<Looking> for Stop {
    fn from(looking: Looking) -> Self {
        Self::Other(looking)
    }
}

/// What was seen, or why the report has to wait or fails.
pub(super) fn seen<'a, T: ?Sized>(look: Look<'a, T>) -> Result<&'a T, Stop> {
    match look {
        Look::Seen(value) => Ok(value),
        Look::Failed(failure) => Err(Stop::Failed(failure.clone())),
        Look::Ask => Err(Stop::Ask),
    }
}

/// Makes a report; where it has to see more, everything that it looked for is asked at once.
pub(super) fn reported<'a>(
    asked: &Asked<'a>,
    make: impl FnOnce(&Asked<'a>, &mut Looker<'a>) -> Result<Report, Stop>,
) -> Looking {
    let mut looker = Looker::new(asked.sections);
    match make(asked, &mut looker) {
        Ok(report) if looker.is_satisfied() => answer(LookAnswer::Report(report)),
        Ok(_) | Err(Stop::Ask) => Looking::Need(looker.needed()),
        Err(Stop::Failed(failure)) => Looking::Failed(failure),
        Err(Stop::Other(looking)) => looking,
    }
}

/// The names of some things, as a fact.
pub(super) fn names<T: ToString>(things: impl IntoIterator<Item = T>) -> Vec<String> {
    things.into_iter().map(|thing| thing.to_string()).collect()
}
