//! What could not be put back at the end because its broker was dead: an obligation that outlives its operation.

use crate::error::EngineError;
use crate::notice::{Notice, alert, milestone};
use crate::operation::{Changes, Operation};
use crate::port::Told;
use crate::record::Record;
use crate::run::{Next, Run};
use crate::steps::Placed;
use interlock::facts::Facts;
use interlock::plan::{Hold, Memory, Owed, Sealed, Thing};
use std::time::Duration;

/// So long a broker may be away before people are called.
const DUE_AFTER: Duration = Duration::from_secs(24 * 3_600);

impl Run<'_> {
    /// What happens to the holds at an end: all are given up, or all but those on the brokers of what is owed.
    pub(crate) fn let_go(&self) -> Changes {
        if self.owed.is_empty() {
            return Changes::Release;
        }
        let due = self.inner.ports.clock.now().plus(DUE_AFTER);
        let owed = self.owed.iter().map(|broker| Owed { broker: *broker, due, called: false }).collect();
        let holds = self.plan.iter().flat_map(|plan| &plan.plan().holds).filter(|hold| self.is_owed(hold));
        Changes::Owe { owed, holds: holds.cloned().collect() }
    }

    fn is_owed(&self, hold: &Hold) -> bool {
        matches!(&hold.thing, Thing::Broker(id) if self.owed.iter().any(|broker| broker.to_string() == *id))
    }

    /// How it ended, and what is still owed.
    pub(crate) fn and_owed(&self, mut told: Vec<Notice>) -> Vec<Notice> {
        told.extend(self.owed.iter().map(|broker| milestone("still-owed", of(*broker))));
        told
    }

    /// Puts back what is owed as soon as its broker is there again; then nothing is left of the operation.
    pub(crate) async fn pay(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if let Some((step, place, action)) = self.open_action(plan.plan()) {
            return self.settle(operation, plan, &Placed { step, place, action: &action }).await;
        }
        if let Some(next) = self.restore(operation, plan).await? {
            return Ok(next);
        }
        if self.owed.is_empty() { self.discharge(operation).await } else { self.still_owed(operation).await }
    }

    async fn discharge(&mut self, operation: &Operation) -> Result<Next, EngineError> {
        let brokers: Vec<String> = operation.memory.owed.iter().map(|owed| owed.broker.to_string()).collect();
        let facts = Facts::none().with("brokers", brokers);
        let told = Told {
            operation: operation.id.clone(),
            at: self.inner.ports.clock.now(),
            notices: vec![milestone("owed-put-back", facts.clone())],
            records: vec![Record::of_engine("discharged", &operation.id, facts)],
        };
        if self.inner.ports.journal.discharge(operation, self.lease.token, &told).await? {
            Ok(Next::Rest)
        } else {
            Err(EngineError::Fenced)
        }
    }

    /// People are called once, when it is overdue.
    async fn still_owed(&mut self, operation: &Operation) -> Result<Next, EngineError> {
        let now = self.inner.ports.clock.now();
        let mut owed = operation.memory.owed.clone();
        for one in owed.iter_mut().filter(|one| !one.called && one.due <= now) {
            self.inner.tell(&operation.id, alert("owed-overdue", of(one.broker))).await?;
            one.called = true;
        }
        let memory = Memory { owed, ..Memory::default() };
        let next_at = now.plus(self.inner.pace.retry);
        if self.inner.ports.journal.remember(operation, self.lease.token, &memory, next_at).await? {
            Ok(Next::Rest)
        } else {
            Err(EngineError::Fenced)
        }
    }
}

fn of(broker: i32) -> Facts {
    Facts::none().with("broker", i64::from(broker))
}
