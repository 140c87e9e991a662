use super::{Lab, billing, orders, ready, short};
use crate::kafka::Shown;
use crate::{ActFault, Deadlines, Trouble};
use engine::port::{Acted, Clock, Observe};
use interlock::cluster::kafka::{KafkaAnswer, KafkaQuery, Right};
use interlock::cluster::{Failure, FailureKind, Query, Section};
use interlock::plan::{Probe, probe};
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn a_look_in_trouble_fails_and_says_how() {
    let cases = [
        (Trouble::Down, Some(FailureKind::Unreachable)),
        (Trouble::Garbage, Some(FailureKind::Garbage)),
        (Trouble::NotAuthenticated, Some(FailureKind::NotAuthenticated)),
        (Trouble::Slow(30_000), Some(FailureKind::TimedOut)),
        (Trouble::Slow(2_000), None),
    ];
    let lab = Lab::new();
    for (trouble, kind) in cases {
        lab.kafka.trouble(Some(trouble.clone())).unwrap();
        for query in [KafkaQuery::Cluster, KafkaQuery::LogRanges(orders())] {
            assert_eq!(lab.look(query).err().map(|failure| failure.kind), kind, "{trouble:?}");
        }
    }
    lab.kafka.trouble(None).unwrap();
    assert!(lab.look(KafkaQuery::Cluster).is_ok());
}

#[test]
fn an_act_in_trouble_tells_what_is_known() {
    let cases = [
        (Trouble::Down, ("not applied", "unreachable"), false),
        (Trouble::NotAuthenticated, ("not applied", "not-authenticated"), false),
        (Trouble::Garbage, ("unknown", "garbage"), true),
        (Trouble::Slow(30_000), ("unknown", "timed-out"), true),
        (Trouble::Slow(2_000), ("applied", ""), true),
    ];
    for (trouble, (word, why), applied) in cases {
        let lab = Lab::new().with_stopped_group();
        let action = lab.commit(&[(0, 1), (2, 1)]);
        lab.kafka.trouble(Some(trouble.clone())).unwrap();
        assert_eq!(short(&lab.act(&action)), (word, why.to_owned()), "{trouble:?}");
        lab.kafka.trouble(None).unwrap();
        let found = probe(&action, &lab.sections_for(&action));
        assert_eq!(found, if applied { Probe::Done } else { Probe::NotYet }, "{trouble:?}");
        assert_eq!(lab.kafka.acts().unwrap().len(), usize::from(applied), "{trouble:?}");
    }
}

#[test]
fn slow_takes_its_time_up_to_the_deadline() {
    let lab = Lab::new();
    for (slow, deadline, taken) in [(2_000, 8, 2_000), (30_000, 8, 8_000), (30_000, 60, 30_000)] {
        lab.kafka.trouble(Some(Trouble::Slow(slow))).unwrap();
        let patience = Duration::from_secs(deadline);
        let kafka = lab.kafka.clone().with_deadlines(Deadlines { look: patience, act: patience });
        let before = lab.clock.now();
        let query = Query::Kafka(KafkaQuery::Cluster);
        let sections = ready(kafka.observe(&BTreeSet::from([query.clone()])));
        assert_eq!(lab.clock.now().since(before), Duration::from_millis(taken));
        if let Section::Seen(seen) = sections.get(&query) {
            assert_eq!(seen.to.since(seen.from), Duration::from_millis(taken));
        }
        let before = lab.clock.now();
        ready(kafka.send(&lab_commit(), None));
        assert_eq!(lab.clock.now().since(before), Duration::from_millis(taken));
    }
}

fn lab_commit() -> interlock::plan::Action {
    Lab::new().commit(&[(0, 1)])
}

