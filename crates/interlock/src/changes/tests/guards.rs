//! Each guard's negative control: without it, and only without it, the change would go on.

use super::world::{Log, With, World, asked, group, log, member, topic, whole};
use crate::changes::{Guard, Guards, ids};
use crate::cluster::FailureKind;
use crate::cluster::kafka::{GroupKind, KafkaQuery, Right};
use crate::plan::{
    Action, Aspect, Done, Expectation, Hold, KafkaAction, Level, OffsetTarget, Planning, Sharing, Thing, Undo, Work,
};

pub(super) fn world() -> World {
    World::of(&[log(10, 100), log(0, 50)]).committed("orders", &[Some(60), Some(7)])
}

pub(super) fn refused_by(guard: Guard) -> World {
    let mut world = world();
    match guard {
        Guard::CannotVerify => world.failing(KafkaQuery::Group(group("billing")), FailureKind::TimedOut),
        Guard::GroupInactive => world.members(vec![member("a", None)]),
        Guard::GroupKind => {
            world.group.as_mut().unwrap().kind = GroupKind::Other;
            world
        }
        Guard::MissingRight => {
            world.group.as_mut().unwrap().rights = Some([Right::Describe].into());
            world
        }
        Guard::PartitionOffline => World::of(&[log(10, 100), Log { online: false, ..log(0, 1) }]),
        Guard::TooManyPartitions => World::of(&vec![log(0, 9); 10_001]),
        Guard::HeldByOther => {
            let (thing, aspect) = (Thing::Group("billing".to_owned()), Aspect::Offsets);
            let hold = Hold { cluster: "lab".parse().unwrap(), thing, aspect, sharing: Sharing::Exclusive };
            world.held.push((hold, "BBBBBB".parse().unwrap()));
            world
        }
        other => panic!("{other:?} refuses no reset"),
    }
}

#[test]
fn without_its_guard_a_refused_reset_would_go_on() {
    let refusing = [
        Guard::CannotVerify,
        Guard::GroupInactive,
        Guard::GroupKind,
        Guard::MissingRight,
        Guard::PartitionOffline,
        Guard::TooManyPartitions,
        Guard::HeldByOther,
    ];
    for guard in refusing {
        let mut world = refused_by(guard);
        let target = OffsetTarget::Latest;
        world.refused(&asked(target));
        for other in Guard::ALL.into_iter().filter(|other| *other != guard) {
            world.guards = Guards::all().without(other);
            world.refused(&asked(target));
        }
        world.guards = Guards::all().without(guard);
        world.plan(&asked(target));
    }
}

#[test]
fn without_its_guard_an_expectation_is_not_in_the_plan() {
    for guard in [Guard::ClusterIs, Guard::TopicIs, Guard::GroupInactive, Guard::CommittedAre, Guard::TargetInLog] {
        let mut world = world();
        let of = |one: &&Expectation| Guard::of_expectation(one) == guard;
        let expected = |world: &World| {
            let draft = world.plan(&asked(OffsetTarget::Latest));
            let Undo::Literal { needs, .. } = &draft.steps[0].undo else { panic!("{:?}", draft.steps) };
            let all = [&draft.expectations[..], &draft.steps[0].needs, needs].concat();
            all.iter().filter(of).count()
        };
        assert!(expected(&world) > 0, "{guard:?}");
        world.guards = Guards::all().without(guard);
        assert_eq!(expected(&world), 0, "{guard:?}");
    }
}

#[test]
fn without_the_clamp_the_broker_would_be_sent_what_was_typed() {
    let mut world = world();
    world.guards = Guards::all().without(Guard::TargetInLog);
    let draft = world.plan(&asked(OffsetTarget::Offset(1_000)));
    let Work::Act(Action::Kafka(KafkaAction::CommitOffsets { moves, .. })) = &draft.steps[0].work else { panic!() };
    assert!(moves.iter().all(|one| one.to.offset == 1_000), "{moves:?}");
}

#[test]
fn without_consent_no_seat_would_be_asked_for() {
    let mut world = world().members(vec![member("a", None)]);
    let arguments = asked(OffsetTarget::Latest).waiting();
    let consents =
        |world: &World| world.plan(&arguments).checks.iter().filter(|one| one.level == Level::Consent).count();
    assert_eq!(consents(&world), 1);
    world.guards = Guards::all().without(Guard::GroupWillStop);
    assert_eq!(consents(&world), 0);
}

#[test]
fn without_its_guard_a_way_back_over_moved_values_would_be_covered() {
    let arguments = asked(OffsetTarget::Latest);
    let plan = whole(world().plan(&arguments), arguments);
    let Work::Act(action) = &plan.steps[0].work else { panic!() };
    let done = [Done { step: 1, actions: vec![action.clone()] }];
    let moved = |world: &World| match world.back(&plan, &done) {
        Planning::Plan(draft) => draft.checks.iter().any(|one| one.id == "values-moved-on"),
        other => panic!("{other:?}"),
    };
    let mut later = world().committed("orders", &[Some(61)]);
    assert!(moved(&later));
    later.guards = Guards::all().without(Guard::ValuesMovedOn);
    assert!(!moved(&later));
    // And one over another topic of the same name would write.
    later.topics.get_mut(&topic("orders")).unwrap().0.id = "another".to_owned();
    assert!(matches!(later.back(&plan, &done), Planning::Refused(_)));
    later.guards = Guards::all().without(Guard::TopicIs);
    assert!(matches!(later.back(&plan, &done), Planning::Plan(_)));
}

#[test]
fn every_guard_of_a_check_is_of_a_listed_one() {
    let behind: std::collections::BTreeSet<_> = ids::CHECKS.iter().filter_map(|id| Guard::of_check(id)).collect();
    let expecting = [
        Guard::CommittedAre,
        Guard::AssignedAre,
        Guard::SettingsAre,
        Guard::QueuesAre,
        Guard::ReadBeforeWrite,
        Guard::QueuesSeeded,
        Guard::SeedsKept,
        Guard::QueuesDrained,
        Guard::ClosedWatched,
    ];
    let all: std::collections::BTreeSet<_> = behind.into_iter().chain(expecting).collect();
    assert_eq!(all, Guard::ALL.into());
}
