//! What is owed to a broker that was dead at the end.

use super::*;

/// The rates that are put back at the end, by broker.
fn rates_put_back(draft: &Draft) -> BTreeMap<i32, (Option<String>, Option<String>)> {
    let changes = draft.restore.iter().filter_map(|action| match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => Some(changes),
        _ => None,
    });
    let of = |one: &crate::plan::ConfigChange| match one.on {
        crate::plan::ConfigOn::Broker(id) if one.key == FOLLOWER_RATE => Some((id, (one.from.clone(), one.to.clone()))),
        _ => None,
    };
    changes.flatten().filter_map(of).collect()
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// What an operation with a throttle of 1 MiB/s, turned to 2 MiB/s meanwhile, owes broker 4, where 777 stood before.
fn owed_to_broker_4() -> (Plan, Owing) {
    let mut before = World::new();
    before.rates = BTreeMap::from([(4, "777")]);
    let plan = whole(before.plan(&all()), all());
    let owing = Owing::of(&plan, &crate::plan::ConfigOn::Broker(4), &["2097152".to_owned()].into());
    (plan, owing)
}

#[test]
fn what_is_owed_to_a_broker_is_adopted_by_whoever_throttles_it_next() {
    let (plan, owing) = owed_to_broker_4();
    assert_eq!(owing.left, ["104857", "1048576", "2097152", "4194304"].map(str::to_owned).into());
    let hold = Hold {
        cluster: "lab".parse().unwrap(),
        thing: crate::plan::Thing::Broker("4".to_owned()),
        aspect: crate::plan::Aspect::Config,
        sharing: crate::plan::Sharing::Exclusive,
    };
    let mut world = World::new();
    world.rates = BTreeMap::from([(4, "2097152")]);
    world.held.push((hold.clone(), plan.operation.clone()));
    assert_eq!(world.refused(&all()), ["held-by-other"], "a hold without a debt is somebody's at work");
    world.owing.push(owing.clone());
    let draft = world.plan(&all());
    let found = check(&draft, "owed-adopted").unwrap();
    assert_eq!((found.level, found.facts.get("operation")), (Level::Warn, Some(&plan.operation.as_str().into())));
    assert_eq!(check(&draft, "left-over-throttle"), None, "it is known whose it is");
    let adopted =
        Adopted { operation: plan.operation.clone(), brokers: [4].into(), topics: [].into(), left: owing.left };
    assert_eq!(draft.adopts, [adopted]);
    assert_eq!(rates_put_back(&draft)[&4], (text("1048576"), text("777")), "not what was left there");
    assert!(draft.holds.contains(&hold));
    // What somebody else made of it meanwhile is theirs.
    world.rates = BTreeMap::from([(4, "31")]);
    assert_eq!(rates_put_back(&world.plan(&all()))[&4].1, text("31"));
    // Another operation of whoever holds it is no debt.
    world.held.push((Hold { thing: crate::plan::Thing::Broker("3".to_owned()), ..hold }, plan.operation));
    assert_eq!(world.refused(&all()), ["held-by-other"]);
}

#[test]
fn a_debt_to_a_dead_broker_stays_where_it_is_unless_its_operation_is_taken_back() {
    let (plan, mut owing) = owed_to_broker_4();
    let mut world = World::new();
    world = world.after(&world.plan(&all()));
    world.brokers.push(Broker { id: 5, rack: Some("r5".to_owned()) });
    world.brokers.retain(|one| one.id != 4);
    world.owing.push(owing.clone());
    let mut onto_five = all();
    onto_five.0.insert("brokers".to_owned(), Value::Brokers(vec![5]));
    assert_eq!(world.plan(&onto_five).adopts, []);

    let done: Vec<Done> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act(action) => Some(Done { step: step.number, actions: vec![action.clone()] }),
            _ => None,
        })
        .collect();
    let Planning::Plan(back) = world.back(&plan, &done) else { panic!() };
    assert_eq!(back.adopts.len(), 1);
    assert_eq!(rates_put_back(&back)[&4], (text("1048576"), text("777")), "at the end, or owed on");
    assert!(back.holds.iter().any(|hold| hold.thing == crate::plan::Thing::Broker("4".to_owned())));
    assert!(!format!("{:?}", back.expectations).contains("Broker(4)"), "nobody can be asked what stands there");
    // And what the way back then owes knows the values of both.
    let second = Plan { adopts: back.adopts.clone(), ..whole(*back, all()) };
    owing.left.extend(Owing::of(&second, &crate::plan::ConfigOn::Broker(4), &BTreeSet::new()).left);
    assert_eq!(Owing::of(&second, &crate::plan::ConfigOn::Broker(4), &BTreeSet::new()).left, owing.left);
}

/// The lists of a topic that a refusal left: whoever moves that topic next takes them away at its own end.
#[test]
fn lists_that_are_owed_on_a_topic_are_adopted_by_whoever_moves_it_next() {
    let first = World::new();
    let plan = whole(first.plan(&all()), all());
    let on = crate::plan::ConfigOn::Topic(topic("orders"));
    let owing = Owing::of(&plan, &on, &BTreeSet::new());
    let [Action::Kafka(KafkaAction::TakeFromLists { lists })] = owing.put_back.as_slice() else { panic!() };
    assert!(!lists.is_empty() && lists.iter().all(|one| one.topic == topic("orders")), "{lists:?}");
    let hold = Hold {
        cluster: "lab".parse().unwrap(),
        thing: on.thing(),
        aspect: crate::plan::Aspect::Config,
        sharing: crate::plan::Sharing::Exclusive,
    };
    let mut world = World::new();
    world.held.push((hold, plan.operation.clone()));
    assert_eq!(world.refused(&all()), ["held-by-other"], "somebody's at work");
    world.owing.push(owing.clone());
    let draft = world.plan(&all());
    let adopted =
        Adopted { operation: plan.operation, brokers: [].into(), topics: [topic("orders")].into(), left: [].into() };
    assert_eq!(draft.adopts, [adopted]);
    assert_eq!(draft.restore.last(), owing.put_back.last(), "what the first one left goes with it");
    let things = check(&draft, "owed-adopted").unwrap().facts.get("things").cloned();
    assert_eq!(things, Some(vec!["topic orders".to_owned()].into()));
}
