//! A house on the lab's real Kafka. What it did there is told by Kafka's own clients, never by ours.

use crate::answered::answered;
use crate::discord_house::{DiscordStory, Under};
use crate::lab::judge::{Committed, OffsetAt, Point, TopicPartition, TopicSpec};
use crate::lab::{KafkaJudge, Lab, Listener, MoveCluster, Proxy};
pub use crate::stands_still::Beside;
use crate::stands_still::{Disturbed, StandsStill, StoppedAfterLook};
use crate::{Setting, Story, quick};
use engine::Pace;
use engine::port::{Backend, Clock, Clusters, Journal};
use interlock::changes::Guard;
use interlock::cluster::Tier;
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{Action, Check, KafkaAction, Plan, Work};
use interlock::policy::Policy;
use kafka_admin::{ClientCertificate, Config, Credentials, HostPort, Sasl, Security, Tls};
use signalbox::backend::kafka::{Deadlines, Kafka};
use signalbox::clock::SystemClock;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What the stories call their real cluster.
pub const CLUSTER: &str = "main";

/// Brokers that make or delete thousands of partitions answer nobody else for seconds: who does that takes the lab alone.
static LAB: RwLock<()> = RwLock::const_new(());

/// A share of the lab, or all of it, until dropped.
pub enum Turn {
    /// Beside others.
    Shared(RwLockReadGuard<'static, ()>),
    /// Alone.
    Alone(RwLockWriteGuard<'static, ()>),
}

/// A house whose cluster [`CLUSTER`] is a real Kafka, with its people at the console or on Discord. A story has one at a
/// time: a second one could wait for somebody who waits for the first.
pub struct KafkaHouse<S = Story> {
    /// The house.
    pub story: S,
    /// Kafka's AdminClient on the same cluster, not through the proxy.
    pub judge: KafkaJudge,
    /// The client id of the house's own client, by which the proxy knows it.
    pub client_id: String,
    /// Its share of the lab.
    pub turn: Turn,
}

/// How a [`KafkaHouse`] is built.
pub struct KafkaPlot {
    clusters: BTreeMap<String, Config>,
    /// Where the controllers of [`CLUSTER`] listen, if the house is told.
    controllers: Option<String>,
    client_id: String,
    judge: KafkaJudge,
    deadlines: Deadlines,
    setting: Setting,
    alone: bool,
    disturbance: Option<Disturbance>,
}

/// What happens to the first act.
enum Disturbance {
    /// Its permit has ended before it is looked at.
    BeforeLook(Arc<AtomicBool>),
    /// The process is stopped right after that look.
    AfterLook(Arc<AtomicBool>),
    /// Something is done beside the first act of a kind.
    Beside(&'static str, Beside),
}

impl KafkaPlot {
    /// On the cluster of three brokers.
    ///
    /// # Panics
    /// If the lab is not there.
    pub async fn direct() -> Self {
        let lab = lab();
        Self::of(lab.kafka_bootstrap(), lab.kafka().await.expect("the judge"))
    }

    /// On the same cluster through the recording proxy.
    ///
    /// # Panics
    /// If the lab is not there.
    pub async fn proxied() -> Self {
        let lab = lab();
        Self::of(proxy().bootstrap().expect("it listens"), lab.kafka().await.expect("the judge"))
    }

    /// On the secure cluster, with these credentials.
    ///
    /// # Panics
    /// If the lab is not there.
    pub async fn secure(listener: Listener, credentials: (Security, Sasl)) -> Self {
        let lab = lab();
        let mut plot = Self::of(lab.secure_bootstrap(listener), lab.secure().await.expect("the judge"));
        let config = plot.clusters.get_mut(CLUSTER).expect("the cluster");
        (config.security, config.sasl) = credentials;
        plot
    }

    /// On the cluster that replicas move on.
    ///
    /// # Panics
    /// If the judge does not start.
    pub async fn moving(cluster: &MoveCluster) -> Self {
        let mut plot = Self::of(cluster.bootstrap(), cluster.judge().clone());
        plot.controllers = Some(cluster.controllers().to_owned());
        // Between two looks at rates lies a third of this, and what came of an act is waited for twice as long as one may take.
        plot.looks_within(Duration::from_secs(10));
        plot.acts_within(Duration::from_secs(5));
        plot
    }

    /// On the same cluster through the recording proxy; its controllers are reached directly.
    ///
    /// # Panics
    /// If the judge does not start.
    pub async fn moving_proxied(cluster: &MoveCluster) -> Self {
        let mut plot = Self::moving(cluster).await;
        let config = plot.clusters.get_mut(CLUSTER).expect("the cluster");
        config.bootstrap = brokers(proxy().move_bootstrap().expect("it listens"));
        plot
    }

    /// Is told that the controllers listen here, or nothing of them.
    pub fn controllers_at(&mut self, addresses: Option<&str>) {
        self.controllers = addresses.map(str::to_owned);
    }

    fn of(bootstrap: &str, judge: KafkaJudge) -> Self {
        let client_id = lab().unique("signalbox");
        let mut config = Config::new(brokers(bootstrap));
        config.client_id.clone_from(&client_id);
        let observe = Duration::from_secs(20);
        config.connect_timeout = observe;
        let mut plot = Self {
            clusters: BTreeMap::from([(CLUSTER.to_owned(), config)]),
            controllers: None,
            client_id,
            judge,
            deadlines: Deadlines { observe, act: observe },
            setting: Setting::default(),
            alone: false,
            disturbance: None,
        };
        plot.acts_within(Duration::from_secs(8));
        plot
    }

    /// How long one act may take; the lease is as much longer as it must be.
    pub fn acts_within(&mut self, act: Duration) {
        self.deadlines.act = act;
        self.setting.pace = Pace { lease: act + Duration::from_secs(2), act_deadline: act, ..quick() };
    }

    /// Whoever acts first stands still until the permit has ended; whether that has happened.
    pub fn stands_still_once(&mut self) -> Arc<AtomicBool> {
        let stood = Arc::<AtomicBool>::default();
        self.disturbance = Some(Disturbance::BeforeLook(stood.clone()));
        stood
    }

    /// The process is stopped for as long as an act may take, right after its first look at a permit; whether that has
    /// happened.
    pub fn is_stopped_after_look(&mut self) -> Arc<AtomicBool> {
        let stood = Arc::<AtomicBool>::default();
        self.disturbance = Some(Disturbance::AfterLook(stood.clone()));
        stood
    }

    /// Something is done beside the first act of this kind ([`Action::key`]).
    pub fn beside_first(&mut self, kind: &'static str, beside: Beside) {
        self.disturbance = Some(Disturbance::Beside(kind, beside));
    }

    /// The name by which the proxy knows the house's client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// How long a plan waits for approval.
    pub fn expires_after(&mut self, span: Duration) {
        self.setting.expiry = Some(span);
    }

    /// How long one look may take.
    pub fn looks_within(&mut self, observe: Duration) {
        self.deadlines.observe = observe;
    }

    /// Has the lab to itself.
    pub fn alone(&mut self) {
        self.alone = true;
    }

    /// Takes one more guard away: what happens then shows what it is for.
    pub fn without(&mut self, guard: Guard) {
        self.setting.guards = self.setting.guards.clone().without(guard);
    }

    /// Settings that say otherwise who may do what.
    pub fn rules(&mut self, rules: fn(&mut Policy)) {
        self.setting.rules = rules;
    }

    /// A second cluster: the one of three brokers, directly.
    pub fn and_healthy(&mut self, name: &str) {
        self.clusters.insert(name.to_owned(), Config::new(brokers(lab().kafka_bootstrap())));
    }

    /// Builds it and opens it.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn build(self) -> KafkaHouse {
        let turn = self.turn().await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let tiers: Vec<(&str, Tier)> = self.clusters.keys().map(|name| (name.as_str(), Tier::Production)).collect();
        let story = Story::set(self.setting.clone(), &tiers, self.backends(&clock), clock).await;
        KafkaHouse { story, judge: self.judge, client_id: self.client_id, turn }
    }

    /// Builds it, with its people on a Discord that counts requests.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn build_in_chat(self) -> KafkaHouse<DiscordStory> {
        let turn = self.turn().await;
        let named = |name: &String| (name.parse::<ClusterName>().expect("a cluster's name"), Tier::Production);
        let under = |clock: Arc<dyn Clock>| Under {
            clusters: self.clusters.keys().map(named).collect(),
            backends: self.backends(&clock),
            pace: self.setting.pace,
            guards: self.setting.guards.clone(),
        };
        let story = DiscordStory::begin_on(under, |policy, _, _| (self.setting.rules)(policy)).await;
        KafkaHouse { story, judge: self.judge, client_id: self.client_id, turn }
    }

    async fn turn(&self) -> Turn {
        if self.alone { Turn::Alone(LAB.write().await) } else { Turn::Shared(LAB.read().await) }
    }

    fn backends(&self, clock: &Arc<dyn Clock>) -> Clusters {
        let backend = |(name, config): (&String, &Config)| {
            let first = name == CLUSTER;
            let kafka = self.kafka(config, clock, first);
            let backend = if first { self.disturbed(kafka, clock) } else { Arc::new(kafka) as _ };
            (name.parse::<ClusterName>().expect("a cluster's name"), backend)
        };
        Clusters::new(self.clusters.iter().map(backend).collect())
    }

    fn kafka(&self, config: &Config, clock: &Arc<dyn Clock>, first: bool) -> Kafka {
        let clock: Arc<dyn Clock> = match &self.disturbance {
            Some(Disturbance::AfterLook(stood)) if first => {
                let (inner, span, stood) = (clock.clone(), self.deadlines.act, stood.clone());
                Arc::new(StoppedAfterLook { inner, span, stood })
            }
            _ => clock.clone(),
        };
        let kafka = Kafka::new(config.clone(), clock, self.deadlines).expect("a configuration that works");
        let Some(controllers) = self.controllers.as_ref().filter(|_| first) else { return kafka };
        let mut config = config.clone();
        config.bootstrap = brokers(controllers);
        kafka.and_controllers(config).expect("a configuration that works")
    }

    fn disturbed(&self, kafka: Kafka, clock: &Arc<dyn Clock>) -> Arc<dyn Backend> {
        let (inner, clock) = (Arc::new(kafka), clock.clone());
        match &self.disturbance {
            Some(Disturbance::BeforeLook(stood)) => Arc::new(StandsStill { inner, clock, stood: stood.clone() }),
            Some(Disturbance::Beside(kind, beside)) => {
                Arc::new(Disturbed { inner, clock, kind, beside: beside.clone(), done: AtomicBool::default() })
            }
            Some(Disturbance::AfterLook(_)) | None => inner,
        }
    }
}

fn brokers(list: &str) -> Vec<HostPort> {
    list.split(',').map(|address| address.parse().expect("an address")).collect()
}

/// The lab.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn lab() -> &'static Lab {
    Lab::get().expect("the lab")
}

