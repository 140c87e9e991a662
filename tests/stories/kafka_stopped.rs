//! The program itself, stopped by the system (SIGSTOP) in the middle of an act on real Kafka, while another process takes over.

use super::command_line::{Home, operation_in};
use super::crash::database;
use engine::port::Journal;
use engine::{Entry, Outcome};
use interlock::id::OperationId;
use signalbox::clock::SystemClock;
use signalbox::store::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, planned, proxy};
use story::lab::proxy::{Fate, Fault, Recorded, Rule, RuleHandle, Times, api};
use tokio::process::Child;
use tokio::sync::{Mutex, MutexGuard};

const FIRST: i64 = 1_732_089_600_000;
const LIMIT: Duration = Duration::from_secs(240);
/// What `signalbox run` calls itself at brokers.
pub(super) const CLIENT: &str = "signalbox";

/// All of these processes are one client to the proxy: one story has them to itself.
pub(super) static TURN: Mutex<()> = Mutex::const_new(());

/// Two homes on one store, of a cluster behind the proxy.
pub(super) struct Two {
    first: Home,
    second: Home,
    store: Store,
    _turn: MutexGuard<'static, ()>,
}

/// A process that carries an operation out, and the answer that its first act waits for.
pub(super) struct Acting {
    process: Child,
    hold: RuleHandle,
    /// What it carries out.
    pub(super) id: OperationId,
}

/// How long leases and acts last.
#[derive(Clone, Copy)]
pub(super) enum Acts {
    /// As short as a busy machine allows.
    Short,
    /// Longer than it takes to be stopped and to go on. What cannot be read back at once is looked at again after two of these.
    Long,
}

impl Two {
    /// Alice may approve what she asks for: a change of a whole cluster needs an approver, also in development.
    pub(super) async fn behind_proxy(bootstrap: &str, controllers: &str, acts: Acts) -> Self {
        let turn = TURN.lock().await;
        proxy().forget(CLIENT);
        let (lease, act) = match acts {
            Acts::Short => ("12s", "10s"),
            Acts::Long => ("32s", "30s"),
        };
        let listed = |addresses: &str| format!("{:?}", addresses.split(',').collect::<Vec<_>>());
        let settings = format!(
            r#"
[engine]
lease = "{lease}"
act_deadline = "{act}"
[[cluster]]
name = "{CLUSTER}"
kind = "kafka"
tier = "development"
bootstrap = {}
{}
[seats]
requester_approves_in_development = true
[[grant]]
role = "approver"
persons = ["alice"]
clusters = ["*"]
"#,
            listed(bootstrap),
            if controllers.is_empty() { String::new() } else { format!("controllers = {}", listed(controllers)) }
        );
        let address = database().await;
        let home = || {
            let home = Home::new(&settings);
            home.is_kept_in(&address);
            home
        };
        let store = Store::open(&address, Arc::new(SystemClock::new())).await.unwrap();
        Self { first: home(), second: home(), store, _turn: turn }
    }

    /// The first process asks for this and gets it approved. The answer to a request of this kind that its first act has sent
    /// is held; what looks ask goes on.
    pub(super) async fn acting(&self, line: &str, kind: i16) -> Acting {
        let process = self.first.bot().await;
        let id: OperationId = operation_in(&self.first.asks(line).await).parse().unwrap();
        let approves = async {
            self.first.approves(id.as_str()).await;
            std::future::pending().await
        };
        let hold = tokio::select! {
            hold = self.held_inside_an_act(&id, kind) => hold,
            hold = approves => hold,
        };
        Acting { process, hold, id }
    }

    /// An act writes its intent before it asks anything: what was met before there was one is of looks, and let go. All of
    /// the kind are held from then on, those of another attempt too.
    async fn held_inside_an_act(&self, id: &OperationId, kind: i16) -> RuleHandle {
        let hold = proxy().arm(Rule::next(CLIENT, kind, Fault::HoldAnswer).times(Times::All));
        let began = Instant::now();
        let mut looks = 0;
        loop {
            let met = hold.meets(looks + 1, LIMIT).await && began.elapsed() < LIMIT;
            assert!(met, "no act asks this: {:?}", self.entries(id).await);
            looks = hold.met();
            if let [.., Entry::Intent { .. }] = &self.entries(id).await[..] {
                return hold;
            }
            hold.lets_go(looks);
        }
    }

    async fn entries(&self, id: &OperationId) -> Vec<Entry> {
        self.store.entries(id).await.unwrap()
    }

    /// What came of each act, as the journal has it.
    pub(super) async fn outcomes(&self, id: &OperationId) -> Vec<Outcome> {
        let outcome = |entry: &Entry| match entry {
            Entry::Outcome { outcome, .. } => Some(*outcome),
            _ => None,
        };
        self.entries(id).await.iter().filter_map(outcome).collect()
    }

