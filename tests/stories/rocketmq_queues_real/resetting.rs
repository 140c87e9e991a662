//! Offsets are set while consumers go on, or are away, and are where they were set when it is said.

use super::scene::{Bot, Scene, places, spots};
use engine::Operation;
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::id::OperationId;
use interlock::plan::Check;
use signalbox::desk::Done;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use story::crash::{Deed, Point, Points};
use story::lab::rocketmq::applications::{Applications, Received};
use story::lab::rocketmq::own::BROKERS;
use story::lab::rocketmq::reader::Reader;
use story::lab::rocketmq::{Line, at_both, raw};

const QUEUES: Range<u32> = 0..2;
/// So many messages of a queue are from before the instant, of so many in all.
const BEFORE: i64 = 6;
const ALL: i64 = 10;
/// So many messages Java's client has in hand at once by default, fewer than there are.
const THREADS: usize = 20;
/// SEARCH_OFFSET_BY_TIMESTAMP, INVOKE_BROKER_TO_RESET_OFFSET.
const BY_TIME: i32 = 29;
const RESET: i32 = 222;
/// CONSUMER_NOT_ONLINE.
const NOT_ONLINE: i64 = 206;
/// Clients tell brokers every five seconds where they are.
const PERSISTED: Duration = Duration::from_secs(5);

/// A topic with messages from before and after an instant in each queue of both masters.
struct Ground<'a> {
    scene: &'a Scene,
    topic: String,
    /// In milliseconds since 1970.
    instant: u64,
}

impl<'a> Ground<'a> {
    async fn on(scene: &'a Scene) -> Self {
        let topic = scene.topic("reset", QUEUES.end).await;
        scene.sends_to(&topic, QUEUES, BEFORE).await;
        let instant = raw::now() + 1;
        scene.until("a later millisecond", async || raw::now() > instant + 1).await;
        scene.sends_to(&topic, QUEUES, ALL - BEFORE).await;
        Self { scene, topic, instant }
    }

    /// A group that is away and stands there in each queue.
    fn group(&self, prefix: &str, offset: i64) -> String {
        let group = self.scene.group(prefix, (&self.topic, 0..0));
        self.commits(&group, offset);
        group
    }

    fn commits(&self, group: &str, offset: i64) -> Vec<raw::Command> {
        let one = |(broker, queue)| self.scene.commits(group, (broker, &self.topic, queue), offset);
        places(QUEUES).map(one).collect()
    }

    /// Where a group stands, by the list of all offsets of each master.
    fn stands(&self, group: &str) -> Vec<Option<i64>> {
        places(QUEUES).map(|(broker, queue)| self.scene.stored(group, (broker, &self.topic, queue))).collect()
    }

    /// What RocketMQ's own way of resetting is told, at each master.
    fn resets_raw(&self, group: &str, timestamp: &str) -> Vec<raw::Command> {
        let fields = [("group", group), ("topic", self.topic.as_str()), ("timestamp", timestamp), ("isForce", "true")];
        BROKERS.iter().map(|broker| self.scene.asks(broker, RESET, &fields, "")).collect()
    }

    /// As mqadmin writes it.
    fn written(&self) -> String {
        let at = jiff::Timestamp::from_millisecond(i64::try_from(self.instant).unwrap()).unwrap();
        format!("\"{}\"", at.strftime("%Y-%m-%d#%H:%M:%S:%3f"))
    }

    /// Where reading from the instant on begins, by the broker. 4.9 finds the message nearest to a time, so there it may be one
    /// message more.
    fn begins(&self, (broker, queue): (&str, u32)) -> i64 {
        let (queue, time) = (queue.to_string(), self.instant.to_string());
        let fields = [("topic", self.topic.as_str()), ("queueId", queue.as_str()), ("timestamp", &time)];
        let found = self.scene.tells(broker, BY_TIME, &fields, "").field("offset").parse().unwrap();
        let nearest = self.scene.line == Line::V4 && found == BEFORE - 1;
        assert!(found == BEFORE || nearest, "{found} at {broker} {queue}");
        found
    }

    fn line(&self, group: &str, to: &str) -> String {
        format!("/reset-offset group:{group} topic:{} to:{to}", self.topic)
    }

    async fn resets(&self, bot: &Bot, group: &str, to: &str) -> OperationId {
        let id = bot.begins(&self.line(group, to)).await;
        bot.comes_to(&id, State::Succeeded).await;
        let watches = [id.as_str(), "Watching whether the offsets stay"];
        self.scene.until("it told that it watches", async || bot.has_told(&watches)).await;
        id
    }

