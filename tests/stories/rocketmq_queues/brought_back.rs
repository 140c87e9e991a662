//! A deleted group comes back with its offsets in all of its topics, also if brokers forget those before they are on their disks.

use super::scene::{CLUSTER, HOUR, LOOK, Scene, becomes, broker, group, now, passes, plans, topic, waits_in};
use engine::port::Clock;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::id::TopicName;
use signalbox::house::House;
use simulated::{RocketmqGroupSpec, RocketmqTopicSpec};
use std::time::Duration;
use story::crash::Ending;

const GROUP: &str = "audit";

fn other_topic() -> TopicName {
    "refunds".parse().unwrap()
}

/// A group that stopped half an hour ago and reads two topics.
fn scene(guards: Guards) -> Scene {
    let scene = Scene::under(guards);
    scene.shop.add_topic(&RocketmqTopicSpec::new(other_topic(), 4).written(36_000, HOUR)).unwrap();
    let reads = [topic(), other_topic()].map(|topic| (topic, 900_000));
    scene.shop.add_group(&RocketmqGroupSpec::stopped(group(GROUP), reads.into(), HOUR / 2)).unwrap();
    scene
}

async fn deleted(house: &House) -> interlock::id::OperationId {
    let id = plans(house, &format!("/group-delete cluster:{CLUSTER} group:{GROUP} reason:because")).await;
    becomes(house, &id, State::Succeeded).await;
    id
}

fn forget(scene: &Scene) {
    for topic in [topic(), other_topic()] {
        scene.shop.forget_offsets(&group(GROUP), &topic, 0).unwrap();
    }
}

/// Brings it back; once its last offset is given, brokers die that have written none of them to their disks. Gives what it had
/// before and what it has in the end.
async fn before_and_after(guards: Guards) -> [usize; 2] {
    let is_kept = guards.has(Guard::SeedsKept);
    let scene = scene(guards);
    let before = Ending::stands(&scene.shop, GROUP).await;
    let house = scene.house().await;
    let id = deleted(&house).await;
    assert_eq!(Ending::stands(&scene.shop, GROUP).await, []);
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    if is_kept {
        waits_in(&house, &back, 3).await;
        passes(&house, &back, 2, LOOK).await;
        forget(&scene);
        let forgotten = scene.clock.now();
        becomes(&house, &back, State::Succeeded).await;
        let passed = scene.clock.now().since(forgotten);
        assert!(passed >= Duration::from_secs(15), "three intervals in which brokers write offsets: {passed:?}");
        assert_eq!(Ending::stands(&scene.shop, GROUP).await, before, "as they were, in both topics");
    } else {
        becomes(&house, &back, State::Succeeded).await;
        forget(&scene);
        passes(&house, &back, 8, LOOK).await;
    }
    assert_eq!(scene.told("are gone, as after the death of a master") > 0, is_kept);
    [before.len(), Ending::stands(&scene.shop, GROUP).await.len()]
}

#[tokio::test]
async fn offsets_that_brokers_forgot_are_given_again_in_every_topic() {
    assert_eq!(before_and_after(Guards::all()).await, [24, 24], "eight and four queues at two brokers");
    assert_eq!(before_and_after(Guards::all().without(Guard::SeedsKept)).await, [24, 0], "nobody looks any more");
}

#[tokio::test]
async fn a_master_that_is_away_is_waited_for_and_gets_its_offsets_again() {
    let scene = scene(Guards::all());
    let before = Ending::stands(&scene.shop, GROUP).await;
    let house = scene.house().await;
    let id = deleted(&house).await;
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    waits_in(&house, &back, 3).await;
    scene.shop.process_dies(&broker('b'), 0, true).unwrap();
    forget(&scene);
    passes(&house, &back, 12, LOOK).await;
    assert_eq!(now(&house, &back).await.state, State::Waiting, "whether it keeps them cannot be told");
    scene.master_returns();
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(Ending::stands(&scene.shop, GROUP).await, before);
}
