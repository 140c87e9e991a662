//! A story: a house on a fleet, people who type, and what becomes of it.

use crate::answered::answered;
use crate::people;
use engine::port::{Clock, Clusters, Journal};
use engine::{Operation, Pace};
use interlock::approval::{Event, State, next};
use interlock::changes::Guards;
use interlock::cluster::Tier;
use interlock::command::Catalogue;
use interlock::id::OperationId;
use interlock::plan::Sealed;
use interlock::policy::Policy;
use interlock::principal::Place;
use signalbox::clock::SystemClock;
use signalbox::desk::{Answer, Done, Parts, Times};
use signalbox::house::{House, Plot};
use signalbox::store::Store;
use signalbox::store::audit::{AuditFilter, AuditPage, Verdict};
use simulated::Fleet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How long a story waits for something to come true.
const PATIENCE: Duration = Duration::from_secs(180);

/// A house at work, and the fleet under it.
pub struct Story {
    house: House,
    clock: Arc<dyn Clock>,
    pace: Pace,
    tasks: JoinSet<()>,
    folder: TempDir,
}

/// Somebody of [`people::PEOPLE`] at the console.
pub struct Person<'a> {
    story: &'a Story,
    name: &'a str,
}

/// Times small enough for stories.
#[must_use]
pub fn quick() -> Pace {
    Pace {
        lease: Duration::from_millis(1_500),
        act_deadline: Duration::from_millis(1_000),
        tick: Duration::from_millis(20),
        retry: Duration::from_millis(50),
        patience: Duration::from_secs(5),
        ..Pace::default()
    }
}

/// What a story may have otherwise than the others.
#[derive(Clone)]
pub struct Setting {
    /// How fast the engine goes.
    pub pace: Pace,
    /// The guards that are on; without one of them a story shows what it is for.
    pub guards: Guards,
    /// What the settings say otherwise of who may do what.
    pub rules: fn(&mut Policy),
    /// How long a plan waits for approval, where it is not as long as usual.
    pub expiry: Option<Duration>,
    /// The address of the store, where it is not an ordinary SQLite file of the story's own.
    pub store: Option<String>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { pace: quick(), guards: Guards::all(), rules: |_| {}, expiry: None, store: None }
    }
}

