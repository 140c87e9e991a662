//! The throttle of a batch, turned within its bounds.

use super::*;

fn wanted(world: &World, standing_still: bool) -> Wanted {
    let turned = Turned { standing_still, ..Turned::default() };
    regulate(&moving(), &[a_move()], &turned, &world.sections())
}

fn rates(wanted: &Wanted) -> Vec<String> {
    let Wanted::Set(changes) = wanted else { panic!("{wanted:?}") };
    changes.iter().map(|one| one.to.clone().unwrap()).collect()
}

#[test]
fn it_is_slowed_where_no_replica_can_be_spared_and_only_there() {
    let at_rate = |rate, isr: &[i32]| World { rate: Some(rate), isr: isr.to_vec(), ..World::under_way() };
    assert_eq!(wanted(&at_rate("500", &[3, 2, 1]), false), Wanted::Keep);
    assert_eq!(rates(&wanted(&at_rate("500", &[3, 2]), false)), ["50"; 4], "two rates on two brokers");
    assert_eq!(wanted(&at_rate("50", &[3, 2]), false), Wanted::Keep);
    assert_eq!(rates(&wanted(&at_rate("50", &[3, 2, 1]), false)), ["500"; 4], "and back when it is in sync again");
    assert_eq!(rates(&wanted(&at_rate("500", &[3, 2, 1]), true)), ["50"; 4]);
}

#[test]
fn what_somebody_asked_for_holds_within_the_bounds_and_never_where_no_replica_can_be_spared() {
    let turned = |asked, rate, isr: &[i32]| {
        let world = World { rate: Some(rate), isr: isr.to_vec(), ..World::under_way() };
        let turned = Turned { asked: Some(asked), ours: ["300".to_owned()].into(), standing_still: false };
        regulate(&moving(), &[a_move()], &turned, &world.sections())
    };
    assert_eq!(rates(&turned(300, "500", &[3, 2, 1])), ["300"; 4]);
    assert_eq!(turned(300, "300", &[3, 2, 1]), Wanted::Keep);
    assert_eq!(rates(&turned(200, "300", &[3, 2, 1])), ["200"; 4], "what was asked for before is ours");
    assert_eq!(rates(&turned(7, "500", &[3, 2, 1])), ["50"; 4], "not below the plan's slowest");
    assert_eq!(rates(&turned(70_000, "500", &[3, 2, 1])), ["900"; 4], "not above its fastest");
    assert_eq!(rates(&turned(300, "300", &[3, 2])), ["50"; 4], "no replica to spare");
    assert!(matches!(turned(300, "301", &[3, 2, 1]), Wanted::Foreign(_)));
}

#[test]
fn a_throttle_of_somebody_else_is_left_alone() {
    for rate in [None, Some("77")] {
        let world = World { rate, isr: vec![3, 2], ..World::under_way() };
        assert!(matches!(wanted(&world, false), Wanted::Foreign(_)), "{rate:?}");
    }
    let dead = World { rate: Some("500"), isr: vec![3, 2], alive: vec![1, 2, 3], ..World::under_way() };
    assert_eq!(rates(&wanted(&dead, false)), ["50"; 2], "a dead broker is not asked");
}