    /// The acting process is stopped, its answer comes, and another process ends the operation. Then the first one goes on:
    /// what both have changed until its act is over.
    pub(super) async fn stopped_and_continued(&self, acting: Acting) -> Vec<Recorded> {
        let Acting { mut process, hold, id } = acting;
        stop(&process).await;
        assert_eq!(proxy().changes(CLIENT), [], "nothing is sent before the answer");
        hold.disarm();
        let mut second = self.second.bot().await;
        succeeds(&self.second, &id).await;
        let sent = proxy().changes(CLIENT);
        signal(&process, "CONT");
        assert_eq!(first_act(&self.first).await, "not-applied");
        assert_eq!(proxy().changes(CLIENT), sent, "the first process sends nothing when it goes on");
        succeeds(&self.first, &id).await;
        let verified = self.second.runs(&["audit", "verify"], "").await;
        assert!(verified.status.success() && verified.out.starts_with("whole: "), "{}{}", verified.out, verified.err);
        for process in [&mut process, &mut second] {
            process.kill().await.unwrap();
        }
        proxy().changes(CLIENT)
    }

    /// Control: nobody takes over, and the process goes on while its act has time. What it has changed in all.
    pub(super) async fn stopped_and_continued_in_time(&self, acting: Acting) -> Vec<Recorded> {
        let Acting { mut process, hold, id } = acting;
        stop(&process).await;
        assert_eq!(proxy().changes(CLIENT), [], "nothing is sent before the answer");
        hold.disarm();
        signal(&process, "CONT");
        assert_eq!(first_act(&self.first).await, "applied");
        succeeds(&self.first, &id).await;
        process.kill().await.unwrap();
        proxy().changes(CLIENT)
    }
}

fn signal(process: &Child, name: &str) {
    let pid = process.id().expect("it runs");
    let sent = std::process::Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status();
    assert!(sent.expect("a shell").success(), "the signal was not sent");
}

/// Stops it, and waits until each of its threads stands still: a thread that runs meets the signal a little later.
async fn stop(process: &Child) {
    signal(process, "STOP");
    let threads = format!("/proc/{}/task", process.id().expect("it runs"));
    let began = Instant::now();
    while !std::fs::read_dir(&threads).expect("its threads").all(|thread| stands_still(&thread.unwrap().path())) {
        assert!(began.elapsed() < LIMIT, "it does not stop");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A thread that has ended meanwhile stands still too.
fn stands_still(thread: &Path) -> bool {
    let Ok(told) = std::fs::read_to_string(thread.join("stat")) else { return true };
    told.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
}

async fn succeeds(home: &Home, id: &OperationId) {
    let began = Instant::now();
    loop {
        let status = home.asks(&format!("/status operation:{id}")).await;
        if status.contains("Succeeded") {
            return;
        }
        assert!(began.elapsed() < LIMIT, "it does not succeed: {status}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What came of the first act that a process has tried, as it counts them itself.
async fn first_act(home: &Home) -> String {
    let began = Instant::now();
    let of = format!("signalbox_acts_total{{cluster=\"{CLUSTER}\",outcome=\"");
    loop {
        let (_, scraped) = home.get("/metrics").await.expect("it answers");
        if let Some((outcome, _)) = scraped.split_once(&of).and_then(|(_, rest)| rest.split_once('"')) {
            return outcome.to_owned();
        }
        assert!(began.elapsed() < LIMIT, "its act never ends: {scraped}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A stopped group that has read four of ten records of two partitions.
async fn place() -> (KafkaHouse, Place) {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4), place.commit(1, 4)]).await;
    (house, place)
}

/// A reset of it by the program, stopped or not where the connection that the commit goes over is being made: the act has
/// begun, and its one request goes out next.
async fn reset(acts: Acts, goes_on: impl AsyncFn(&Two, Acting) -> Vec<Recorded>) -> (Two, OperationId) {
    let (house, place) = place().await;
    let two = Two::behind_proxy(proxy().bootstrap().expect("it listens"), "", acts).await;
    let acting = two.acting(&format!("{} reason:test", place.reset("latest")), api::API_VERSIONS).await;
    let id = acting.id.clone();
    let sent: Vec<_> = goes_on(&two, acting).await.into_iter().map(|one| (one.api, one.fate)).collect();
    assert_eq!(sent, [(api::OFFSET_COMMIT, Fate::Answered)], "once in all");
    let operation = two.store.operation(&id).await.unwrap().expect("the operation");
    let plan = two.store.plan(&operation).await.unwrap();
    assert_eq!(house.offsets(&place).await, planned(plan.plan()));
    assert_eq!(house.offsets(&place).await, BTreeMap::from([(0, 10), (1, 10)]));
    (two, id)
}

#[tokio::test]
async fn a_process_that_is_stopped_inside_an_act_sends_nothing_when_it_goes_on() {
    let (two, id) = reset(Acts::Short, Two::stopped_and_continued).await;
    assert_eq!(two.outcomes(&id).await, [Outcome::NotApplied, Outcome::Done]);
}

/// Control: one that goes on in time sends what its act had come to.
#[tokio::test]
async fn a_process_that_goes_on_in_time_sends_what_it_was_about_to() {
    let (two, id) = reset(Acts::Long, Two::stopped_and_continued_in_time).await;
    assert_eq!(two.outcomes(&id).await, [Outcome::Done]);
}
