use super::{Lab, billing, name, orders, short};
use crate::{Interference, Member};
use engine::port::Acted;
use interlock::cluster::FailureKind;
use interlock::cluster::kafka::{Committed, GroupKind, Right};
use interlock::plan::{Action, KafkaAction, OffsetMove, OffsetRemoval, Probe, inverse, probe};

#[test]
fn a_commit_for_a_stopped_group_is_stored_as_it_is() {
    let lab = Lab::new().with_stopped_group();
    let past_the_end = lab.ranges()[1].end + 1_000_000;
    let action = lab.commit(&[(0, 17), (1, past_the_end), (2, 0), (3, 3)]);
    assert_eq!(lab.act(&action), Acted::Applied);
    for (partition, offset) in [(0, 17), (1, past_the_end), (2, 0), (3, 3)] {
        assert_eq!(lab.committed_in(partition), Some(Committed::plain(offset)), "partition {partition}");
    }
}

#[test]
fn epoch_and_metadata_are_kept() {
    let lab = Lab::new().with_stopped_group();
    let to = Committed { offset: 5, leader_epoch: Some(3), metadata: "by hand".to_owned() };
    let moves = vec![OffsetMove { topic: orders(), partition: 0, from: None, to: to.clone() }];
    lab.act(&Action::Kafka(KafkaAction::CommitOffsets { group: billing(), moves }));
    assert_eq!(lab.committed_in(0), Some(to));
}

#[test]
fn a_commit_makes_an_unknown_group() {
    let lab = Lab::new();
    assert_eq!(lab.act(&lab.commit(&[(0, 1)])), Acted::Applied);
    let group = lab.group().unwrap();
    assert_eq!((group.kind, group.protocol_type.as_str(), group.members.len()), (GroupKind::Classic, "", 0));
}

#[test]
fn the_broker_refuses_what_it_refuses() {
    type Make = fn() -> Lab;
    type Ask = fn(&Lab) -> Action;
    let stopped: Make = || Lab::new().with_stopped_group();
    let working: Make = || Lab::new().with_working_group();
    let cases: [(&str, Make, Ask, &str, &str); 7] = [
        ("commit, members", working, |lab| lab.commit(&[(0, 1), (1, 1)]), "group-has-members", "25 "),
        ("delete, subscribed", working, |lab| lab.delete(&[0]), "group-subscribed", "86 "),
        ("delete, unknown group", Lab::new, |lab| lab.delete(&[0]), "group-gone", "69 "),
        ("commit, no such partition", stopped, |lab| lab.commit(&[(9, 1)]), "topic-gone", "3 "),
        ("commit, negative partition", stopped, |lab| lab.commit(&[(-1, 1)]), "topic-gone", "3 "),
        ("commit, no such topic", stopped, |_| elsewhere(), "topic-gone", "3 "),
        ("delete, no such topic", stopped, |_| removal_elsewhere(), "topic-gone", "3 "),
    ];
    for (case, make, ask, id, said) in cases {
        let lab = make();
        let (before, action) = (lab.committed(), ask(&lab));
        let Acted::NotApplied(reason) = lab.act(&action) else { panic!("{case}") };
        assert_eq!((reason.kind, reason.id.as_str()), (FailureKind::Refused, id), "{case}");
        assert!(reason.said.starts_with(said), "{case}: {}", reason.said);
        assert_eq!(lab.committed(), before, "{case}");
        let acts = lab.kafka.acts().unwrap();
        assert_eq!((acts.len(), acts[0].applied), (1, false), "{case}");
    }
}

fn elsewhere() -> Action {
    let moves = vec![OffsetMove { topic: name("nope"), partition: 0, from: None, to: Committed::plain(1) }];
    Action::Kafka(KafkaAction::CommitOffsets { group: billing(), moves })
}

fn removal_elsewhere() -> Action {
    let removals = vec![OffsetRemoval { topic: name("nope"), partition: 0, from: Committed::plain(1) }];
    Action::Kafka(KafkaAction::DeleteOffsets { group: billing(), removals })
}

#[test]
fn one_partition_that_is_refused_does_not_keep_the_others_back() {
    let lab = Lab::new().with_stopped_group();
    let acted = lab.act(&lab.commit(&[(0, 1), (9, 1)]));
    assert_eq!(short(&acted), ("partly", "topic-gone".to_owned()));
    assert_eq!(lab.committed_in(0), Some(Committed::plain(1)));
}

#[test]
fn a_group_with_members_loses_only_what_it_is_not_subscribed_to() {
    let lab = Lab::new().with_stopped_group();
    let other = crate::TopicSpec::new(name("other"), 1);
    lab.kafka.add_topic(&other).unwrap();
    lab.kafka.foreign_commit(&billing(), &name("other"), 0, Committed::plain(0)).unwrap();
    lab.kafka.join(&billing(), Member::new("b", "/10.0.0.1")).unwrap();
    let removals = vec![OffsetRemoval { topic: name("other"), partition: 0, from: Committed::plain(0) }];
    let action = Action::Kafka(KafkaAction::DeleteOffsets { group: billing(), removals });
    assert_eq!(lab.act(&action), Acted::Applied);
    assert!(lab.committed().iter().all(|one| one.topic == orders()));
}

