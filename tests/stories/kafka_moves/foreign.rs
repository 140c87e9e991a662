//! Settings that name the controllers of another cluster.

use super::scene::{assignment, becomes, obligations, small, throttles, under_way, until};
use engine::port::Journal;
use engine::{Entry, Outcome};
use interlock::approval::State;
use interlock::facts::{Fact, Facts};
use kafka_admin::{Client, Config};
use std::collections::{BTreeMap, BTreeSet};
use story::kafka_house::{KafkaPlot, lab};
use story::lab::MoveCluster;

/// Where the controllers of the lab's other cluster listen, and that cluster's id.
async fn other_controllers() -> (String, String) {
    let bootstrap = lab().kafka_bootstrap().split(',').map(|address| address.parse().expect("an address")).collect();
    let client = Client::connect(Config::new(bootstrap)).await.expect("the other cluster");
    let id = client.describe_cluster().await.expect("the other cluster").id.expect("its id");
    let quorum = client.describe_quorum().await.expect("its quorum");
    let listen: Vec<String> = quorum.nodes.iter().map(|node| node.listeners["CONTROLLER"].to_string()).collect();
    (listen.join(","), id)
}

fn said(facts: &Facts) -> &str {
    match facts.get("said") {
        Some(Fact::Text(said)) => said,
        other => panic!("{other:?}"),
    }
}

/// Broker numbers are the same everywhere. The controllers are asked who they are, and told nothing; what is to be put back
/// is owed until the broker returns.
#[tokio::test]
async fn controllers_of_another_cluster_are_told_nothing() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    let (listen, other) = other_controllers().await;
    let mut plot = KafkaPlot::moving(&cluster).await;
    plot.controllers_at(Some(&listen));
    let house = plot.build().await;
    let (id, _) = under_way(&house).await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    assert_eq!(assignment(&cluster).await, first, "order included");
    let entries = house.story.house().rooms().store.entries(&id).await.expect("the journal");
    let refused: BTreeSet<&str> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Outcome { outcome: Outcome::NotApplied, facts, .. } => Some(said(facts)),
            _ => None,
        })
        .collect();
    let foreign = format!("the controllers are of cluster {other}");
    assert_eq!(refused, BTreeSet::from([foreign.as_str()]), "of each rate that was to be put back there");
    assert_eq!(obligations(&house).await.len(), 1);
    cluster.start_broker(4).await;
    until("it is put back", async || obligations(&house).await.is_empty()).await;
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
}
