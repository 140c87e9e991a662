//! A journal whose writes are counted, and one that lies.

use super::points::Points;
use engine::port::{Beat, Boxed, Discharge, Heard, Journal, JournalError, Told, ToldAsRead, Written};
use engine::{
    Changes, Entry, Freezes, NewOperation, Operation, Outcome, Record, Revision, Token, Transition, Transitioned,
};
use interlock::facts::Facts;
use interlock::freeze::Freeze;
use interlock::id::OperationId;
use interlock::plan::{Hold, Memory, Sealed};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a journal lies: the guards of the engine rest on these answers, so a lie takes one of them away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// An intent without an outcome reads back as one that was looked into, and found not to be applied.
    ForgetsOpenIntents,
    /// A lease that somebody holds looks free, and what was begun under it looks long ago: nobody waits until it is over.
    LeasesLookFree,
    /// What was begun looks long ago: nobody waits for what may still come of it.
    IntentsLookOld,
    /// Nothing is ever held by anybody, and nobody stands in a line for it.
    HoldsLookFree,
}

/// Passes everything on, and each write through the points of a run as "journal".
pub struct CountingJournal {
    /// The journal.
    pub inner: Arc<dyn Journal>,
    /// The points.
    pub points: Arc<Points>,
    /// How it lies, if it does.
    pub lie: Option<Lie>,
}

impl CountingJournal {
    fn counted<'a, T: Send + 'a>(&'a self, label: String, call: Boxed<'a, T>) -> Boxed<'a, T> {
        Box::pin(async move { self.points.around("journal", &label, call).await })
    }
}

fn label(entry: &Entry) -> &'static str {
    match entry {
        Entry::Started(_) => "write started",
        Entry::Expanded { .. } => "write expanded",
        Entry::Added { .. } => "write added",
        Entry::Captured { .. } => "write captured",
        Entry::Intent { .. } => "write intent",
        Entry::Outcome { .. } => "write outcome",
        Entry::WaitBegan { .. } => "write wait-began",
        Entry::StepDone { .. } => "write step-done",
        Entry::Restored => "write restored",
        Entry::OwnersNotTold => "write owners-not-told",
    }
}

/// As many entries as there are: the lie takes the place of the first one, which the engine needs no more.
fn forgotten(mut entries: Vec<Entry>) -> Vec<Entry> {
    if let Some(Entry::Intent { step, action, attempt, .. }) = entries.last().cloned() {
        let outcome = Outcome::NotApplied;
        entries.pop();
        entries.push(Entry::Outcome { step, action, attempt, outcome, facts: Facts::none() });
    }
    entries
}

fn aged(entry: Entry) -> Entry {
    match entry {
        Entry::Intent { step, action, attempt, .. } => Entry::Intent { step, action, attempt, at: Millis(0) },
        other => other,
    }
}

impl Journal for CountingJournal {
    fn create<'a>(&'a self, new: &'a NewOperation) -> Boxed<'a, Result<Operation, JournalError>> {
        self.counted("create".to_owned(), self.inner.create(new))
    }

    fn operation<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Operation>, JournalError>> {
        self.inner.operation(id)
    }

    fn plan<'a>(&'a self, operation: &'a Operation) -> Boxed<'a, Result<Sealed, JournalError>> {
        self.inner.plan(operation)
    }

    fn workable(&self, now: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>> {
        self.inner.workable(now)
    }

    fn transition<'a>(&'a self, transition: &'a Transition) -> Boxed<'a, Result<Transitioned, JournalError>> {
        let label = transition.event.key().to_owned();
        if self.lie != Some(Lie::HoldsLookFree) {
            return self.counted(label, self.inner.transition(transition));
        }
        Box::pin(async move {
            let free = Transition { holds: Changes::None, ..transition.clone() };
            self.counted(label, self.inner.transition(&free)).await
        })
    }

    fn revise<'a>(&'a self, revision: &'a Revision) -> Boxed<'a, Result<Transitioned, JournalError>> {
        self.counted("revise".to_owned(), self.inner.revise(revision))
    }

    fn write<'a>(&'a self, entry: Written<'a>) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted(label(entry.entry).to_owned(), self.inner.write(entry))
    }

