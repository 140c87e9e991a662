//! The calls that a move is made of.

use super::{RATES, changes, cluster, of_brokers, ours, set, theirs, topic, until};
use crate::traffic::Load;
use kafka_admin::{ConfigOp, ConfigResource, ConfigSource, Election, ErrorCode, OffsetSpec};
use std::collections::BTreeMap;

const TOPIC: &str = "carried";
const LISTS: [&str; 2] = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];

#[tokio::test]
async fn a_move_starts_under_a_throttle_is_seen_is_cancelled_and_the_order_is_put_back() {
    let cluster = cluster().await;
    let client = of_brokers(&cluster).await;
    topic(&cluster, TOPIC, &[3, 2, 1]).await;
    Load::named("fill").record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 200).await;
    let lists =
        changes(ConfigResource::Topic(TOPIC.to_owned()), &[(LISTS[0], set("0:3,0:2,0:1")), (LISTS[1], set("0:4"))]);
    let rate = changes(ConfigResource::Broker(4), &[(RATES[1], set("20000"))]);
    for change in [&lists, &rate] {
        assert!(client.incremental_alter_configs(change, false).await.values().all(Result::is_ok));
    }
    let target = |replicas: Option<Vec<i32>>| BTreeMap::from([(ours(TOPIC), replicas)]);
    let moved = client.alter_partition_reassignments(&target(Some(vec![4, 2, 1]))).await;
    assert!(moved[&ours(TOPIC)].is_ok(), "{moved:?}");

    let seen = client.list_partition_reassignments(None).await.unwrap().remove(&ours(TOPIC)).unwrap();
    let judged = cluster.judge().reassignments().await.unwrap();
    assert_eq!((&seen.replicas, &seen.adding, &seen.removing), (&judged[0].replicas, &vec![4], &vec![3]));
    let cancelled = client.alter_partition_reassignments(&target(None)).await;
    assert!(cancelled[&ours(TOPIC)].is_ok(), "{cancelled:?}");
    // The controller has answered; the broker that the judge asks may hear of it later.
    let shown = async |order: [i32; 3]| {
        until(async || cluster.judge().topic(TOPIC).await.unwrap().partitions[0].replicas == order).await;
    };
    shown([2, 1, 3]).await;
    let nothing = client.alter_partition_reassignments(&target(None)).await;
    assert_eq!(nothing[&ours(TOPIC)].clone().unwrap_err().code(), Some(ErrorCode::NO_REASSIGNMENT_IN_PROGRESS));
    client.alter_partition_reassignments(&target(Some(vec![3, 2, 1]))).await[&ours(TOPIC)].clone().unwrap();
    shown([3, 2, 1]).await;
    assert!(client.list_partition_reassignments(Some(&[ours(TOPIC)])).await.unwrap().is_empty());
}

#[tokio::test]
async fn settings_are_made_exactly_and_are_absent_again() {
    let cluster = cluster().await;
    let (client, judge) = (of_brokers(&cluster).await, cluster.judge());
    topic(&cluster, TOPIC, &[1]).await;
    let things = [
        (ConfigResource::Topic(TOPIC.to_owned()), ("topic", TOPIC), LISTS, "0:1"),
        (ConfigResource::Broker(2), ("broker", "2"), RATES, "123456"),
    ];
    for (thing, judged, keys, value) in things {
        let alter = async |op: ConfigOp| {
            let changes = changes(thing.clone(), &[(keys[0], op)]);
            client.incremental_alter_configs(&changes, false).await[&thing].clone().unwrap();
        };
        alter(set(value)).await;
        until(async || judge.configs(judged.0, judged.1).await.unwrap().len() == 1).await;
        assert_eq!(judge.configs(judged.0, judged.1).await.unwrap()[keys[0]], value);
        alter(ConfigOp::Delete).await;
        until(async || judge.configs(judged.0, judged.1).await.unwrap().is_empty()).await;
    }
}

#[tokio::test]
async fn where_a_setting_comes_from_is_told() {
    let cluster = cluster().await;
    let client = of_brokers(&cluster).await;
    let (all, one) = (ConfigResource::Brokers, ConfigResource::Broker(2));
    for (of, value) in [(&all, "700"), (&one, "500")] {
        let changes = changes(of.clone(), &[(RATES[0], set(value))]);
        client.incremental_alter_configs(&changes, false).await[of].clone().unwrap();
    }
    let key = [RATES[0].to_owned()];
    let told = async |broker: i32| {
        let of = ConfigResource::Broker(broker);
        let entries = client.describe_configs(std::slice::from_ref(&of), Some(&key)).await.remove(&of).unwrap();
        let entry = entries.unwrap().remove(0);
        (entry.value, entry.source)
    };
    until(async || told(1).await.0.as_deref() == Some("700")).await;
    until(async || told(2).await.0.as_deref() == Some("500")).await;
    assert_eq!(told(1).await.1, ConfigSource::DynamicDefaultBroker);
    assert_eq!(told(2).await, (Some("500".to_owned()), ConfigSource::DynamicBroker));
}

