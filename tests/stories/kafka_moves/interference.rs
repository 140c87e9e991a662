//! Somebody else works on the same brokers: before, between and during.

use super::scene::{
    TOPIC, approved, assignment, at, becomes, filled, moves, scale_out, small, throttles, under_way, until,
};
use engine::Entry;
use engine::port::Journal;
use interlock::approval::{Event, State};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use interlock::id::OperationId;
use interlock::plan::ReplicaMove;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use story::kafka_house::{KafkaHouse, KafkaPlot, lab};
use story::lab::MoveCluster;
use story::lab::judge::TopicSpec;
use story::made;

#[tokio::test]
async fn a_foreign_reassignment_refuses_and_an_override_in_flight_is_named() {
    let cluster = MoveCluster::alone(lab()).await;
    filled(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let tools = cluster.tools();
    tools.reassign(&["--execute", "--throttle", "1000"], &[(at(0), vec![1, 2, 4])]).await.expect("Kafka's tool");
    let done = house.story.person("alice").runs(&scale_out("1MiB")).await;
    let Done::Refused(checks) = done else { panic!("{done:?}") };
    assert!(checks.iter().any(|one| one.blocks() && one.id == "reassignment-under-way"), "{checks:?}");
    cluster.judge().reassign(&at(0), None).await.expect("called off");
    for (on, key) in [(("topic", TOPIC), FOLLOWER_LIST), (("topic", TOPIC), LEADER_LIST)] {
        cluster.judge().set_config(on, key, None).await.expect("a setting");
    }
    cluster.caught_up().await;

    let id = approved(&house, &scale_out("20KiB")).await;
    becomes(&house, &id, State::Waiting).await;
    let one = moves(house.story.plan(&id).await.plan())[0].clone();
    let other: Vec<i32> = one.from.0.iter().copied().rev().collect();
    cluster.judge().reassign(&at(one.partition), Some(&other)).await.expect("Kafka lets everybody override");
    becomes(&house, &id, State::Stuck).await;
    made(&house.story.audit(&id).await, &[(State::Waiting, Event::Lose)]);
    assert_eq!(house.story.operation(&id).await.why.id, "move-overridden");
}

/// A small move that one of two has approved, and the first of what it moves.
struct HalfApproved {
    house: KafkaHouse,
    id: OperationId,
    first: ReplicaMove,
}

async fn half_approved(cluster: &MoveCluster) -> HalfApproved {
    small(cluster, 3, "1").await;
    let house = KafkaPlot::moving(cluster).await.build().await;
    let id = house.story.person("alice").plans(&scale_out("1MiB")).await;
    house.story.person("bob").approves(&id).await;
    let first = moves(house.story.plan(&id).await.plan())[0].clone();
    HalfApproved { house, id, first }
}

#[tokio::test]
async fn another_order_after_the_first_approval_makes_the_plan_stale() {
    let cluster = MoveCluster::alone(lab()).await;
    let HalfApproved { house, id, first: one } = half_approved(&cluster).await;
    let other: Vec<i32> = one.from.0.iter().copied().rev().collect();
    cluster.judge().reassign(&at(one.partition), Some(&other)).await.expect("another order");
    cluster.whole().await;
    cluster.caught_up().await;
    house.story.person("carol").approves(&id).await;
    until("it is asked anew", async || house.story.operation(&id).await.revision == 2).await;
    let asked = house.story.operation(&id).await;
    assert_eq!((asked.state, asked.why.id.as_str()), (State::AwaitingApproval, "assignment-changed"));
    assert_eq!(throttles(&cluster).await, BTreeMap::new(), "nothing was begun");
}

/// Kafka's own tool began to move one of its partitions, and is still at it when the last approval comes.
#[tokio::test]
async fn a_foreign_move_that_runs_when_it_is_approved_is_left_alone() {
    let cluster = MoveCluster::alone(lab()).await;
    let HalfApproved { house, id, first: one } = half_approved(&cluster).await;
    let foreign = [(at(one.partition), one.to.0.clone())];
    cluster.tools().reassign(&["--execute", "--throttle", "1000"], &foreign).await.expect("Kafka's tool");
    let (set, under_way) = (throttles(&cluster).await, cluster.judge().reassignments().await.expect("the moves"));
    assert_eq!(under_way.len(), 1, "it is slow: {under_way:?}");
    house.story.person("carol").approves(&id).await;
    until("it is refused", async || house.story.operation(&id).await.state.has_ended()).await;
    let refused = house.story.operation(&id).await;
    assert_eq!((refused.state, refused.why.id.as_str()), (State::Refused, "reassignment-under-way"));
    assert_eq!(throttles(&cluster).await, set, "nothing was begun");
    assert_eq!(cluster.judge().reassignments().await.expect("the moves"), under_way, "theirs goes on");
}

#[tokio::test]
async fn a_topic_made_again_in_flight_is_not_taken_for_the_one_that_moved() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, _) = under_way(&house).await;
    let again = TopicSpec::new(TOPIC, 3, 3).on(vec![vec![1, 2, 3]; 3]);
    cluster.judge().recreate_topic(again).await.expect("the same name");
    until("it ends", async || house.story.operation(&id).await.state == State::Failed).await;
    let why = house.story.operation(&id).await.why;
    made(&house.story.audit(&id).await, &[(State::Stopping, Event::Fail)]);
    assert!(["topic-recreated", "topic-gone"].contains(&why.id.as_str()), "{why:?}");
    assert!(assignment(&cluster).await.values().all(|replicas| *replicas == [1, 2, 3]), "the new one is left alone");
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
}

#[tokio::test]
async fn a_throttle_that_is_removed_in_flight_is_told_and_left_removed() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, _) = under_way(&house).await;
    for broker in ["1", "2", "3", "4"] {
        for key in [FOLLOWER_RATE, LEADER_RATE] {
            cluster.judge().set_config(("broker", broker), key, None).await.expect("a setting");
        }
    }
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    let entries = house.story.house().rooms().store.entries(&id).await.expect("the journal");
    assert!(!entries.iter().any(|one| matches!(one, Entry::Added { .. })), "it does not fight: {entries:?}");
}
