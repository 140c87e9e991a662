//! A batch of moves on its way.

use super::*;

fn look_at(world: &World, memory: &Memory, second: i64) -> (Memory, Looked) {
    let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(a_move())]);
    let awaited = Awaited { condition: &condition, actions: &actions };
    let pace = Pace { now: Millis(second * 1_000), interval: Duration::from_secs(1) };
    look(awaited, memory, &world.sections(), pace)
}

fn id(looked: &Looked) -> &'static str {
    match looked {
        Looked::Met => "met",
        Looked::NotYet { id, .. }
        | Looked::Impossible { id, .. }
        | Looked::Unsafe { id, .. }
        | Looked::Foreign { id, .. } => id,
    }
}

fn found(world: &World) -> &'static str {
    id(&look_at(world, &Memory::default(), 0).1)
}

#[test]
fn it_has_arrived_when_order_and_isr_are_the_targets() {
    assert_eq!(found(&World::on(&[4, 2, 1])), "met");
    assert_eq!(
        found(&World { isr: vec![1, 4, 2], ..World::on(&[4, 2, 1]) }),
        "met",
        "in whatever order they are in sync"
    );
    assert_eq!(found(&World::under_way()), "moving");
    assert_eq!(found(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }), "moving", "not all are in sync");
    assert_eq!(found(&World::on(&[4, 2, 1, 3])), "moving", "it arrived between two looks of one round");
}

#[test]
fn what_a_broker_shows_late_is_not_taken_for_somebody_elses() {
    for world in [World::on(&[2, 4, 1]), World::on(&[3, 2, 1])] {
        let (memory, first) = look_at(&world, &Memory::default(), 0);
        let (memory, second) = look_at(&world, &memory, 1);
        assert_eq!((id(&first), id(&second)), ("moving", "moving"));
        assert_eq!(id(&look_at(&world, &memory, 2).1), "move-overridden", "it stands");
        let (memory, _) = look_at(&World::under_way(), &memory, 2);
        assert_eq!(id(&look_at(&world, &memory, 3).1), "moving", "it begins anew");
    }
}

#[test]
fn what_ends_it_is_named() {
    assert_eq!(found(&World { id: "second", ..World::under_way() }), "topic-recreated");
    assert_eq!(found(&World { gone: true, ..World::under_way() }), "topic-gone");
    assert_eq!(found(&World { target: Some(vec![1, 2]), ..World::under_way() }), "move-overridden");
    assert_eq!(found(&World { isr: vec![3], ..World::under_way() }), "under-min-isr");
    assert_eq!(found(&World { isr: vec![3, 2], ..World::under_way() }), "moving", "at the edge is not under it");
}

#[test]
fn too_few_in_sync_does_not_stop_a_move_that_helps() {
    let relieved = Moving { relieved: BTreeMap::from([(topic(), [0].into())]), ..moving() };
    let condition = Condition::KafkaMoved(relieved);
    let (actions, pace) = ([reassign(a_move())], Pace { now: Millis(0), interval: Duration::from_secs(1) });
    let awaited = Awaited { condition: &condition, actions: &actions };
    let alone = World { isr: vec![2], ..World::under_way() };
    assert_eq!(id(&look(awaited, &Memory::default(), &alone.sections(), pace).1), "moving");
    assert_eq!(found(&alone), "under-min-isr", "control");
}

#[test]
fn what_is_left_its_rate_and_a_stall_are_told() {
    let (memory, first) = look_at(&World::under_way(), &Memory::default(), 0);
    let Looked::NotYet { facts, .. } = first else { panic!() };
    assert_eq!((facts.get("left"), facts.get("rate")), (Some(&crate::facts::Fact::Bytes(1_000)), None));
    let (memory, second) = look_at(&World { copied: 400, ..World::under_way() }, &memory, 4);
    let Looked::NotYet { facts, .. } = second else { panic!() };
    assert_eq!(facts.get("rate"), Some(&crate::facts::Fact::Bytes(100)));
    assert_eq!(facts.get("eta"), Some(&Duration::from_secs(6).into()));
    let stands = World { copied: 400, ..World::under_way() };
    assert_eq!(id(&look_at(&stands, &memory, 14).1), "moving");
    let (memory, _) = look_at(&stands, &memory, 10);
    assert_eq!(id(&look_at(&stands, &memory, 15).1), "move-stalled");
    assert_eq!(id(&look_at(&World { copied: 401, ..stands }, &memory, 15).1), "moving");
}

#[test]
fn what_falls_behind_stands_still() {
    let copied = |copied| World { copied, ..World::under_way() };
    let (mut memory, _) = look_at(&copied(400), &Memory::default(), 0);
    for second in 1..=10 {
        let (next, looked) = look_at(&copied(400 - 10 * u64::try_from(second).unwrap()), &memory, second);
        assert_eq!((id(&looked), next.stalled), ("moving", false), "second {second}");
        memory = next;
    }
    let (memory, looked) = look_at(&copied(395), &memory, 11);
    assert_eq!((id(&looked), memory.stalled), ("move-stalled", true), "less than a moment ago, and more than at first");
    let (memory, looked) = look_at(&copied(500), &memory, 12);
    assert_eq!((id(&looked), memory.stalled), ("moving", false));
}

#[test]
fn a_partition_with_fewer_replicas_than_its_topic_wants_in_sync_is_not_under_them() {
    let alone = ReplicaMove { from: Replicas(vec![3]), to: Replicas(vec![4]), ..a_move() };
    let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(alone)]);
    let awaited = Awaited { condition: &condition, actions: &actions };
    let world = World { isr: vec![3], leader: 3, target: Some(vec![4]), ..World::on(&[4, 3]) };
    let pace = Pace { now: Millis(0), interval: Duration::from_secs(1) };
    assert_eq!(id(&look(awaited, &Memory::default(), &world.sections(), pace).1), "moving");
}

#[test]
fn a_failed_look_is_never_an_arrival() {
    let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(a_move())]);
    let awaited = Awaited { condition: &condition, actions: &actions };
    let pace = Pace { now: Millis(0), interval: Duration::from_secs(1) };
    let (_, looked) = look(awaited, &Memory::default(), &failed(&awaited.queries()), pace);
    assert_eq!(id(&looked), "cannot-look");
}