impl Story {
    /// On the simulated demo fleet, with SQLite.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn on_simulated() -> (Self, Fleet) {
        Self::on_simulated_under(Guards::all()).await
    }

    /// The same with these guards.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn on_simulated_under(guards: Guards) -> (Self, Fleet) {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let fleet = simulated::demo(clock.clone()).expect("the demo fleet");
        let clusters = [(simulated::demo::PRODUCTION, Tier::Production), (simulated::demo::STAGING, Tier::Staging)];
        let setting = Setting { guards, ..Setting::default() };
        (Self::set(setting, &clusters, fleet.clusters().expect("its clusters"), clock).await, fleet)
    }

    /// On these clusters, with SQLite.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn on(clusters: &[(&str, Tier)], backends: Clusters, clock: Arc<dyn Clock>) -> Self {
        Self::set(Setting::default(), clusters, backends, clock).await
    }

    /// The same in another setting.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn set(setting: Setting, clusters: &[(&str, Tier)], backends: Clusters, clock: Arc<dyn Clock>) -> Self {
        let Setting { pace, guards, rules, expiry, store } = setting;
        let usual = Times::default();
        // Stories of long lists have more plans waiting than one person usually may.
        let times = Times { expiry: expiry.unwrap_or(usual.expiry), open_plans: 1_000, ..usual };
        let folder = TempDir::new().expect("a folder");
        let own = format!("sqlite:{}", folder.path().join("signalbox.db").display());
        let url = store.unwrap_or(own);
        let store = Store::open(&url, clock.clone()).await.expect("a store");
        let mut policy = people::policy(clusters);
        rules(&mut policy);
        let parts = Parts {
            catalogue: Catalogue::built_in().expect("the catalogue"),
            policy,
            backends,
            store,
            clock: clock.clone(),
            times,
            guards,
        };
        let house = House::build(Plot { parts, pace, holder: "story".to_owned() });
        let tasks = house.open();
        Self { house, clock, pace, tasks, folder }
    }

    /// The process ends without a word. Nothing is done until another one begins.
    pub fn dies(&mut self) {
        self.tasks.abort_all();
    }

    /// The process ends without a word, and another one begins on the same store.
    ///
    /// # Panics
    /// If the house cannot be built.
    #[must_use]
    pub fn reborn(mut self) -> Self {
        self.dies();
        let Self { house, clock, pace, tasks: _, folder } = self;
        let rooms = house.rooms();
        let parts = Parts {
            catalogue: Catalogue::built_in().expect("the catalogue"),
            policy: rooms.policy.clone(),
            backends: rooms.backends.clone(),
            store: rooms.store.clone(),
            clock: clock.clone(),
            times: rooms.times.clone(),
            guards: rooms.guards.clone(),
        };
        let house = House::build(Plot { parts, pace, holder: "story again".to_owned() });
        let tasks = house.open();
        Self { house, clock, pace, tasks, folder }
    }

    /// The house.
    #[must_use]
    pub fn house(&self) -> &House {
        &self.house
    }

    /// The story's own SQLite file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("signalbox.db")
    }

    /// One of the people.
    #[must_use]
    pub fn person<'a>(&'a self, name: &'a str) -> Person<'a> {
        Person { story: self, name }
    }

    /// An operation as it stands.
    ///
    /// # Panics
    /// If there is none.
    pub async fn operation(&self, id: &OperationId) -> Operation {
        let store = &self.house.rooms().store;
        answered(async || store.operation(id).await).await.expect("the operation is there")
    }

    /// The plan that counts.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn plan(&self, id: &OperationId) -> Sealed {
        let operation = self.operation(id).await;
        let store = &self.house.rooms().store;
        answered(async || store.plan(&operation).await).await
    }

    /// Waits until an operation is in a state.
    ///
    /// # Panics
    /// If it does not come there in time.
    pub async fn becomes(&self, id: &OperationId, state: State) -> Operation {
        let began = Instant::now();
        loop {
            let operation = self.operation(id).await;
            if operation.state == state {
                return operation;
            }
            assert!(
                began.elapsed() < PATIENCE && (!operation.state.has_ended() || operation.state == state),
                "{id} is {} because {:?}, not {state}",
                operation.state,
                operation.why
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What the audit log tells of an operation, oldest first, after verifying the whole chain.
    ///
    /// # Panics
    /// If the chain does not verify.
    pub async fn audit(&self, id: &OperationId) -> Vec<String> {
        let store = &self.house.rooms().store;
        let verdict = answered(async || store.audit_verify(None).await).await;
        assert!(matches!(verdict, Verdict::Verified { .. }), "{verdict:?}");
        let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
        let page = AuditPage { before: None, limit: 200 };
        let found = answered(async || store.audit_search(&filter, page).await).await;
        found.into_iter().rev().map(|entry| entry.record.what).collect()
    }
}

/// An operation went these ways, as its part of the audit log tells.
///
/// # Panics
/// If it did not, or if the log tells of a way that the table does not have.
pub fn made(audit: &[String], ways: &[(State, Event)]) {
    let mut state = State::AwaitingApproval;
    let mut found = Vec::new();
    for event in audit.iter().filter_map(|what| Event::from_key(what)) {
        found.push((state, event));
        state = next(state, event).expect("a way of the table");
    }
    for way in ways {
        assert!(found.contains(way), "{way:?} is none of {found:?}");
    }
}

impl Person<'_> {
    /// Types a command and gets the answer.
    ///
    /// # Panics
    /// If the line cannot be taken apart.
    pub async fn runs(&self, line: &str) -> Done {
        self.asks(line).await.done
    }

    /// Types a command that makes a plan.
    ///
    /// # Panics
    /// If no plan comes of it.
    pub async fn plans(&self, line: &str) -> OperationId {
        match self.runs(line).await {
            Done::Planned { operation, .. } => operation,
            other => panic!("{} ran {line} and got {other:?}", self.name),
        }
    }

    /// Approves the plan that counts, with its whole digest.
    ///
    /// # Panics
    /// If the plan cannot be read.
    pub async fn approves(&self, id: &OperationId) -> Done {
        let posted = Instant::now();
        // Voting opens when the card is posted.
        let store = &self.story.house.rooms().store;
        while !answered(async || store.voting_open(id).await).await {
            assert!(posted.elapsed() < PATIENCE, "the card of {id} was never posted");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.runs(&people::approval(&self.story.plan(id).await)).await
    }

    /// Types a command and gets the whole answer.
    ///
    /// # Panics
    /// If the line cannot be taken apart.
    pub async fn asks(&self, line: &str) -> Answer {
        let incoming = people::typed(self.story.house.rooms(), self.name, line, Place::Console);
        self.story.house.desk().handle(incoming).await
    }
}
