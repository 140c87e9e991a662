//! Shows what a cluster says to this client, and takes a topic and a group of its own through
//! a whole life: `cargo run -p kafka-admin --example smoke -- 127.0.0.1:9092`.
//! Everything it makes is named `kafka-admin-smoke-…` and removed at the end.
#![allow(clippy::print_stdout, reason = "an example that shows something")]

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kafka_admin::{
    Client, Committed, Config, ConfigChanges, ConfigOp, ConfigResource, Election, ErrorCode, GroupState, Isolation,
    Layout, NewPartitions, NewTopic, OffsetQuery, OffsetSpec, TopicPartition,
};

type Done = Result<(), Box<dyn StdError>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Done {
    let address = std::env::args().nth(1).ok_or("give a bootstrap address")?;
    let mut config = Config::new(vec![address.parse()?]);
    config.client_id = "kafka-admin-smoke".to_owned();
    let client = Client::connect(config).await?;
    let tag = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let names = Names { topic: format!("kafka-admin-smoke-{tag}"), group: format!("kafka-admin-smoke-group-{tag}") };
    look(&client).await?;
    make_topic(&client, &names).await?;
    let lived = live(&client, &names).await;
    println!("delete topic: {:?}", client.delete_topics(std::slice::from_ref(&names.topic)).await);
    lived?;
    println!("smoke: all as expected");
    Ok(())
}

struct Names {
    topic: String,
    group: String,
}

impl Names {
    fn at(&self, partition: i32) -> TopicPartition {
        TopicPartition::new(self.topic.clone(), partition)
    }
}

async fn look(client: &Client) -> Done {
    println!("cluster: {:#?}", client.describe_cluster().await?);
    for api in client.api_versions(None).await? {
        println!("  api {:>3} {:?} {}..{}", api.key, api.name, api.min, api.max);
    }
    for topic in client.list_topics().await? {
        println!("topic: {topic:?}");
    }
    let groups = client.list_groups().await?;
    println!("groups: {groups:#?}");
    let ids: Vec<String> = groups.groups.iter().map(|group| group.id.clone()).collect();
    println!("described: {:#?}", client.describe_groups(&ids).await);
    println!("quorum: {:#?}", client.describe_quorum().await);
    println!("access control list: {:?}", client.describe_acls(None).await);
    println!("broker 9999: {:?}", client.unregister_broker(9999).await);
    for (broker, dirs) in client.describe_log_dirs(None).await? {
        for dir in dirs? {
            let bytes: i64 = dir.replicas.iter().map(|replica| replica.bytes).sum();
            let (count, free) = (dir.replicas.len(), dir.usable_bytes);
            println!("broker {broker} {}: {count} replicas, {bytes} bytes, free {free:?}", dir.path);
        }
    }
    Ok(())
}

async fn make_topic(client: &Client, names: &Names) -> Done {
    let topic = NewTopic {
        name: names.topic.clone(),
        layout: Layout::Counts { partitions: Some(3), replicas: Some(1) },
        configs: BTreeMap::from([("retention.ms".to_owned(), "3600000".to_owned())]),
    };
    let dry = client.create_topics(std::slice::from_ref(&topic), true).await;
    println!("create (validated): {dry:?}");
    let made = client.create_topics(std::slice::from_ref(&topic), false).await;
    println!("create: {made:?}");
    made[&names.topic].clone()?;
    let again = client.create_topics(&[topic], false).await;
    let code = again[&names.topic].as_ref().err().and_then(kafka_admin::Error::code);
    assert_eq!(code, Some(ErrorCode::TOPIC_ALREADY_EXISTS));
    settled(client, names).await
}