    fn entries<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Vec<Entry>, JournalError>> {
        Box::pin(async move {
            let entries = self.inner.entries(id).await?;
            Ok(match self.lie {
                Some(Lie::ForgetsOpenIntents) => forgotten(entries),
                Some(Lie::LeasesLookFree | Lie::IntentsLookOld) => entries.into_iter().map(aged).collect(),
                Some(Lie::HoldsLookFree) | None => entries,
            })
        })
    }

    fn remember<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        memory: &'a Memory,
        next_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted("remember".to_owned(), self.inner.remember(operation, token, memory, next_at))
    }

    fn remember_telling<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        remembered: (&'a Memory, Millis),
        told: &'a [ToldAsRead],
    ) -> Boxed<'a, Result<bool, JournalError>> {
        let label = if told.is_empty() { "remember" } else { "remember telling" };
        self.counted(label.to_owned(), self.inner.remember_telling(operation, token, remembered, told))
    }

    fn lease<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Beat>, JournalError>> {
        if self.lie != Some(Lie::LeasesLookFree) {
            return self.inner.lease(id);
        }
        Box::pin(async move {
            let seen = self.inner.lease(id).await?;
            Ok(seen.map(|beat| Beat { holder: String::new(), ..beat }))
        })
    }

    fn take_lease<'a>(
        &'a self,
        id: &'a OperationId,
        holder: &'a str,
        seen: Option<&'a Beat>,
    ) -> Boxed<'a, Result<Option<Token>, JournalError>> {
        self.counted("take lease".to_owned(), self.inner.take_lease(id, holder, seen))
    }

    fn renew_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted("renew lease".to_owned(), self.inner.renew_lease(id, token))
    }

    fn release_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<(), JournalError>> {
        self.counted("release lease".to_owned(), self.inner.release_lease(id, token))
    }

    fn unattended(&self, now: Millis, read: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>> {
        self.inner.unattended(now, read)
    }

    fn votes_read<'a>(
        &'a self,
        operation: &'a Operation,
        at: Millis,
        expires_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted("votes read".to_owned(), self.inner.votes_read(operation, at, expires_at))
    }

    fn remind<'a>(&'a self, operation: &'a Operation, told: &'a Told) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted("remind".to_owned(), self.inner.remind(operation, told))
    }

    fn in_the_way<'a>(
        &'a self,
        operation: &'a Operation,
        holds: &'a Changes,
        freezes: &'a Freezes,
    ) -> Boxed<'a, Result<Option<OperationId>, JournalError>> {
        self.inner.in_the_way(operation, holds, freezes)
    }

    fn frozen<'a>(&'a self, freezes: &'a Freezes, now: Millis) -> Boxed<'a, Result<Option<Freeze>, JournalError>> {
        self.inner.frozen(freezes, now)
    }

    fn freezes_over(&self, now: Millis) -> Boxed<'_, Result<bool, JournalError>> {
        self.inner.freezes_over(now)
    }

    fn end_freezes(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>> {
        self.counted("end freezes".to_owned(), self.inner.end_freezes(now))
    }

    fn holders<'a>(&'a self, holds: &'a [Hold]) -> Boxed<'a, Result<BTreeSet<OperationId>, JournalError>> {
        self.inner.holders(holds)
    }

    fn nag_reviews(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>> {
        self.inner.nag_reviews(now)
    }

    fn throttle<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<u64>, JournalError>> {
        self.inner.throttle(id)
    }

    fn discharge<'a>(&'a self, discharge: &'a Discharge<'a>) -> Boxed<'a, Result<bool, JournalError>> {
        self.counted("discharge".to_owned(), self.inner.discharge(discharge))
    }

    fn owners_heard<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Heard, JournalError>> {
        self.inner.owners_heard(id)
    }

    fn tell<'a>(&'a self, told: &'a Told) -> Boxed<'a, Result<(), JournalError>> {
        self.counted("tell".to_owned(), self.inner.tell(told))
    }

    fn record<'a>(&'a self, record: &'a Record) -> Boxed<'a, Result<(), JournalError>> {
        self.counted("record".to_owned(), self.inner.record(record))
    }
}
