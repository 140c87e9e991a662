//! More queues: a group that is away gets what is written to them, on brokers as they are after years of work.

use super::scene::{Scene, Spot, both, places, spots};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use std::collections::BTreeSet;
use std::ops::Range;
use story::lab::rocketmq::applications::Applications;
use story::lab::rocketmq::{Line, at_both};

const OLD: Range<u32> = 0..8;
const NEW: Range<u32> = 8..12;
/// In each queue, while the group is away.
const MESSAGES: i64 = 10;
/// A topic, and a group that has read everything in it and is stopped.
struct Trade {
    topic: String,
    group: String,
}

impl Trade {
    async fn begin(scene: &Scene, consumers: &mut Applications) -> Self {
        let topic = scene.topic("opened", OLD.end).await;
        let group = scene.group("away", (&topic, OLD));
        consumers.join(&group, &topic).await.unwrap();
        scene.sends_to(&topic, OLD, 2).await;
        let all = scene.stands(&topic, OLD);
        scene.until("the group reads", async || spots(&consumers.received(&group).await.unwrap()) == all).await;
        consumers.leave(&group).await.unwrap();
        let stored = |(broker, queue): (&str, u32)| scene.stored(&group, (broker, &topic, queue)) == Some(2);
        scene.until("its offsets are stored", async || places(OLD).all(stored)).await;
        Self { topic, group }
    }

    /// What is there and the group has not got.
    async fn missing(&self, scene: &Scene, consumers: &mut Applications, queues: Range<u32>) -> BTreeSet<Spot> {
        let got = spots(&consumers.received(&self.group).await.unwrap());
        scene.stands(&self.topic, queues).difference(&got).cloned().collect()
    }

    /// The group is back, and has begun to read in each of the new queues: what is sent to them now arrives.
    async fn is_back(&self, scene: &Scene, consumers: &mut Applications) {
        consumers.join(&self.group, &self.topic).await.unwrap();
        let mut silent: BTreeSet<(&str, u32)> = places(NEW).collect();
        let before: Vec<i64> =
            places(NEW).map(|(broker, queue)| scene.range((broker, &self.topic, queue)).end).collect();
        scene
            .until("it reads the new queues", async || {
                for &(broker, queue) in &silent {
                    scene.sends((broker, &self.topic, queue), 1).await;
                }
                let got = spots(&consumers.received(&self.group).await.unwrap());
                for ((broker, queue), before) in places(NEW).zip(&before) {
                    if got.iter().any(|(at, of, offset)| (at.as_str(), *of) == (broker, queue) && offset >= before) {
                        silent.remove(&(broker, queue));
                    }
                }
                silent.is_empty()
            })
            .await;
    }
}

/// A bot opens queues of a topic.
async fn opens(scene: &Scene, guards: Guards, topic: &str) {
    let bot = scene.bot(guards).await;
    let id = bot.begins(&format!("/expand-partitions topic:{topic} to:{}", NEW.end)).await;
    bot.comes_to(&id, State::Succeeded).await;
    assert_eq!(scene.routes(topic), vec![both((NEW.end, NEW.end)); 2]);
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let mut consumers = scene.applications().await;
    let seeded = Trade::begin(&scene, &mut consumers).await;
    let unseeded = Trade::begin(&scene, &mut consumers).await;
    let backwards = scene.topic("backwards", OLD.end).await;
    let watch = scene.watch(&[&seeded.topic, &unseeded.topic, &backwards]);
    tokio::join!(
        opens(&scene, Guards::all(), &seeded.topic),
        opens(&scene, Guards::all().without(Guard::QueuesSeeded), &unseeded.topic),
    );
    // What a runbook does that writes first: the control of looking.
    scene.sets(&backwards, (OLD.end, NEW.end)).await;
    scene.until("it is told", async || scene.routes(&backwards) == vec![both((OLD.end, NEW.end)); 2]).await;
    let before = watch.rounds();
    scene
        .until("two rounds more", async || watch.rounds().iter().zip(before).all(|(now, before)| *now >= before + 2))
        .await;
    scene.sets(&backwards, (NEW.end, NEW.end)).await;
    for told in watch.ends() {
        let in_order = BTreeSet::from([(8, 8), (12, 8), (12, 12)]);
        assert_eq!((&told[&seeded.topic], &told[&unseeded.topic]), (&in_order, &in_order), "never write past read");
        assert!(told[&backwards].contains(&(8, 12)), "it would have been seen: {told:?}");
    }
    scene.routes_by_mqadmin(&seeded.topic, (NEW.end, NEW.end)).await;

    if line == Line::V5 {
        let topics = [&seeded.topic, &unseeded.topic];
        for topic in topics {
            scene.sends_to(topic, NEW, 1).await;
        }
        scene.expires(&topics.map(String::as_str), NEW, 1).await;
    }
    for trade in [&seeded, &unseeded] {
        scene.sends_to(&trade.topic, 0..NEW.end, MESSAGES).await;
    }
    let written = scene.stands(&unseeded.topic, NEW);
    for trade in [&seeded, &unseeded] {
        trade.is_back(&scene, &mut consumers).await;
    }
    scene
        .until("everything is read", async || {
            seeded.missing(&scene, &mut consumers, 0..NEW.end).await.is_empty()
                && unseeded.missing(&scene, &mut consumers, OLD).await.is_empty()
        })
        .await;
    for trade in [&seeded, &unseeded] {
        consumers.leave(&trade.group).await.unwrap();
    }
    let lost = unseeded.missing(&scene, &mut consumers, NEW).await;
    assert!(lost.is_superset(&written), "{}: as on a fresh lab, where it passes by luck", line.version());
    scene.nothing_is_left_by_mqadmin(&seeded.group).await;
}

#[test]
fn a_group_that_was_away_gets_everything_from_new_queues() {
    at_both(story);
}
