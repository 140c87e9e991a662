//! Fewer queues: nothing that is sent fails, and nothing is lost.

use super::scene::Scene;
use interlock::approval::State;
use std::ops::Range;
use story::lab::rocketmq::at_both;

const CLOSED: Range<u32> = 4..8;

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
