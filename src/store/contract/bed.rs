//! A store of a test's own, and samples to put into it.

use crate::store::database::{Pools, Val};
use crate::store::{MessageRole, Posted, Store, StoreError, Taker};
use engine::port::{Boxed, Clock, Journal, JournalError};
use engine::{Changes, Freezes, NewOperation, Notice, Operation, Transition, Transitioned, Why};
use interlock::approval::{Event, State};
use interlock::cluster::{ClusterKind, Tier};
use interlock::command::Arguments;
use interlock::id::OperationId;
use interlock::plan::{Aspect, Effect, Estimate, FORMAT, Hold, Impact, Plan, Requester, Scope, Sealed, Sharing, Thing};
use interlock::principal::{Account, Place, Readers};
use interlock::time::Millis;
use sqlx::postgres::PgPool;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Whether the store did not answer in time, as on a machine that has other things to do.
pub(super) trait Busy {
    fn is_busy(&self) -> bool;
}

impl Busy for StoreError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl Busy for JournalError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// What the store answers once it does; it is asked again, as the engine does.
pub(super) async fn answered<T, E: Busy + Debug>(mut asks: impl AsyncFnMut() -> Result<T, E>) -> T {
    let began = Instant::now();
    loop {
        match asks().await {
            Err(error) if error.is_busy() && began.elapsed() < LIMIT => {}
            other => return other.unwrap(),
        }
    }
}

/// How long that may take.
const LIMIT: Duration = Duration::from_secs(120);

/// When the tests' time begins.
pub(super) const START: Millis = Millis(1_700_000_000_000);

/// A clock that the test sets.
pub(super) struct HandClock(AtomicI64);

impl HandClock {
    fn new() -> Self {
        Self(AtomicI64::new(START.0))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        self.now().since(START)
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::Relaxed);
        Box::pin(async {})
    }
}

/// Where a bed's database is.
enum Home {
    Folder(TempDir),
    Schema { admin: PgPool, name: String },
}

/// A store with an empty database of its own.
pub(super) struct Bed {
    pub(super) store: Store,
    pub(super) url: String,
    home: Home,
}

impl Bed {
    pub(super) async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        Self { store: open(&url).await, url, home: Home::Folder(folder) }
    }

    /// A SQLite file of this many pages at most.
    pub(super) async fn sqlite_of(pages: u32) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        Self { store: open(&format!("{url}?max_page_count={pages}")).await, url, home: Home::Folder(folder) }
    }

    pub(super) async fn postgres() -> Self {
        let server = postgres_url();
        let admin = PgPool::connect(&server).await.expect("the lab's PostgreSQL; start the lab: ./dev lab up");
        let name = schema_name();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&admin).await.unwrap();
        let url = format!("{server}?options[search_path]={name}");
        Self { store: open(&url).await, url, home: Home::Schema { admin, name } }
    }

    /// Another store on the same database, as another process would open it; only PostgreSQL allows it.
    pub(super) async fn another(&self) -> Store {
        open(&self.url).await
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.home, Home::Folder(_))
    }

    /// Where the SQLite file lies.
    pub(super) fn file(&self) -> PathBuf {
        match &self.home {
            Home::Folder(folder) => folder.path().join("store.db"),
            Home::Schema { .. } => panic!("PostgreSQL has no file"),
        }
    }

    /// Changes the database behind the store's back.
    pub(super) async fn tamper(&self, sql: &'static str, args: &[Val<'_>]) -> u64 {
        let mut tx = self.store.pools.begin().await.unwrap();
        let rows = tx.run(sql, args).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Closes the store and leaves its SQLite file in its folder.
    pub(super) async fn left_behind(self) -> (String, TempDir) {
        self.store.close().await;
        let Home::Folder(folder) = self.home else { panic!("PostgreSQL has no file") };
        (self.url, folder)
    }

    /// Takes the database away.
    pub(super) async fn clear(self) {
        self.store.close().await;
        if let Home::Schema { admin, name } = &self.home {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).execute(admin).await.unwrap();
            admin.close().await;
        }
    }
}

/// Where a busy machine lets no connection become free in time it is asked again.
pub(super) async fn open(url: &str) -> Store {
    const TRIES: u32 = 20;
    let mut opened = Store::open(url, clock()).await;
    for _ in 1..TRIES {
        if !matches!(opened, Err(StoreError::Unavailable(_))) {
            break;
        }
        opened = Store::open(url, clock()).await;
    }
    opened.unwrap()
}

pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(HandClock::new())
}

