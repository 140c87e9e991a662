//! Broken glass: what is at work on the same thing is paused first, and then waited for. Two operations never share a thing.

use crate::attend::Read;
use crate::change::Move;
use crate::error::EngineError;
use crate::notice::{Notice, alert, progress};
use crate::operation::{Operation, Transition, Transitioned};
use crate::port::{JournalError, Told, ToldAsRead};
use crate::record::Actor;
use crate::run::{Next, Run};
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Sealed;
use std::collections::BTreeSet;

/// Why an operation is queued whose empty seats were skipped.
pub const GLASS_BROKEN: &str = "glass-broken";

/// Why an operation pauses that is at work where somebody broke the glass; its facts `operation` and `revision`
/// are for which plan.
pub const PAUSED_BY_GLASS: &str = "paused-for-break-glass";

/// What whoever pauses for broken glass is told where that plan does not start: it has ended, or asks for votes anew.
#[must_use]
pub fn glass_plan_gone(operation: &Operation) -> Notice {
    let facts = Facts::none().with("operation", operation.id.as_str()).with("state", operation.state.key());
    Notice::alert("glass-plan-gone", facts)
}

/// Whether anything more is to be asked of an operation that is to pause.
enum Asked {
    /// All of it: it changed in the same moment, or the plan did that it is asked for, or it pauses for something else.
    NotYet,
    /// Nothing.
    Done,
    /// Nothing, once it is told this: it pauses already, and from then on for this plan, too.
    Telling(ToldAsRead),
}

impl Run<'_> {
    /// Waits until who is at work there has ended; each is asked once to pause. Whoever lets one go on after that has decided,
    /// and is not overruled.
    pub(crate) async fn wait_for_paused(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        holder: &OperationId,
    ) -> Result<Next, EngineError> {
        let holders = self.inner.ports.journal.holders(&plan.plan().holds).await?;
        let unasked: BTreeSet<OperationId> = holders.difference(&operation.memory.paused).cloned().collect();
        let mut memory = operation.memory.clone();
        let mut told = Vec::new();
        if !unasked.is_empty()
            && let Some(why) = self.broken_now(operation, plan).await?
        {
            for one in unasked {
                match self.ask_to_pause(&one, (operation, &why)).await? {
                    Asked::NotYet => continue,
                    Asked::Done => {}
                    Asked::Telling(notices) => told.push(notices),
                }
                memory.paused.insert(one);
            }
        }
        let facts = Facts::none().with("operation", holder.as_str());
        tracing::info!(operation = %operation.id, %holder, "its glass is broken, and it waits for who is at work there");
        self.inner.tell(&operation.id, vec![progress("glass-waits", facts)]).await?;
        // Whoever ends this plan or changes it tells those who are remembered here by then, and they hear of it in that order. If
        // somebody let one of them go on meanwhile, that is not written, and is looked at again.
        let remembered = (&memory, self.inner.ports.clock.now().plus(self.inner.pace.retry));
        if self.inner.ports.journal.remember_telling(operation, self.lease.token, remembered, &told).await? {
            Ok(Next::Rest)
        } else {
            Err(EngineError::Fenced)
        }
    }

    /// For what, by whom and why the glass was broken, if the votes as they are read now let the plan start by that.
    async fn broken_now(&self, operation: &Operation, plan: &Sealed) -> Result<Option<Facts>, JournalError> {
        let Ok(Read { polled, .. }) = self.inner.read_votes(operation, plan).await? else { return Ok(None) };
        let tally = polled.tally(plan);
        let starts = tally.is_approved() && tally.broken.is_some();
        let (id, revision) = (operation.id.as_str(), i64::from(operation.revision));
        Ok(starts.then(|| polled.glass.facts().with("operation", id).with("revision", revision)))
    }

    /// Asks an operation to pause at its next safe point, as by a guard: who asked for it does not let it go on alone. Only while
    /// the plan that it is asked for is there: whoever ends or changes that tells those who pause for it by then.
    async fn ask_to_pause(
        &self,
        holder: &OperationId,
        (operation, why): (&Operation, &Facts),
    ) -> Result<Asked, JournalError> {
        let Some(holder) = self.inner.ports.journal.operation(holder).await? else { return Ok(Asked::Done) };
        let notices = alert(PAUSED_BY_GLASS, why.clone());
        if matches!(holder.state, State::Pausing | State::Paused) {
            // Who paused it for something else lets it go on alone, and then it is asked.
            if holder.why.id != PAUSED_BY_GLASS {
                return Ok(Asked::NotYet);
            }
            // It was asked for this plan, and who asked it died before that was remembered.
            if ["operation", "revision"].iter().all(|fact| holder.why.facts.get(fact) == why.get(fact)) {
                return Ok(Asked::Done);
            }
            // It may have heard that the plan is gone for which it paused: this one comes in its place.
            let at = self.inner.ports.clock.now();
            let told = Told { operation: holder.id, at, notices, records: Vec::new() };
            return Ok(Asked::Telling(ToldAsRead { version: holder.version, told }));
        }
        if !matches!(holder.state, State::Running | State::Waiting) {
            return Ok(Asked::Done);
        }
        let pause = Move::new(Event::Pause).because(PAUSED_BY_GLASS, why.clone()).telling(notices);
        let only_while = Some((operation.id.clone(), operation.revision));
        let pause = Transition { only_while, ..pause.of(&holder, self.inner, Actor::Engine) };
        let done = self.inner.transition_now(&pause).await?;
        Ok(if matches!(done, Transitioned::Lost) { Asked::NotYet } else { Asked::Done })
    }
}
