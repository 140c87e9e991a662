//! The way back.

use super::*;

#[test]
fn the_way_back_brings_the_first_assignment_order_included() {
    let world = World::new();
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let done = all_done(&plan);
    let after = world.after(&draft);
    let Planning::Plan(back) = after.back(&plan, &done) else { panic!() };
    let ended = after.after(&back);
    assert_eq!(ended.topics, world.topics);
    assert_eq!(check(&back, "values-as-left").map(|one| one.level), Some(Level::Pass));
    // Half of it: only what happened goes back.
    let Planning::Plan(half) = after.back(&plan, &done[..3]) else { panic!() };
    assert_eq!(moves(&half).len(), 2, "a batch");
    let Planning::Mistake(mistake) = world.back(&plan, &done) else { panic!() };
    assert_eq!(mistake.id, "already-as-before");
}

#[test]
fn a_way_back_over_replicas_that_moved_on_is_not_covered() {
    let world = World::new();
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let step = plan.steps.iter().find(|step| matches!(step.done, Condition::KafkaMoved(_))).unwrap();
    let Work::Act(action) = &step.work else { panic!() };
    let done = [Done { step: step.number, actions: vec![action.clone()] }];
    let one = &moves(&draft)[0];
    let mut moved = world.after(&draft);
    let place = usize::try_from(one.partition).unwrap();
    moved.topics.get_mut(&one.topic).unwrap()[place].replicas.reverse();
    let warns = |world: &World| match world.back(&plan, &done) {
        Planning::Plan(back) => back.checks.iter().any(|one| one.id == "replicas-moved-on"),
        other => panic!("{other:?}"),
    };
    assert!(warns(&moved));
    moved.guards = Guards::all().without(Guard::ValuesMovedOn);
    assert!(!warns(&moved));
}

/// What brokers are left with in the end: followers' rates, by broker.
fn rates_in_the_end(back: &Draft) -> BTreeSet<(String, Option<String>)> {
    let changes = back.restore.iter().filter_map(|action| match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => Some(changes),
        _ => None,
    });
    let rates = changes.flatten().filter(|one| one.key == FOLLOWER_RATE);
    rates.map(|one| (format!("{:?}", one.on), one.to.clone())).collect()
}

/// Somebody turned the throttle while the run went on, and it ended before it was put back. That is the run's own doing, and
/// not what somebody else set.
#[test]
fn what_a_throttle_was_turned_to_is_taken_back_too() {
    let world = World::new();
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let mut left = world.after(&draft);
    left.rates = (1..=4).map(|id| (id, "2000000")).collect();
    let turned_to = BTreeSet::from(["2000000".to_owned()]);
    let Planning::Plan(back) = left.back_from(&plan, &all_done(&plan), &turned_to) else { panic!() };
    assert_eq!(rates_in_the_end(&back), (1..=4).map(|id| (format!("Broker({id})"), None)).collect());
    let Planning::Plan(back) = left.back(&plan, &all_done(&plan)) else { panic!() };
    let foreign = Some("2000000".to_owned());
    assert_eq!(rates_in_the_end(&back), (1..=4).map(|id| (format!("Broker({id})"), foreign.clone())).collect());
}

#[test]
fn what_a_stuck_run_left_is_put_back_by_its_way_back() {
    let mut world = World::new();
    world.rates = BTreeMap::from([(1, "777")]);
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let done = all_done(&plan);
    let mut left = world.after(&draft);
    left.rates = (1..=4).map(|id| (id, "1048576")).collect();
    let Planning::Plan(back) = left.back(&plan, &done) else { panic!() };
    let to = rates_in_the_end(&back);
    assert!(to.contains(&("Broker(1)".to_owned(), Some("777".to_owned()))), "{to:?}");
    assert!(to.contains(&("Broker(2)".to_owned(), None)), "{to:?}");
    assert_eq!(
        back.restore.iter().filter(|one| one.key() == "kafka-take-from-lists").count(),
        2,
        "its own and what is owed"
    );
}

/// Of 500 topics that were moved, one is deleted the same day: the others go back all the same.
#[test]
fn a_topic_that_is_gone_keeps_no_other_from_going_back() {
    let world = World::new();
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let moved = world.after(&draft);
    let mut without = moved;
    without.topics.remove(&topic("payments"));
    let Planning::Plan(back) = without.back(&plan, &all_done(&plan)) else { panic!() };
    let found = check(&back, "topics-left-out").unwrap();
    assert_eq!((found.level, found.facts.get("topics")), (Level::Warn, Some(&vec!["payments".to_owned()].into())));
    assert_eq!(Guard::of_check("topics-left-out"), Some(Guard::ValuesMovedOn), "so ordinary seats are asked for");
    let back_to = moves(&back);
    assert!(!back_to.is_empty() && back_to.iter().all(|one| one.topic == topic("orders")));
    assert_eq!(without.after(&back).topics[&topic("orders")], world.topics[&topic("orders")]);
    let mut none = without;
    none.topics.clear();
    let Planning::Refused(checks) = none.back(&plan, &all_done(&plan)) else { panic!() };
    assert_eq!(checks.iter().filter(|one| one.level == Level::Block && one.id == "topic-gone").count(), 2);
}
