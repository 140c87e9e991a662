//! Steps: observe, intend, act, observe.

use crate::change::Move;
use crate::entry::{Entry, Outcome};
use crate::error::EngineError;
use crate::history::{RESTORE, Tries, is_for_the_run};
use crate::moves::watched;
use crate::notice::{ending, milestone, progress};
use crate::operation::Operation;
use crate::owed::Unpaid;
use crate::permit::Permit;
use crate::port::{Acted, Reason};
use crate::run::{Next, Run};
use crate::start::Judged;
use interlock::approval::{Event, State};
use interlock::cluster::Sections;
use interlock::facts::{Fact, Facts};
use interlock::plan::{
    Action, Awaited, BROKER_DEAD, CANNOT_LOOK, Capture, ConfigOn, Expansion, Expectation, KafkaAction, LEFT_THE_LOG,
    Looked, Memory, Pace, Plan, Probe, Rule, Sealed, Step, Wait, Work, expand, look, probe, still_set, targets_in_log,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most rounds of looking a rule may ask for.
const MOST_ROUNDS: usize = 6;

/// What came of putting one thing back.
enum PutBack {
    Next(Next),
    /// This of it cannot be put back now: it is owed.
    Owed(BTreeMap<ConfigOn, Unpaid>),
}

/// One action in its place.
pub(crate) struct Placed<'a> {
    pub(crate) step: u32,
    pub(crate) place: u32,
    pub(crate) action: &'a Action,
}

