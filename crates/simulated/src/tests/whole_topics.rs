use super::{Lab, billing, name, orders, short};
use crate::Member;
use engine::port::Acted;
use interlock::cluster::kafka::{KafkaAnswer, KafkaQuery, Right};
use interlock::plan::{Action, GoneGroup, GoneTopic, KafkaAction, MorePartitions, NewTopic, Probe, probe};
use std::collections::BTreeMap;

fn new(text: &str, replicas: u32) -> Action {
    let configs = BTreeMap::from([("retention.ms".to_owned(), "604800000".to_owned())]);
    Action::Kafka(KafkaAction::CreateTopic(NewTopic { name: name(text), partitions: 6, replicas, configs }))
}

fn more(lab: &Lab, to: u32) -> Action {
    let topic = lab.topic().unwrap();
    let from = u32::try_from(topic.partitions.len()).unwrap();
    Action::Kafka(KafkaAction::CreatePartitions(MorePartitions { topic: orders(), topic_id: topic.id, from, to }))
}

fn gone(lab: &Lab) -> Action {
    let topic = lab.topic().unwrap();
    let partitions = u32::try_from(topic.partitions.len()).unwrap();
    Action::Kafka(KafkaAction::DeleteTopic(GoneTopic { topic: orders(), topic_id: topic.id, partitions }))
}

fn gone_group(lab: &Lab) -> Action {
    Action::Kafka(KafkaAction::DeleteGroup(GoneGroup { group: billing(), committed: lab.committed() }))
}

#[test]
fn each_is_done_once_and_refused_the_second_time() {
    let lab = Lab::new().with_stopped_group();
    let actions = [(new("fresh", 3), "topic-exists"), (more(&lab, 6), "refused"), (gone_group(&lab), "group-gone")];
    for (action, again) in actions {
        assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::NotYet, "{action:?}");
        assert_eq!(lab.act(&action), Acted::Applied, "{action:?}");
        assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::Done, "{action:?}");
        assert_eq!(short(&lab.act(&action)), ("not applied", again.to_owned()), "{action:?}");
    }
    assert_eq!(lab.topic().unwrap().partitions.len(), 6);
    assert!(lab.ranges()[4..].iter().all(|range| range.end == 0), "new partitions are empty");
    let action = gone(&lab);
    assert_eq!(lab.act(&action), Acted::Applied);
    assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::Done);
    assert_eq!(short(&lab.act(&action)), ("not applied", "topic-gone".to_owned()));
}

#[test]
fn a_topic_made_again_is_not_deleted_by_the_old_ones_id() {
    let lab = Lab::new();
    let action = gone(&lab);
    lab.kafka.recreate_topic(&orders()).unwrap();
    assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::Done, "the one that was meant is gone");
    assert_eq!(short(&lab.act(&action)), ("not applied", "topic-gone".to_owned()));
    assert!(lab.topic().is_some());
}

#[test]
fn the_controller_refuses_what_it_refuses() {
    let lab = Lab::new().with_working_group();
    for (action, id) in
        [(new("orders", 3), "topic-exists"), (new("fresh", 4), "refused"), (gone_group(&lab), "group-has-members")]
    {
        assert_eq!(short(&lab.act(&action)), ("not applied", id.to_owned()), "{action:?}");
    }
    assert_eq!(lab.act(&new("a.b", 3)), Acted::Applied);
    assert_eq!(short(&lab.act(&new("a_b", 3))), ("not applied", "refused".to_owned()), "the same name in metrics");
}

#[test]
fn each_missing_right_denies() {
    type Revoke = fn(&Lab);
    type Ask = fn(&Lab) -> Action;
    let cases: [(Revoke, Ask); 4] = [
        (|lab| lab.kafka.revoke_on_cluster(Right::Create).unwrap(), |_| new("fresh", 3)),
        (|lab| lab.kafka.revoke_on_topic(&orders(), Right::Alter).unwrap(), |lab| more(lab, 6)),
        (|lab| lab.kafka.revoke_on_topic(&orders(), Right::Delete).unwrap(), gone),
        (|lab| lab.kafka.revoke_on_group(&billing(), Right::Delete).unwrap(), gone_group),
    ];
    for (revoke, ask) in cases {
        let lab = Lab::new().with_stopped_group();
        let action = ask(&lab);
        revoke(&lab);
        assert_eq!(short(&lab.act(&action)), ("not applied", "missing-right".to_owned()), "{action:?}");
    }
}

#[test]
fn readers_are_who_reads_and_who_has_read() {
    let readers = |lab: &Lab| match lab.look(KafkaQuery::Readers(orders())) {
        Ok(KafkaAnswer::Readers(readers)) => readers,
        other => panic!("{other:?}"),
    };
    assert_eq!(readers(&Lab::new()), []);
    let lab = Lab::new().with_stopped_group();
    let found = readers(&lab);
    assert_eq!((found.len(), found[0].members.len(), found[0].committed.len()), (1, 0, 3));
    lab.kafka.join(&billing(), Member::new("billing-1", "/10.0.0.1")).unwrap();
    assert_eq!(readers(&lab)[0].members.len(), 1, "between assignments, too");
    lab.pass(20);
    assert_eq!(readers(&lab)[0].members.len(), 1);
    lab.kafka.revoke_on_group(&billing(), Right::Describe).unwrap();
    assert_eq!(readers(&lab), [], "who may not be seen is not told of");
}
