//! A database that is full, locked, read-only or gone: a clear error, nothing half-written, and work goes on afterwards.

use super::bed::{Bed, clock, event, id, new};
use super::contract;
use crate::store::audit::Verdict;
use crate::store::database::Pools;
use crate::store::{Store, StoreError};
use engine::port::{Journal, JournalError};
use interlock::approval::{Event, State};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use std::sync::Arc;

async fn on_the_writer(bed: &Bed, sql: &'static str) {
    let Pools::Sqlite { writer, .. } = bed.pools() else { panic!("not SQLite") };
    sqlx::raw_sql(sql).execute(writer).await.unwrap();
}

fn is_unavailable<T: std::fmt::Debug>(result: &Result<T, JournalError>) -> bool {
    matches!(result, Err(JournalError::Unavailable(_)))
}

#[tokio::test]
async fn a_full_database_says_so_and_goes_on_when_there_is_room() {
    let bed = Bed::sqlite_of(90).await;
    let first = bed.awaiting(1).await;
    let mut made = 1;
    while bed.store.create(&new(&id(made + 1))).await.is_ok() {
        made += 1;
        assert!(made < 10_000, "the database is never full");
    }
    // Room for an operation is more than what the last one left over: that is filled up as well.
    let mut filled = 0;
    while bed.store.set_meta(&format!("filler {filled}"), &"-".repeat(1_000)).await.is_ok() {
        filled += 1;
        assert!(filled < 10_000, "the database is never full");
    }
    for _ in 0..5 {
        let refused = bed.store.create(&new(&id(made + 1))).await;
        assert!(matches!(&refused, Err(JournalError::Unavailable(why)) if why.contains("full")), "{refused:?}");
        let ping = bed.store.ping().await;
        assert!(matches!(&ping, Err(StoreError::Unavailable(why)) if why.contains("full")), "{ping:?}");
    }
    assert_eq!(bed.store.operation(&id(made + 1)).await.unwrap(), None);
    assert_eq!(bed.now(&id(1)).await, first, "looks still answer");
    assert_eq!(bed.audited().await, i64::from(made));
    let (url, folder) = bed.left_behind().await;
    let store = Store::open(&url, clock()).await.unwrap();
    store.create(&new(&id(made + 1))).await.unwrap();
    store.ping().await.unwrap();
    let Verdict::Verified { head, .. } = store.audit_verify(None).await.unwrap() else { panic!("broken") };
    assert_eq!(head.seq, i64::from(made + 1));
    store.close().await;
    drop(folder);
}

#[tokio::test]
async fn a_read_only_sqlite_database_says_so() {
    let bed = Bed::sqlite().await;
    let operation = bed.awaiting(1).await;
    on_the_writer(&bed, "PRAGMA query_only = on").await;
    assert!(is_unavailable(&bed.store.transition(&event(&operation, Event::Approve)).await));
    assert!(matches!(bed.store.ping().await, Err(StoreError::Unavailable(_))));
    assert_eq!(bed.now(&id(1)).await, operation);
    on_the_writer(&bed, "PRAGMA query_only = off").await;
    bed.does(&event(&operation, Event::Approve)).await;
    bed.clear().await;
}

#[tokio::test]
async fn a_read_only_postgres_database_says_so() {
    let bed = Bed::postgres().await;
    let operation = bed.awaiting(1).await;
    let options = PgConnectOptions::from_str(&bed.url).unwrap().options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new().connect_with(options).await.unwrap();
    let store = Store { pools: Pools::Pg(pool), clock: clock(), opened: Arc::default(), _lock: Arc::new(None) };
    assert!(is_unavailable(&store.transition(&event(&operation, Event::Approve)).await));
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    assert_eq!(store.operation(&id(1)).await.unwrap(), Some(operation));
    store.close().await;
    bed.clear().await;
}

#[tokio::test]
async fn a_sqlite_database_that_another_program_locks_says_so() {
    let bed = Bed::sqlite().await;
    let operation = bed.awaiting(1).await;
    let mut other = SqliteConnectOptions::new().filename(bed.file()).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = bed.store.transition(&event(&operation, Event::Approve)).await;
    assert!(matches!(&refused, Err(JournalError::Unavailable(why)) if why.contains("locked")), "{refused:?}");
    assert_eq!(bed.now(&id(1)).await, operation, "looks still answer");
    other.close().await.unwrap();
    bed.does(&event(&operation, Event::Approve)).await;
    bed.clear().await;
}

#[tokio::test]
async fn a_postgres_table_that_somebody_locks_says_so() {
    let bed = Bed::postgres().await;
    let operation = bed.awaiting(1).await;
    let mut other = PgConnectOptions::from_str(&bed.url).unwrap().connect().await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE audit_head IN EXCLUSIVE MODE").execute(&mut other).await.unwrap();
    let refused = bed.store.transition(&event(&operation, Event::Approve)).await;
    assert!(matches!(&refused, Err(JournalError::Unavailable(why)) if why.contains("lock")), "{refused:?}");
    assert_eq!(bed.now(&id(1)).await, operation);
    other.close().await.unwrap();
    bed.does(&event(&operation, Event::Approve)).await;
    bed.clear().await;
}

