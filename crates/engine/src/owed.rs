//! What could not be put back at the end because its broker was dead: an obligation that outlives its operation.

use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::{History, RESTORE};
use crate::inner::Inner;
use crate::notice::{Notice, alert, milestone, progress};
use crate::operation::{Changes, Operation};
use crate::port::{Discharge, JournalError, Told};
use crate::record::{Actor, Record};
use crate::run::{Next, Run};
use crate::steps::Placed;
use crate::worker::Engine;
use interlock::facts::Facts;
use interlock::id::ClusterName;
use interlock::plan::{
    Action, Aspect, ConfigOn, Failing, Hold, KafkaAction, Memory, Owed, Plan, Sealed, Sharing, Thing,
};
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::time::Duration;

/// So long a broker may be away before people are called.
const DUE_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// The next look comes after an eighth of the time for which it has been owed: soon while the broker may just be restarting,
const PART_OF_AGE: u32 = 8;
/// and at least so often where it has been away for long.
const MOST_BETWEEN: Duration = Duration::from_secs(5 * 60);

impl Run<'_> {
    /// What happens to the holds at an end: all are given up, or all but those on the brokers of what is owed.
    pub(crate) fn let_go(&self, operation: &Operation) -> Changes {
        if self.owed.is_empty() {
            return Changes::Release;
        }
        owe(&operation.cluster, &self.owed, self.inner.ports.clock.now())
    }

    /// How it ended, and what is still owed.
    pub(crate) fn and_owed(&self, mut told: Vec<Notice>) -> Vec<Notice> {
        told.extend(self.owed.iter().map(|broker| milestone("still-owed", of(*broker))));
        told
    }

    /// Puts back what is owed as soon as its broker is there again; then nothing is left of the operation.
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
            operation.memory.owed.iter().cloned().partition(|one| self.owed.contains(&one.broker));
        if paid.is_empty() {
            self.wait_on(operation, None).await
        } else {
            self.discharge(operation, &left, &paid).await
        }
    }

    async fn discharge(&mut self, operation: &Operation, left: &[Owed], paid: &[Owed]) -> Result<Next, EngineError> {
        let facts = Facts::none().with("brokers", names(paid));
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
        for one in owed.iter_mut().filter(|one| !one.called && one.due <= now) {
            let facts = of(one.broker).with("operation", operation.id.as_str());
            self.inner.tell(&operation.id, alert("owed-overdue", facts)).await?;
            one.called = true;
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
        let brokers = if operation.owes() {
            operation.memory.owed.iter().map(|one| one.broker).collect()
        } else {
            let entries = self.ports.journal.entries(&operation.id).await?;
            match self.ports.journal.plan(operation).await {
                Ok(plan) => not_put_back(plan.plan(), &entries),
                // Nobody knows any more what it set.
                Err(JournalError::Damaged(_)) => BTreeSet::new(),
                Err(error) => return Err(error),
            }
        };
        if brokers.is_empty() {
            return Ok(Changes::Release);
        }
        Ok(owe(&operation.cluster, &brokers, self.ports.clock.now()))
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
        let facts = facts.with("brokers", names(&operation.memory.owed));
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

/// The brokers whose settings a run changed, or may have, and that are not put back.
fn not_put_back(plan: &Plan, entries: &[Entry]) -> BTreeSet<i32> {
    let history = History::read(entries);
    if !history.changed_something() {
        return BTreeSet::new();
    }
    let left = (0..).zip(&plan.restore).filter(|(place, _)| !history.tries(RESTORE, *place).is_done());
    left.flat_map(|(_, action)| brokers_of(action)).collect()
}

fn brokers_of(action: &Action) -> Vec<i32> {
    let Action::Kafka(KafkaAction::SetConfigs { changes }) = action else { return Vec::new() };
    let broker = |on: &ConfigOn| if let ConfigOn::Broker(id) = on { Some(*id) } else { None };
    changes.iter().filter_map(|change| broker(&change.on)).collect()
}

fn owe(cluster: &ClusterName, brokers: &BTreeSet<i32>, now: Millis) -> Changes {
    let due = now.plus(DUE_AFTER);
    let hold = |broker: &i32| Hold {
        cluster: cluster.clone(),
        thing: Thing::Broker(broker.to_string()),
        aspect: Aspect::Config,
        sharing: Sharing::Exclusive,
    };
    Changes::Owe {
        owed: brokers.iter().map(|broker| Owed { broker: *broker, due, called: false }).collect(),
        holds: brokers.iter().map(hold).collect(),
    }
}

fn names(owed: &[Owed]) -> Vec<String> {
    owed.iter().map(|one| one.broker.to_string()).collect()
}

fn of(broker: i32) -> Facts {
    Facts::none().with("broker", i64::from(broker))
}
