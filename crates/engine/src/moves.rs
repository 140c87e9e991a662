//! Moves on their way: watched until they have arrived, throttled within the plan's bounds, turned round by a stop.

use crate::acting::Placed;
use crate::change::Move;
use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::adjusted;
use crate::notice::{Notice, alert, milestone, progress};
use crate::operation::Operation;
use crate::run::{Next, Run};
use interlock::approval::{Event, State};
use interlock::cluster::Sections;
use interlock::facts::{Fact, Facts};
use interlock::plan::{
    Action, Awaited, CANNOT_LOOK, Condition, KafkaAction, Later, Looked, Memory, Moving, NextBatch, Pace, Plan,
    ReplicaMove, Sealed, SeedsKept, Step, Turned, Wanted, later_query, left_later, look, milestones, next_look,
    outlook, regulate,
};
use std::time::Duration;

/// A step whose actions are done, and which waits for its condition.
pub(crate) struct Watched<'a> {
    pub(crate) step: &'a Step,
    pub(crate) interval: Duration,
}

/// The first step that is not done, if all it lacks is its condition.
pub(crate) fn watched(plan: &Plan, done: impl Fn(&Step) -> bool) -> Option<Watched<'_>> {
    let step = plan.steps.iter().find(|step| !done(step))?;
    Some(Watched { step, interval: step.done.interval()? })
}

/// What later batches have to copy is asked so often at most.
const LATER_EVERY: Duration = Duration::from_secs(60);

/// Why moves are slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slow {
    /// The operation pauses.
    Pausing,
    /// A partition has fewer replicas in sync than it needs.
    Under,
}

impl Slow {
    /// The id of what is told.
    fn told(self) -> &'static str {
        match self {
            Self::Pausing => "throttle-slower-pausing",
            Self::Under => "throttle-slower-under",
        }
    }
}

