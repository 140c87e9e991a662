//! Fewer queues: whoever has not read is waited for, and nothing that was sent meanwhile is lost or refused.

use super::scene::{Bot, Scene, Spot, both, places, spots};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::id::OperationId;
use signalbox::desk::Done;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;
use story::lab::rocketmq::applications::{Applications, Sent};
use story::lab::rocketmq::own::BROKERS;
use story::lab::rocketmq::{Line, at_both, raw};

const ALL: Range<u32> = 0..8;
const OPEN: Range<u32> = 0..4;
const CLOSED: Range<u32> = 4..8;
/// Longer than messages are kept.
const DAYS: Duration = Duration::from_secs(80 * 3_600);
/// As long as it takes to look so often that it would go on.
const LOOKS: Duration = Duration::from_secs(45);
/// So many sends in a row to open queues only: the producer has another route.
const IN_A_ROW: usize = 16;
/// GET_TOPIC_STATS_INFO, END_TRANSACTION.
const SUMMARY: i32 = 202;
const END_TRANSACTION: i32 = 37;
/// SYSTEM_ERROR, after which a Java client tries another queue, and what 5.x says instead, after which it does not.
const FAILED: i64 = 1;
const NO_SUCH_QUEUE: i64 = 29;
/// PREPARED and COMMIT of `MessageSysFlag`.
const PREPARED: u32 = 4;
const COMMIT: &str = "8";

/// A topic with groups: one at work, two that have read half of what is there and are stopped, of which one never comes back,
/// and one that never had an offset in the queues that are closed.
struct Trade {
    topic: String,
    away: String,
    at_work: String,
    dead: String,
    silent: String,
}

impl Trade {
    async fn begin(scene: &Scene, applications: &mut Applications) -> Self {
        let topic = scene.topic("closed", ALL.end).await;
        let [away, at_work, dead] = ["away", "work", "dead"].map(|prefix| scene.group(prefix, (&topic, ALL)));
        let silent = scene.group("silent", (&topic, OPEN));
        let trade = Self { topic, away, at_work, dead, silent };
        for group in [&trade.away, &trade.at_work] {
            applications.join(group, &trade.topic).await.unwrap();
        }
        scene.sends_to(&trade.topic, ALL, 1).await;
        for group in [&trade.away, &trade.at_work] {
            trade.is_read(scene, applications, group).await;
        }
        places(ALL).for_each(|(broker, queue)| drop(scene.commits(&trade.dead, (broker, &trade.topic, queue), 1)));
        trade.has_dead_letters(scene).await;
        applications.leave(&trade.away).await.unwrap();
        let stored = |(broker, queue): (&str, u32)| scene.stored(&trade.away, (broker, &trade.topic, queue)) == Some(1);
        scene.until("its offsets are stored", async || places(ALL).all(stored)).await;
        scene.sends_to(&trade.topic, ALL, 2).await;
        trade
    }

    /// What the group that is away could not read at all: nobody is waited for to read that.
    async fn has_dead_letters(&self, scene: &Scene) {
        let letters = format!("%DLQ%{}", self.away);
        scene.sets(&letters, (ALL.end, ALL.end)).await;
        scene.sends_to(&letters, CLOSED, 5).await;
    }

    /// What the group that never had an offset there is waited for to read.
    fn silent_has_read(&self, scene: &Scene) {
        for (broker, queue) in places(CLOSED) {
            let place = (broker, self.topic.as_str(), queue);
            scene.commits(&self.silent, place, scene.range(place).end);
        }
    }

    async fn missing(&self, scene: &Scene, applications: &mut Applications, group: &str) -> BTreeSet<Spot> {
        let got = spots(&applications.received(group).await.unwrap());
        scene.stands(&self.topic, ALL).difference(&got).cloned().collect()
    }

    async fn is_read(&self, scene: &Scene, applications: &mut Applications, group: &str) {
        scene
            .until("a group reads everything", async || self.missing(scene, applications, group).await.is_empty())
            .await;
    }
}

/// A message of a transaction that is not decided yet, for the last queue of a master, which is closed meanwhile.
pub(super) struct Half<'a> {
    scene: &'a Scene,
    broker: &'a str,
    topic: &'a str,
    said: raw::Command,
}

impl<'a> Half<'a> {
    pub(super) fn begin(scene: &'a Scene, (broker, topic): (&'a str, &'a str)) -> Self {
        let properties = "TRAN_MSG\u{1}true\u{2}PGROUP\u{1}raw\u{2}";
        let message = raw::Message { key: "half", properties, flag: PREPARED, ..raw::Message::default() };
        Self { scene, broker, topic, said: scene.sends_as((broker, topic, 7), &message) }
    }

