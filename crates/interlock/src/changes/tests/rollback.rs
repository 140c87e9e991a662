//! The way back.

use super::world::{AT, World, asked, check, count, group, ids, log, member, text, topic, whole};
use crate::cluster::FailureKind;
use crate::cluster::kafka::{Committed, KafkaQuery};
use crate::facts::Facts;
use crate::plan::{
    Action, Aspect, Check, Done, Draft, Effect, Expectation, Hold, KafkaAction, Level, OffsetTarget, Plan, Planning,
    Sharing, Thing, Undo, Work, inverse, reverse,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A world, and the plan of a reset that was carried out in it.
fn carried_out(before: &World) -> (World, Plan, Vec<Done>) {
    let arguments = asked(OffsetTarget::Latest);
    let plan = whole(before.plan(&arguments), arguments);
    let mut after = before.clone();
    let mut done = Vec::new();
    for step in &plan.steps {
        let Work::Act(action) = &step.work else { panic!("{step:?}") };
        after.act(action);
        done.push(Done { step: step.number, actions: vec![action.clone()] });
    }
    (after, plan, done)
}

fn before() -> World {
    World::of(&[log(10, 100), log(0, 50), log(5, 5)]).committed("orders", &[Some(60), None, Some(5)])
}

fn planned(planning: Planning) -> Draft {
    match planning {
        Planning::Plan(draft) => *draft,
        other => panic!("{other:?}"),
    }
}

fn refused(planning: Planning) -> Vec<Check> {
    match planning {
        Planning::Refused(checks) => checks,
        other => panic!("{other:?}"),
    }
}

fn act_all(world: &mut World, draft: &Draft) {
    for step in &draft.steps {
        let Work::Act(action) = &step.work else { panic!("{step:?}") };
        world.act(action);
    }
}

#[test]
fn the_saved_vector_exactly_absent_epoch_and_metadata() {
    let (mut world, plan, done) = carried_out(&before());
    assert_eq!(world.committed[&(topic("orders"), 0)], Committed::plain(100));
    let draft = planned(world.back(&plan, &done));
    assert_eq!(draft.effect, Effect::Reversible);
    assert_eq!(ids(&draft.checks, Level::Warn), [""; 0]);
    check(&draft.checks, "values-as-left");
    assert_eq!(draft.arguments["operation"], "K7F3QD");
    assert_eq!(draft.estimate.changes, 2);
    act_all(&mut world, &draft);
    assert_eq!(world.committed, before().committed);
}

#[test]
fn each_step_expects_what_stands_in_its_own_partitions() {
    let (world, plan, done) = carried_out(&before());
    let draft = planned(world.back(&plan, &done));
    assert_eq!(draft.steps.len(), 2);
    for step in &draft.steps {
        let Work::Act(action) = &step.work else { panic!("{step:?}") };
        assert!(action.before().is_some_and(|before| step.needs.contains(&before)), "{step:?}");
        assert!(step.needs.contains(&Expectation::KafkaGroupHasNoMembers { group: group("billing") }));
        assert!(step.needs.iter().any(|one| matches!(one, Expectation::KafkaTopicIs { .. })));
        assert!(matches!(&step.undo, Undo::Literal { actions, .. } if *actions == inverse(action)));
    }
}

#[test]
fn everything_is_asked_in_one_round() {
    let (world, plan, done) = carried_out(&before());
    let rollback = crate::changes::Rollback::plain(&plan, &done);
    let (rounds, _) = world.rounds(|sections, context| crate::changes::plan_rollback(&rollback, sections, context));
    assert_eq!(rounds.iter().map(std::collections::BTreeSet::len).collect::<Vec<_>>(), [5]);
}

#[test]
fn the_way_back_can_be_taken_back() {
    let (mut world, plan, done) = carried_out(&before());
    let after = world.committed.clone();
    let draft = planned(world.back(&plan, &done));
    act_all(&mut world, &draft);
    let back = whole(draft, plan.request);
    let done: Vec<Done> = back
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act(action) => Some(Done { step: step.number, actions: vec![action.clone()] }),
            _ => None,
        })
        .collect();
    let again = planned(world.back(&back, &done));
    act_all(&mut world, &again);
    assert_eq!(world.committed, after);
}

#[test]
fn values_that_moved_on_are_a_warning_and_still_go_back() {
    let (mut world, plan, done) = carried_out(&before());
    world.committed.insert((topic("orders"), 0), Committed::plain(103));
    let draft = planned(world.back(&plan, &done));
    let moved = check(&draft.checks, "values-moved-on");
    assert_eq!((moved.level, count(&moved.facts, "count")), (Level::Warn, 1));
    assert_eq!((text(&moved.facts, "left"), text(&moved.facts, "found")), ("100", "103"));
    act_all(&mut world, &draft);
    assert_eq!(world.committed, before().committed);
}

#[test]
fn an_act_that_was_never_applied_leaves_nothing_to_take_back() {
    let (_, plan, done) = carried_out(&before());
    let untouched = before();
    let Planning::Mistake(mistake) = untouched.back(&plan, &done) else { panic!() };
    assert_eq!(mistake.id, "already-as-before");
    let Planning::Mistake(mistake) = untouched.back(&plan, &[]) else { panic!() };
    assert_eq!(mistake.id, "nothing-to-take-back");
}

