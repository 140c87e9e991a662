use super::Boxed;
use crate::entry::Entry;
use crate::notice::Notice;
use crate::operation::{Changes, Freezes, NewOperation, Operation, Revision, Token, Transition, Transitioned};
use crate::record::Record;
use interlock::freeze::Freeze;
use interlock::id::OperationId;
use interlock::plan::{Hold, Memory, Owed, Sealed};
use interlock::time::Millis;
use std::collections::BTreeSet;

/// The durable record of operations. Each call is one transaction, together with its audit records and notices.
pub trait Journal: Send + Sync {
    /// Makes an operation with its first plan. Nothing exists before this returns.
    fn create<'a>(&'a self, new: &'a NewOperation) -> Boxed<'a, Result<Operation, JournalError>>;

    /// An operation as it stands.
    fn operation<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Operation>, JournalError>>;

    /// The plan of an operation's current revision. Its bytes are read each time, and have the digest of the operation's row.
    fn plan<'a>(&'a self, operation: &'a Operation) -> Boxed<'a, Result<Sealed, JournalError>>;

    /// Operations a worker may have something to do for: workable, and `next_at` reached. Of each cluster the oldest first, and
    /// bounded for each cluster, so that none is left out for the many of another one.
    fn workable(&self, now: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>>;

    /// One transition, if the operation is still in the state and version it is asked from (and the token still holds, and the
    /// one that it is made for takes votes).
    fn transition<'a>(&'a self, transition: &'a Transition) -> Boxed<'a, Result<Transitioned, JournalError>>;

    /// Replaces the plan by a new revision, which asks for votes anew; conditional like [`Journal::transition`].
    fn revise<'a>(&'a self, revision: &'a Revision) -> Boxed<'a, Result<Transitioned, JournalError>>;

    /// Writes one entry, if the token still holds. The same entry (operation, `seq`) is never written twice.
    fn write<'a>(&'a self, entry: Written<'a>) -> Boxed<'a, Result<bool, JournalError>>;

    /// All entries of an operation, in order.
    fn entries<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Vec<Entry>, JournalError>>;

    /// Remembers a look at a wait, and when the next is due, if the token still holds; false if it does not. Where somebody
    /// changed the operation since it was read, nothing is written: what they asked for must not be put off.
    fn remember<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        memory: &'a Memory,
        next_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>>;

    /// Like [`Journal::remember`], and other operations are told of it, in the order of their ids: where nothing is written,
    /// nobody is told. Where somebody changed one of them since it was read, nothing is written either, and true is answered:
    /// the look is due as before.
    fn remember_telling<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        remembered: (&'a Memory, Millis),
        told: &'a [ToldAsRead],
    ) -> Boxed<'a, Result<bool, JournalError>>;

    /// Who carries an operation out, if anybody: for judging by the watcher's own monotonic clock whether it still beats.
    fn lease<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Beat>, JournalError>>;

    /// Takes the lease if it still is as it was seen (`seen`), with a new token; none if somebody was faster.
    fn take_lease<'a>(
        &'a self,
        id: &'a OperationId,
        holder: &'a str,
        seen: Option<&'a Beat>,
    ) -> Boxed<'a, Result<Option<Token>, JournalError>>;

    /// One more beat; false if the token no longer holds.
    fn renew_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<bool, JournalError>>;

    /// Gives the lease back.
    fn release_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<(), JournalError>>;

    /// Operations that people vote on and whose time is over, or whose votes were last read before `read`, and those that await
    /// approval and are to be reminded of. Bounded.
    fn unattended(&self, now: Millis, read: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>>;

    /// Notes that the votes on an operation were read, and until when it may be approved; false if they were read by somebody
    /// else since, or the operation changed.
    fn votes_read<'a>(
        &'a self,
        operation: &'a Operation,
        at: Millis,
        expires_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>>;

    /// Tells of an operation that half of its time is over, and that it was; false if it was told of already, or the operation
    /// changed. With nothing to tell nobody is told of this revision any more.
    fn remind<'a>(&'a self, operation: &'a Operation, told: &'a Told) -> Boxed<'a, Result<bool, JournalError>>;

