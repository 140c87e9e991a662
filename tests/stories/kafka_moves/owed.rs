//! What cannot be put back at the end because its broker is dead.

use super::scene::{assignment, becomes, obligations, small, throttles, under_way, until};
use interlock::approval::State;
use interlock::cluster::kafka::FOLLOWER_RATE;
use interlock::id::OperationId;
use std::collections::BTreeMap;
use story::kafka_house::{KafkaHouse, KafkaPlot, lab};
use story::lab::MoveCluster;

/// What somebody had set on the target before.
const EARLIER: &str = "777777";

fn earlier() -> BTreeMap<String, String> {
    BTreeMap::from([(format!("4 {FOLLOWER_RATE}"), EARLIER.to_owned())])
}

/// A move onto broker 4 that was stopped while that one is dead.
async fn stopped_while_dead(cluster: &MoveCluster, controllers: bool) -> (KafkaHouse, OperationId) {
    small(cluster, 3, "1").await;
    cluster.judge().set_config(("broker", "4"), FOLLOWER_RATE, Some(EARLIER)).await.expect("a setting");
    cluster.caught_up().await;
    let first = assignment(cluster).await;
    let mut plot = KafkaPlot::moving(cluster).await;
    if !controllers {
        plot.controllers_at(None);
    }
    let house = plot.build().await;
    let (id, _) = under_way(&house).await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    assert_eq!(assignment(cluster).await, first, "order included");
    let owed = obligations(&house).await;
    assert_eq!(owed.iter().map(|one| (&one.operation, one.thing.as_str())).collect::<Vec<_>>(), [(&id, "broker 4")]);
    (house, id)
}

#[tokio::test]
async fn the_throttle_of_a_dead_target_is_shown_until_it_is_put_back() {
    let cluster = MoveCluster::alone(lab()).await;
    let (house, id) = stopped_while_dead(&cluster, false).await;
    cluster.start_broker(4).await;
    until("it is put back", async || obligations(&house).await.is_empty()).await;
    assert_eq!(throttles(&cluster).await, earlier());
    let told = house.story.audit(&id).await;
    assert_eq!(told.last().map(String::as_str), Some("discharged"), "{told:?}");
}

/// The house is gone before the broker returns: what is not there then was taken away while it was dead.
#[tokio::test]
async fn only_through_the_controllers_does_a_dead_broker_return_without_its_throttle() {
    for controllers in [true, false] {
        let cluster = MoveCluster::alone(lab()).await;
        let (house, _) = stopped_while_dead(&cluster, controllers).await;
        drop(house);
        cluster.start_broker(4).await;
        assert_eq!(throttles(&cluster).await == earlier(), controllers, "through controllers: {controllers}");
    }
}
