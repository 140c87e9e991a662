//! A stop turns round what is on the move, while its throttle still holds.

use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::UNWOUND;
use crate::moves::moves;
use crate::notice::{alert, milestone};
use crate::operation::Operation;
use crate::run::{Next, Run};
use interlock::facts::Facts;
use interlock::plan::{Action, KafkaAction, Plan, ReplicaMove, Sealed, unwind, unwind_queries};
use std::time::Duration;

/// What the cluster does not take is tried again at least so often.
const MOST_BETWEEN: Duration = Duration::from_secs(5 * 60);

impl Run<'_> {
    /// Turns round what is in flight; none once nothing of it is.
    pub(crate) async fn turn_round(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Option<Next>, EngineError> {
        let moves = self.begun(plan.plan());
        if moves.is_empty() {
            return Ok(None);
        }
        // Also before what was added: since that was fixed the process may have been gone for hours.
        if let Some(next) = self.elsewhere(operation, plan).await? {
            return Ok(Some(next));
        }
        if let Some(next) = self.added(operation, plan, UNWOUND).await? {
            return Ok(Some(next));
        }
        let sections = self.observe(operation, &unwind_queries(&moves)).await;
        let unwinding = match unwind(&moves, &sections) {
            Ok(unwinding) => unwinding,
            Err(facts) => return self.look_failed(operation, facts).await.map(Some),
        };
        self.looked = true;
        let next = if unwinding.call_off.is_empty() {
            KafkaAction::Reassign { moves: unwinding.back }
        } else {
            KafkaAction::CallOff { moves: unwinding.call_off }
        };
        let action = Action::Kafka(next);
        if action.size() > 0 {
            return self.unwind_by(action).await.map(Some);
        }
        match unwinding.going_on.into_iter().next() {
            None => Ok(None),
            Some(facts) => {
                let told = ("cannot-turn-round", facts);
                self.look_again(operation, &operation.memory, self.inner.pace.retry, told).await.map(Some)
            }
        }
    }

    /// Fixes what turns moves round in the journal. What the cluster does not take is tried again, and people are called once:
    /// as long as something is on the move its throttle stays set, so it has not stopped yet.
    async fn unwind_by(&mut self, action: Action) -> Result<Next, EngineError> {
        let told = [milestone("turned-round", Facts::none().with("count", action.size()))];
        let again = self.history.added(UNWOUND).last() == Some(&action);
        let told = if again { &[][..] } else { &told };
        self.write_telling(Entry::Added { step: UNWOUND, actions: vec![action] }, told).await?;
        Ok(Next::Go)
    }

    /// The cluster did not take what turns moves round: they go on meanwhile. It is tried again, ever more seldom, until it is
    /// taken or they have arrived.
    pub(crate) async fn not_turned(&mut self, operation: &Operation, facts: Facts) -> Result<Next, EngineError> {
        let places = (0..).zip(self.history.added(UNWOUND));
        let spent: u32 = places.map(|(place, _)| self.history.tries(UNWOUND, place).attempts).sum();
        let wait = self.inner.pace.retry.saturating_mul(spent.max(1)).min(MOST_BETWEEN);
        if spent == self.inner.pace.attempts {
            let facts = facts.with("attempts", i64::from(spent));
            self.inner.tell(&operation.id, alert("not-turned-round", facts)).await?;
        }
        self.rest(operation, wait).await
    }

    /// The moves of steps that were begun and are not done.
    fn begun(&self, plan: &Plan) -> Vec<ReplicaMove> {
        let open = plan.steps.iter().filter(|step| !self.history.done.contains(&step.number));
        let begun = open.filter(|step| self.history.tries(step.number, 0).attempts > 0);
        begun.flat_map(|step| moves(self.history.actions_of(step.number, &step.work))).collect()
    }
}
