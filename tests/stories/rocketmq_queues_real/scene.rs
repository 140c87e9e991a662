//! Two masters of the tests' own, a topic on them, and what raw frames tell of it.

use super::producer::{Market, Producer};
use engine::Operation;
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::id::OperationId;
use serde_json::Value;
use signalbox::desk::Done;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use story::Story;
use story::crash::Ahead;
use story::lab::rocketmq::own::{OWN, Own};
use story::lab::rocketmq::{Line, raw};
use story::rocketmq_house::{CLUSTER, RocketmqPlot};
use tokio::sync::{Mutex, MutexGuard};

/// Of 4.9 and of 5.x. These tests kill masters and change their settings: one at a time.
static SERVERS: [Mutex<Option<Own>>; 2] = [const { Mutex::const_new(None) }; 2];
/// For what takes moments on a machine that has nothing else to do.
const LIMIT: Duration = Duration::from_secs(300);
/// QUERY_CONSUMER_OFFSET says that there is none.
const NOT_FOUND: i64 = 22;
/// The time between two looks at closed queues, and a little more.
const BETWEEN_LOOKS: Duration = Duration::from_secs(16);

/// What makes a group without an offset begin at the end, as it does where brokers have been at work for long: on 4.9 no
/// message counts as in memory, on 5.x the files of the log are so small that the first ones can expire.
fn settings(line: Line) -> &'static str {
    match line {
        Line::V4 => "accessMessageInMemoryMaxRatio=0",
        Line::V5 => "mappedFileSizeCommitLog=1048576\ncleanResourceInterval=1000",
    }
}

pub(super) struct Scene {
    servers: MutexGuard<'static, Option<Own>>,
    pub(super) line: Line,
    pub(super) clock: Ahead,
    pub(super) story: Story,
    pub(super) topic: String,
}

impl Scene {
    /// The masters are up, and both have this topic.
    pub(super) async fn on(line: Line, queues: u32) -> Self {
        Self::under(line, queues, Guards::all()).await
    }

    pub(super) async fn under(line: Line, queues: u32, guards: Guards) -> Self {
        let mut servers = SERVERS[usize::from(line == Line::V5)].lock().await;
        let own = servers.get_or_insert_with(|| Own::start(line, settings(line)).unwrap());
        for letter in ['a', 'b'] {
            own.comes(letter).unwrap();
        }
        own.leaves('c').unwrap();
        let (names, clock) = (own.names(), Ahead::default());
        let plot = RocketmqPlot::on(&own.lab(), OWN).by(&names.each_ref().map(String::as_str)).under(guards);
        let story = plot.by_clock(Arc::new(clock.clone())).build().await;
        let mut scene = Self { servers, line, clock, story, topic: String::new() };
        for letter in ['a', 'b'] {
            scene.configures(letter, "fileReservedTime=72\n");
        }
        scene.has_another_topic(queues).await;
        scene
    }

    /// The scene goes on with a topic that nobody has changed yet.
    pub(super) async fn has_another_topic(&mut self, queues: u32) {
        self.topic = self.unique("trade");
        for letter in ['a', 'b'] {
            self.sets(letter, (queues, queues));
        }
        self.routes_are((queues, queues)).await;
    }

    pub(super) async fn routes_are(&self, queues: (u32, u32)) {
        self.until("these routes", async || self.routes() == vec![self.both(queues); 2]).await;
    }

    pub(super) fn own(&mut self) -> &mut Own {
        self.servers.as_mut().unwrap()
    }

    fn servers(&self) -> &Own {
        self.servers.as_ref().unwrap()
    }

    pub(super) fn producer(&self) -> Producer {
        let own = self.servers();
        let masters = ['a', 'b'].map(|letter| (format!("broker-{letter}"), own.master(letter)));
        let [names, _] = own.names();
        Producer::begin(Market { names, masters: masters.into(), topic: self.topic.clone() })
    }

