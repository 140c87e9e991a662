//! Replicas that fall out of sync while others move.

use super::scene::{TOPIC, becomes, small, throttles, under_way, unthrottled, until};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, LEADER_RATE};
use signalbox::desk::Done;
use story::kafka_house::{KafkaPlot, lab};
use story::lab::MoveCluster;

/// The throttle of `6KiB`, and the slowest it may be turned to.
const PLANNED: &str = "6144";
const SLOWEST: &str = "614";

#[tokio::test]
async fn it_slows_down_while_no_replica_is_to_spare() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "2").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, one) = under_way(&house).await;
    let lost = *one.from.0.last().expect("a replica");
    cluster.kill_broker(lost).await;
    let rates = async |value: &str| {
        let set = cluster.judge().configs("broker", "4").await.expect("its settings");
        [FOLLOWER_RATE, LEADER_RATE].iter().all(|key| set.get(*key).is_some_and(|found| found == value))
    };
    until("it is slowed down", async || rates(SLOWEST).await).await;
    assert_eq!(house.story.operation(&id).await.state, State::Waiting, "it goes on");
    cluster.start_broker(lost).await;
    until("it goes on as planned", async || rates(PLANNED).await).await;
    unthrottled(&cluster).await;
    becomes(&house, &id, State::Succeeded).await;
    cluster.whole().await;
    assert!(throttles(&cluster).await.is_empty());
}

#[tokio::test]
async fn it_pauses_under_the_minimum_and_a_second_person_lets_it_go_on() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 2, "2").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, one) = under_way(&house).await;
    let lost = *one.from.0.last().expect("a replica");
    cluster.kill_broker(lost).await;
    until("it pauses", async || house.story.operation(&id).await.state == State::Pausing).await;
    let slow = async || cluster.judge().configs("broker", "4").await.expect("its settings");
    until("what is on the move is slow", async || slow().await.get(FOLLOWER_RATE).is_some_and(|set| set == SLOWEST))
        .await;
    assert_eq!(house.story.operation(&id).await.why.id, "under-min-isr");
    let alone = house.story.person("alice").runs(&format!("/resume operation:{id}")).await;
    assert!(matches!(alone, Done::Denied(_)), "not who asked for it alone: {alone:?}");
    cluster.start_broker(lost).await;
    cluster.in_sync_at_least(TOPIC, 2).await;
    // Whichever broker the bot asks: else it pauses again, for what was.
    cluster.caught_up().await;
    house.story.person("olga").runs(&format!("/resume operation:{id}")).await;
    unthrottled(&cluster).await;
    becomes(&house, &id, State::Succeeded).await;
    cluster.whole().await;
    assert!(throttles(&cluster).await.is_empty());
}
