//! What was typed for an operation, as one line. A plan that is made anew by itself leaves it as it is.

use super::Store;
use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::TextRow;
use interlock::id::OperationId;

impl Store {
    /// The command as it was typed for the plan that counts. None for what was stored before it was kept.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn typed(&self, operation: &OperationId) -> Result<Option<String>, StoreError> {
        let row: Option<TextRow> =
            self.pools.maybe("SELECT line AS value FROM typed WHERE operation = $1", vals![operation.as_str()]).await?;
        Ok(row.map(|row| row.value))
    }
}

/// Keeps it within the transaction that makes the plan.
pub(super) async fn put(tx: &mut Tx, operation: &OperationId, line: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO typed (operation, line) VALUES ($1, $2) \
         ON CONFLICT (operation) DO UPDATE SET line = excluded.line",
        vals![operation.as_str(), line],
    )
    .await?;
    Ok(())
}
