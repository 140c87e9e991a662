//! Probes and expectations of actions on whole topics and groups.

use super::{
    Action, Expectation, GoneGroup, GoneTopic, Held, KafkaAction, MorePartitions, NewTopic, Probe, evaluate, inverse,
    probe,
};
use crate::cluster::kafka::{
    Committed, CommittedOffset, ConfigEntry, Group, GroupKind, GroupState, KafkaAnswer, KafkaQuery, LogRange,
    Partition, Topic,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::id::TopicName;
use crate::time::Millis;
use std::collections::BTreeMap;

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn topic(id: &str, partitions: i32, replicas: usize) -> Topic {
    let replicas: Vec<i32> = (1..).take(replicas).collect();
    let partition =
        |partition| Partition { partition, leader: Some(1), replicas: replicas.clone(), isr: replicas.clone() };
    Topic { id: id.to_owned(), internal: false, partitions: (0..partitions).map(partition).collect(), rights: None }
}

fn seen(answers: Vec<(KafkaQuery, KafkaAnswer)>) -> Sections {
    let mut sections = Sections::empty();
    for (query, answer) in answers {
        let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Kafka(answer) };
        sections.put(Query::Kafka(query), Section::Seen(seen));
    }
    sections
}

fn shows(found: Option<Topic>, config: &[(&str, &str)]) -> Sections {
    let entry = |(key, value): &(&str, &str)| ConfigEntry { key: (*key).to_owned(), value: Some((*value).to_owned()) };
    seen(vec![
        (KafkaQuery::Topic(orders()), KafkaAnswer::Topic(found)),
        (KafkaQuery::TopicConfig(orders()), KafkaAnswer::TopicConfig(config.iter().map(entry).collect())),
    ])
}

/// "done", "not yet", "foreign", …
fn word(probe: &Probe) -> &'static str {
    match probe {
        Probe::NotYet => "not yet",
        Probe::Partly => "partly",
        Probe::Done => "done",
        Probe::Foreign(_) => "foreign",
        Probe::CannotTell(_) => "cannot tell",
        Probe::Overtaken(_) => "overtaken",
    }
}

#[test]
fn a_new_topic_is_done_only_as_it_was_wanted() {
    let configs = BTreeMap::from([("retention.ms".to_owned(), "7".to_owned())]);
    let new = |configs| NewTopic { name: orders(), partitions: 4, replicas: 3, configs };
    let action = Action::Kafka(KafkaAction::CreateTopic(new(configs)));
    for (sections, expected) in [
        (shows(None, &[]), "not yet"),
        (shows(Some(topic("a", 4, 3)), &[("retention.ms", "7"), ("other", "1")]), "done"),
        (shows(Some(topic("a", 4, 3)), &[]), "foreign"),
        (shows(Some(topic("a", 4, 3)), &[("retention.ms", "8")]), "foreign"),
        (shows(Some(topic("a", 5, 3)), &[("retention.ms", "7")]), "foreign"),
        (shows(Some(topic("a", 4, 2)), &[("retention.ms", "7")]), "foreign"),
        (Sections::empty(), "cannot tell"),
    ] {
        assert_eq!(word(&probe(&action, &sections)), expected, "{sections:?}");
    }
    assert_eq!(action.read_back().len(), 2);
    let bare = Action::Kafka(KafkaAction::CreateTopic(new(BTreeMap::new())));
    assert_eq!((bare.read_back().len(), word(&probe(&bare, &shows(Some(topic("a", 4, 3)), &[])))), (1, "done"));
    assert!(inverse(&bare).is_empty(), "its id is not known yet");
}

#[test]
fn more_partitions_are_told_by_id_and_number() {
    let more = MorePartitions { topic: orders(), topic_id: "a".to_owned(), from: 4, to: 6 };
    let action = Action::Kafka(KafkaAction::CreatePartitions(more));
    for (found, expected) in [
        (Some(topic("a", 4, 3)), "not yet"),
        (Some(topic("a", 6, 3)), "done"),
        (Some(topic("a", 5, 3)), "foreign"),
        (Some(topic("a", 8, 3)), "foreign"),
        (Some(topic("b", 6, 3)), "foreign"),
        (None, "foreign"),
    ] {
        assert_eq!(word(&probe(&action, &shows(found, &[]))), expected);
    }
    assert_eq!(action.before(), Some(Expectation::KafkaTopicIs { topic: orders(), id: "a".to_owned(), partitions: 4 }));
    assert_eq!(action.remakes(), Some(&orders()));
}

