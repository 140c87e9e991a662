//! A master that dies halfway through opening queues, and returns: as it was, or with a file from before.

use super::scene::{Bot, Scene, both};
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

async fn has_opened(scene: &Scene, (topic, group): (&str, &str), queues: (u32, u32)) {
    let (before, after) = queues;
    assert_eq!(scene.routes(topic), vec![both((after, after)); 2]);
    for broker in BROKERS {
        let stored = (before..after).map(|queue| scene.stored(group, (broker, topic, queue)));
        assert!(stored.into_iter().all(|offset| offset == Some(0)), "{broker} on {}", scene.line.version());
    }
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let mut consumers = scene.applications().await;
    let (topic, group) = (scene.topic("halfway", 8).await, scene.group("away"));
    consumers.join(&group, &topic).await.unwrap();
    scene.sends_to(&topic, 0..8, 1).await;
    scene
        .until("the group reads", async || consumers.received(&group).await.unwrap().len() >= 16)
        .await;
    consumers.leave(&group).await.unwrap();
    scene.until("its offset is stored", async || scene.stored(&group, (DIES, &topic, 7)) == Some(1)).await;

    let points = dies_halfway(scene.own);
    let bot = scene.bot_through(Guards::all(), points.clone()).await;
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:12")).await;
    waits(&scene, (&bot, &points), &id).await;
    scene.own.returns(DIES).unwrap();
    bot.comes_to(&id, State::Succeeded).await;
    has_opened(&scene, (&topic, &group), (8, 12)).await;

    scene.until("the file", async || in_file(&scene, &topic) == Some((12, 12))).await;
    let old = fs::read(scene.own.topics(DIES)).unwrap();
    let points = dies_halfway(scene.own);
    let bot = scene.bot_through(Guards::all(), points.clone()).await;
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:14")).await;
    waits(&scene, (&bot, &points), &id).await;
    fs::write(scene.own.topics(DIES), old).unwrap();
    scene.own.returns(DIES).unwrap();
    scene.until("it is stuck", async || bot.operation(&id).await.state == State::Stuck).await;
    let stuck = bot.operation(&id).await;
    let facts = format!("{:?}", stuck.why.facts);
    assert_eq!(stuck.why.id, "queues-changed", "{facts}");
    assert!(facts.contains(DIES) && facts.contains("12/12"), "{facts}");
    for who in ["alice", "olga"] {
        bot.says(who, &format!("/unlock operation:{id} reason:disk")).await;
    }
    scene.until("it is given up", async || bot.operation(&id).await.state == State::Abandoned).await;
    let again = bot.begins(&format!("/expand-partitions topic:{topic} to:14")).await;
    bot.comes_to(&again, State::Succeeded).await;
    has_opened(&scene, (&topic, &group), (12, 14)).await;
    scene.routes_by_mqadmin(&topic, (14, 14)).await;
}

#[test]
fn a_master_that_dies_halfway_and_returns_is_waited_for_and_with_an_old_file_named() {
    at_both(story);
}