/// Waits until every partition has a leader.
async fn settled(client: &Client, names: &Names) -> Done {
    for _ in 0..100 {
        let topics = client.topics(&[names.topic.clone(), "no-such-topic".to_owned()]).await?;
        let missing = topics["no-such-topic"].as_ref().err().and_then(kafka_admin::Error::code);
        assert_eq!(missing, Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
        if let Ok(topic) = &topics[&names.topic]
            && topic.partitions.len() == 3
            && topic.partitions.iter().all(|partition| partition.leader.is_some())
        {
            println!("topic: {topic:#?}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the topic got no leaders".into())
}

async fn live(client: &Client, names: &Names) -> Done {
    logs(client, names).await?;
    commits(client, names).await?;
    settings(client, names).await?;
    replicas(client, names).await
}

async fn replicas(client: &Client, names: &Names) -> Done {
    let topic = client.topics(std::slice::from_ref(&names.topic)).await?[&names.topic].clone()?;
    let brokers = client.describe_cluster().await?.brokers;
    let from = topic.partitions[0].replicas.clone();
    let Some(to) = brokers.iter().map(|broker| broker.id).find(|id| !from.contains(id)) else {
        println!("only one broker: nothing to move");
        return Ok(());
    };
    let idle = client.alter_partition_reassignments(&BTreeMap::from([(names.at(1), None)])).await;
    println!("cancel nothing: {idle:?}");
    let code = idle[&names.at(1)].as_ref().err().and_then(kafka_admin::Error::code);
    assert_eq!(code, Some(ErrorCode::NO_REASSIGNMENT_IN_PROGRESS));
    let targets = BTreeMap::from([(names.at(0), Some(vec![to, from[0]]))]);
    let accepted = client.alter_partition_reassignments(&targets).await;
    println!("move {from:?} to {to}, {}: {accepted:?}", from[0]);
    accepted[&names.at(0)].clone()?;
    println!("moving: {:?}", client.list_partition_reassignments(None).await?);
    arrived(client, names, &[to, from[0]]).await?;
    println!("elected all: {:?}", client.elect_leaders(Election::Preferred, None).await?);
    let again = client.elect_leaders(Election::Preferred, Some(&[names.at(0)])).await?;
    println!("elected again: {again:?}");
    let wider = |count| BTreeMap::from([(names.topic.clone(), NewPartitions { count, assigned: None })]);
    println!("fewer partitions: {:?}", client.create_partitions(&wider(1), false).await);
    client.create_partitions(&wider(5), false).await[&names.topic].clone()?;
    let deleted = client.delete_records(&BTreeMap::from([(names.at(0), -1), (names.at(1), 99)])).await?;
    println!("delete records: {deleted:?}");
    assert_eq!(deleted[&names.at(0)], Ok(0));
    Ok(())
}

/// Waits until partition 0 has these replicas, in this order, and no others.
async fn arrived(client: &Client, names: &Names, replicas: &[i32]) -> Done {
    for _ in 0..200 {
        let moving = client.list_partition_reassignments(Some(&[names.at(0)])).await?;
        let topic = client.topics(std::slice::from_ref(&names.topic)).await?[&names.topic].clone()?;
        if moving.is_empty() && topic.partition(0).is_some_and(|p| p.replicas == replicas && p.isr.len() == 2) {
            println!("arrived: {:?}", topic.partition(0));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the replicas did not arrive".into())
}

async fn logs(client: &Client, names: &Names) -> Done {
    let wanted = BTreeMap::from([
        (names.at(0), OffsetSpec::Earliest),
        (names.at(1), OffsetSpec::Latest),
        (names.at(2), OffsetSpec::At(0)),
        (names.at(7), OffsetSpec::Latest),
    ]);
    let offsets = client.list_offsets(&wanted, Isolation::ReadCommitted).await?;
    println!("offsets: {offsets:#?}");
    assert_eq!(offsets[&names.at(0)].as_ref().map(|listed| listed.offset), Ok(Some(0)));
    assert_eq!(offsets[&names.at(1)].as_ref().map(|listed| listed.offset), Ok(Some(0)));
    assert_eq!(offsets[&names.at(2)].as_ref().map(|listed| listed.offset), Ok(None));
    assert!(offsets[&names.at(7)].is_err());
    let newest = client.list_same_offset(&[names.at(0)], OffsetSpec::MaxTimestamp).await?;
    println!("highest timestamp: {newest:?}");
    Ok(())
}

async fn commits(client: &Client, names: &Names) -> Done {
    let group = names.group.as_str();
    let before = client.describe_groups(&[group.to_owned()]).await;
    println!("unknown group: {before:?}");
    assert_eq!(before[group].as_ref().map(|group| &group.state), Ok(&GroupState::Dead));
    assert_eq!(client.fetch_offsets(group, &OffsetQuery::default()).await?.len(), 0);

    let full = Committed { offset: 42, leader_epoch: Some(0), metadata: "why not".to_owned() };
    let offsets = BTreeMap::from([(names.at(0), full.clone()), (names.at(1), Committed::at(7))]);
    for (at, result) in client.commit_offsets(group, &offsets).await? {
        println!("commit {at}: {result:?}");
        result?;
    }
    let query = OffsetQuery { partitions: Some(vec![names.at(0), names.at(1), names.at(2)]), require_stable: true };
    let fetched = client.fetch_offsets(group, &query).await?;
    println!("coordinator: {}, fetched: {fetched:#?}", client.find_coordinator(group).await?);
    assert_eq!(fetched[&names.at(0)], Ok(Some(full)));
    assert_eq!(fetched[&names.at(1)], Ok(Some(Committed::at(7))));
    assert_eq!(fetched[&names.at(2)], Ok(None));
    let after = client.describe_groups(&[group.to_owned()]).await;
    println!("group with offsets only: {after:?}");
    assert_eq!(after[group].as_ref().map(|group| &group.state), Ok(&GroupState::Empty));

    for (at, result) in client.delete_offsets(group, &[names.at(0)]).await {
        println!("delete offset {at}: {result:?}");
        result?;
    }
    let left = client.fetch_offsets(group, &OffsetQuery::default()).await?;
    assert_eq!(left.keys().collect::<Vec<_>>(), [&names.at(1)]);
    let deleted = client.delete_groups(&[group.to_owned(), "no-such-group".to_owned()]).await;
    println!("delete groups: {deleted:?}");
    deleted[group].clone()?;
    assert_eq!(client.fetch_offsets(group, &OffsetQuery::default()).await?.len(), 0);
    Ok(())
}

async fn settings(client: &Client, names: &Names) -> Done {
    let topic = ConfigResource::Topic(names.topic.clone());
    let broker = client.describe_cluster().await?.brokers[0].id;
    let ops = BTreeMap::from([("retention.ms".to_owned(), ConfigOp::Set("7200000".to_owned()))]);
    let changes = ConfigChanges::from([(topic.clone(), ops)]);
    let changed = client.incremental_alter_configs(&changes, false).await;
    println!("alter: {changed:?}");
    changed[&topic].clone()?;
    let wrong = BTreeMap::from([("retention.msx".to_owned(), ConfigOp::Set("1".to_owned()))]);
    let refused = client.incremental_alter_configs(&ConfigChanges::from([(topic.clone(), wrong)]), true).await;
    println!("alter an unknown key: {refused:?}");
    assert!(refused[&topic].is_err());
    let keys = ["retention.ms".to_owned(), "log.retention.ms".to_owned()];
    let all = [topic.clone(), ConfigResource::Broker(broker), ConfigResource::Brokers];
    for _ in 0..100 {
        let seen = client.describe_configs(&all, Some(&keys)).await;
        let entries = seen[&topic].clone()?;
        if entries.first().and_then(|entry| entry.value.as_deref()) == Some("7200000") {
            println!("configs: {seen:#?}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the setting did not arrive".into())
}
