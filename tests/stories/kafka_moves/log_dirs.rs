//! Where a broker has several log directories each copy goes into the one that the plan names, judged by Kafka's AdminClient.

use super::scene::{at, becomes, moves, scale_out, small, until};
use interlock::approval::State;
use interlock::plan::ReplicaMove;
use std::collections::BTreeMap;
use story::kafka_house::{KafkaPlot, lab, proxy};
use story::lab::MoveCluster;
use story::lab::judge::{TopicPartition, TopicSpec};
use story::lab::proxy::{Fault, Rule, api};

/// The broker that gets copies.
const TARGET: i32 = 4;

/// The directories of the target, each with how many replicas it has.
async fn dirs(cluster: &MoveCluster) -> BTreeMap<String, usize> {
    let found = cluster.judge().log_dirs(&[TARGET]).await.expect("its directories");
    found.into_iter().map(|dir| (dir.path, dir.replicas.len())).collect()
}

/// The one that has a replica, and nothing of it on its way to another.
async fn dir_of(cluster: &MoveCluster, replica: &TopicPartition) -> Option<String> {
    let found = cluster.judge().log_dirs(&[TARGET]).await.expect("its directories");
    let mut having = found.into_iter().filter(|dir| dir.replica(replica).is_some()).map(|dir| dir.path);
    having.next().filter(|_| having.next().is_none())
}

async fn topic(cluster: &MoveCluster, name: &str, partitions: i32) {
    let on = (0..partitions).map(|_| vec![TARGET]).collect();
    cluster.judge().create_topic(TopicSpec::new(name, partitions, 1).on(on)).await.expect("a topic");
    cluster.in_sync(name).await;
}

/// A directory has by far the most replicas of its broker, so that none of the next would go there by itself.
async fn crowd(cluster: &MoveCluster, path: &str) {
    const MANY: i32 = 12;
    topic(cluster, "crowd", MANY).await;
    for partition in 0..MANY {
        let one = TopicPartition { topic: "crowd".to_owned(), partition };
        cluster.judge().move_to_dir(&one, TARGET, path).await.expect("it goes there");
        until("it lies there", async || dir_of(cluster, &one).await.as_deref() == Some(path)).await;
    }
}

#[tokio::test]
async fn a_copy_goes_where_the_plan_says_and_not_where_the_fewest_replicas_are() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let id = house.story.person("alice").plans(&scale_out("1MiB")).await;
    let plan = house.story.plan(&id).await;
    let planned = moves(plan.plan());
    let named = dirs(&cluster).await;
    assert_eq!(named.len(), 2, "control: there is something to choose between");
    let given: Vec<(i32, &String)> = planned.iter().map(|one| (one.partition, &one.dirs[&TARGET])).collect();
    assert!(given.iter().all(|(_, path)| named.contains_key(*path)), "{given:?} {named:?}");

    let (_, crowded) = given.first().expect("a copy");
    crowd(&cluster, crowded).await;
    // Control: what no directory is given for goes to the other one.
    topic(&cluster, "control", 1).await;
    let control = dir_of(&cluster, &TopicPartition { topic: "control".to_owned(), partition: 0 }).await;
    assert!(control.is_some_and(|path| path != **crowded), "{:?}", dirs(&cluster).await);

    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    becomes(&house, &id, State::Succeeded).await;
    lie_as_planned(&cluster, &planned).await;
}

async fn lie_as_planned(cluster: &MoveCluster, planned: &[ReplicaMove]) {
    for one in planned {
        let found = dir_of(cluster, &at(one.partition)).await;
        assert_eq!(found.as_ref(), Some(&one.dirs[&TARGET]), "partition {}", one.partition);
    }
}

/// The request may still be on its way: that is waited out, and then the whole batch is asked for again.
#[tokio::test]
async fn a_directory_whose_answer_is_lost_is_given_again_before_anything_moves() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving_proxied(&cluster).await.build().await;
    let id = house.story.person("alice").plans(&scale_out("1MiB")).await;
    house.story.person("bob").approves(&id).await;
    let planned = moves(house.story.plan(&id).await.plan());
    let lost = proxy().arm(Rule::next(&house.client_id, api::ALTER_REPLICA_LOG_DIRS, Fault::LoseAnswer));
    house.story.person("carol").approves(&id).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(lost.met(), 1);
    lie_as_planned(&cluster, &planned).await;
    let sent: Vec<i16> = proxy().changes(&house.client_id).iter().map(|one| one.api).collect();
    let first = |wanted: i16| sent.iter().position(|api| *api == wanted);
    let given = sent.iter().take(first(api::ALTER_PARTITION_REASSIGNMENTS).expect("it moves"));
    assert_eq!(
        given.filter(|api| **api == api::ALTER_REPLICA_LOG_DIRS).count(),
        2,
        "once more before it moves: {sent:?}"
    );
}