impl Run<'_> {
    /// One turn of an operation that was started: settle what is open, heed what people asked for, then the next step.
    pub(crate) async fn step(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if self.history.started.as_ref().is_none_or(|started| started.digest != plan.digest()) {
            return self.lose(operation, "start-not-recorded", Facts::none()).await;
        }
        if let Some((step, place, action)) = self.open_action(plan.plan()) {
            return self.settle(operation, plan, &Placed { step, place, action: &action }).await;
        }
        match operation.state {
            State::Pausing => self.pause(operation, plan).await,
            State::Stopping => self.stop(operation, plan).await,
            _ => self.next_step(operation, plan).await,
        }
    }

    /// Moves under way cannot stand still: they go on slowly, watched as ever, and it pauses when they have arrived.
    async fn pause(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if let Some(watched) = self.goes_on(plan.plan()) {
            return self.watch(operation, plan, &watched).await;
        }
        let paused = Move::new(Event::SafePoint).because(&operation.why.id, operation.why.facts.clone());
        self.change(operation, paused.telling(vec![milestone("paused", operation.why.facts.clone())])).await
    }

    pub(crate) fn open_action(&self, plan: &Plan) -> Option<(u32, u32, Action)> {
        let steps = plan.steps.iter().map(|step| (step.number, self.history.actions_of(step.number, &step.work)));
        let beside = self.history.beside.iter().map(|(step, actions)| (*step, actions.as_slice()));
        steps.chain(beside).chain([(RESTORE, plan.restore.as_slice())]).find_map(|(step, actions)| {
            let (place, action) = (0..).zip(actions).find(|(place, _)| self.history.tries(step, *place).is_open())?;
            Some((step, place, action.clone()))
        })
    }

    async fn next_step(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        let next = plan.plan().steps.iter().find(|step| !self.history.done.contains(&step.number));
        let Some(step) = next else { return self.finish(operation, plan).await };
        match &step.work {
            Work::Act(action) => self.actions(operation, plan, step, std::slice::from_ref(action)).await,
            Work::Wait(wait) => self.begin_wait(operation, step, wait).await,
            Work::Capture(capture) => self.capture(operation, plan, (step, capture)).await,
            Work::Rule(rule) => match self.fixed(step.number) {
                Some(actions) => self.actions(operation, plan, step, &actions).await,
                None => self.expand(operation, step, rule).await,
            },
        }
    }

    /// A rule's actions, if they stay as they are: one was begun, or they were counted in this drive. Else time has passed in
    /// which logs went on: hours, where it stood paused.
    fn fixed(&self, step: u32) -> Option<Vec<Action>> {
        let is_fixed = self.expanded == Some(step) || self.history.was_intended(step);
        self.history.expanded.get(&step).filter(|_| is_fixed).cloned()
    }

    /// The next action of a step that is not done, or the end of the step.
    async fn actions(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        step: &Step,
        actions: &[Action],
    ) -> Result<Next, EngineError> {
        let open = (0..).zip(actions).find(|(place, _)| !self.history.tries(step.number, *place).is_done());
        let Some((place, action)) = open else {
            return match step.done.interval() {
                Some(_) => self.begin_watch(operation, step.number).await,
                None => self.step_done(step.number).await,
            };
        };
        let attempts = self.history.tries(step.number, place).attempts;
        if attempts >= self.inner.pace.attempts {
            let facts = self.said_last(operation, (step.number, place)).await?;
            let facts = facts.with("step", i64::from(step.number)).with("attempts", i64::from(attempts));
            return self.give_up(operation, "tried-too-often", facts).await;
        }
        // Before the look: what is seen is to be as it is when it is acted on.
        if let Some(next) = self.owners_first(operation, plan).await? {
            return Ok(next);
        }
        match self.judge(operation, &needs(step, action, (place, attempts))).await {
            Judged::Holds => self.looked = true,
            // Nothing of the rule was begun: the next drive counts anew.
            Judged::Broken { id: LEFT_THE_LOG, .. } if is_rule(step) && !self.history.was_intended(step.number) => {
                return self.rest(operation, self.inner.pace.tick).await;
            }
            Judged::Broken { id, facts } => return self.give_up(operation, id, facts).await,
            Judged::CannotTell(facts) => return self.look_failed(operation, facts).await,
        }
        let placed = Placed { step: step.number, place, action };
        if attempts == 0 && self.leads_already(operation, action).await {
            return self.not_sent(&placed, Outcome::Needless, Facts::none()).await;
        }
        if attempts > 0
            && let Some(next) = self.before_another_attempt(operation, &placed, attempts).await?
        {
            return Ok(next);
        }
        self.act(operation, plan, &placed).await
    }

    /// What the cluster said last when it did not take an action, or why it said nothing.
    pub(crate) async fn said_last(&self, operation: &Operation, of: (u32, u32)) -> Result<Facts, EngineError> {
        let entries = self.inner.ports.journal.entries(&operation.id).await?;
        let said = entries.into_iter().rev().find_map(|entry| match entry {
            Entry::Outcome { step, action, facts, .. } if (step, action) == of && facts.get("failure").is_some() => {
                Some(facts)
            }
            _ => None,
        });
        Ok(said.unwrap_or_else(Facts::none))
    }

    /// Leadership often comes to where it is wanted by itself, as a move removes who led: then nobody is elected.
    async fn leads_already(&self, operation: &Operation, action: &Action) -> bool {
        matches!(action, Action::Kafka(KafkaAction::ElectPreferred { .. }))
            && probe(action, &self.observe(operation, &action.read_back()).await) == Probe::Done
    }

    /// Before another attempt the cluster is looked at again: somebody else may have been there since the last one. None if
    /// it is to be tried again.
    async fn before_another_attempt(
        &mut self,
        operation: &Operation,
        placed: &Placed<'_>,
        attempt: u32,
    ) -> Result<Option<Next>, EngineError> {
        let sections = self.observe(operation, &placed.action.read_back()).await;
        let next = match probe(placed.action, &sections) {
            Probe::NotYet | Probe::Partly => return Ok(None),
            Probe::Done => {
                self.outcome(placed, attempt, Outcome::Done, Facts::none()).await?;
                Next::Go
            }
            Probe::Foreign(facts) => {
                let id = if placed.action.group().is_some() { "offsets-changed" } else { "foreign-value" };
                self.give_up(operation, id, facts).await?
            }
            Probe::InProgress => self.rest(operation, self.inner.pace.retry).await?,
            Probe::CannotTell(facts) => match dead_broker(&facts) {
                Some(_) => self.give_up(operation, "broker-dead", facts).await?,
                None => self.look_failed(operation, facts).await?,
            },
        };
        Ok(Some(next))
    }

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

    async fn outcome(
        &mut self,
        placed: &Placed<'_>,
        attempt: u32,
        outcome: Outcome,
        facts: Facts,
    ) -> Result<(), EngineError> {
        self.write(Entry::Outcome { step: placed.step, action: placed.place, attempt, outcome, facts }).await
    }

    /// Every part of it was answered, so nothing of it is on its way any more: it is read back at once. What reads back
    /// otherwise than it was answered is settled as if no answer had come.
    async fn partly(
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

    async fn not_applied(
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
    /// then, and keeps neither the rest nor the end waiting.
    async fn after_refusal(
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
            (Probe::NotYet | Probe::Partly, Some(wait)) => {
                self.looked = true;
                self.rest(operation, wait).await
            }
            (Probe::Done, _) => {
                self.looked = true;
                self.outcome(placed, attempt, Outcome::Done, Facts::none()).await?;
                Ok(Next::Go)
            }
            (Probe::NotYet, None) => {
                self.looked = true;
                self.not_again_now(operation, placed);
                self.outcome(placed, attempt, Outcome::NotApplied, Facts::none().with("read_back", "as before"))
                    .await?;
                Ok(Next::Go)
            }
            (Probe::Partly, None) => {
                self.looked = true;
                self.not_again_now(operation, placed);
                self.outcome(placed, attempt, Outcome::Partly, Facts::none()).await?;
                Ok(Next::Go)
            }
            (Probe::InProgress, _) => self.rest(operation, self.inner.pace.retry).await,
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
            (Probe::CannotTell(facts), _) => self.look_failed(operation, facts).await,
        }
    }

    /// What puts something back counts from whatever the run may have left there.
    fn probe(&self, plan: &Sealed, placed: &Placed<'_>, sections: &Sections) -> Probe {
        if placed.step == RESTORE {
            return probe(&self.history.ours(plan.plan()).counting(placed.action, sections), sections);
        }
        probe(placed.action, sections)
    }

    /// How long an act that was begun may still come to pass; none if what is seen from now on is what came of it. A request
    /// can wait inside of a slow server long after its sender gave it up.
    fn may_still_come(&self, tries: Tries) -> Option<Duration> {
        let quiet_at = tries.intended_at.plus(self.inner.pace.quiet_after());
        Some(quiet_at.since(self.inner.ports.clock.now())).filter(|wait| !wait.is_zero())
    }

    pub(crate) async fn lose(&mut self, operation: &Operation, id: &str, facts: Facts) -> Result<Next, EngineError> {
        if operation.owes() {
            return self.look_failed(operation, facts).await;
        }
        let stuck = Move::new(Event::Lose).because(id, facts.clone()).telling(ending("stuck", id, facts));
        self.change(operation, stuck).await?;
        Ok(Next::Rest)
    }

    async fn step_done(&mut self, step: u32) -> Result<Next, EngineError> {
        let facts = Facts::none().with("step", i64::from(step));
        self.write_telling(Entry::StepDone { step }, &[milestone("step-done", facts)]).await?;
        Ok(Next::Go)
    }

    async fn finish(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if let Some(next) = self.restore(operation, plan).await? {
            return Ok(next);
        }
        let told = self.and_owed(ending("succeeded", "", Facts::none()));
        self.change(operation, Move::new(Event::Finish).telling(told).holds(self.let_go(operation))).await
    }

    /// What is in flight is turned round first, while its throttle still holds.
    async fn stop(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
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
            Probe::NotYet | Probe::Partly if self.is_refused(operation, placed) => {
                let said = self.said_last(operation, (RESTORE, placed.place)).await?;
                let left = still_set(placed.action, &sections).into_iter();
                return Ok(PutBack::Owed(left.map(|on| (on, Unpaid::NotTaken(said.clone()))).collect()));
            }
            Probe::NotYet | Probe::Partly => self.act(operation, plan, placed).await?,
            Probe::Done => self.not_sent(placed, Outcome::Needless, Facts::none()).await?,
            Probe::Foreign(facts) => self.left(operation, placed, facts).await?,
            Probe::InProgress => self.rest(operation, self.inner.pace.retry).await?,
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
    async fn left(&mut self, operation: &Operation, placed: &Placed<'_>, facts: Facts) -> Result<Next, EngineError> {
        self.inner.tell(&operation.id, vec![milestone("left-to-others", facts.clone())]).await?;
        self.not_sent(placed, Outcome::Left, facts).await
    }

    async fn not_sent(&mut self, placed: &Placed<'_>, outcome: Outcome, facts: Facts) -> Result<Next, EngineError> {
        self.looked = true;
        let attempt = self.history.tries(placed.step, placed.place).attempts;
        self.outcome(placed, attempt, outcome, facts).await?;
        Ok(Next::Go)
    }

    async fn begin_wait(&mut self, operation: &Operation, step: &Step, wait: &Wait) -> Result<Next, EngineError> {
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

    fn wait_is_over(&self, step: u32) -> bool {
        self.history.wait_until.get(&step).is_some_and(|until| *until <= self.inner.ports.clock.now())
    }

    async fn capture(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        (step, capture): (&Step, &Capture),
    ) -> Result<Next, EngineError> {
        // What is captured is soon acted on: nobody is waited for in between.
        if let Some(next) = self.owners_first(operation, plan).await? {
            return Ok(next);
        }
        match self.judge(operation, &step.needs).await {
            Judged::Holds => {}
            Judged::Broken { id, facts } => return self.give_up(operation, id, facts).await,
            Judged::CannotTell(facts) => return self.look_failed(operation, facts).await,
        }
        let captured = match capture.read(&self.observe(operation, &capture.queries()).await) {
            Ok(captured) => captured,
            Err(facts) => return self.look_failed(operation, facts).await,
        };
        self.looked = true;
        self.write(Entry::Captured { step: step.number, captured }).await?;
        self.step_done(step.number).await
    }

    async fn expand(&mut self, operation: &Operation, step: &Step, rule: &Rule) -> Result<Next, EngineError> {
        let captured = self.history.captured.get(&rule.captured_by()).cloned().unwrap_or_default();
        let mut sections = Sections::empty();
        for _ in 0..MOST_ROUNDS {
            match expand(rule, &captured, &sections) {
                Expansion::Need(queries) => sections.merge(self.observe(operation, &queries).await),
                Expansion::Actions(actions) => {
                    self.looked = true;
                    self.expanded = Some(step.number);
                    if self.history.expanded.get(&step.number) != Some(&actions) {
                        self.write(Entry::Expanded { step: step.number, actions }).await?;
                    }
                    return Ok(Next::Go);
                }
                Expansion::OutOfBounds(facts) => return self.give_up(operation, "out-of-bounds", facts).await,
                Expansion::CannotTell(facts) => return self.look_failed(operation, facts).await,
            }
        }
        self.look_failed(operation, Facts::none().with("failure", "too-many-rounds")).await
    }
}

/// What must be true before an action. Later actions of a step, and later attempts, stand beside what was already changed:
/// that is told by the probe, so the commits are not compared again. Before its first attempt an action finds what it is to
/// change as it was planned or captured: somebody may have been there since, and the way back would lead elsewhere.
fn needs(step: &Step, action: &Action, (place, attempts): (u32, u32)) -> Vec<Expectation> {
    let first = place == 0 && attempts == 0;
    let keep = |one: &&Expectation| first || !may_have_changed(one, action);
    // A literal step names the commits that it changes in its own needs; a rule's actions count from what was captured.
    let named = |one: &Expectation| step.needs.contains(one) || (!is_rule(step) && one.is_about_offsets());
    let before = (attempts == 0).then(|| action.before()).flatten().filter(|one| !named(one));
    // A literal step names its targets' logs itself; a rule's targets are not known when the step is planned.
    let in_log = if is_rule(step) { targets_in_log(action) } else { Vec::new() };
    step.needs.iter().filter(keep).cloned().chain(before).chain(in_log).collect()
}

fn is_rule(step: &Step) -> bool {
    matches!(step.work, Work::Rule(_))
}

/// What an attempt before may have changed itself: its probe tells what stands there.
fn may_have_changed(expectation: &Expectation, action: &Action) -> bool {
    match expectation {
        one if one.is_about_offsets() => true,
        Expectation::KafkaTopicAbsent { .. } => true,
        Expectation::KafkaTopicIs { topic, .. } => action.remakes() == Some(topic),
        _ => false,
    }
}

/// The expectations that say what the things are, not what stands in them.
fn identity(plan: &Plan) -> Vec<Expectation> {
    plan.expectations.iter().filter(|one| one.is_identity()).filter(|one| !remade(plan, one)).cloned().collect()
}

/// Whether the plan itself makes the topic another one than it was: then its action's probe tells which one it is.
fn remade(plan: &Plan, expectation: &Expectation) -> bool {
    let Expectation::KafkaTopicIs { topic, .. } = expectation else { return false };
    plan.steps.iter().any(|step| matches!(&step.work, Work::Act(action) if action.remakes() == Some(topic)))
}

/// The dead broker for which a setting cannot be told.
fn dead_broker(facts: &Facts) -> Option<i32> {
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