#[tokio::test]
async fn a_second_process_does_not_get_a_sqlite_file() {
    let bed = Bed::sqlite().await;
    bed.awaiting(1).await;
    assert_eq!(Store::open(&bed.url, clock()).await.err(), Some(StoreError::InUse));
    let (url, folder) = bed.left_behind().await;
    let again = Store::open(&url, clock()).await.unwrap();
    assert!(again.operation(&id(1)).await.unwrap().is_some());
    again.close().await;
    drop(folder);
}

#[tokio::test]
async fn a_sqlite_file_has_one_owner_under_all_its_names() {
    let bed = Bed::sqlite().await;
    let aside = tempfile::TempDir::new().unwrap();
    let linked = aside.path().join("linked.db");
    std::os::unix::fs::symlink(bed.file(), &linked).unwrap();
    let folder = aside.path().join("folder");
    let home = bed.file().parent().unwrap().to_owned();
    std::os::unix::fs::symlink(&home, &folder).unwrap();
    let detour = home.join("..").join(home.file_name().unwrap()).join("store.db");
    let names = [linked.clone(), folder.join("store.db"), detour];
    for name in &names {
        let opened = Store::open(&format!("sqlite:{}", name.display()), clock()).await;
        assert_eq!(opened.err(), Some(StoreError::InUse), "{}", name.display());
    }
    bed.awaiting(1).await;
    let (_, kept) = bed.left_behind().await;
    let again = Store::open(&format!("sqlite:{}", linked.display()), clock()).await.unwrap();
    assert!(again.operation(&id(1)).await.unwrap().is_some(), "it is the same file");
    again.close().await;
    drop(kept);
}

#[tokio::test]
async fn a_link_to_a_file_that_is_not_there_yet_is_owned_by_its_target() {
    let folder = tempfile::TempDir::new().unwrap();
    let (link, target) = (folder.path().join("link.db"), folder.path().join("target.db"));
    std::os::unix::fs::symlink("target.db", &link).unwrap();
    let first = Store::open(&format!("sqlite:{}", link.display()), clock()).await.unwrap();
    assert!(target.is_file());
    let second = Store::open(&format!("sqlite:{}", target.display()), clock()).await;
    assert_eq!(second.err(), Some(StoreError::InUse));
    first.close().await;
    let round = folder.path().join("round.db");
    std::os::unix::fs::symlink(&round, &round).unwrap();
    let opened = Store::open(&format!("sqlite:{}", round.display()), clock()).await;
    assert!(matches!(&opened, Err(StoreError::Unavailable(why)) if why.contains("its file")), "{opened:?}");
}

#[tokio::test]
async fn a_new_sqlite_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let bed = Bed::sqlite().await;
    bed.awaiting(1).await;
    for ending in ["", "-wal", "-shm"] {
        let file = format!("{}{ending}", bed.file().display());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    bed.clear().await;
}

#[tokio::test]
async fn a_damaged_file_is_damaged() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("store.db");
    std::fs::write(&file, "this is no database at all, but a text of some length".repeat(100)).unwrap();
    let opened = Store::open(&format!("sqlite:{}", file.display()), clock()).await;
    assert!(matches!(&opened, Err(StoreError::Damaged(_))), "{opened:?}");
}

#[tokio::test]
async fn an_address_of_nothing_known_is_refused_without_its_secrets() {
    for (url, said) in [
        ("mysql://root:geheim@localhost/x", "begins with neither"),
        ("postgres://signalbox:geheim@host:notaport/x", "cannot be read"),
        ("sqlite::memory:", "in memory"),
    ] {
        let Err(error) = Store::open(url, clock()).await else { panic!("{url} was opened") };
        assert!(matches!(error, StoreError::Address(_)), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_says_so_in_time() {
    let opened = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        Store::open("postgres://signalbox:geheim@127.0.0.1:1/x", clock()),
    );
    let opened = opened.await.unwrap();
    assert!(matches!(&opened, Err(StoreError::Unavailable(why)) if !why.contains("geheim")), "{opened:?}");
}

contract! {
    async fn a_closed_store_is_unavailable(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        bed.store.close().await;
        assert!(is_unavailable(&bed.store.transition(&event(&operation, Event::Approve)).await));
        assert!(is_unavailable(&bed.store.operation(&id(1)).await));
    }

    async fn two_stores_on_one_server_work_together(bed: &Bed) {
        if bed.is_sqlite() {
            assert_eq!(Store::open(&bed.url, clock()).await.err(), Some(StoreError::InUse));
            return;
        }
        let other = bed.another().await;
        let operation = bed.awaiting(1).await;
        let done = other.transition(&event(&operation, Event::Approve)).await.unwrap();
        assert!(matches!(done, engine::Transitioned::Done(_)));
        assert_eq!(bed.state(&id(1)).await, State::Queued);
        assert!(matches!(other.audit_verify(None).await.unwrap(), Verdict::Verified { .. }));
        other.close().await;
    }
}
