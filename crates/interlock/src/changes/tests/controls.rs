//! The negative control of every guard: the harm that it keeps away, which comes to pass without it and only without it.

use super::guards as resets;
use super::queues;
use super::rocketmq;
use super::rocketmq_topics;
use super::world::{AT, Log, With, World, asked, log, member, topic, whole};
use super::{moves, topics};
use crate::changes::{Guard, Guards};
use crate::cluster::{Answer, Query, Section, Sections, Seen};
use crate::plan::{
    Action, Done, Draft, Expectation, Held, KafkaAction, Level, OffsetMove, OffsetTarget, Planning, Work, evaluate,
};
use std::collections::BTreeSet;

/// Whether the harm comes to pass with these guards. A new guard does not compile without a line here.
fn harm(guard: Guard) -> fn(Guard, Guards) -> bool {
    match guard {
        Guard::CannotVerify
        | Guard::GroupInactive
        | Guard::GroupKind
        | Guard::MissingRight
        | Guard::PartitionOffline
        | Guard::TooManyPartitions
        | Guard::HeldByOther => a_reset_goes_on,
        Guard::NothingMoves
        | Guard::BrokersAlive
        | Guard::RacksWhole
        | Guard::UnderMinIsr
        | Guard::Room
        | Guard::ThrottleAboveInflow
        | Guard::TooManyMoves => a_move_goes_on,
        Guard::OldReplicasAlive => moves::is_called_off_while_an_old_replica_is_dead,
        Guard::ClusterIs | Guard::TopicIs | Guard::CommittedAre => a_reset_starts_in_another_world,
        Guard::NotTheSystems | Guard::NotBroadcast | Guard::ClientsCanBeTold => a_reset_on_rocketmq_goes_on,
        Guard::AssignedAre | Guard::SettingsAre => a_move_starts_in_another_world,
        Guard::GroupWillStop => nobody_is_asked_for_a_group_at_work,
        Guard::TargetInLog => a_commit_lies_past_the_end,
        Guard::AfterLastRecord => a_late_time_leads_to_the_start,
        Guard::ValuesMovedOn => a_way_back_over_moved_values_is_covered,
        Guard::OrderedTopic | Guard::RoutesAgree | Guard::GroupAtWork => queues::a_topic_that_must_not_be_is_set,
        Guard::QueuesAre => queues::it_starts_on_other_queues,
        Guard::GroupGivenUp => queues::nobody_is_asked_for_a_group_that_is_given_up,
        Guard::ReadBeforeWrite => queues::queues_are_written_that_nobody_reads,
        Guard::QueuesSeeded => queues::no_group_gets_an_offset,
        Guard::SeedsKept => queues::it_goes_on_before_offsets_are_on_disk,
        Guard::QueuesDrained => queues::nothing_is_waited_for,
        Guard::ClosedWatched => queues::nobody_watches_closed_queues,
        Guard::SystemTopic
        | Guard::TopicExists
        | Guard::NameCollides
        | Guard::TooFewBrokers
        | Guard::TooManyNewPartitions
        | Guard::MinIsrFits
        | Guard::ClientsConnected
        | Guard::TopicWritten => topics::goes_on,
        Guard::KeysMove | Guard::Compacted | Guard::GroupsAtWork | Guard::UnreadRecordsGo | Guard::CleanupChanges => {
            topics::nobody_is_asked
        }
        Guard::TopicEmpty | Guard::TopicAsMade => topics::is_unmade,
        Guard::GroupExists | Guard::Registered => rocketmq_topics::goes_on,
        Guard::GroupUnused => rocketmq_topics::a_used_group_is_unmade,
        Guard::ClientsCutOff => rocketmq_topics::clients_are_cut_off_unasked,
    }
}

#[test]
fn every_guard_keeps_a_harm_away_and_nothing_else_does() {
    let mut shown = BTreeSet::new();
    for guard in Guard::ALL {
        let comes_to_pass = harm(guard);
        assert!(!comes_to_pass(guard, Guards::all()), "{guard:?} is on, and the harm comes to pass");
        assert!(comes_to_pass(guard, Guards::all().without(guard)), "{guard:?} is off, and no harm comes to pass");
        shown.insert(guard);
    }
    assert_eq!(shown, Guard::ALL.into());
}

fn a_reset_goes_on(guard: Guard, guards: Guards) -> bool {
    let mut world = resets::refused_by(guard);
    world.guards = guards;
    matches!(world.planning(&asked(OffsetTarget::Latest)), Planning::Plan(_))
}

