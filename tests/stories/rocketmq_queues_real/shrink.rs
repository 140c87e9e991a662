//! Fewer queues: whoever has not read is waited for, and nothing that is sent fails.

use super::scene::Scene;
use engine::Operation;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use std::ops::Range;
use story::lab::rocketmq::{Line, at_both};

const CLOSED: Range<u32> = 4..8;

async fn is_closed(scene: &Scene, operation: &Operation) -> bool {
    operation.state.has_ended() || scene.routes().contains(&scene.both((4, 4)))
}

/// How much whoever is away has not read when its queues are closed.
async fn lost(line: Line, guards: Guards) -> i64 {
    let scene = Scene::under(line, 8, guards).await;
    let away = scene.group("away");
    scene.reads_all(&away, 0..8);
    scene.writes('b', 7).await;
    let id = scene.approved(&format!("/shrink-partitions topic:{} to:4", scene.topic)).await;
    scene
        .hurries("it waits or is closed", &id, async |operation| {
            let waits = operation.memory.closed.as_ref().is_some_and(|closed| closed.told_id == "queues-unread");
            waits || is_closed(&scene, operation).await
        })
        .await;
    if scene.routes().contains(&scene.both((4, 4))) { scene.unread(&away, CLOSED) } else { 0 }
}

#[test]
fn without_the_drain_rule_what_is_unread_is_closed_away() {
    at_both(|line| async move {
        assert_eq!(lost(line, Guards::all()).await, 0);
        let off = Guards::all().without(Guard::QueuesDrained).without(Guard::ClosedWatched);
        assert_eq!(lost(line, off).await, 1, "{}", line.version());
    });
}

/// On brokers that keep messages for no time at all. Until the queues are closed it goes by the machine's own clock, as clients do:
/// what is sent by a route that is stale is taken and read, and nothing that is sent fails.
#[test]
fn a_producer_that_goes_by_its_route_never_fails() {
    at_both(|line| async move {
        let scene = Scene::on(line, 8).await;
        for letter in ['a', 'b'] {
            scene.configures(letter, "fileReservedTime=0\n");
        }
        let mail = scene.group("mail");
        scene.reads_all(&mail, 0..8);
        let producer = scene.producer();
        let id = scene.approved(&format!("/shrink-partitions topic:{} to:4", scene.topic)).await;
        scene.routes_are((8, 4)).await;
        let ends = |scene: &Scene| ['a', 'b'].map(|letter| CLOSED.map(|queue| scene.end(letter, queue)).sum::<i64>());
        let before = ends(&scene);
        let state = scene.is_read_until_it_ends(&id, &mail).await;
        let sent = producer.ends();
        assert_eq!(state, State::Succeeded, "{:?}", scene.operation(&id).await.why);
        scene.routes_are((4, 4)).await;
        assert_eq!(sent.failed, Vec::<String>::new(), "of {}", sent.count);
        assert_ne!(ends(&scene), before, "it went by a stale route for a while");
        assert_eq!(scene.unread(&mail, CLOSED), 0);
    });
}