fn schema_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("t{}_{}_{}", std::process::id(), since.as_nanos(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The server of the tests: named in the environment, or the lab's.
fn postgres_url() -> String {
    if let Ok(url) = std::env::var("SIGNALBOX_TEST_PG") {
        return url;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".lab/run/env");
    let lab = std::fs::read_to_string(&file).expect("no lab: start the lab: ./dev lab up");
    let url = lab.lines().find_map(|line| line.strip_prefix("LAB_PG="));
    url.expect("the lab names no PostgreSQL; start the lab: ./dev lab up").to_owned()
}

/// An operation's id of a test.
pub(in crate::store) fn id(number: u32) -> OperationId {
    OperationId::from_random(number)
}

/// A hold on a topic's offsets.
pub(super) fn hold(topic: &str, sharing: Sharing) -> Hold {
    Hold { cluster: "lab".parse().unwrap(), thing: Thing::Topic(topic.to_owned()), aspect: Aspect::Offsets, sharing }
}

/// A plan of an operation.
pub(in crate::store) fn plan(operation: &OperationId, revision: u32) -> Sealed {
    let requester = Requester { account: Account::Discord(7), person: "alice".parse().unwrap() };
    Sealed::seal(Plan {
        format: FORMAT,
        operation: operation.clone(),
        revision,
        command: "reset-offset".to_owned(),
        arguments: [("group".to_owned(), "billing".to_owned())].into(),
        request: Arguments::default(),
        requesters: vec![requester],
        place: Place::Discord { guild: 1, channel: 2, thread: None },
        reason: "a bad deploy".to_owned(),
        ticket: String::new(),
        reverses: None,
        covered: false,
        cluster: "lab".parse().unwrap(),
        kind: ClusterKind::Kafka,
        tier: Tier::Production,
        identity: "kRaFt".to_owned(),
        made_at: START,
        expires_at: START.plus(Duration::from_secs(8 * 3600)),
        effect: Effect::Reversible,
        scope: Scope::Group,
        holds: vec![hold("orders", Sharing::Exclusive)],
        checks: Vec::new(),
        expectations: Vec::new(),
        steps: Vec::new(),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: Impact::default(),
        estimate: Estimate::default(),
        votes: Vec::new(),
    })
    .unwrap()
}

/// What makes an operation, with the notice of its card.
pub(super) fn new(operation: &OperationId) -> NewOperation {
    NewOperation {
        plan: plan(operation, 1),
        typed: "/reset-offset group:billing to:-2h".to_owned(),
        at: START,
        records: Vec::new(),
        notices: vec![Notice::PostCard { revision: 1 }],
    }
}

/// A transition from where an operation stands.
pub(super) fn event(operation: &Operation, event: Event) -> Transition {
    Transition {
        operation: operation.id.clone(),
        from: operation.state,
        version: operation.version,
        event,
        token: None,
        at: START,
        next_at: START,
        why: Why::default(),
        holds: Changes::None,
        freezes: Freezes::Unasked,
        only_while: None,
        entry: None,
        records: Vec::new(),
        notices: Vec::new(),
    }
}

/// The operation after a transition that must be done.
pub(super) fn done(transitioned: Transitioned) -> Operation {
    match transitioned {
        Transitioned::Done(operation) => *operation,
        other => panic!("not done: {other:?}"),
    }
}

impl Bed {
    /// A new operation that awaits approval.
    pub(super) async fn awaiting(&self, number: u32) -> Operation {
        self.store.create(&new(&id(number))).await.unwrap()
    }

    /// A new operation whose card is posted.
    pub(super) async fn posted(&self, number: u32) -> Operation {
        let operation = self.awaiting(number).await;
        let due = self.store.due(&taker("poster"), START, 100).await.unwrap();
        for due in due {
            let card = card(u64::from(number));
            assert!(self.store.sent(&due.claim, START, &[card]).await.unwrap());
        }
        operation
    }

    /// A queued operation on another cluster.
    pub(super) async fn on(&self, cluster: &str, number: u32) -> Operation {
        let mut plan = plan(&id(number), 1).plan().clone();
        plan.cluster = cluster.parse().unwrap();
        let new = NewOperation { plan: Sealed::seal(plan).unwrap(), ..new(&id(number)) };
        let operation = self.store.create(&new).await.unwrap();
        self.does(&event(&operation, Event::Approve)).await
    }

    pub(super) async fn queued(&self, number: u32) -> Operation {
        let operation = self.awaiting(number).await;
        self.does(&event(&operation, Event::Approve)).await
    }

    /// Approved, with a place in the line for these.
    pub(super) async fn in_line(&self, number: u32, holds: Vec<Hold>) -> Operation {
        let operation = self.awaiting(number).await;
        self.does(&Transition { holds: Changes::Line(holds), ..event(&operation, Event::Approve) }).await
    }

    /// A queued operation that takes another one back.
    pub(super) async fn way_back(&self, number: u32, of: u32) -> Operation {
        let mut plan = plan(&id(number), 1).plan().clone();
        plan.reverses = Some(id(of));
        let new = NewOperation { plan: Sealed::seal(plan).unwrap(), ..new(&id(number)) };
        let operation = self.store.create(&new).await.unwrap();
        self.does(&event(&operation, Event::Approve)).await
    }

    pub(super) async fn running(&self, number: u32, holds: Vec<Hold>) -> Operation {
        let operation = self.queued(number).await;
        let start = Transition { holds: Changes::Take(holds), ..event(&operation, Event::Start) };
        self.does(&start).await
    }

    /// A transition that must be done.
    pub(super) async fn does(&self, transition: &Transition) -> Operation {
        done(self.store.transition(transition).await.unwrap())
    }

    /// An operation as it stands.
    pub(super) async fn now(&self, id: &OperationId) -> Operation {
        self.store.operation(id).await.unwrap().unwrap()
    }

    pub(super) async fn state(&self, id: &OperationId) -> State {
        self.now(id).await.state
    }

    /// How many records the audit chain has; it must verify.
    pub(super) async fn audited(&self) -> i64 {
        use crate::store::audit::Verdict;
        match self.store.audit_verify(None).await.unwrap() {
            Verdict::Verified { head, .. } => head.seq,
            broken @ Verdict::Broken { .. } => panic!("{broken:?}"),
        }
    }

    pub(super) fn pools(&self) -> &Pools {
        &self.store.pools
    }
}

/// Somebody who takes notices for half a minute.
pub(super) fn taker(name: &str) -> Taker {
    Taker { name: name.to_owned(), until: START.plus(Duration::from_secs(30)), in_chat: true }
}

/// A card's message.
pub(super) fn card(message: u64) -> Posted {
    Posted { role: MessageRole::Card, channel: 2, message, says: "as sent".to_owned(), readers: Readers::Chosen }
}
