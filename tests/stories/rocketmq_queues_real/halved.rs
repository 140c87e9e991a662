//! Reading is taken from the first master, the second one dies in the same act, and then the bot: whoever follows waits for that
//! master, and takes reading from it when it returns. What came while no bot was there is read all the same.

use super::closing::Half;
use super::scene::{Scene, places};
use interlock::approval::State;
use interlock::changes::Guards;
use std::ops::Range;
use std::time::Duration;
use story::crash::{Deed, Point, Points};
use story::lab::rocketmq::own::BROKERS;
use story::lab::rocketmq::{Line, at_both};

const ALL: Range<u32> = 0..8;
const CLOSED: Range<u32> = 4..8;
const FIRST: &str = BROKERS[0];
const DIES: &str = BROKERS[1];
const DAY: Duration = Duration::from_secs(86_400);
/// So many looks, in which it could have gone on.
const LOOKS: u64 = 6;

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let (topic, own) = (scene.topic("halved", ALL.end).await, scene.own);
    let readers = scene.group("readers", (&topic, ALL));
    scene.sends_to(&topic, ALL, 1).await;
    for (broker, queue) in places(ALL) {
        scene.commits(&readers, (broker, &topic, queue), 1);
    }
    let half = Half::begin(&scene, (FIRST, &topic));
    let dies: Deed = Box::new(move || {
        own.dies(DIES);
        Box::pin(std::future::ready(()))
    });
    let points = Points::at(Point::before("rocketmq-set-queues", 2), dies);
    let bot = scene.bot_through(Guards::all(), points.clone()).await;
    let id = bot.begins(&format!("/shrink-partitions topic:{topic} to:4")).await;
    scene.until("reading has ended at the first one", async || scene.in_file(FIRST, &topic) == Some((4, 4))).await;
    assert_eq!(scene.in_file(DIES, &topic), Some((8, 4)), "it died before");
    let bot = bot.reborn();
    scene.until("it says for whom it waits", async || bot.has_told(&[DIES, "does not answer"])).await;
    own.is_forgotten(DIES).unwrap();
    let before = points.count("look");
    scene.until("it looks", async || points.count("look") >= before + LOOKS).await;
    let found = bot.operation(&id).await;
    assert!(!found.state.has_ended() && found.state != State::Stuck, "{} because {:?}", found.state, found.why);
    // Nobody is there for a day, in which something comes into a queue that the first one no longer reads.
    let bot = bot.dies();
    let end = || scene.range((FIRST, &topic, 7)).end;
    let before = end();
    half.is_committed();
    scene.until("it comes", async || end() > before).await;
    own.returns(DIES).unwrap();
    bot.left_for(DAY);
    let bot = bot.followed();
    scene.routes_are(&topic, (8, 4)).await;
    scene.until("it says so", async || bot.has_told(&["they are read again", &topic])).await;
    for (broker, queue) in places(CLOSED) {
        let place = (broker, topic.as_str(), queue);
        scene.commits(&readers, place, scene.range(place).end);
    }
    scene.routes_are(&topic, (4, 4)).await;
    scene.keeps_for_hours(0);
    bot.closes(&id).await;
    scene.routes_by_mqadmin(&topic, (4, 4)).await;
}

#[test]
fn a_master_and_the_bot_that_die_while_reading_is_taken_are_both_followed_up() {
    at_both(story);
}
