//! One worker's drive of one operation.

use crate::attend::unreadable;
use crate::change::Move;
use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::History;
use crate::inner::Inner;
use crate::lease::Lease;
use crate::notice::{Notice, alert, ending, progress};
use crate::operation::{Changes, Operation, Transition, Transitioned};
use crate::owed::Unpaid;
use crate::port::{JournalError, Written};
use crate::record::Actor;
use interlock::approval::{Event, State};
use interlock::cluster::{Query, Sections};
use interlock::facts::Facts;
use interlock::plan::{CANNOT_LOOK, Calls, ConfigOn, Failing, Memory, Sealed, is_silent_master};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Whether there is more to do now.
pub(crate) enum Next {
    /// Look again at once.
    Go,
    /// Nothing more for now.
    Rest,
}

/// A drive: the lease, and what was read under it.
pub(crate) struct Run<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) lease: Lease,
    pub(crate) history: History,
    /// The plan as this drive read it: its bytes were hashed and compared then.
    pub(crate) plan: Option<Sealed>,
    /// Whether a look went well in this drive: what failed before it is over.
    pub(crate) looked: bool,
    /// Whether the plan puts something back at its end.
    restores: bool,
    /// What cannot be put back now, and why: its broker is dead, or what the cluster said.
    pub(crate) owed: BTreeMap<ConfigOn, Unpaid>,
    /// What puts something back and was not taken by the cluster in this drive, by its place.
    pub(crate) refused: BTreeSet<u32>,
    /// Whether the owners of what is changed are known to have been told.
    pub(crate) owners_heard: bool,
    /// The step whose rule this drive has expanded.
    pub(crate) expanded: Option<u32>,
    /// The batch of moves that this drive has found able to begin, by its step.
    pub(crate) may_begin: Option<u32>,
    /// While a dead broker's settings are tried through the controllers: whatever they answer, the rest goes on.
    pub(crate) tries_controllers: bool,
}

/// Why an operation stops where a person asked for it.
pub(crate) const STOP_ASKED: &str = "stop-asked";

/// A safety limit on turns of one drive, far above any plan's steps.
const MOST_TURNS: usize = 1_000_000;

impl<'a> Run<'a> {
    pub(crate) fn new(inner: &'a Inner, lease: Lease) -> Self {
        Self {
            inner,
            lease,
            history: History::default(),
            plan: None,
            looked: false,
            restores: false,
            owed: BTreeMap::new(),
            refused: BTreeSet::new(),
            owners_heard: false,
            expanded: None,
            may_begin: None,
            tries_controllers: false,
        }
    }

    pub(crate) fn into_lease(self) -> Lease {
        self.lease
    }

    /// Drives the operation until it waits, stands or has ended.
    pub(crate) async fn drive(&mut self) -> Result<(), EngineError> {
        let entries = self.inner.ports.journal.entries(&self.lease.operation).await?;
        self.history = History::read(&entries);
        for _ in 0..MOST_TURNS {
            if self.inner.slots.are_closed() {
                return Ok(());
            }
            if !self.inner.leases.hold(&mut self.lease).await? {
                return Err(EngineError::Fenced);
            }
            let Some(operation) = self.inner.ports.journal.operation(&self.lease.operation).await? else {
                return Ok(());
            };
            match self.turn(&operation).await? {
                Next::Go => {}
                Next::Rest => return Ok(()),
            }
        }
        Ok(())
    }

    async fn turn(&mut self, operation: &Operation) -> Result<Next, EngineError> {
        let has_work = operation.state.is_workable() || operation.owes();
        if !has_work || operation.next_at > self.inner.ports.clock.now() {
            return Ok(Next::Rest);
        }
        let plan = match self.plan_of(operation).await {
            Ok(plan) => plan,
            Err(JournalError::Damaged(said)) => return self.unreadable(operation, said).await,
            Err(error) => return Err(error.into()),
        };
        self.restores = !plan.plan().restore.is_empty();
        if operation.owes() {
            return self.pay(operation, &plan).await;
        }
        match operation.state {
            State::Queued => self.start(operation, &plan).await,
            State::Waiting => self.look(operation, &plan).await,
            _ => self.step(operation, &plan).await,
        }
    }

    /// The plan of the operation as it is now; read, hashed and compared once a drive and revision.
    async fn plan_of(&mut self, operation: &Operation) -> Result<Sealed, JournalError> {
        if let Some(plan) = self.plan.as_ref().filter(|plan| plan.digest() == operation.digest) {
            return Ok(plan.clone());
        }
        let plan = self.inner.ports.journal.plan(operation).await?;
        self.plan = Some(plan.clone());
        Ok(plan)
    }

    /// A plan that cannot be read, or whose bytes are not those approved, is never carried out.
    pub(crate) async fn unreadable(&mut self, operation: &Operation, said: String) -> Result<Next, EngineError> {
        if operation.owes() {
            return self.look_failed(operation, Facts::none().with("said", said)).await;
        }
        let event = if operation.state == State::Queued { Event::Refuse } else { Event::Lose };
        self.change(operation, unreadable(event, said)).await
    }

