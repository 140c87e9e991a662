//! What the cluster does not take back at the end of a move: it is owed, and keeps neither the rest nor the end waiting.

use super::owing::{approved, held, rates};
use super::{Scene, comes_to, entries, now, says};
use engine::port::Observe;
use engine::{History, Operation, RESTORE};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, KafkaQuery, LEADER_LIST, Right};
use interlock::cluster::{Look, Looker, Query};
use interlock::id::{OperationId, TopicName};
use signalbox::house::House;
use simulated::SimulatedKafka;
use std::collections::{BTreeMap, BTreeSet};
use story::crash::TOPIC;

const ONE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:50MiB reason:growth";
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:1MiB reason:growth";

fn topic(name: &str) -> TopicName {
    name.parse().unwrap()
}

/// How many throttle lists stand on a topic.
async fn lists(kafka: &SimulatedKafka, name: &str) -> usize {
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::TopicConfig(topic(name)))])).await;
    let Look::Seen(found) = Looker::new(&sections).kafka_topic_config(&topic(name)) else { panic!("it answers") };
    found.iter().filter(|entry| [LEADER_LIST, FOLLOWER_LIST].contains(&entry.key.as_str())).count()
}

fn owed(operation: &Operation) -> Vec<String> {
    operation.memory.owed.iter().map(|one| one.on.to_string()).collect()
}

async fn attempts(house: &House, id: &OperationId) -> u32 {
    History::read(&entries(house, id).await).tries(RESTORE, 0).attempts
}

/// A refusal with a known meaning is not tried again before the end.
#[tokio::test]
async fn a_refusal_of_all_lists_keeps_no_rate_waiting() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house, ONE).await;
    comes_to(&house, &id, State::Waiting).await;
    scene.kafka.revoke_on_topic(&topic(TOPIC), Right::AlterConfigs).unwrap();
    let ended = comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(owed(&ended), ["topic orders"]);
    assert_eq!(attempts(&house, &id).await, 1);
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new());
}

#[tokio::test]
async fn a_stop_whose_rates_are_refused_is_a_stop_that_owes_them() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house, SLOW).await;
    comes_to(&house, &id, State::Waiting).await;
    scene.kafka.revoke_on_cluster(Right::AlterConfigs).unwrap();
    says(&house, "alice", &format!("/stop operation:{id} reason:because")).await;
    let stopped = comes_to(&house, &id, State::Stopped).await;
    assert_eq!(owed(&stopped), ["broker 1", "broker 2", "broker 3", "broker 4"]);
    assert_eq!(lists(&scene.kafka, TOPIC).await, 0);
    assert_eq!(rates(&scene.kafka).await.len(), 4);
    let unlock = format!("/unlock operation:{id} reason:checked");
    assert_eq!(says(&house, "alice", &unlock).await, "owed-first");
    assert_eq!(says(&house, "olga", &unlock).await, "owed-given-up");
    assert_eq!((owed(&now(&house, &id).await), held(&house).await), (vec![], vec![]));
}
