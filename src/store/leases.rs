//! Worker leases. Who holds one is known by its token; whether the holder still lives is judged by the watcher's own clock.

use super::Store;
use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::NumberRow;
use engine::Token;
use engine::port::Beat;
use interlock::id::OperationId;

#[derive(sqlx::FromRow)]
struct LeaseRow {
    holder: String,
    token: i64,
    beats: i64,
}

impl Store {
    pub(super) async fn read_lease(&self, id: &OperationId) -> Result<Option<Beat>, StoreError> {
        let row: Option<LeaseRow> = self
            .pools
            .maybe("SELECT holder, token, beats FROM leases WHERE operation = $1", vals![id.as_str()])
            .await?;
        Ok(row.map(|row| Beat { holder: row.holder, token: Token(row.token), beats: row.beats }))
    }

    pub(super) async fn seize_lease(
        &self,
        id: &OperationId,
        holder: &str,
        seen: Option<&Beat>,
    ) -> Result<Option<Token>, StoreError> {
        if holder.is_empty() {
            return Err(StoreError::Unstorable("a lease without a holder".to_owned()));
        }
        let mut tx = self.pools.begin().await?;
        let row: Option<NumberRow> = match seen {
            None => {
                tx.maybe(
                    "INSERT INTO leases (operation, holder, token, beats) VALUES ($1, $2, 1, 0) \
                     ON CONFLICT (operation) DO NOTHING RETURNING token AS value",
                    vals![id.as_str(), holder],
                )
                .await?
            }
            Some(seen) => {
                tx.maybe(
                    "UPDATE leases SET holder = $1, token = token + 1, beats = 0 \
                     WHERE operation = $2 AND token = $3 AND beats = $4 RETURNING token AS value",
                    vals![holder, id.as_str(), seen.token.0, seen.beats],
                )
                .await?
            }
        };
        tx.commit().await?;
        Ok(row.map(|row| Token(row.value)))
    }

    pub(super) async fn beat(&self, id: &OperationId, token: Token) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let held = hold(&mut tx, id, token).await?;
        tx.commit().await?;
        Ok(held)
    }

    pub(super) async fn give_lease_back(&self, id: &OperationId, token: Token) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "UPDATE leases SET holder = '', beats = beats + 1 WHERE operation = $1 AND token = $2",
            vals![id.as_str(), token.0],
        )
        .await?;
        tx.commit().await
    }
}

/// Keeps every worker from an operation that none is at work on, until the transaction ends and after it: who saw its lease
/// before does not get it. False if one is at work, or may be.
pub(super) async fn keep_off(tx: &mut Tx, id: &OperationId) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO leases (operation, holder, token, beats) VALUES ($1, '', 1, 0) \
             ON CONFLICT (operation) DO UPDATE SET token = leases.token + 1, beats = 0 WHERE leases.holder = ''",
            vals![id.as_str()],
        )
        .await?;
    Ok(rows == 1)
}

/// Whether this token holds, and that it does so until the transaction ends: the row stays locked, so no taker gets
/// between this and what is written under the token. Counts as a beat.
pub(super) async fn hold(tx: &mut Tx, id: &OperationId, token: Token) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE leases SET beats = beats + 1 WHERE operation = $1 AND token = $2 AND holder <> ''",
            vals![id.as_str(), token.0],
        )
        .await?;
    Ok(rows == 1)
}
