//! Masters that die within an act, or come back half closed; and whoever pauses or stops meanwhile.

use super::scene::{HOUR, LOOK, Scene, becomes, broker, group, now, passes, plans, says, topic, until};
use engine::Operation;
use interlock::approval::State;
use interlock::cluster::rocketmq::Perm;
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use std::sync::Arc;
use std::time::Duration;
use story::crash::{Deed, Point, Points};

const SHRINK: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle";

/// The second master dies between the intent to close queues for writing and the call: the first one has done it.
async fn half_written(scene: &Scene) -> (House, OperationId) {
    let house = scene.house_with(scene.master_dies_at(Point::before("act", 1))).await;
    let id = plans(&house, SHRINK).await;
    until(&house, &id, "the act", async |_| scene.queues().await == ["8/4"]).await;
    (house, id)
}

/// While nobody can see the second master nothing is taken back; afterwards everything is.
async fn goes_back(scene: &Scene, house: &House, id: &OperationId) {
    let line = format!("/rollback operation:{id}");
    let Done::Refused(refusal) = says(house, "alice", &line).await else { panic!() };
    let told = format!("{refusal:?}");
    assert!(told.contains("cannot-verify") && told.contains("broker-b"), "{told}");
    assert_eq!(scene.queues().await, ["8/4"]);
    scene.master_returns();
    let back = plans(house, &line).await;
    becomes(house, &back, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["8/8", "8/8"]);
}

#[tokio::test]
async fn an_act_that_a_master_died_in_is_given_to_people() {
    let scene = Scene::without_slaves();
    let (house, id) = half_written(&scene).await;
    passes(&house, &id, 5, Duration::from_secs(60)).await;
    assert!(!now(&house, &id).await.state.has_ended(), "it may be restarting");
    assert!(scene.told("broker-b does not answer") > 0);
    let stuck = becomes(&house, &id, State::Stuck).await;
    assert_eq!(stuck.why.id, "broker-dead");
    assert!(format!("{:?}", stuck.why.facts).contains("broker-b"), "{:?}", stuck.why);
    goes_back(&scene, &house, &id).await;
}

#[tokio::test]
async fn an_act_that_a_master_died_in_can_be_stopped() {
    let scene = Scene::without_slaves();
    let (house, id) = half_written(&scene).await;
    says(&house, "alice", &format!("/stop operation:{id} reason:because")).await;
    passes(&house, &id, 12, LOOK).await;
    assert_eq!(now(&house, &id).await.state, State::Stopped);
    goes_back(&scene, &house, &id).await;
}

async fn watched(scene: &Scene) -> (House, OperationId) {
    let house = scene.house().await;
    let id = plans(&house, SHRINK).await;
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
    until(&house, &id, "watched", async |operation: &Operation| {
        operation.state == State::Waiting && scene.queues().await == ["4/4", "4/4"]
    })
    .await;
    passes(&house, &id, 4, LOOK).await;
    (house, id)
}

#[tokio::test]
async fn what_is_watched_for_days_pauses_at_once_and_is_told_to_stand_unwatched() {
    let scene = Scene::new();
    let (house, id) = watched(&scene).await;
    says(&house, "alice", &format!("/pause operation:{id} reason:because")).await;
    passes(&house, &id, 1, LOOK).await;
    assert_eq!(now(&house, &id).await.state, State::Paused);
    assert_eq!(scene.told("nobody watches the closed queues"), 1);
    // What comes meanwhile is found afterwards.
    scene.shop.send(&topic(), &broker('b'), 7, 5).unwrap();
    scene.clock.advance(HOUR);
    says(&house, "alice", &format!("/resume operation:{id} reason:because")).await;
    until(&house, &id, "read again", async |_| scene.queues().await == ["8/4", "8/4"]).await;
    until(&house, &id, "closed again", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    assert_eq!(scene.unread_closed("billing").await, 0);
}

#[tokio::test]
async fn a_master_that_reads_closed_queues_again_makes_all_of_them_read() {
    let scene = Scene::new();
    let (house, id) = watched(&scene).await;
    scene.shop.update_topic((&broker('b'), 0), &topic(), (8, 4, Perm::READ_WRITE)).unwrap();
    until(&house, &id, "read again", async |_| scene.queues().await == ["8/4", "8/4"]).await;
    assert!(scene.told("are read at some masters and not at others") > 0);
    until(&house, &id, "closed again", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    passes(&house, &id, 13, HOUR * 6).await;
    becomes(&house, &id, State::Succeeded).await;
}

/// A stale producer writes right after the queues were found drained.
#[tokio::test]
async fn what_comes_right_before_reading_ends_keeps_it_open() {
    let scene = Scene::new();
    let shop = scene.shop.clone();
    let sends: Deed = Box::new(move || {
        shop.send(&topic(), &broker('b'), 7, 5).unwrap();
        Box::pin(std::future::ready(()))
    });
    // The first wait is for the queues to stand, the second for them to be drained.
    let points: Arc<Points> = Points::at(Point::after("wake", 2), sends);
    let house = scene.house_with(points.clone()).await;
    let id = plans(&house, SHRINK).await;
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
    until(&house, &id, "drained", async |_| points.count("wake") == 2).await;
    passes(&house, &id, 6, LOOK).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"], "it has to stand still for a minute");
    until(&house, &id, "closed", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    assert_eq!((scene.unread_closed("billing").await, scene.told("they are read again")), (0, 0));
}
