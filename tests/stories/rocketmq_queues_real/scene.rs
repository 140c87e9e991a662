//! Two masters of the tests' own, topics and groups on them, a bot at work, and what raw frames tell.

use super::watch::{Watch, route};
use engine::Operation;
use engine::port::Clock;
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::facts::Fact;
use interlock::id::OperationId;
use interlock::plan::{Check, Sealed};
use interlock::time::Millis;
use serde_json::Value;
use signalbox::chat::Shown;
use signalbox::desk::Done;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use story::Story;
use story::advanced_clock::AdvancedClock;
use story::crash::Points;
use story::lab::rocketmq::applications::{Applications, Received};
use story::lab::rocketmq::own::{BROKERS, Own};
use story::lab::rocketmq::raw::Route;
use story::lab::rocketmq::{Line, raw};
use story::rocketmq_house::{CLUSTER, RocketmqPlot};
use tokio::sync::broadcast::Receiver;
use tokio::sync::{Mutex, MutexGuard};

/// Of 4.9 and of 5.x.
static SERVERS: [OnceLock<Own>; 2] = [const { OnceLock::new() }; 2];
/// These tests kill masters and change their settings: one at a time.
static ALONE: [Mutex<()>; 2] = [const { Mutex::const_new(()) }; 2];
/// For what takes moments on a machine that has nothing else to do.
const LIMIT: Duration = Duration::from_secs(300);
/// DELETE_EXPIRED_COMMITLOG.
const DELETE_EXPIRED: i32 = 329;
/// Enough for several files of a log whose files are small.
const FILLING: usize = 12;
const LARGE: usize = 300_000;

/// What a machine that has other things to do would make of a send: a broker refuses what waited for 0.2 s. Nothing expires by
/// itself, whatever the hour. A broker of 5.5.0 that had a transaction and then none for this interval looks for the next one
/// without a pause (`batchSendOpMessage` gives back a time that has passed), and takes a core for that: it is long.
const PATIENT: &str = "waitTimeMillsInSendQueue=120000\nosPageCacheBusyTimeOutMills=120000\ndeleteWhen=24\n\
    mappedFileSizeCommitLog=1048576\ncleanResourceInterval=1000\ntransactionTimeOut=1000\ntransactionCheckInterval=1000\ntransactionCheckMax=3\n\
    transactionOpBatchInterval=3600000\n";

/// What makes a group without an offset begin at the end, as it does where brokers have been at work for long: on 4.9 no
/// message counts as in memory. On 5.x the first ones have to expire.
fn settings(line: Line) -> String {
    PATIENT.to_owned()
        + match line {
            Line::V4 => "accessMessageInMemoryMaxRatio=0",
            Line::V5 => "",
        }
}

/// A queue: its broker, topic and number.
pub(super) type Place<'a> = (&'a str, &'a str, u32);

pub(super) struct Scene {
    _alone: MutexGuard<'static, ()>,
    pub(super) own: &'static Own,
    pub(super) line: Line,
}

impl Scene {
    /// The masters are up, and keep messages for as long as usual.
    pub(super) async fn on(line: Line) -> Self {
        let number = usize::from(line == Line::V5);
        let alone = ALONE[number].lock().await;
        let own = SERVERS[number].get_or_init(|| Own::start(line, &settings(line)).unwrap());
        let scene = Self { _alone: alone, own, line };
        scene.keeps_for_hours(72);
        scene
    }

    pub(super) fn keeps_for_hours(&self, hours: u32) {
        for broker in BROKERS {
            self.tells(broker, raw::CONFIGURE, &[], &format!("fileReservedTime={hours}\n"));
        }
    }

    /// So many messages of each of these queues are no longer kept, and the queues know it: there is one more, which is kept. 4.9
    /// does not forget the first ones where nothing is left.
    pub(super) async fn expires(&self, topics: &[&str], queues: Range<u32>, first: i64) {
        let filler = self.topic("filler", 1).await;
        for broker in BROKERS {
            for _ in 0..FILLING {
                let message = raw::Message { key: "f", padding: LARGE, ..raw::Message::default() };
                self.sends_as((broker, &filler, 0), &message);
            }
        }
        for topic in topics {
            self.sends_to(topic, queues.clone(), 1).await;
        }
        self.keeps_for_hours(0);
        let begins = |topic: &&str| {
            places(queues.clone()).all(|(broker, queue)| self.range((broker, topic, queue)).start >= first)
        };
        self.until("the first messages expire", async || {
            BROKERS.iter().for_each(|broker| drop(self.tells(broker, DELETE_EXPIRED, &[], "")));
            topics.iter().all(begins)
        })
        .await;
        self.keeps_for_hours(72);
    }

