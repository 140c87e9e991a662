//! A step that waits for a condition and does nothing itself.

use crate::change::Move;
use crate::entry::Entry;
use crate::error::EngineError;
use crate::moves::watched;
use crate::needs::identity;
use crate::notice::milestone;
use crate::operation::Operation;
use crate::run::{Next, Run};
use crate::start::Judged;
use interlock::approval::Event;
use interlock::facts::Facts;
use interlock::plan::{Awaited, CANNOT_LOOK, Looked, Memory, Pace, Sealed, Step, Wait, Work, look};
use std::time::Duration;

impl Run<'_> {
    pub(crate) async fn begin_wait(
        &mut self,
        operation: &Operation,
        step: &Step,
        wait: &Wait,
    ) -> Result<Next, EngineError> {
        let mut waits = Move::new(Event::Wait).telling(vec![milestone("wait-began", Facts::none())]);
        if !self.history.wait_until.contains_key(&step.number) {
            let until = self.inner.ports.clock.now().plus(Duration::from_millis(wait.deadline_ms));
            waits.entry = Some((self.history.entries + 1, Entry::WaitBegan { step: step.number, until }));
            waits = waits.telling(vec![milestone("wait-began", Facts::none().with("until", until))]);
        }
        self.change(operation, waits).await
    }

    /// One look at what an operation waits for.
    pub(crate) async fn look(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        let is_done = |step: &Step| self.history.done.contains(&step.number);
        if let Some(watched) = watched(plan.plan(), is_done) {
            return self.watch(operation, plan, &watched).await;
        }
        let waiting = plan.plan().steps.iter().find(|step| !self.history.done.contains(&step.number));
        let Some((step, wait)) = waiting.and_then(|step| match &step.work {
            Work::Wait(wait) => Some((step, wait)),
            _ => None,
        }) else {
            return self.change(operation, Move::new(Event::Wake)).await;
        };
        let now = self.inner.ports.clock.now();
        let interval = Duration::from_millis(wait.interval_ms);
        let awaited = Awaited { condition: &wait.condition, actions: &[] };
        let sections = self.observe(operation, &awaited.queries()).await;
        let (memory, looked) = look(awaited, &operation.memory, &sections, Pace { now, interval });
        match looked {
            Looked::Met => {
                // Behind the same address another cluster may be by now, and a group of that name on it.
                match self.judge(operation, &identity(plan.plan())).await {
                    Judged::Holds => {}
                    Judged::Broken { id, facts } => return self.give_up(operation, id, facts).await,
                    Judged::CannotTell(facts) if self.wait_is_over(step.number) => {
                        return self.give_up(operation, "wait-ended-unseen", facts).await;
                    }
                    Judged::CannotTell(facts) => return self.look_failed(operation, facts).await,
                }
                let mut wake = Move::new(Event::Wake).telling(vec![milestone("wait-over", Facts::none())]);
                wake.entry = Some((self.history.entries + 1, Entry::StepDone { step: step.number }));
                self.change(operation, wake).await
            }
            Looked::Impossible { id, facts } | Looked::Unsafe { id, facts } => self.give_up(operation, id, facts).await,
            Looked::Foreign { id, facts } => self.lose(operation, id, facts).await,
            Looked::NotYet { id: CANNOT_LOOK, facts } if self.wait_is_over(step.number) => {
                // Whether the condition has come true by now is not known; that it has not must not be said.
                self.give_up(operation, "wait-ended-unseen", facts).await
            }
            Looked::NotYet { facts, .. } if self.wait_is_over(step.number) => {
                self.give_up(operation, "wait-ran-out", facts).await
            }
            Looked::NotYet { id, facts } => {
                // The gap to the next look begins at the end of this one: an answer that takes long is no gap.
                let memory = Memory { last_look: Some(self.inner.ports.clock.now()), ..memory };
                self.look_again(operation, &memory, interval, (id, facts)).await
            }
        }
    }

    pub(crate) fn wait_is_over(&self, step: u32) -> bool {
        self.history.wait_until.get(&step).is_some_and(|until| *until <= self.inner.ports.clock.now())
    }
}
