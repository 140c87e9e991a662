//! What is planned, and in which order.

use super::*;

#[test]
fn the_new_broker_gets_its_share_with_the_fewest_copies() {
    let draft = World::new().plan(&all());
    let moves = moves(&draft);
    // 12 partitions of 3 replicas on 4 brokers: 9 each.
    assert_eq!(moves.iter().map(|one| one.adding()).collect::<Vec<_>>(), vec![vec![4]; 9]);
    let fact = |name: &str| draft.impact.facts.get(name).cloned();
    assert_eq!((fact("moves"), fact("bound")), (Some(Fact::Count(9)), Some(Fact::Count(9))));
    assert_eq!(fact("bytes"), Some(Fact::Bytes(9 * MIB)));
    let row = |id: i32| {
        draft.impact.rows.iter().find_map(|row| match row {
            Row::Broker { broker, now, during, after, .. } if *broker == id => Some((*now, *during, *after)),
            _ => None,
        })
    };
    let (now, during, after) = row(4).unwrap();
    assert_eq!((now.replicas, during.replicas, after.replicas), (0, 9, 9));
    let (now, during, after) = row(1).unwrap();
    assert_eq!((now.replicas, during.replicas, after.replicas), (12, 12, 9), "what leaves is still there meanwhile");
    assert_eq!(draft.checks.iter().filter(|one| one.level != Level::Pass).count(), 0, "{:?}", draft.checks);
}

#[test]
fn the_order_is_throttle_batches_leaders_and_the_lists_go_first_at_the_end() {
    let draft = World::new().plan(&all());
    let keys: Vec<&str> = draft
        .steps
        .iter()
        .map(|step| match &step.work {
            Work::Act(action) => action.key(),
            other => panic!("{other:?}"),
        })
        .collect();
    let batches = keys.iter().filter(|key| **key == "kafka-reassign").count();
    assert_eq!(batches, 5);
    assert_eq!(keys[..2], ["kafka-set-configs"; 2]);
    assert!(keys[2..2 + batches].iter().all(|key| *key == "kafka-reassign"));
    assert_eq!(keys[2 + batches..], ["kafka-elect-preferred"]);
    let restore: Vec<&str> = draft.restore.iter().map(Action::key).collect();
    assert_eq!(restore[0], "kafka-take-from-lists");
    assert_eq!(restore[1..], ["kafka-set-configs"; 8], "each rate of each broker by itself");
    for step in draft.steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_))) {
        assert!(matches!(step.undo, Undo::Inverse { .. }));
    }
}

#[test]
fn there_are_about_ten_batches_of_two_or_more_and_of_few_moves_each_is_one() {
    let sizes = |partitions: usize| {
        let draft = World::new().with("many", partitions).plan(&asked(&["many"], MIB));
        let sizes = draft.steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_)));
        let sizes = sizes.map(|step| match &step.work {
            Work::Act(action) => action.size(),
            other => panic!("{other:?}"),
        });
        sizes.collect::<Vec<_>>()
    };
    assert_eq!(sizes(4), [1, 1, 1]);
    assert_eq!(sizes(6), [2, 2]);
    assert_eq!(sizes(12), [2, 2, 2, 2, 1]);
    assert_eq!(sizes(40), [3; 10]);
}

#[test]
fn lists_are_merged_and_what_was_absent_is_told_from_what_was_empty() {
    let mut world = World::new();
    world.lists = BTreeMap::from([(topic("orders"), "7:7,0:1"), (topic("payments"), "")]);
    world.rates = BTreeMap::from([(1, "12345")]);
    let draft = world.plan(&all());
    let Work::Act(Action::Kafka(KafkaAction::SetConfigs { changes })) = &draft.steps[1].work else { panic!() };
    let of = |name: &str, key: &str| {
        let on = crate::plan::ConfigOn::Topic(topic(name));
        changes.iter().find(|one| one.on == on && one.key == key).unwrap()
    };
    let merged = of("orders", FOLLOWER_LIST);
    assert_eq!(merged.from.as_deref(), Some("7:7,0:1"));
    assert!(merged.to.as_ref().unwrap().starts_with("7:7,0:1,"), "{merged:?}");
    assert!(changes.iter().all(|one| !one.to.as_ref().unwrap().contains('*')));
    let Action::Kafka(KafkaAction::TakeFromLists { lists }) = &draft.restore[0] else { panic!() };
    let taken = |name: &str, key: &str| lists.iter().find(|one| one.topic == topic(name) && one.key == key).unwrap();
    assert!(!taken("orders", FOLLOWER_LIST).entries.contains(&"0:1".to_owned()), "what was there is not ours");
    assert!(taken("payments", FOLLOWER_LIST).stood_before, "an empty list was there");
    assert!(!taken("payments", LEADER_LIST).stood_before);
    let back: Vec<_> = draft
        .restore
        .iter()
        .filter_map(|action| match action {
            Action::Kafka(KafkaAction::SetConfigs { changes }) => Some(changes),
            _ => None,
        })
        .flatten()
        .filter(|one| one.to.is_some())
        .collect();
    assert_eq!(back.len(), 1, "one rate was there before: {back:?}");
    assert_eq!((back[0].key.as_str(), back[0].to.as_deref()), (FOLLOWER_RATE, Some("12345")));
    assert_eq!(check(&draft, "left-over-throttle").map(|one| one.level), Some(Level::Warn));
}

