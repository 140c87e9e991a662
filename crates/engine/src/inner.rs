//! What every part of the engine works with.

use crate::attend::Attempts;
use crate::lease::Leases;
use crate::notice::Notice;
use crate::operation::{Transition, Transitioned};
use crate::pace::Pace;
use crate::port::{Clock, Clusters, Journal, JournalError, Members, Planner, Told};
use crate::slots::Slots;
use interlock::id::OperationId;
use std::sync::Arc;
use tokio::sync::Notify;

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

pub(crate) struct Inner {
    pub(crate) ports: Ports,
    pub(crate) pace: Pace,
    pub(crate) leases: Leases,
    pub(crate) slots: Slots,
    pub(crate) attempts: Attempts,
    /// Somebody gave an operation something to do: the next look for work need not wait for its tick.
    pub(crate) wake: Notify,
}

impl Inner {
    pub(crate) fn new(ports: Ports, pace: Pace, holder: String) -> Self {
        let leases = Leases::new(ports.journal.clone(), ports.clock.clone(), pace, holder);
        Self { ports, pace, leases, slots: Slots::default(), attempts: Attempts::default(), wake: Notify::new() }
    }

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
}
