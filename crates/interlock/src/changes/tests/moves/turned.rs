//! `/throttle` while it runs.

use super::*;
use crate::changes::{Turning, turn};

fn turned(world: &World, rate: u64) -> Turning {
    let draft = World::new().plan(&all());
    let plan = whole(draft, all());
    let mut sections = Sections::empty();
    loop {
        match turn(&plan, rate, &sections, &world.guards) {
            Turning::Need(queries) => queries.into_iter().for_each(|query| {
                let Query::Kafka(asked) = &query else { panic!("{query:?}") };
                let section = match &world.failing {
                    Some(failing) if failing == asked => {
                        Section::Failed(Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() })
                    }
                    _ => Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Kafka(world.answer(asked)) }),
                };
                sections.put(query, section);
            }),
            done => return done,
        }
    }
}

fn refused(turning: &Turning) -> Vec<&str> {
    match turning {
        Turning::Refused(checks) => checks.iter().filter(|one| one.blocks()).map(|one| one.id.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_throttle_is_turned_within_the_bounds_of_its_plan_only() {
    let world = World::new();
    for rate in [MIB / 10, MIB, 4 * MIB] {
        assert_eq!(turned(&world, rate), Turning::Granted, "{rate}");
    }
    for rate in [MIB / 10 - 1, 4 * MIB + 1] {
        let Turning::Mistake(mistake) = turned(&world, rate) else { panic!("{rate}") };
        assert_eq!(mistake.id, "throttle-out-of-bounds");
    }
}

#[test]
fn what_comes_in_now_counts_not_what_came_in_when_it_was_planned() {
    let mut busy = World::new();
    // Nine copies go to broker 4.
    busy.inflow = MIB / 9;
    assert_eq!(refused(&turned(&busy, MIB / 2)), ["throttle-below-inflow"]);
    assert_eq!(turned(&busy, 4 * MIB), Turning::Granted);
    busy.guards = Guards::all().without(Guard::ThrottleAboveInflow);
    assert_eq!(turned(&busy, MIB / 2), Turning::Granted, "without the guard nobody says no");
}

#[test]
fn what_comes_in_where_replicas_have_arrived_does_not_count() {
    let mut busy = World::new();
    busy.inflow = MIB / 9;
    let draft = busy.plan(&asked(&["all"], 4 * MIB));
    let all_moves = moves(&draft);
    let mut half = busy.after(&draft);
    assert_eq!(turned(&half, MIB / 2), Turning::Granted, "all of them have arrived");
    // Of one the copy is under way: it is in the log of moves, whatever replicas are shown.
    let one = &all_moves[0];
    half.inflow = MIB;
    let (replicas, adding) = (one.to.clone(), Replicas(one.adding()));
    let moving = Reassignment {
        topic: one.topic.clone(),
        partition: one.partition,
        replicas,
        adding,
        removing: Replicas::default(),
    };
    half.moving.push(moving);
    assert_eq!(refused(&turned(&half, MIB / 2)), ["throttle-below-inflow"]);
}

#[test]
fn what_cannot_be_looked_at_is_refused() {
    let blind = World { failing: Some(KafkaQuery::Rates), ..World::new() };
    assert_eq!(refused(&turned(&blind, MIB)), ["cannot-verify"]);
}