    pub(super) fn unique(&self, prefix: &str) -> String {
        self.own.lab().unique(prefix)
    }

    pub(super) fn at(&self, broker: &str) -> String {
        let [first, second] = self.own.masters();
        if broker == BROKERS[0] { first } else { second }
    }

    /// What a broker answers, whatever it is.
    pub(super) fn asks(&self, broker: &str, code: i32, fields: &[(&str, &str)], body: &str) -> raw::Command {
        raw::ask(&self.at(broker), code, fields, body.as_bytes()).unwrap()
    }

    pub(super) fn tells(&self, broker: &str, code: i32, fields: &[(&str, &str)], body: &str) -> raw::Command {
        let answer = self.asks(broker, code, fields, body);
        assert_eq!(answer.code, 0, "{code}: {}", answer.remark);
        answer
    }

    /// A topic with so many queues at both masters, which every NameServer tells of.
    pub(super) async fn topic(&self, prefix: &str, queues: u32) -> String {
        let topic = self.unique(prefix);
        self.sets(&topic, (queues, queues)).await;
        topic
    }

    /// What somebody does by hand: both masters take it, whatever it is, and every NameServer tells of it.
    pub(super) async fn sets(&self, topic: &str, queues: (u32, u32)) {
        BROKERS.iter().for_each(|broker| sets_at(&self.at(broker), topic, queues));
        self.routes_are(topic, queues).await;
    }

    /// A group that both masters know, and which stands at the beginning of these queues of a topic: without an offset it would
    /// begin behind what comes before it looks.
    pub(super) fn group(&self, prefix: &str, (topic, queues): (&str, Range<u32>)) -> String {
        let group = self.unique(prefix);
        let body = format!("{{\"groupName\":\"{group}\"}}");
        BROKERS.iter().for_each(|broker| drop(self.tells(broker, raw::SET_GROUP, &[], &body)));
        places(queues).for_each(|(broker, queue)| drop(self.commits(&group, (broker, topic, queue), 0)));
        group
    }

    /// What a client does that has read so far.
    pub(super) fn commits(&self, group: &str, (broker, topic, queue): Place<'_>, offset: i64) -> raw::Command {
        raw::commit(&self.at(broker), group, (topic, queue), offset).unwrap()
    }

    /// What each NameServer tells clients.
    pub(super) fn routes(&self, topic: &str) -> Vec<Route> {
        self.own.names().iter().map(|server| route(server, topic)).collect()
    }

    pub(super) async fn routes_are(&self, topic: &str, queues: (u32, u32)) {
        let wanted = both(queues);
        let what = format!("routes {queues:?} of {topic}");
        self.until(&what, async || self.routes(topic).iter().all(|route| *route == wanted)).await;
    }

    /// The same by mqadmin.
    pub(super) async fn routes_by_mqadmin(&self, topic: &str, queues: (u32, u32)) {
        for server in self.own.names() {
            assert_eq!(self.own.lab().route_by_mqadmin(&server, topic).await.unwrap(), both(queues));
        }
    }

    /// mqadmin knows of nothing that a group has not read in a topic.
    pub(super) async fn nothing_is_left_by_mqadmin(&self, group: &str) {
        let names = self.own.names().join(";");
        self.until("mqadmin sees nothing that is left", async || {
            let told = self.own.lab().mqadmin(&["consumerProgress", "-n", &names, "-g", group]).await.unwrap();
            assert!(told.contains("Diff Total: "), "{told}");
            told.contains("Diff Total: 0")
        })
        .await;
    }

    pub(super) fn watch(&self, topics: &[&str]) -> Watch {
        Watch::of(self.own.names(), topics)
    }

    /// The offsets of what is in a queue.
    pub(super) fn range(&self, (broker, topic, queue): Place<'_>) -> Range<i64> {
        let queue = queue.to_string();
        let offset = |code| {
            let answer = self.tells(broker, code, &[("topic", topic), ("queueId", &queue)], "");
            answer.field("offset").parse().unwrap()
        };
        offset(raw::START)..offset(raw::END)
    }

    /// Everything that can be read in these queues of both masters.
    pub(super) fn stands(&self, topic: &str, queues: Range<u32>) -> BTreeSet<Spot> {
        let spots = |(broker, queue): (&'static str, u32)| {
            self.range((broker, topic, queue)).map(move |offset| (broker.to_owned(), queue, offset))
        };
        places(queues).flat_map(spots).collect()
    }

    /// The offset of a group in a queue that its broker has, told by the list of all of them.
    pub(super) fn stored(&self, group: &str, (broker, topic, queue): Place<'_>) -> Option<i64> {
        offset_in(&self.tells(broker, raw::ALL_OFFSETS, &[], "").text(), group, (topic, queue))
    }

