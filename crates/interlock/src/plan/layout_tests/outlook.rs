//! What is told beside a batch on its way.

use super::*;
use crate::cluster::kafka::CopiesOf;
use std::collections::BTreeSet;

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
    let told = |plan: &Plan, step| {
        let sections = world.sections();
        let later = later_query(plan, step).and_then(|_| left_later(plan, step, &sections));
        outlook(plan, step, seen.clone(), (&sections, later))
    };
    let facts = told(&plan, 2);
    let of = |name: &str| facts.get(name).cloned();
    assert_eq!((of("batch"), of("batches")), (Some(Fact::Count(1)), Some(Fact::Count(2))));
    assert_eq!(of("throttle"), Some(Fact::Bytes(50)), "as it stands, not as it was planned");
    assert_eq!(of("left-later"), Some(Fact::Bytes(0)));
    assert_eq!(of("eta-whole"), Some(Duration::from_secs(6).into()));
    let mut larger = plan.clone();
    larger.steps[2].work = Work::Act(reassign(a_move()));
    let facts = told(&larger, 2);
    assert_eq!(facts.get("left-later"), Some(&Fact::Bytes(1_000)), "the largest copy there is");
    assert_eq!(facts.get("eta-whole"), Some(&Duration::from_secs(16).into()));
    assert_eq!(told(&plan, 1), seen, "no batch, nothing to tell");
    let last = told(&plan, 3);
    assert_eq!((last.get("batch"), last.get("left-later")), (Some(&Fact::Count(2)), None));
}

/// Of hundreds of thousands of replicas a look asks for those of its batch, at the brokers that have to do with it.
#[test]
fn a_look_asks_for_the_copies_of_its_batch_only() {
    let plan = two_batches();
    let copies = |queries: &BTreeSet<Query>| {
        let of = queries.iter().filter_map(|query| match query {
            Query::Kafka(KafkaQuery::Copies(of)) => Some(of.clone()),
            Query::Kafka(KafkaQuery::LogDirs | KafkaQuery::Layout) => panic!("everything is asked for"),
            _ => None,
        });
        of.collect::<Vec<_>>()
    };
    let of = |partition| CopiesOf { partitions: [(topic(), [partition].into())].into(), brokers: [1, 2, 3, 4].into() };
    assert_eq!(copies(&moving().queries(&[a_move()])), [of(0)]);
    assert_eq!(copies(&later_query(&plan, 2).into_iter().collect()), [of(1)]);
    assert_eq!(later_query(&plan, 3), None, "nothing comes after it");
    assert_eq!(left_later(&plan, 2, &Sections::empty()), None, "what is not seen is not nothing");
}