    pub(super) fn is_committed(&self) {
        let place = self.said.field("msgId").get(16..).unwrap();
        let place = u64::from_str_radix(place, 16).unwrap().to_string();
        let fields = [
            ("topic", self.topic),
            ("producerGroup", "raw"),
            ("tranStateTableOffset", self.said.field("queueOffset")),
            ("commitLogOffset", &place),
            ("commitOrRollback", COMMIT),
            ("fromTransactionCheck", "false"),
            ("msgId", "id-half"),
            ("transactionId", "id-half"),
        ];
        self.scene.tells(self.broker, END_TRANSACTION, &fields, "");
    }
}

/// What comes into closed queues all the same: from who names one, and what was kept back.
async fn comes_late(scene: &Scene, topic: &str, half: &Half<'_>) {
    let end = |broker, queue| scene.range((broker, topic, queue)).end;
    let (delayed, named) = (end(BROKERS[0], 7), end(BROKERS[1], 7));
    let properties = "DELAY\u{1}1\u{2}";
    let message = raw::Message { key: "delayed", properties, ..raw::Message::default() };
    scene.sends_as((BROKERS[0], topic, 7), &message);
    scene.sends((BROKERS[1], topic, 7), 1).await;
    half.is_committed();
    scene.until("what comes late", async || end(BROKERS[0], 7) > delayed && end(BROKERS[1], 7) >= named + 2).await;
}

/// The producer sent by its old route for a while, and no longer does.
async fn learns(scene: &Scene, applications: &mut Applications, producer: &str, closed_at: u64) {
    let closed = |sent: &Sent| matches!(sent.place, Ok((_, queue, _)) if CLOSED.contains(&queue));
    scene
        .until("the producer has the new route", async || {
            let sent = applications.written(producer).await.unwrap();
            let was_stale = sent.iter().any(|one| one.at > closed_at && closed(one));
            let last = sent.iter().rev().take(IN_A_ROW);
            was_stale && last.filter(|one| one.at > closed_at && !closed(one)).count() == IN_A_ROW
        })
        .await;
}

/// Java's producers go on by their old route while closed queues are no longer read, which their brokers answer with an error.
/// On 5.x it is none after which they try another queue; on 4.9 it is.
async fn sends_fail(scene: &Scene, applications: &mut Applications, [once, retrying]: [&str; 2]) {
    // 4.9's client counts its tries in place of what the broker said.
    let code = if scene.line == Line::V5 { "CODE: 29" } else { "Send [1] times, still failed" };
    let failed =
        |sent: &[Sent]| sent.iter().filter(|one| one.place.as_ref().is_err_and(|why| why.contains(code))).count();
    let fail = async |applications: &mut Applications, producer: &str| {
        failed(&applications.written(producer).await.unwrap()) > 0
    };
    scene.until("a send fails", async || fail(applications, once).await).await;
    if scene.line == Line::V5 {
        scene.until("a send fails for good", async || fail(applications, retrying).await).await;
    }
    for producer in [once, retrying] {
        applications.end(producer).await.unwrap();
    }
    let all = applications.written(retrying).await.unwrap();
    assert_eq!(all.iter().any(|one| one.place.is_err()), scene.line == Line::V5, "{all:?}");
}

/// What the group that is away never gets of what was there, where nothing is drained and nothing watched.
async fn lost(scene: &Scene, applications: &mut Applications, trade: &Trade) -> BTreeSet<Spot> {
    let off = Guards::all().without(Guard::QueuesDrained).without(Guard::ClosedWatched);
    let bot = scene.bot(off).await;
    let before = scene.stands(&trade.topic, ALL);
    let id = bot.plans(&format!("/shrink-partitions topic:{} to:4", trade.topic)).await;
    let producers = [scene.unique("once"), scene.unique("retrying")];
    applications.write(&trade.topic, &producers[0]).await.unwrap();
    applications.write_retrying(&trade.topic, &producers[1]).await.unwrap();
    bot.is_approved(&id).await;
    bot.comes_to(&id, State::Succeeded).await;
    sends_fail(scene, applications, producers.each_ref().map(String::as_str)).await;
    scene.routes_are(&trade.topic, (4, 4)).await;
    let stale = raw::Message { key: "stale", ..raw::Message::default() };
    let said = scene.sends_raw((BROKERS[1], &trade.topic, 7), &stale);
    assert_eq!(said.code, if scene.line == Line::V5 { NO_SUCH_QUEUE } else { FAILED }, "{}", said.remark);
    applications.join(&trade.away, &trade.topic).await.unwrap();
    let open = |spots: BTreeSet<Spot>| spots.into_iter().filter(|(_, queue, _)| OPEN.contains(queue)).count();
    scene
        .until("it reads what is open", async || open(trade.missing(scene, applications, &trade.away).await) == 0)
        .await;
    applications.leave(&trade.away).await.unwrap();
    trade.missing(scene, applications, &trade.away).await.intersection(&before).cloned().collect()
}

