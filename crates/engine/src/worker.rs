//! The worker: looks for operations with something to do and drives each of them as far as it goes.

use crate::lease::Leases;
use crate::operation::{Changes, Operation, Transition, Transitioned, Why};
use crate::pace::Pace;
use crate::port::{Clock, Clusters, Journal, JournalError, Members, Planner, Told};
use crate::record::{Actor, Record};
use crate::run::Run;
use crate::{Entry, Notice};
use interlock::approval::{Event, State};
use interlock::facts::Facts;
use interlock::id::OperationId;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tracing::Instrument;

/// What the engine works through.
#[derive(Clone)]
pub struct Ports {
    /// The durable record.
    pub journal: Arc<dyn Journal>,
    /// The clusters.
    pub clusters: Clusters,
    /// Who votes.
    pub members: Arc<dyn Members>,
    /// Who plans anew.
    pub planner: Arc<dyn Planner>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Carries operations out.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) ports: Ports,
    pub(crate) pace: Pace,
    pub(crate) leases: Leases,
    busy: Mutex<HashSet<OperationId>>,
    /// Somebody gave an operation something to do: the next look for work need not wait for its tick.
    wake: Notify,
}

/// Why driving an operation ended early. It goes on at the next tick, here or in another process.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process carries the operation out now.
    #[error("another process carries the operation out")]
    Fenced,
}

/// The most operations driven at once by one process.
const MOST_AT_ONCE: usize = 16;

impl Engine {
    /// An engine under this holder name, unique to the process.
    #[must_use]
    pub fn new(ports: Ports, pace: Pace, holder: String) -> Self {
        let leases = Leases::new(ports.journal.clone(), ports.clock.clone(), pace, holder);
        Self(Arc::new(Inner { ports, pace, leases, busy: Mutex::default(), wake: Notify::new() }))
    }

    /// The durable record it works on.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.0.ports.journal
    }

    /// Works until the returned future is dropped.
    pub async fn run(&self) {
        let mut tasks = JoinSet::new();
        loop {
            if let Err(error) = self.begin(&mut tasks).await {
                tracing::warn!(%error, "no look for work: the store does not answer");
            }
            while let Some(ended) = tasks.try_join_next() {
                log_panic(ended);
            }
            tokio::select! {
                () = self.0.ports.clock.sleep(self.0.pace.tick) => {}
                () = self.0.wake.notified() => {}
            }
        }
    }

    /// One look for work; returns when every operation it began has come to a wait or an end.
    ///
    /// # Errors
    /// If the store cannot be asked for work.
    pub async fn work(&self) -> Result<(), EngineError> {
        let mut tasks = JoinSet::new();
        self.begin(&mut tasks).await?;
        while let Some(ended) = tasks.join_next().await {
            log_panic(ended);
        }
        Ok(())
    }

    async fn begin(&self, tasks: &mut JoinSet<()>) -> Result<(), EngineError> {
        let now = self.0.ports.clock.now();
        for operation in self.0.ports.journal.expired(now).await? {
            let expiring = self.0.expire(&operation).instrument(span(&operation.id));
            if let Err(error) = expiring.await {
                tracing::warn!(operation = %operation.id, %error, "it cannot be expired now");
            }
        }
        for operation in self.0.ports.journal.workable(now).await? {
            if tasks.len() >= MOST_AT_ONCE {
                break;
            }
            if let Some(busy) = Busy::claim(&self.0, &operation.id) {
                let span = span(&operation.id);
                tasks.spawn(drive(busy, operation.id).instrument(span));
            }
        }
        Ok(())
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

/// Marks an operation as driven by this process, until dropped: also if the task panics.
struct Busy {
    inner: Arc<Inner>,
    operation: OperationId,
}

impl Busy {
    fn claim(inner: &Arc<Inner>, operation: &OperationId) -> Option<Self> {
        let fresh = inner.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.clone());
        fresh.then(|| Self { inner: inner.clone(), operation: operation.clone() })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.operation);
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a worker panicked; its operation goes on after the lease");
    }
}

/// What is logged while an operation is worked on carries its id, in whatever room it is said.
fn span(operation: &OperationId) -> tracing::Span {
    tracing::info_span!("operation", %operation)
}

