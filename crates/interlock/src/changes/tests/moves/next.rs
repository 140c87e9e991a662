//! What a later batch needs is looked at again before it begins.

use super::*;
use crate::plan::{Looked, NextBatch};

/// What the batch after this step waits for.
fn waits(world: &World, plan: &Plan, step: u32) -> Option<(&'static str, crate::facts::Facts)> {
    let next = NextBatch::after(plan, step).expect("a batch");
    let mut sections = Sections::empty();
    for query in next.queries() {
        let section = world.section(&query);
        sections.put(query, section);
    }
    match next.waits_for(&sections) {
        None => None,
        Some(Looked::NotYet { id, facts }) => Some((id, facts)),
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_batch_waits_for_room_a_leader_and_replicas_in_sync() {
    let plan = stored();
    let batches: Vec<(u32, ReplicaMove)> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => Some((step.number, moves[0].clone())),
            _ => None,
        })
        .collect();
    let ((first, _), (_, second), (_, third)) = (&batches[0], &batches[1], &batches[2]);
    let found = |change: &dyn Fn(&mut World)| {
        let mut world = World::new();
        change(&mut world);
        waits(&world, &plan, *first)
    };
    let of = |world: &mut World, one: &ReplicaMove, change: fn(&mut Partition)| {
        let all = world.topics.get_mut(&one.topic).unwrap();
        change(&mut all[usize::try_from(one.partition).unwrap()]);
    };
    assert_eq!(found(&|_| {}), None, "control");
    let (id, facts) = found(&|world| of(world, second, |one| one.isr.truncate(1))).unwrap();
    assert_eq!((id, facts.get("least")), ("next-not-in-sync", Some(&Fact::Count(2))));
    assert_eq!(found(&|world| of(world, second, |one| one.isr.truncate(2))), None, "as many as it needs");
    assert_eq!(found(&|world| of(world, second, |one| one.leader = None)).unwrap().0, "next-offline");
    assert_eq!(found(&|world| of(world, third, |one| one.leader = None)), None, "its turn comes later");
    let (id, facts) = found(&|world| world.free = 2 * MIB - 1).unwrap();
    assert_eq!((id, facts.get("broker")), ("next-without-room", Some(&Fact::Count(4))));
    assert_eq!(facts.get("expected"), Some(&Fact::Bytes(2 * MIB)), "its own copies, not those of all batches");
    assert_eq!(found(&|world| world.free = 2 * MIB), None);
    for query in [KafkaQuery::LogDirs, KafkaQuery::Topic(second.topic.clone())] {
        assert_eq!(found(&|world| world.failing = Some(query.clone())).unwrap().0, "cannot-look");
    }
    assert!(NextBatch::after(&plan, batches[batches.len() - 1].0).is_none(), "leaders come after the last");
    assert!(NextBatch::after(&plan, first - 1).is_some(), "lists come before the first");
}
