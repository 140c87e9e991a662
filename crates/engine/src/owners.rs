//! Owners are told before anything of theirs is changed.

use crate::change::Move;
use crate::entry::Entry;
use crate::error::EngineError;
use crate::notice::alert;
use crate::operation::Operation;
use crate::port::Heard;
use crate::run::{Next, Run};
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::plan::Sealed;

impl Run<'_> {
    /// Before its first act an operation waits until the owners of what it changes have been told; none if it may act. Where
    /// that fails, or takes too long, it pauses and says so, and somebody else than who asked for it lets it go on without. A
    /// way back, and what goes on by broken glass, go on by themselves then, and say so: waiting keeps the harm.
    pub(crate) async fn owners_first(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Option<Next>, EngineError> {
        let begins = operation.state == State::Running && !self.history.intended_something();
        let is_known = self.owners_heard || self.history.without_owners;
        if !begins || is_known || !self.inner.ports.members.owners_must_hear(plan) {
            return Ok(None);
        }
        let facts = match self.inner.ports.journal.owners_heard(&operation.id).await? {
            Heard::Told => {
                self.owners_heard = true;
                return Ok(None);
            }
            Heard::NotYet { since } => {
                let waited = self.inner.ports.clock.now().since(since);
                if waited < self.inner.pace.owners_patience {
                    return self.rest(operation, self.inner.pace.tick).await.map(Some);
                }
                Facts::none()
            }
            Heard::Failed(said) => Facts::none().with("said", said.as_str()),
        };
        let is_by_glass = self.history.started.as_ref().is_some_and(|record| record.broken.is_some());
        let goes_on = match plan.plan().reverses {
            Some(_) => Some(alert("owners-not-told-goes-on", facts.clone())),
            None => is_by_glass.then(|| alert("owners-not-told-by-glass", facts.clone())),
        };
        if let Some(told) = goes_on {
            self.write_telling(Entry::OwnersNotTold, &told).await?;
            return Ok(Some(Next::Go));
        }
        let pause = Move::new(Event::Pause).because("owners-not-told", facts.clone());
        let mut pause = pause.telling(alert("owners-not-told", facts));
        pause.entry = Some((self.history.entries + 1, Entry::OwnersNotTold));
        self.change(operation, pause).await.map(Some)
    }
}
