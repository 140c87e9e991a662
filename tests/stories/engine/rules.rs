//! What a rule commits is counted right before it is committed, however long the operation stood in between.

use super::{Scene, comes_to, ends, entries, meddles, now, plans, says, tells, votes, works};
use engine::Entry;
use engine::port::Observe;
use interlock::approval::State;
use interlock::cluster::kafka::{KafkaQuery, LogRange};
use interlock::cluster::{Look, Looker, Query};
use interlock::id::{OperationId, TopicName};
use interlock::plan::{Action, KafkaAction, OffsetMove};
use signalbox::house::House;
use simulated::{SimulatedKafka, Trouble};
use std::collections::BTreeMap;
use std::time::Duration;
use story::crash::{Deed, Ending, Point, Points, Settled, TOPIC, WORKING};

fn line(to: &str) -> String {
    format!("/reset-offset cluster:orders-kafka group:{WORKING} to:{to} wait-for-stop:10m reason:replay")
}

async fn log(kafka: &SimulatedKafka) -> BTreeMap<i32, LogRange> {
    let topic: TopicName = TOPIC.parse().unwrap();
    let sections = kafka.observe(&[Query::Kafka(KafkaQuery::LogRanges(topic.clone()))].into()).await;
    let Look::Seen(found) = Looker::new(&sections).kafka_log_ranges(&topic) else { panic!("{sections:?}") };
    found.iter().map(|range| (range.partition, *range)).collect()
}

async fn committed(scene: &Scene) -> BTreeMap<i32, i64> {
    let found = Ending::committed(&scene.kafka, WORKING).await;
    found.iter().map(|one| (one.partition, one.committed.offset)).collect()
}

/// What each expansion in the journal would commit.
async fn expansions(house: &House, id: &OperationId) -> Vec<Vec<OffsetMove>> {
    let moves = |actions: &[Action]| {
        let of = |action: &Action| match action {
            Action::Kafka(KafkaAction::CommitOffsets { moves, .. }) => moves.clone(),
            other => panic!("{other:?}"),
        };
        actions.iter().flat_map(of).collect()
    };
    let entries = entries(house, id).await;
    let expanded = entries.iter().filter_map(|entry| match entry {
        Entry::Expanded { actions, .. } => Some(moves(actions)),
        _ => None,
    });
    expanded.collect()
}

/// Retention takes a thousand records of each partition.
fn retention(kafka: &SimulatedKafka) {
    let topic: TopicName = TOPIC.parse().unwrap();
    for partition in 0..4 {
        kafka.delete_records(&topic, partition, 1_000).unwrap();
    }
}

async fn house_with(scene: &Scene, point: Point, deed: Deed) -> House {
    scene.ground.house(Settled::honest(scene.clock.clone(), Points::at(point, deed))).await
}

async fn approved(house: &House, to: &str) -> OperationId {
    let id = plans(house, &line(to)).await;
    for who in ["bob", "dora"] {
        votes(house, who, &id).await;
    }
    id
}

/// The process stands still between the count and its first intent, and the log's start moves on.
#[tokio::test]
async fn a_target_that_left_the_log_is_not_committed() {
    let scene = Scene::new();
    let house = house_with(&scene, Point::after("write expanded", 1), meddles(&scene.kafka, retention)).await;
    let id = approved(&house, "earliest").await;
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(committed(&scene).await, BTreeMap::from([(0, 1_000), (1, 1_000), (2, 1_000), (3, 1_000)]));
    let expansions = expansions(&house, &id).await;
    assert_eq!(expansions.len(), 2, "{expansions:?}");
    assert!(expansions[0].iter().all(|one| one.to.offset == 0), "the first count was another one: {expansions:?}");
    assert_eq!(scene.kafka.acts().unwrap().len(), 1);
}

/// The cluster goes away right after the count; people pause, and go on half an hour later.
#[tokio::test]
async fn what_was_paused_after_the_count_is_counted_anew() {
    let scene = Scene::new();
    let down = meddles(&scene.kafka, |kafka| kafka.trouble(Some(Trouble::Down)).unwrap());
    let house = house_with(&scene, Point::after("write expanded", 1), down).await;
    let id = approved(&house, "latest").await;
    for _ in 0..30 {
        works(&house).await;
        tells(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert_eq!(expansions(&house, &id).await.len(), 1);
    assert_eq!(says(&house, "alice", &format!("/pause operation:{id} reason:wait")).await, "pause-asked");
    comes_to(&house, &id, State::Paused).await;
    scene.passes(Duration::from_secs(30 * 60)).await;
    scene.kafka.trouble(None).unwrap();
    let ends = log(&scene.kafka).await;
    assert_eq!(says(&house, "olga", &format!("/resume operation:{id} reason:on")).await, "resumed");
    comes_to(&house, &id, State::Succeeded).await;
    for (partition, offset) in committed(&scene).await {
        assert!(offset >= ends[&partition].end, "{partition}: the end of half an hour ago");
    }
    assert_eq!(scene.kafka.acts().unwrap().len(), 1);
}

/// Another process goes on where one ended after the count; nothing was begun, so it counts for itself.
#[tokio::test]
async fn the_next_process_counts_anew_what_was_not_begun() {
    let scene = Scene::new();
    let down = meddles(&scene.kafka, |kafka| kafka.trouble(Some(Trouble::Down)).unwrap());
    let house = house_with(&scene, Point::after("write expanded", 1), down).await;
    let id = approved(&house, "earliest").await;
    for _ in 0..30 {
        works(&house).await;
        tells(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    ends(house).await;
    scene.kafka.trouble(None).unwrap();
    retention(&scene.kafka);
    let house = scene.house().await;
    scene.passes(Duration::from_secs(60)).await;
    comes_to(&house, &id, State::Succeeded).await;
    assert!(committed(&scene).await.values().all(|offset| *offset == 1_000));
}

/// Owners cannot be told: it stands before anything is captured, so that what is captured is what is changed.
#[tokio::test]
async fn owners_are_told_before_anything_is_captured() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house, "latest").await;
    for _ in 0..200 {
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    let paused = now(&house, &id).await;
    assert_eq!((paused.state, paused.why.id.as_str()), (State::Paused, "owners-not-told"));
    let early = entries(&house, &id).await;
    assert!(early.iter().any(|entry| matches!(entry, Entry::StepDone { step: 1 })), "the group has stopped: {early:?}");
    assert!(!early.iter().any(|entry| matches!(entry, Entry::Captured { .. } | Entry::Expanded { .. })), "{early:?}");
    scene.passes(Duration::from_secs(60 * 60)).await;
    let ends = log(&scene.kafka).await;
    assert_eq!(says(&house, "olga", &format!("/resume operation:{id} reason:on")).await, "resumed");
    comes_to(&house, &id, State::Succeeded).await;
    for (partition, offset) in committed(&scene).await {
        assert!(offset >= ends[&partition].end, "{partition}: the end of an hour ago");
    }
}