#[test]
fn deleted_commits_are_absent() {
    let lab = Lab::new().with_stopped_group();
    let action = lab.delete(&[0, 2]);
    assert_eq!(lab.act(&action), Acted::Applied, "deleting what is not there is no error");
    assert_eq!((lab.committed_in(0), lab.committed_in(2)), (None, None));
    assert!(lab.committed_in(1).is_some());
    assert!(lab.group().is_some(), "the group stays");
}

#[test]
fn a_probe_sees_an_act_and_a_stranger() {
    let lab = Lab::new().with_stopped_group();
    for action in [lab.commit(&[(0, 10), (2, 20)]), lab.delete(&[1])] {
        assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::NotYet);
        assert_eq!(lab.act(&action), Acted::Applied);
        assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::Done);
        let Action::Kafka(inner) = &action else { panic!("{action:?}") };
        let partition = if matches!(inner, KafkaAction::CommitOffsets { .. }) { 2 } else { 1 };
        lab.kafka.foreign_commit(&billing(), &orders(), partition, Committed::plain(4_711)).unwrap();
        assert!(matches!(probe(&action, &lab.sections_for(&action)), Probe::Foreign(_)));
    }
    assert_eq!(lab.kafka.acts().unwrap().len(), 2, "what others do is not counted");
}

#[test]
fn the_inverse_restores_the_vector_exactly() {
    let lab = Lab::new().with_stopped_group();
    let before = lab.committed();
    assert!(before.iter().any(|one| one.committed.leader_epoch.is_some()));
    let action = lab.commit(&[(0, 10), (1, 11), (2, 12)]);
    lab.act(&action);
    assert_ne!(lab.committed(), before);
    for back in inverse(&action) {
        assert_eq!(lab.act(&back), Acted::Applied);
    }
    assert_eq!(lab.committed(), before);
}

#[test]
fn each_missing_right_denies() {
    type Revoke = fn(&Lab);
    let cases: [(&str, Revoke, bool, bool); 4] = [
        ("group READ", |lab| lab.kafka.revoke_on_group(&billing(), Right::Read).unwrap(), false, true),
        ("group DELETE", |lab| lab.kafka.revoke_on_group(&billing(), Right::Delete).unwrap(), true, false),
        ("topic READ", |lab| lab.kafka.revoke_on_topic(&orders(), Right::Read).unwrap(), false, false),
        ("topic WRITE", |lab| lab.kafka.revoke_on_topic(&orders(), Right::Write).unwrap(), true, true),
    ];
    for (right, revoke, commits, deletes) in cases {
        let lab = Lab::new().with_stopped_group();
        revoke(&lab);
        for (action, allowed) in [(lab.commit(&[(0, 1)]), commits), (lab.delete(&[0]), deletes)] {
            let expected =
                if allowed { ("applied", String::new()) } else { ("not applied", "missing-right".to_owned()) };
            assert_eq!(short(&lab.act(&action)), expected, "{right}, {}", action.key());
        }
    }
}

#[test]
fn a_member_joins_just_before_the_act() {
    let lab = Lab::new().with_stopped_group();
    let (before, action) = (lab.committed(), lab.commit(&[(0, 1), (2, 1)]));
    lab.kafka.join_before_next_act(&billing(), Member::new("late", "/10.0.0.1")).unwrap();
    assert_eq!(lab.group().unwrap().members, [], "nobody is there at the last look");
    assert_eq!(short(&lab.act(&action)), ("not applied", "group-has-members".to_owned()));
    assert_eq!(lab.committed(), before);
    assert_eq!(lab.group().unwrap().members[0].client_id, "late");
}

#[test]
fn strangers_interfere_around_an_act() {
    let lab = Lab::new().with_stopped_group();
    let action = lab.commit(&[(0, 1)]);
    let event = |offset| Interference::Commit(billing(), orders(), 1, Committed::plain(offset));
    lab.kafka.before_next_act(event(7)).unwrap();
    lab.kafka.after_next_act(Interference::Commit(billing(), orders(), 0, Committed::plain(8))).unwrap();
    assert_eq!(lab.act(&action), Acted::Applied);
    assert_eq!(lab.committed_in(1), Some(Committed::plain(7)));
    assert!(matches!(probe(&action, &lab.sections_for(&action)), Probe::Foreign(_)));
    assert_eq!(lab.act(&action), Acted::Applied);
    assert_eq!(probe(&action, &lab.sections_for(&action)), Probe::Done, "they came once only");
}