/// The recording proxy.
///
/// # Panics
/// If it cannot listen.
#[must_use]
pub fn proxy() -> &'static Proxy {
    Proxy::shared(lab()).expect("the proxy")
}

/// TLS that trusts one authority of the lab (`ca.pem`, `other-ca.pem`), perhaps with a client certificate (`bot`, `p1`).
///
/// # Panics
/// If the lab has no such file.
#[must_use]
pub fn tls(ca: &str, certificate: Option<&str>) -> Security {
    let read = |name: &str| std::fs::read_to_string(lab().tls_file(name)).expect("a file of the lab");
    let client = certificate.map(|name| ClientCertificate {
        chain_pem: read(&format!("{name}.crt")),
        key_pem: read(&format!("{name}.key")).into(),
    });
    Security::Tls(Tls { ca_pem: read(ca), client, check_server_name: true })
}

/// A user of the secure cluster with its password.
#[must_use]
pub fn credentials(user: &str) -> Credentials {
    Credentials { user: user.to_owned(), password: lab().password().into() }
}

/// A topic, and a group that may have commits in it. Both are owned by dora.
#[derive(Debug, Clone)]
pub struct Place {
    /// The topic's name.
    pub topic: String,
    /// The group's id.
    pub group: String,
}

impl Place {
    /// One that is never asked for twice.
    #[must_use]
    pub fn unique() -> Self {
        Self { topic: lab().unique("orders"), group: lab().unique("billing") }
    }

