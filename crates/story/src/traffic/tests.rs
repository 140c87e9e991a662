//! The traffic on the real cluster, and the judge's own controls on its real logs.

use super::{Load, Reader, Sent, Stamp, Verdict, judge};
use crate::lab::judge::{Record, TopicPartition, TopicSpec};
use crate::lab::{Lab, MoveCluster};

const TOPIC: &str = "numbered";

/// A topic of three partitions with 300 records, all acknowledged.
async fn written() -> (MoveCluster, Sent) {
    let cluster = MoveCluster::alone(Lab::get().unwrap()).await;
    let replicas = vec![vec![1, 2], vec![2, 3], vec![3, 1]];
    cluster.judge().create_topic(TopicSpec::new(TOPIC, 3, 2).on(replicas)).await.unwrap();
    let sent = Load::named("first").keys(6).write(cluster.bootstrap(), TOPIC, 300).await;
    assert_eq!(sent.acknowledged(), 300);
    (cluster, sent)
}

async fn verdict(cluster: &MoveCluster, sent: &Sent) -> Verdict {
    judge(sent, &Reader::read_all(cluster.bootstrap(), TOPIC).await)
}

/// Adds a record by Kafka's own producer, to the partition of "first-0".
async fn add(cluster: &MoveCluster, stamp: &Stamp) {
    let record = Record { partition: 0, timestamp: None, key: Some(stamp.key.clone()), value: Some(stamp.value(100)) };
    cluster.judge().produce(TOPIC, &[record]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_lost_while_replicas_move_and_a_leader_dies() {
    let (cluster, before) = written().await;
    let reader = Reader::start(cluster.bootstrap(), TOPIC);
    let traffic = Load::named("then").keys(6).per_second(400).record_bytes(1_000).start(cluster.bootstrap(), TOPIC);
    traffic.flows(200).await;
    cluster.judge().reassign(&TopicPartition::new(TOPIC, 0), Some(&[4, 2])).await.unwrap();
    cluster.kill_broker(3).await;
    cluster.until_dead(3).await;
    traffic.flows(200).await;
    cluster.start_broker(3).await;
    cluster.whole().await;
    traffic.flows(200).await;
    let sent = before.and(&traffic.stop().await);
    assert_eq!(sent.unacknowledged(), 0);
    let mut read = reader.finish().await;
    assert_eq!(read.len(), sent.acknowledged());
    assert_eq!(judge(&sent, &read), Verdict::default());
    let taken = read.remove(read.len() / 2);
    assert_eq!(judge(&sent, &read), Verdict { gaps: vec![taken], ..Verdict::default() });
    assert_eq!(cluster.judge().topic(TOPIC).await.unwrap().partitions[0].replicas, [4, 2]);
}

#[tokio::test]
async fn one_record_that_is_deleted_is_missed() {
    let (cluster, sent) = written().await;
    assert!(verdict(&cluster, &sent).await.is_clean());
    cluster.judge().delete_records(&TopicPartition::new(TOPIC, 0), 1).await.unwrap();
    let gaps = vec![Stamp::new("first-0", 0)];
    assert_eq!(verdict(&cluster, &sent).await, Verdict { gaps, ..Verdict::default() });
}

#[tokio::test]
async fn one_record_that_comes_twice_is_seen() {
    let (cluster, sent) = written().await;
    let again = Stamp::new("first-0", 7);
    add(&cluster, &again).await;
    assert_eq!(verdict(&cluster, &sent).await, Verdict { repeats: vec![again], ..Verdict::default() });
}

#[tokio::test]
async fn two_records_in_the_wrong_order_are_seen() {
    let (cluster, mut sent) = written().await;
    let (one, two) = (sent.offer("first-0"), sent.offer("first-0"));
    for stamp in [&two, &one] {
        add(&cluster, stamp).await;
        sent.acknowledge(stamp);
    }
    assert_eq!(verdict(&cluster, &sent).await, Verdict { disorder: vec![one], ..Verdict::default() });
}
