//! Moves in flight, called off.

use super::*;

fn unwound(world: &World) -> Unwinding {
    unwind(&[a_move()], &world.sections()).unwrap()
}

#[test]
fn what_is_in_flight_is_called_off_and_then_gets_its_saved_order_back() {
    let found = unwound(&World::under_way());
    assert_eq!((&found.call_off[..], &found.back[..]), (&[a_move()][..], &[][..]));
    assert_eq!(unwound(&World::on(&[4, 2, 1])), Unwinding::default(), "what has arrived stays");
    assert_eq!(unwound(&World::on(&[3, 2, 1])), Unwinding::default());
    let found = unwound(&World::on(&[2, 1, 3]));
    let (from, to) = (Replicas(vec![2, 1, 3]), Replicas(vec![3, 2, 1]));
    assert_eq!(found.back, [ReplicaMove { from, to, ..a_move() }], "called off: the order was lost");
    let sent_back = World { replicas: vec![3, 2, 1, 4], target: Some(vec![3, 2, 1]), ..World::under_way() };
    assert_eq!(unwound(&sent_back).call_off.len(), 1, "sent back by somebody: that never ends");
    assert!(unwind(&[a_move()], &failed(&unwind_queries(&[a_move()]))).is_err());
}

#[test]
fn calling_off_is_done_when_nothing_moves() {
    let call_off = Action::Kafka(KafkaAction::CallOff { moves: vec![a_move()] });
    let seen = |world: World| probe(&call_off, &world.sections());
    assert_eq!(seen(World::under_way()), Probe::NotYet);
    assert_eq!(seen(World::on(&[2, 1, 3])), Probe::Done);
    assert_eq!(seen(World::on(&[4, 2, 1])), Probe::Done, "it arrived first");
    assert!(matches!(seen(World { target: Some(vec![1, 2]), ..World::under_way() }), Probe::Foreign(_)));
}

#[test]
fn it_goes_on_where_an_old_replica_is_dead() {
    let found = unwound(&World { alive: vec![1, 2, 4], ..World::under_way() });
    assert_eq!((found.call_off.len(), found.back.len(), found.going_on.len()), (0, 0, 1));
    assert_eq!(found.going_on[0].get("broker"), Some(&3_i64.into()));
}