impl Run<'_> {
    /// The step whose moves were begun and go on by themselves; none if there is none. What else is watched after a step stands
    /// by itself.
    pub(crate) fn goes_on<'p>(&self, plan: &'p Plan) -> Option<Watched<'p>> {
        let watched = watched(plan, |step| self.history.done.contains(&step.number))?;
        if !watched.step.done.is_of_moves() {
            return None;
        }
        let actions = self.history.actions_of(watched.step.number, &watched.step.work);
        let begun = (0..).zip(actions).all(|(place, _)| self.history.tries(watched.step.number, place).is_done());
        begun.then_some(watched)
    }

    /// The actions of a step are done; the cluster goes on by itself until its condition is met.
    pub(crate) async fn begin_watch(&mut self, operation: &Operation, step: u32) -> Result<Next, EngineError> {
        let facts = Facts::none().with("step", i64::from(step));
        let begins = self.plan.as_ref().is_none_or(|plan| milestones(plan.plan(), step).begins);
        let told = if begins { vec![milestone("step-under-way", facts)] } else { Vec::new() };
        let waits = Move::new(Event::Wait).telling(told);
        self.change(operation, waits).await
    }

    /// One look at what a step waits for after its actions.
    pub(crate) async fn watch(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        watched: &Watched<'_>,
    ) -> Result<Next, EngineError> {
        let number = adjusted(watched.step.number);
        // Also before what was added: since that was fixed the process may have been gone for hours.
        if let Some(next) = self.elsewhere(operation, plan).await? {
            return Ok(next);
        }
        if let Some(next) = self.added(operation, plan, number).await? {
            return Ok(next);
        }
        let actions = self.awaited(plan.plan(), watched.step);
        let awaited = Awaited { condition: &watched.step.done, actions: &actions };
        let sections = self.observe(operation, &awaited.queries()).await;
        let pace = Pace { now: self.inner.ports.clock.now(), interval: watched.interval };
        let (memory, looked) = look(awaited, &operation.memory, &sections, pace);
        let pausing = operation.state == State::Pausing;
        let (memory, looked) = match looked {
            // Who pauses is not kept waiting for what comes later.
            Looked::Met if !pausing => self.before_next(operation, plan.plan(), watched.step.number, memory).await,
            looked => (memory, looked),
        };
        let slow = match looked {
            Looked::Unsafe { .. } => Some(Slow::Under),
            _ => pausing.then_some(Slow::Pausing),
        };
        if let Some(next) = self.turn_throttle(operation, (watched, &actions), slow, &sections).await? {
            return Ok(next);
        }
        if let Some(next) = self.steer_queues(operation, watched, &looked).await? {
            return Ok(next);
        }
        let lost = SeedsKept::again(&actions, &looked, &sections);
        if !lost.is_empty() {
            return self.seed_again(operation, watched.step, (&memory, lost)).await;
        }
        match looked {
            Looked::Met => self.arrived(operation, plan.plan(), watched.step.number).await,
            Looked::Impossible { id, facts } => self.give_up(operation, id, facts).await,
            Looked::Foreign { id, facts } => self.lose(operation, id, facts).await,
            Looked::Unsafe { id, facts } if pausing => {
                self.look_again(operation, &memory, watched.interval, (id, facts)).await
            }
            Looked::Unsafe { id, facts } => {
                let pause = Move::new(Event::Pause).because(id, facts.clone()).telling(alert(id, facts));
                self.change(operation, pause).await
            }
            Looked::NotYet { id, facts } => {
                let memory = self.with_later(operation, plan.plan(), watched.step.number, memory).await;
                let later = memory.later.and_then(|later| later.left_bytes);
                let facts = outlook(plan.plan(), watched.step.number, facts, (&sections, later));
                if memory.stalled && !operation.memory.stalled {
                    self.inner.tell(&operation.id, alert(id, facts.clone())).await?;
                }
                let next = next_look(&operation.memory, &memory, watched.interval);
                self.look_again(operation, &memory, next, (id, facts)).await
            }
        }
    }

    /// Remembers what later batches have to copy. That is asked now and then only: the more there is, the more brokers have to
    /// add up for it.
    async fn with_later(&mut self, operation: &Operation, plan: &Plan, step: u32, memory: Memory) -> Memory {
        let now = self.inner.ports.clock.now();
        let lately = |later: &Later| later.step == step && now.since(later.at) < LATER_EVERY;
        if let Some(later) = operation.memory.later.filter(lately) {
            return Memory { later: Some(later), ..memory };
        }
        let Some(query) = later_query(plan, step) else { return memory };
        let sections = self.observe(operation, &[query].into()).await;
        let later = Later { step, at: now, left_bytes: left_later(plan, step, &sections) };
        Memory { later: Some(later), ..memory }
    }

    /// A batch has arrived; the next one is kept from beginning as long as what it needs is not so. People are called once.
    async fn before_next(&mut self, operation: &Operation, plan: &Plan, step: u32, memory: Memory) -> (Memory, Looked) {
        let Some(next) = NextBatch::after(plan, step) else { return (memory, Looked::Met) };
        let sections = self.observe(operation, &next.queries()).await;
        match next.waits_for(&sections) {
            Some(Looked::NotYet { id: CANNOT_LOOK, facts }) => (memory, Looked::NotYet { id: CANNOT_LOOK, facts }),
            Some(waits) => (Memory { stalled: true, ..memory }, waits),
            None => {
                self.may_begin = Some(next.step());
                (memory, Looked::Met)
            }
        }
    }

    /// What a later batch needs is looked at before it is begun, unless this drive has just done that: after a pause, or another
    /// worker's death, hours may have passed. None if it may begin; people are called once while it may not.
    pub(crate) async fn before_batch(
        &mut self,
        operation: &Operation,
        plan: &Plan,
        step: u32,
    ) -> Result<Option<Next>, EngineError> {
        if self.may_begin == Some(step) {
            return Ok(None);
        }
        let Some(batch) = NextBatch::of(plan, step) else { return Ok(None) };
        let sections = self.observe(operation, &batch.queries()).await;
        let next = match batch.waits_for(&sections) {
            Some(Looked::NotYet { id: CANNOT_LOOK, facts }) => self.look_failed(operation, facts).await?,
            Some(Looked::NotYet { id, facts }) => {
                if !operation.memory.stalled {
                    self.inner.tell(&operation.id, alert(id, facts.clone())).await?;
                }
                let memory = Memory { stalled: true, failing: None, ..operation.memory.clone() };
                self.look_again(operation, &memory, batch.interval(), (id, facts)).await?
            }
            Some(_) | None => {
                self.may_begin = Some(step);
                return Ok(None);
            }
        };
        Ok(Some(next))
    }

    /// What a step moved has arrived.
    async fn arrived(&mut self, operation: &Operation, plan: &Plan, step: u32) -> Result<Next, EngineError> {
        let told = if milestones(plan, step).ends { vec![self.read_back(step)] } else { Vec::new() };
        let done = Entry::StepDone { step };
        if operation.state == State::Pausing {
            self.write_telling(done, &told).await?;
            return Ok(Next::Go);
        }
        let mut wake = Move::new(Event::Wake).telling(told);
        wake.entry = Some((self.history.entries + 1, done));
        self.change(operation, wake).await
    }

    /// Remembers a look, tells of it, and rests until the next one.
    pub(crate) async fn look_again(
        &mut self,
        operation: &Operation,
        memory: &Memory,
        interval: Duration,
        (id, facts): (&str, Facts),
    ) -> Result<Next, EngineError> {
        let next_at = self.inner.ports.clock.now().plus(interval);
        if !self.inner.ports.journal.remember(operation, self.lease.token, memory, next_at).await? {
            return Err(EngineError::Fenced);
        }
        if is_told(&operation.memory, memory) {
            self.inner.tell(&operation.id, vec![progress(id, facts)]).await?;
        }
        Ok(Next::Rest)
    }

    /// Sets the throttle to what it should be now, within its bounds: fixed in the journal first. The same is not tried again.
    async fn turn_throttle(
        &mut self,
        operation: &Operation,
        (watched, actions): (&Watched<'_>, &[Action]),
        slow: Option<Slow>,
        sections: &Sections,
    ) -> Result<Option<Next>, EngineError> {
        let Condition::KafkaMoved(moving) = &watched.step.done else { return Ok(None) };
        let asked = match &moving.throttle {
            Some(_) => self.inner.ports.journal.throttle(&operation.id).await?,
            None => None,
        };
        let turned = Turned { asked, ours: self.history.turned_to(), standing_still: slow.is_some() };
        match regulate(moving, &moves(actions), &turned, sections) {
            Wanted::Keep => Ok(None),
            Wanted::Foreign(facts) => {
                self.inner.tell(&operation.id, vec![progress("throttle-changed", facts)]).await?;
                Ok(None)
            }
            Wanted::Set(changes) => {
                let number = adjusted(watched.step.number);
                let action = Action::Kafka(KafkaAction::SetConfigs { changes });
                if self.was_tried(number, &action) {
                    return Ok(None);
                }
                let told = [told_of(moving, (asked, slow), &action)];
                self.write_telling(Entry::Added { step: number, actions: vec![action] }, &told).await?;
                Ok(Some(Next::Go))
            }
        }
    }

    /// Whether a turn is the last one that was tried, and came to an end.
    fn was_tried(&self, step: u32, action: &Action) -> bool {
        let last = (0..).zip(self.history.added(step)).last();
        last.is_some_and(|(place, one)| one == action && !self.history.tries(step, place).is_unread())
    }

    /// Does what was added to a step and is not done yet; none if there is nothing. What the cluster refuses so often is left,
    /// and what was broken off by a broker's death: the next look says what is to be turned then.
    pub(crate) async fn added(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        step: u32,
    ) -> Result<Option<Next>, EngineError> {
        let added = self.history.added(step).to_vec();
        for (place, action) in (0..).zip(&added) {
            let tries = self.history.tries(step, place);
            let placed = Placed { step, place, action };
            if tries.is_open() {
                return self.settle(operation, plan, &placed).await.map(Some);
            }
            if !tries.is_done() && !tries.is_unread() && tries.attempts < self.inner.pace.attempts {
                return self.act(operation, plan, &placed).await.map(Some);
            }
        }
        Ok(None)
    }
}

