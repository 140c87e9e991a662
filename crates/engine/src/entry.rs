//! Journal entries: what a worker intended, did and found, in order.

use interlock::facts::Facts;
use interlock::id::PersonId;
use interlock::plan::{Action, Captured, Digest};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};

/// One entry of an operation's journal. Stored as JSON; variants are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The serialization point: votes were read a last time, holds are taken. Votes are never read again after this.
    Started(StartRecord),
    /// A rule's actions, fixed before the first of them is begun. Until then a later one takes the place of an earlier one.
    Expanded {
        /// The step.
        step: u32,
        /// Its actions, literal.
        actions: Vec<Action>,
    },
    /// More actions beside a step while it goes on: its throttle turned within the plan's bounds, its moves turned round by a
    /// stop. Fixed before the first of them is begun; they follow those that were added before.
    Added {
        /// The number under which they are journalled; see [`crate::history`].
        step: u32,
        /// The actions, literal.
        actions: Vec<Action>,
    },
    /// Values of the moment, captured by a step.
    Captured {
        /// The step.
        step: u32,
        /// The values.
        captured: Captured,
    },
    /// An action is about to be done.
    Intent {
        /// The step.
        step: u32,
        /// Its place among the step's actions, from 0.
        action: u32,
        /// Counts the attempts, from 1.
        attempt: u32,
        /// When; long ago in journals that do not say it.
        #[serde(default)]
        at: Millis,
    },
    /// What came of it, as far as it is known.
    Outcome {
        /// The step.
        step: u32,
        /// The action.
        action: u32,
        /// The attempt.
        attempt: u32,
        /// What came of it.
        outcome: Outcome,
        /// What the server said, if it did not go well.
        facts: Facts,
    },
    /// A wait began.
    WaitBegan {
        /// The step.
        step: u32,
        /// When it is given up.
        until: Millis,
    },
    /// A step is done and verified.
    StepDone {
        /// The step.
        step: u32,
    },
    /// What was for the run only is put back.
    Restored,
    /// The owners of what is changed could not be told before the first act. It goes on when a person says so; a way back by
    /// itself.
    OwnersNotTold,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Read back as done.
    Done,
    /// Nothing of it was applied.
    NotApplied,
    /// Some of it reads back as done, or may have been done, the rest as before; the facts are why, where the cluster said so.
    Partly,
    /// Not known; it is settled by looking.
    Unknown,
    /// The cluster answered that it is done; it is settled by looking. Kept only where what is set moves on by itself, and looking
    /// alone need not tell.
    Answered,
    /// The cluster answered that it is done, and it was never seen so: who has read all of it again stands as who was never set
    /// back. The facts are where.
    Unseen,
    /// It stood as wanted already, so nothing was sent.
    Needless,
    /// Somebody else changed what was to be put back; it is left as they made it.
    Left,
    /// Its broker is dead, so it cannot be read back; it is looked at again when the broker returns.
    Unread,
}

/// What the start of an operation rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRecord {
    /// The plan that was approved.
    pub digest: Digest,
    /// Who fills the seats, in the plan's order.
    pub seats: Vec<PersonId>,
    /// Who broke the glass, where that skipped the seats which are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<PersonId>,
}
