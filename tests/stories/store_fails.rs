//! A database that is full, locked or read-only under a house at work: an answer in time, nothing changed, nothing lost.

use super::command_line::{Home, SIMULATED};
use engine::port::{Clock, Journal};
use engine::{Actor, Record};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::facts::{Fact, Facts};
use interlock::id::OperationId;
use signalbox::clock::SystemClock;
use signalbox::desk::{Answer, Done, Recorded};
use signalbox::store::audit::{AuditEntry, AuditFilter, AuditPage, Verdict};
use signalbox::store::{Filter, Page, Store};
use simulated::demo::PRODUCTION;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use story::kafka_house::lab;
use story::{Setting, Story, answered};

/// By then there is an answer while others hold on to the database. That Discord hears of a command within its three
/// seconds is in `discord_locked.rs`.
const IN_TIME: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_secs(120);
/// A group that stands still.
const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:x";

async fn story_on(store: Option<String>) -> Story {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fleet = simulated::demo(clock.clone()).unwrap();
    let setting = Setting { store, ..Setting::default() };
    Story::set(setting, &[(PRODUCTION, Tier::Production)], fleet.clusters().unwrap(), clock).await
}

async fn asked(story: &Story, who: &str, line: &str) -> Answer {
    let began = Instant::now();
    let answer = story.person(who).asks(line).await;
    assert!(began.elapsed() < IN_TIME, "{line} took {:?}", began.elapsed());
    answer
}

/// While the store takes nothing: changes and controls are refused in time, looks are answered, and both say what is true.
async fn refuses_and_looks(story: &Story, waiting: &OperationId) {
    let before = operations(story).await;
    for (who, line) in [("alice", RESET.to_owned()), ("bob", format!("/reject operation:{waiting}"))] {
        let answer = asked(story, who, &line).await;
        assert!(matches!(&answer.done, Done::Failed { id, .. } if id == "store-unavailable"), "{line}: {answer:?}");
        assert_eq!(answer.recorded, Recorded::NotYet, "{line}");
    }
    let look = asked(story, "vic", "/lag cluster:orders-kafka group:nightly-report").await;
    assert!(matches!(look.done, Done::Looked(_)), "{look:?}");
    assert_eq!(look.recorded, Recorded::NotYet, "what is not written is not said to be");
    assert_eq!(operations(story).await, before, "nothing was made");
    assert_eq!(story.operation(waiting).await.state, State::AwaitingApproval);
}

