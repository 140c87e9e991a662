//! SQL as plain data on either database: values, rows, transactions. The one place with bounds over both drivers.

use super::error::StoreError;
use sqlx::postgres::{PgPool, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};
use sqlx::{Database, Encode, FromRow, IntoArguments, Transaction, Type};

/// A value of a statement. There is no null: no column of the schema takes one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Val<'a> {
    /// BIGINT.
    I(i64),
    /// TEXT.
    S(&'a str),
}

impl From<i64> for Val<'_> {
    fn from(number: i64) -> Self {
        Self::I(number)
    }
}

impl From<u32> for Val<'_> {
    fn from(number: u32) -> Self {
        Self::I(i64::from(number))
    }
}

impl From<bool> for Val<'_> {
    fn from(yes: bool) -> Self {
        Self::I(i64::from(yes))
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(text: &'a str) -> Self {
        Self::S(text)
    }
}

impl<'a> From<&'a String> for Val<'a> {
    fn from(text: &'a String) -> Self {
        Self::S(text)
    }
}

/// The values of a statement, in the order of its `$1`, `$2`, …
macro_rules! vals {
    ($($value:expr),* $(,)?) => { &[$($crate::store::database::Val::from($value)),*] };
}
pub(super) use vals;

/// A row that can be read from both databases.
pub(super) trait Out: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Out for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// The pools of one database.
#[derive(Debug, Clone)]
pub(super) enum Pools {
    /// SQLite: one writer, some readers.
    Sqlite {
        /// Exactly one connection.
        writer: SqlitePool,
        /// Read-only connections.
        readers: SqlitePool,
    },
    /// PostgreSQL.
    Pg(PgPool),
}

/// An open transaction. Dropped without [`Tx::commit`] it is rolled back.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

fn bound<'q, DB: Database>(sql: &'static str, args: &[Val<'q>]) -> Result<Query<'q, DB, DB::Arguments>, StoreError>
where
    i64: Encode<'q, DB> + Type<DB>,
    &'q str: Encode<'q, DB> + Type<DB>,
    DB::Arguments: IntoArguments<DB>,
{
    let mut query = sqlx::query::<DB>(sql);
    for arg in args {
        query = match arg {
            Val::I(number) => query.bind(*number),
            // PostgreSQL refuses NUL in text and SQLite cuts some functions short at it.
            Val::S(text) if text.contains('\0') => {
                return Err(StoreError::Unstorable("a text contains the character NUL".to_owned()));
            }
            Val::S(text) => query.bind(*text),
        };
    }
    Ok(query)
}

fn read<T, R>(rows: &[R]) -> Result<Vec<T>, StoreError>
where
    T: for<'r> FromRow<'r, R>,
    R: sqlx::Row,
{
    rows.iter().map(|row| T::from_row(row).map_err(StoreError::from)).collect()
}

impl Pools {
    /// Begins a transaction that may write.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            // A deferred transaction that reads before it writes can fail half-way; an immediate one cannot.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    /// Reads rows outside of a transaction.
    pub(super) async fn all<T: Out>(&self, sql: &'static str, args: &[Val<'_>]) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => read(&bound::<Sqlite>(sql, args)?.fetch_all(readers).await?),
            Self::Pg(pool) => read(&bound::<Postgres>(sql, args)?.fetch_all(pool).await?),
        }
    }

    /// Reads one row, if there is one.
    pub(super) async fn maybe<T: Out>(&self, sql: &'static str, args: &[Val<'_>]) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Closes all connections.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Runs a statement; how many rows it changed.
    pub(super) async fn run(&mut self, sql: &'static str, args: &[Val<'_>]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound::<Sqlite>(sql, args)?.execute(&mut **tx).await?.rows_affected(),
            Self::Pg(tx) => bound::<Postgres>(sql, args)?.execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Reads rows, also those of `RETURNING`.
    pub(super) async fn all<T: Out>(&mut self, sql: &'static str, args: &[Val<'_>]) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(tx) => read(&bound::<Sqlite>(sql, args)?.fetch_all(&mut **tx).await?),
            Self::Pg(tx) => read(&bound::<Postgres>(sql, args)?.fetch_all(&mut **tx).await?),
        }
    }

    /// Reads one row, if there is one.
    pub(super) async fn maybe<T: Out>(&mut self, sql: &'static str, args: &[Val<'_>]) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Takes everything back at once, instead of when the connection is used next.
    pub(super) async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Pg(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Makes it last. After an error the outcome is unknown.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
