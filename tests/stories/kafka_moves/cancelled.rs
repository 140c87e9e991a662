//! What the controller does with a move that is called off while replicas from before are dead. The bot does not call it off
//! then (`died.rs`); this is what it would be for.

use super::scene::{TOPIC, at, until};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE};
use story::kafka_house::lab;
use story::lab::MoveCluster;
use story::lab::judge::{PartitionView, Point, TopicSpec};
use story::traffic::Load;

/// What is written before the move, and to the copy that leads during it. A throttled follower takes 64 KiB in eleven seconds,
/// however small its rate is: the second copy must not arrive before a broker is seen dead.
const BEFORE: u64 = 3_000;
const MEANWHILE: u64 = 10;

async fn partition(cluster: &MoveCluster) -> PartitionView {
    cluster.judge().topic(TOPIC).await.expect("the topic").partitions.remove(0)
}

async fn write(cluster: &MoveCluster, records: u64) {
    Load::named("cancelled").record_bytes(1_000).write(cluster.bootstrap(), TOPIC, records).await;
}

async fn end(cluster: &MoveCluster) -> u64 {
    let seen = cluster.judge().offsets(TOPIC, Point::Latest).await.expect("its end");
    u64::try_from(seen[0].offset).expect("an offset")
}

/// A partition on its way from these replicas to 1 and 2, as far as 1, which has it all; 2 is throttled. Then broker 4, which
/// led it, dies, and another one leads.
async fn half_arrived(cluster: &MoveCluster, from: &[i32], unclean: bool) {
    let judge = cluster.judge();
    let spec = TopicSpec::new(TOPIC, 1, 1).on(vec![from.to_vec()]).config(FOLLOWER_LIST, "0:2");
    let spec = spec.config("min.insync.replicas", "1");
    let spec = spec.config("unclean.leader.election.enable", if unclean { "true" } else { "false" });
    judge.create_topic(spec).await.expect("a topic");
    judge.set_config(("broker", "2"), FOLLOWER_RATE, Some("10")).await.expect("a throttle");
    write(cluster, BEFORE).await;
    judge.reassign(&at(0), Some(&[1, 2])).await.expect("a move");
    until("the first copy is in sync", async || partition(cluster).await.isr.contains(&1)).await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    until("another one leads", async || ![-1, 4].contains(&partition(cluster).await.leader)).await;
}

/// The only replica from before is dead and a copy leads: the controller refuses by itself, as long as nobody allowed unclean
/// elections.
#[tokio::test]
async fn the_controller_does_not_go_back_to_the_dead_where_elections_are_clean() {
    let cluster = MoveCluster::alone(lab()).await;
    half_arrived(&cluster, &[4], false).await;
    let refused = cluster.judge().reassign(&at(0), None).await.expect_err("refused");
    assert!(refused.is("InvalidReplicaAssignmentException"), "{refused}");
    assert!(refused.to_string().contains("unclean leader election"), "{refused}");
    let seen = partition(&cluster).await;
    assert_eq!((seen.leader, seen.isr.as_slice()), (1, [1].as_slice()), "{seen:?}");
    assert_eq!(cluster.judge().reassignments().await.expect("the moves").len(), 1, "it goes on");
    write(&cluster, MEANWHILE).await;
    cluster.start_broker(4).await;
    assert_eq!(end(&cluster).await, BEFORE + MEANWHILE);
}

/// The same where unclean elections are allowed: it is done without a word, nobody leads any more, and what was written to
/// the copy cannot be read. On 4.3.1 the dead broker does not come back either: at each attempt to register the active
/// controller fails (IllegalArgumentException) and gives up its leadership, until the topic is deleted.
#[tokio::test]
async fn where_elections_may_be_unclean_calling_off_leaves_nobody_to_lead() {
    let cluster = MoveCluster::alone(lab()).await;
    half_arrived(&cluster, &[4], true).await;
    write(&cluster, MEANWHILE).await;
    assert_eq!(end(&cluster).await, BEFORE + MEANWHILE, "a copy leads and takes records");
    cluster.judge().reassign(&at(0), None).await.expect("success");
    until("nobody leads, and only the dead one is left", async || {
        let seen = partition(&cluster).await;
        seen.leader == -1 && seen.replicas == [4] && seen.isr == [4]
    })
    .await;
    cluster.judge().delete_topic(TOPIC).await.expect("a topic to delete");
    cluster.start_broker(4).await;
}

/// The negative control: with one replica from before alive and in sync nothing happens to the partition.
#[tokio::test]
async fn with_one_of_the_old_replicas_in_sync_calling_off_does_no_harm() {
    let cluster = MoveCluster::alone(lab()).await;
    half_arrived(&cluster, &[4, 3], true).await;
    write(&cluster, MEANWHILE).await;
    cluster.judge().reassign(&at(0), None).await.expect("success");
    until("it is called off, and an old one leads", async || {
        let mut seen = partition(&cluster).await;
        seen.replicas.sort_unstable();
        seen.leader == 3 && seen.replicas == [3, 4]
    })
    .await;
    assert_eq!(end(&cluster).await, BEFORE + MEANWHILE);
    cluster.start_broker(4).await;
}
