//! What moves of replicas are judged by, on the cluster that they happen on.

use super::{TopicPartition, TopicSpec};
use crate::lab::{Lab, MoveCluster};
use crate::traffic::Load;
use std::time::{Duration, Instant};

const TOPIC: &str = "moved";
const LIMIT: Duration = Duration::from_secs(120);
/// The keys of a throttle, on topics and on brokers.
const LISTS: [&str; 2] = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];
const RATES: [&str; 2] = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"];

fn partition() -> TopicPartition {
    TopicPartition::new(TOPIC, 0)
}

/// A topic with one partition on the brokers 1 and 2, and about two million bytes in it.
async fn filled() -> MoveCluster {
    let cluster = MoveCluster::alone(Lab::get().unwrap()).await;
    cluster.judge().create_topic(TopicSpec::new(TOPIC, 1, 2).on(vec![vec![1, 2]])).await.unwrap();
    Load::named("fill").record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 200).await;
    cluster
}

async fn until(mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn somebody_elses_tool_moves_under_its_throttle_and_takes_it_back() {
    let cluster = filled().await;
    let (judge, tools, moves) = (cluster.judge(), cluster.tools(), [(partition(), vec![4, 2])]);
    let executed = tools.reassign(&["--execute", "--throttle", "20000"], &moves).await.unwrap();
    assert!(executed.success, "{executed:?}");

    let under_way = judge.reassignments().await.unwrap();
    assert_eq!((under_way[0].adding.clone(), under_way[0].removing.clone()), (vec![4], vec![1]));
    let listed = tools.reassign_partitions(&["--list"]).await.unwrap();
    assert!(listed.stdout.contains("moved-0: replicas: 4,2,1. adding: 4. removing: 1."), "{listed:?}");
    let verified = tools.reassign(&["--verify", "--preserve-throttles"], &moves).await.unwrap();
    assert!(verified.stdout.contains("Reassignment of partition moved-0 is still in progress."), "{verified:?}");

    let lists = judge.configs("topic", TOPIC).await.unwrap();
    assert_eq!(LISTS.map(|key| lists[key].as_str()), ["0:1,0:2", "0:4"]);
    for broker in ["1", "2", "4"] {
        let rates = judge.configs("broker", broker).await.unwrap();
        assert_eq!(RATES.map(|key| rates[key].as_str()), ["20000", "20000"], "broker {broker}");
    }
    assert!(judge.configs("broker", "3").await.unwrap().is_empty());

    let cancelled = tools.reassign(&["--cancel"], &moves).await.unwrap();
    assert!(cancelled.success, "{cancelled:?}");
    assert_eq!(judge.reassignments().await.unwrap(), []);
    for broker in ["1", "2", "4"] {
        until(async || judge.configs("broker", broker).await.unwrap().is_empty()).await;
    }
    until(async || judge.configs("topic", TOPIC).await.unwrap().is_empty()).await;
}

#[tokio::test]
async fn a_move_that_ended_is_verified() {
    let cluster = filled().await;
    let moves = [(partition(), vec![4, 2])];
    cluster.judge().reassign_many(&[(partition(), Some(vec![4, 2]))]).await.unwrap();
    cluster.whole().await;
    let verified = cluster.tools().reassign(&["--verify"], &moves).await.unwrap();
    assert!(verified.stdout.contains("Reassignment of partition moved-0 is completed."), "{verified:?}");
    let other = cluster.tools().reassign(&["--verify"], &[(partition(), vec![3, 2])]).await.unwrap();
    assert!(other.stdout.contains("moved-0") && !other.stdout.contains("is completed"), "{other:?}");
}

/// The replicas that Kafka's generator proposes for all four brokers, flat.
async fn generated(cluster: &MoveCluster) -> Vec<i64> {
    let topics = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(topics.path(), format!(r#"{{"version":1,"topics":[{{"topic":"{TOPIC}"}}]}}"#)).unwrap();
    let path = topics.path().to_string_lossy();
    let arguments = ["--generate", "--broker-list", "1,2,3,4", "--topics-to-move-json-file", &path];
    let said = cluster.tools().reassign_partitions(&arguments).await.unwrap();
    assert!(said.success, "{said:?}");
    let (_, proposed) = said.stdout.split_once("Proposed partition reassignment configuration").unwrap();
    let proposed: serde_json::Value = serde_json::from_str(proposed.trim()).unwrap();
    let each = proposed["partitions"].as_array().unwrap().iter().flat_map(|one| one["replicas"].as_array().unwrap());
    each.map(|id| id.as_i64().unwrap()).collect()
}

#[tokio::test]
async fn kafkas_generator_leaves_a_dead_broker_out_without_a_word() {
    let cluster = MoveCluster::alone(Lab::get().unwrap()).await;
    cluster.judge().create_topic(TopicSpec::new(TOPIC, 12, 2).on(vec![vec![1, 2]; 12])).await.unwrap();
    assert!(generated(&cluster).await.contains(&4), "it is asked for a share of all four");
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    assert!(!generated(&cluster).await.contains(&4));
    cluster.start_broker(4).await;
}

#[tokio::test]
async fn leaders_go_to_the_first_replica_only_when_told() {
    let cluster = filled().await;
    let judge = cluster.judge();
    judge.reassign(&partition(), Some(&[2, 1])).await.unwrap();
    until(async || judge.topic(TOPIC).await.unwrap().partitions[0].replicas == [2, 1]).await;
    assert_eq!(judge.topic(TOPIC).await.unwrap().partitions[0].leader, 1);
    judge.elect_preferred(&partition()).await.unwrap();
    until(async || judge.topic(TOPIC).await.unwrap().partitions[0].leader == 2).await;
    let again = judge.elect_preferred(&partition()).await.unwrap_err();
    assert!(again.is("ElectionNotNeededException"), "{again}");
}

#[tokio::test]
async fn disks_tell_sizes_and_replicas_change_folders() {
    let cluster = filled().await;
    let judge = cluster.judge();
    let dirs = judge.log_dirs(&[1, 3]).await.unwrap();
    assert_eq!(dirs.iter().map(|dir| dir.broker).collect::<Vec<_>>(), [1, 1, 3, 3]);
    assert!(dirs.iter().all(|dir| dir.total_bytes >= dir.usable_bytes && dir.usable_bytes > Some(0)));
    let holder = dirs.iter().find(|dir| dir.replica(&partition()).is_some()).unwrap();
    let other = dirs.iter().find(|dir| dir.broker == 1 && dir.path != holder.path).unwrap();
    assert!(holder.replica(&partition()).unwrap().bytes > 2_000_000);
    judge.move_to_dir(&partition(), 1, &other.path).await.unwrap();
    until(async || {
        let dirs = judge.log_dirs(&[1]).await.unwrap();
        let place = |path: &str| dirs.iter().find(|dir| dir.path == path).unwrap().replica(&partition());
        place(&holder.path).is_none() && place(&other.path).is_some_and(|replica| !replica.future)
    })
    .await;
    let nowhere = judge.move_to_dir(&partition(), 1, "/no/such/folder").await.unwrap_err();
    assert!(nowhere.is("LogDirNotFoundException"), "{nowhere}");
}

#[tokio::test]
async fn a_topic_made_again_is_another_one() {
    let cluster = filled().await;
    let before = cluster.judge().topic(TOPIC).await.unwrap();
    let after = cluster.judge().recreate_topic(TopicSpec::new(TOPIC, 1, 2).on(vec![vec![3, 4]])).await.unwrap();
    assert_ne!(before.topic_id, after.topic_id);
    assert_eq!(after.partitions[0].replicas, [3, 4]);
}
