//! Actions on a cluster's layout, against a small world.

mod expectations;
mod last_look;
mod outlook;
mod probes;
mod put_back;
mod regulating;
mod unwinding;
mod watching;

use super::*;
use crate::cluster::kafka::{
    Broker, BrokerDirs, ConfigEntry, FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer, KafkaCluster, KafkaQuery, LEADER_RATE,
    LogDir, Partition, Reassignment, Replicas, StoredReplica, Topic,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

fn topic() -> TopicName {
    "orders".parse().unwrap()
}

/// The topic "orders" with its partition 0, four brokers, and what else is seen.
#[derive(Clone)]
struct World {
    id: &'static str,
    replicas: Vec<i32>,
    isr: Vec<i32>,
    leader: i32,
    target: Option<Vec<i32>>,
    alive: Vec<i32>,
    copied: u64,
    rate: Option<&'static str>,
    list: Option<&'static str>,
    gone: bool,
}

impl World {
    fn on(replicas: &[i32]) -> Self {
        Self {
            id: "first",
            replicas: replicas.to_vec(),
            isr: replicas.to_vec(),
            leader: replicas[0],
            target: None,
            alive: vec![1, 2, 3, 4],
            copied: 0,
            rate: None,
            list: None,
            gone: false,
        }
    }

    /// On its way from 3,2,1 to 4,2,1, as the controller merges the two.
    fn under_way() -> Self {
        let (replicas, isr, target) = (vec![4, 2, 1, 3], vec![3, 2, 1], Some(vec![4, 2, 1]));
        Self { isr, leader: 3, target, ..Self::on(&replicas) }
    }

    fn sections(&self) -> Sections {
        let mut sections = Sections::empty();
        let mut put = |query, value| {
            let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Kafka(value) };
            sections.put(Query::Kafka(query), Section::Seen(seen));
        };
        let broker = |id: &i32| Broker { id: *id, rack: Some(format!("r{id}")) };
        let brokers = self.alive.iter().map(broker).collect();
        let cluster = KafkaCluster { id: "one".to_owned(), controller: None, brokers, rights: None };
        put(KafkaQuery::Cluster, KafkaAnswer::Cluster(cluster));
        let partition = Partition {
            partition: 0,
            leader: Some(self.leader),
            replicas: self.replicas.clone(),
            isr: self.isr.clone(),
        };
        let seen = Topic { id: self.id.to_owned(), internal: false, partitions: vec![partition], rights: None };
        put(KafkaQuery::Topic(topic()), KafkaAnswer::Topic((!self.gone).then_some(seen)));
        let removing = |target: &Vec<i32>| Replicas(Replicas(self.replicas.clone()).without(&Replicas(target.clone())));
        let moving = self.target.as_ref().map(|target| Reassignment {
            topic: topic(),
            partition: 0,
            replicas: Replicas(self.replicas.clone()),
            adding: Replicas(Vec::new()),
            removing: removing(target),
        });
        put(KafkaQuery::Reassignments, KafkaAnswer::Reassignments(moving.into_iter().collect()));
        let stored = |bytes| StoredReplica { topic: topic(), partition: 0, bytes, future: false };
        let dirs = |broker, bytes| BrokerDirs {
            broker,
            dirs: Some(vec![LogDir {
                path: "/data".to_owned(),
                failed: false,
                cordoned: false,
                total_bytes: Some(10_000),
                usable_bytes: Some(5_000),
                replicas: vec![stored(bytes)],
            }]),
        };
        let all = vec![dirs(3, 1_000), dirs(4, self.copied)];
        put(KafkaQuery::LogDirs, KafkaAnswer::LogDirs(all.clone()));
        for of in [vec![a_move()], vec![ReplicaMove { partition: 1, ..a_move() }]] {
            put(KafkaQuery::Copies(moving::copies_of(&of)), KafkaAnswer::Copies(all.clone()));
        }
        let entry = |key: &str, value: &str| ConfigEntry { key: key.to_owned(), value: Some(value.to_owned()) };
        for id in 1..=4 {
            let entries = self.rate.map(|rate| [LEADER_RATE, FOLLOWER_RATE].map(|key| entry(key, rate)));
            let entries = self.alive.contains(&id).then(|| entries.into_iter().flatten().collect());
            put(KafkaQuery::BrokerConfig(id), KafkaAnswer::BrokerConfig(entries));
        }
        let list = self.list.map(|list| entry(FOLLOWER_LIST, list));
        put(KafkaQuery::TopicConfig(topic()), KafkaAnswer::TopicConfig(list.into_iter().collect()));
        sections
    }
}

fn a_move() -> ReplicaMove {
    let (from, to) = (Replicas(vec![3, 2, 1]), Replicas(vec![4, 2, 1]));
    ReplicaMove {
        topic: topic(),
        topic_id: "first".to_owned(),
        partition: 0,
        from,
        to,
        or_from: None,
        dirs: BTreeMap::new(),
    }
}

fn reassign(one: ReplicaMove) -> Action {
    Action::Kafka(KafkaAction::Reassign { moves: vec![one] })
}

fn set(on: ConfigOn, from: Option<&str>, to: Option<&str>) -> Action {
    let (key, from, to) = (FOLLOWER_RATE.to_owned(), from.map(str::to_owned), to.map(str::to_owned));
    Action::Kafka(KafkaAction::SetConfigs { changes: vec![ConfigChange { on, key, from, to }] })
}

fn take(entries: &[&str], stood_before: bool) -> Action {
    let entries = entries.iter().map(|entry| (*entry).to_owned()).collect();
    let list = ListRemoval { topic: topic(), key: FOLLOWER_LIST.to_owned(), entries, stood_before };
    Action::Kafka(KafkaAction::TakeFromLists { lists: vec![list] })
}

fn elect() -> Action {
    let partitions = vec![PreferredLeader { topic: topic(), partition: 0, leader: 4 }];
    Action::Kafka(KafkaAction::ElectPreferred { partitions })
}

fn all_actions() -> Vec<Action> {
    vec![
        reassign(a_move()),
        set(ConfigOn::Broker(1), None, Some("5")),
        set(ConfigOn::Topic(topic()), None, Some("5")),
        take(&["0:4"], false),
        elect(),
        Action::Kafka(KafkaAction::CallOff { moves: vec![a_move()] }),
    ]
}

fn failed(queries: &std::collections::BTreeSet<Query>) -> Sections {
    let mut sections = Sections::empty();
    for query in queries {
        let failure = Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() };
        sections.put(query.clone(), Section::Failed(failure));
    }
    sections
}

/// How the batch of the world's move is watched.
fn moving() -> Moving {
    let throttle = Throttle {
        brokers: vec![3, 4],
        bytes_per_second: 500,
        slowest_bytes_per_second: 50,
        fastest_bytes_per_second: 900,
    };
    Moving {
        interval_ms: 1_000,
        stalled_ms: 10_000,
        min_isr: BTreeMap::from([(topic(), 2)]),
        relieved: BTreeMap::new(),
        throttle: Some(throttle),
    }
}