#[tokio::test]
async fn disks_are_told_and_replicas_are_placed_before_and_after_they_exist() {
    let cluster = cluster().await;
    let (client, judge) = (of_brokers(&cluster).await, cluster.judge());
    topic(&cluster, TOPIC, &[1]).await;
    Load::named("fill").record_bytes(1_000).write(cluster.bootstrap(), TOPIC, 100).await;
    let (ours, theirs) = (ours(TOPIC), theirs(TOPIC));
    let told = client.describe_log_dirs(Some(&[1, 4])).await.unwrap();
    let judged = judge.log_dirs(&[1]).await.unwrap();
    let holder = judged.iter().find(|dir| dir.replica(&theirs).is_some()).unwrap();
    let seen = told[&1].as_ref().unwrap().iter().find(|dir| dir.path == holder.path).unwrap();
    let replica = seen.replicas.iter().find(|replica| replica.at == ours).unwrap();
    assert_eq!((replica.bytes, replica.future), (holder.replica(&theirs).unwrap().bytes, false));
    // Kafka's own topics and settled ones lie there too; who asks for one partition is told of no other.
    let asked = client.describe_replicas(&[1, 4], std::slice::from_ref(&ours)).await;
    let found = |broker: i32| asked[&broker].as_ref().unwrap().iter().flat_map(|dir| &dir.replicas).collect::<Vec<_>>();
    assert_eq!((found(1), found(4)), (vec![replica], vec![]));
    assert_eq!(asked[&4].as_ref().unwrap().len(), told[&4].as_ref().unwrap().len(), "each directory is named");

    let place = async |broker: i32, path: &str| {
        let places = BTreeMap::from([(ours.clone(), path.to_owned())]);
        client.alter_replica_log_dirs(broker, &places).await[&ours].clone()
    };
    let held_in = async |broker: i32, path: &str| {
        let dirs = judge.log_dirs(&[broker]).await.unwrap();
        let held = dirs.iter().filter(|dir| dir.replica(&theirs).is_some()).map(|dir| dir.path.as_str());
        held.collect::<Vec<_>>() == [path]
    };
    let other = judged.iter().find(|dir| dir.path != holder.path).unwrap();
    place(1, &other.path).await.unwrap();
    until(async || held_in(1, &other.path).await).await;
    assert_eq!(place(1, "/no/such/folder").await.unwrap_err().code(), Some(ErrorCode::LOG_DIR_NOT_FOUND));

    // Each of the two folders of a broker that has no replica yet: the one it would not have chosen is among them.
    for (broker, nth) in [(3, 0), (4, 1)] {
        let wanted = client.describe_log_dirs(Some(&[broker])).await.unwrap();
        let mut paths: Vec<String> = wanted[&broker].as_ref().unwrap().iter().map(|dir| dir.path.clone()).collect();
        paths.sort();
        let early = place(broker, &paths[nth]).await.unwrap_err();
        assert_eq!(early.code(), Some(ErrorCode::REPLICA_NOT_AVAILABLE), "{early}");
        let target = BTreeMap::from([(ours.clone(), Some(vec![broker]))]);
        client.alter_partition_reassignments(&target).await[&ours].clone().unwrap();
        until(async || held_in(broker, &paths[nth]).await).await;
        cluster.whole().await;
    }
}

#[tokio::test]
async fn leaders_are_elected_and_one_that_leads_already_is_named() {
    let cluster = cluster().await;
    let client = of_brokers(&cluster).await;
    topic(&cluster, TOPIC, &[1, 2]).await;
    let at = [ours(TOPIC)];
    let elect = async || client.elect_leaders(Election::Preferred, Some(&at)).await.unwrap()[&at[0]].clone();
    assert_eq!(elect().await.unwrap_err().code(), Some(ErrorCode::ELECTION_NOT_NEEDED));
    let target = BTreeMap::from([(ours(TOPIC), Some(vec![2, 1]))]);
    client.alter_partition_reassignments(&target).await[&at[0]].clone().unwrap();
    elect().await.unwrap();
    until(async || cluster.judge().topic(TOPIC).await.unwrap().partitions[0].leader == 2).await;
}

#[tokio::test]
async fn the_inflow_is_seen_in_the_ends_of_the_log() {
    let cluster = cluster().await;
    let client = of_brokers(&cluster).await;
    topic(&cluster, TOPIC, &[1, 2]).await;
    let at = [ours(TOPIC)];
    let end = async || client.list_same_offset(&at, OffsetSpec::Latest).await.unwrap()[&at[0]].clone().unwrap().offset;
    let before = end().await.unwrap();
    let sent = Load::named("inflow").write(cluster.bootstrap(), TOPIC, 500).await;
    assert_eq!(end().await.unwrap() - before, i64::try_from(sent.acknowledged()).unwrap());
}
