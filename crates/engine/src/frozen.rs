//! Freezes: what is approved waits for their end as it would for a holder, until its plan expires.

use crate::error::EngineError;
use crate::notice::milestone;
use crate::operation::{Freezes, Operation};
use crate::port::JournalError;
use crate::run::{Next, Run};
use crate::worker::Engine;
use interlock::facts::Facts;
use interlock::freeze::{Freeze, FreezeOn, heeds_freezes};
use interlock::plan::{Memory, Sealed};

/// After so many pauses it is looked at again, whether or not anybody said that the freeze was lifted.
const MOST_PAUSES: u32 = 12;

impl Run<'_> {
    /// What freezes are to the start of a plan: of its cluster, of the tier it was planned for, and of the tier it is in now.
    pub(crate) fn freezes(&self, plan: &Sealed) -> Freezes {
        let plan = plan.plan();
        let on = FreezeOn::over(plan, self.inner.ports.clusters.tier(&plan.cluster));
        if heeds_freezes(plan) { Freezes::Heeded(on) } else { Freezes::Passed(on) }
    }

    /// It starts by itself when the freeze is over. The thread is told of each, once unless this process dies right then.
    pub(crate) async fn wait_frozen(&mut self, operation: &Operation, freeze: &Freeze) -> Result<Next, EngineError> {
        tracing::info!(operation = %operation.id, freeze = %freeze.id, until = %freeze.until, "a freeze: it cannot start now");
        if operation.memory.frozen.as_ref() != Some(&freeze.id) {
            let told = waits(operation, freeze);
            let id = if told.get("expires").is_some() { "frozen-too-long" } else { "frozen" };
            self.inner.tell(&operation.id, vec![milestone(id, told)]).await?;
        }
        let memory = Memory { frozen: Some(freeze.id.clone()), ..operation.memory.clone() };
        let left = freeze.until.since(self.inner.ports.clock.now());
        self.rest_with(operation, &memory, left.min(self.inner.pace.retry * MOST_PAUSES)).await
    }
}

/// What it waits for; and when its own time is over, if that is before.
fn waits(operation: &Operation, freeze: &Freeze) -> Facts {
    let facts = freeze.facts();
    if operation.expires_at <= freeze.until { facts.with("expires", operation.expires_at) } else { facts }
}

impl Engine {
    /// Freezes whose time is over end, and what waited for them is due.
    pub(crate) async fn end_freezes(&self) -> Result<(), JournalError> {
        let ports = &self.inner().ports;
        let now = ports.clock.now();
        if ports.journal.freezes_over(now).await? {
            ports.journal.end_freezes(now).await?;
        }
        Ok(())
    }
}
