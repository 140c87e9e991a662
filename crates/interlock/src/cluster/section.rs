//! What one look at one part of a cluster gave.

use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// The result of one query. A failure never counts as "nothing there".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section<T> {
    /// Nobody asked yet.
    NotAsked,
    /// The look failed; nothing is known.
    Failed(Failure),
    /// What was seen, and when.
    Seen(Seen<T>),
}

/// A value with the time span in which it was read. The sections of a snapshot are not one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen<T> {
    /// When the read began.
    pub from: Millis,
    /// When it ended.
    pub to: Millis,
    /// What was read.
    pub value: T,
}

/// Why a look failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure, for rules and sentences.
    pub kind: FailureKind,
    /// What the server or the driver said, bounded, never with secrets or addresses of clients.
    pub said: String,
}

impl Failure {
    /// The cluster is of another kind than the query.
    #[must_use]
    pub fn of_another_kind() -> Self {
        Self { kind: FailureKind::Unsupported, said: "the cluster is of another kind than the query".to_owned() }
    }
}

/// The kinds of failure that people and rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// No connection could be made.
    Unreachable,
    /// No answer within the deadline.
    TimedOut,
    /// The server knows us but does not let us.
    Denied,
    /// The server did not accept who we are.
    NotAuthenticated,
    /// The server is too old or too new for the query.
    Unsupported,
    /// The answer was no answer.
    Garbage,
    /// Anything else the server said no with.
    Refused,
}

impl FailureKind {
    /// The kind as a key for sentences and metrics.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Denied => "denied",
            Self::NotAuthenticated => "not-authenticated",
            Self::Unsupported => "unsupported",
            Self::Garbage => "garbage",
            Self::Refused => "refused",
        }
    }
}
