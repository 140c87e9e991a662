//! Why the lists of a throttle are taken away before its rates.

use super::scene::{TOPIC, until};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use std::time::Instant;
use story::kafka_house::lab;
use story::lab::MoveCluster;
use story::lab::judge::{TopicPartition, TopicSpec};
use story::traffic::Load;

/// Moves as the other one does, and stands in no list.
const UNLISTED: &str = "unlisted";
const RATE: &str = "1000";

async fn arrived(cluster: &MoveCluster, topic: &str) -> bool {
    let seen = cluster.judge().topic(topic).await.expect("the topic").partitions.remove(0);
    seen.replicas == [4, 2] && seen.isr.contains(&4)
}

async fn rates(cluster: &MoveCluster) -> usize {
    let mut set = 0;
    for id in MoveCluster::BROKERS {
        let found = cluster.judge().configs("broker", &id.to_string()).await.expect("its settings");
        set += found.values().filter(|value| *value == RATE).count();
    }
    set
}

/// Two moves onto one broker under one rate: the one that stands in no list arrives while the other one has hardly begun.
/// The broker dies, the lists are removed by way of a living one, and when it is back it catches up at once, although each
/// rate still stands, its own too.
#[tokio::test]
async fn without_its_lists_a_rate_slows_nothing_down_on_a_broker_that_comes_back_either() {
    let cluster = MoveCluster::alone(lab()).await;
    let judge = cluster.judge();
    for name in [TOPIC, UNLISTED] {
        let spec = TopicSpec::new(name, 1, 2).on(vec![vec![1, 2]]).config("min.insync.replicas", "1");
        judge.create_topic(spec).await.expect("a topic");
        Load::named(name).record_bytes(10_000).write(cluster.bootstrap(), name, 300).await;
    }
    for (key, list) in [(LEADER_LIST, "0:1,0:2"), (FOLLOWER_LIST, "0:4")] {
        judge.set_config(("topic", TOPIC), key, Some(list)).await.expect("a list");
    }
    for id in MoveCluster::BROKERS {
        for key in [LEADER_RATE, FOLLOWER_RATE] {
            judge.set_config(("broker", &id.to_string()), key, Some(RATE)).await.expect("a rate");
        }
    }
    let moves = [TOPIC, UNLISTED].map(|name| (TopicPartition::new(name, 0), Some(vec![4, 2])));
    judge.reassign_many(&moves).await.expect("two moves");
    until("what stands in no list arrives", async || arrived(&cluster, UNLISTED).await).await;
    let moving = judge.reassignments().await.expect("the moves");
    assert_eq!(moving.iter().map(|one| one.topic.as_str()).collect::<Vec<_>>(), [TOPIC], "the lists hold it back");

    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    for key in [LEADER_LIST, FOLLOWER_LIST] {
        judge.set_config(("topic", TOPIC), key, None).await.expect("a list to remove");
    }
    cluster.start_broker(4).await;
    let began = Instant::now();
    until("what stood in the lists arrives", async || arrived(&cluster, TOPIC).await).await;
    println!("lists: in sync {:?} after the broker served again", began.elapsed());
    assert_eq!(rates(&cluster).await, 2 * MoveCluster::BROKERS.len(), "each rate still stands");
}
