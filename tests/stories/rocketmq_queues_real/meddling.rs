//! While queues are being closed somebody else sets them, a master comes back with a file from before, and a new one joins: each is
//! named, nothing is done on top of it, and it is planned anew from what is there.

use super::closing::Half;
use super::scene::{Bot, Scene, places, sets_at};
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::id::OperationId;
use serde_json::{Value, json};
use signalbox::desk::Done;
use signalbox::text::plan_text;
use std::fs;
use std::ops::Range;
use story::lab::rocketmq::own::BROKERS;
use story::lab::rocketmq::raw::Route;
use story::lab::rocketmq::{Line, at_both};

const ALL: Range<u32> = 0..8;
const CLOSED: Range<u32> = 4..8;
const RETURNS: &str = BROKERS[1];
const JOINS: &str = "broker-c";

/// A topic whose last queues are being closed, and are waited for: a group that is away has not read them.
struct Closing {
    topic: String,
    away: String,
    id: OperationId,
}

impl Closing {
    async fn begin(scene: &Scene, bot: &Bot) -> Self {
        let topic = scene.topic("meddled", ALL.end).await;
        let away = scene.group("away", (&topic, ALL));
        scene.sends_to(&topic, CLOSED, 1).await;
        let id = bot.begins(&format!("/shrink-partitions topic:{topic} to:4")).await;
        scene.until("it waits", async || bot.has_told(&["are not read yet by", &away])).await;
        Self { topic, away, id }
    }

    async fn is_stuck(&self, bot: &Bot, why: &str, master: &str) {
        let stuck = bot.comes_to(&self.id, State::Stuck).await;
        let facts = format!("{:?}", stuck.why.facts);
        assert_eq!(stuck.why.id, why, "{facts}");
        assert!(facts.contains(master) && facts.contains("8/8"), "{facts}");
    }

    /// The group that is away reads everything.
    fn is_read(&self, scene: &Scene) {
        for (broker, queue) in places(CLOSED) {
            let place = (broker, self.topic.as_str(), queue);
            scene.commits(&self.away, place, scene.range(place).end);
        }
    }

    /// Given up by two people, and planned anew from what is there.
    async fn is_planned_anew(&self, bot: &Bot) -> OperationId {
        for who in ["alice", "olga"] {
            let done = bot.says(who, &format!("/unlock operation:{} reason:again", self.id)).await;
            assert!(matches!(done, Done::Controlled { .. }), "{done:?}");
        }
        bot.plans(&format!("/shrink-partitions topic:{} to:4", self.topic)).await
    }

    /// The master that joined is in the new plan, and its queues are closed with those of the others.
    async fn takes_in(&self, scene: &Scene, bot: &Bot, master: &str) {
        let routes = || scene.routes(&self.topic);
        let joined = |route: &Route| route.get(master) == Some(&(8, 8));
        scene.until("every NameServer tells of it", async || routes().iter().all(joined)).await;
        let id = self.is_planned_anew(bot).await;
        let plan = plan_text(&bot.plan(&id).await);
        assert!(plan.contains(&format!("{master} from 8/8 to 8/4")), "{plan}");
        bot.is_approved(&id).await;
        let closed = |route: &Route| route.len() == 3 && route.values().all(|queues| *queues == (8, 4));
        scene.until("they are closed at all three", async || routes().iter().all(closed)).await;
    }

    /// Closed once everything is read. What comes after that is noticed as long as messages are kept, and is read, too.
    async fn is_closed(&self, scene: &Scene, bot: &Bot, late: &Half<'_>) {
        let id = self.is_planned_anew(bot).await;
        bot.is_approved(&id).await;
        scene.routes_are(&self.topic, (8, 4)).await;
        self.is_read(scene);
        scene.routes_are(&self.topic, (4, 4)).await;
        late.is_committed();
        scene.routes_are(&self.topic, (8, 4)).await;
        assert!(bot.has_told(&["Something came into closed queues of", &self.topic]));
        self.is_read(scene);
        scene.routes_are(&self.topic, (4, 4)).await;
        scene.keeps_for_hours(0);
        bot.closes(&id).await;
        scene.routes_by_mqadmin(&self.topic, (4, 4)).await;
    }
}

/// The file of a master is as it was before its queues were closed.
fn has_old_file(scene: &Scene, topic: &str) {
    let file = scene.own.topics(RETURNS);
    let mut all: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    all["topicConfigTable"][topic]["writeQueueNums"] = json!(ALL.end);
    fs::write(file, all.to_string()).unwrap();
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let bot = scene.bot(Guards::all()).await;
    let (by_hand, old_file, joined) =
        tokio::join!(Closing::begin(&scene, &bot), Closing::begin(&scene, &bot), Closing::begin(&scene, &bot));
    sets_at(&scene.at(BROKERS[1]), &by_hand.topic, (8, 8));
    by_hand.is_stuck(&bot, "queues-changed", BROKERS[1]).await;

    scene.until("it is on the disk", async || scene.in_file(RETURNS, &old_file.topic) == Some((8, 4))).await;
    scene.own.dies(RETURNS);
    scene.own.is_forgotten(RETURNS).unwrap();
    assert_eq!(bot.operation(&old_file.id).await.state, State::Waiting, "it is waited for");
    has_old_file(&scene, &old_file.topic);
    scene.own.returns(RETURNS).unwrap();
    old_file.is_stuck(&bot, "queues-changed", RETURNS).await;
    bot.takes_back(&old_file.id).await;
    scene.routes_by_mqadmin(&old_file.topic, (8, 8)).await;

    let stranger = scene.own.joins(JOINS).unwrap();
    sets_at(stranger.address(), &joined.topic, (8, 8));
    joined.is_stuck(&bot, "another-master", JOINS).await;
    joined.takes_in(&scene, &bot, JOINS).await;
    drop(stranger);
    scene.own.is_forgotten(JOINS).unwrap();

    let late = Half::begin(&scene, (BROKERS[1], &by_hand.topic));
    by_hand.is_closed(&scene, &bot, &late).await;
}

#[test]
fn whoever_meddles_with_closed_queues_is_named_and_it_is_planned_anew() {
    at_both(story);
}
