use super::{Lab, NOON, name, ready};
use crate::demo::{PRODUCTION, ROCKETMQ, STAGING, furnish};
use crate::{HandClock, demo};
use engine::port::Observe;
use interlock::cluster::kafka::{Committed, GroupState, KafkaQuery};
use interlock::cluster::{Looker, Query, Sections};
use interlock::id::{GroupId, TopicName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn production() -> Lab {
    let clock = HandClock::at(NOON);
    let fleet = demo(Arc::new(clock.clone())).unwrap();
    Lab { clock, kafka: fleet.kafka(&name(PRODUCTION)), fleet }
}

fn lag_of(lab: &Lab, group: &str, topic: &str) -> i64 {
    let (group, topic): (GroupId, TopicName) = (name(group), name(topic));
    let queries = [KafkaQuery::Committed(group.clone()), KafkaQuery::LogRanges(topic.clone())];
    let sections: Sections = ready(lab.kafka.observe(&queries.map(Query::Kafka).into()));
    let mut looker = Looker::new(&sections);
    let ends: BTreeMap<i32, i64> =
        looker.kafka_log_ranges(&topic).seen().unwrap().iter().map(|one| (one.partition, one.end)).collect();
    let committed = looker.kafka_committed(&group).seen().unwrap();
    committed.iter().filter(|one| one.topic == topic).map(|one| ends[&one.partition] - one.committed.offset).sum()
}

fn committed_of(lab: &Lab, group: &str) -> Vec<(i32, Committed)> {
    let group: GroupId = name(group);
    let sections = lab.sections([Query::Kafka(KafkaQuery::Committed(group.clone()))]);
    let committed = Looker::new(&sections).kafka_committed(&group).seen().unwrap().clone();
    committed.into_iter().map(|one| (one.partition, one.committed)).collect()
}

#[test]
fn it_has_three_clusters() {
    let lab = production();
    assert_eq!(lab.fleet.names().unwrap(), [name(PRODUCTION), name(ROCKETMQ), name(STAGING)]);
    furnish(&lab.fleet).unwrap();
    assert_eq!(lab.fleet.names().unwrap().len(), 3, "a furnished fleet is left alone");
}

#[test]
fn its_groups_are_as_the_story_says() {
    let lab = production();
    let expected = [
        ("audit-archive", GroupState::Empty, 0),
        ("billing", GroupState::Stable, 3),
        ("clicks-sessions", GroupState::Empty, 0),
        ("fraud", GroupState::Stable, 2),
        ("nightly-report", GroupState::Empty, 0),
        ("search-indexer", GroupState::Empty, 0),
    ];
    for (group, state, members) in expected {
        let id: GroupId = name(group);
        let sections = lab.sections([Query::Kafka(KafkaQuery::Group(id.clone()))]);
        let found = Looker::new(&sections).kafka_group(&id).seen().unwrap().clone().unwrap();
        assert_eq!((found.state, found.members.len()), (state, members), "{group}");
    }
}

#[test]
fn lags_are_plausible() {
    let lab = production();
    lab.pass(60);
    let billing = lag_of(&lab, "billing", "orders");
    assert!((150_000..300_000).contains(&billing), "{billing}");
    assert!(lag_of(&lab, "fraud", "payments") < 3_000);
    let nightly = lag_of(&lab, "nightly-report", "orders");
    assert!(nightly > 30_000_000, "{nightly}");
    lab.pass(600);
    assert!(lag_of(&lab, "billing", "orders") < billing, "it catches up");
    assert!(lag_of(&lab, "nightly-report", "orders") > nightly);
}

#[test]
fn the_awkward_commits_are_there() {
    let lab = production();
    let indexer = committed_of(&lab, "search-indexer");
    assert_eq!(indexer.iter().map(|(partition, _)| *partition).collect::<Vec<_>>(), [0, 1, 2, 3], "two are absent");
    assert_eq!(indexer[0].1, Committed::plain(1_200));
    let archive = committed_of(&lab, "audit-archive");
    assert_eq!(archive.len(), 4);
    assert!(archive.iter().all(|(_, one)| one.leader_epoch == Some(0) && one.metadata.contains("2291")));
    let audit: TopicName = name("audit");
    let sections = lab.sections([Query::Kafka(KafkaQuery::LogRanges(audit.clone()))]);
    let ranges = Looker::new(&sections).kafka_log_ranges(&audit).seen().unwrap().clone();
    let empty: BTreeSet<i32> = ranges.iter().filter(|one| one.start == one.end).map(|one| one.partition).collect();
    assert_eq!(empty, BTreeSet::from([4, 5]));
}
