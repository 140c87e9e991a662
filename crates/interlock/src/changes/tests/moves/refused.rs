//! What is refused and warned of, and what each guard is for.

use super::*;

pub(in crate::changes::tests) fn refused_by(guard: Guard) -> (World, Arguments) {
    let mut world = World::new();
    let mut arguments = all();
    match guard {
        Guard::NothingMoves => world.moving.push(Reassignment {
            topic: topic("payments"),
            partition: 0,
            replicas: Replicas(vec![1, 2, 3]),
            adding: Replicas::default(),
            removing: Replicas(vec![3]),
        }),
        Guard::BrokersAlive => {
            world.brokers.retain(|one| one.id != 4);
        }
        Guard::RacksWhole => world.brokers[1].rack = None,
        Guard::UnderMinIsr => world.first().isr = vec![1],
        Guard::PartitionOffline => {
            world.first().leader = None;
        }
        Guard::Room => world.free = MIB,
        Guard::ThrottleAboveInflow => arguments = asked(&["all"], 100),
        Guard::MissingRight => {
            world.rights.remove(&Right::Alter);
        }
        Guard::HeldByOther => {
            let (thing, aspect) = (crate::plan::Thing::Whole, crate::plan::Aspect::Layout);
            let sharing = crate::plan::Sharing::Exclusive;
            let hold = Hold { cluster: "lab".parse().unwrap(), thing, aspect, sharing };
            world.held.push((hold, "BBBBBB".parse().unwrap()));
        }
        Guard::TooManyMoves => {
            // Nearly every replica finds a new broker, so that few partitions make many moves.
            let new = 5..=48;
            world.brokers.extend(new.clone().map(|id| Broker { id, rack: Some(format!("r{id}")) }));
            arguments = asked(&["huge*"], MIB);
            arguments.0.insert("brokers".to_owned(), Value::Brokers([4].into_iter().chain(new).collect()));
            world = world.with("huge-a", 10_700).with("huge-b", 10_700);
        }
        other => panic!("{other:?} refuses no move"),
    }
    (world, arguments)
}

#[test]
fn without_its_guard_a_refused_move_would_go_on() {
    for guard in [
        Guard::NothingMoves,
        Guard::BrokersAlive,
        Guard::RacksWhole,
        Guard::UnderMinIsr,
        Guard::PartitionOffline,
        Guard::Room,
        Guard::ThrottleAboveInflow,
        Guard::MissingRight,
        Guard::HeldByOther,
    ] {
        let (mut world, arguments) = refused_by(guard);
        let blocks = world.refused(&arguments);
        assert!(blocks.iter().all(|id| Guard::of_check(id) == Some(guard)), "{guard:?}: {blocks:?}");
        world.guards = Guards::all().without(guard);
        world.plan(&arguments);
    }
}

#[test]
fn too_many_moves_are_refused_with_the_split_to_use() {
    let (mut world, arguments) = refused_by(Guard::TooManyMoves);
    let Planning::Refused(checks) = world.asks(&arguments) else { panic!() };
    let found = checks.iter().find(|one| one.id == "too-many-moves").unwrap();
    assert!(matches!(found.facts.get("count"), Some(Fact::Count(60_000..))), "{:?}", found.facts);
    assert_eq!(found.facts.get("parts"), Some(&Fact::Count(2)));
    assert_eq!(found.facts.get("topics"), Some(&vec!["huge-a".to_owned()].into()), "these go first");
    world.guards = Guards::all().without(Guard::TooManyMoves);
    world.plan(&arguments);
}

#[test]
fn brokers_that_are_not_there_are_named() {
    let mut arguments = all();
    arguments.0.insert("brokers".to_owned(), Value::Brokers(vec![4, 77]));
    let Planning::Refused(checks) = World::new().asks(&arguments) else { panic!() };
    let found = checks.iter().find(|one| one.id == "targets-not-alive").unwrap();
    assert_eq!(found.facts.get("brokers"), Some(&vec!["77".to_owned()].into()));
}

#[test]
fn controllers_that_do_not_answer_are_a_warning() {
    let failure = Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() };
    let other = Silence::OtherCluster { found: "lkc-9".to_owned(), expected: "lkc-1".to_owned() };
    for (controllers, id, level) in [
        (Controllers::Answer, "controllers-not-reached", Level::Pass),
        (Controllers::Silent(Silence::Failed(failure)), "controllers-not-reached", Level::Warn),
        (Controllers::Silent(other), "controllers-of-another-cluster", Level::Warn),
        (Controllers::NotGiven, "controllers-not-given", Level::Warn),
    ] {
        let mut world = World::new();
        world.controllers = controllers;
        assert_eq!(check(&world.plan(&all()), id).map(|one| one.level), Some(level), "{id}");
    }
}

