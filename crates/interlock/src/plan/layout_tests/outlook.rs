//! What is told beside a batch on its way.

use super::*;

/// A plan of a throttle and two batches, the second of another partition of which nothing is stored here yet.
fn two_batches() -> Plan {
    let other = ReplicaMove { partition: 1, ..a_move() };
    let step = |number, action, done| {
        let undo = Undo::Nothing;
        Step { number, work: Work::Act(action), needs: Vec::new(), done, undo }
    };
    let throttle = set(ConfigOn::Broker(3), None, Some("500"));
    const STORED: &str = include_str!("../../../golden/plan-1-reset-offset.json");
    let mut plan = Sealed::open(STORED.to_owned(), Digest::of(STORED.as_bytes())).unwrap().plan().clone();
    plan.steps = vec![
        step(1, throttle, Condition::ReadBack),
        step(2, reassign(a_move()), Condition::KafkaMoved(moving())),
        step(3, reassign(other), Condition::KafkaMoved(moving())),
    ];
    plan
}

#[test]
fn the_batch_the_later_ones_and_the_throttle_that_stands_are_told() {
    use crate::facts::Fact;
    let world = World { rate: Some("50"), ..World::under_way() };
    let seen = Facts::none().with("left", Fact::Bytes(600)).with("rate", Fact::Bytes(100));
    let plan = two_batches();
    let facts = outlook(&plan, 2, seen.clone(), &world.sections());
    let of = |name: &str| facts.get(name).cloned();
    assert_eq!((of("batch"), of("batches")), (Some(Fact::Count(1)), Some(Fact::Count(2))));
    assert_eq!(of("throttle"), Some(Fact::Bytes(50)), "as it stands, not as it was planned");
    assert_eq!(of("left-later"), Some(Fact::Bytes(0)));
    assert_eq!(of("eta-whole"), Some(Duration::from_secs(6).into()));
    let mut larger = plan.clone();
    larger.steps[2].work = Work::Act(reassign(a_move()));
    let facts = outlook(&larger, 2, seen.clone(), &world.sections());
    assert_eq!(facts.get("left-later"), Some(&Fact::Bytes(1_000)), "the largest copy there is");
    assert_eq!(facts.get("eta-whole"), Some(&Duration::from_secs(16).into()));
    assert_eq!(outlook(&plan, 1, seen.clone(), &world.sections()), seen, "no batch, nothing to tell");
    let last = outlook(&plan, 3, seen, &world.sections());
    assert_eq!((last.get("batch"), last.get("left-later")), (Some(&Fact::Count(2)), None));
}
