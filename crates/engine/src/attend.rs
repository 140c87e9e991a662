//! Operations that people vote on: their votes are read again and again, and their time runs only while that works.

use crate::anew::Anew;
use crate::change::Move;
use crate::control::Counted;
use crate::error::EngineError;
use crate::inner::Inner;
use crate::notice::{Notice, alert, milestone, progress};
use crate::operation::Operation;
use crate::port::{JournalError, Polled, Unreadable};
use crate::record::Actor;
use crate::slots::Slot;
use crate::worker::Engine;
use interlock::approval::{Event, State, standstill};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Sealed;
use interlock::policy::UNDO_WINDOW;
use interlock::time::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// When the votes on an operation were last asked for, by the monotonic clock: an attempt that failed is not made again at
/// each tick.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<OperationId, Duration>>);

impl Attempts {
    /// Whether it is time for another attempt; this one is remembered.
    fn are_due(&self, operation: &OperationId, now: Duration, pause: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|_, at| now.saturating_sub(*at) < pause);
        if last.contains_key(operation) {
            return false;
        }
        last.insert(operation.clone(), now);
        true
    }
}

/// The votes on an operation as they were just read, and the operation with the time that is left to it.
pub(crate) struct Read {
    pub(crate) polled: Polled,
    pub(crate) operation: Operation,
}

impl Inner {
    /// Operations whose time is over, whose votes were not read as often as they should be, or that are to be reminded of. Whoever
    /// watches the chat reads votes by itself; this is for what nobody else reads.
    pub(crate) async fn unattended(&self, now: Millis) -> Result<Vec<Operation>, JournalError> {
        self.ports.journal.unattended(now, now.minus(self.pace.votes_every * 3 / 2)).await
    }

    /// A place to read the votes on an operation, if it is time for that.
    pub(crate) fn attempt(&self, operation: &OperationId) -> Option<Slot> {
        let slot = self.slots.read(operation)?;
        self.attempts.are_due(operation, self.ports.clock.monotonic(), self.pace.retry).then_some(slot)
    }

