//! What outlives a process: database, cluster, chat, clock.

use super::chat::PaperChat;
use super::cluster::CountingCluster;
use super::journal::{CountingJournal, Lie};
use super::points::Points;
use crate::people;
use engine::Pace;
use engine::port::{Backend, Clock, Clusters};
use interlock::changes::{Guard, Guards};
use interlock::cluster::kafka::Committed;
use interlock::cluster::{ClusterKind, Tier};
use interlock::command::Catalogue;
use interlock::id::NotAName;
use interlock::plan::Effect;
use interlock::policy::{Policy, Role};
use interlock::time::Millis;
use signalbox::desk::{Parts, Times};
use signalbox::house::{House, Plot};
use signalbox::store::{Store, StoreError};
use simulated::{
    Fleet, GroupSpec, HandClock, Leave, Member, ResetPolicy, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec,
    SimulatedKafka, SimulatedRocketmq, TopicSpec,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The cluster's name.
pub const CLUSTER: &str = "orders-kafka";
/// The topic, of four partitions.
pub const TOPIC: &str = "orders";
/// A stopped group: committed with metadata in three partitions, never in the fourth.
pub const GROUP: &str = "nightly-report";
/// A group with a member at work.
pub const WORKING: &str = "billing-live";
/// A RocketMQ cluster of each line, alike but for that: 5.5.0 and 4.9.7.
pub const ROCKETMQS: [(&str, &str); 2] = [("shop-rocketmq", "5.5.0"), ("old-rocketmq", "4.9.7")];
/// A stopped group of theirs, which reads the topic `coupons`.
pub const STOPPED: &str = "coupon-audit";
/// A group of theirs with a client at work, which reads the topic `carts`.
pub const AT_WORK: &str = "warehouse";
/// A topic that nobody writes or reads, where a story has it.
pub const UNUSED: &str = "leftovers";
/// The channel in which things are asked for.
pub const CHANNEL: (u64, u64) = (1, 10);

const NOON: Millis = Millis(1_790_000_000_000);
/// How long a process that has ended may still hold the store.
const LETS_GO: Duration = Duration::from_secs(120);
const HOUR: Duration = Duration::from_secs(3_600);

/// The files of a run, and its database.
#[derive(Debug)]
pub struct Ground {
    folder: PathBuf,
    database: String,
    chat_is_down: Arc<AtomicBool>,
    _kept: Option<TempDir>,
}

/// How a house settles on the ground.
pub struct Settled {
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// The points of its life.
    pub points: Arc<Points>,
    /// How its journal lies, if it does.
    pub lie: Option<Lie>,
    /// Its name among other processes.
    pub holder: String,
    /// What its settings say otherwise than the others'.
    pub rules: Rules,
}

/// Settings of a house: the usual ones, and what was changed.
#[derive(Clone, Default)]
pub struct Rules {
    /// How many must approve what is reversible, in production.
    pub approvers: Option<usize>,
    /// Roles that nobody has.
    pub nobody_is: Option<Role>,
    /// Whether the channel may not show the cluster.
    pub not_here: bool,
    /// Whether the cluster is only observed.
    pub observed: bool,
    /// Whether the house has no chat.
    pub no_chat: bool,
    /// Whether nobody owns anything.
    pub nobody_owns: bool,
}

impl Rules {
    fn policy(&self) -> Policy {
        let rocketmqs = ROCKETMQS.map(|(cluster, _)| (cluster, Tier::Production));
        let mut policy = people::policy(&[&[(CLUSTER, Tier::Production)][..], &rocketmqs[..]].concat());
        policy.places.guilds.insert(CHANNEL.0);
        for (cluster, _) in ROCKETMQS {
            policy.places.channels.insert(name(cluster), [CHANNEL.1].into());
            let of_kind = policy.clusters.get_mut(&name(cluster)).expect("a cluster");
            of_kind.kind = ClusterKind::Rocketmq;
        }
        if !self.not_here {
            policy.places.channels.insert(name(CLUSTER), [CHANNEL.1].into());
        }
        if let Some(approvers) = self.approvers {
            policy.seats.demand(Tier::Production, Effect::Reversible, approvers).expect("a number");
        }
        if self.nobody_owns {
            policy.owners.0.clear();
        }
        policy.grants.0.retain(|grant| Some(grant.role) != self.nobody_is);
        policy
    }
}

impl Settled {
    /// An honest house with this clock and these points.
    #[must_use]
    pub fn honest(clock: Arc<dyn Clock>, points: Arc<Points>) -> Self {
        Self { clock, points, lie: None, holder: "first".to_owned(), rules: Rules::default() }
    }

    /// With these settings.
    #[must_use]
    pub fn under(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// With a journal that lies.
    #[must_use]
    pub fn lied_to(mut self, lie: Lie) -> Self {
        self.lie = Some(lie);
        self
    }
}

impl Ground {
    /// New ground with SQLite and a furnished cluster.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        let kept = TempDir::new().expect("a folder");
        let folder = kept.path().to_owned();
        let database = format!("sqlite:{}", folder.join("signalbox.db").display());
        let ground = Self { folder, database, chat_is_down: Arc::default(), _kept: Some(kept) };
        ground.furnish();
        ground
    }

    /// The same ground once more: every file of it copied, as a process would leave them that is killed now. Nobody may write
    /// there meanwhile, and its database is SQLite.
    ///
    /// # Panics
    /// If it cannot be copied.
    #[must_use]
    pub fn copied(&self) -> Self {
        let kept = TempDir::new().expect("a folder");
        for file in std::fs::read_dir(&self.folder).expect("the ground's folder") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), kept.path().join(file.file_name())).expect("a copy");
        }
        let folder = kept.path().to_owned();
        let database = format!("sqlite:{}", folder.join("signalbox.db").display());
        Self { folder, database, chat_is_down: Arc::default(), _kept: Some(kept) }
    }

    /// The same with this database.
    #[must_use]
    pub fn with_database(mut self, database: String) -> Self {
        self.database = database;
        self
    }

    /// Ground that another process made.
    #[must_use]
    pub fn at(folder: &Path, database: &str) -> Self {
        let (folder, database) = (folder.to_owned(), database.to_owned());
        Self { folder, database, chat_is_down: Arc::default(), _kept: None }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of its database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// When things begin.
    #[must_use]
    pub fn start(&self) -> Millis {
        NOON
    }

    /// The file of its clock, for processes.
    #[must_use]
    pub fn clock_file(&self) -> PathBuf {
        self.folder.join("clock")
    }

    /// From now on the chat answers nothing, or answers again.
    pub fn chat_is_down(&self, down: bool) {
        self.chat_is_down.store(down, Ordering::Relaxed);
    }

    /// The chat's file.
    #[must_use]
    pub fn chat_file(&self) -> PathBuf {
        self.folder.join("chat.json")
    }

    /// The cluster, seen at this clock's time.
    ///
    /// # Panics
    /// If its file cannot be read.
    #[must_use]
    pub fn kafka(&self, clock: Arc<dyn Clock>) -> SimulatedKafka {
        self.fleet(clock).kafka(&name(CLUSTER))
    }

    /// A RocketMQ cluster, seen at this clock's time.
    ///
    /// # Panics
    /// If its file cannot be read.
    #[must_use]
    pub fn rocketmq(&self, cluster: &str, clock: Arc<dyn Clock>) -> SimulatedRocketmq {
        self.fleet(clock).rocketmq(&name(cluster))
    }

    /// From now on every cluster has a topic that nobody uses.
    ///
    /// # Panics
    /// If it has one already.
    pub fn has_unused(&self, clock: &HandClock) {
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        self.kafka(clock.clone()).add_topic(&TopicSpec::new(name(UNUSED), 2)).expect("a topic");
        for (cluster, _) in ROCKETMQS {
            let topic = RocketmqTopicSpec::new(name(UNUSED), 2);
            self.rocketmq(cluster, clock.clone()).add_topic(&topic).expect("a topic");
        }
    }

    /// Opens the store, once the process before has let go of it.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn store(&self, clock: Arc<dyn Clock>) -> Store {
        let began = Instant::now();
        loop {
            match Store::open(&self.database, clock.clone()).await {
                Err(StoreError::InUse) if began.elapsed() < LETS_GO => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                opened => return opened.expect("a store"),
            }
        }
    }

    /// Builds a house on this ground. Nothing runs yet.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn house(&self, settled: Settled) -> House {
        let Settled { clock, points, lie, holder, rules } = settled;
        let store = self.store(clock.clone()).await;
        let counting = |inner: Arc<dyn Backend>| -> Arc<dyn Backend> {
            Arc::new(CountingCluster { inner, points: points.clone() })
        };
        let mut all = BTreeMap::from([(name(CLUSTER), counting(Arc::new(self.kafka(clock.clone()))))]);
        for (cluster, _) in ROCKETMQS {
            all.insert(name(cluster), counting(Arc::new(self.rocketmq(cluster, clock.clone()))));
        }
        let clusters = if rules.observed {
            all.into_iter().fold(Clusters::default(), |clusters, (name, one)| clusters.observing(name, one))
        } else {
            Clusters::new(all)
        };
        let journal = CountingJournal { inner: Arc::new(store.clone()), points: points.clone(), lie };
        let parts = Parts {
            catalogue: Catalogue::built_in().expect("the catalogue"),
            policy: rules.policy(),
            backends: clusters,
            store,
            clock,
            times: Times::default(),
            guards: guards(lie),
        };
        let house = House::build_on(Plot { parts, pace: Pace::default(), holder }, Arc::new(journal));
        if !rules.no_chat {
            let chat = PaperChat::open(&self.chat_file(), points).silent_while(self.chat_is_down.clone());
            house.connect(Arc::new(chat));
        }
        house
    }

    fn fleet(&self, clock: Arc<dyn Clock>) -> Fleet {
        Fleet::open(&self.folder.join("fleet.json"), clock, 7).expect("a fleet")
    }

    fn furnish(&self) {
        let clock = Arc::new(simulated::HandClock::at(NOON));
        let fleet = self.fleet(clock);
        let kafka = fleet.add_kafka(&name(CLUSTER), &[(1, None), (2, None), (3, None)]).expect("a cluster");
        let topic = TopicSpec::new(name(TOPIC), 4).produced(40_000, HOUR * 10);
        kafka.add_topic(&topic).expect("a topic");
        kafka.add_broker(4, None).expect("a broker with nothing on it");
        let mut stopped = GroupSpec::new(name(GROUP)).reading(name(TOPIC), 400_000).read_until(HOUR * 2);
        stopped.reset = ResetPolicy::Earliest;
        "batch 17".clone_into(&mut stopped.metadata);
        stopped.uncommitted = vec![(name(TOPIC), 3)];
        kafka.add_group(&stopped.committed(name(TOPIC), 0, Committed::plain(1_200))).expect("a group");
        let working = GroupSpec::new(name(WORKING)).reading(name(TOPIC), 400_000).read_until(HOUR / 60);
        kafka.add_group(&working).expect("a group");
        kafka.join(&working.id, Member::new("billing-1", "/10.0.3.7").there_for(HOUR)).expect("a member");
        let stops = NOON.plus(Duration::from_secs(7));
        kafka.stop_group(&working.id, Leave::InOrder, Some(stops)).expect("it stops later");
        for (cluster, version) in ROCKETMQS {
            furnish_rocketmq(&fleet, cluster, version);
        }
    }
}

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

