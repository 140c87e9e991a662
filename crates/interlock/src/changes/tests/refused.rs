//! What is refused, and what a person is told.

use super::world::{AT, Log, With, World, asked, check, count, group, ids, log, member, rights, text, topic};
use crate::changes::Part;
use crate::cluster::FailureKind;
use crate::cluster::kafka::{GroupKind, KafkaQuery, Right};
use crate::command::Value;
use crate::facts::Fact;
use crate::plan::{Aspect, Hold, Level, OffsetTarget, Sharing, Thing};

const START: OffsetTarget = OffsetTarget::Earliest;

fn world() -> World {
    World::of(&[log(10, 100), log(0, 50)]).committed("orders", &[Some(60), Some(7)])
}

#[test]
fn an_active_group_with_its_members_named() {
    let members = vec![member("billing-2", None), member("billing-1", Some("pod-1")), member("billing-2", None)];
    for kind in [GroupKind::Classic, GroupKind::Consumer] {
        let mut world = world().members(members.clone());
        world.group.as_mut().unwrap().kind = kind;
        let checks = world.refused(&asked(START));
        let active = check(&checks, "group-inactive");
        assert_eq!(active.level, Level::Block);
        assert_eq!((count(&active.facts, "count"), count(&active.facts, "static")), (3, 1));
        assert_eq!(
            active.facts.get("members"),
            Some(&Fact::from(vec!["billing-1".to_owned(), "billing-2".to_owned()]))
        );
        let private = active.in_private();
        let places = ["billing-1/10.1.2.3", "billing-2/10.1.2.3"].map(str::to_owned).to_vec();
        assert_eq!(private.facts.get("members"), Some(&Fact::from(places)), "hosts are for who asks alone");
        assert!(!serde_json::to_string(&checks).unwrap().contains("10.1.2.3"), "and never stored");
    }
}

#[test]
fn thousands_of_members_are_counted_and_a_hundred_named() {
    let members = (0..5_000).map(|number| member(&format!("billing-{number:04}"), None)).collect();
    let checks = world().members(members).refused(&asked(START));
    let facts = &check(&checks, "group-inactive").facts;
    let Some(Fact::Names(names)) = facts.get("members") else { panic!("{facts:?}") };
    assert_eq!((names.len(), count(facts, "count")), (100, 5_000));
}

#[test]
fn a_share_group() {
    let mut world = world();
    world.group.as_mut().unwrap().kind = GroupKind::Other;
    check(&world.refused(&asked(START)), "group-kind-not-supported");
    check(&world.members(vec![member("a", None)]).refused(&asked(START).waiting()), "group-kind-not-supported");
}

/// The table act → ACL: without any one of these a reset does not begin.
#[test]
fn each_missing_right_is_named() {
    let lacking = |right: Right| {
        let mut rights = rights();
        rights.remove(&right);
        Some(rights)
    };
    for (on, right) in [
        ("group", Right::Describe),
        ("group", Right::Read),
        ("group", Right::Delete),
        ("topic", Right::Describe),
        ("topic", Right::Read),
    ] {
        // A commit where none stands is removed by the way back, which takes DELETE on the group.
        let mut world = World::of(&[log(10, 100), log(0, 50)]).committed("orders", &[Some(60), None]);
        match on {
            "group" => world.group.as_mut().unwrap().rights = lacking(right),
            _ => world.topics.get_mut(&topic("orders")).unwrap().0.rights = lacking(right),
        }
        let checks = world.refused(&asked(START));
        let missing = check(&checks, "missing-right");
        assert_eq!((text(&missing.facts, "on"), text(&missing.facts, "right")), (on, right.name()));
        assert_eq!(text(&missing.facts, "name"), if on == "group" { "billing" } else { "orders" });
    }
}

#[test]
fn no_right_to_delete_is_needed_where_every_partition_has_a_commit() {
    let mut world = world();
    world.group.as_mut().unwrap().rights = Some([Right::Describe, Right::Read].into());
    assert!(ids(&world.plan(&asked(START)).checks, Level::Pass).contains(&"rights-sufficient"));
}

#[test]
fn rights_that_the_broker_does_not_tell_are_a_warning() {
    let mut world = world();
    world.group.as_mut().unwrap().rights = None;
    let checks = world.plan(&asked(START)).checks;
    assert_eq!(text(&check(&checks, "rights-not-told").facts, "on"), "group");
}

#[test]
fn a_look_that_failed_whichever_it_is() {
    let (billing, orders) = (group("billing"), topic("orders"));
    for query in [
        KafkaQuery::Cluster,
        KafkaQuery::Group(billing.clone()),
        KafkaQuery::Committed(billing),
        KafkaQuery::Topic(orders.clone()),
        KafkaQuery::LogRanges(orders.clone()),
        KafkaQuery::OffsetsAt(orders, AT),
    ] {
        for kind in [FailureKind::Unreachable, FailureKind::TimedOut, FailureKind::Garbage, FailureKind::Refused] {
            let checks = world().failing(query.clone(), kind).refused(&asked(OffsetTarget::At(AT)));
            let [one] = &checks[..] else { panic!("{checks:?}") };
            assert_eq!((one.id.as_str(), one.level), ("cannot-verify", Level::Block));
            assert_eq!(text(&one.facts, "failure"), kind.key());
            let part = text(&one.facts, "part");
            assert!(Part::ALL.iter().any(|known| known.key() == part), "{part}");
        }
        let checks = world().failing(query, FailureKind::Denied).refused(&asked(OffsetTarget::At(AT)));
        check(&checks, "cannot-verify");
        assert_eq!(text(&check(&checks, "missing-right").facts, "right"), "DESCRIBE");
    }
}