#[test]
fn saved_offsets_that_the_log_has_left_are_put_back_and_said() {
    let (mut world, plan, done) = carried_out(&before());
    world.topics.get_mut(&topic("orders")).unwrap().1[0].start = 90;
    let draft = planned(world.back(&plan, &done));
    let left = check(&draft.checks, "saved-offset-left-the-log");
    assert_eq!((left.level, count(&left.facts, "count"), text(&left.facts, "saved")), (Level::Warn, 1, "60"));
    act_all(&mut world, &draft);
    assert_eq!(world.committed, before().committed);
}

#[test]
fn the_group_must_stand_and_the_topic_be_the_same() {
    let (world, plan, done) = carried_out(&before());
    let blocks = |world: &World| {
        let checks = refused(world.back(&plan, &done));
        ids(&checks, Level::Block).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(blocks(&world.clone().members(vec![member("a", None)])), ["group-inactive"]);
    let mut other = world.clone();
    other.topics.get_mut(&topic("orders")).unwrap().0.id = "another".to_owned();
    assert_eq!(blocks(&other), ["topic-recreated"]);
    other.topics.clear();
    assert_eq!(blocks(&other), ["topic-gone"]);
    let mut elsewhere = world.clone();
    elsewhere.id = "lkc-2".to_owned();
    assert_eq!(blocks(&elsewhere), ["cluster-changed"]);
    for query in [
        KafkaQuery::Cluster,
        KafkaQuery::Group(group("billing")),
        KafkaQuery::Committed(group("billing")),
        KafkaQuery::Topic(topic("orders")),
        KafkaQuery::LogRanges(topic("orders")),
    ] {
        assert_eq!(blocks(&world.clone().failing(query, FailureKind::TimedOut)), ["cannot-verify"]);
    }
}

#[test]
fn what_the_operation_itself_holds_is_taken_over() {
    let (mut world, plan, done) = carried_out(&before());
    let (thing, aspect) = (Thing::Group("billing".to_owned()), Aspect::Offsets);
    let hold = Hold { cluster: "lab".parse().unwrap(), thing, aspect, sharing: Sharing::Exclusive };
    world.held = vec![(hold.clone(), plan.operation.clone())];
    planned(world.back(&plan, &done));
    world.held.push((hold, "BBBBBB".parse().unwrap()));
    assert_eq!(ids(&refused(world.back(&plan, &done)), Level::Block), ["held-by-other"]);
}

#[test]
fn the_right_to_delete_is_needed_where_commits_go_or_come() {
    use crate::cluster::kafka::Right;
    let (mut world, plan, done) = carried_out(&before());
    world.group.as_mut().unwrap().rights = Some([Right::Describe, Right::Read].into());
    let checks = refused(world.back(&plan, &done));
    assert_eq!(text(&check(&checks, "missing-right").facts, "right"), "DELETE");
}

#[test]
fn what_cannot_be_taken_back_is_not_offered() {
    let (world, mut plan, done) = carried_out(&before());
    plan.steps[0].undo = Undo::Irreversible { lost: Facts::none().with("messages", 7_i64) };
    let checks = refused(world.back(&plan, &done));
    assert_eq!(count(&check(&checks, "irreversible").facts, "messages"), 7);
}

fn committed() -> impl Strategy<Value = Option<Committed>> {
    let one = (0_i64..120, prop::option::of(0_i32..9), "[a-z]{0,3}");
    prop::option::of(one.prop_map(|(offset, leader_epoch, metadata)| Committed { offset, leader_epoch, metadata }))
}

proptest! {
    /// Whatever stood there: reset, then back, and the vector is the same, byte for byte.
    #[test]
    fn any_vector_comes_back(
        stood in prop::collection::vec((committed(), 0_i64..50, 0_i64..50), 1..6),
        target in prop_oneof![
            Just(OffsetTarget::Earliest),
            Just(OffsetTarget::Latest),
            (0_i64..120).prop_map(OffsetTarget::Offset),
            (-60_i64..60).prop_map(OffsetTarget::Shift),
            Just(OffsetTarget::At(AT)),
        ],
    ) {
        let logs: Vec<_> = stood.iter().map(|(_, start, size)| log(*start, start + size)).collect();
        let mut world = World::of(&logs);
        world.committed = (0..)
            .zip(&stood)
            .filter_map(|(partition, (committed, ..))| Some(((topic("orders"), partition), committed.clone()?)))
            .collect::<BTreeMap<_, _>>();
        let saved = world.committed.clone();
        if let Planning::Plan(draft) = world.planning(&asked(target)) {
            act_all(&mut world, &draft);
            let Work::Act(action) = &draft.steps[0].work else { panic!() };
            let done = [Done { step: 1, actions: vec![action.clone()] }];
            prop_assert_ne!(&world.committed, &saved);
            let plan = whole(*draft, asked(target));
            let mut literally = world.clone();
            for action in reverse(&plan, &done).unwrap() {
                literally.act(&action);
            }
            prop_assert_eq!(&literally.committed, &saved);
            let back = planned(world.back(&plan, &done));
            act_all(&mut world, &back);
            prop_assert_eq!(&world.committed, &saved);
        }
    }
}

#[test]
fn a_removal_is_taken_back_by_committing_what_stood() {
    let (mut world, plan, done) = carried_out(&before());
    let actions = reverse(&plan, &done).unwrap();
    let Some(Action::Kafka(KafkaAction::DeleteOffsets { removals, .. })) = actions.last() else {
        panic!("{actions:?}")
    };
    let stood = removals[0].from.clone();
    world.act(actions.last().unwrap());
    assert!(!world.committed.contains_key(&(topic("orders"), 1)));
    inverse(actions.last().unwrap()).iter().for_each(|action| world.act(action));
    assert_eq!(world.committed[&(topic("orders"), 1)], stood);
}