/// Two masters, of which one has a slave, two NameServers, two topics, a group that is stopped and one at work.
fn furnish_rocketmq(fleet: &Fleet, cluster: &str, version: &str) {
    let spec = RocketmqSpec {
        cluster: "shop".to_owned(),
        version: version.to_owned(),
        name_servers: 2,
        brokers: vec![(name("broker-a"), 1), (name("broker-b"), 0)],
        up_for: HOUR * 24,
    };
    let made = fleet.add_rocketmq(&name(cluster), &spec).expect("a cluster");
    for topic in ["coupons", "carts"] {
        made.add_topic(&RocketmqTopicSpec::new(name(topic), 2).written(4_000, HOUR * 10)).expect("a topic");
    }
    let stopped = RocketmqGroupSpec::stopped(name(STOPPED), vec![(name("coupons"), 0)], HOUR * 2);
    made.add_group(&stopped).expect("a group");
    let at_work = RocketmqGroupSpec::stopped(name(AT_WORK), vec![(name("carts"), 2_000)], HOUR / 60);
    made.add_group(&at_work.client("10.0.7.4@1871", "10.0.7.4", version)).expect("a group");
}

fn name<T: FromStr<Err = NotAName>>(text: &str) -> T {
    text.parse().expect("a name")
}

/// Where the journal forgets what was begun, the comparison of the commits would catch it as well: it is taken away too.
fn guards(lie: Option<Lie>) -> Guards {
    match lie {
        Some(Lie::ForgetsOpenIntents) => Guards::all().without(Guard::CommittedAre),
        Some(Lie::LeasesLookFree | Lie::IntentsLookOld | Lie::HoldsLookFree) | None => Guards::all(),
    }
}
