//! Why the lists of a throttle name partitions and brokers, and are never `*`.

use super::scene::{TOPIC, until};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE};
use story::kafka_house::lab;
use story::lab::MoveCluster;
use story::lab::judge::TopicSpec;
use story::traffic::Load;

/// Its list names a replica that is not on the broker which comes back.
const NAMED: &str = "named";

async fn in_sync(cluster: &MoveCluster, topic: &str) -> bool {
    let seen = cluster.judge().topic(topic).await.expect("the topic");
    seen.partitions[0].isr.contains(&4)
}

/// A broker comes back that has missed records of two topics, under the rate of a move that has nothing to do with either. What
/// the lists do not name is soon in sync; where the list is `*` it is not, until that is taken away.
#[tokio::test]
async fn a_list_of_all_slows_down_a_broker_that_comes_back() {
    let cluster = MoveCluster::alone(lab()).await;
    let judge = cluster.judge();
    for (name, list) in [(TOPIC, "*"), (NAMED, "0:1")] {
        let spec = TopicSpec::new(name, 1, 2).on(vec![vec![2, 4]]).config("min.insync.replicas", "1");
        judge.create_topic(spec.config(FOLLOWER_LIST, list)).await.expect("a topic");
        cluster.in_sync(name).await;
    }
    judge.set_config(("broker", "4"), FOLLOWER_RATE, Some("1000")).await.expect("a rate");
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    for name in [TOPIC, NAMED] {
        Load::named(name).record_bytes(10_000).write(cluster.bootstrap(), name, 600).await;
    }
    cluster.start_broker(4).await;
    until("what no list names is in sync", async || in_sync(&cluster, NAMED).await).await;
    assert!(!in_sync(&cluster, TOPIC).await, "under the same rate the other one is still behind");
    judge.set_config(("topic", TOPIC), FOLLOWER_LIST, None).await.expect("a list to remove");
    until("without it the other one is too", async || in_sync(&cluster, TOPIC).await).await;
}