/// Whether the broker's own summary tells of the last queue, which holds something.
fn summary_tells(scene: &Scene, topic: &str) -> bool {
    assert!(scene.range((BROKERS[1], topic, 7)).end > 0);
    scene.tells(BROKERS[1], SUMMARY, &[("topic", topic)], "").text().contains("\"queueId\":7")
}

/// Meanwhile offsets of that topic are left alone, and whoever asks hears why.
async fn is_held(bot: &Bot, trade: &Trade, id: &OperationId) {
    let done = bot.runs(&format!("/reset-offset group:{} topic:{} to:earliest", trade.away, trade.topic)).await;
    let Done::Refused(checks) = &done else { panic!("{done:?}") };
    let held = checks.iter().find(|check| check.id == "held-by-other").unwrap();
    assert!(format!("{:?}", held.facts).contains(&id.to_string()), "{held:?}");
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let mut applications = scene.applications().await;
    let (trade, control) =
        (Trade::begin(&scene, &mut applications).await, Trade::begin(&scene, &mut applications).await);
    let (topic, closed) = (trade.topic.as_str(), places(CLOSED).count());
    let half = Half::begin(&scene, (BROKERS[1], topic));
    let bot = scene.bot(Guards::all()).await;
    let watch = scene.watch(&[topic]);
    let id = bot.plans(&format!("/shrink-partitions topic:{topic} to:4 waive:{}", trade.dead)).await;
    let producer = scene.unique("stale");
    applications.write(topic, &producer).await.unwrap();
    bot.is_approved(&id).await;
    scene.routes_are(topic, (8, 4)).await;
    let closed_at = raw::now();

    comes_late(&scene, topic, &half).await;
    // By name, of whom the first three are shown.
    let waits_for = ["are not read yet by", trade.away.as_str(), trade.silent.as_str(), trade.dead.as_str()];
    scene.until("it says for whom it waits", async || bot.has_told(&waits_for)).await;
    is_held(&bot, &trade, &id).await;
    // Its process ends without a word, and another one goes on. For days nobody reads: time alone ends nothing.
    let bot = bot.reborn();
    let days_later = bot.waits_for(DAYS);
    let left = lost(&scene, &mut applications, &control).await;
    assert_eq!(left.len(), 2 * closed, "{}: what it had not read in closed queues", line.version());
    learns(&scene, &mut applications, &producer, closed_at).await;
    assert_eq!(summary_tells(&scene, topic), line == Line::V5, "4.9 tells of queues that are written only");
    let looked = async || bot.operation(&id).await.memory.last_look;
    scene.until("it looks", async || looked().await >= Some(days_later.plus(LOOKS))).await;
    assert_eq!((bot.operation(&id).await.state, scene.routes(topic)), (State::Waiting, vec![both((8, 4)); 2]));

    applications.join(&trade.away, topic).await.unwrap();
    for group in [&trade.away, &trade.at_work] {
        let read = async || {
            let missing = trade.missing(&scene, &mut applications, group).await;
            missing.iter().all(|(_, queue, _)| OPEN.contains(queue))
        };
        scene.until("what is closed is read", read).await;
    }
    // Nothing has to be kept for anybody any more, and who was given up is waited for no longer.
    // With them goes what it has not read.
    scene.expires(&[topic], CLOSED, 3).await;
    trade.silent_has_read(&scene);
    scene.keeps_for_hours(0);
    bot.closes(&id).await;
    applications.end(&producer).await.unwrap();
    assert!(bot.told().iter().all(|line| !line.contains("%DLQ%")), "nobody reads dead letters");
    assert!(!summary_tells(&scene, topic), "nobody tells of queues that are not read");
    for told in watch.ends() {
        assert_eq!(told[topic], BTreeSet::from([(8, 8), (8, 4), (4, 4)]), "once, and not again");
    }
    scene.routes_by_mqadmin(topic, (4, 4)).await;
    let sent = applications.written(&producer).await.unwrap();
    let failed: Vec<&Sent> = sent.iter().filter(|one| one.place.is_err()).collect();
    assert!(failed.is_empty(), "{} of {} sends on {}: {failed:?}", failed.len(), sent.len(), line.version());
    for group in [&trade.away, &trade.at_work] {
        trade.is_read(&scene, &mut applications, group).await;
        applications.leave(group).await.unwrap();
    }
}

#[test]
fn closed_queues_are_read_by_everybody_before_they_are_closed() {
    at_both(story);
}
