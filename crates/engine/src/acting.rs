//! Intent, act, outcome; and what became of an act is read back.

use crate::entry::{Entry, Outcome};
use crate::error::EngineError;
use crate::history::{RESTORE, Tries, UNWOUND, is_for_the_run};
use crate::needs::identity;
use crate::notice::{milestone, progress};
use crate::operation::Operation;
use crate::permit::Permit;
use crate::port::{Acted, Reason};
use crate::run::{Next, Run};
use crate::start::Judged;
use interlock::approval::State;
use interlock::cluster::Sections;
use interlock::facts::{Fact, Facts};
use interlock::plan::{Action, BROKER_DEAD, Calls, Failing, Probe, Sealed, is_silent_master, probe};
use interlock::time::Millis;
use std::time::Duration;

/// Why an operation is stuck whose act was broken off: a master of RocketMQ died within it and did not come back.
pub(crate) const BROKER_DIED: &str = "broker-dead";

/// A master is waited for so many times longer than people are: it may be restarting.
const RESTARTS: u32 = 5;

/// One action in its place.
pub(crate) struct Placed<'a> {
    pub(crate) step: u32,
    pub(crate) place: u32,
    pub(crate) action: &'a Action,
}

impl Run<'_> {
    /// Intent, act, outcome. Nothing is sent without a committed intent, nor when it could outlast the lease.
    pub(crate) async fn act(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        placed: &Placed<'_>,
    ) -> Result<Next, EngineError> {
        let Some(cluster) = self.inner.ports.clusters.act(&operation.cluster) else {
            if placed.step == RESTORE {
                self.refused.insert(placed.place);
                return Ok(Next::Go);
            }
            if placed.step == UNWOUND {
                return self.not_turned(operation, Facts::none()).await;
            }
            return self.give_up(operation, "cluster-only-observed", Facts::none()).await;
        };
        if let Some(next) = self.owners_first(operation, plan).await? {
            return Ok(next);
        }
        let attempt = self.history.tries(placed.step, placed.place).attempts + 1;
        let at = self.inner.ports.clock.now();
        self.write(Entry::Intent { step: placed.step, action: placed.place, attempt, at }).await?;
        // From before the look at the lease: a process that is stopped right after it wakes with a permit that has ended.
        let until = self.inner.ports.clock.monotonic().saturating_add(self.inner.pace.act_deadline);
        if !self.inner.leases.hold(&mut self.lease).await? {
            return Err(EngineError::Fenced);
        }
        let written = (self.lease.token, self.history.entries);
        let permit = Permit::new(operation.id.clone(), plan.digest(), written, until);
        let acted = cluster.act(&permit, placed.action).await;
        match acted {
            Acted::NotApplied(reason) => self.not_applied(operation, placed, attempt, &reason).await,
            Acted::Applied if placed.action.moves_on() => {
                self.outcome(placed, attempt, Outcome::Answered, Facts::none()).await?;
                Ok(Next::Go)
            }
            Acted::Applied => Ok(Next::Go),
            Acted::Partly(reason) => self.partly(operation, plan, placed, &reason).await,
            Acted::Unknown(reason) => {
                let (step, action, facts) = (placed.step, placed.place, told(&reason));
                let lost = [progress("answer-lost", facts.clone())];
                let unknown = Entry::Outcome { step, action, attempt, outcome: Outcome::Unknown, facts };
                self.write_telling(unknown, &lost).await?;
                Ok(Next::Go)
            }
        }
    }

    pub(crate) async fn outcome(
        &mut self,
        placed: &Placed<'_>,
        attempt: u32,
        outcome: Outcome,
        facts: Facts,
    ) -> Result<(), EngineError> {
        self.write(Entry::Outcome { step: placed.step, action: placed.place, attempt, outcome, facts }).await
    }

    pub(crate) async fn not_sent(
        &mut self,
        placed: &Placed<'_>,
        outcome: Outcome,
        facts: Facts,
    ) -> Result<Next, EngineError> {
        self.looked = true;
        let attempt = self.history.tries(placed.step, placed.place).attempts;
        self.outcome(placed, attempt, outcome, facts).await?;
        Ok(Next::Go)
    }

    /// Every part of it was answered, so nothing of it is on its way any more: it is read back at once. What reads back
    /// otherwise than it was answered is settled as if no answer had come.
    pub(crate) async fn partly(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        placed: &Placed<'_>,
        reason: &Reason,
    ) -> Result<Next, EngineError> {
        let attempt = self.history.tries(placed.step, placed.place).attempts;
        let facts = told(reason);
        self.inner.tell(&operation.id, vec![progress("partly-refused", facts.clone())]).await?;
        let sections = self.observe(operation, &placed.action.read_back()).await;
        if self.probe(plan, placed, &sections) != Probe::Partly {
            self.outcome(placed, attempt, Outcome::Unknown, facts).await?;
            return Ok(Next::Go);
        }
        self.looked = true;
        self.outcome(placed, attempt, Outcome::Partly, facts).await?;
        self.after_refusal(operation, placed, reason).await
    }

    pub(crate) async fn not_applied(
        &mut self,
        operation: &Operation,
        placed: &Placed<'_>,
        attempt: u32,
        reason: &Reason,
    ) -> Result<Next, EngineError> {
        self.outcome(placed, attempt, Outcome::NotApplied, told(reason)).await?;
        self.after_refusal(operation, placed, reason).await
    }

    /// A refusal with a known meaning ends the operation; anything else is tried again. What only puts something back is owed
    /// then, and keeps neither the rest nor the end waiting; what turns moves round is tried as long as they are on the move.
    pub(crate) async fn after_refusal(
        &mut self,
        operation: &Operation,
        placed: &Placed<'_>,
        reason: &Reason,
    ) -> Result<Next, EngineError> {
        if self.tries_controllers {
            return Ok(Next::Go);
        }
        if placed.step == RESTORE && (!reason.id.is_empty() || self.tried_enough(operation, placed)) {
            self.refused.insert(placed.place);
            return Ok(Next::Go);
        }
        if placed.step == UNWOUND {
            return self.not_turned(operation, told(reason)).await;
        }
        if reason.id.is_empty() {
            return self.rest(operation, self.between_looks(operation)).await;
        }
        self.give_up(operation, &reason.id, told(reason)).await
    }

    /// What is seen on a cluster or in a topic that is, or may be, another one says nothing; none if it is the plan's.
    pub(crate) async fn elsewhere(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Option<Next>, EngineError> {
        match self.judge(operation, &identity(plan.plan())).await {
            Judged::Holds => Ok(None),
            Judged::Broken { id, facts } => self.lose(operation, id, facts).await.map(Some),
            Judged::CannotTell(facts) => self.look_failed(operation, facts).await.map(Some),
        }
    }

    /// What became of an act is told by the cluster alone.
    pub(crate) async fn settle(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        placed: &Placed<'_>,
    ) -> Result<Next, EngineError> {
        let tries = self.history.tries(placed.step, placed.place);
        let attempt = tries.attempts;
        if let Some(next) = self.elsewhere(operation, plan).await? {
            return Ok(next);
        }
        // Asked before looking: what is seen after that moment is what stays.
        let still = self.may_still_come(tries);
        let sections = self.observe(operation, &placed.action.read_back()).await;
        match (self.probe(plan, placed, &sections), still) {
            (Probe::NotYet | Probe::Partly | Probe::Overtaken(_), Some(wait)) => {
                self.looked = true;
                self.rest(operation, wait.min(self.soon(tries))).await
            }
            (Probe::Done, _) => {
                self.looked = true;
                self.outcome(placed, attempt, Outcome::Done, Facts::none()).await?;
                Ok(Next::Go)
            }
            // It was never seen set back, and that is said in the end.
            (Probe::Overtaken(facts), None) if tries.is_answered() => {
                self.looked = true;
                let told = [milestone("offsets-overtaken", facts.clone())];
                let (step, action) = (placed.step, placed.place);
                let unseen = Entry::Outcome { step, action, attempt, outcome: Outcome::Unseen, facts };
                self.write_telling(unseen, &told).await?;
                Ok(Next::Go)
            }
            (Probe::NotYet, None) => {
                self.looked = true;
                self.not_again_now(operation, placed);
                self.outcome(placed, attempt, Outcome::NotApplied, Facts::none().with("read_back", "as before"))
                    .await?;
                Ok(Next::Go)
            }
            // Nobody answered, and it may have been done.
            (Probe::Partly | Probe::Overtaken(_), None) => {
                self.looked = true;
                self.not_again_now(operation, placed);
                self.outcome(placed, attempt, Outcome::Partly, Facts::none()).await?;
                Ok(Next::Go)
            }
            // What is for the run only stays as somebody else makes it, whenever they do.
            (Probe::Foreign(facts), _) if operation.owes() || is_for_the_run(placed.step) => {
                self.left(operation, placed, facts).await
            }
            (Probe::Foreign(facts), _) => self.lose(operation, "foreign-value", facts).await,
            // Nothing waits for a broker that is dead: that would be for ever.
            (Probe::CannotTell(facts), Some(wait)) if placed.step != RESTORE && dead_broker(&facts).is_some() => {
                self.rest(operation, wait).await
            }
            (Probe::CannotTell(facts), _) if dead_broker(&facts).is_some() => {
                self.outcome(placed, attempt, Outcome::Unread, facts).await?;
                Ok(Next::Go)
            }
            (Probe::CannotTell(facts), None) if self.is_out_of_patience(operation, &facts, tries.intended_at) => {
                self.broken_off(operation, (placed, attempt), facts).await
            }
            (Probe::CannotTell(facts), _) => self.look_failed(operation, facts).await,
        }
    }

    /// Whether a master that says nothing is waited for no longer. It may never come back, and meanwhile nobody looks after what
    /// was done at the others; who asked for a stop is not kept waiting at all.
    fn is_out_of_patience(&self, operation: &Operation, facts: &Facts, since: Millis) -> bool {
        let (now, patience) = (self.inner.ports.clock.now(), self.inner.pace.patience);
        let (_, calls) = Failing::again(operation.memory.failing.filter(|_| !self.looked), now, patience);
        let too_long = calls == Calls::People && now.since(since) >= patience * RESTARTS;
        is_silent_master(facts) && (operation.state == State::Stopping || too_long)
    }

    /// Nobody can tell what came of an act, because a master that it concerns says nothing. People decide, who may be the ones
    /// who asked for a stop.
    async fn broken_off(
        &mut self,
        operation: &Operation,
        (placed, attempt): (&Placed<'_>, u32),
        facts: Facts,
    ) -> Result<Next, EngineError> {
        self.outcome(placed, attempt, Outcome::Unread, facts.clone()).await?;
        if matches!(operation.state, State::Stopping | State::Pausing) {
            return Ok(Next::Go);
        }
        self.lose(operation, BROKER_DIED, facts).await
    }

    /// What puts something back counts from whatever the run may have left there.
    pub(crate) fn probe(&self, plan: &Sealed, placed: &Placed<'_>, sections: &Sections) -> Probe {
        if placed.step == RESTORE {
            return probe(&self.history.ours(plan.plan()).counting(placed.action, sections), sections);
        }
        probe(placed.action, sections)
    }

    /// How long until what became of an act is looked at again: soon at first, for who is asked may only be a moment behind who
    /// has answered, then ever more seldom.
    pub(crate) fn soon(&self, tries: Tries) -> Duration {
        let pace = &self.inner.pace;
        let since = self.inner.ports.clock.now().since(tries.intended_at);
        (since / 2).clamp(pace.tick.min(pace.retry), pace.retry)
    }

    /// How long an act that was begun may still come to pass; none if what is seen from now on is what came of it. A request
    /// can wait inside of a slow server long after its sender gave it up.
    fn may_still_come(&self, tries: Tries) -> Option<Duration> {
        let quiet_at = tries.intended_at.plus(self.inner.pace.quiet_after());
        Some(quiet_at.since(self.inner.ports.clock.now())).filter(|wait| !wait.is_zero())
    }
}

/// The dead broker for which a setting cannot be told.
pub(crate) fn dead_broker(facts: &Facts) -> Option<i32> {
    let (Some(Fact::Count(broker)), true) =
        (facts.get("broker"), facts.get("failure") == Some(&Fact::from(BROKER_DEAD)))
    else {
        return None;
    };
    i32::try_from(*broker).ok()
}

fn told(reason: &Reason) -> Facts {
    Facts::none().with("failure", reason.kind.key()).with("said", reason.said.as_str())
}
