//! Whether the store can be read and written now.

use super::Store;
use super::database::vals;
use super::error::StoreError;

/// As much as a small transaction writes: a database without room for it is full.
const ROOM: usize = 8 * 1024;

impl Store {
    /// Writes, and takes back, a few pages, durably: fails when the database is gone, full, locked or read-only.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "INSERT INTO meta (name, value) VALUES ('ping', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vals![&"-".repeat(ROOM)],
        )
        .await?;
        tx.run("UPDATE meta SET value = $1 WHERE name = 'ping'", vals![&self.now().0.to_string()]).await?;
        tx.commit().await
    }
}
