//! Steps: what comes next, and what must be true before it.

use crate::acting::{BROKER_DIED, Placed, dead_broker};
use crate::change::Move;
use crate::entry::{Entry, Outcome};
use crate::error::EngineError;
use crate::history::RESTORE;
use crate::needs::{is_rule, needs};
use crate::notice::{Notice, ending, milestone};
use crate::operation::Operation;
use crate::run::{Next, Run};
use crate::start::Judged;
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::plan::{Action, KafkaAction, LEFT_THE_LOG, Plan, Probe, Sealed, Step, Work, is_silent_master, probe};

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
        let told = [milestone("paused", operation.why.facts.clone())].into_iter().chain(self.unwatched(plan.plan()));
        self.change(operation, paused.telling(told.collect())).await
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
        if (place, attempts) == (0, 0)
            && let Some(next) = self.before_batch(operation, plan.plan(), step.number).await?
        {
            return Ok(next);
        }
        if (place, attempts) == (0, 0)
            && let Some(next) = self.before_closing(operation, plan.plan(), step).await?
        {
            return Ok(next);
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
        let tries = self.history.tries(placed.step, placed.place);
        let sections = self.observe(operation, &placed.action.read_back()).await;
        let next = match probe(placed.action, &sections) {
            Probe::NotYet | Probe::Partly | Probe::Overtaken(_) => return Ok(None),
            Probe::Done => {
                self.outcome(placed, attempt, Outcome::Done, Facts::none()).await?;
                Next::Go
            }
            Probe::Foreign(facts) => {
                let id = if placed.action.group().is_some() { "offsets-changed" } else { "foreign-value" };
                self.give_up(operation, id, facts).await?
            }
            // It was waited for before.
            Probe::CannotTell(facts) if tries.is_unread() && is_silent_master(&facts) => {
                self.lose(operation, BROKER_DIED, facts).await?
            }
            Probe::CannotTell(facts) => match dead_broker(&facts) {
                Some(_) => self.give_up(operation, "broker-dead", facts).await?,
                None => self.look_failed(operation, facts).await?,
            },
        };
        Ok(Some(next))
    }

    pub(crate) async fn step_done(&mut self, step: u32) -> Result<Next, EngineError> {
        self.write_telling(Entry::StepDone { step }, &[self.read_back(step)]).await?;
        Ok(Next::Go)
    }

    /// What is told of a step that is done: whether it was seen so.
    pub(crate) fn read_back(&self, step: u32) -> Notice {
        let id = if self.history.was_never_seen_in(step) { "step-done-unseen" } else { "step-done" };
        milestone(id, Facts::none().with("step", i64::from(step)))
    }

    pub(crate) async fn lose(&mut self, operation: &Operation, id: &str, facts: Facts) -> Result<Next, EngineError> {
        if operation.owes() {
            return self.look_failed(operation, facts).await;
        }
        let stuck = Move::new(Event::Lose).because(id, facts.clone()).telling(ending("stuck", id, facts));
        self.change(operation, stuck).await?;
        Ok(Next::Rest)
    }
}
