//! A master that dies halfway through opening queues, and returns: as it was, or with a file from before. It may not have been
//! seen yet that it had the queues, so it is given them once more.

use super::scene::{Bot, Scene, both, places};
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::id::OperationId;
use serde_json::Value;
use std::fs;
use std::sync::Arc;
use story::crash::{Deed, Point, Points};
use story::lab::rocketmq::own::{BROKERS, Own};
use story::lab::rocketmq::{Line, at_both};

const DIES: &str = BROKERS[1];
/// So many looks, in which it could have gone on.
const LOOKS: u64 = 6;

/// The second master is killed as soon as more queues are read at both.
fn dies_halfway(own: &'static Own) -> Arc<Points> {
    let dies: Deed = Box::new(move || {
        own.dies(DIES);
        Box::pin(std::future::ready(()))
    });
    Points::at(Point::after("rocketmq-set-queues", 1), dies)
}

/// It says for whom it waits, and goes on waiting when the NameServers have forgotten that master.
async fn waits(scene: &Scene, (bot, points): (&Bot, &Points), id: &OperationId) {
    scene.until("it says for whom it waits", async || bot.has_told(&[DIES, "does not answer"])).await;
    scene.own.is_forgotten(DIES).unwrap();
    let before = points.count("look");
    scene.until("it looks", async || points.count("look") >= before + LOOKS).await;
    let found = bot.operation(id).await;
    assert!(!found.state.has_ended() && found.state != State::Stuck, "{} because {:?}", found.state, found.why);
}

/// The queues of a topic in a master's file.
fn in_file(scene: &Scene, topic: &str) -> Option<(i64, i64)> {
    let text = fs::read_to_string(scene.own.topics(DIES)).ok()?;
    let all: Value = serde_json::from_str(&text).ok()?;
    let found = all["topicConfigTable"].get(topic)?;
    Some((found["readQueueNums"].as_i64()?, found["writeQueueNums"].as_i64()?))
}

/// A bot opens queues; the second master dies halfway, something happens to its files, and it returns.
async fn opens_meanwhile(scene: &Scene, topic: &str, to: u32, happens: impl Fn()) {
    let points = dies_halfway(scene.own);
    let bot = scene.bot_through(Guards::all(), points.clone()).await;
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:{to}")).await;
    waits(scene, (&bot, &points), &id).await;
    happens();
    scene.own.returns(DIES).unwrap();
    bot.comes_to(&id, State::Succeeded).await;
}

/// So many queues are open everywhere, and the group that is away has an offset in each of the new ones.
async fn has_opened(scene: &Scene, (topic, group): (&str, &str), queues: u32) {
    assert_eq!(scene.routes(topic), vec![both((queues, queues)); 2]);
    for (broker, queue) in places(8..queues) {
        let stored = scene.stored(group, (broker, topic, queue));
        assert_eq!(stored, Some(0), "{queue} at {broker} on {}", scene.line.version());
    }
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let mut consumers = scene.applications().await;
    let topic = scene.topic("halfway", 8).await;
    let group = scene.group("away", (&topic, 0..8));
    consumers.join(&group, &topic).await.unwrap();
    scene.sends_to(&topic, 0..8, 1).await;
    scene.until("the group reads", async || consumers.received(&group).await.unwrap().len() >= 16).await;
    consumers.leave(&group).await.unwrap();
    scene.until("its offset is stored", async || scene.stored(&group, (DIES, &topic, 7)) == Some(1)).await;

    opens_meanwhile(&scene, &topic, 12, || {}).await;
    has_opened(&scene, (&topic, &group), 12).await;

    // Before it is killed again: what a broker has not written to its disk yet is lost with it.
    scene.until("its queues are on the disk", async || in_file(&scene, &topic) == Some((12, 12))).await;
    let stays = |queue| scene.on_disk(&group, (DIES, &topic, queue)) == Some(0);
    scene.until("its offsets are on the disk", async || (8..12).all(stays)).await;
    let (file, old) = (scene.own.topics(DIES), fs::read(scene.own.topics(DIES)).unwrap());
    opens_meanwhile(&scene, &topic, 14, || {
        assert_eq!(in_file(&scene, &topic), Some((14, 12)), "it died halfway");
        fs::write(&file, &old).unwrap();
    })
    .await;
    has_opened(&scene, (&topic, &group), 14).await;
    scene.routes_by_mqadmin(&topic, (14, 14)).await;
}

#[test]
fn a_master_that_dies_halfway_is_waited_for_and_gets_its_queues_even_with_an_old_file() {
    at_both(story);
}
