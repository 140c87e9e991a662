//! Where offsets are set to, and what a plan says about it.

use super::world::{AT, Log, NOW, With, World, asked, check, count, group, ids, log, member, text, topic};
use crate::changes;
use crate::cluster::Query;
use crate::cluster::kafka::{Committed, Group, GroupState, KafkaQuery};
use crate::command::{Arguments, Value};
use crate::plan::{
    Action, Draft, Effect, Expectation, KafkaAction, Level, OffsetInLog, OffsetTarget, Planning, Row, Step, Undo, Work,
};

/// The partition, what stood there, and what is committed, of the one step.
fn moves(draft: &Draft) -> Vec<(i32, Option<i64>, i64)> {
    let [Step { work: Work::Act(Action::Kafka(KafkaAction::CommitOffsets { moves, .. })), .. }] = &draft.steps[..]
    else {
        panic!("not one commit: {:?}", draft.steps);
    };
    assert!(moves.iter().all(|one| one.to == Committed::plain(one.to.offset)));
    moves.iter().map(|one| (one.partition, one.from.as_ref().map(|from| from.offset), one.to.offset)).collect()
}

/// The partitions whose target was moved to an edge.
fn clamped(draft: &Draft) -> Vec<i32> {
    let marked = |row: &Row| match row {
        Row::Offset { partition, clamped: true, .. } => Some(*partition),
        _ => None,
    };
    draft.impact.rows.iter().filter_map(marked).collect()
}

fn world() -> World {
    World::of(&[log(10, 100), log(0, 50), log(5, 5)]).committed("orders", &[Some(60), None, Some(5)])
}

#[test]
fn to_the_start_of_the_log() {
    let draft = world().plan(&asked(OffsetTarget::Earliest));
    assert_eq!(moves(&draft), [(0, Some(60), 10), (1, None, 0)]);
    assert_eq!(draft.impact.worst_case, "reset-replays");
    assert_eq!(count(&draft.impact.facts, "replayed"), 50);
    assert_eq!(count(&draft.impact.facts, "skipped"), 0);
    assert_eq!(count(&draft.impact.facts, "partitions"), 3);
    assert_eq!(count(&draft.impact.facts, "changed"), 2);
    assert_eq!(count(&draft.impact.facts, "lag_before"), 40);
    assert_eq!(count(&draft.impact.facts, "lag_after"), 140);
}

#[test]
fn to_the_end_of_the_log_as_numbers() {
    let draft = world().plan(&asked(OffsetTarget::Latest));
    assert_eq!(moves(&draft), [(0, Some(60), 100), (1, None, 50)]);
    assert_eq!(draft.impact.worst_case, "reset-skips");
    assert_eq!(count(&draft.impact.facts, "skipped"), 40);
    assert_eq!(draft.effect, Effect::Reversible);
    assert_eq!(draft.estimate.changes, 2);
}

#[test]
fn to_an_offset_within_the_log_or_its_edge() {
    let draft = world().plan(&asked(OffsetTarget::Offset(70)));
    assert_eq!(moves(&draft), [(0, Some(60), 70), (1, None, 50)]);
    let clamped = check(&draft.checks, "target-clamped");
    assert_eq!(clamped.level, Level::Warn);
    assert_eq!((count(&clamped.facts, "count"), count(&clamped.facts, "partition")), (2, 1));
    assert_eq!((count(&clamped.facts, "wanted"), count(&clamped.facts, "used")), (70, 50));
    let rows: Vec<bool> =
        draft.impact.rows.iter().map(|row| matches!(row, Row::Offset { clamped: true, .. })).collect();
    assert_eq!(rows, [false, true, true]);
}

#[test]
fn an_offset_before_the_log_is_moved_to_its_start() {
    let draft = world().plan(&asked(OffsetTarget::Offset(3)));
    assert_eq!(moves(&draft), [(0, Some(60), 10), (1, None, 3)]);
    let clamped = check(&draft.checks, "target-clamped");
    assert_eq!((count(&clamped.facts, "wanted"), count(&clamped.facts, "used")), (3, 10));
}

