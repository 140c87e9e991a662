//! What goes wrong on demand.

use super::member::Member;
use interlock::cluster::kafka::{Committed, KafkaQuery};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What is wrong with a cluster until it is taken away again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Nobody listens.
    Down,
    /// Each answer takes so many milliseconds. What takes longer than the deadline is done all the same, but not told.
    Slow(u64),
    /// The answers are no answers. What was asked is done all the same.
    Garbage,
    /// The server does not accept who we are.
    NotAuthenticated,
}

/// What happens to one act's request or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActFault {
    /// It is applied and the answer is lost.
    AnswerLost,
    /// It is lost on the way and nothing is applied; the sender cannot tell.
    RequestLost,
}

/// What somebody else does just when an act comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interference {
    /// A member joins.
    Join(GroupId, Member),
    /// Another tool commits an offset, if the broker lets it.
    Commit(GroupId, TopicName, i32, Committed),
    /// Another tool moves a partition, if the controller lets it.
    Reassign(TopicName, i32, Vec<i32>),
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    pub(crate) trouble: Option<Trouble>,
    pub(crate) acts: VecDeque<ActFault>,
    pub(crate) before: Vec<Interference>,
    pub(crate) after: Vec<Interference>,
    pub(crate) queries: Vec<(KafkaQuery, Failure)>,
}

impl Trouble {
    /// How a look fails; none where it only takes long.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Down => Some(failed(FailureKind::Unreachable, "connection refused")),
            Self::Garbage => Some(failed(FailureKind::Garbage, "the answer ends in the middle of a field")),
            Self::NotAuthenticated => Some(failed(
                FailureKind::NotAuthenticated,
                "58 SASL_AUTHENTICATION_FAILED: Authentication failed: Invalid username or password",
            )),
            Self::Slow(_) => None,
        }
    }

    pub(crate) fn delay_ms(&self) -> u64 {
        if let Self::Slow(ms) = self { *ms } else { 0 }
    }

    /// Whether a request still comes to the broker.
    pub(crate) fn lets_through(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::Garbage)
    }
}

pub(crate) fn failed(kind: FailureKind, said: &str) -> Failure {
    Failure { kind, said: said.to_owned() }
}
