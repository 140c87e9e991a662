//! Worker leases: which process carries an operation out, judged by monotonic clocks only.

use crate::operation::Token;
use crate::pace::Pace;
use crate::port::{Beat, Clock, Journal, JournalError};
use interlock::id::OperationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often a lease is renewed at most before it is given up because each renewal takes too long.
const RENEWALS: u32 = 5;

/// A lease that this process holds.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) operation: OperationId,
    pub(crate) token: Token,
    /// The monotonic time before the last beat was asked for: the lease surely holds from there on.
    beat_at: Duration,
}

/// Takes and keeps leases.
pub(crate) struct Leases {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    pace: Pace,
    holder: String,
    watched: Mutex<HashMap<OperationId, (Beat, Duration)>>,
}

impl Leases {
    pub(crate) fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>, pace: Pace, holder: String) -> Self {
        Self { journal, clock, pace, holder, watched: Mutex::default() }
    }

    /// Takes the lease of an operation if it is free, or if its holder has not beaten for a lease and an act's deadline:
    /// only then can no act of it be on its way any more.
    pub(crate) async fn take(&self, operation: &OperationId) -> Result<Option<Lease>, JournalError> {
        let seen = self.journal.lease(operation).await?;
        if !self.is_free(operation, seen.as_ref()) {
            return Ok(None);
        }
        let beat_at = self.clock.monotonic();
        let token = self.journal.take_lease(operation, &self.holder, seen.as_ref()).await?;
        Ok(token.map(|token| Lease { operation: operation.clone(), token, beat_at }))
    }

    fn is_free(&self, operation: &OperationId, seen: Option<&Beat>) -> bool {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(beat) = seen.filter(|beat| !beat.holder.is_empty()) else {
            watched.remove(operation);
            return true;
        };
        let now = self.clock.monotonic();
        let (known, since) = watched.entry(operation.clone()).or_insert_with(|| (beat.clone(), now));
        if known != beat {
            (*known, *since) = (beat.clone(), now);
        }
        let silent = now.saturating_sub(*since) >= self.pace.lease + self.pace.act_deadline;
        if silent {
            watched.remove(operation);
        }
        silent
    }

    /// Makes sure that an act begun now would end within the lease; false if the lease is lost. A renewal that took too long for
    /// that, on a machine that stood still, has lost nothing: it is renewed once more.
    pub(crate) async fn hold(&self, lease: &mut Lease) -> Result<bool, JournalError> {
        for _ in 0..RENEWALS {
            if self.fits(lease) {
                return Ok(true);
            }
            let beat_at = self.clock.monotonic();
            if !self.journal.renew_lease(&lease.operation, lease.token).await? {
                return Ok(false);
            }
            lease.beat_at = beat_at;
        }
        Ok(self.fits(lease))
    }

    /// Whether an act begun now would end within the lease, without asking anybody.
    pub(crate) fn fits(&self, lease: &Lease) -> bool {
        self.clock.monotonic().saturating_sub(lease.beat_at) + self.pace.act_deadline < self.pace.lease
    }

    /// Whether some process holds the lease, as far as the store says.
    pub(crate) async fn is_taken(&self, operation: &OperationId) -> Result<bool, JournalError> {
        Ok(self.journal.lease(operation).await?.is_some_and(|beat| !beat.holder.is_empty()))
    }

    pub(crate) async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        self.journal.release_lease(&lease.operation, lease.token).await
    }
}
