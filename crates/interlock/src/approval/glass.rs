//! Break-glass: somebody on call lets a plan go on though seats of it are empty. It skips seats, and nothing else: checks, freezes,
//! holds and vetoes stay. Somebody else reviews it afterwards.

use crate::facts::Facts;
use crate::id::{OperationId, PersonId};
use crate::plan::Digest;
use crate::principal::Account;
use crate::time::Millis;
use std::time::Duration;

/// How long after the glass was broken people are told for the first time that nobody has reviewed it.
pub const FIRST_NAG: Duration = Duration::from_secs(3_600);
/// How often they are told again.
pub const NAG_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// What the glass on a plan is worth at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Glass {
    /// Nobody broke it.
    #[default]
    Whole,
    /// Somebody broke it who has the right to that now.
    Broken {
        /// Who.
        by: PersonId,
        /// Why, in their words.
        reason: String,
    },
    /// Who broke it has the right to that no more.
    Lapsed,
    /// Who broke it cannot be looked up now.
    CannotVerify,
}

impl Glass {
    /// By whom it is broken, and why; nothing if it is not.
    #[must_use]
    pub fn facts(&self) -> Facts {
        match self {
            Self::Broken { by, reason } => Facts::none().with("by", by.as_str()).with("reason", reason.as_str()),
            Self::Whole | Self::Lapsed | Self::CannotVerify => Facts::none(),
        }
    }
}

/// The glass of one plan was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenGlass {
    /// The operation.
    pub operation: OperationId,
    /// The plan: a new revision has a glass of its own.
    pub digest: Digest,
    /// By which account.
    pub account: Account,
    /// The human behind it.
    pub person: PersonId,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub at: Millis,
    /// The review, once somebody else closed it.
    pub review: Option<Review>,
}

/// What somebody else says of a broken glass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who.
    pub person: PersonId,
    /// In their words.
    pub words: String,
    /// When.
    pub at: Millis,
}
