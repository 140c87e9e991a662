//! How fast the engine goes, and how long it waits. All of it settings, with floors; small in tests.

use std::time::Duration;

/// The engine's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long a worker lease holds after its last beat.
    pub lease: Duration,
    /// How long one act may take. A worker starts no act that could outlast its lease.
    pub act_deadline: Duration,
    /// Time between two looks for work.
    pub tick: Duration,
    /// Time before a look that failed is tried again.
    pub retry: Duration,
    /// How long the engine goes on trying by itself before it calls for people.
    pub patience: Duration,
    /// How long the first act waits until the owners of what it changes have been told.
    pub owners_patience: Duration,
    /// How often the votes on a plan are read, whether or not the chat tells of a change.
    pub votes_every: Duration,
    /// How often one action is tried, where each time it is known that nothing was applied.
    pub attempts: u32,
    /// How often a stale plan is made anew without a person asking.
    pub replans: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            act_deadline: Duration::from_secs(8),
            tick: Duration::from_millis(250),
            retry: Duration::from_secs(5),
            patience: Duration::from_secs(120),
            owners_patience: Duration::from_secs(120),
            votes_every: Duration::from_secs(60),
            attempts: 3,
            replans: 3,
        }
    }
}

/// Why times cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPace {
    /// An act could outlast the lease.
    #[error("the act deadline must be shorter than the lease")]
    ActOutlastsLease,
    /// A time of zero.
    #[error("lease, act deadline, tick, retry and the time between two reads of votes must be longer than zero")]
    Zero,
}

impl Pace {
    /// How long after the intent an act that has not shown may still come to pass: it is sent within one deadline, and a slow
    /// server has another one to do it.
    #[must_use]
    pub fn quiet_after(&self) -> Duration {
        self.act_deadline * 2
    }

    /// Checks that the times fit together.
    ///
    /// # Errors
    /// If an act could outlast the lease, or a time is zero.
    pub fn checked(self) -> Result<Self, BadPace> {
        if [self.lease, self.act_deadline, self.tick, self.retry, self.votes_every].contains(&Duration::ZERO) {
            return Err(BadPace::Zero);
        }
        if self.act_deadline >= self.lease {
            return Err(BadPace::ActOutlastsLease);
        }
        Ok(self)
    }
}