    /// A group reads everything, until the operation has ended. Once the queues are closed, the wall clock of the house runs ahead.
    pub(super) async fn is_read_until_it_ends(&self, id: &OperationId, group: &str) -> State {
        let (began, mut last) = (Instant::now(), None);
        loop {
            let found = self.operation(id).await;
            if found.state.has_ended() || found.state == State::Stuck {
                return found.state;
            }
            assert!(began.elapsed() < LIMIT * 2, "{} because {:?}", found.state, found.why);
            self.reads_all(group, 0..8);
            if found.memory.last_look != last && self.routes() == vec![self.both((4, 4)); 2] {
                last = found.memory.last_look;
                self.clock.advance(BETWEEN_LOOKS);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    pub(super) fn at(&self, letter: char) -> String {
        self.servers().master(letter)
    }

    pub(super) fn asks(&self, letter: char, code: i32, fields: &[(&str, &str)]) -> raw::Command {
        raw::ask(&self.at(letter), code, fields, b"").unwrap()
    }

    pub(super) fn unique(&self, prefix: &str) -> String {
        self.servers().lab().unique(prefix)
    }

    /// UPDATE_BROKER_CONFIG.
    pub(super) fn configures(&self, letter: char, setting: &str) {
        assert_eq!(raw::ask(&self.at(letter), 25, &[], setting.as_bytes()).unwrap().code, 0);
    }

    /// A group that both masters know.
    pub(super) fn group(&self, prefix: &str) -> String {
        let name = self.unique(prefix);
        for letter in ['a', 'b'] {
            let body = format!("{{\"groupName\":\"{name}\"}}");
            assert_eq!(raw::ask(&self.at(letter), 200, &[], body.as_bytes()).unwrap().code, 0);
        }
        name
    }

    /// By UPDATE_AND_CREATE_TOPIC.
    pub(super) fn sets(&self, letter: char, queues: (u32, u32)) {
        self.sets_topic(letter, &self.topic, queues);
    }

    pub(super) fn sets_topic(&self, letter: char, topic: &str, (read, write): (u32, u32)) {
        let (read, write) = (read.to_string(), write.to_string());
        let fields = [
            ("topic", topic),
            ("defaultTopic", "TBW102"),
            ("readQueueNums", &read),
            ("writeQueueNums", &write),
            ("perm", "6"),
            ("topicFilterType", "SINGLE_TAG"),
            ("order", "false"),
        ];
        assert_eq!(self.asks(letter, 17, &fields).code, 0);
    }

    pub(super) fn end(&self, letter: char, queue: u32) -> i64 {
        self.offset(30, letter, (&self.topic, queue))
    }

    pub(super) fn start(&self, letter: char, queue: u32) -> i64 {
        self.offset(31, letter, (&self.topic, queue))
    }

    pub(super) fn offset(&self, code: i32, letter: char, (topic, queue): (&str, u32)) -> i64 {
        let fields = [("topic", topic), ("queueId", &queue.to_string())];
        self.asks(letter, code, &fields).field("offset").parse().unwrap()
    }

    /// A message to this queue; what the broker says.
    pub(super) fn sends(&self, letter: char, queue: u32, message: &raw::Message<'_>) -> raw::Command {
        raw::send_as(&self.at(letter), (&self.topic, queue), message).unwrap()
    }

    /// A message that can be read.
    pub(super) async fn writes(&self, letter: char, queue: u32) {
        let before = self.end(letter, queue);
        let said = self.sends(letter, queue, &raw::Message { key: "k", ..raw::Message::default() });
        assert_eq!(said.code, 0, "{}", said.remark);
        self.until("the message", async || self.end(letter, queue) > before).await;
    }

    pub(super) fn commits(&self, letter: char, (group, queue): (&str, u32), offset: i64) {
        self.commits_in(letter, (group, &self.topic, queue), offset);
    }

    pub(super) fn commits_in(&self, letter: char, (group, topic, queue): (&str, &str, u32), offset: i64) {
        let (queue, offset) = (queue.to_string(), offset.to_string());
        let fields = [("consumerGroup", group), ("topic", topic), ("queueId", &queue), ("commitOffset", &offset)];
        assert_eq!(self.asks(letter, 15, &fields).code, 0);
    }

    /// Where a consumer of the group begins in a queue; none: at its end.
    pub(super) fn begins(&self, letter: char, (group, topic, queue): (&str, &str, u32)) -> Option<i64> {
        let queue = queue.to_string();
        let told = self.asks(letter, 14, &[("consumerGroup", group), ("topic", topic), ("queueId", &queue)]);
        if told.code == NOT_FOUND {
            return None;
        }
        assert_eq!(told.code, 0, "{}", told.remark);
        Some(told.field("offset").parse().unwrap())
    }

    /// What a group has read of these queues, as if it had read everything.
    pub(super) fn reads_all(&self, group: &str, queues: std::ops::Range<u32>) {
        for letter in ['a', 'b'] {
            queues.clone().for_each(|queue| self.commits(letter, (group, queue), self.end(letter, queue)));
        }
    }

    /// Messages that a consumer of the group never gets, because it begins behind them, or because nobody reads their queue.
    pub(super) fn unread(&self, group: &str, queues: std::ops::Range<u32>) -> i64 {
        let places = ['a', 'b'].into_iter().flat_map(|letter| queues.clone().map(move |queue| (letter, queue)));
        let unread = |(letter, queue): (char, u32)| {
            let from = self.begins(letter, (group, &self.topic, queue)).unwrap_or(0);
            self.end(letter, queue) - from.max(self.start(letter, queue))
        };
        places.map(unread).sum()
    }

    pub(super) fn both(&self, queues: (u32, u32)) -> Route {
        ["broker-a", "broker-b"].map(|broker| (broker.to_owned(), queues)).into()
    }

    /// What each NameServer tells clients.
    pub(super) fn routes(&self) -> Vec<Route> {
        self.servers().names().iter().map(|names| route(names, &self.topic)).collect()
    }

    /// The same by mqadmin.
    pub(super) async fn routes_by_mqadmin(&self, queues: (u32, u32)) {
        let (names, lab) = (self.servers().names(), self.servers().lab());
        for names in names {
            let told = lab.mqadmin(&["topicRoute", "-n", &names, "-t", &self.topic]).await.unwrap();
            let spaceless: String = told.chars().filter(|one| !one.is_whitespace()).collect();
            for (key, wanted) in [("readQueueNums", queues.0), ("writeQueueNums", queues.1)] {
                assert_eq!(spaceless.matches(&format!("\"{key}\":{wanted}")).count(), 2, "{key} {wanted}: {told}");
            }
        }
    }

    pub(super) async fn asked(&self, line: &str) -> Done {
        let place = if line.starts_with("/rollback") { String::new() } else { format!(" cluster:{CLUSTER}") };
        self.story.person("alice").runs(&format!("{line}{place}")).await
    }

    /// Planned, and approved by everybody who may.
    pub(super) async fn approved(&self, line: &str) -> OperationId {
        let id = match self.asked(line).await {
            Done::Planned { operation, .. } => operation,
            other => panic!("{line}: {other:?}"),
        };
        for who in ["alice", "bob", "carol"] {
            if self.operation(&id).await.state == State::AwaitingApproval {
                self.story.person(who).approves(&id).await;
            }
        }
        id
    }

    pub(super) async fn operation(&self, id: &OperationId) -> Operation {
        self.story.operation(id).await
    }

    /// The id of what a wait told last.
    pub(super) async fn tells(&self, id: &OperationId) -> String {
        self.operation(id).await.memory.closed.map(|closed| closed.told_id).unwrap_or_default()
    }

    pub(super) async fn comes_to(&self, id: &OperationId, state: State) -> Operation {
        let began = Instant::now();
        loop {
            let found = self.operation(id).await;
            if found.state == state {
                return found;
            }
            let over = found.state.has_ended() || found.state == State::Stuck || began.elapsed() > LIMIT;
            assert!(!over, "{} is {} because {:?}", id, found.state, found.why);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn hurries_to_stuck(&self, id: &OperationId) {
        let began = Instant::now();
        while self.operation(id).await.state != State::Stuck {
            assert!(began.elapsed() < LIMIT, "{id} is never stuck: {}", self.tells(id).await);
            self.clock.advance(BETWEEN_LOOKS);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// So much time passes for the house, and it has looked after that.
    pub(super) async fn passes(&self, id: &OperationId, span: Duration) {
        let before = self.operation(id).await.memory.last_look;
        self.clock.advance(span);
        self.until("a look", async || {
            let found = self.operation(id).await;
            found.memory.last_look > before || found.state != State::Waiting
        })
        .await;
    }

    pub(super) async fn until(&self, what: &str, mut so: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !so().await {
            assert!(began.elapsed() < LIMIT, "never: {what}, on {}", self.line.version());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) fn watch(&self) -> Watch {
        Watch::of(self.servers().names(), &self.topic)
    }
}

/// The queues to read and to write, by broker.
pub(super) type Route = BTreeMap<String, (u32, u32)>;

pub(super) fn route(names: &str, topic: &str) -> Route {
    let Ok(told) = raw::ask(names, 105, &[("topic", topic)], b"") else { return Route::new() };
    let text = told.text();
    let Some((_, rest)) = text.split_once("\"queueDatas\":") else { return Route::new() };
    let queues = serde_json::Deserializer::from_str(rest).into_iter::<Vec<Value>>().next();
    let number = |of: &Value, key: &str| u32::try_from(of[key].as_u64().unwrap()).unwrap();
    let one = |of: &Value| {
        let broker = of["brokerName"].as_str().unwrap().to_owned();
        (broker, (number(of, "readQueueNums"), number(of, "writeQueueNums")))
    };
    queues.unwrap().unwrap().iter().map(one).collect()
}

/// Both NameServers are asked every 50 ms until it ends; every pair of numbers that was seen.
pub(super) struct Watch {
    on: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<(u32, u32)>>,
}

impl Watch {
    fn of(names: [String; 2], topic: &str) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let (watching, topic) = (on.clone(), topic.to_owned());
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while watching.load(Ordering::Relaxed) {
                names.iter().for_each(|names| seen.extend(route(names, &topic).into_values()));
                std::thread::sleep(Duration::from_millis(50));
            }
            seen
        });
        Self { on, seen }
    }

    pub(super) fn ends(self) -> BTreeSet<(u32, u32)> {
        self.on.store(false, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}
