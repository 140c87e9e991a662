//! The worker: looks for operations with something to do and drives each of them as far as it goes.

use crate::error::EngineError;
use crate::inner::{Inner, Ports};
use crate::pace::Pace;
use crate::port::Journal;
use crate::run::Run;
use crate::slots::Slot;
use interlock::id::OperationId;
use std::sync::Arc;
use tokio::task::JoinSet;
use tracing::Instrument;

/// Carries operations out.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

impl Engine {
    /// An engine under this holder name, unique to the process.
    #[must_use]
    pub fn new(ports: Ports, pace: Pace, holder: String) -> Self {
        Self(Arc::new(Inner::new(ports, pace, holder)))
    }

    /// The durable record it works on.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.0.ports.journal
    }

    /// Works until it is stopped or the returned future is dropped.
    pub async fn run(&self) {
        let mut tasks = JoinSet::new();
        while !self.0.slots.are_closed() {
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
        drain(&mut tasks).await;
    }

    /// One look for work; returns when every operation it began has come to a wait or an end.
    ///
    /// # Errors
    /// If the store cannot be asked for work.
    pub async fn work(&self) -> Result<(), EngineError> {
        let mut tasks = JoinSet::new();
        self.begin(&mut tasks).await?;
        drain(&mut tasks).await;
        Ok(())
    }

    /// Begins nothing any more, and lets go of what is under way at the next point between two acts: its lease is given back,
    /// so that the next process goes on at once.
    pub fn close(&self) {
        self.0.slots.close();
    }

    /// Returns when nothing is under way.
    pub async fn idle(&self) {
        self.0.slots.idle().await;
    }

    /// Closes, and waits until nothing is under way; at most as long as a lease would last anyway.
    pub async fn stop(&self) {
        self.close();
        tokio::select! {
            biased;
            () = self.idle() => {}
            () = self.0.ports.clock.sleep(self.0.pace.lease) => {
                tracing::warn!("something is still under way; the next process waits for its lease to end");
            }
        }
    }

    async fn begin(&self, tasks: &mut JoinSet<()>) -> Result<(), EngineError> {
        // Starts judge freezes by their end: what is not recorded in time keeps nobody, least of all a way back.
        if let Err(error) = self.end_freezes().await {
            tracing::warn!(%error, "the end of a freeze is not recorded yet");
        }
        if let Err(error) = self.0.ports.journal.nag_reviews(self.0.ports.clock.now()).await {
            tracing::warn!(%error, "nobody is told of open reviews yet");
        }
        let now = self.0.ports.clock.now();
        for operation in self.0.unattended(now).await? {
            if let Some(slot) = self.0.attempt(&operation.id) {
                let (engine, span) = (self.clone(), span(&operation.id));
                tasks.spawn(async move { engine.attend_in(slot, operation).await }.instrument(span));
            }
        }
        for operation in self.0.ports.journal.workable(now).await? {
            if let Some(slot) = self.0.slots.drive(&operation.id, &operation.cluster) {
                let span = span(&operation.id);
                tasks.spawn(drive(self.0.clone(), slot, operation.id).instrument(span));
            }
        }
        Ok(())
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

async fn drain(tasks: &mut JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        log_panic(ended);
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

/// Drives an operation under its lease. The slot is free again when the lease is given back.
async fn drive(inner: Arc<Inner>, _slot: Slot, operation: OperationId) {
    let lease = match inner.leases.take(&operation).await {
        Ok(Some(lease)) => lease,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%operation, %error, "no lease"),
    };
    let mut run = Run::new(&inner, lease);
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
