//! The rule of a reset that waited gives what the exact plan would.

use super::world::{AT, Log, World, asked, group, log, topic};
use crate::cluster::FailureKind;
use crate::cluster::kafka::{Committed, KafkaQuery};
use crate::cluster::{Query, Sections};
use crate::plan::{
    Action, Captured, Expansion, KafkaAction, OffsetExpected, OffsetRule, OffsetTarget, Planning, Rule, Work, expand,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn rule(world: &World, target: OffsetTarget) -> (Rule, Captured) {
    let partitions: Vec<i32> = (0..).zip(&world.topics[&topic("orders")].1).map(|(partition, _)| partition).collect();
    let offsets = partitions
        .iter()
        .map(|&partition| OffsetExpected {
            topic: topic("orders"),
            partition,
            committed: world.committed.get(&(topic("orders"), partition)).cloned(),
        })
        .collect();
    let partitions = vec![(topic("orders"), partitions)];
    let rule = OffsetRule { group: group("billing"), target, partitions, captured_by: 2 };
    (Rule::KafkaResetOffsets(rule), Captured { offsets, queues: Vec::new() })
}

fn expanded(world: &World, rule: &Rule, captured: &Captured) -> Expansion {
    match expand(rule, captured, &Sections::empty()) {
        Expansion::Need(queries) => expand(rule, captured, &world.observe(&queries)),
        other => other,
    }
}

fn any_log() -> impl Strategy<Value = (Log, Option<i64>)> {
    (0_i64..50, 0_i64..50, prop::option::of(0_i64..1), 0_i64..50, prop::option::of(0_i64..130)).prop_map(
        |(start, size, found, into, committed)| {
            let at = found.filter(|_| size > 0).map(|_| start + into.min(size - 1));
            (Log { at, ..log(start, start + size) }, committed)
        },
    )
}

proptest! {
    #[test]
    fn the_rule_is_the_exact_plan_on_the_same_sections(
        partitions in prop::collection::vec(any_log(), 1..6),
        target in prop_oneof![
            Just(OffsetTarget::Earliest),
            Just(OffsetTarget::Latest),
            any::<i64>().prop_map(OffsetTarget::Offset),
            any::<i64>().prop_map(OffsetTarget::Shift),
            (0_i64..130).prop_map(OffsetTarget::Offset),
            (-60_i64..60).prop_map(OffsetTarget::Shift),
            Just(OffsetTarget::At(AT)),
        ],
    ) {
        let (logs, offsets): (Vec<_>, Vec<_>) = partitions.into_iter().unzip();
        let world = World::of(&logs).committed("orders", &offsets);
        let (rule, captured) = rule(&world, target);
        let exact = match world.planning(&asked(target)) {
            Planning::Plan(draft) => draft
                .steps
                .iter()
                .filter_map(|step| match &step.work {
                    Work::Act(action) => Some(action.clone()),
                    _ => None,
                })
                .collect(),
            Planning::Mistake(_) => Vec::new(),
            other => panic!("{other:?}"),
        };
        for action in &exact {
            let Action::Kafka(action) = action else { panic!("{action:?}") };
            let KafkaAction::CommitOffsets { moves, .. } = action else { panic!() };
            for one in moves {
                let log = logs[usize::try_from(one.partition).unwrap()];
                prop_assert!((log.start..=log.end).contains(&one.to.offset), "{:?} in {:?}", one, log);
            }
        }
        prop_assert_eq!(expanded(&world, &rule, &captured), Expansion::Actions(exact));
    }
}

fn world() -> World {
    World::of(&[log(0, 9), log(0, 9)]).committed("orders", &[Some(4), None])
}

#[test]
fn a_shift_counts_from_what_was_captured() {
    let (rule, mut captured) = rule(&world(), OffsetTarget::Shift(-1));
    captured.offsets[0].committed = Some(Committed::plain(8));
    let Expansion::Actions(actions) = expanded(&world(), &rule, &captured) else { panic!() };
    let [Action::Kafka(KafkaAction::CommitOffsets { moves, .. })] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!((moves.len(), moves[0].to.offset), (1, 7));
}

#[test]
fn it_asks_for_the_log_and_the_instant_only() {
    let (rule, captured) = rule(&world(), OffsetTarget::At(AT));
    let queries = [KafkaQuery::LogRanges(topic("orders")), KafkaQuery::OffsetsAt(topic("orders"), AT)];
    let needed: BTreeSet<Query> = queries.into_iter().map(Query::Kafka).collect();
    assert_eq!(expand(&rule, &captured, &Sections::empty()), Expansion::Need(needed));
}

#[test]
fn what_was_not_captured_is_not_taken_for_absent() {
    let (rule, _) = rule(&world(), OffsetTarget::Latest);
    assert!(matches!(expanded(&world(), &rule, &Captured::default()), Expansion::OutOfBounds(_)));
}

#[test]
fn a_partition_without_a_leader_is_out_of_bounds_and_a_failed_look_tells_nothing() {
    let (rule, captured) = rule(&world(), OffsetTarget::Latest);
    let mut offline = world();
    offline.topics.get_mut(&topic("orders")).unwrap().1[1].online = false;
    assert!(matches!(expanded(&offline, &rule, &captured), Expansion::OutOfBounds(_)));
    let failing = world().failing(KafkaQuery::LogRanges(topic("orders")), FailureKind::TimedOut);
    assert!(matches!(expanded(&failing, &rule, &captured), Expansion::CannotTell(_)));
}
