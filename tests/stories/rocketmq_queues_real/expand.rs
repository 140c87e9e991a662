//! More queues: a group that is away gets what is written to them, on brokers as they are after years of work.

use super::scene::Scene;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use story::lab::rocketmq::{Line, at_both, raw};

/// In a queue that is opened.
const NEW: u32 = 6;
/// Enough for several files of a log whose files are small.
const MESSAGES: usize = 12;
const LARGE: usize = 300_000;

/// The first messages are no longer there, and the queue knows it.
async fn expires(scene: &Scene) {
    scene.configures('a', "fileReservedTime=0\n");
    scene
        .until("the first messages expire", async || {
            // DELETE_EXPIRED_COMMITLOG; one file goes at a time.
            scene.asks('a', 329, &[]);
            scene.start('a', NEW) > 0
        })
        .await;
    scene.configures('a', "fileReservedTime=72\n");
}

/// Queues are opened and written while two groups are away; how many messages that are still there they never get.
async fn missed(line: Line, guards: Guards) -> i64 {
    let scene = Scene::under(line, 4, guards).await;
    let (away, elsewhere) = (scene.group("away"), scene.group("elsewhere"));
    (0..4).for_each(|queue| scene.commits('a', (&away, queue), 0));
    // It has an offset at the other master only, and is a group of the topic nonetheless.
    scene.commits('b', (&elsewhere, 0), 0);
    let watch = scene.watch();
    let id = scene.approved(&format!("/expand-partitions topic:{} to:8", scene.topic)).await;
    scene.comes_to(&id, State::Succeeded).await;
    scene.routes_are((8, 8)).await;
    let seen = watch.ends();
    assert!(seen.iter().all(|(read, write)| write <= read), "{seen:?}");
    assert!(seen.contains(&(8, 4)), "read goes first: {seen:?}");
    scene.routes_by_mqadmin((8, 8)).await;
    for _ in 0..MESSAGES {
        let said = scene.sends('a', NEW, &raw::Message { key: "k", padding: LARGE, ..raw::Message::default() });
        assert_eq!(said.code, 0, "{}", said.remark);
    }
    scene.until("the messages", async || scene.end('a', NEW) == i64::try_from(MESSAGES).unwrap()).await;
    if line == Line::V5 {
        expires(&scene).await;
    }
    let (start, end) = (scene.start('a', NEW), scene.end('a', NEW));
    assert!(start < end, "there is something to miss");
    let begins = |group: &str| scene.begins('a', (group, &scene.topic, NEW)).unwrap_or(end).max(start);
    [&away, &elsewhere].map(|group| begins(group) - start).iter().sum()
}

#[test]
fn a_group_that_was_away_gets_everything_from_new_queues() {
    at_both(|line| async move {
        assert_eq!(missed(line, Guards::all()).await, 0, "{}", line.version());
        let lost = missed(line, Guards::all().without(Guard::QueuesSeeded)).await;
        assert!(lost > 0, "{}: as on a fresh lab, where it passes by luck", line.version());
    });
}

/// Whoever was interrupted at the second master goes on there; what is closed again is still read.
#[test]
fn it_goes_on_where_somebody_stopped_and_is_taken_back() {
    at_both(|line| async move {
        let scene = Scene::on(line, 4).await;
        scene.sets('a', (6, 4));
        scene.until("the route", async || scene.routes().iter().all(|route| route["broker-a"] == (6, 4))).await;
        let id = scene.approved(&format!("/expand-partitions topic:{} to:6", scene.topic)).await;
        scene.comes_to(&id, State::Succeeded).await;
        scene.routes_are((6, 6)).await;
        scene.writes('b', 5).await;
        let back = scene.approved(&format!("/rollback operation:{id}")).await;
        scene.comes_to(&back, State::Succeeded).await;
        scene.routes_are((6, 4)).await;
        assert_eq!(scene.end('b', 5), 1, "{}", line.version());
    });
}