    /// A commit in this place.
    #[must_use]
    pub fn commit(&self, partition: i32, offset: i64) -> Committed {
        Committed::new(&self.topic, partition, offset)
    }

    /// A partition of its topic.
    #[must_use]
    pub fn partition(&self, partition: i32) -> TopicPartition {
        TopicPartition::new(&self.topic, partition)
    }

    /// The command that resets the group in the topic.
    #[must_use]
    pub fn reset(&self, to: &str) -> String {
        format!("/reset-offset cluster:{CLUSTER} group:{} topic:{} to:{to}", self.group, self.topic)
    }
}

/// A topic's log as Kafka's AdminClient tells it, by partition.
#[derive(Debug, Clone)]
pub struct LogSeen {
    /// The first offsets.
    pub starts: Vec<i64>,
    /// The ends.
    pub ends: Vec<i64>,
}

impl<S> KafkaHouse<S> {
    /// Makes a topic with so many records in each partition, a minute apart, the first one at `first_ms`.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn topic(&self, place: &Place, records: &[u32], first_ms: i64) {
        let partitions = i32::try_from(records.len()).expect("few partitions");
        self.judge.create_topic(TopicSpec::new(&place.topic, partitions, 1)).await.expect("the topic");
        for (partition, count) in (0..).zip(records) {
            self.produce(place, (partition, *count), first_ms).await;
        }
    }

    /// Adds records to a partition, a minute apart.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn produce(&self, place: &Place, (partition, count): (i32, u32), first_ms: i64) {
        let bulk = crate::lab::judge::Bulk {
            topic: place.topic.clone(),
            partitions: vec![partition],
            count,
            first_timestamp: first_ms,
            step_ms: 60_000,
            value_bytes: 16,
        };
        self.judge.produce_many(bulk).await.expect("the records");
    }

    /// Commits for the group, as an administrator.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn commits(&self, place: &Place, offsets: &[Committed]) {
        self.judge.alter_offsets(&place.group, offsets).await.expect("the commits");
    }

    /// Everything that the group has committed, as Kafka tells it.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn committed(&self, place: &Place) -> Vec<Committed> {
        self.judge.committed(&place.group).await.expect("the judge")
    }

    /// The topic's log, as Kafka tells it.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn log(&self, place: &Place) -> LogSeen {
        let offsets = |seen: Vec<OffsetAt>| seen.into_iter().map(|one| one.offset).collect();
        LogSeen {
            starts: offsets(self.judge.offsets(&place.topic, Point::Earliest).await.expect("the judge")),
            ends: offsets(self.judge.offsets(&place.topic, Point::Latest).await.expect("the judge")),
        }
    }

    /// Where the group stands, by partition, as Kafka tells it.
    ///
    /// # Panics
    /// If Kafka refuses.
    pub async fn offsets(&self, place: &Place) -> BTreeMap<i32, i64> {
        self.committed(place).await.iter().map(|one| (one.partition, one.offset)).collect()
    }
}