    /// It is over, or people have to decide.
    async fn ends(&self, bot: &Bot, id: &OperationId) -> Operation {
        let is_over = |state: State| state.has_ended() || state == State::Stuck;
        self.scene.until("its end", async || is_over(bot.operation(id).await.state)).await;
        bot.operation(id).await
    }
}

fn has(checks: &[Check], id: &str) -> bool {
    checks.iter().any(|check| check.id == id)
}

async fn is_refused(bot: &Bot, line: &str, id: &str) {
    let done = bot.runs(line).await;
    assert!(matches!(&done, Done::Refused(checks) if has(checks, id)), "{line}: {done:?}");
}

/// A stopped group, to each target. Those of 4.9 that no client is connected to cannot be set by its own tool.
async fn away(ground: &Ground<'_>, bot: &Bot) {
    let group = |prefix| ground.group(prefix, 9);
    let [to_instant, to_start, to_zero, past_the_end] = ["instant", "start", "zero", "past-end"].map(group);
    let (forward, never) = (ground.group("forward", 2), ground.scene.group("never", (&ground.topic, 0..0)));
    assert_eq!(ground.stands(&never), [None; 4]);
    if ground.scene.line == Line::V4 {
        let answers = ground.resets_raw(&to_instant, &ground.instant.to_string());
        assert!(answers.iter().all(|one| one.code == NOT_ONLINE), "the broker itself refuses: {answers:?}");
    }
    let written = ground.written();
    let (timed, ..) = tokio::join!(
        ground.resets(bot, &to_instant, &written),
        ground.resets(bot, &to_start, "earliest"),
        ground.resets(bot, &to_zero, "offset:0"),
        ground.resets(bot, &past_the_end, "offset:999999"),
        ground.resets(bot, &forward, "latest"),
        ground.resets(bot, &never, "latest"),
    );
    let begins: Vec<Option<i64>> = places(QUEUES).map(|place| Some(ground.begins(place))).collect();
    assert_eq!(ground.stands(&to_instant), begins);
    assert_eq!((ground.stands(&to_start), ground.stands(&to_zero)), (vec![Some(0); 4], vec![Some(0); 4]));
    assert_eq!(ground.stands(&past_the_end), [Some(ALL); 4], "not past the end");
    assert_eq!((ground.stands(&forward), ground.stands(&never)), (vec![Some(ALL); 4], vec![Some(ALL); 4]));
    assert_eq!(ground.stands(&ground.group("beyond", 999_999)), [Some(999_999); 4], "which the broker itself takes");

    let back = bot.begins(&format!("/rollback operation:{timed}")).await;
    bot.comes_to(&back, State::Succeeded).await;
    assert_eq!(ground.stands(&to_instant), [Some(9); 4]);
}

fn times_got(all: &[Received], broker: &str, queue: u32, offset: i64) -> usize {
    all.iter().filter(|one| (one.broker.as_str(), one.queue, one.offset) == (broker, queue, offset)).count()
}

/// Java's own client reads on from there, and nobody stops it.
async fn at_work(ground: &Ground<'_>, bot: &Bot, applications: &mut Applications) {
    let scene = ground.scene;
    let group = ground.group("at-work", 0);
    applications.join(&group, &ground.topic).await.unwrap();
    let all = scene.stands(&ground.topic, QUEUES);
    scene.until("it reads everything", async || spots(&applications.received(&group).await.unwrap()) == all).await;
    scene.until("it has told so", async || ground.stands(&group) == [Some(ALL); 4]).await;
    let id = ground.resets(bot, &group, &ground.written()).await;
    assert!(has(&bot.plan(&id).await.plan().checks, "clients-go-on"));
    scene
        .until("it reads again", async || {
            let got = applications.received(&group).await.unwrap();
            places(QUEUES).all(|(broker, queue)| times_got(&got, broker, queue, ALL - 1) == 2)
        })
        .await;
    let got = applications.received(&group).await.unwrap();
    for (broker, queue) in places(QUEUES) {
        let begins = ground.begins((broker, queue));
        let again: BTreeSet<i64> = (0..ALL).filter(|offset| times_got(&got, broker, queue, *offset) > 1).collect();
        assert_eq!(again, (begins..ALL).collect(), "{queue} at {broker} on {}", scene.line.version());
    }
    if scene.line == Line::V4 {
        is_refused(bot, &ground.line(&group, "offset:3"), "group-must-stop").await;
        nonsense_at_work(ground, applications, &group).await;
    }
    scene.nothing_is_left_by_mqadmin(&group).await;
    applications.leave(&group).await.unwrap();
}

