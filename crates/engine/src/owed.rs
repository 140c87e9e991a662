//! What could not be put back at the end because its broker was dead, or because the cluster did not take it: an obligation
//! that outlives its operation.

use crate::acting::Placed;
use crate::error::EngineError;
use crate::history::{History, RESTORE};
use crate::inner::Inner;
use crate::notice::{Notice, alert, milestone, progress};
use crate::operation::{Changes, Operation};
use crate::port::{Discharge, JournalError, Told};
use crate::record::{Actor, Record};
use crate::run::{Next, Run};
use crate::worker::Engine;
use interlock::facts::Facts;
use interlock::id::ClusterName;
use interlock::plan::{Action, Aspect, ConfigOn, Failing, Hold, Memory, Owed, Plan, Sealed, Sharing, put_back_only};
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::time::Duration;

/// So long something may be owed before people are called.
const DUE_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// The next look comes after an eighth of the time for which it has been owed: soon while the broker may just be restarting,
const PART_OF_AGE: u32 = 8;
/// and at least so often where it has been away for long.
const MOST_BETWEEN: Duration = Duration::from_secs(5 * 60);

/// Why something cannot be put back now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unpaid {
    /// Its broker is dead.
    Dead,
    /// The cluster did not take it, and said this.
    NotTaken(Facts),
}

impl Run<'_> {
    /// What happens to the holds at an end: all are given up, or all but those on what is owed.
    pub(crate) fn let_go(&self, operation: &Operation) -> Changes {
        if self.owed.is_empty() {
            return Changes::Release;
        }
        owe(&operation.cluster, self.owed.keys(), self.inner.ports.clock.now())
    }

    /// How it ended, and what is still owed.
    pub(crate) fn and_owed(&self, mut told: Vec<Notice>) -> Vec<Notice> {
        let mut not_taken = (Vec::new(), Facts::none());
        for (on, why) in &self.owed {
            match (on, why) {
                (ConfigOn::Broker(id), Unpaid::Dead) => {
                    told.push(milestone("still-owed", Facts::none().with("broker", i64::from(*id))));
                }
                (_, Unpaid::Dead) => {}
                (_, Unpaid::NotTaken(said)) => {
                    not_taken.0.push(on.to_string());
                    not_taken.1 = said.clone();
                }
            }
        }
        let (things, said) = not_taken;
        if !things.is_empty() {
            told.extend(alert("still-set", said.with("things", things)));
        }
        told
    }

    /// What is to be put back and is not yet, with its places. Once it has ended, only what it owes: the rest is adopted by
    /// others.
    pub(crate) fn to_put_back(&self, operation: &Operation, plan: &Plan) -> Vec<(u32, Action)> {
        let owed: BTreeSet<ConfigOn> = operation.memory.owed.iter().map(|one| one.on.clone()).collect();
        let open = (0..).zip(&plan.restore).filter(|(place, _)| !self.history.tries(RESTORE, *place).is_done());
        let ours = |action: &Action| {
            if operation.owes() { put_back_only(action, &owed) } else { Some(action.clone()) }
        };
        open.filter_map(|(place, action)| Some((place, ours(action)?))).collect()
    }

    /// Whether what puts something back is not to be tried again for the present.
    pub(crate) fn is_refused(&self, operation: &Operation, placed: &Placed<'_>) -> bool {
        let spent =
            !operation.owes() && self.history.tries(placed.step, placed.place).attempts >= self.inner.pace.attempts;
        spent || self.refused.contains(&placed.place)
    }

    /// Whether one more refusal is enough to owe what puts something back: what is owed already is tried once a drive.
    pub(crate) fn tried_enough(&self, operation: &Operation, placed: &Placed<'_>) -> bool {
        operation.owes() || self.is_refused(operation, placed)
    }

    /// What is owed and was tried in vain is tried again in a later drive.
    pub(crate) fn not_again_now(&mut self, operation: &Operation, placed: &Placed<'_>) {
        if operation.owes() && placed.step == RESTORE {
            self.refused.insert(placed.place);
        }
    }

    /// Puts back what is owed as soon as that can be done; then nothing is left of the operation.
    pub(crate) async fn pay(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        let restore = &plan.plan().restore;
        let mut open = (0..).zip(restore).filter(|(place, _)| self.history.tries(RESTORE, *place).is_open());
        if let Some((place, action)) = open.next() {
            return self.settle(operation, plan, &Placed { step: RESTORE, place, action }).await;
        }
        if let Some(next) = self.restore(operation, plan).await? {
            return Ok(next);
        }
        let (left, paid): (Vec<Owed>, Vec<Owed>) =
            operation.memory.owed.iter().cloned().partition(|one| self.owed.contains_key(&one.on));
        if paid.is_empty() {
            self.wait_on(operation, None).await
        } else {
            self.discharge(operation, &left, &paid).await
        }
    }

    async fn discharge(&mut self, operation: &Operation, left: &[Owed], paid: &[Owed]) -> Result<Next, EngineError> {
        let facts = Facts::none().with("things", names(paid));
        let told = Told {
            operation: operation.id.clone(),
            at: self.inner.ports.clock.now(),
            notices: vec![milestone("owed-put-back", facts.clone())],
            records: vec![Record::of_engine("discharged", &operation.id, facts)],
        };
        let discharge = Discharge { operation, token: Some(self.lease.token), left, told: &told };
        if !self.inner.ports.journal.discharge(&discharge).await? {
            return Err(EngineError::Fenced);
        }
        Ok(if left.is_empty() { Next::Rest } else { Next::Go })
    }

    /// That it cannot be put back now is noted once.
    pub(crate) async fn cannot_pay(&mut self, operation: &Operation, facts: Facts) -> Result<Next, EngineError> {
        let now = self.inner.ports.clock.now();
        let failing = operation.memory.failing.filter(|_| !self.looked);
        if failing.is_none() {
            self.inner.tell(&operation.id, vec![progress("cannot-look", facts)]).await?;
        }
        self.wait_on(operation, Some(failing.unwrap_or(Failing { since: now, last: now }))).await
    }

    /// People are called once, when it is overdue.
    async fn wait_on(&mut self, operation: &Operation, failing: Option<Failing>) -> Result<Next, EngineError> {
        let now = self.inner.ports.clock.now();
        let mut owed = operation.memory.owed.clone();
        let overdue: Vec<&mut Owed> = owed.iter_mut().filter(|one| !one.called && one.due <= now).collect();
        if !overdue.is_empty() {
            let things: Vec<String> = overdue.iter().map(|one| one.on.to_string()).collect();
            let facts = Facts::none().with("things", things).with("operation", operation.id.as_str());
            self.inner.tell(&operation.id, alert("owed-overdue", facts)).await?;
            overdue.into_iter().for_each(|one| one.called = true);
        }
        let memory = Memory { owed, failing, ..Memory::default() };
        let next_at = now.plus(self.between_looks(operation));
        if self.inner.ports.journal.remember(operation, self.lease.token, &memory, next_at).await? {
            Ok(Next::Rest)
        } else {
            Err(EngineError::Fenced)
        }
    }

    /// The time until the next try: short while an operation goes on; longer and longer where it only owes something.
    pub(crate) fn between_looks(&self, operation: &Operation) -> Duration {
        let retry = self.inner.pace.retry;
        let owed_since = operation.memory.owed.iter().map(|one| one.due.minus(DUE_AFTER)).max();
        let Some(since) = owed_since else { return retry };
        let age = self.inner.ports.clock.now().since(since);
        (age / PART_OF_AGE).min(MOST_BETWEEN).max(retry)
    }
}

