//! Queues that are closed: read again where something came into them, and closed again once that is read.

use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::adjusted;
use crate::moves::Watched;
use crate::notice::{Notice, milestone};
use crate::operation::Operation;
use crate::run::{Next, Run};
use interlock::facts::Facts;
use interlock::plan::{
    Action, CANNOT_LOOK, Closing, Condition, Looked, Memory, Pace, Plan, RocketmqAction, SeedsKept, Step, Wait, Work,
    steer, still_drained,
};
use std::time::Duration;

/// An offset that was given so often once more is taken away by somebody.
const MOST_SEEDED_AGAIN: usize = 5;

impl Run<'_> {
    /// Right before reading is taken from closed queues it is looked at once more whether they are drained: since that was found
    /// hours may have passed, in a pause or an outage. None if they are, or if nothing was to be drained.
    pub(crate) async fn before_closing(
        &mut self,
        operation: &Operation,
        plan: &Plan,
        step: &Step,
    ) -> Result<Option<Next>, EngineError> {
        let Some((closing, wait)) = drained_before(plan, step) else { return Ok(None) };
        let sections = self.observe(operation, &closing.queries()).await;
        let interval = Duration::from_millis(wait.interval_ms);
        let pace = Pace { now: self.inner.ports.clock.now(), interval };
        let (memory, looked) = still_drained(closing, &operation.memory, &sections, pace);
        let next = match looked {
            Looked::Met => return Ok(None),
            Looked::NotYet { id: CANNOT_LOOK, facts } => self.look_failed(operation, facts).await?,
            Looked::NotYet { id, facts } => self.look_again(operation, &memory, interval, (id, facts)).await?,
            Looked::Impossible { id, facts } | Looked::Unsafe { id, facts } => {
                self.give_up(operation, id, facts).await?
            }
            Looked::Foreign { id, facts } => self.lose(operation, id, facts).await?,
        };
        Ok(Some(next))
    }

    /// What is told where closed queues are no longer watched, because it pauses or stops; none if none were.
    pub(crate) fn unwatched(&self, plan: &Plan) -> Option<Notice> {
        let step = plan.steps.iter().find(|step| !self.history.done.contains(&step.number))?;
        let Condition::RocketmqStaysClosed(closing) = &step.done else { return None };
        let facts = Facts::none().with("topic", closing.topic.as_str());
        self.history.was_intended(step.number).then(|| milestone("closed-unwatched", facts))
    }

    /// The actions that a step's condition is about: its own, but for offsets that groups were given, which are all looked at
    /// where the last of them is.
    pub(crate) fn awaited(&self, plan: &Plan, step: &Step) -> Vec<Action> {
        let of = |step: &Step| self.history.actions_of(step.number, &step.work).to_vec();
        if !matches!(step.done, Condition::RocketmqSeedsKept(_)) {
            return of(step);
        }
        let so_far = plan.steps.iter().filter(|one| one.number <= step.number);
        so_far.flat_map(of).filter(SeedsKept::watches).collect()
    }

    /// Gives offsets once more that a look found gone, and watches them anew. Fixed in the journal first.
    pub(crate) async fn seed_again(
        &mut self,
        operation: &Operation,
        step: &Step,
        (memory, actions): (&Memory, Vec<Action>),
    ) -> Result<Next, EngineError> {
        let (number, step) = (step.number, adjusted(step.number));
        let facts = SeedsKept::told(&actions);
        if let Some(place) = self.not_taken(step) {
            let facts = self.said_last(operation, (step, place)).await?.with("step", i64::from(number));
            let attempts = i64::from(self.history.tries(step, place).attempts);
            return self.give_up(operation, "tried-too-often", facts.with("attempts", attempts)).await;
        }
        if SeedsKept::given_by(self.history.added(step), &actions) >= MOST_SEEDED_AGAIN {
            return self.give_up(operation, "seeds-lost", facts).await;
        }
        // What was seen before counts no longer, also if this process ends before the next look.
        let now = self.inner.ports.clock.now();
        if !self.inner.ports.journal.remember(operation, self.lease.token, memory, now).await? {
            return Err(EngineError::Fenced);
        }
        let count: usize = actions.iter().map(Action::size).sum();
        tracing::info!(operation = %operation.id, count, "offsets of groups are gone, they are given again");
        let told = [milestone("seeds-given-again", facts)];
        self.write_telling(Entry::Added { step, actions }, &told).await?;
        Ok(Next::Go)
    }

    /// The first added action that the cluster did not take in all its attempts.
    fn not_taken(&self, step: u32) -> Option<u32> {
        let tries = (0..).zip(self.history.added(step)).map(|(place, _)| (place, self.history.tries(step, place)));
        let most = self.inner.pace.attempts;
        let mut all = tries.filter(|(_, tries)| !tries.is_done() && !tries.is_unread() && tries.attempts >= most);
        all.next().map(|(place, _)| place)
    }

    /// Sets what a look at closed queues says is to be set now, within what was approved: fixed in the journal first. None if
    /// there is nothing to set.
    pub(crate) async fn steer_queues(
        &mut self,
        operation: &Operation,
        watched: &Watched<'_>,
        looked: &Looked,
    ) -> Result<Option<Next>, EngineError> {
        let Condition::RocketmqStaysClosed(closing) = &watched.step.done else { return Ok(None) };
        let Some(places) = steer(closing, looked) else { return Ok(None) };
        let topic = closing.topic.clone();
        let told = Facts::none().with("topic", topic.as_str());
        let told = match looked {
            Looked::NotYet { id: "closed-queues-written", .. } => milestone("queues-read-again", told),
            Looked::NotYet { id: "closed-queues-not-read", facts } => {
                milestone("queues-read-again-unread", facts.clone())
            }
            Looked::NotYet { id: "closed-queues-half-open", facts } => {
                milestone("queues-read-again-half", facts.clone())
            }
            _ => milestone("queues-closed-again", told),
        };
        let (step, action) =
            (adjusted(watched.step.number), Action::Rocketmq(RocketmqAction::SetQueues { topic, places }));
        tracing::info!(operation = %operation.id, action = action.key(), "steering closed queues");
        self.write_telling(Entry::Added { step, actions: vec![action] }, &[told]).await?;
        Ok(Some(Next::Go))
    }
}

/// What was drained for the sake of this step, and how it was waited for.
fn drained_before<'p>(plan: &'p Plan, step: &Step) -> Option<(&'p Closing, &'p Wait)> {
    let Condition::RocketmqStaysClosed(watched) = &step.done else { return None };
    plan.steps.iter().filter(|one| one.number < step.number).find_map(|one| match &one.work {
        Work::Wait(wait) => match &wait.condition {
            Condition::RocketmqDrained(closing) if closing.topic == watched.topic => Some((closing, wait)),
            _ => None,
        },
        _ => None,
    })
}