#[test]
fn what_cannot_be_looked_at_forbids_it() {
    for query in [
        KafkaQuery::Cluster,
        KafkaQuery::Layout,
        KafkaQuery::LogDirs,
        KafkaQuery::Reassignments,
        KafkaQuery::Replication,
        KafkaQuery::Rates,
    ] {
        let mut world = World::new();
        world.failing = Some(query);
        assert_eq!(world.refused(&all()), ["cannot-verify"]);
    }
}

#[test]
fn elsewhere_under_replicated_is_only_a_warning() {
    let mut world = World::new();
    world.topics.get_mut(&topic("payments")).unwrap()[0].isr = vec![1, 2];
    let draft = world.plan(&asked(&["orders"], MIB));
    assert_eq!(check(&draft, "under-replicated").map(|one| one.level), Some(Level::Warn));
}

#[test]
fn without_its_guard_an_expectation_is_not_in_the_plan() {
    for guard in [
        Guard::ClusterIs,
        Guard::NothingMoves,
        Guard::BrokersAlive,
        Guard::AssignedAre,
        Guard::SettingsAre,
        Guard::Room,
    ] {
        let mut world = World::new();
        let count = |world: &World| {
            let draft = world.plan(&all());
            draft.expectations.iter().filter(|one| Guard::of_expectation(one) == guard).count()
        };
        assert_eq!(count(&world), 1, "{guard:?}");
        world.guards = Guards::all().without(guard);
        assert_eq!(count(&world), 0, "{guard:?}");
    }
}

/// By room, where the broker would have put all of them into the first one: it has the fewest replicas.
#[test]
fn each_copy_is_given_a_log_directory_with_room() {
    let mut world = World { dirs: 2, free: 10 * MIB, free_in: BTreeMap::from([(0, Some(2 * MIB))]), ..World::new() };
    let draft = world.plan(&all());
    let given = |draft: &Draft| moves(draft).iter().map(|one| one.dirs.clone()).collect::<Vec<_>>();
    let all_given = given(&draft);
    assert!(all_given.iter().all(|dirs| dirs.len() == 1 && dirs.contains_key(&4)), "{all_given:?}");
    let paths: BTreeSet<&String> = all_given.iter().flat_map(BTreeMap::values).collect();
    let wide = paths.iter().next_back().unwrap().to_string();
    assert!(
        all_given.iter().filter(|dirs| dirs[&4] == wide).count() > 6,
        "nine in all, and most of the room: {all_given:?}"
    );
    assert_eq!((check(&draft, "several-log-dirs"), check(&draft, "log-dir-too-small")), (None, None));
    let room = draft.expectations.iter().find_map(|one| match one {
        Expectation::KafkaRoom { brokers } => Some(brokers.clone()),
        _ => None,
    });
    let room = room.unwrap();
    assert!(room.iter().all(|one| one.broker == 4 && one.path.is_some()), "{room:?}");
    assert_eq!(room.iter().map(|one| one.bytes).sum::<u64>(), 9 * MIB);
    world.free_in.insert(0, None);
    let draft = world.plan(&all());
    assert!(given(&draft).iter().all(BTreeMap::is_empty), "one does not tell its room");
    assert_eq!(check(&draft, "several-log-dirs").map(|one| one.level), Some(Level::Warn));
    world = World::new();
    assert!(given(&world.plan(&all())).iter().all(BTreeMap::is_empty), "one directory");
}

/// Room on the whole broker is none where each of its directories is too small.
#[test]
fn room_is_looked_for_in_each_log_directory() {
    let mut world = World { dirs: 4, free: 10 * MIB, ..World::new() };
    let draft = world.plan(&all());
    assert_eq!(check(&draft, "log-dir-too-small"), None, "40 MiB for nine copies of one");
    world.free = 2 * MIB;
    assert_eq!(world.refused(&all()), ["disk-too-small", "log-dir-too-small"]);
    world.free = 5 * MIB / 2;
    assert_eq!(world.refused(&all()), ["log-dir-too-small"], "ten are free for nine, and three come into one of four");
    world.guards = Guards::all().without(Guard::Room);
    world.plan(&all());
}