impl Inner {
    /// What becomes of an operation's holds when people give it up: what it set for its run only is still put back.
    pub(crate) async fn left_by(&self, operation: &Operation) -> Result<Changes, JournalError> {
        let things = if operation.owes() {
            operation.memory.owed.iter().map(|one| one.on.clone()).collect()
        } else {
            let entries = self.ports.journal.entries(&operation.id).await?;
            match self.ports.journal.plan(operation).await {
                Ok(plan) => History::read(&entries).not_put_back(plan.plan()),
                // Nobody knows any more what it set.
                Err(JournalError::Damaged(_)) => BTreeSet::new(),
                Err(error) => return Err(error),
            }
        };
        if things.is_empty() {
            return Ok(Changes::Release);
        }
        Ok(owe(&operation.cluster, things.iter(), self.ports.clock.now()))
    }
}

impl Engine {
    /// Gives up what an operation still owes: two people asked for it. What stands on the brokers stays there; false if a
    /// worker is just at it, or the operation changed since it was read.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forgive(&self, operation: &Operation, actor: Actor, facts: Facts) -> Result<bool, JournalError> {
        let inner = self.inner();
        let facts = facts.with("things", names(&operation.memory.owed));
        let record = Record {
            what: "owed-given-up".to_owned(),
            actor,
            operation: Some(operation.id.clone()),
            request: None,
            digest: Some(operation.digest),
            facts: facts.clone(),
        };
        let told = Told {
            operation: operation.id.clone(),
            at: inner.ports.clock.now(),
            notices: vec![milestone("owed-given-up", facts)],
            records: vec![record],
        };
        inner.ports.journal.discharge(&Discharge { operation, token: None, left: &[], told: &told }).await
    }
}

fn owe<'a>(cluster: &ClusterName, things: impl Iterator<Item = &'a ConfigOn>, now: Millis) -> Changes {
    let due = now.plus(DUE_AFTER);
    let hold = |on: &ConfigOn| Hold {
        cluster: cluster.clone(),
        thing: on.thing(),
        aspect: Aspect::Config,
        sharing: Sharing::Exclusive,
    };
    let (owed, holds) = things.map(|on| (Owed { on: on.clone(), due, called: false }, hold(on))).unzip();
    Changes::Owe { owed, holds }
}

pub(crate) fn names(owed: &[Owed]) -> Vec<String> {
    owed.iter().map(|one| one.on.to_string()).collect()
}
