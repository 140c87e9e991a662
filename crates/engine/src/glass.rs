//! Broken glass: what is at work on the same thing is paused first, and then waited for. Two operations never share a thing.

use crate::attend::Read;
use crate::change::Move;
use crate::error::EngineError;
use crate::notice::{Notice, alert, progress};
use crate::operation::{Operation, Transitioned};
use crate::port::JournalError;
use crate::record::Actor;
use crate::run::{Next, Run};
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Sealed;
use std::collections::BTreeSet;

/// Why an operation is queued whose empty seats were skipped.
pub const GLASS_BROKEN: &str = "glass-broken";

/// Why an operation pauses that is at work where somebody broke the glass; its fact `operation` is for which one.
pub const PAUSED_BY_GLASS: &str = "paused-for-break-glass";

/// What whoever pauses for broken glass is told where that plan does not start: it has ended, or asks for votes anew.
#[must_use]
pub fn glass_plan_gone(operation: &Operation) -> Notice {
    let facts = Facts::none().with("operation", operation.id.as_str()).with("state", operation.state.key());
    Notice::alert("glass-plan-gone", facts)
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
        if !unasked.is_empty()
            && let Some(why) = self.broken_now(operation, plan).await?
        {
            let mut asked = BTreeSet::new();
            for one in unasked {
                if self.is_asked_to_pause(&one, &why).await? {
                    asked.insert(one);
                }
            }
            self.tell_if_gone(operation, &asked).await?;
            memory.paused.extend(asked);
        }
        let facts = Facts::none().with("operation", holder.as_str());
        tracing::info!(operation = %operation.id, %holder, "its glass is broken, and it waits for who is at work there");
        self.inner.tell(&operation.id, vec![progress("glass-waits", facts)]).await?;
        self.rest_with(operation, &memory, self.inner.pace.retry).await
    }

    /// For what, by whom and why the glass was broken, if the votes as they are read now let the plan start by that.
    async fn broken_now(&self, operation: &Operation, plan: &Sealed) -> Result<Option<Facts>, JournalError> {
        let Ok(Read { polled, .. }) = self.inner.read_votes(operation, plan).await? else { return Ok(None) };
        let tally = polled.tally(plan);
        let starts = tally.is_approved() && tally.broken.is_some();
        Ok(starts.then(|| polled.glass.facts().with("operation", operation.id.as_str())))
    }

    /// Who was just asked to pause for a plan that somebody ended or changed in the same moment is told so: that change did not
    /// know of them.
    async fn tell_if_gone(&self, operation: &Operation, asked: &BTreeSet<OperationId>) -> Result<(), JournalError> {
        let Some(now) = self.inner.ports.journal.operation(&operation.id).await? else { return Ok(()) };
        if !now.state.has_ended() && now.revision == operation.revision {
            return Ok(());
        }
        for one in asked {
            self.inner.tell(one, vec![glass_plan_gone(&now)]).await?;
        }
        Ok(())
    }

    /// Asks an operation to pause at its next safe point, as by a guard: who asked for it does not let it go on alone. Whether
    /// nothing more is to be asked of it; false if it changed in the same moment.
    async fn is_asked_to_pause(&self, holder: &OperationId, why: &Facts) -> Result<bool, JournalError> {
        let Some(holder) = self.inner.ports.journal.operation(holder).await? else { return Ok(true) };
        if matches!(holder.state, State::Pausing | State::Paused) {
            // Who paused it for something else lets it go on alone, and then it is asked.
            if holder.why.id != PAUSED_BY_GLASS {
                return Ok(false);
            }
            // It may have heard that the plan is gone for which it paused: this one comes in its place.
            self.inner.tell(&holder.id, alert(PAUSED_BY_GLASS, why.clone())).await?;
            return Ok(true);
        }
        if !matches!(holder.state, State::Running | State::Waiting) {
            return Ok(true);
        }
        let pause =
            Move::new(Event::Pause).because(PAUSED_BY_GLASS, why.clone()).telling(alert(PAUSED_BY_GLASS, why.clone()));
        let done = self.inner.transition_now(&pause.of(&holder, self.inner, Actor::Engine)).await?;
        Ok(!matches!(done, Transitioned::Lost))
    }
}