fn a_reset_on_rocketmq_goes_on(guard: Guard, guards: Guards) -> bool {
    let (mut world, arguments) = rocketmq::refused_by(guard);
    world.guards = guards;
    matches!(world.planning(&arguments), Planning::Plan(_))
}

fn a_move_goes_on(guard: Guard, guards: Guards) -> bool {
    let (mut world, arguments) = moves::refused_by(guard);
    world.guards = guards;
    matches!(world.asks(&arguments), Planning::Plan(_))
}

/// Whether a plan would start: all that it expects holds.
fn starts(draft: &Draft, observe: impl Fn(&BTreeSet<Query>) -> Sections) -> bool {
    let queries: BTreeSet<Query> = draft.expectations.iter().flat_map(Expectation::queries).collect();
    let sections = observe(&queries);
    draft.expectations.iter().all(|one| evaluate(one, &sections) == Held::Holds)
}

fn a_reset_starts_in_another_world(guard: Guard, guards: Guards) -> bool {
    let mut world = resets::world();
    world.guards = guards;
    let draft = world.plan(&asked(OffsetTarget::Latest));
    assert!(starts(&draft, |queries| world.observe(queries)), "as it was planned");
    match guard {
        Guard::ClusterIs => "lkc-2".clone_into(&mut world.id),
        Guard::TopicIs => "made again".clone_into(&mut world.topics.get_mut(&topic("orders")).unwrap().0.id),
        Guard::CommittedAre => world = world.committed("orders", &[Some(61)]),
        other => panic!("{other:?}"),
    }
    starts(&draft, |queries| world.observe(queries))
}

fn a_move_starts_in_another_world(guard: Guard, guards: Guards) -> bool {
    let mut world = moves::World::new();
    world.guards = guards;
    let (_, arguments) = moves::refused_by(Guard::UnderMinIsr);
    let draft = world.plan(&arguments);
    let seen = |world: &moves::World, queries: &BTreeSet<Query>| {
        let mut sections = Sections::empty();
        for query in queries {
            let Query::Kafka(asked) = query else { panic!("{query:?}") };
            let at = super::world::NOW;
            let seen = Seen { from: at, to: at, value: Answer::Kafka(world.answer(asked)) };
            sections.put(query.clone(), Section::Seen(seen));
        }
        sections
    };
    assert!(starts(&draft, |queries| seen(&world, queries)), "as it was planned");
    match guard {
        Guard::AssignedAre => world.topics.values_mut().flatten().for_each(|one| one.replicas.reverse()),
        Guard::SettingsAre => world.rates = [(1, "777")].into(),
        other => panic!("{other:?}"),
    }
    starts(&draft, |queries| seen(&world, queries))
}

fn nobody_is_asked_for_a_group_at_work(_: Guard, guards: Guards) -> bool {
    let mut world = resets::world().members(vec![member("a", None)]);
    world.guards = guards;
    let draft = world.plan(&asked(OffsetTarget::Latest).waiting());
    !draft.checks.iter().any(|one| one.level == Level::Consent)
}

/// What the one commit of a reset sets.
fn commits(draft: &Draft) -> &[OffsetMove] {
    match &draft.steps[0].work {
        Work::Act(Action::Kafka(KafkaAction::CommitOffsets { moves, .. })) => moves,
        other => panic!("{other:?}"),
    }
}

fn a_commit_lies_past_the_end(_: Guard, guards: Guards) -> bool {
    let mut world = resets::world();
    world.guards = guards;
    commits(&world.plan(&asked(OffsetTarget::Offset(1_000)))).iter().any(|one| one.to.offset > 100)
}

/// Everything that the group has read is read once more, where nothing was wanted.
fn a_late_time_leads_to_the_start(_: Guard, guards: Guards) -> bool {
    let mut world = World::of(&[Log { at: None, ..log(10, 100) }]).committed("orders", &[Some(60)]);
    world.guards = guards;
    let draft = world.plan(&asked(OffsetTarget::At(AT)));
    let to = commits(&draft)[0].to.offset;
    assert!([10, 100].contains(&to), "{to}");
    to == 10
}

fn a_way_back_over_moved_values_is_covered(_: Guard, guards: Guards) -> bool {
    let arguments = asked(OffsetTarget::Latest);
    let plan = whole(resets::world().plan(&arguments), arguments);
    let Work::Act(action) = &plan.steps[0].work else { panic!("{:?}", plan.steps) };
    let done = [Done { step: 1, actions: vec![action.clone()] }];
    let mut later = resets::world().committed("orders", &[Some(61)]);
    later.guards = guards;
    match later.back(&plan, &done) {
        Planning::Plan(draft) => draft.checks.iter().all(|one| one.id != "values-moved-on"),
        other => panic!("{other:?}"),
    }
}