async fn drive(busy: Busy, operation: OperationId) {
    let inner = &busy.inner;
    let lease = match inner.leases.take(&operation).await {
        Ok(Some(lease)) => lease,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%operation, %error, "no lease"),
    };
    let mut run = Run::new(inner, lease);
    match run.drive().await {
        Ok(()) => {
            if let Err(error) = inner.leases.release(run.into_lease()).await {
                tracing::warn!(%operation, %error, "the lease was not given back; others wait for it to end");
            }
        }
        Err(EngineError::Fenced) => tracing::warn!(%operation, "another process carries it out now"),
        Err(EngineError::Journal(error)) => tracing::warn!(%operation, %error, "stopped for now: the store failed"),
    }
}

/// A transition as the engine asks for it; what is left out stays as it is.
pub(crate) struct Move {
    pub(crate) event: Event,
    pub(crate) why: Why,
    pub(crate) holds: Changes,
    pub(crate) entry: Option<(i64, Entry)>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) facts: Facts,
}

impl Move {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            why: Why::default(),
            holds: Changes::None,
            entry: None,
            notices: Vec::new(),
            facts: Facts::none(),
        }
    }

    pub(crate) fn because(mut self, id: &str, facts: Facts) -> Self {
        self.facts = facts.clone();
        self.why = Why { id: id.to_owned(), facts };
        self
    }

    pub(crate) fn telling(mut self, notices: Vec<Notice>) -> Self {
        self.notices = notices;
        self
    }

    pub(crate) fn holds(mut self, holds: Changes) -> Self {
        self.holds = holds;
        self
    }

    /// The whole transition from where the operation stands.
    pub(crate) fn of(self, operation: &Operation, inner: &Inner, actor: Actor) -> Transition {
        let now = inner.ports.clock.now();
        let record = Record {
            what: self.event.key().to_owned(),
            actor,
            operation: Some(operation.id.clone()),
            request: None,
            digest: Some(operation.digest),
            facts: if self.why.id.is_empty() { self.facts } else { self.facts.with("why", self.why.id.as_str()) },
        };
        Transition {
            operation: operation.id.clone(),
            from: operation.state,
            version: operation.version,
            event: self.event,
            token: None,
            at: now,
            next_at: now,
            why: self.why,
            holds: self.holds,
            entry: self.entry,
            records: vec![record],
            notices: self.notices,
        }
    }
}

impl Inner {
    pub(crate) async fn transition(&self, transition: &Transition) -> Result<Transitioned, JournalError> {
        let done = self.ports.journal.transition(transition).await?;
        if matches!(done, Transitioned::Done(_)) {
            tracing::info!(operation = %transition.operation, event = %transition.event, why = transition.why.id, "transition");
        }
        Ok(done)
    }

    /// A transition that people caused: where it leaves something to do, that is begun at once.
    pub(crate) async fn transition_now(&self, transition: &Transition) -> Result<Transitioned, JournalError> {
        let done = self.transition(transition).await?;
        if matches!(&done, Transitioned::Done(operation) if operation.state.is_workable()) {
            self.wake.notify_one();
        }
        Ok(done)
    }

    pub(crate) async fn tell(&self, operation: &OperationId, notices: Vec<Notice>) -> Result<(), JournalError> {
        let at = self.ports.clock.now();
        self.ports.journal.tell(&Told { operation: operation.clone(), at, notices, records: Vec::new() }).await
    }

    /// Ends an operation whose time is over, unless its votes cannot be read: then its time stands still.
    async fn expire(&self, operation: &Operation) -> Result<(), EngineError> {
        let plan = match self.ports.journal.plan(operation).await {
            Ok(plan) => plan,
            Err(JournalError::Damaged(said)) => {
                let facts = Facts::none().with("said", said);
                let refuse =
                    Move::new(Event::Refuse).because("plan-unreadable", facts).of(operation, self, Actor::Engine);
                self.transition(&refuse).await?;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if let Err(unreadable) = self.ports.members.ballots(operation, &plan).await
            && !unreadable.ask_again
        {
            let until = self.ports.clock.now().plus(self.pace.retry.max(std::time::Duration::from_secs(1)));
            self.ports.journal.postpone(operation, until).await?;
            return Ok(());
        }
        if operation.state == State::Queued && self.leases.is_taken(&operation.id).await? {
            return Ok(());
        }
        let expire = Move::new(Event::Expire)
            .telling(vec![Notice::Milestone { id: "expired".to_owned(), facts: Facts::none() }])
            .of(operation, self, Actor::Engine);
        self.transition(&expire).await?;
        Ok(())
    }
}
