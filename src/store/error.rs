//! Why the store did not do what was asked.

use engine::port::JournalError;
use interlock::approval::Illegal;
use interlock::plan::NotReadable;
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;

/// SQLite's result codes that mean a damaged file (`SQLITE_CORRUPT`, `SQLITE_NOTADB`; <https://www.sqlite.org/rescode.html>).
const SQLITE_DAMAGED: [i64; 2] = [11, 26];
/// PostgreSQL's SQLSTATEs that mean damaged data (`data_corrupted`, `index_corrupted`).
const POSTGRES_DAMAGED: [&str; 2] = ["XX001", "XX002"];

/// Why the store did not do what was asked. No text in it holds the address or the secrets of the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full, locked or read-only. Nothing was written, or the outcome is unknown.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// What is stored cannot be read: damaged, altered, or of another version.
    #[error("what is stored cannot be read: {0}")]
    Damaged(String),
    /// Something that was to be stored cannot be: a NUL character, a number out of range, too many of something.
    #[error("this cannot be stored: {0}")]
    Unstorable(String),
    /// The id is taken; draw another.
    #[error("the id is taken")]
    Taken,
    /// Another process has this database open. SQLite has one owner.
    #[error("another process uses this database; a SQLite store has one owner")]
    InUse,
    /// There is no SQLite file at the address.
    #[error("there is no such file yet; the bot makes it when it first starts")]
    Missing,
    /// The schema is one of an earlier version, or was never made.
    #[error("its schema is not up to date; the bot brings it up to date when it starts")]
    Older,
    /// The address is none of a database this program knows.
    #[error("the store's address is not usable: {0}")]
    Address(String),
    /// The transition is not in the table: a bug.
    #[error(transparent)]
    Illegal(#[from] Illegal),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refused) if refused.kind() == ErrorKind::UniqueViolation => Self::Taken,
            sqlx::Error::Database(refused) if is_damage(refused.as_ref()) => {
                Self::Damaged(refused.message().to_owned())
            }
            sqlx::Error::Database(refused) => Self::Unavailable(refused.message().to_owned()),
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::Decode(_)
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::RowNotFound => Self::Damaged(error.to_string()),
            sqlx::Error::Encode(_) => Self::Unstorable(error.to_string()),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection became free in time".to_owned()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => Self::from(inner),
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Self::Damaged(format!("the schema has version {version}, which this program does not know"))
            }
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<NotReadable> for StoreError {
    fn from(error: NotReadable) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::Unavailable(why),
            StoreError::Damaged(why) => Self::Damaged(why),
            StoreError::Taken => Self::Taken,
            StoreError::Illegal(illegal) => Self::Illegal(illegal),
            other => Self::Damaged(other.to_string()),
        }
    }
}

fn is_damage(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if POSTGRES_DAMAGED.contains(&code.as_ref()) {
        return true;
    }
    // Extended codes carry the primary code in their lowest byte.
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
        && code.parse::<i64>().is_ok_and(|number| SQLITE_DAMAGED.contains(&(number & 0xff)))
}