#[test]
fn a_shift_counts_from_the_commit_and_leaves_the_rest_alone() {
    let back = world().plan(&asked(OffsetTarget::Shift(-20)));
    assert_eq!(moves(&back), [(0, Some(60), 40)]);
    let left = check(&back.checks, "no-commit-to-shift");
    assert_eq!((count(&left.facts, "partition"), count(&left.facts, "count")), (1, 1));
    assert_eq!(moves(&world().plan(&asked(OffsetTarget::Shift(15)))), [(0, Some(60), 75)]);
    let far = world().plan(&asked(OffsetTarget::Shift(i64::MAX)));
    assert_eq!(moves(&far), [(0, Some(60), 100)]);
    check(&far.checks, "target-clamped");
}

#[test]
fn nothing_to_shift_at_all_is_said() {
    let world = World::of(&[log(0, 9)]);
    assert_eq!(world.mistake(&asked(OffsetTarget::Shift(-1))).id, "no-commit-to-shift");
}

#[test]
fn to_an_instant() {
    let logs = [Log { at: Some(42), ..log(10, 100) }, Log { at: None, ..log(0, 50) }, log(5, 5)];
    let world = World::of(&logs).committed("orders", &[Some(60), Some(7), None]);
    let draft = world.plan(&asked(OffsetTarget::At(AT)));
    assert_eq!(moves(&draft), [(0, Some(60), 42), (1, Some(7), 50), (2, None, 5)]);
    let late = check(&draft.checks, "time-after-last-record");
    assert_eq!((count(&late.facts, "partition"), count(&late.facts, "count")), (1, 1));
    assert!(!ids(&draft.checks, Level::Pass).contains(&"targets-in-log"));
    assert_eq!(clamped(&draft), [1], "an empty log has no edge that could be missed");
    check(&draft.checks, "partition-empty");
    check(&draft.checks, "partition-without-commit");
    assert_eq!(draft.impact.worst_case, "reset-replays-and-skips");
}

#[test]
fn an_instant_before_the_log_is_moved_to_its_start_and_said() {
    let world = World::of(&[Log { at: Some(10), ..log(10, 100) }]).committed("orders", &[Some(60)]);
    let draft = world.plan(&asked(OffsetTarget::At(AT)));
    assert_eq!(moves(&draft), [(0, Some(60), 10)]);
    assert_eq!(check(&draft.checks, "time-before-log-start").level, Level::Warn);
    assert_eq!(clamped(&draft), [0]);
    assert!(
        !ids(&draft.checks, Level::Pass).contains(&"targets-in-log"),
        "the card marks it: no check may say otherwise"
    );
}

#[test]
fn the_edges_themselves_are_no_targets_outside_of_the_log() {
    for target in [OffsetTarget::Earliest, OffsetTarget::Latest, OffsetTarget::Offset(20)] {
        let draft = World::of(&[log(10, 100)]).committed("orders", &[Some(60)]).plan(&asked(target));
        assert_eq!(clamped(&draft), [0; 0], "{target}");
        assert!(ids(&draft.checks, Level::Pass).contains(&"targets-in-log"), "{target}");
    }
}

#[test]
fn a_commit_outside_of_the_log_counts_what_is_there() {
    // Committed before the log start and past its end: nothing of what is gone or not yet written is replayed or skipped.
    let world = World::of(&[log(10, 100), log(10, 100)]).committed("orders", &[Some(2), Some(150)]);
    let draft = world.plan(&asked(OffsetTarget::Offset(40)));
    assert_eq!((count(&draft.impact.facts, "skipped"), count(&draft.impact.facts, "replayed")), (30, 60));
    assert_eq!(count(&draft.impact.facts, "lag_before"), 90);
}

#[test]
fn every_topic_of_the_group_when_none_is_named() {
    let world = world().and("refunds", &[log(0, 5)]).and("others", &[log(0, 5)]).committed("refunds", &[Some(5)]);
    let draft = world.plan(&asked(OffsetTarget::Earliest).without("topic"));
    assert_eq!(draft.impact.topics, ["orders", "refunds"]);
    assert_eq!(draft.arguments["topic"], "orders, refunds");
    let Work::Act(action) = &draft.steps[0].work else { panic!("{:?}", draft.steps) };
    assert_eq!(action.size(), 3);
}

