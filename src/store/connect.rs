//! What is declared to differ between the databases: how they are opened, and nothing else.

use super::database::Pools;
use super::error::StoreError;
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// The schema, embedded; the same text for both databases.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long a call waits for a connection,
const PATIENCE: Duration = Duration::from_secs(2);
/// and a connection for a lock of somebody else's. Together below the three seconds within which people get an answer.
const LOCKED: Duration = Duration::from_millis(700);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;

/// An open database, migrated.
pub(super) struct Opened {
    /// Its connections.
    pub(super) pools: Pools,
    /// The owner's lock on a SQLite file; released when dropped, also when the process is killed.
    pub(super) lock: Option<File>,
}

/// Opens and migrates the database at this address.
pub(super) async fn open(url: &str) -> Result<Opened, StoreError> {
    if is_sqlite(url) { open_sqlite(url).await } else { open_postgres(url).await }
}

/// Whether this is the address of a SQLite file.
pub(super) fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Opens a database to read: nothing is made, migrated or locked.
pub(super) async fn open_to_read(url: &str) -> Result<Pools, StoreError> {
    if is_sqlite(url) {
        let (options, _) = sqlite(url)?;
        let file = options.get_filename();
        if !file.try_exists().map_err(|error| StoreError::Unavailable(format!("its file: {error}")))? {
            return Err(StoreError::Missing);
        }
        let readers = readers(options.read_only(true));
        return Ok(Pools::Sqlite { writer: readers.clone(), readers });
    }
    let options = postgres(url)?.options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_with(options).await?;
    Ok(Pools::Pg(pool))
}

/// The options that every connection to a SQLite file has, and the most pages it may have.
fn sqlite(url: &str) -> Result<(SqliteConnectOptions, Option<u32>), StoreError> {
    let (url, most_pages) = page_limit(url)?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Address("a database in memory would be lost with the process; name a file".to_owned()));
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::Address(error.to_string()))?;
    Ok((options.busy_timeout(LOCKED), most_pages))
}

fn readers(options: SqliteConnectOptions) -> SqlitePool {
    let options = options.create_if_missing(false).pragma("query_only", "on");
    SqlitePoolOptions::new().max_connections(SQLITE_READERS).acquire_timeout(PATIENCE).connect_lazy_with(options)
}

async fn open_sqlite(url: &str) -> Result<Opened, StoreError> {
    let (mut options, most_pages) = sqlite(url)?;
    if let Some(pages) = most_pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    let file =
        behind_links(options.get_filename()).map_err(|error| StoreError::Unavailable(format!("its file: {error}")))?;
    let lock = own(&file)?;
    make_private(&file)?;
    let options = options
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_release(|connection, _| Box::pin(is_clean(connection)))
        .connect_with(options.clone())
        .await?;
    MIGRATIONS.run(&writer).await?;
    Ok(Opened { pools: Pools::Sqlite { writer, readers: readers(options) }, lock: Some(lock) })
}

/// Splits `?max_page_count=N` off an address: the most pages (of 4 KiB) the file may have; then it is full.
fn page_limit(url: &str) -> Result<(&str, Option<u32>), StoreError> {
    let Some((url, pages)) = url.split_once("?max_page_count=") else { return Ok((url, None)) };
    let pages = pages.parse().map_err(|_| StoreError::Address("max_page_count is not a number".to_owned()))?;
    Ok((url, Some(pages)))
}

/// Whether a connection that comes back has no transaction open. After "full" SQLite takes a transaction back by itself;
/// the driver, whose own rollback then fails, goes on counting it and would refuse to begin another one for ever. Such a
/// connection is closed, and the next call opens a new one.
async fn is_clean(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction is only queued; the answer to a ping comes after it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// The file that is meant, whatever links lead to it: one file has one owner under all its names. It need not be there yet,
/// and it is not opened: closing it would end the locks that SQLite has on it in this process.
fn behind_links(database: &Path) -> std::io::Result<PathBuf> {
    match database.canonicalize() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        found => return found,
    }
    let folder = database.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    if let Ok(target) = std::fs::read_link(database) {
        return behind_links(&folder.join(target));
    }
    Ok(folder.canonicalize()?.join(database.file_name().unwrap_or_default()))
}

/// Makes the file, if it is not there, readable for its owner only; SQLite gives its other files the same rights.
fn make_private(database: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new().create(true).append(true).mode(0o600).open(database);
    made.map(|_| ()).map_err(|error| StoreError::Unavailable(format!("its file: {error}")))
}

/// Takes the lock of the one owner. It lies beside the database: SQLite's own locks on the file must not be disturbed.
fn own(database: &Path) -> Result<File, StoreError> {
    let unavailable = |error: std::io::Error| StoreError::Unavailable(format!("its lock file: {error}"));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside(database, ".lock"))
        .map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
    }
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The options that every connection to PostgreSQL has.
fn postgres(url: &str) -> Result<PgConnectOptions, StoreError> {
    if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        return Err(StoreError::Address("it begins with neither sqlite: nor postgres:".to_owned()));
    }
    // The parser's message may quote the address, and with it the password.
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Address("it cannot be read as postgres://user@host:port/database".to_owned()))?;
    let locked = LOCKED.as_millis().to_string();
    Ok(options.application_name("signalbox").options([
        ("default_transaction_isolation", "read committed"),
        ("synchronous_commit", "on"),
        ("lock_timeout", locked.as_str()),
        ("statement_timeout", "10000"),
        ("idle_in_transaction_session_timeout", "15000"),
    ]))
}

async fn open_postgres(url: &str) -> Result<Opened, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(postgres(url)?)
        .await?;
    MIGRATIONS.run(&pool).await?;
    Ok(Opened { pools: Pools::Pg(pool), lock: None })
}
