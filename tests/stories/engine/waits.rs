//! What happens to the cluster while a run waits, and looks that fail for long.

use super::{RESET, Scene, comes_to, ends, meddles, now, plans, tells, votes, works};
use interlock::approval::State;
use simulated::Trouble;
use std::time::Duration;
use story::crash::{PaperChat, Point, Points, Settled, TOPIC};

const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-live to:earliest wait-for-stop:10m reason:replay";

#[tokio::test]
async fn partitions_added_while_it_waits_stop_it_and_are_named() {
    let scene = Scene::new();
    let adds = meddles(&scene.kafka, |kafka| kafka.add_partitions(&TOPIC.parse().unwrap(), 2).unwrap());
    let house =
        scene.ground.house(Settled::honest(scene.clock.clone(), Points::at(Point::after("wait", 1), adds))).await;
    let id = plans(&house, WAITING).await;
    for who in ["bob", "dora"] {
        votes(&house, who, &id).await;
    }
    let stopped = comes_to(&house, &id, State::Stopped).await;
    assert_eq!(stopped.why.id, "topic-partitions-changed");
    let facts = format!("{:?}", stopped.why.facts);
    assert!(facts.contains(TOPIC), "{facts}");
    assert!(scene.kafka.acts().unwrap().is_empty(), "the owner approved four partitions");
}

/// At the end of the wait nobody can tell whether the group has stopped: that it has not is not said.
#[tokio::test]
async fn an_outage_at_the_end_of_the_wait_is_told_as_what_it_is() {
    for (down, why) in [(true, "wait-ended-unseen"), (false, "wait-ran-out")] {
        let scene = Scene::new();
        let house = scene.house().await;
        let id = plans(&house, WAITING).await;
        for who in ["bob", "dora"] {
            votes(&house, who, &id).await;
        }
        comes_to(&house, &id, State::Waiting).await;
        scene.kafka.trouble(down.then_some(Trouble::Down)).unwrap();
        scene.passes(Duration::from_secs(11 * 60)).await;
        let stopped = comes_to(&house, &id, State::Stopped).await;
        assert_eq!(stopped.why.id, why);
        assert!(scene.kafka.acts().unwrap().is_empty());
    }
}

/// How often people are called while it runs: what calls them begins with where the operation stands.
fn calls(scene: &Scene) -> usize {
    let posted = PaperChat::posted(&scene.ground.chat_file());
    posted.iter().filter(|line| line.starts_with("Running: ")).count()
}

/// The cluster is down for as long as people are not called, with a restart in the middle: it is known how long it is.
#[tokio::test]
async fn how_long_looks_fail_is_known_across_a_restart() {
    let scene = Scene::new();
    let down = meddles(&scene.kafka, |kafka| kafka.trouble(Some(Trouble::Down)).unwrap());
    let settled = Settled::honest(scene.clock.clone(), Points::at(Point::after("start", 1), down));
    let house = scene.ground.house(settled).await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    for _ in 0..40 {
        works(&house).await;
        tells(&house).await;
        scene.passes(Duration::from_secs(2)).await;
    }
    assert_eq!((now(&house, &id).await.state, calls(&scene)), (State::Running, 0), "eighty seconds");
    ends(house).await;
    let house = scene.house().await;
    for _ in 0..60 {
        works(&house).await;
        tells(&house).await;
        scene.passes(Duration::from_secs(2)).await;
    }
    assert_eq!(calls(&scene), 1, "two minutes and more, in two processes");
    scene.kafka.trouble(None).unwrap();
    comes_to(&house, &id, State::Succeeded).await;
}

/// Each look takes longer than three intervals together. That is slow, and no gap between two looks.
#[tokio::test]
async fn looks_that_take_long_still_see_a_group_stop() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, WAITING).await;
    for who in ["bob", "dora"] {
        votes(&house, who, &id).await;
    }
    comes_to(&house, &id, State::Waiting).await;
    scene.kafka.trouble(Some(Trouble::Slow(7_500))).unwrap();
    let done = comes_to(&house, &id, State::Succeeded).await;
    assert!(done.updated_at.since(scene.ground.start()) < Duration::from_secs(5 * 60), "long before the wait is over");
}