#[test]
fn a_topic_that_is_gone_is_left_out_when_it_was_not_named() {
    let world = world().committed("deleted", &[Some(5)]);
    let draft = world.plan(&asked(OffsetTarget::Earliest).without("topic"));
    assert_eq!(draft.impact.topics, ["orders"]);
    assert_eq!(check(&draft.checks, "topic-gone").level, Level::Warn);
}

#[test]
fn only_the_partitions_that_were_named() {
    let draft = world().plan(&asked(OffsetTarget::Earliest).with("partitions", Value::Partitions(vec![1])));
    assert_eq!(moves(&draft), [(1, None, 0)]);
    assert_eq!(draft.arguments["partitions"], "1");
    assert_eq!(draft.impact.rows.len(), 1);
}

fn new(arguments: Arguments) -> Arguments {
    arguments.with("new-group", Value::Flag(true))
}

/// A slip of the hand in the group's name: Kafka would make that group without a word.
#[test]
fn a_group_that_does_not_exist_is_made_only_where_that_is_said() {
    let dead = Group { state: GroupState::Dead, ..World::of(&[]).group.unwrap() };
    for nobody in [None, Some(dead.clone())] {
        let mut world = World::of(&[log(3, 9)]);
        world.group = nobody;
        let mistake = world.mistake(&asked(OffsetTarget::Earliest));
        assert_eq!((mistake.id.as_str(), text(&mistake.facts, "name")), ("unknown-group", "billing"));
        assert_eq!(text(&mistake.facts, "add"), "new-group:true");
        let said_no = asked(OffsetTarget::Earliest).with("new-group", Value::Flag(false));
        assert_eq!(world.mistake(&said_no).id, "unknown-group");
        world.plan(&new(asked(OffsetTarget::Earliest)));
        // Where nothing says which topics, there is nothing to set.
        assert_eq!(world.mistake(&asked(OffsetTarget::Earliest).without("topic")).facts.get("add"), None);
        assert_eq!(world.mistake(&new(asked(OffsetTarget::Earliest)).without("topic")).id, "missing-option");
    }
    // What it has committed says that it is there, whatever else is said of it.
    let mut offline = World::of(&[log(3, 9)]).committed("others", &[Some(4)]);
    offline.group = Some(dead);
    let draft = offline.plan(&asked(OffsetTarget::Earliest));
    assert!(ids(&draft.checks, Level::Pass).contains(&"group-inactive"), "{:?}", draft.checks);
    assert!(!ids(&draft.checks, Level::Warn).contains(&"group-is-new"));
}

#[test]
fn a_group_that_is_there_is_not_taken_for_a_new_one() {
    let without_commits = World::of(&[log(3, 9)]);
    let at_work = World::of(&[log(3, 9)]).members(vec![member("a", None)]);
    for world in [world(), without_commits, at_work] {
        assert_eq!(world.mistake(&new(asked(OffsetTarget::Earliest))).id, "group-is-not-new");
    }
}

#[test]
fn a_new_group_gets_its_first_offsets() {
    let mut world = World::of(&[log(3, 9)]);
    world.group = None;
    let draft = world.plan(&new(asked(OffsetTarget::Earliest)));
    assert_eq!(moves(&draft), [(0, None, 3)]);
    assert_eq!(draft.arguments["new-group"], "true");
    let warnings = ["rights-not-told", "group-is-new", "partition-without-commit"];
    assert_eq!(ids(&draft.checks, Level::Warn), warnings);
    assert_eq!(draft.impact.worst_case, "reset-neither");
}

