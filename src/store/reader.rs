//! A store that is only read, beside the bot that owns it: for `check`, `audit` and `plan show`.

use super::Store;
use super::audit::{Format, Head, Verdict};
use super::connect;
use super::database::{Pools, vals};
use super::error::StoreError;
use super::rows::NumberRow;
use engine::port::Clock;
use interlock::id::OperationId;
use interlock::plan::Sealed;
use std::sync::Arc;
use tokio::io::AsyncWrite;

/// A store that is only read. It has no call that writes, the database is told that nothing may be written, and the lock of
/// SQLite's one owner is left to the bot.
#[derive(Debug, Clone)]
pub struct Reader(pub(super) Store);

impl Reader {
    /// Opens the database at this address to read. Nothing is made: neither the file nor the schema.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no SQLite file yet; [`StoreError::Older`] if the schema is not up to date;
    /// [`StoreError::Damaged`] if it is one of a later version; [`StoreError::Address`]; [`StoreError::Unavailable`].
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let pools = connect::open_to_read(url).await?;
        let known = is_known(&pools).await;
        let reader = Self(Store { pools, clock, opened: Arc::default(), _lock: Arc::new(None) });
        match known {
            Ok(()) => Ok(reader),
            Err(error) => {
                reader.close().await;
                Err(error)
            }
        }
    }

    /// See [`Store::audit_verify`].
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn audit_verify(&self, outside: Option<Head>) -> Result<Verdict, StoreError> {
        self.0.audit_verify(outside).await
    }

    /// See [`Store::audit_export`].
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn audit_export(
        &self,
        format: Format,
        out: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<i64, StoreError> {
        self.0.audit_export(format, out).await
    }

    /// See [`Store::audit_head`].
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        self.0.audit_head().await
    }

    /// The current plan of an operation, if there is one of this id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if its bytes cannot be read; as all calls of the store.
    pub async fn plan(&self, operation: &OperationId) -> Result<Option<Sealed>, StoreError> {
        let Some(current) = self.0.revisions(operation).await?.pop() else { return Ok(None) };
        let bytes = self.0.plan_bytes(current.digest).await?;
        bytes.map(|bytes| Ok(Sealed::open(bytes, current.digest)?)).transpose()
    }

    /// Closes all connections; calls after this fail.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

/// Whether the schema is the one of this program.
async fn is_known(pools: &Pools) -> Result<(), StoreError> {
    let newest = connect::MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let row: Option<NumberRow> = pools
        .maybe("SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) AS value FROM _sqlx_migrations", vals![])
        .await
        .map_err(|error| match error {
            // Without the list of its migrations it was never brought up to date.
            StoreError::Unavailable(why) if why.contains("_sqlx_migrations") => StoreError::Older,
            other => other,
        })?;
    match row.map_or(0, |row| row.value) {
        version if version == newest => Ok(()),
        version if version < newest => Err(StoreError::Older),
        version => {
            Err(StoreError::Damaged(format!("the schema has version {version}, which this program does not know")))
        }
    }
}