#[test]
fn a_partition_without_a_leader() {
    let offline = Log { online: false, ..log(0, 50) };
    let world = World::of(&[log(10, 100), offline, offline]).committed("orders", &[Some(60)]);
    for target in [START, OffsetTarget::At(AT)] {
        let checks = world.refused(&asked(target));
        let facts = &check(&checks, "partition-offline").facts;
        assert_eq!((count(facts, "partition"), count(facts, "count")), (1, 2));
    }
    world.plan(&asked(START).with("partitions", Value::Partitions(vec![0])));
}

#[test]
fn what_another_operation_holds() {
    let hold = |thing, sharing| Hold { cluster: "lab".parse().unwrap(), thing, aspect: Aspect::Offsets, sharing };
    let mut world = world();
    world.held = vec![
        (hold(Thing::Topic("orders".to_owned()), Sharing::Shared), "AAAAAA".parse().unwrap()),
        (hold(Thing::Group("other".to_owned()), Sharing::Exclusive), "AAAAAA".parse().unwrap()),
    ];
    assert!(ids(&world.plan(&asked(START)).checks, Level::Pass).contains(&"not-held"));
    world.held.push((hold(Thing::Group("billing".to_owned()), Sharing::Exclusive), "BBBBBB".parse().unwrap()));
    let checks = world.refused(&asked(START));
    let held = check(&checks, "held-by-other");
    assert_eq!((text(&held.facts, "operation"), text(&held.facts, "thing")), ("BBBBBB", "group"));
}

#[test]
fn more_partitions_than_one_commit_carries() {
    let world = World::of(&vec![log(0, 9); 10_001]);
    let checks = world.refused(&asked(OffsetTarget::Latest));
    assert_eq!(count(&check(&checks, "too-many-partitions").facts, "most"), 10_000);
    World::of(&vec![log(0, 9); 10_000]).plan(&asked(OffsetTarget::Latest));
}

#[test]
fn all_findings_at_once() {
    let mut world = world().members(vec![member("a", None)]);
    world.group.as_mut().unwrap().rights = Some([Right::Describe].into());
    assert_eq!(ids(&world.refused(&asked(START)), Level::Block), ["missing-right", "group-inactive"]);
}

#[test]
fn mistakes_are_told_as_such() {
    let nowhere = asked(START).with("topic", Value::Topic(topic("oders")));
    let mistake = world().mistake(&nowhere);
    assert_eq!((mistake.id.as_str(), text(&mistake.facts, "name")), ("unknown-topic", "oders"));

    let mistake = world().mistake(&asked(START).with("partitions", Value::Partitions(vec![1, 7])));
    assert_eq!((mistake.id.as_str(), count(&mistake.facts, "partition")), ("unknown-partition", 7));

    let mut unknown = World::of(&[log(0, 1)]);
    assert_eq!(unknown.mistake(&asked(START).without("topic")).id, "group-without-commits");
    unknown.group = None;
    assert_eq!(unknown.mistake(&asked(START).without("topic")).id, "unknown-group");

    let there = World::of(&[log(10, 100)]).committed("orders", &[Some(10)]);
    assert_eq!(there.mistake(&asked(START)).id, "nothing-to-do");

    for option in ["group", "to"] {
        let mistake = world().mistake(&asked(START).without(option));
        assert_eq!((mistake.id.as_str(), text(&mistake.facts, "option")), ("missing-option", option));
    }
    let loose = asked(START).with("partitions", Value::Partitions(vec![0])).without("topic");
    assert_eq!(text(&world().mistake(&loose).facts, "option"), "topic");
}

#[test]
fn known_keepers_of_their_own_offsets_are_a_warning() {
    let hint = |world: World, to: &str| {
        let mut arguments = asked(START).waiting();
        arguments.0.insert("group".to_owned(), Value::Group(group(to)));
        let checks = world.plan(&arguments).checks;
        checks.iter().find(|check| check.id == "known-external-offsets").map(|one| text(&one.facts, "hint").to_owned())
    };
    assert_eq!(hint(world(), "billing"), None);
    assert_eq!(hint(world(), "my-Flink-job").as_deref(), Some("my-Flink-job"));
    assert_eq!(hint(world(), "connect-s3-sink").as_deref(), Some("connect-s3-sink"));
    let executor = vec![member("spark-executor-3", None)];
    assert_eq!(hint(world().members(executor), "billing").as_deref(), Some("spark-executor-3"));
    let mut worker = world();
    worker.group.as_mut().unwrap().protocol_type = "connect".to_owned();
    assert_eq!(hint(worker, "billing").as_deref(), Some("connect"));
    let mut unheard = world();
    unheard.group = None;
    assert_eq!(hint(unheard, "flink").as_deref(), Some("flink"));
}