    /// The operation that keeps this one from taking these holds now, if any: it has one of them, or was approved before and
    /// waits for one of them, too.
    fn in_the_way<'a>(
        &'a self,
        operation: &'a Operation,
        holds: &'a Changes,
        freezes: &'a Freezes,
    ) -> Boxed<'a, Result<Option<OperationId>, JournalError>>;

    /// The freeze that a start has to wait for now, if any: of those it heeds the one that ends last. A look only; the start
    /// looks again.
    fn frozen<'a>(&'a self, freezes: &'a Freezes, now: Millis) -> Boxed<'a, Result<Option<Freeze>, JournalError>>;

    /// Whether the time of a freeze is over and that has not been recorded.
    fn freezes_over(&self, now: Millis) -> Boxed<'_, Result<bool, JournalError>>;

    /// Ends the freezes whose time is over, with their audit records: once each. What waited for them is due at once.
    fn end_freezes(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>>;

    /// The operations that have a hold which conflicts with one of these.
    fn holders<'a>(&'a self, holds: &'a [Hold]) -> Boxed<'a, Result<BTreeSet<OperationId>, JournalError>>;

    /// Tells people again of broken glass that nobody has reviewed, where it is time for that: once each time, whatever
    /// processes run.
    fn nag_reviews(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>>;

    /// What somebody asked the throttle of a running move to be turned to, in bytes a second; the last word counts.
    fn throttle<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<u64>, JournalError>>;

    /// An operation owes less from now on: what it held for the rest is given up, and where nothing is left nobody has to look
    /// at it any more. False if the token no longer holds, or somebody changed the operation since it was read; without a
    /// token, also if a worker is at work on it.
    fn discharge<'a>(&'a self, discharge: &'a Discharge<'a>) -> Boxed<'a, Result<bool, JournalError>>;

    /// Whether the owners of what an operation changes have been told that it begins. Only after its start, which puts the
    /// notice into the outbox.
    fn owners_heard<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Heard, JournalError>>;

    /// Notices and audit records without a transition.
    fn tell<'a>(&'a self, told: &'a Told) -> Boxed<'a, Result<(), JournalError>>;

    /// One audit record by itself.
    fn record<'a>(&'a self, record: &'a Record) -> Boxed<'a, Result<(), JournalError>>;
}

/// One entry to be written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The operation.
    pub operation: &'a OperationId,
    /// The writer's token.
    pub token: Token,
    /// The entry's place among the operation's entries, from 1: one more than what the writer read.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// The entry.
    pub entry: &'a Entry,
    /// What is told with it, in the same transaction.
    pub notices: &'a [Notice],
}

/// Something that an operation owed is owed no longer.
#[derive(Debug, Clone, Copy)]
pub struct Discharge<'a> {
    /// The operation as it was read.
    pub operation: &'a Operation,
    /// The worker's token; none where people give up what is owed.
    pub token: Option<Token>,
    /// What is still owed.
    pub left: &'a [Owed],
    /// What is told of it, in the same transaction.
    pub told: &'a Told,
}

/// What became of the notice that a change begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It was delivered.
    Told,
    /// It is still to be delivered.
    NotYet {
        /// When it was put into the outbox.
        since: Millis,
    },
    /// It can never be delivered, and why.
    Failed(String),
}

/// What is told of an operation between two transitions.
#[derive(Debug, Clone)]
pub struct Told {
    /// The operation.
    pub operation: OperationId,
    /// When.
    pub at: Millis,
    /// What people are told.
    pub notices: Vec<Notice>,
    /// What goes into the audit log.
    pub records: Vec<Record>,
}

/// What is told of another operation, while that is as it was read.
#[derive(Debug, Clone)]
pub struct ToldAsRead {
    /// The version it was read in.
    pub version: i64,
    /// What is told of it.
    pub told: Told,
}

/// The state of a worker lease, as a watcher compares it with what it saw before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The process that holds it; empty if it was given back.
    pub holder: String,
    /// Its fencing token.
    pub token: Token,
    /// Counts the renewals.
    pub beats: i64,
}

/// Why the journal did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The store cannot be reached, is full, locked or read-only. Nothing was written, or the outcome is unknown.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// What is stored cannot be read: damaged or of another version.
    #[error("what is stored cannot be read: {0}")]
    Damaged(String),
    /// The id is taken; draw another.
    #[error("the id is taken")]
    Taken,
    /// The transition is not in the table: a bug.
    #[error(transparent)]
    Illegal(#[from] interlock::approval::Illegal),
}