#[test]
fn the_plan_expects_exactly_what_it_was_made_from() {
    let draft = world().plan(&asked(OffsetTarget::Earliest));
    let in_log = |partition, offset| OffsetInLog { partition, offset };
    let [cluster, topics, members, Expectation::KafkaCommittedAre { group: of, offsets }, log] =
        &draft.expectations[..]
    else {
        panic!("{:?}", draft.expectations);
    };
    assert_eq!(*cluster, Expectation::KafkaClusterIs { id: "lkc-1".to_owned() });
    let same = Expectation::KafkaTopicIs { topic: topic("orders"), id: "id-of-orders".to_owned(), partitions: 3 };
    assert_eq!(*topics, same);
    assert_eq!(*members, Expectation::KafkaGroupHasNoMembers { group: group("billing") });
    assert_eq!(*of, group("billing"));
    // The unchanged third partition too: the plan says what will stand there.
    let expected: Vec<_> = offsets.iter().map(|one| one.committed.as_ref().map(|one| one.offset)).collect();
    assert_eq!(expected, [Some(60), None, Some(5)]);
    assert_eq!(offsets[0].committed.as_ref().unwrap().leader_epoch, Some(7));
    let offsets = vec![in_log(0, 10), in_log(1, 0), in_log(2, 5)];
    assert_eq!(*log, Expectation::KafkaOffsetsInLog { topic: topic("orders"), offsets });
    let needs = [&draft.expectations[2..3], &draft.expectations[1..2], &draft.expectations[3..]].concat();
    assert_eq!(draft.steps[0].needs, needs);
}

#[test]
fn the_way_back_stands_in_the_plan() {
    let draft = world().plan(&asked(OffsetTarget::Earliest));
    let Undo::Literal { actions, needs } = &draft.steps[0].undo else { panic!("{:?}", draft.steps[0].undo) };
    let [
        Action::Kafka(KafkaAction::CommitOffsets { moves, .. }),
        Action::Kafka(KafkaAction::DeleteOffsets { removals, .. }),
    ] = &actions[..]
    else {
        panic!("{actions:?}")
    };
    let saved = Committed { offset: 60, leader_epoch: Some(7), metadata: "m60".to_owned() };
    assert_eq!((moves.len(), &moves[0].to), (1, &saved));
    assert_eq!((removals.len(), removals[0].partition, removals[0].from.offset), (1, 1, 0));
    assert!(needs.contains(&Expectation::KafkaGroupHasNoMembers { group: group("billing") }));
}

#[test]
fn what_is_asked_in_which_round() {
    let named = |queries: &std::collections::BTreeSet<Query>| queries.iter().cloned().collect::<Vec<_>>();
    let kafka = |queries: &[KafkaQuery]| queries.iter().cloned().map(Query::Kafka).collect::<Vec<_>>();
    let (billing, orders) = (group("billing"), topic("orders"));
    let first = [KafkaQuery::Cluster, KafkaQuery::Group(billing.clone()), KafkaQuery::Committed(billing)];
    let logs = [KafkaQuery::LogRanges(orders.clone()), KafkaQuery::OffsetsAt(orders.clone(), AT)];
    let of = |arguments: Arguments| {
        let (rounds, planning) =
            world().rounds(|sections, context| changes::plan("reset-offset", &arguments, sections, context).unwrap());
        assert!(matches!(planning, Planning::Plan(_)), "{planning:?}");
        rounds.iter().map(named).collect::<Vec<_>>()
    };
    let topic_too = [&first[..1], &[KafkaQuery::Topic(orders.clone())], &first[1..]].concat();
    assert_eq!(of(asked(OffsetTarget::At(AT))), [kafka(&topic_too), kafka(&logs)]);
    assert_eq!(of(asked(OffsetTarget::Earliest)), [kafka(&topic_too), kafka(&logs[..1])]);
    let unnamed = of(asked(OffsetTarget::Earliest).without("topic"));
    assert_eq!(unnamed, [kafka(&first), kafka(&[KafkaQuery::Topic(orders)]), kafka(&logs[..1])]);
}

#[test]
fn planned_at_another_time_it_is_the_same_plan() {
    let one = world().plan(&asked(OffsetTarget::Earliest));
    let cluster = super::world::cluster();
    let guards = changes::Guards::all();
    let later = changes::Context {
        now: NOW.plus(std::time::Duration::from_secs(9)),
        cluster: &cluster,
        held: &[],
        owing: &[],
        earlier: None,
        guards: &guards,
    };
    let arguments = asked(OffsetTarget::Earliest);
    let (_, again) = world().rounds(|sections, _| changes::plan("reset-offset", &arguments, sections, &later).unwrap());
    assert_eq!(again, Planning::Plan(Box::new(one)));
}
