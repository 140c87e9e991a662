//! A master that dies halfway through opening queues, and returns: as it was, or with a file from before. It may not have been
//! seen yet that it had the queues, so it is given them once more.

use super::scene::{Bot, Scene, both, places};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::id::OperationId;
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

/// A bot opens queues; the second master dies halfway, something happens to its files, and it returns.
async fn opens_meanwhile(scene: &Scene, topic: &str, to: u32, happens: impl Fn()) -> (Bot, OperationId) {
    let points = dies_halfway(scene.own);
    let bot = scene.bot_through(Guards::all(), points.clone()).await;
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:{to}")).await;
    waits(scene, (&bot, &points), &id).await;
    happens();
    scene.own.returns(DIES).unwrap();
    bot.comes_to(&id, State::Succeeded).await;
    (bot, id)
}

/// So many queues are open everywhere, and the group that is away has an offset in each of the new ones.
async fn has_opened(scene: &Scene, (topic, group): (&str, &str), queues: u32) {
    assert_eq!(scene.routes(topic), vec![both((queues, queues)); 2]);
    for (broker, queue) in places(8..queues) {
        let stored = scene.stored(group, (broker, topic, queue));
        assert_eq!(stored, Some(0), "{queue} at {broker} on {}", scene.line.version());
    }
}

/// The offset of a group in a queue that is opened, at the master that dies right before the queue is written, and once more
/// while it is watched whether it has the offset on its disk.
async fn kept_after_a_death(scene: &Scene, guards: Guards, group: &str, topic: &str) -> Option<i64> {
    let (own, watched) = (scene.own, guards.has(Guard::SeedsKept));
    let dies: Deed = Box::new(move || {
        own.dies(DIES);
        Box::pin(std::future::ready(()))
    });
    let points = Points::at(Point::before("rocketmq-set-queues", 2), dies);
    scene.until("its offsets are on the disk", async || scene.on_disk(group, (DIES, topic, 7)) == Some(0)).await;
    let bot = scene.bot_through(guards, points).await;
    if !watched {
        own.keeps_offsets_in_memory(DIES).unwrap();
    }
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:9")).await;
    if watched {
        own.keeps_offsets_in_memory(DIES).unwrap();
        scene.until("it is given", async || scene.stored(group, (DIES, topic, 8)) == Some(0)).await;
        own.dies(DIES);
        own.returns(DIES).unwrap();
    }
    scene.until("it dies before it is written", async || own.is_dead(DIES)).await;
    own.returns(DIES).unwrap();
    bot.comes_to(&id, State::Succeeded).await;
    assert_eq!(scene.routes(topic), vec![both((9, 9)); 2]);
    scene.stored(group, (DIES, topic, 8))
}

async fn forgets(line: Line) {
    let scene = Scene::on(line).await;
    for (guards, kept) in [(Guards::all(), Some(0)), (Guards::all().without(Guard::SeedsKept), None)] {
        let topic = scene.topic("forgotten", 8).await;
        let group = scene.group("away", (&topic, 0..8));
        assert_eq!(kept_after_a_death(&scene, guards, &group, &topic).await, kept, "on {}", line.version());
    }
}

#[test]
fn what_a_master_has_not_written_to_its_disk_is_given_again_before_queues_are_written() {
    at_both(forgets);
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
    scene.until("its queues are on the disk", async || scene.in_file(DIES, &topic) == Some((12, 12))).await;
    let stays = |queue| scene.on_disk(&group, (DIES, &topic, queue)) == Some(0);
    scene.until("its offsets are on the disk", async || (8..12).all(stays)).await;
    let (file, old) = (scene.own.topics(DIES), fs::read(scene.own.topics(DIES)).unwrap());
    let (bot, id) = opens_meanwhile(&scene, &topic, 14, || {
        assert_eq!(scene.in_file(DIES, &topic), Some((14, 12)), "it died halfway");
        fs::write(&file, &old).unwrap();
    })
    .await;
    has_opened(&scene, (&topic, &group), 14).await;
    scene.routes_by_mqadmin(&topic, (14, 14)).await;
    bot.takes_back(&id).await;
    scene.routes_by_mqadmin(&topic, (14, 12)).await;
}

#[test]
fn a_master_that_dies_halfway_is_waited_for_and_gets_its_queues_even_with_an_old_file() {
    at_both(story);
}
