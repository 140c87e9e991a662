//! Our own admin client on the lab, judged by Kafka's: what a move of replicas needs of it, and which rights that takes.

mod controllers;
mod moves;
mod rights;

use super::MoveCluster;
use super::judge::{TopicPartition, TopicSpec};
use kafka_admin::{Client, Config, ConfigChanges, ConfigOp, ConfigResource, Peers};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(120);
const RATES: [&str; 2] = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"];

async fn cluster() -> MoveCluster {
    MoveCluster::alone(super::Lab::get().unwrap()).await
}

fn config(bootstrap: &str, peers: Peers) -> Config {
    let mut config = Config::new(bootstrap.split(',').map(|address| address.parse().unwrap()).collect());
    config.peers = peers;
    config
}

async fn of_brokers(cluster: &MoveCluster) -> Client {
    Client::connect(config(cluster.bootstrap(), Peers::Brokers)).await.unwrap()
}

async fn of_controllers(cluster: &MoveCluster) -> Client {
    Client::connect(config(cluster.controllers(), Peers::Controllers)).await.unwrap()
}

/// A topic of one partition on these brokers.
async fn topic(cluster: &MoveCluster, name: &str, replicas: &[i32]) {
    let spec = TopicSpec::new(name, 1, 1).on(vec![replicas.to_vec()]);
    cluster.judge().create_topic(spec).await.unwrap();
}

fn ours(name: &str) -> kafka_admin::TopicPartition {
    kafka_admin::TopicPartition::new(name, 0)
}

fn theirs(name: &str) -> TopicPartition {
    TopicPartition::new(name, 0)
}

/// Changes of one thing, by key.
fn changes(of: ConfigResource, ops: &[(&str, ConfigOp)]) -> ConfigChanges {
    let ops = ops.iter().map(|(key, op)| ((*key).to_owned(), op.clone())).collect();
    BTreeMap::from([(of, ops)])
}

fn set(value: &str) -> ConfigOp {
    ConfigOp::Set(value.to_owned())
}

async fn until(mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