    /// Reads the votes on an operation. If they could not be read for a while, its expiry moves by that while: it is known from
    /// the last time they were read, also by another process, so it does not matter what kept them from being read.
    pub(crate) async fn read_votes(
        &self,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Result<Read, Unreadable>, JournalError> {
        let polled = match self.ports.members.votes(operation, plan).await {
            Ok(polled) => polled,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        let (now, every) = (self.ports.clock.now(), self.pace.votes_every);
        let mut operation = operation.clone();
        if now.since(operation.votes_read_at) >= every / 2 {
            let stood = standstill(operation.votes_read_at, now, every);
            let end = operation.expires_at;
            let until = self.under_cover(&operation, plan, end.plus(stood)).await?;
            if self.ports.journal.votes_read(&operation, now, until).await? {
                (operation.votes_read_at, operation.expires_at) = (now, until);
                operation.remind_at = operation.remind_at.map(|at| at.plus(until.since(end)));
                if until != end {
                    let facts = Facts::none().with("until", until);
                    self.tell(&operation.id, vec![milestone("expiry-moved", facts)]).await?;
                }
            } else if let Some(as_it_stands) = self.ports.journal.operation(&operation.id).await? {
                // Somebody else read them in the same moment.
                operation = as_it_stands;
            }
        }
        Ok(Ok(Read { polled, operation }))
    }

    /// What an outage gives back of an operation's time. A way back that its first operation covers is covered for so long
    /// after that one's end, and no longer.
    async fn under_cover(&self, operation: &Operation, plan: &Sealed, until: Millis) -> Result<Millis, JournalError> {
        let end = operation.expires_at;
        let Some(first) = plan.plan().reverses.as_ref().filter(|_| until > end && plan.plan().covered) else {
            return Ok(until);
        };
        let first = self.ports.journal.operation(first).await?;
        Ok(first.map_or(until, |first| until.min(first.updated_at.plus(UNDO_WINDOW).max(end))))
    }

    async fn expire(&self, operation: &Operation) -> Result<(), JournalError> {
        if operation.state == State::Queued && self.leases.is_taken(&operation.id).await? {
            return Ok(());
        }
        let expire = Move::new(Event::Expire).telling(vec![milestone("expired", Facts::none())]);
        self.transition(&expire.of(operation, self, Actor::Engine)).await?;
        Ok(())
    }

    async fn refuse_unreadable(&self, operation: &Operation, said: String) -> Result<(), JournalError> {
        let refuse = unreadable(Event::Refuse, said);
        self.transition(&refuse.of(operation, self, Actor::Engine)).await?;
        Ok(())
    }

    /// What was posted is gone, says something else or is read by others: nobody can vote on it any more, so it is posted anew.
    /// Who asked is called: only people can tell who did that, and whether it is to be so.
    pub(crate) async fn ask_anew(&self, operation: &Operation, plan: &Sealed, id: &str) -> Result<(), JournalError> {
        match self.anew(operation, plan, (id, Facts::none()), Notice::alert).await {
            Anew::Ask(revision) => {
                self.ports.journal.revise(&revision).await?;
            }
            Anew::Refuse(refuse) => {
                self.transition(&refuse.of(operation, self, Actor::Engine)).await?;
            }
            Anew::Later(id) => self.tell(&operation.id, vec![progress(id, Facts::none())]).await?,
        }
        Ok(())
    }
}

/// A plan that cannot be read, or whose bytes are not those that were posted, ends its operation, and people are called.
pub(crate) fn unreadable(event: Event, said: String) -> Move {
    let facts = Facts::none().with("said", said);
    Move::new(event).because("plan-unreadable", facts.clone()).telling(alert("plan-unreadable", facts))
}

impl Engine {
    /// Ends an operation that people vote on and whose stored plan cannot be read: nobody can approve what nobody was shown.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn refuse_unreadable(&self, operation: &Operation, said: String) -> Result<(), JournalError> {
        self.inner().refuse_unreadable(operation, said).await
    }

    /// The same as [`Engine::attend`], for a task of its own.
    pub(crate) async fn attend_in(&self, _slot: Slot, operation: Operation) {
        if let Err(error) = self.attend(&operation).await {
            tracing::warn!(operation = %operation.id, %error, "its votes cannot be counted now");
        }
    }

    /// Counts the votes on an operation, and ends it if its time is over all the same. While they cannot be read its time stands
    /// still.
    async fn attend(&self, operation: &Operation) -> Result<(), EngineError> {
        let inner = self.inner();
        let plan = match inner.ports.journal.plan(operation).await {
            Ok(plan) => plan,
            Err(JournalError::Damaged(said)) => return Ok(inner.refuse_unreadable(operation, said).await?),
            Err(error) => return Err(error.into()),
        };
        let is_over = |operation: &Operation| operation.expires_at <= inner.ports.clock.now();
        let operation = match inner.read_votes(operation, &plan).await? {
            Ok(read) => {
                let seats = read.polled.seats.clone();
                match self.stands(read, &plan).await? {
                    Counted::Stands { tally, operation } => {
                        inner.remind(&operation, (&seats, &tally)).await?;
                        *operation
                    }
                    Counted::Unreadable(_) => return Ok(()),
                }
            }
            // There is no card to vote on.
            Err(unreadable) if unreadable.ask_again && is_over(operation) => operation.clone(),
            Err(unreadable) if unreadable.ask_again && operation.state == State::AwaitingApproval => {
                return Ok(inner.ask_anew(operation, &plan, unreadable.id).await?);
            }
            Err(_) => return Ok(()),
        };
        if operation.state.is_open_to_votes() && is_over(&operation) {
            inner.expire(&operation).await?;
        }
        Ok(())
    }
}