pub(crate) fn moves(actions: &[Action]) -> Vec<ReplicaMove> {
    let of = |action: &Action| match action {
        Action::Kafka(KafkaAction::Reassign { moves }) => moves.clone(),
        Action::Kafka(_) | Action::Rocketmq(_) => Vec::new(),
    };
    actions.iter().flat_map(of).collect()
}

/// What takes days says itself when it is to be told of; else each look is.
fn is_told(before: &Memory, after: &Memory) -> bool {
    let Some(closed) = &after.closed else { return true };
    before.closed.as_ref().is_none_or(|before| before.told != closed.told)
}

/// As somebody asked, slower, or as planned.
fn told_of(moving: &Moving, (asked, slow): (Option<u64>, Option<Slow>), action: &Action) -> Notice {
    let set = match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes.first().and_then(|change| change.to.clone()),
        Action::Kafka(_) | Action::Rocketmq(_) => None,
    };
    let is = |rate: Option<u64>| rate.is_some_and(|rate| set == Some(rate.to_string()));
    let slower = || {
        let rate = set.as_ref().and_then(|set| set.parse().ok()).map_or(0, |rate: u64| rate);
        milestone(slow.map_or("throttle-slower", Slow::told), Facts::none().with("rate", Fact::Bytes(rate)))
    };
    match asked {
        _ if slow.is_some() => slower(),
        Some(rate) if is(asked) => milestone("throttle-turned", Facts::none().with("rate", Fact::Bytes(rate))),
        _ if is(moving.throttle.as_ref().map(|throttle| throttle.bytes_per_second)) => {
            milestone("throttle-as-planned", Facts::none())
        }
        _ => slower(),
    }
}