#[test]
fn lost_answers_and_lost_requests_look_the_same() {
    for (fault, applied) in [(ActFault::AnswerLost, true), (ActFault::RequestLost, false)] {
        let lab = Lab::new().with_stopped_group();
        let action = lab.commit(&[(0, 1)]);
        lab.kafka.fail_next_act(fault).unwrap();
        assert_eq!(short(&lab.act(&action)), ("unknown", "timed-out".to_owned()));
        assert_eq!(probe(&action, &lab.sections_for(&action)) == Probe::Done, applied, "{fault:?}");
        assert_eq!(lab.kafka.acts().unwrap().len(), usize::from(applied), "{fault:?}");
        assert_eq!(lab.act(&action), Acted::Applied, "only once");
    }
}

#[test]
fn one_query_can_fail_alone() {
    let lab = Lab::new().with_stopped_group();
    let failure = Failure { kind: FailureKind::TimedOut, said: "slow coordinator".to_owned() };
    lab.kafka.fail_query(KafkaQuery::Committed(billing()), failure.clone()).unwrap();
    assert_eq!(lab.look(KafkaQuery::Committed(billing())), Err(failure));
    assert!(lab.look(KafkaQuery::Group(billing())).is_ok());
    lab.kafka.heal_queries().unwrap();
    assert_eq!(lab.committed().len(), 3);
}

#[test]
fn rights_are_told_and_missed() {
    let lab = Lab::new().with_stopped_group();
    lab.kafka.revoke_on_topic(&orders(), Right::Read).unwrap();
    lab.kafka.revoke_on_cluster(Right::Describe).unwrap();
    let rights = lab.topic().unwrap().rights.unwrap();
    assert!(!rights.contains(&Right::Read) && rights.contains(&Right::Describe));
    lab.kafka.tell_rights(false).unwrap();
    assert_eq!(lab.topic().unwrap().rights, None);
    assert_eq!(lab.group().unwrap().rights, None);

    lab.kafka.revoke_on_topic(&orders(), Right::Describe).unwrap();
    for query in [KafkaQuery::Topic(orders()), KafkaQuery::LogRanges(orders())] {
        assert_eq!(lab.look(query).unwrap_err().kind, FailureKind::Denied);
    }
    assert_eq!(lab.committed(), [], "left out without a word");
    let Ok(KafkaAnswer::Topics(topics)) = lab.look(KafkaQuery::Topics) else { panic!() };
    assert!(topics.iter().all(|one| one.name != orders()));

    lab.kafka.revoke_on_group(&billing(), Right::Describe).unwrap();
    for query in [KafkaQuery::Group(billing()), KafkaQuery::Committed(billing())] {
        assert_eq!(lab.look(query).unwrap_err().kind, FailureKind::Denied);
    }
    assert_eq!(lab.look(KafkaQuery::Groups), Ok(KafkaAnswer::Groups(Vec::new())));
}

#[test]
fn acts_are_remembered_with_their_permit() {
    let lab = Lab::new().with_stopped_group();
    let action = lab.commit(&[(0, 1)]);
    let shown = Shown { operation: super::name("K7F3QD"), token: 3, intent: 11 };
    ready(lab.kafka.send(&action, Some(shown.clone())));
    let acts = lab.kafka.acts().unwrap();
    assert_eq!(acts.len(), 1);
    assert_eq!((acts[0].permit.as_ref(), &acts[0].action, acts[0].applied), (Some(&shown), &action, true));
}

#[test]
fn a_cluster_that_is_not_there_does_not_answer() {
    let lab = Lab::new();
    let nowhere = lab.fleet.kafka(&super::name("nowhere"));
    let query = Query::Kafka(KafkaQuery::Cluster);
    let sections = ready(nowhere.observe(&BTreeSet::from([query.clone()])));
    assert!(matches!(sections.get(&query), Section::Failed(failure) if failure.kind == FailureKind::Unreachable));
    assert_eq!(short(&ready(nowhere.send(&lab_commit(), None))), ("not applied", "unreachable".to_owned()));
    assert!(nowhere.acts().is_err());
}