    /// The same as it is on the broker's disk, which is written every 5 s: what is not there is lost with its process.
    pub(super) fn on_disk(&self, group: &str, (broker, topic, queue): Place<'_>) -> Option<i64> {
        offset_in(&std::fs::read_to_string(self.own.offsets(broker)).ok()?, group, (topic, queue))
    }

    /// The queues of a topic in a master's file.
    pub(super) fn in_file(&self, broker: &str, topic: &str) -> Option<(i64, i64)> {
        let text = std::fs::read_to_string(self.own.topics(broker)).ok()?;
        let all: Value = serde_json::from_str(&text).ok()?;
        let found = all["topicConfigTable"].get(topic)?;
        Some((found["readQueueNums"].as_i64()?, found["writeQueueNums"].as_i64()?))
    }

    /// So many messages for a queue, which can be read then.
    pub(super) async fn sends(&self, (broker, topic, queue): Place<'_>, count: i64) {
        let before = self.range((broker, topic, queue)).end;
        for number in 0..count {
            self.sends_as((broker, topic, queue), &raw::Message { key: &format!("k{number}"), ..Default::default() });
        }
        self.until("what was sent", async || self.range((broker, topic, queue)).end >= before + count).await;
    }

    /// The same for each of these queues of both masters.
    pub(super) async fn sends_to(&self, topic: &str, queues: Range<u32>, count: i64) {
        for (broker, queue) in places(queues) {
            self.sends((broker, topic, queue), count).await;
        }
    }

    /// Whatever the broker answers.
    pub(super) fn sends_raw(&self, (broker, topic, queue): Place<'_>, message: &raw::Message<'_>) -> raw::Command {
        raw::send_as(&self.at(broker), (topic, queue), message).unwrap()
    }

    pub(super) fn sends_as(&self, place: Place<'_>, message: &raw::Message<'_>) -> raw::Command {
        let said = self.sends_raw(place, message);
        assert_eq!(said.code, 0, "{}", said.remark);
        said
    }

    pub(super) async fn applications(&self) -> Applications {
        self.own.lab().applications(&self.own.names().join(";")).await.unwrap()
    }

    pub(super) async fn bot(&self, guards: Guards) -> Bot {
        self.bot_through(guards, Points::none()).await
    }

    pub(super) async fn bot_through(&self, guards: Guards, points: Arc<Points>) -> Bot {
        let clock = Arc::new(AdvancedClock::default());
        let plot = RocketmqPlot::on_own(self.own).under(guards).through(points).timed_by(clock.clone());
        Bot::of(plot.build().await, Vec::new(), clock)
    }

