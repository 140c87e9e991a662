//! `wait-for-stop`: wait, capture, rule.

use super::world::{AT, Log, With, World, asked, check, group, ids, log, member, topic};
use crate::plan::{Capture, Condition, Expectation, Level, OffsetTarget, Rule, Undo, Work};

fn active() -> World {
    let logs = [Log { at: Some(20), ..log(10, 100) }, log(0, 50)];
    World::of(&logs).committed("orders", &[Some(60), None]).members(vec![member("billing-1", Some("pod-1"))])
}

#[test]
fn waits_captures_and_sets_by_the_rule() {
    let draft = active().plan(&asked(OffsetTarget::At(AT)).waiting());
    let [wait, capture, rule] = &draft.steps[..] else { panic!("{:?}", draft.steps) };
    let Work::Wait(waits) = &wait.work else { panic!("{wait:?}") };
    assert_eq!((waits.deadline_ms, waits.interval_ms), (1_800_000, 2_000));
    assert_eq!(waits.condition, Condition::KafkaGroupHasNoMembers { group: group("billing"), looks: 2 });
    let scope = vec![(topic("orders"), vec![0, 1])];
    let Work::Capture(Capture::KafkaCommitted { group: captured, partitions }) = &capture.work else {
        panic!("{capture:?}")
    };
    assert_eq!((captured, partitions), (&group("billing"), &scope));
    let Work::Rule(Rule::KafkaResetOffsets(bounds)) = &rule.work else { panic!("{rule:?}") };
    assert_eq!((bounds.target, &bounds.partitions), (OffsetTarget::At(AT), &scope));
    assert_eq!((bounds.captured_by, capture.number), (2, 2));
    assert_eq!(rule.undo, Undo::Captured { step: 2 });
    for step in [capture, rule] {
        assert!(step.needs.contains(&Expectation::KafkaGroupHasNoMembers { group: group("billing") }), "{step:?}");
        assert!(step.needs.iter().any(|one| matches!(one, Expectation::KafkaTopicIs { .. })), "{step:?}");
    }
}

#[test]
fn members_are_consented_to_and_neither_they_nor_their_commits_are_expected() {
    let draft = active().plan(&asked(OffsetTarget::Latest).waiting());
    assert_eq!(ids(&draft.checks, Level::Consent), ["group-will-stop"]);
    check(&draft.checks, "group-will-stop");
    assert_eq!(draft.impact.clients, ["billing-1"]);
    assert_eq!(draft.impact.needs_from_application, ["stop-consumers"]);
    let identity =
        |one: &Expectation| matches!(one, Expectation::KafkaClusterIs { .. } | Expectation::KafkaTopicIs { .. });
    assert!(draft.expectations.iter().all(identity), "{:?}", draft.expectations);
    assert_eq!(draft.arguments["wait-for-stop"], "30m");
}

#[test]
fn a_group_that_has_stopped_already_gets_the_exact_plan() {
    let stopped = active().members(Vec::new());
    let draft = stopped.plan(&asked(OffsetTarget::Latest).waiting());
    assert_eq!(draft.steps, stopped.plan(&asked(OffsetTarget::Latest)).steps);
    assert_eq!(ids(&draft.checks, Level::Consent), [""; 0]);
}

#[test]
fn a_running_group_that_stands_there_now_may_not_when_it_stops() {
    let world = World::of(&[log(0, 50)]).committed("orders", &[Some(50)]).members(vec![member("a", None)]);
    assert_eq!(world.plan(&asked(OffsetTarget::Latest).waiting()).steps.len(), 3);
}
