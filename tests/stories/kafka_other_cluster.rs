//! Another cluster behind the same address, while replicas move. On the shared cluster: only in front of it the proxy leads elsewhere.

use super::kafka_moves::scene::{approved, becomes, until};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use std::collections::BTreeMap;
use std::time::Duration;
use story::kafka_house::{CLUSTER, KafkaPlot, Place, lab, proxy};
use story::lab::judge::{TopicPartition, TopicSpec};
use story::lab::proxy::Route;
use story::traffic::Load;

/// A topic of the same name is there, too.
#[tokio::test]
async fn another_cluster_behind_the_same_address_is_neither_moved_on_nor_cleared() {
    let mut plot = KafkaPlot::proxied().await;
    plot.alone();
    plot.looks_within(Duration::from_secs(10));
    let house = plot.build().await;
    let place = Place::unique();
    // Here a follower takes a megabyte in eleven seconds at least: a partition that moves is twelve of them.
    let spec = TopicSpec::new(&place.topic, 2, 1).on(vec![vec![1]; 2]);
    house.judge.create_topic(spec).await.expect("a topic");
    Load::named("fill").keys(48).record_bytes(10_000).write(lab().kafka_bootstrap(), &place.topic, 2_400).await;
    let other = lab().secure().await.expect("the judge");
    other.create_topic(TopicSpec::new(&place.topic, 2, 1)).await.expect("a topic");
    let line = format!("/scale-out cluster:{CLUSTER} brokers:2 topics:{} throttle:10KiB", place.topic);
    let id = approved(&house, &line).await;
    becomes(&house, &id, State::Waiting).await;
    let under_way = async || house.judge.reassignments().await.expect("the moves");
    until("a move is under way", async || under_way().await.len() == 1).await;
    let moving = under_way().await;

    proxy().route(&house.client_id, Route::OtherCluster);
    becomes(&house, &id, State::Stuck).await;
    assert_eq!(house.story.operation(&id).await.why.id, "cluster-changed");
    assert_eq!(other.configs("topic", &place.topic).await.expect("its settings"), BTreeMap::new());
    assert_eq!(under_way().await, moving, "nothing was called off either");

    // What it left is cleared by hand, for who comes next.
    proxy().route(&house.client_id, Route::Main);
    let partition = TopicPartition::new(&place.topic, moving[0].partition);
    house.judge.reassign(&partition, None).await.expect("called off by hand");
    let lists = [FOLLOWER_LIST, LEADER_LIST];
    for key in lists {
        house.judge.set_config(("topic", &place.topic), key, None).await.expect("a setting");
    }
    for broker in ["1", "2"] {
        for key in [FOLLOWER_RATE, LEADER_RATE] {
            house.judge.set_config(("broker", broker), key, None).await.expect("a setting");
        }
    }
}