#[test]
fn a_deleted_topic_is_gone_though_another_has_its_name() {
    let gone = GoneTopic { topic: orders(), topic_id: "a".to_owned(), partitions: 4 };
    let action = Action::Kafka(KafkaAction::DeleteTopic(gone));
    for (found, expected) in [(Some(topic("a", 4, 3)), "not yet"), (Some(topic("b", 4, 3)), "done"), (None, "done")] {
        assert_eq!(word(&probe(&action, &shows(found, &[]))), expected);
    }
    assert_eq!(action.remakes(), Some(&orders()));
    let mut failed = Sections::empty();
    let failure = Failure { kind: FailureKind::TimedOut, said: String::new() };
    failed.put(Query::Kafka(KafkaQuery::Topic(orders())), Section::Failed(failure));
    assert_eq!(word(&probe(&action, &failed)), "cannot tell");
}

#[test]
fn a_deleted_group_has_neither_state_nor_commits() {
    let commit = CommittedOffset { topic: orders(), partition: 0, committed: Committed::plain(7) };
    let gone = GoneGroup { group: "billing".parse().unwrap(), committed: vec![commit.clone()] };
    let action = Action::Kafka(KafkaAction::DeleteGroup(gone.clone()));
    let group = |state| Group {
        kind: GroupKind::Classic,
        state,
        protocol_type: String::new(),
        members: Vec::new(),
        rights: None,
    };
    let shows = |found: Option<Group>, committed: &[CommittedOffset]| {
        seen(vec![
            (KafkaQuery::Group(gone.group.clone()), KafkaAnswer::Group(found)),
            (KafkaQuery::Committed(gone.group.clone()), KafkaAnswer::Committed(committed.to_vec())),
        ])
    };
    for (sections, expected) in [
        (shows(Some(group(GroupState::Empty)), std::slice::from_ref(&commit)), "not yet"),
        (shows(Some(group(GroupState::Empty)), &[]), "not yet"),
        (shows(None, std::slice::from_ref(&commit)), "not yet"),
        (shows(Some(group(GroupState::Dead)), &[]), "done"),
        (shows(None, &[]), "done"),
    ] {
        assert_eq!(word(&probe(&action, &sections)), expected, "{sections:?}");
    }
    let [Action::Kafka(KafkaAction::CommitOffsets { moves, .. })] = &inverse(&action)[..] else { panic!() };
    assert_eq!((moves.len(), &moves[0].from, &moves[0].to), (1, &None, &commit.committed));
    let empty = Action::Kafka(KafkaAction::DeleteGroup(GoneGroup { committed: Vec::new(), ..gone }));
    assert!(inverse(&empty).is_empty());
}

#[test]
fn expectations_of_topics_hold_and_break() {
    let absent = Expectation::KafkaTopicAbsent { topic: orders() };
    assert_eq!(evaluate(&absent, &shows(None, &[])), Held::Holds);
    assert!(matches!(evaluate(&absent, &shows(Some(topic("a", 1, 1)), &[])), Held::Broken { id: "topic-exists", .. }));
    assert!(matches!(evaluate(&absent, &Sections::empty()), Held::CannotTell(_)));
    let ends = Expectation::KafkaLogEndsAre { topic: orders(), ends: [(0, 10), (1, 20)].into() };
    let logs = |ends: &[i64]| {
        let range = |(partition, end): (i32, &i64)| LogRange { partition, start: 0, end: *end };
        let ranges = (0..).zip(ends).map(range).collect();
        seen(vec![(KafkaQuery::LogRanges(orders()), KafkaAnswer::LogRanges(ranges))])
    };
    assert_eq!(evaluate(&ends, &logs(&[10, 20])), Held::Holds);
    for other in [&[10, 21][..], &[10], &[9, 20]] {
        assert!(matches!(evaluate(&ends, &logs(other)), Held::Broken { id: "topic-written", .. }), "{other:?}");
    }
}
