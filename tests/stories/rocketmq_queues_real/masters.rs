//! Masters that die, come back with an old file, or are new; and people who set queues by hand.

use super::scene::Scene;
use interlock::approval::State;
use interlock::id::OperationId;
use std::fs;
use std::time::Duration;
use story::lab::rocketmq::at_both;

/// The second master is killed after reading went up: it is waited for, and gets its queues and offsets when it is back.
#[test]
fn a_master_that_dies_halfway_through_opening_is_waited_for() {
    at_both(|line| async move {
        let mut scene = Scene::on(line, 4).await;
        let away = scene.group("away");
        (0..4).for_each(|queue| scene.commits('a', (&away, queue), 0));
        let id = scene.approved(&format!("/expand-partitions topic:{} to:8", scene.topic)).await;
        scene.comes_to(&id, State::Waiting).await;
        scene.own().dies('b').unwrap();
        for _ in 0..3 {
            let before = scene.operation(&id).await.memory.last_look;
            scene.until("a look", async || scene.operation(&id).await.memory.last_look > before).await;
        }
        let waiting = scene.operation(&id).await;
        assert_eq!((waiting.state, waiting.memory.streak), (State::Waiting, 0), "{:?}", waiting.why);
        scene.own().comes('b').unwrap();
        scene.comes_to(&id, State::Succeeded).await;
        scene.routes_are((8, 8)).await;
        let topic = scene.topic.clone();
        for letter in ['a', 'b'] {
            let begins = (4..8).map(|queue| scene.begins(letter, (&away, &topic, queue)));
            assert_eq!(begins.collect::<Vec<_>>(), [Some(0); 4], "broker-{letter} {}", line.version());
        }
    });
}

/// It waits for closed queues to be read.
async fn shrinking(scene: &Scene) -> OperationId {
    let away = scene.group("away");
    scene.reads_all(&away, 0..8);
    scene.writes('b', 7).await;
    let id = scene.approved(&format!("/shrink-partitions topic:{} to:4", scene.topic)).await;
    scene.until("whom it waits for", async || scene.tells(&id).await == "queues-unread").await;
    scene.routes_are((8, 4)).await;
    id
}

/// It is stuck, names the master, and can be taken back.
async fn is_stuck(scene: &Scene, (id, why): (&OperationId, &str), master: &str) {
    scene.hurries_to_stuck(id).await;
    let stuck = scene.operation(id).await;
    let facts = format!("{:?}", stuck.why.facts);
    assert_eq!(stuck.why.id, why, "{facts}");
    assert!(facts.contains(master) && facts.contains("8/8"), "{facts}");
    let back = scene.approved(&format!("/rollback operation:{id}")).await;
    scene.comes_to(&back, State::Succeeded).await;
    scene
        .until("as before", async || {
            scene.routes().iter().all(|route| ["broker-a", "broker-b"].iter().all(|broker| route[*broker] == (8, 8)))
        })
        .await;
}

#[test]
fn whoever_meddles_while_it_waits_is_named_and_it_is_taken_back() {
    at_both(|line| async move {
        let mut scene = Scene::on(line, 8).await;
        let by_hand = shrinking(&scene).await;
        scene.sets('b', (8, 8));
        is_stuck(&scene, (&by_hand, "queues-changed"), "broker-b").await;

        scene.has_another_topic(8).await;
        let joined = shrinking(&scene).await;
        scene.own().comes('c').unwrap();
        scene.sets('c', (8, 8));
        is_stuck(&scene, (&joined, "another-master"), "broker-c").await;
        scene.own().leaves('c').unwrap();
    });
}

/// Killed and back with its file from before, as after a disk was restored.
#[test]
fn a_master_that_returns_with_its_old_file_is_named() {
    at_both(|line| async move {
        let mut scene = Scene::on(line, 8).await;
        let file = scene.own().topics('b');
        let topic = scene.topic.clone();
        scene.until("the file", async || fs::read_to_string(&file).is_ok_and(|text| text.contains(&topic))).await;
        let old = fs::read(&file).unwrap();
        let id = shrinking(&scene).await;
        scene.own().dies('b').unwrap();
        scene.passes(&id, Duration::from_secs(16)).await;
        assert_eq!(scene.tells(&id).await, "master-silent");
        fs::write(&file, &old).unwrap();
        scene.own().comes('b').unwrap();
        is_stuck(&scene, (&id, "queues-changed"), "broker-b").await;
    });
}
