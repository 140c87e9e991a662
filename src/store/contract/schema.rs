//! Migrations, step by step over data, and schemas that are not ours.

use super::bed::{Bed, START, clock, id, taker};
use super::contract;
use crate::store::connect::MIGRATIONS;
use crate::store::database::{Pools, vals};
use crate::store::{Store, StoreError};
use engine::port::Journal;
use engine::{Called, Notice, Stream};
use interlock::facts::Facts;
use sqlx::migrate::MigrateError;
use std::collections::BTreeMap;

async fn migrate(pools: &Pools) -> Result<(), MigrateError> {
    match pools {
        Pools::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
        Pools::Pg(pool) => MIGRATIONS.run(pool).await,
    }
}

async fn migrate_to(pools: &Pools, version: i64) -> Result<(), MigrateError> {
    match pools {
        Pools::Sqlite { writer, .. } => MIGRATIONS.run_to(version, writer).await,
        Pools::Pg(pool) => MIGRATIONS.run_to(version, pool).await,
    }
}

/// Everything the migrations made, and the list of migrations.
const TABLES: [&str; 23] = [
    "DROP TABLE boards",
    "DROP TABLE broken_glass",
    "DROP TABLE freezes",
    "DROP TABLE freeze_locks",
    "DROP TABLE throttles",
    "DROP TABLE told_voters",
    "DROP TABLE typed",
    "DROP TABLE waiting_line",
    "DROP TABLE messages",
    "DROP TABLE outbox",
    "DROP TABLE unlocks",
    "DROP TABLE edges",
    "DROP TABLE votes",
    "DROP TABLE holds",
    "DROP TABLE hold_locks",
    "DROP TABLE leases",
    "DROP TABLE entries",
    "DROP TABLE plans",
    "DROP TABLE operations",
    "DROP TABLE counters",
    "DROP TABLE audit",
    "DROP TABLE audit_head",
    "DROP TABLE _sqlx_migrations",
];

/// A notice that waits, as the first of its stream.
const PUT_IN: &str = "INSERT INTO outbox (stream, seq, operation, notice, topic, status, made_at, due_at, attempts, \
     first_attempt_at, taker, taken_until, why) VALUES ($1, 1, $2, $3, '', 'waiting', 0, 0, 0, 0, '', 0, '')";

/// Takes everything away that the migrations made.
async fn empty(bed: &Bed) {
    for table in TABLES {
        bed.tamper(table, vals![]).await;
    }
    bed.tamper("DROP TABLE meta", vals![]).await;
}

contract! {
    async fn each_step_keeps_what_is_there(bed: &Bed) {
        empty(bed).await;
        let mut kept = 0;
        for migration in MIGRATIONS.iter() {
            migrate_to(bed.pools(), migration.version).await.unwrap();
            kept += bed
                .tamper("INSERT INTO meta (name, value) VALUES ($1, 'kept')", vals![&migration.version.to_string()])
                .await;
        }
        let operation = bed.awaiting(1).await;
        migrate(bed.pools()).await.unwrap();
        assert_eq!(bed.now(&id(1)).await, operation);
        assert_eq!(bed.tamper("UPDATE meta SET value = value WHERE value = 'kept'", vals![]).await, kept);
        assert!(kept >= 1);
    }

    async fn what_was_to_be_told_of_an_open_review_calls_nobody(bed: &Bed) {
        empty(bed).await;
        migrate_to(bed.pools(), 15).await.unwrap();
        let stored = [
            r#"{"alert":{"id":"review-open","facts":{}}}"#,
            r#"{"alert":{"id":"review-open","facts":{},"calls":"nobody"}}"#,
            r#"{"alert":{"id":"failed","facts":{}}}"#,
        ];
        for (number, notice) in (1..).zip(stored) {
            let stream = serde_json::to_string(&Stream::Operation(id(number))).unwrap();
            bed.tamper(PUT_IN, vals![&stream, id(number).as_str(), notice]).await;
        }
        migrate(bed.pools()).await.unwrap();
        let due = bed.store.due(&taker("reader"), START, 10).await.unwrap();
        let told: BTreeMap<Stream, Notice> = due.into_iter().map(|one| (one.stream, one.notice)).collect();
        let open = || Notice::Alert { id: "review-open".to_owned(), facts: Facts::none(), calls: Called::Nobody };
        let expected = [(1, open()), (2, open()), (3, Notice::alert("failed", Facts::none()))];
        assert_eq!(told, BTreeMap::from(expected.map(|(number, notice)| (Stream::Operation(id(number)), notice))));
    }

    async fn a_schema_of_a_later_version_is_refused(bed: &Bed) {
        bed.tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, 'later', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
            vals![],
        )
        .await;
        let refused = migrate(bed.pools()).await.map_err(StoreError::from);
        assert!(matches!(&refused, Err(StoreError::Damaged(why)) if why.contains("9999")), "{refused:?}");
    }

    async fn no_column_takes_null(bed: &Bed) {
        let mut tx = bed.pools().begin().await.unwrap();
        let refused = tx.run("INSERT INTO meta (name) VALUES ('x')", vals![]).await;
        assert!(refused.is_err());
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn the_text_of_the_schema_is_portable() {
    for migration in MIGRATIONS.iter() {
        let text = migration.sql.as_str();
        let code: String =
            text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
        let words: Vec<String> =
            code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_lowercase).collect();
        for banned in ["autoincrement", "serial", "integer", "boolean", "timestamp", "blob", "bytea", "trigger", "now"]
        {
            assert!(!words.iter().any(|word| word == banned), "migration {}: {banned}", migration.version);
        }
        let lines = code.split(',').filter(|part| part.contains(" BIGINT") || part.contains(" TEXT"));
        for column in lines {
            assert!(column.contains("NOT NULL"), "migration {}: {column}", migration.version);
        }
    }
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let bed = Bed::postgres().await;
    let operation = bed.awaiting(1).await;
    let again = Store::open(&bed.url, clock()).await.unwrap();
    assert_eq!(again.operation(&id(1)).await.unwrap(), Some(operation));
    again.close().await;
    bed.clear().await;
}