impl KafkaHouse {
    /// alice asks, bob approves, it succeeds.
    ///
    /// # Panics
    /// If it does not.
    pub async fn carried_out(&self, line: &str) -> OperationId {
        let id = self.story.person("alice").plans(line).await;
        self.approved(&id).await;
        id
    }

    /// bob approves and it succeeds.
    ///
    /// # Panics
    /// If it does not.
    pub async fn approved(&self, id: &OperationId) {
        self.story.person("bob").approves(id).await;
        self.story.becomes(id, interlock::approval::State::Succeeded).await;
    }

    /// alice takes an operation back; the first approval covers it, so she confirms it herself.
    ///
    /// # Panics
    /// If it does not succeed.
    pub async fn taken_back(&self, id: &OperationId) -> OperationId {
        let alice = self.story.person("alice");
        let back = alice.plans(&format!("/rollback operation:{id}")).await;
        alice.approves(&back).await;
        self.story.becomes(&back, interlock::approval::State::Succeeded).await;
        back
    }

    /// How many attempts the journal has of an operation.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn intents(&self, id: &OperationId) -> usize {
        let store = &self.story.house().rooms().store;
        let entries = answered(async || store.entries(id).await).await;
        entries.iter().filter(|entry| matches!(entry, engine::Entry::Intent { .. })).count()
    }
}

/// What a plan says will be committed, by partition.
#[must_use]
pub fn planned(plan: &Plan) -> BTreeMap<i32, i64> {
    let mut planned = BTreeMap::new();
    for step in &plan.steps {
        if let Work::Act(Action::Kafka(KafkaAction::CommitOffsets { moves, .. })) = &step.work {
            planned.extend(moves.iter().map(|one| (one.partition, one.to.offset)));
        }
    }
    planned
}

/// The check of this id in a plan.
///
/// # Panics
/// If there is none.
pub fn check<'a>(checks: &'a [Check], id: &str) -> &'a Check {
    let found = checks.iter().find(|check| check.id == id);
    found.unwrap_or_else(|| panic!("no check {id} in {checks:?}"))
}

/// The checks of a refusal.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn refusal(done: Done) -> Vec<Check> {
    match done {
        Done::Refused(refusal) => refusal.checks,
        other => panic!("not refused: {other:?}"),
    }
}
