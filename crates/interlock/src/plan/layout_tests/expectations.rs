//! What has to hold before an action on the layout.

use super::*;

fn broken(expectation: &Expectation, world: &World) -> &'static str {
    match evaluate(expectation, &world.sections()) {
        Held::Broken { id, .. } => id,
        Held::Holds => "holds",
        Held::CannotTell(_) => "cannot tell",
    }
}

fn all() -> Vec<Expectation> {
    let config = ConfigExpected { on: ConfigOn::Broker(1), key: FOLLOWER_RATE.to_owned(), value: None };
    vec![
        reassign(a_move()).before().unwrap(),
        Expectation::KafkaNothingMoves,
        Expectation::KafkaBrokersAlive { brokers: vec![Broker { id: 4, rack: Some("r4".to_owned()) }] },
        Expectation::KafkaConfigsAre { configs: vec![config] },
        Expectation::KafkaRoom { brokers: vec![RoomExpected { broker: 4, bytes: 5_000, path: None }] },
    ]
}

#[test]
fn each_holds_and_each_is_broken_by_what_it_is_for() {
    let before = World::on(&[3, 2, 1]);
    for expectation in all() {
        assert_eq!(broken(&expectation, &before), "holds", "{expectation:?}");
        assert!(matches!(evaluate(&expectation, &Sections::empty()), Held::CannotTell(_)), "{expectation:?}");
        let failed = failed(&expectation.queries());
        assert!(matches!(evaluate(&expectation, &failed), Held::CannotTell(_)), "{expectation:?}");
    }
    let [assigned, still, alive, config, _] = &all()[..] else { panic!() };
    assert_eq!(broken(assigned, &World::under_way()), "partition-is-moving");
    assert_eq!(broken(assigned, &World::on(&[2, 3, 1])), "assignment-changed", "the order counts");
    assert_eq!(broken(assigned, &World { id: "second", ..before.clone() }), "topic-recreated");
    assert_eq!(broken(assigned, &World { gone: true, ..before.clone() }), "topic-gone");
    assert_eq!(broken(still, &World::under_way()), "reassignment-under-way");
    assert_eq!(broken(alive, &World { alive: vec![1, 2, 3], ..before.clone() }), "broker-dead");
    assert_eq!(broken(config, &World { rate: Some("1"), ..before.clone() }), "setting-changed");
    let other = Expectation::KafkaBrokersAlive { brokers: vec![Broker { id: 4, rack: Some("r9".to_owned()) }] };
    assert_eq!(broken(&other, &before), "rack-changed");
    let ours = Expectation::KafkaOnlyTheseMove { moves: vec![a_move()] };
    assert_eq!(broken(&ours, &World::under_way()), "holds");
    assert_eq!(broken(&ours, &before), "move-has-ended");
    let elsewhere = World { target: Some(vec![2, 1]), ..World::under_way() };
    assert_eq!(broken(&ours, &elsewhere), "reassignment-under-way");
    assert!(matches!(evaluate(&ours, &Sections::empty()), Held::CannotTell(_)));
    let more = Expectation::KafkaRoom { brokers: vec![RoomExpected { broker: 4, bytes: 5_001, path: None }] };
    assert_eq!(broken(&more, &before), "disk-too-full");
    let in_dir = |path: &str, bytes| {
        let room = RoomExpected { broker: 4, bytes, path: Some(path.to_owned()) };
        broken(&Expectation::KafkaRoom { brokers: vec![room] }, &before)
    };
    assert_eq!((in_dir("/data", 5_000), in_dir("/data", 5_001)), ("holds", "log-dir-too-full"));
    assert_eq!(in_dir("/gone", 0), "log-dir-too-full", "it failed, takes nothing or is there no more");
}

#[test]
fn an_election_breaks_none_of_them() {
    let elected = World { leader: 2, isr: vec![2, 1, 3], ..World::on(&[3, 2, 1]) };
    all().iter().for_each(|expectation| assert_eq!(broken(expectation, &elected), "holds"));
}
