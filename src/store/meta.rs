//! Small things to remember by name: the hash of the registered commands, the day's identifies.

use super::Store;
use super::database::vals;
use super::error::StoreError;
use super::rows::TextRow;

impl Store {
    /// The value under a name.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<TextRow> = self.pools.maybe("SELECT value FROM meta WHERE name = $1", vals![name]).await?;
        Ok(row.map(|row| row.value))
    }

    /// Puts a value under a name.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn set_meta(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vals![name, value],
        )
        .await?;
        tx.commit().await
    }

    /// Replaces a value if it still is what it was seen to be (none: not there); whether it was. For counters that several
    /// processes share.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn swap_meta(&self, name: &str, seen: Option<&str>, value: &str) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = match seen {
            None => {
                tx.run(
                    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                    vals![name, value],
                )
                .await?
            }
            Some(seen) => {
                tx.run("UPDATE meta SET value = $1 WHERE name = $2 AND value = $3", vals![value, name, seen]).await?
            }
        };
        tx.commit().await?;
        Ok(rows == 1)
    }
}