/// A consumer that has fallen behind, with more messages fetched than begun, is set forward: it begins none of those in between,
/// and everything that comes then. Another one that is not set begins them all.
async fn forward_at_work(scene: &Scene, bot: &Bot) {
    let ground = Ground::on(scene).await;
    let mut applications = scene.applications().await;
    let [set, left] = ["set-forward", "left-behind"].map(|prefix| ground.group(prefix, 0));
    for group in [&set, &left] {
        applications.hold(group).await.unwrap();
        applications.join(group, &ground.topic).await.unwrap();
        scene
            .until("its threads are busy", async || applications.received(group).await.unwrap().len() == THREADS)
            .await;
    }
    let begun = spots(&applications.received(&set).await.unwrap());
    ground.resets(bot, &set, "latest").await;
    if scene.line == Line::V5 {
        // Its client hears of it with its next fetch; until then 5.x takes no commit. This one says what was set.
        scene.until("the fetch", async || ground.commits(&set, ALL).iter().all(|one| one.remark.is_empty())).await;
    }
    for group in [&set, &left] {
        applications.release(group).await.unwrap();
    }
    let before = scene.stands(&ground.topic, QUEUES);
    scene.sends_to(&ground.topic, QUEUES, 1).await;
    let all = scene.stands(&ground.topic, QUEUES);
    let comes: BTreeSet<_> = all.difference(&before).cloned().collect();
    for (group, wanted) in [(&set, begun.union(&comes).cloned().collect()), (&left, all)] {
        scene
            .until("it has read on", async || spots(&applications.received(group).await.unwrap()).is_superset(&comes))
            .await;
        scene.until("it has told so", async || ground.stands(group) == [Some(ALL + 1); 4]).await;
        assert_eq!(spots(&applications.received(group).await.unwrap()), wanted, "{group} on {}", scene.line.version());
        applications.leave(group).await.unwrap();
    }
}

/// On the wire a time that is none counts as 0: 5.x goes back to the first message and answers success.
async fn nonsense(ground: &Ground<'_>, bot: &Bot) {
    let group = ground.group("nonsense", 9);
    for (to, id) in [
        ("yesterday", "not-a-time"),
        ("NaN", "not-a-time"),
        ("-1", "not-a-time"),
        ("\"2026-02-30 10:00 UTC\"", "no-such-date"),
        ("\"2026-11-29#10:13:20\"", "not-a-time"),
        ("99999999999999999999", "not-a-time"),
    ] {
        let done = bot.runs(&ground.line(&group, to)).await;
        assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == id), "{to}: {done:?}");
    }
    assert_eq!(ground.stands(&group), [Some(9); 4]);
    if ground.scene.line == Line::V5 {
        let answers = ground.resets_raw(&group, "NaN");
        assert!(answers.iter().all(|one| one.code == 0), "{answers:?}");
        assert_eq!(ground.stands(&group), [Some(0); 4], "what the wire makes of it");
    }
}

/// What the broker of 4.9 makes of a time that is none where a client is there to be told: it reads from the first message on.
/// Ours does not send one.
async fn nonsense_at_work(ground: &Ground<'_>, applications: &mut Applications, group: &str) {
    let seen = applications.received(group).await.unwrap().len();
    let answers = ground.resets_raw(group, "NaN");
    assert!(answers.iter().all(|one| one.code == 0), "{answers:?}");
    let all = usize::try_from(ALL).unwrap() * places(QUEUES).count();
    let again = async || applications.received(group).await.unwrap()[seen..].len() >= all;
    ground.scene.until("it reads everything once more", again).await;
    let got = applications.received(group).await.unwrap();
    assert_eq!(spots(&got[seen..]), ground.scene.stands(&ground.topic, QUEUES));
}

/// While a reset waits to be fetched, 5.x answers success to a commit and changes nothing. Ours goes through.
async fn pending(ground: &Ground<'_>, bot: &Bot) {
    if ground.scene.line == Line::V4 {
        return;
    }
    let group = ground.group("pending", 9);
    ground.resets_raw(&group, "-1");
    let answers = ground.commits(&group, 4);
    assert!(answers.iter().all(|one| one.remark == "Offset has been previously reset"), "{answers:?}");
    assert_eq!(ground.stands(&group), [Some(ALL); 4], "success, and nothing done");
    ground.resets(bot, &group, "offset:4").await;
    assert_eq!(ground.stands(&group), [Some(4); 4]);
}