/// The store takes writes again: what waited is in the log, once, with the time it was asked; and work goes on.
async fn goes_on(story: &Story, waiting: &OperationId) {
    let began = Instant::now();
    let look = loop {
        if let [look] = looks(story).await.as_slice() {
            break look.clone();
        }
        assert!(began.elapsed() < SOON, "the record never comes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(matches!(look.record.facts.get("asked-at"), Some(Fact::Text(_))), "{look:?}");
    story.person("bob").approves(waiting).await;
    story.becomes(waiting, State::Succeeded).await;
    assert!(matches!(story.house().rooms().store.audit_verify(None).await.unwrap(), Verdict::Verified { .. }));
}

/// An operation whose card is posted: votes are taken.
async fn posted(story: &Story) -> OperationId {
    let id = story.person("alice").plans(RESET).await;
    let began = Instant::now();
    while !answered(async || story.house().rooms().store.voting_open(&id).await).await {
        assert!(began.elapsed() < SOON, "its card is never posted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    id
}

async fn operations(story: &Story) -> usize {
    let page = || Page { before: None, limit: 200 };
    answered(async || story.house().rooms().store.operations(&Filter::default(), page()).await).await.len()
}

async fn looks(story: &Story) -> Vec<AuditEntry> {
    let by_vic = AuditFilter { person: Some("vic".parse().unwrap()), ..AuditFilter::default() };
    let page = || AuditPage { before: None, limit: 200 };
    answered(async || story.house().rooms().store.audit_search(&by_vic, page()).await).await
}

#[tokio::test]
async fn an_answer_that_is_recorded_is_in_the_log_already() {
    let story = story_on(None).await;
    let began = Instant::now();
    let request = loop {
        let answer = asked(&story, "vic", "/whoami").await;
        if answer.recorded == Recorded::Yes {
            break answer.request;
        }
        // A busy machine: the record took longer than the answer waits, and the answer said so.
        assert!(began.elapsed() < SOON && answer.recorded == Recorded::NotYet, "{answer:?}");
    };
    let entries = looks(&story).await;
    let entry = entries.iter().find(|entry| entry.record.request.as_ref() == Some(&request));
    assert_eq!(entry.expect("it is there").record.facts.get("asked-at"), None, "it did not wait");
}

#[tokio::test]
async fn a_sqlite_file_that_another_program_locks() {
    let story = story_on(None).await;
    let waiting = posted(&story).await;
    let mut other: SqliteConnection = SqliteConnectOptions::new().filename(story.database()).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    refuses_and_looks(&story, &waiting).await;
    other.close().await.unwrap();
    goes_on(&story, &waiting).await;
}

#[tokio::test]
async fn a_sqlite_file_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("full.db").display());
    let story = story_on(Some(format!("{url}?max_page_count=220"))).await;
    let waiting = posted(&story).await;
    let store = story.house().rooms().store.clone();
    // Large ones first, then small ones, until not even those fit.
    for length in [20_000, 200] {
        let record = Record {
            what: "filling".to_owned(),
            actor: Actor::Engine,
            operation: None,
            request: None,
            digest: None,
            facts: Facts::none().with("filling", "x".repeat(length)),
        };
        while store.append_looks(vec![record.clone()]).await.is_ok() {}
    }
    refuses_and_looks(&story, &waiting).await;
    let entries = store.audit_head().await.unwrap().seq;
    drop(story);
    store.close().await;
    drop(store);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let began = Instant::now();
    let roomy = loop {
        // The house's tasks let go of the file a moment later.
        match Store::open(&url, clock.clone()).await {
            Ok(store) => break store,
            Err(error) => assert!(began.elapsed() < SOON, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let Verdict::Verified { head, .. } = roomy.audit_verify(None).await.unwrap() else { panic!("the chain is broken") };
    assert!(head.seq >= entries, "{} of {entries} entries", head.seq);
    assert_eq!(roomy.operation(&waiting).await.unwrap().unwrap().state, State::AwaitingApproval, "nothing is lost");
    roomy.close().await;
}

/// A PostgreSQL database of a story's own.
struct Own {
    admin: PgConnection,
    name: String,
}

impl Own {
    async fn new() -> Self {
        let mut admin = PgConnectOptions::from_str(lab().postgres_url()).unwrap().connect().await.unwrap();
        let name = lab().unique("fails").replace('-', "_");
        run(&mut admin, format!("CREATE DATABASE {name}")).await;
        Self { admin, name }
    }

    fn url(&self) -> String {
        lab().postgres_url().replace("/postgres", &format!("/{}", self.name))
    }

    async fn connect(&self) -> PgConnection {
        PgConnectOptions::from_str(&self.url()).unwrap().connect().await.unwrap()
    }

    /// New connections find it so, and there are no old ones.
    async fn read_only(&mut self, on: bool) {
        let on = if on { "on" } else { "off" };
        run(&mut self.admin, format!("ALTER DATABASE {} SET default_transaction_read_only = {on}", self.name)).await;
        self.ends_sessions().await;
    }

    /// New connections are refused or taken, and there are no old ones.
    async fn is_away(&mut self, away: bool) {
        run(&mut self.admin, format!("ALTER DATABASE {} ALLOW_CONNECTIONS {}", self.name, !away)).await;
        self.ends_sessions().await;
    }

    async fn ends_sessions(&mut self) {
        let sessions =
            format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        run(&mut self.admin, sessions).await;
    }

    async fn drop(self, story: Story) {
        story.house().rooms().store.close().await;
        drop(story);
        self.goes().await;
    }

    async fn goes(mut self) {
        run(&mut self.admin, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

#[tokio::test]
async fn a_postgres_database_in_which_somebody_locks_the_log() {
    let own = Own::new().await;
    let story = story_on(Some(own.url())).await;
    let waiting = posted(&story).await;
    let mut other = own.connect().await;
    run(&mut other, "BEGIN; LOCK TABLE audit_head IN EXCLUSIVE MODE".to_owned()).await;
    refuses_and_looks(&story, &waiting).await;
    other.close().await.unwrap();
    goes_on(&story, &waiting).await;
    own.drop(story).await;
}

#[tokio::test]
async fn a_postgres_database_that_becomes_read_only() {
    let mut own = Own::new().await;
    let story = story_on(Some(own.url())).await;
    let waiting = posted(&story).await;
    own.read_only(true).await;
    refuses_and_looks(&story, &waiting).await;
    own.read_only(false).await;
    goes_on(&story, &waiting).await;
    own.drop(story).await;
}

/// Whoever watches over it does not kill it for a database that is away: it is alive, and not ready.
#[tokio::test]
async fn a_bot_whose_database_is_away_is_alive_and_not_ready() {
    let mut own = Own::new().await;
    let home = Home::new(SIMULATED);
    home.is_kept_in(&own.url());
    let mut bot = home.bot().await;
    for away in [true, false] {
        own.is_away(away).await;
        let status = if away { 503 } else { 200 };
        let began = Instant::now();
        while home.get("/readyz").await.is_none_or(|(found, _)| found != status) {
            assert!(began.elapsed() < SOON, "never {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(home.get("/healthz").await, Some((200, "ok\n".to_owned())));
        let (_, measured) = home.get("/metrics").await.unwrap();
        assert!(measured.contains(&format!("signalbox_store_up {}", u8::from(!away))), "{measured}");
    }
    assert!(home.asks("/whoami").await.contains("alice"), "it works on");
    bot.kill().await.unwrap();
    own.goes().await;
}
