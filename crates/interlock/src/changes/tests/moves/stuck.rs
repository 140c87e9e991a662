//! The way back of a run that is stuck with a batch of its own on the move, at a peak, or because of a sick broker.

use super::*;
use crate::plan::{ConfigChange, ConfigOn, Held, Moving, Probe, evaluate, probe};

/// A plan that ran until its first batch: what it moves there, and what its journal says.
struct Ran {
    plan: Plan,
    first: ReplicaMove,
    done: Vec<Done>,
}

/// So few that each is moved by itself.
fn few() -> Arguments {
    asked(&["payments"], MIB)
}

fn ran(world: &World) -> Ran {
    let plan = whole(world.plan(&few()), few());
    let step = plan.steps.iter().find(|step| matches!(step.done, Condition::KafkaMoved(_))).unwrap();
    let Work::Act(action) = &step.work else { panic!() };
    let Action::Kafka(KafkaAction::Reassign { moves }) = action else { panic!("{action:?}") };
    let (first, done) = (moves[0].clone(), vec![Done { step: step.number, actions: vec![action.clone()] }]);
    assert_eq!(moves.len(), 1);
    Ran { plan, first, done }
}

/// The controller lists where a move goes first, and what leaves last.
fn on_the_move(one: &ReplicaMove, to: &[i32]) -> Reassignment {
    let to = Replicas(to.to_vec());
    let removing = Replicas(one.from.without(&to));
    let replicas = Replicas(to.0.iter().chain(&removing.0).copied().collect());
    let adding = Replicas(to.without(&one.from));
    Reassignment { topic: one.topic.clone(), partition: one.partition, replicas, adding, removing }
}

fn moving(world: &World, one: &ReplicaMove, to: &[i32]) -> World {
    let mut world = world.clone();
    let moving = on_the_move(one, to);
    let found = &mut world.topics.get_mut(&one.topic).unwrap()[usize::try_from(one.partition).unwrap()];
    found.replicas.clone_from(&moving.replicas.0);
    world.moving.push(moving);
    world
}

