//! The durable record: operations, votes, outbox and audit chain, on SQLite or PostgreSQL.
//!
//! All SQL of the program is in this module, one portable text for both databases (`migrations/`). A public call is one
//! transaction. Locks are taken in one order, so that two transactions never wait for each other: lease, operation,
//! hold lock of the cluster, holds, freeze locks, outbox, head of the audit chain. Nothing is retried in here: the caller owns that.

pub mod audit;
mod boards;
mod cards;
mod connect;
#[cfg(test)]
mod contract;
mod database;
mod edges;
mod entries;
mod error;
mod freezes;
mod glass;
mod health;
mod holds;
mod journal;
mod leases;
mod line;
mod meta;
mod opened;
mod operations;
mod outbox;
mod outlines;
mod owed;
mod reader;
mod reads;
mod rows;
mod sharing;
mod throttles;
mod told_voters;
mod typed;
mod unlocks;
mod votes;

pub use boards::BoardMessage;
pub use cards::{DirtyCard, MessageOf, MessageRole, Posted};
pub use edges::Edge;
pub use error::StoreError;
pub use freezes::{FreezeBy, Lift, Lifted};
pub use glass::CloseReview;
pub use outbox::{Claim, Due, Taker};
pub use outlines::{About, Outlined};
pub use reader::Reader;
pub use reads::{Figures, Filter, HeldHold, Listed, Page, RevisionRead, Which};
pub use sharing::Sharing;
pub use throttles::ThrottleAsked;
pub use told_voters::Unheard;
pub use unlocks::{Unlock, UnlockAsked};
pub use votes::{Cast, ReactionVotes, Reread};

use database::Pools;
use engine::port::Clock;
use interlock::time::Millis;
use opened::Opened;
use std::fmt;
use std::fs::File;
use std::sync::Arc;

/// An open store. Cheap to clone; the database is closed when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    clock: Arc<dyn Clock>,
    opened: Arc<Opened>,
    /// Kept for as long as the store is open: the lock of SQLite's one owner.
    _lock: Arc<Option<File>>,
}

impl Store {
    /// Opens the database at this address (`sqlite:file.db` or `postgres://…`) and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process has the SQLite file; [`StoreError::Address`]; [`StoreError::Damaged`] if
    /// the schema is one of a later version; [`StoreError::Unavailable`].
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let opened = connect::open(url).await?;
        let store = Self { pools: opened.pools, clock, opened: Arc::default(), _lock: Arc::new(opened.lock) };
        if matches!(store.pools, Pools::Sqlite { .. }) {
            // The one owner of the file starts: whatever an earlier process was sending is nobody's now.
            store.drop_claims().await?;
        }
        Ok(store)
    }

    /// Whether only one process at a time can open the database at this address: a SQLite file has one owner.
    #[must_use]
    pub fn has_one_owner(url: &str) -> bool {
        connect::is_sqlite(url)
    }

    /// Closes all connections; calls after this fail.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// The present by the store's clock.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Pg(_) => "PostgreSQL",
        };
        write!(f, "Store({kind})")
    }
}