/// Queues that are closed, with messages in them, are left alone.
async fn closed(scene: &Scene, bot: &Bot) {
    let ground = Ground::on(scene).await;
    let group = ground.group("closed", 9);
    scene.sets(&ground.topic, (1, 1)).await;
    let id = ground.resets(bot, &group, "earliest").await;
    assert_eq!(ground.stands(&group), [Some(0), Some(9), Some(0), Some(9)], "{}", scene.line.version());
    assert!(has(&bot.plan(&id).await.plan().checks, "closed-queues-left"));
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let mut applications = scene.applications().await;
    let (ground, bot) = (Ground::on(&scene).await, scene.bot(Guards::all()).await);
    tokio::join!(
        away(&ground, &bot),
        at_work(&ground, &bot, &mut applications),
        nonsense(&ground, &bot),
        pending(&ground, &bot),
        closed(&scene, &bot),
        forward_at_work(&scene, &bot),
    );
}

#[test]
fn groups_are_where_they_were_set_whatever_they_do() {
    at_both(story);
}

/// A client that knows nothing of it commits its old offset, and tells that no sooner than five seconds later: it is noticed, and
/// never fought.
async fn comes_back(ground: &Ground<'_>, bot: &Bot) {
    let group = ground.group("stubborn", 9);
    let id = bot.begins(&ground.line(&group, "earliest")).await;
    ground.scene.until("the reset", async || ground.stands(&group) == [Some(0); 4]).await;
    ground.scene.until("it is watched", async || bot.operation(&id).await.state == State::Waiting).await;
    let began = Instant::now();
    ground.scene.until("a persist interval", async || began.elapsed() > PERSISTED).await;
    // 5.x takes a commit only after somebody has fetched the reset.
    let fetches = |broker: &str| {
        Reader::join(&ground.scene.at(broker), &group, &ground.topic, QUEUES.map(|queue| (queue, 9)).collect())
    };
    let readers = (ground.scene.line == Line::V5).then(|| BROKERS.map(|broker| fetches(broker).unwrap()));
    if readers.is_some() {
        ground
            .scene
            .until("the fetch", async || ground.commits(&group, 9).iter().all(|one| one.remark.is_empty()))
            .await;
    }
    drop(readers);
    let is_over = |state: State| state.has_ended() || state == State::Stuck;
    ground
        .scene
        .until("it is noticed", async || {
            ground.commits(&group, 9);
            is_over(bot.operation(&id).await.state)
        })
        .await;
    let ended = bot.operation(&id).await;
    assert_eq!((ended.state, ended.why.id.as_str()), (State::Stuck, "offset-came-back"), "{:?}", ended.why);
    assert_eq!(ground.stands(&group), [Some(9); 4]);
}

/// The only consumer is killed midway: what is said in the end is what stands two persist intervals later.
async fn is_killed(ground: &Ground<'_>) {
    let scene = ground.scene;
    let group = ground.group("killed", 0);
    let mut killed = scene.applications().await;
    killed.join(&group, &ground.topic).await.unwrap();
    scene.until("it has told how far it is", async || ground.stands(&group) == [Some(ALL); 4]).await;
    let killed = Mutex::new(Some(killed));
    let dies: Deed = Box::new(move || {
        drop(killed.lock().unwrap().take());
        Box::pin(std::future::ready(()))
    });
    let act = if scene.line == Line::V4 { "rocketmq-tell-clients" } else { "rocketmq-set-offsets" };
    let bot = scene.bot_through(Guards::all(), Points::at(Point::after(act, 1), dies)).await;
    let id = bot.begins(&ground.line(&group, "earliest")).await;
    let ended = ground.ends(&bot, &id).await;
    let persisted = Instant::now();
    scene.until("two persist intervals", async || persisted.elapsed() > 2 * PERSISTED).await;
    let stands = ground.stands(&group);
    match scene.line {
        // It was told, and was gone before it did as it was told.
        Line::V4 => {
            assert!(matches!(ended.state, State::Failed | State::Stuck), "{} {:?}", ended.state, ended.why);
            assert_eq!(stands, [Some(ALL); 4]);
        }
        Line::V5 => assert_eq!((ended.state, stands), (State::Succeeded, vec![Some(0); 4]), "{:?}", ended.why),
    }
}

async fn late(line: Line) {
    let scene = Scene::on(line).await;
    let (ground, bot) = (Ground::on(&scene).await, scene.bot(Guards::all()).await);
    tokio::join!(comes_back(&ground, &bot), is_killed(&ground));
}

#[test]
fn old_offsets_and_dead_consumers_are_told_as_they_are() {
    at_both(late);
}