fn blocks(planning: &Planning) -> Vec<&str> {
    match planning {
        Planning::Refused(checks) => checks.iter().filter(|one| one.blocks()).map(|one| one.id.as_str()).collect(),
        Planning::Plan(_) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

fn planned(planning: Planning) -> Draft {
    match planning {
        Planning::Plan(draft) => *draft,
        other => panic!("{other:?}"),
    }
}

/// Whether a plan would start there.
fn starts(draft: &Draft, world: &World) -> bool {
    draft.expectations.iter().all(|one| {
        let mut sections = Sections::empty();
        one.queries().into_iter().for_each(|query| sections.put(query.clone(), world.section(&query)));
        evaluate(one, &sections) == Held::Holds
    })
}

fn rates(action: &Action) -> Vec<(ConfigOn, Option<String>, Option<String>)> {
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => {
            changes.iter().map(|one| (one.on.clone(), one.from.clone(), one.to.clone())).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn what_is_on_the_move_by_its_own_is_called_off_first() {
    let world = World::new();
    let Ran { plan, first, done } = ran(&world);
    let stuck = moving(&world, &first, &first.to.0);
    let back = planned(stuck.back(&plan, &done));
    let Work::Act(Action::Kafka(KafkaAction::CallOff { moves: off })) = &back.steps[0].work else {
        panic!("{:?}", back.steps[0])
    };
    assert_eq!(off, std::slice::from_ref(&first), "from what was saved to where it goes");
    assert_eq!(check(&back, "moves-called-off").map(|one| one.level), Some(Level::Warn));
    // What the controller leaves once that is called off: the copy is taken out, the rest keeps its order.
    let left = Replicas(first.to.0.iter().chain(&first.from.0).copied().filter(|id| *id != 4).collect::<Vec<_>>());
    let left =
        Replicas(left.0.iter().enumerate().filter(|(at, id)| !left.0[..*at].contains(id)).map(|it| *it.1).collect());
    let ordered = moves(&back);
    assert_eq!(ordered.iter().map(|one| (&one.from, &one.to)).collect::<Vec<_>>(), [(&left, &first.from)]);
    assert!(starts(&back, &stuck));
    // It has arrived meanwhile, or somebody sent it elsewhere: then the plan is made anew.
    assert!(!starts(&back, &world.after(&world.plan(&few()))), "it has ended");
    let other: Vec<i32> = first.from.0.iter().rev().copied().collect();
    assert!(!starts(&back, &moving(&world, &first, &other)));
}

/// Once it has started it counts what arrives before it is called off as arrived: it is copied back from there, under the
/// throttle.
#[test]
fn what_arrives_before_it_is_called_off_is_brought_back_all_the_same() {
    let world = World::new();
    let Ran { plan, first, done } = ran(&world);
    let stuck = moving(&world, &first, &first.to.0);
    let back = planned(stuck.back(&plan, &done));
    let at = |replicas: &[i32]| {
        let mut world = world.clone();
        let found = &mut world.topics.get_mut(&first.topic).unwrap()[usize::try_from(first.partition).unwrap()];
        found.replicas = replicas.to_vec();
        world
    };
    let sections = |world: &World, action: &Action| {
        let mut sections = Sections::empty();
        let needs = action.before().into_iter().flat_map(|one| one.queries());
        action.read_back().into_iter().chain(needs).for_each(|one| sections.put(one.clone(), world.section(&one)));
        sections
    };
    let actions: Vec<&Action> = back
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act(action) => Some(action),
            _ => None,
        })
        .collect();
    let (call_off, reassign) = (actions[0], *actions.iter().find(|one| one.key() == "kafka-reassign").unwrap());
    let one = &moves(&back)[0];
    let by_another_hand: Vec<i32> = first.to.0.iter().rev().copied().collect();
    for (replicas, called_off, state, holds) in [
        (&first.to.0, Probe::Done, Probe::NotYet, true),
        (&one.from.0, Probe::Done, Probe::NotYet, true),
        (&first.from.0, Probe::Done, Probe::Done, false),
    ] {
        let world = at(replicas);
        assert_eq!(probe(call_off, &sections(&world, call_off)), called_off, "{replicas:?}");
        let seen = sections(&world, reassign);
        assert_eq!(probe(reassign, &seen), state, "{replicas:?}");
        assert_eq!(evaluate(&reassign.before().unwrap(), &seen) == Held::Holds, holds, "{replicas:?}");
    }
    let elsewhere = at(&by_another_hand);
    assert!(matches!(probe(reassign, &sections(&elsewhere, reassign)), Probe::Foreign(_)));
    // Every broker that copies then is throttled.
    let lists: Vec<&ConfigChange> = actions
        .iter()
        .flat_map(|action| match action {
            Action::Kafka(KafkaAction::SetConfigs { changes }) => changes.as_slice(),
            _ => &[],
        })
        .collect();
    let list = |key: &str| {
        let found = lists.iter().find(|one| one.on == ConfigOn::Topic(first.topic.clone()) && one.key == key);
        found.and_then(|one| one.to.clone()).unwrap()
    };
    let copied = first.from.without(&first.to)[0];
    assert_eq!(list(FOLLOWER_LIST), format!("{}:{copied}", first.partition));
    assert!(list(LEADER_LIST).split(',').any(|entry| entry == format!("{}:4", first.partition)));
    // There is a copy of it as yet: no room is asked for, and nothing is said to be copied.
    assert_eq!(back.impact.facts.get("bytes"), Some(&Fact::Bytes(0)));
}

#[test]
fn what_others_move_blocks_it_all_the_same() {
    let world = World::new();
    let Ran { plan, first, done } = ran(&world);
    let elsewhere: Vec<i32> = first.from.0.iter().rev().copied().collect();
    assert_eq!(blocks(&moving(&world, &first, &elsewhere).back(&plan, &done)), ["reassignment-under-way"]);
    let another = ReplicaMove { topic: topic("orders"), partition: 3, ..first.clone() };
    let both = moving(&moving(&world, &first, &first.to.0), &another, &first.to.0);
    assert_eq!(blocks(&both.back(&plan, &done)), ["reassignment-under-way"], "which this operation did not begin");
}

#[test]
fn it_is_not_called_off_while_an_old_replica_is_dead() {
    for (guards, refused) in
        [(Guards::all(), &["cannot-call-off"][..]), (Guards::all().without(Guard::OldReplicasAlive), &[][..])]
    {
        assert_eq!(called_off_while_dead(guards), refused);
    }
}

fn called_off_while_dead(guards: Guards) -> Vec<String> {
    let world = World::new();
    let Ran { plan, first, done } = ran(&world);
    let mut stuck = moving(&world, &first, &first.to.0);
    let leaving = first.from.without(&first.to)[0];
    stuck.brokers.retain(|one| one.id != leaving);
    stuck.guards = guards;
    blocks(&stuck.back(&plan, &done)).into_iter().map(str::to_owned).collect()
}

/// The harm of [`Guard::OldReplicasAlive`].
pub(in crate::changes::tests) fn is_called_off_while_an_old_replica_is_dead(_: Guard, guards: Guards) -> bool {
    called_off_while_dead(guards).is_empty()
}

/// It may arrive before it is called off, and is copied back then: so the way back throttles, too. What the stuck run set is
/// put back, the dead broker's as well, and its brokers are held for that; what somebody else set comes back.
#[test]
fn what_it_set_is_put_back_and_what_others_set_comes_back() {
    let mut world = World::new();
    world.rates = BTreeMap::from([(1, "777")]);
    let Ran { plan, first, done } = ran(&world);
    let mut stuck = moving(&world, &first, &first.to.0);
    stuck.rates = BTreeMap::from([(1, "1048576"), (2, "2000000"), (3, "31")]);
    stuck.brokers.retain(|one| one.id != 4);
    let (turned_to, all) = (BTreeSet::from(["2000000".to_owned()]), (1..=4).map(ConfigOn::Broker).collect());
    let rollback = Rollback { turned_to: &turned_to, not_put_back: &all, ..Rollback::plain(&plan, &done) };
    let back = planned(stuck.back_by(&rollback));
    let put_back: BTreeSet<_> = back.restore.iter().flat_map(rates).collect();
    let text = |value: &str| Some(value.to_owned());
    let turned = || text("2000000");
    assert_eq!(
        put_back,
        BTreeSet::from([
            (ConfigOn::Broker(1), turned(), text("777")),
            (ConfigOn::Broker(1), turned(), None),
            (ConfigOn::Broker(2), turned(), None),
            (ConfigOn::Broker(3), turned(), text("31")),
            (ConfigOn::Broker(3), turned(), None),
            (ConfigOn::Broker(4), text(&MIB.to_string()), None),
        ])
    );
    for broker in ["1", "2", "4"] {
        assert!(back.holds.iter().any(|hold| hold.thing == crate::plan::Thing::Broker(broker.to_owned())), "{broker}");
    }
    let had_put_back = planned(stuck.back(&plan, &done));
    assert!(had_put_back.restore.iter().flat_map(rates).all(|(on, ..)| on != ConfigOn::Broker(4)));
}

/// The throttle that the batches of a plan have.
fn throttle(draft: &Draft) -> u64 {
    let of = |step: &crate::plan::Step| match &step.done {
        Condition::KafkaMoved(Moving { throttle: Some(throttle), .. }) => Some(throttle.bytes_per_second),
        _ => None,
    };
    draft.steps.iter().find_map(of).expect("a throttle")
}

#[test]
fn at_a_peak_the_way_back_is_as_fast_as_the_first_plan_may_be_made() {
    let world = World::new();
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let done = all_done(&plan);
    let mut after = world.after(&draft);
    let usual = planned(after.back(&plan, &done));
    assert_eq!((throttle(&usual), check(&usual, "throttle-raised")), (MIB, None));
    // It was turned up, and that still stands.
    after.rates = BTreeMap::from([(1, "3000000")]);
    let turned_to = BTreeSet::from(["3000000".to_owned()]);
    assert_eq!(throttle(&planned(after.back_from(&plan, &done, &turned_to))), 3_000_000);
    after.rates.clear();
    // Nine copies come back, three to each broker.
    after.inflow = MIB / 4;
    let raised = planned(after.back(&plan, &done));
    let found = check(&raised, "throttle-raised").expect("it is said");
    let Some(Fact::Bytes(comes_in)) = found.facts.get("inflow") else { panic!("{found:?}") };
    assert!(*comes_in >= MIB && throttle(&raised) > *comes_in && throttle(&raised) <= 4 * MIB, "{found:?}");
    assert_eq!(Guard::of_check("throttle-raised"), None, "the first approval covers it");
    // More than the first plan's bounds let through: whoever asks has to name a rate, and ordinary seats are asked for.
    after.inflow = 5 * MIB;
    assert_eq!(blocks(&after.back(&plan, &done)), ["throttle-below-inflow"]);
    let asked = Rollback { throttle: Some(1 << 30), ..Rollback::plain(&plan, &done) };
    let back = planned(after.back_by(&asked));
    assert_eq!((throttle(&back), back.arguments["throttle"].as_str()), (1 << 30, "1GiB"));
    assert!(check(&back, "throttle-above-first").is_some());
    assert_eq!(Guard::of_check("throttle-above-first"), Some(Guard::ValuesMovedOn));
    let slow = Rollback { throttle: Some(2 * MIB), ..Rollback::plain(&plan, &done) };
    assert_eq!(blocks(&after.back_by(&slow)), ["throttle-below-inflow"], "what was asked for is not raised");
}

/// Broker 4 is sick, and writes to what was moved onto it fail: moving off it is what helps.
#[test]
fn too_few_in_sync_because_of_a_replica_that_leaves_is_no_reason_to_stay() {
    let mut world = World::new();
    world.min_isr = 3;
    let draft = world.plan(&all());
    let plan = whole(draft.clone(), all());
    let mut sick = world.after(&draft);
    let all_partitions = sick.topics.values_mut().flatten();
    all_partitions.for_each(|one| one.isr.retain(|id| *id != 4));
    let back = planned(sick.back(&plan, &all_done(&plan)));
    let found = back.checks.iter().filter(|one| one.id == "under-min-isr");
    assert_eq!(found.map(|one| one.level).collect::<Vec<_>>(), [Level::Warn]);
    // The batches do not pause for it either.
    let relieved = back.steps.iter().filter_map(|step| match &step.done {
        Condition::KafkaMoved(moving) => Some(moving.relieved.values().map(BTreeSet::len).sum::<usize>()),
        _ => None,
    });
    assert_eq!(relieved.sum::<usize>(), moves(&back).len());
    // Another one is missing, too.
    let one = moves(&back)[0].clone();
    let stays = one.from.0.iter().copied().find(|id| one.to.0.contains(id)).unwrap();
    let place = usize::try_from(one.partition).unwrap();
    sick.topics.get_mut(&one.topic).unwrap()[place].isr.retain(|id| *id != stays);
    assert_eq!(blocks(&sick.back(&plan, &all_done(&plan))), ["under-min-isr"]);
}