    /// One transition under the lease.
    pub(crate) async fn change(&mut self, operation: &Operation, wanted: Move) -> Result<Next, EngineError> {
        let added = wanted.entry.as_ref().map(|(_, entry)| entry.clone());
        let transition =
            Transition { token: Some(self.lease.token), ..wanted.of(operation, self.inner, Actor::Engine) };
        match self.inner.transition(&transition).await? {
            Transitioned::Done(_) => {
                if let Some(entry) = added {
                    self.history.add(&entry);
                }
                Ok(Next::Go)
            }
            Transitioned::Lost => Ok(Next::Go),
            Transitioned::Fenced => Err(EngineError::Fenced),
            Transitioned::HeldBy(holder) => self.queue_behind(operation, &holder).await,
            Transitioned::Frozen(freeze) => self.wait_frozen(operation, &freeze).await,
        }
    }

    /// Writes one entry under the lease.
    pub(crate) async fn write(&mut self, entry: Entry) -> Result<(), EngineError> {
        self.write_telling(entry, &[]).await
    }

    /// Writes one entry under the lease, and tells of it: both or neither, whenever the process dies.
    pub(crate) async fn write_telling(&mut self, entry: Entry, notices: &[Notice]) -> Result<(), EngineError> {
        let written = Written {
            operation: &self.lease.operation,
            token: self.lease.token,
            seq: self.history.entries + 1,
            at: self.inner.ports.clock.now(),
            entry: &entry,
            notices,
        };
        if !self.inner.ports.journal.write(written).await? {
            return Err(EngineError::Fenced);
        }
        self.history.add(&entry);
        Ok(())
    }

    /// Looks at the operation's cluster.
    pub(crate) async fn observe(&self, operation: &Operation, queries: &BTreeSet<Query>) -> Sections {
        match self.inner.ports.clusters.get(&operation.cluster) {
            Some(cluster) => cluster.observe(queries).await,
            None => Sections::empty(),
        }
    }

    /// Rests for a while, keeping what a wait remembers.
    pub(crate) async fn rest(&self, operation: &Operation, span: Duration) -> Result<Next, EngineError> {
        let failing = operation.memory.failing.filter(|_| !self.looked);
        self.rest_with(operation, &Memory { failing, ..operation.memory.clone() }, span).await
    }

    pub(crate) async fn rest_with(
        &self,
        operation: &Operation,
        memory: &Memory,
        span: Duration,
    ) -> Result<Next, EngineError> {
        let next_at = self.inner.ports.clock.now().plus(span);
        if self.inner.ports.journal.remember(operation, self.lease.token, memory, next_at).await? {
            Ok(Next::Rest)
        } else {
            Err(EngineError::Fenced)
        }
    }

    /// A look failed: tried again for a while, then people are called. Meanwhile others have their turn.
    pub(crate) async fn look_failed(&mut self, operation: &Operation, facts: Facts) -> Result<Next, EngineError> {
        if operation.owes() {
            return self.cannot_pay(operation, facts).await;
        }
        let before = operation.memory.failing.filter(|_| !self.looked);
        let (failing, calls) = Failing::again(before, self.inner.ports.clock.now(), self.inner.pace.patience);
        match calls {
            Calls::Note => {
                let id = if is_silent_master(&facts) { "master-silent" } else { CANNOT_LOOK };
                self.inner.tell(&operation.id, vec![progress(id, facts)]).await?;
            }
            Calls::People => self.inner.tell(&operation.id, alert("still-cannot-look", facts)).await?,
            Calls::Nobody => {}
        }
        // What was not seen ends what was seen so many times in a row.
        let memory = Memory { failing: Some(failing), streak: 0, ..operation.memory.clone() };
        self.rest_with(operation, &memory, self.inner.pace.retry).await
    }

    /// Ends at a safe point because of something that was found. Where nothing was changed it is *stopped*, else *failed*. What
    /// was for the run only is put back first, by way of a stop.
    pub(crate) async fn give_up(&mut self, operation: &Operation, id: &str, facts: Facts) -> Result<Next, EngineError> {
        if operation.owes() {
            return self.look_failed(operation, facts).await;
        }
        let by_a_stop = self.restores || operation.state == State::Pausing;
        if by_a_stop && operation.state != State::Stopping {
            return self.change(operation, Move::new(Event::Stop).because(id, facts)).await;
        }
        if self.history.changed_something() {
            let failed = Move::new(Event::Fail).because(id, facts.clone()).telling(ending("failed", id, facts));
            return self.change(operation, failed).await;
        }
        if operation.state == State::Stopping {
            return self.stopped(operation).await;
        }
        let stop = Move::new(Event::Stop).because(id, facts);
        self.change(operation, stop).await
    }

    /// The safe point of a stop: what was for the run only has been put back.
    pub(crate) async fn stopped(&mut self, operation: &Operation) -> Result<Next, EngineError> {
        let why = operation.why.clone();
        if self.restores && self.history.changed_something() && why.id != STOP_ASKED {
            let told = self.and_owed(ending("failed", &why.id, why.facts.clone()));
            let holds = if self.owed.is_empty() { Changes::None } else { self.let_go(operation) };
            let failed = Move::new(Event::Fail).because(&why.id, why.facts).telling(told).holds(holds);
            return self.change(operation, failed).await;
        }
        let facts = why.facts.clone().with("changed", i64::from(self.history.changed_something()));
        let mut told = self.and_owed(ending("stopped", &why.id, facts.clone()));
        told.extend(self.plan.as_ref().and_then(|plan| self.unwatched(plan.plan())));
        let stopped = Move::new(Event::SafePoint).because(&why.id, facts).telling(told).holds(self.let_go(operation));
        self.change(operation, stopped).await
    }
}
