//! Before it is said that moves are done, all of them are looked at once more.

use crate::error::EngineError;
use crate::notice::alert;
use crate::operation::Operation;
use crate::run::{Next, Run};
use interlock::plan::{CANNOT_LOOK, LastLook, Looked, Memory, Sealed, all_moves, last_look, last_look_queries};

impl Run<'_> {
    /// None if every replica stands as planned, or nothing was to be moved. What was moved on by somebody else meanwhile ends it
    /// as failed, for it is not what was approved; what is out of sync may come back, and is waited for.
    pub(crate) async fn last_look(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Option<Next>, EngineError> {
        let moves = all_moves(plan.plan());
        if moves.is_empty() {
            return Ok(None);
        }
        if let Some(next) = self.elsewhere(operation, plan).await? {
            return Ok(Some(next));
        }
        let sections = self.observe(operation, &last_look_queries(&moves)).await;
        let (last, looked) = last_look(&moves, operation.memory.last, &sections, self.inner.ports.clock.now());
        let next = match looked {
            Looked::Met => {
                self.looked = true;
                return Ok(None);
            }
            Looked::NotYet { id: CANNOT_LOOK, facts } => self.look_failed(operation, facts).await?,
            Looked::NotYet { id, facts } => {
                let called = self.calls_people(last);
                if called && last.is_some_and(|last| !last.called) {
                    self.inner.tell(&operation.id, alert(id, facts.clone())).await?;
                }
                let last = last.map(|last| LastLook { called, ..last });
                let memory = Memory { last, failing: None, ..operation.memory.clone() };
                self.look_again(operation, &memory, self.inner.pace.retry, (id, facts)).await?
            }
            Looked::Impossible { id, facts } | Looked::Unsafe { id, facts } | Looked::Foreign { id, facts } => {
                self.give_up(operation, id, facts).await?
            }
        };
        Ok(Some(next))
    }

    /// Whether it takes so long that people are called, or were.
    fn calls_people(&self, last: Option<LastLook>) -> bool {
        let now = self.inner.ports.clock.now();
        last.is_some_and(|last| last.called || now.since(last.since) >= self.inner.pace.patience)
    }
}
