//! Operations as they are stored, and the changes that can be asked of the store.

use crate::entry::Entry;
use crate::notice::Notice;
use crate::record::Record;
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::freeze::{Freeze, FreezeOn};
use interlock::id::{ClusterName, OperationId, PersonId};
use interlock::plan::{Adopted, Digest, Hold, Memory, Owed, Sealed};
use interlock::principal::{Account, Place};
use interlock::time::Millis;

/// A fencing token: each new holder of an operation's worker lease has a greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub i64);

/// An operation as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// Where it stands.
    pub state: State,
    /// Counts every change of the row; changes are conditional on it.
    pub version: i64,
    /// The revision of its plan that counts.
    pub revision: u32,
    /// The digest of that plan.
    pub digest: Digest,
    /// The command it came from.
    pub command: String,
    /// The cluster it concerns.
    pub cluster: ClusterName,
    /// The account that asked for it.
    pub requester: Account,
    /// The human behind that.
    pub person: PersonId,
    /// Where it was asked for.
    pub place: Place,
    /// The operation it takes back, if it is a rollback.
    pub reverses: Option<OperationId>,
    /// When it was made.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
    /// When it expires unless it has started; stands still while votes cannot be read.
    pub expires_at: Millis,
    /// When the votes on it were last read.
    pub votes_read_at: Millis,
    /// When those are reminded who can still fill an empty seat; none once that is done. Stands still as its expiry does.
    pub remind_at: Option<Millis>,
    /// When a worker has to look at it next.
    pub next_at: Millis,
    /// What the wait it is in remembers.
    pub memory: Memory,
    /// How it came to the state it is in: the key of a sentence ("stale-offsets-changed") and its facts.
    pub why: Why,
    /// How often it was re-planned by itself.
    pub replanned: u32,
}

impl Operation {
    /// Whether it ended and something is still to be put back.
    #[must_use]
    pub fn owes(&self) -> bool {
        !self.memory.owed.is_empty()
    }
}

/// The reason for a state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Why {
    /// The key of a sentence; empty if there is nothing to say.
    pub id: String,
    /// Its facts.
    pub facts: Facts,
}

/// A new operation, awaiting approval.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// Its plan, revision 1.
    pub plan: Sealed,
    /// The command as it was typed, as one line: what somebody who changes the plan begins with.
    pub typed: String,
    /// When.
    pub at: Millis,
    /// What goes into the audit log with it.
    pub records: Vec<Record>,
    /// What is told with it.
    pub notices: Vec<Notice>,
}

/// What happens to the holds in a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// They stay as they are.
    None,
    /// Nothing is taken yet: the operation is approved, and takes its place in the line for these.
    Line(Vec<Hold>),
    /// The same, before everybody who waits there without having broken the glass.
    AheadInLine(Vec<Hold>),
    /// These are taken, all or none, unless another operation has one of them or stands before this one in the line for one.
    Take(Vec<Hold>),
    /// All of another operation's holds are taken over, and these besides. Where it still had some, nobody's place in the line
    /// matters: whoever stands there waits for it to give them up.
    TakeOver {
        /// Who has them now.
        from: OperationId,
        /// What is needed.
        holds: Vec<Hold>,
    },
    /// The same as either, and what others owe on some brokers is adopted: they owe it no longer, and no longer hold those.
    Adopt {
        /// The operation that is taken back, if it is a way back.
        from: Option<OperationId>,
        /// What is needed.
        holds: Vec<Hold>,
        /// What is adopted.
        adopts: Vec<Adopted>,
    },
    /// All of the operation's are given up; see [`interlock::approval::State::taken_over`] for what it took over.
    Release,
    /// The same, but something is still to be put back: these are kept until it is, and workers go on looking at the
    /// operation.
    Owe {
        /// What is to be put back.
        owed: Vec<Owed>,
        /// What is kept.
        holds: Vec<Hold>,
    },
}

/// What freezes are to a transition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Freezes {
    /// Nothing: it starts nothing.
    #[default]
    Unasked,
    /// It is not made while one of these is frozen.
    Heeded(Vec<FreezeOn>),
    /// It is made all the same. While one of these is frozen nobody in the line is before it who waits for the end of that.
    Passed(Vec<FreezeOn>),
}

/// One transition of an operation, with everything that belongs in its transaction.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The operation.
    pub operation: OperationId,
    /// The state it is asked from.
    pub from: State,
    /// The version it is asked from.
    pub version: i64,
    /// What happens; the state after it is the table's.
    pub event: Event,
    /// The worker's token, where only the worker may do this.
    pub token: Option<Token>,
    /// When.
    pub at: Millis,
    /// When a worker has to look next.
    pub next_at: Millis,
    /// Why.
    pub why: Why,
    /// What happens to the holds.
    pub holds: Changes,
    /// What freezes are to it.
    pub freezes: Freezes,
    /// Another operation that it is made for, and the revision of its plan: only while that takes votes. Who ends that one, or
    /// changes its plan, comes before this or after it.
    pub only_while: Option<(OperationId, u32)>,
    /// A journal entry with its place, written in the same transaction.
    pub entry: Option<(i64, Entry)>,
    /// What goes into the audit log.
    pub records: Vec<Record>,
    /// What is told.
    pub notices: Vec<Notice>,
}

/// A new revision of an operation's plan; the event is [`Event::AskAgain`].
#[derive(Debug, Clone)]
pub struct Revision {
    /// The transition to awaiting approval.
    pub transition: Transition,
    /// The new plan.
    pub plan: Sealed,
    /// The command as it was typed for this plan, where somebody typed it.
    pub typed: Option<String>,
    /// Whether nobody asked for it: counted against the limit of automatic re-plans.
    pub by_itself: bool,
}

/// What came of a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transitioned {
    /// Done; the operation as it stands now.
    Done(Box<Operation>),
    /// Somebody else changed the operation first, or the one that this is made for; nothing was written.
    Lost,
    /// The token no longer holds; nothing was written.
    Fenced,
    /// Another operation has a hold that is needed, or stands before this one in the line for it; nothing was written.
    HeldBy(OperationId),
    /// This freeze stands in the way of a start; nothing was written.
    Frozen(Box<Freeze>),
}
