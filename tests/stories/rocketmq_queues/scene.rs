//! A house on a simulated RocketMQ cluster, with a clock moved by hand: days pass in a moment.

use engine::port::{Backend, Clock, Clusters, Journal};
use engine::{Operation, Pace};
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::cluster::rocketmq::{Queues, RocketmqAnswer, RocketmqQuery};
use interlock::cluster::{Answer, ClusterKind, Query, Section, Tier};
use interlock::command::Catalogue;
use interlock::id::{BrokerName, GroupId, OperationId, TopicName};
use interlock::time::Millis;
use signalbox::desk::{Done, Parts, Times};
use signalbox::house::{House, Plot};
use signalbox::store::{Store, StoreError};
use simulated::{Fleet, HandClock, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use story::crash::{CHANNEL, CountingCluster, CountingJournal, Deed, PaperChat, Point, Points, ask};
use story::people::approval_of;
use tempfile::TempDir;

pub(super) const CLUSTER: &str = "lab-rocketmq";
pub(super) const NOON: Millis = Millis(1_790_000_000_000);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
/// Shorter than any time between two looks that begins a streak anew.
pub(super) const LOOK: Duration = Duration::from_secs(5);
/// How long a process that has ended may still hold the store.
const LETS_GO: Duration = Duration::from_secs(120);
/// After so many turns nobody has patience any more.
const MOST_TURNS: usize = 400;

pub(super) fn topic() -> TopicName {
    "orders".parse().unwrap()
}

pub(super) fn broker(letter: char) -> BrokerName {
    format!("broker-{letter}").parse().unwrap()
}

pub(super) fn group(name: &str) -> GroupId {
    name.parse().unwrap()
}

/// What outlives a house.
pub(super) struct Scene {
    folder: TempDir,
    pub(super) clock: Arc<HandClock>,
    pub(super) shop: SimulatedRocketmq,
    guards: Guards,
    forgot: AtomicBool,
}

impl Scene {
    /// Two brokers with eight queues of a topic each, a group at work, and one that stopped half an hour ago.
    pub(super) fn new() -> Self {
        Self::under(Guards::all())
    }

    pub(super) fn under(guards: Guards) -> Self {
        Self::with(guards, ("5.5.0", 1))
    }

    /// Its masters have no slaves: NameServers forget one that dies.
    pub(super) fn without_slaves() -> Self {
        Self::without_slaves_of("5.5.0")
    }

    /// The same of this version.
    pub(super) fn without_slaves_of(version: &str) -> Self {
        Self::with(Guards::all(), (version, 0))
    }

    fn with(guards: Guards, (version, slaves): (&str, u32)) -> Self {
        let clock = Arc::new(HandClock::at(NOON));
        let fleet = Fleet::new(clock.clone(), 7);
        let spec = RocketmqSpec {
            cluster: "Lab".to_owned(),
            version: version.to_owned(),
            name_servers: 2,
            brokers: vec![(broker('a'), slaves), (broker('b'), slaves)],
            up_for: HOUR * 100,
        };
        let shop = fleet.add_rocketmq(&CLUSTER.parse().unwrap(), &spec).unwrap();
        shop.add_topic(&RocketmqTopicSpec::new(topic(), 8).written(36_000, HOUR)).unwrap();
        let reads = |rate| vec![(topic(), rate)];
        let billing = RocketmqGroupSpec::stopped(group("billing"), reads(0), HOUR / 2);
        shop.add_group(&billing).unwrap();
        let mail = RocketmqGroupSpec::stopped(group("mail"), reads(900_000), HOUR / 2);
        shop.add_group(&mail.client("mail-1", "10.0.3.1", version)).unwrap();
        Self { folder: TempDir::new().unwrap(), clock, shop, guards, forgot: AtomicBool::new(false) }
    }

    /// Whether it is for the first time: whoever dies in between does not forget that.
    pub(super) fn forgets_once(&self) -> bool {
        !self.forgot.swap(true, Ordering::SeqCst)
    }

    pub(super) async fn house(&self) -> House {
        self.house_with(Points::none()).await
    }

    pub(super) async fn house_with(&self, points: Arc<Points>) -> House {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let url = format!("sqlite:{}", self.folder.path().join("signalbox.db").display());
        let store = opened(&url, clock.clone()).await;
        let cluster: Arc<dyn Backend> =
            Arc::new(CountingCluster { inner: Arc::new(self.shop.clone()), points: points.clone() });
        let name: interlock::id::ClusterName = CLUSTER.parse().unwrap();
        let mut policy = story::people::policy(&[(CLUSTER, Tier::Production)]);
        policy.clusters.values_mut().for_each(|one| one.kind = ClusterKind::Rocketmq);
        policy.places.guilds.insert(CHANNEL.0);
        policy.places.channels.insert(name.clone(), [CHANNEL.1].into());
        let journal = CountingJournal { inner: Arc::new(store.clone()), points: points.clone(), lie: None };
        let parts = Parts {
            catalogue: Catalogue::built_in().unwrap(),
            policy,
            backends: Clusters::new([(name, cluster)].into()),
            store,
            clock,
            times: Times::default(),
            guards: self.guards.clone(),
        };
        let holder = format!("house {:p}", Arc::as_ptr(&points));
        let house = House::build_on(Plot { parts, pace: Pace::default(), holder }, Arc::new(journal));
        house.connect(Arc::new(PaperChat::open(&self.chat(), points)));
        house
    }

    pub(super) fn chat(&self) -> PathBuf {
        self.folder.path().join("chat.json")
    }

    /// How often something was told that has these words in it.
    pub(super) fn told(&self, words: &str) -> usize {
        PaperChat::told(&self.chat()).iter().filter(|line| line.contains(words)).count()
    }

    pub(super) async fn look(&self, query: RocketmqQuery) -> RocketmqAnswer {
        use engine::port::Observe;
        let query = Query::Rocketmq(query);
        let sections = self.shop.observe(&BTreeSet::from([query.clone()])).await;
        match sections.get(&query) {
            Section::Seen(seen) => match seen.value.clone() {
                Answer::Rocketmq(answer) => answer,
                Answer::Kafka(_) => panic!("another kind"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// The open queues at each master.
    pub(super) async fn queues(&self) -> Vec<String> {
        let RocketmqAnswer::Topic(Some(found)) = self.look(RocketmqQuery::Topic(topic())).await else { panic!() };
        found.settings().map(|at| Queues { read: at.read, write: at.write }.to_string()).collect()
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// What happens to the second master at a point of a run.
    pub(super) fn master_dies_at(&self, point: Point) -> Arc<Points> {
        let shop = self.shop.clone();
        let dies: Deed = Box::new(move || {
            shop.process_dies(&broker('b'), 0, true).unwrap();
            Box::pin(std::future::ready(()))
        });
        Points::at(point, dies)
    }

    pub(super) fn master_returns(&self) {
        self.shop.process_dies(&broker('b'), 0, false).unwrap();
    }

    /// What a group has not read in the queues from the fifth on, in all there ever were.
    pub(super) async fn unread_closed(&self, name: &str) -> i64 {
        self.unread_from(name, 4).await
    }

    async fn unread_from(&self, name: &str, first: u32) -> i64 {
        let RocketmqAnswer::Ranges(ranges) = self.look(RocketmqQuery::Ranges(topic(), 16)).await else { panic!() };
        let RocketmqAnswer::Readers(readers) = self.look(RocketmqQuery::Readers(topic())).await else { panic!() };
        let reader = readers.seen.iter().find(|reader| reader.group == group(name)).cloned();
        let lag = |range: &interlock::cluster::rocketmq::QueueRange| {
            let offset = reader.as_ref().and_then(|reader| reader.offset(&range.broker, range.queue));
            range.end - offset.map_or(range.start, |offset| offset.max(range.start))
        };
        ranges.seen.iter().filter(|range| range.queue >= first).map(lag).sum()
    }
}

/// Once the process before has let go of it.
async fn opened(url: &str, clock: Arc<dyn Clock>) -> Store {
    let began = Instant::now();
    loop {
        match Store::open(url, clock.clone()).await {
            Err(StoreError::InUse) if began.elapsed() < LETS_GO => tokio::time::sleep(Duration::from_millis(10)).await,
            opened => return opened.unwrap(),
        }
    }
}

pub(super) async fn now(house: &House, id: &OperationId) -> Operation {
    house.rooms().store.operation(id).await.unwrap().unwrap()
}

pub(super) async fn plans(house: &House, line: &str) -> OperationId {
    match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{line}: {other:?}"),
    }
}

pub(super) async fn says(house: &House, who: &str, line: &str) -> Done {
    ask(house, who, line).await
}

/// One thing after the other: what is due is told, people vote, the engine works, time passes.
pub(super) async fn turn(house: &House, id: &OperationId, span: Duration) {
    house.delivery().once().await.unwrap();
    let operation = now(house, id).await;
    if operation.state == State::AwaitingApproval {
        for who in ["alice", "bob", "carol", "dora"] {
            let open = house.rooms().store.voting_open(id).await.unwrap();
            let operation = now(house, id).await;
            if open && operation.state == State::AwaitingApproval {
                ask(house, who, &approval_of(house.rooms(), &operation).await).await;
            }
        }
    }
    house.engine().work().await.unwrap();
    house.delivery().once().await.unwrap();
    house.rooms().clock.sleep(span).await;
}

/// Turns until it is so.
pub(super) async fn until(
    house: &House,
    id: &OperationId,
    what: &str,
    so: impl AsyncFn(&Operation) -> bool,
) -> Operation {
    for _ in 0..MOST_TURNS {
        let operation = now(house, id).await;
        if so(&operation).await {
            return operation;
        }
        turn(house, id, LOOK).await;
    }
    let operation = now(house, id).await;
    panic!("never: {what}; it is {} because {:?}", operation.state, operation.why);
}

pub(super) async fn becomes(house: &House, id: &OperationId, state: State) -> Operation {
    until(house, id, &format!("{state:?}"), async |operation| operation.state == state).await
}

/// It waits in this step.
pub(super) async fn waits_in(house: &House, id: &OperationId, step: u32) {
    until(house, id, &format!("step {step}"), async |operation| {
        let entries = house.rooms().store.entries(id).await.unwrap();
        let done = engine::History::read(&entries).done.len();
        operation.state == State::Waiting && done + 1 == step as usize
    })
    .await;
}

/// Time passes, with a look in every span of it.
pub(super) async fn passes(house: &House, id: &OperationId, turns: u32, span: Duration) {
    for _ in 0..turns {
        turn(house, id, span).await;
    }
}
