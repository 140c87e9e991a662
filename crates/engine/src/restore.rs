//! The end of a run: what was for the run only is put back, however it ends.

use crate::acting::{Placed, dead_broker};
use crate::change::Move;
use crate::entry::{Entry, Outcome};
use crate::error::EngineError;
use crate::history::RESTORE;
use crate::notice::{ending, milestone};
use crate::operation::Operation;
use crate::owed::Unpaid;
use crate::run::{Next, Run};
use interlock::approval::Event;
use interlock::facts::Facts;
use interlock::plan::{ConfigOn, Probe, Sealed, still_set};
use std::collections::BTreeMap;

/// What came of putting one thing back.
enum PutBack {
    Next(Next),
    /// This of it cannot be put back now: it is owed.
    Owed(BTreeMap<ConfigOn, Unpaid>),
}

impl Run<'_> {
    pub(crate) async fn finish(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if let Some(next) = self.restore(operation, plan).await? {
            return Ok(next);
        }
        if let Some(next) = self.last_look(operation, plan).await? {
            return Ok(next);
        }
        let told = self.and_owed(ending("succeeded", "", Facts::none()));
        self.change(operation, Move::new(Event::Finish).telling(told).holds(self.let_go(operation))).await
    }

    /// What is in flight is turned round first, while its throttle still holds.
    pub(crate) async fn stop(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if let Some(next) = self.turn_round(operation, plan).await? {
            return Ok(next);
        }
        if let Some(next) = self.restore(operation, plan).await? {
            return Ok(next);
        }
        self.stopped(operation).await
    }

    /// Puts back what was for the run only; none when that is done as far as it can be now. What stands as wanted is not sent
    /// again, and what somebody else changed meanwhile is left to them.
    pub(crate) async fn restore(&mut self, operation: &Operation, plan: &Sealed) -> Result<Option<Next>, EngineError> {
        self.owed.clear();
        let actions = self.to_put_back(operation, plan.plan());
        if !actions.is_empty()
            && let Some(next) = self.elsewhere(operation, plan).await?
        {
            return Ok(Some(next));
        }
        for (place, action) in &actions {
            match self.put_back(operation, plan, &Placed { step: RESTORE, place: *place, action }).await? {
                PutBack::Next(next) => return Ok(Some(next)),
                PutBack::Owed(owed) => self.owed.extend(owed),
            }
        }
        if self.owed.is_empty() && !self.history.restored && !plan.plan().restore.is_empty() {
            self.write(Entry::Restored).await?;
        }
        Ok(None)
    }

    async fn put_back(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        placed: &Placed<'_>,
    ) -> Result<PutBack, EngineError> {
        let sections = self.observe(operation, &placed.action.read_back()).await;
        let next = match self.probe(plan, placed, &sections) {
            Probe::NotYet | Probe::Partly | Probe::Overtaken(_) if self.is_refused(operation, placed) => {
                let said = self.said_last(operation, (RESTORE, placed.place)).await?;
                let left = still_set(placed.action, &sections).into_iter();
                return Ok(PutBack::Owed(left.map(|on| (on, Unpaid::NotTaken(said.clone()))).collect()));
            }
            Probe::NotYet | Probe::Partly | Probe::Overtaken(_) => self.act(operation, plan, placed).await?,
            Probe::Done => self.not_sent(placed, Outcome::Needless, Facts::none()).await?,
            Probe::Foreign(facts) => self.left(operation, placed, facts).await?,
            Probe::CannotTell(facts) => match dead_broker(&facts) {
                // Once: the controllers may take it for the dead one.
                Some(_) if self.history.tries(placed.step, placed.place).attempts == 0 => {
                    self.tries_controllers = true;
                    let acted = self.act(operation, plan, placed).await;
                    self.tries_controllers = false;
                    acted?
                }
                Some(broker) => return Ok(PutBack::Owed([(ConfigOn::Broker(broker), Unpaid::Dead)].into())),
                None => self.look_failed(operation, facts).await?,
            },
        };
        Ok(PutBack::Next(next))
    }

    /// What somebody else changed meanwhile stays as they made it.
    pub(crate) async fn left(
        &mut self,
        operation: &Operation,
        placed: &Placed<'_>,
        facts: Facts,
    ) -> Result<Next, EngineError> {
        self.inner.tell(&operation.id, vec![milestone("left-to-others", facts.clone())]).await?;
        self.not_sent(placed, Outcome::Left, facts).await
    }
}
