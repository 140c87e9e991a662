//! Each guard's negative control.

use super::*;

/// A world that refuses for one reason alone, and what is asked of it.
fn refused_by(guard: Guard) -> (World, Asked) {
    let world = World::new();
    match guard {
        Guard::SystemTopic => {
            let mut asked = expand(6);
            asked.1.0.insert("topic".to_owned(), Value::Topic(name("__consumer_offsets")));
            (world, asked)
        }
        Guard::TooFewBrokers => (World { brokers: world.brokers[..2].to_vec(), ..World::empty() }, create(4, 3, &[])),
        Guard::TooManyNewPartitions => (world, expand(1_005)),
        Guard::RacksWhole => {
            let mut world = world;
            world.brokers[0].rack = None;
            (world, expand(6))
        }
        Guard::MissingRight => {
            let mut world = world;
            world.rights.remove(&Right::Alter);
            (world, expand(6))
        }
        Guard::HeldByOther => {
            let mut world = world;
            let (thing, aspect) = (Thing::Topic("orders".to_owned()), Aspect::Layout);
            let hold = Hold { cluster: cluster().name, thing, aspect, sharing: Sharing::Exclusive };
            world.held.push((hold, "BBBBBB".parse().unwrap()));
            (world, expand(6))
        }
        Guard::TopicExists => (world, create(4, 3, &[])),
        Guard::NameCollides => {
            let mut asked = create(4, 3, &[]);
            asked.1.0.insert("topic".to_owned(), Value::Topic(name("pay.ments")));
            (World { others: vec!["pay_ments"], ..World::empty() }, asked)
        }
        Guard::MinIsrFits => (World::empty(), create(4, 2, &[("min.insync.replicas", "3")])),
        Guard::ClientsConnected => (world.at_work(), delete()),
        Guard::TopicWritten => (World { at: Some(90), ..world }, delete()),
        Guard::GroupInactive => (world.at_work().committed(60), delete_group()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_its_guard_a_refused_change_would_go_on() {
    for guard in [
        Guard::SystemTopic,
        Guard::TooFewBrokers,
        Guard::TooManyNewPartitions,
        Guard::RacksWhole,
        Guard::MissingRight,
        Guard::HeldByOther,
        Guard::TopicExists,
        Guard::NameCollides,
        Guard::MinIsrFits,
        Guard::ClientsConnected,
        Guard::TopicWritten,
        Guard::GroupInactive,
    ] {
        let (mut world, asked) = refused_by(guard);
        let blocks = world.refused(&asked);
        let of: Vec<_> = blocks.iter().filter(|one| one.blocks()).filter_map(|one| Guard::of_check(&one.id)).collect();
        assert_eq!(of, [guard], "{blocks:?}");
        for other in Guard::ALL.into_iter().filter(|other| *other != guard) {
            world.guards = Guards::all().without(other);
            world.refused(&asked);
        }
        world.guards = Guards::all().without(guard);
        world.plan(&asked);
    }
}

/// A world in which owners are asked for one reason alone, and what is asked of it.
fn asking(guard: Guard) -> (World, Asked) {
    match guard {
        Guard::KeysMove => (World::new(), expand(6)),
        Guard::Compacted => {
            (World { config: vec![entry("cleanup.policy", "compact")], ..World::new() }, expand_unkeyed(6))
        }
        Guard::GroupsAtWork => (World::new().at_work(), expand_unkeyed(6)),
        Guard::UnreadRecordsGo => (World::new().committed(60), delete()),
        Guard::CleanupChanges => (World::new(), alter(&[("cleanup.policy", Some("compact"))])),
        other => panic!("{other:?}"),
    }
}

/// The harm of a change that should have been refused.
pub(in super::super) fn goes_on(guard: Guard, guards: Guards) -> bool {
    let (world, asked) = refused_by(guard);
    matches!(World { guards, ..world }.asks(&asked), Planning::Plan(_))
}

/// The harm of owners who are not asked.
pub(in super::super) fn nobody_is_asked(guard: Guard, guards: Guards) -> bool {
    let (world, asked) = asking(guard);
    levels(&World { guards, ..world }.plan(&asked).checks, Level::Consent).is_empty()
}

/// The harm of a way back that deletes what is in use.
pub(in super::super) fn is_unmade(guard: Guard, guards: Guards) -> bool {
    let asked = create(6, 2, &[]);
    let plan = stored(World::empty().plan(&asked), asked);
    matches!(World { guards, ..made_and(guard) }.back(&plan), Planning::Plan(_))
}

#[test]
fn without_its_guard_an_expectation_is_not_in_the_plan() {
    for (guard, world, asked) in [
        (Guard::TopicExists, World::empty(), create(4, 3, &[])),
        (Guard::TopicWritten, World::new(), delete()),
        (Guard::ClientsConnected, World::new(), delete()),
        (Guard::TopicIs, World::new(), expand(6)),
        (Guard::SettingsAre, World::new(), alter(&[RETENTION])),
    ] {
        let expected = |world: &World| {
            let draft = world.plan(&asked);
            let all = [&draft.expectations[..], &draft.steps[0].needs].concat();
            all.iter().filter(|one| Guard::of_expectation(one) == guard).count()
        };
        assert!(expected(&world) > 0, "{guard:?}");
        assert_eq!(expected(&World { guards: Guards::all().without(guard), ..world }), 0, "{guard:?}");
    }
}