    pub(super) async fn until(&self, what: &str, mut so: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !so().await {
            assert!(began.elapsed() < LIMIT, "never: {what}, on {}", self.line.version());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn offset_in(all: &str, group: &str, (topic, queue): (&str, u32)) -> Option<i64> {
    let (_, rest) = all.split_once(&format!("\"{topic}@{group}\":{{"))?;
    let (queues, _) = rest.split_once('}')?;
    let mut each = queues.split(',').filter_map(|one| one.split_once(':'));
    let number = queue.to_string();
    each.find(|(key, _)| key.trim().trim_matches('"') == number)?.1.trim().parse().ok()
}

/// A broker takes a topic with so many queues.
pub(super) fn sets_at(address: &str, topic: &str, queues: (u32, u32)) {
    raw::set_topic(address, topic, queues).and_then(raw::Command::done).unwrap();
}

/// The broker, queue and offset of a message.
pub(super) type Spot = (String, u32, i64);

pub(super) fn spots(received: &[Received]) -> BTreeSet<Spot> {
    received.iter().map(|one| (one.broker.clone(), one.queue, one.offset)).collect()
}

/// These queues of both masters.
pub(super) fn places(queues: Range<u32>) -> impl Iterator<Item = (&'static str, u32)> {
    BROKERS.into_iter().flat_map(move |broker| queues.clone().map(move |queue| (broker, queue)))
}

pub(super) fn both(queues: (u32, u32)) -> Route {
    BROKERS.map(|broker| (broker.to_owned(), queues)).into()
}

/// Whether a check only says that somebody did not answer in time.
fn is_late(check: &Check) -> bool {
    !check.blocks() || check.facts.get("failure") == Some(&Fact::from("timed-out"))
}

/// A bot whose process has ended, and what it told before.
pub(super) struct DeadBot {
    story: Story,
    told: Vec<String>,
    clock: Arc<AdvancedClock>,
}

impl DeadBot {
    /// Another process begins on the same store. What was told before is remembered.
    pub(super) fn followed(self) -> Bot {
        Bot::of(self.story.reborn(), self.told, self.clock)
    }

    /// So much time passes by the clock that the next process has, too.
    pub(super) fn left_for(&self, span: Duration) {
        self.clock.advance(span);
    }
}

/// The bot, and what it told since.
pub(super) struct Bot {
    story: Story,
    heard: std::sync::Mutex<(Receiver<Arc<Shown>>, Vec<String>)>,
    clock: Arc<AdvancedClock>,
}

impl Bot {
    fn of(story: Story, told: Vec<String>, clock: Arc<AdvancedClock>) -> Self {
        let heard = std::sync::Mutex::new((story.house().hub().subscribe(), told));
        Self { story, heard, clock }
    }

    /// So much time passes by its clock, which reads this then.
    pub(super) fn waits_for(&self, span: Duration) -> Millis {
        self.clock.advance(span);
        self.clock.now()
    }

    /// Its process ends without a word, and another one begins on the same store. What it told before is remembered.
    pub(super) fn reborn(self) -> Self {
        self.dies().followed()
    }

    /// Its process ends without a word.
    pub(super) fn dies(mut self) -> DeadBot {
        self.story.dies();
        DeadBot { told: self.told(), story: self.story, clock: self.clock }
    }

    /// Planned; asked again, as people would, where a server was not in time for the looks of the plan.
    pub(super) async fn plans(&self, line: &str) -> OperationId {
        let began = Instant::now();
        loop {
            match self.runs(line).await {
                Done::Planned { operation, .. } => return operation,
                Done::Refused(checks) if began.elapsed() < LIMIT && checks.iter().all(is_late) => {}
                Done::Failed { id, .. } if began.elapsed() < LIMIT && id == "store-unavailable" => {}
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    /// What alice is answered who types this. An operation knows its own cluster.
    pub(super) async fn runs(&self, line: &str) -> Done {
        self.says("alice", line).await
    }

    /// What somebody is answered who only looks.
    pub(super) async fn looks(&self, line: &str) -> Done {
        self.story.person("vic").runs(&format!("{line} cluster:{CLUSTER}")).await
    }

    pub(super) async fn says(&self, who: &str, line: &str) -> Done {
        let line = match line.contains(" operation:") {
            true => line.to_owned(),
            false => format!("{line} cluster:{CLUSTER} reason:story"),
        };
        self.story.person(who).runs(&line).await
    }

    pub(super) async fn plan(&self, id: &OperationId) -> Sealed {
        self.story.plan(id).await
    }

    /// Everybody who may approves, until it is enough.
    pub(super) async fn is_approved(&self, id: &OperationId) {
        for who in ["alice", "bob", "carol"] {
            if self.story.operation(id).await.state == State::AwaitingApproval {
                self.story.person(who).approves(id).await;
            }
        }
    }

    /// What was done is taken back, to the end of that.
    pub(super) async fn takes_back(&self, id: &OperationId) {
        let back = self.begins(&format!("/rollback operation:{id}")).await;
        self.comes_to(&back, State::Succeeded).await;
    }

    /// Planned and approved.
    pub(super) async fn begins(&self, line: &str) -> OperationId {
        let id = self.plans(line).await;
        self.is_approved(&id).await;
        id
    }

    pub(super) async fn operation(&self, id: &OperationId) -> Operation {
        self.story.operation(id).await
    }

    /// It comes to this state, and to no other end.
    pub(super) async fn comes_to(&self, id: &OperationId, state: State) -> Operation {
        self.comes_within(id, state, LIMIT).await
    }

    /// Queues are closed in the end. That takes at least two route polls after the last message in them, and some looks.
    pub(super) async fn closes(&self, id: &OperationId) {
        self.comes_within(id, State::Succeeded, 2 * LIMIT).await;
    }

    async fn comes_within(&self, id: &OperationId, state: State, limit: Duration) -> Operation {
        let began = Instant::now();
        loop {
            let found = self.operation(id).await;
            if found.state == state {
                return found;
            }
            let over = found.state.has_ended() || found.state == State::Stuck || began.elapsed() > limit;
            assert!(!over, "{id} is {} because {:?}; it told {:#?}", found.state, found.why, self.told());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The first line of everything it told, in order.
    pub(super) fn told(&self) -> Vec<String> {
        let mut heard = self.heard.lock().unwrap();
        while let Ok(shown) = heard.0.try_recv() {
            let line = shown.card.headline.first().map(|line| line.plain_text()).unwrap_or_default();
            heard.1.push(line);
        }
        heard.1.clone()
    }

    /// Whether it told something that has all of these words in it.
    pub(super) fn has_told(&self, words: &[&str]) -> bool {
        self.told().iter().any(|line| words.iter().all(|word| line.contains(word)))
    }
}
