//! What a move is refused for, and warned of, on real brokers.

use super::scene::{TOPIC, approved, assignment, becomes, moves, scale_out, small, throttles, under_way};
use interlock::approval::State;
use interlock::changes::Guard;
use interlock::plan::{Check, Level};
use signalbox::desk::Done;
use std::collections::BTreeMap;
use story::kafka_house::{KafkaPlot, check, lab, refusal};
use story::lab::MoveCluster;

fn blocks(checks: &[Check]) -> Vec<&str> {
    checks.iter().filter(|check| check.blocks()).map(|check| check.id.as_str()).collect()
}

/// The controller takes targets that are dead without a word: it is our guard that refuses.
#[tokio::test]
async fn a_dead_target_is_refused_and_without_the_guard_kafka_takes_it() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let checks = refusal(house.story.person("alice").runs(&scale_out("1MiB")).await);
    assert_eq!(blocks(&checks), ["targets-not-alive"]);
    drop(house);

    let mut plot = KafkaPlot::moving(&cluster).await;
    plot.without(Guard::BrokersAlive);
    let house = plot.build().await;
    let id = approved(&house, &scale_out("1MiB")).await;
    becomes(&house, &id, State::Waiting).await;
    let listed = cluster.judge().reassignments().await.expect("the moves");
    assert_eq!(listed[0].adding, [4], "onto a broker that is dead");
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    assert_eq!(assignment(&cluster).await, first);
    cluster.start_broker(4).await;
}

#[tokio::test]
async fn controllers_that_do_not_answer_are_named_before_the_first_step() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let level = async |controllers: Option<&str>, id: &str| {
        let mut plot = KafkaPlot::moving(&cluster).await;
        plot.controllers_at(controllers);
        let house = plot.build().await;
        let planned = house.story.person("alice").plans(&scale_out("1MiB")).await;
        let plan = house.story.plan(&planned).await;
        check(&plan.plan().checks, id).level
    };
    assert_eq!(level(Some("127.0.0.1:1"), "controllers-not-reached").await, Level::Warn);
    assert_eq!(level(None, "controllers-not-given").await, Level::Warn);
    assert_eq!(level(Some(cluster.controllers()), "controllers-not-reached").await, Level::Pass);
}

#[tokio::test]
async fn a_topic_that_is_being_deleted_is_no_longer_found() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    // With a replica on a broker that is dead the deletion stays pending; its name is gone at once.
    cluster.kill_broker(3).await;
    cluster.until_dead(3).await;
    cluster.judge().delete_topic(TOPIC).await.expect("a deletion");
    let done = house.story.person("alice").runs(&scale_out("1MiB")).await;
    let Done::Mistake(mistake) = done else { panic!("{done:?}") };
    assert_eq!(mistake.id, "unknown-topic");
    cluster.start_broker(3).await;
}

/// Nothing but what the plan says is set: each entry of the lists names a partition and a broker.
#[tokio::test]
async fn the_lists_name_partitions_and_brokers_only() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, _) = under_way(&house).await;
    let set: BTreeMap<String, String> = throttles(&cluster).await;
    let lists: Vec<&String> = set.iter().filter(|(key, _)| key.ends_with("replicas")).map(|(_, list)| list).collect();
    assert_eq!(lists.len(), 2, "{set:?}");
    for entry in lists.into_iter().flat_map(|list| list.split(',')) {
        let (partition, broker) = entry.split_once(':').expect("a pair");
        assert!(partition.parse::<i32>().is_ok() && broker.parse::<i32>().is_ok(), "{entry}");
    }
    let planned = moves(house.story.plan(&id).await.plan());
    assert!(planned.iter().all(|one| one.adding() == [4]));
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
}
