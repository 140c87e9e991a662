//! What comes in from a chat, and what goes back: data; sentences are made in `text`.

pub use interlock::command::RawValue;

use interlock::approval::State;
use interlock::freeze::Freeze;
use interlock::id::{ClusterName, OperationId, RequestId};
use interlock::looks::LookAnswer;
use interlock::plan::{Check, Mistake};
use interlock::principal::{Place, Principal};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::ops::Deref;

/// A command as a chat hands it over: nothing in it is trusted.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The command's name as typed or as the chat says.
    pub command: String,
    /// Options as they came; a chat may leave out required ones or send unknown ones.
    pub options: BTreeMap<String, RawValue>,
    /// Who, with the roles of this moment.
    pub principal: Principal,
    /// Where.
    pub place: Place,
    /// The language of the person's client ("en-US", "zh-CN"); unknown ones fall back.
    pub locale: String,
    /// When it arrived.
    pub at: Millis,
}

/// The private answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// By it the person finds the request in the log.
    pub request: RequestId,
    /// What came of it.
    pub done: Done,
    /// Whether it is in the audit log; if not, the answer says so.
    pub recorded: Recorded,
}

/// Whether a request is in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is.
    Yes,
    /// It waits: the store is slow or does not take it now. It is lost if the process ends before that.
    NotYet,
    /// It is not: too many wait, or it belongs to a flood that is only counted.
    No,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// A look, with what was seen.
    Looked(Box<LookAnswer>),
    /// What somebody was shown is on its way to the place, for everybody there.
    Shared,
    /// A plan was made; its card is on the way to the place.
    Planned {
        /// The operation.
        operation: OperationId,
        /// How many seats must be filled by others; none where whoever asked confirms it.
        seats: usize,
    },
    /// A dry run: the plan as it would be, rendered from the sealed bytes; nothing was stored.
    DryRun(Box<interlock::plan::Sealed>),
    /// Before a vote by command counts, the plan it would be on is shown, with its whole digest to repeat.
    AskedBack(Box<interlock::plan::Sealed>),
    /// The same before the glass of a plan is broken.
    GlassAskedBack(Box<interlock::plan::Sealed>),
    /// A control took effect: the key of its sentence ("paused", "vote-counted", "stop-asked") and the state now.
    Controlled {
        /// The operation.
        operation: OperationId,
        /// What was done, as the key of its sentence.
        what: &'static str,
        /// The state now.
        state: State,
    },
    /// From now on nothing starts there until it ends.
    Frozen(Box<Freeze>),
    /// A freeze was lifted.
    Unfrozen {
        /// The freeze.
        freeze: Box<Freeze>,
        /// Others that still stop changes there.
        still: Vec<Freeze>,
    },
    /// The person's mistake.
    Mistake(Mistake),
    /// Checks forbid it.
    Refused(Refusal),
    /// The person has no right to it, or the place is not one for it.
    Denied(Denied),
    /// The cluster or the store failed: a key ("cluster-timed-out", "store-unavailable") and what was said.
    Failed {
        /// The key of its sentence.
        id: String,
        /// What the other side said, bounded.
        said: String,
    },
    /// Our own bug; only the request id is shown.
    Bug,
}

/// The checks that forbid something, which it reads as, and where they looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The cluster: what was found there may not be left where it may not be shown.
    pub cluster: ClusterName,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Deref for Refusal {
    type Target = [Check];

    fn deref(&self) -> &Self::Target {
        &self.checks
    }
}

impl IntoIterator for Refusal {
    type Item = Check;
    type IntoIter = std::vec::IntoIter<Check>;

    fn into_iter(self) -> Self::IntoIter {
        self.checks.into_iter()
    }
}

/// Why somebody may not. Says nothing about things outside of the person's scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The key of the sentence: "no-role", "not-here", "direct-message", "foreign-guild", "not-yours",
    /// "beyond-sight", "beyond-sight-of-list".
    pub id: &'static str,
    /// The role that would be needed, if that may be said.
    pub needs: Option<String>,
}