#[test]
fn partitions_without_a_replica_to_spare_move_last_and_singly() {
    let mut world = World::new();
    world.min_isr = 3;
    let draft = world.plan(&all());
    assert_eq!(check(&draft, "no-replica-to-spare").map(|one| one.level), Some(Level::Warn));
    for step in draft.steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_))) {
        let Work::Act(action) = &step.work else { panic!() };
        assert_eq!(action.size(), 1);
    }
}

#[test]
fn batches_take_one_after_the_other_whatever_brokers_they_go_to() {
    let mut world = World::new();
    world.min_isr = 3;
    world.brokers.push(Broker { id: 5, rack: Some("r5".to_owned()) });
    let mut arguments = all();
    arguments.0.insert("brokers".to_owned(), Value::Brokers(vec![4, 5]));
    let draft = world.plan(&arguments);
    let moves = moves(&draft);
    let to = |broker: i32| moves.iter().filter(|one| one.adding().contains(&broker)).count();
    assert!(to(4) > 3 && to(5) > 3, "each is an end of its own");
    let Some(Fact::DurationMs(eta)) = draft.impact.facts.get("eta").cloned() else { panic!() };
    // A mebibyte for each copy at a mebibyte a second, and half a second until it is looked at.
    let each = moves.iter().map(|one| one.adding().len() as u64 * 1_000 + 500).sum::<u64>();
    assert!((each..each + 100).contains(&eta), "{eta} ms, not about {each}");
    assert_eq!((draft.estimate.duration_ms, draft.estimate.way_back_ms), (eta, eta));
}

#[test]
fn of_many_batches_of_one_partition_a_tenth_at_a_time_is_told() {
    let plan = |min_isr, partitions| {
        let mut world = World::new().with("many", partitions);
        world.min_isr = min_isr;
        let arguments = asked(&["many"], MIB);
        let plan = whole(world.plan(&arguments), arguments);
        let batches = plan.steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_)));
        let told: Vec<Milestones> = batches.map(|step| milestones(&plan, step.number)).collect();
        let count = |of: fn(&Milestones) -> bool| told.iter().filter(|one| of(one)).count();
        (told.len(), count(|one| one.begins), count(|one| one.ends), told.first().copied(), told.last().copied())
    };
    let (batches, begins, ends, first, last) = plan(3, 400);
    assert!(batches > 250, "{batches}");
    assert_eq!((begins, ends), (10, 10));
    assert!(first.unwrap().begins && last.unwrap().ends);
    assert_eq!(plan(3, 12).0, plan(3, 12).1, "ten or fewer are told each by itself");
    let (batches, begins, ends, ..) = plan(2, 400);
    assert_eq!((begins, ends), (batches, batches), "control: batches of many partitions are");
}

#[test]
fn topics_are_chosen_by_name_pattern_and_rate() {
    let world = World::new().with("__internal", 3);
    let of = |words: &[&str]| world.plan(&asked(words, MIB)).arguments["topics"].clone();
    assert_eq!(of(&["pay*"]), "payments");
    assert_eq!(of(&["all"]), "orders,payments", "Kafka's own only where they are named");
    assert_eq!(of(&["__internal"]), "__internal");
    assert_eq!(of(&["busiest:1"]), "payments");
    let Planning::Mistake(mistake) = world.asks(&asked(&["orders", "nope*"], MIB)) else { panic!() };
    assert_eq!(mistake.id, "unknown-topic");
    let mut full = World::new();
    full = full.after(&full.plan(&all()));
    let Planning::Mistake(mistake) = full.asks(&all()) else { panic!() };
    assert_eq!(mistake.id, "brokers-have-their-share");
}

#[test]
fn a_plan_of_many_moves_is_read_as_it_was_written() {
    let arguments = asked(&["many"], MIB);
    let draft = World::new().with("many", 1_300).plan(&arguments);
    assert!(moves(&draft).len() > 900);
    let plan = whole(draft, arguments);
    let sealed = Sealed::seal(plan.clone()).unwrap();
    assert_eq!(*Sealed::open(sealed.bytes().to_owned(), sealed.digest()).unwrap().plan(), plan);
    assert!(sealed.bytes().len() < 2 << 20, "{} bytes", sealed.bytes().len());
}

#[test]
fn where_nothing_comes_in_no_topic_is_the_busiest() {
    let mut world = World::new();
    assert!(matches!(world.asks(&asked(&["busiest:1"], MIB)), Planning::Plan(_)), "control");
    world.inflow = 0;
    let Planning::Mistake(mistake) = world.asks(&asked(&["busiest:1"], MIB)) else { panic!() };
    assert_eq!((mistake.id.as_str(), mistake.facts.get("window").is_some()), ("nothing-comes-in", true));
}

/// Those that read what moves are counted and named; where that is not told us it is not known, and no reason to refuse.
#[test]
fn who_reads_what_moves_is_named() {
    let mut world = World::new();
    let facts = |world: &World, topics: &[&str]| {
        let facts = world.plan(&asked(topics, MIB)).impact.facts;
        ["reading-groups", "reading-members", "readers"].map(|name| facts.get(name).cloned())
    };
    let names = |names: &[&str]| Fact::Names(names.iter().map(|one| (*one).to_owned()).collect());
    let both = [Fact::Count(2), Fact::Count(3), names(&["billing", "mail"])];
    assert_eq!(facts(&world, &["all"]), both.map(Some));
    assert_eq!(facts(&world, &["payments"]), [Fact::Count(1), Fact::Count(0), names(&["mail"])].map(Some));
    world.failing = Some(KafkaQuery::AllReaders);
    assert_eq!(facts(&world, &["all"]), [None, None, None]);
}
