//! Heads that are posted elsewhere: what the owner of the database cannot rewrite.

use super::chain;
use crate::store::Store;
use crate::store::database::{Tx, vals};
use crate::store::error::StoreError;
use crate::store::outbox::{self, Claim};
use crate::store::rows::{TextRow, parsed};
use engine::{Notice, Stream};
use interlock::principal::Place;
use interlock::time::Millis;
use std::time::Duration;

/// When a head was last put into the outbox, in milliseconds.
const ASKED_AT: &str = "audit-head-asked-at";
/// The head that was posted last.
const POSTED: &str = "audit-head-posted";

const PUT: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

impl Store {
    /// Puts the head of the chain, as it is now, into the stream of a place, with the one that was posted before it. False if
    /// that was done less than `every` ago, by whatever process.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn tell_head(&self, place: &Place, every: Duration, now: Millis) -> Result<bool, StoreError> {
        let asked_at = self.meta(ASKED_AT).await?.map(|text| parsed(&text, "when a head was told").map(Millis));
        let asked_at = asked_at.transpose()?;
        if asked_at.is_some_and(|at| at <= now && now.since(at) < every) {
            return Ok(false);
        }
        let mut tx = self.pools.begin().await?;
        if !swap(&mut tx, asked_at, now).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let before: Option<TextRow> = tx.maybe("SELECT value FROM meta WHERE name = $1", vals![POSTED]).await?;
        let head = chain::head(&mut tx).await?.to_string();
        let notice = Notice::AuditHead { head, before: before.map_or_else(String::new, |row| row.value), at: now };
        outbox::put_into(&mut tx, &Stream::Place(place.clone()), &[notice], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A head was posted, and its notice is done. False if the claim was lost to another taker.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn head_posted(&self, claim: &Claim, head: &str) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(PUT, vals![POSTED, head]).await?;
        if outbox::take_out(&mut tx, claim).await?.is_none() {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Notes that a head is told now, unless somebody else has noted that since.
async fn swap(tx: &mut Tx, seen: Option<Millis>, now: Millis) -> Result<bool, StoreError> {
    let now = now.0.to_string();
    let rows = match seen {
        None => {
            let insert = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
            tx.run(insert, vals![ASKED_AT, &now]).await?
        }
        Some(seen) => {
            let update = "UPDATE meta SET value = $1 WHERE name = $2 AND value = $3";
            tx.run(update, vals![&now, ASKED_AT, &seen.0.to_string()]).await?
        }
    };
    Ok(rows == 1)
}
