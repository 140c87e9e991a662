//! Actions on a cluster's layout: what tells them done, what ends them, how moves are watched and turned round.

use super::*;
use crate::cluster::kafka::{
    Broker, BrokerDirs, ConfigEntry, FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer, KafkaCluster, KafkaQuery, LEADER_RATE,
    LogDir, Partition, Reassignment, Replicas, StoredReplica, Topic,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

fn topic() -> TopicName {
    "orders".parse().unwrap()
}

/// The topic "orders" with its partition 0, four brokers, and what else is seen.
#[derive(Clone)]
struct World {
    id: &'static str,
    replicas: Vec<i32>,
    isr: Vec<i32>,
    leader: i32,
    target: Option<Vec<i32>>,
    alive: Vec<i32>,
    copied: u64,
    rate: Option<&'static str>,
    list: Option<&'static str>,
    gone: bool,
}

impl World {
    fn on(replicas: &[i32]) -> Self {
        Self {
            id: "first",
            replicas: replicas.to_vec(),
            isr: replicas.to_vec(),
            leader: replicas[0],
            target: None,
            alive: vec![1, 2, 3, 4],
            copied: 0,
            rate: None,
            list: None,
            gone: false,
        }
    }

    /// On its way from 3,2,1 to 4,2,1, as the controller merges the two.
    fn under_way() -> Self {
        let (replicas, isr, target) = (vec![4, 2, 1, 3], vec![3, 2, 1], Some(vec![4, 2, 1]));
        Self { isr, leader: 3, target, ..Self::on(&replicas) }
    }

    fn sections(&self) -> Sections {
        let mut sections = Sections::empty();
        let mut put = |query, value| {
            let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Kafka(value) };
            sections.put(Query::Kafka(query), Section::Seen(seen));
        };
        let broker = |id: &i32| Broker { id: *id, rack: Some(format!("r{id}")) };
        let brokers = self.alive.iter().map(broker).collect();
        let cluster = KafkaCluster { id: "one".to_owned(), controller: None, brokers, rights: None };
        put(KafkaQuery::Cluster, KafkaAnswer::Cluster(cluster));
        let partition = Partition {
            partition: 0,
            leader: Some(self.leader),
            replicas: self.replicas.clone(),
            isr: self.isr.clone(),
        };
        let seen = Topic { id: self.id.to_owned(), internal: false, partitions: vec![partition], rights: None };
        put(KafkaQuery::Topic(topic()), KafkaAnswer::Topic((!self.gone).then_some(seen)));
        let removing = |target: &Vec<i32>| Replicas(Replicas(self.replicas.clone()).without(&Replicas(target.clone())));
        let moving = self.target.as_ref().map(|target| Reassignment {
            topic: topic(),
            partition: 0,
            replicas: Replicas(self.replicas.clone()),
            adding: Replicas(Vec::new()),
            removing: removing(target),
        });
        put(KafkaQuery::Reassignments, KafkaAnswer::Reassignments(moving.into_iter().collect()));
        let stored = |bytes| StoredReplica { topic: topic(), partition: 0, bytes, future: false };
        let dirs = |broker, bytes| BrokerDirs {
            broker,
            dirs: Some(vec![LogDir {
                path: "/data".to_owned(),
                failed: false,
                total_bytes: Some(10_000),
                usable_bytes: Some(5_000),
                replicas: vec![stored(bytes)],
            }]),
        };
        put(KafkaQuery::LogDirs, KafkaAnswer::LogDirs(vec![dirs(3, 1_000), dirs(4, self.copied)]));
        let entry = |key: &str, value: &str| ConfigEntry { key: key.to_owned(), value: Some(value.to_owned()) };
        for id in 1..=4 {
            let entries = self.rate.map(|rate| [LEADER_RATE, FOLLOWER_RATE].map(|key| entry(key, rate)));
            let entries = self.alive.contains(&id).then(|| entries.into_iter().flatten().collect());
            put(KafkaQuery::BrokerConfig(id), KafkaAnswer::BrokerConfig(entries));
        }
        let list = self.list.map(|list| entry(FOLLOWER_LIST, list));
        put(KafkaQuery::TopicConfig(topic()), KafkaAnswer::TopicConfig(list.into_iter().collect()));
        sections
    }
}

fn a_move() -> ReplicaMove {
    let (from, to) = (Replicas(vec![3, 2, 1]), Replicas(vec![4, 2, 1]));
    ReplicaMove { topic: topic(), topic_id: "first".to_owned(), partition: 0, from, to, or_from: None }
}

fn reassign(one: ReplicaMove) -> Action {
    Action::Kafka(KafkaAction::Reassign { moves: vec![one] })
}

fn set(on: ConfigOn, from: Option<&str>, to: Option<&str>) -> Action {
    let (key, from, to) = (FOLLOWER_RATE.to_owned(), from.map(str::to_owned), to.map(str::to_owned));
    Action::Kafka(KafkaAction::SetConfigs { changes: vec![ConfigChange { on, key, from, to }] })
}

fn take(entries: &[&str], stood_before: bool) -> Action {
    let entries = entries.iter().map(|entry| (*entry).to_owned()).collect();
    let list = ListRemoval { topic: topic(), key: FOLLOWER_LIST.to_owned(), entries, stood_before };
    Action::Kafka(KafkaAction::TakeFromLists { lists: vec![list] })
}

fn elect() -> Action {
    let partitions = vec![PreferredLeader { topic: topic(), partition: 0, leader: 4 }];
    Action::Kafka(KafkaAction::ElectPreferred { partitions })
}

fn all_actions() -> Vec<Action> {
    vec![
        reassign(a_move()),
        set(ConfigOn::Broker(1), None, Some("5")),
        set(ConfigOn::Topic(topic()), None, Some("5")),
        take(&["0:4"], false),
        elect(),
        Action::Kafka(KafkaAction::CallOff { moves: vec![a_move()] }),
    ]
}

fn failed(queries: &std::collections::BTreeSet<Query>) -> Sections {
    let mut sections = Sections::empty();
    for query in queries {
        let failure = Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() };
        sections.put(query.clone(), Section::Failed(failure));
    }
    sections
}

mod probes {
    use super::*;

    #[test]
    fn what_was_not_seen_is_never_told_done() {
        for action in all_actions() {
            assert!(matches!(probe(&action, &Sections::empty()), Probe::CannotTell(_)), "{action:?}");
            assert!(matches!(probe(&action, &failed(&action.read_back())), Probe::CannotTell(_)), "{action:?}");
        }
    }

    #[test]
    fn reading_back_asks_for_all_that_its_probe_needs() {
        let sections = World::on(&[3, 2, 1]).sections();
        for action in all_actions() {
            let mut asked = Sections::empty();
            for query in action.read_back() {
                asked.put(query.clone(), sections.get(&query).clone());
            }
            assert_eq!(probe(&action, &asked), probe(&action, &sections), "{action:?}");
            assert!(!matches!(probe(&action, &asked), Probe::CannotTell(_)), "{action:?}");
        }
    }

    #[test]
    fn a_move_is_begun_or_not_or_somebody_elses() {
        let seen = |world: World| probe(&reassign(a_move()), &world.sections());
        assert_eq!(seen(World::on(&[3, 2, 1])), Probe::NotYet);
        assert_eq!(seen(World::under_way()), Probe::Done, "the act is to begin it");
        assert_eq!(seen(World::on(&[4, 2, 1])), Probe::Done);
        for foreign in [
            World::on(&[2, 1, 3]),
            World { target: Some(vec![1, 2]), ..World::under_way() },
            World { id: "second", ..World::on(&[3, 2, 1]) },
            World { gone: true, ..World::on(&[3, 2, 1]) },
        ] {
            assert!(matches!(seen(foreign), Probe::Foreign(_)));
        }
        let back = |world: World| probe(&reassign(a_move().reversed()), &world.sections());
        assert_eq!(back(World::under_way()), Probe::NotYet, "one on its way is still to be turned round");
        assert_eq!(back(World::on(&[3, 2, 1])), Probe::Done);
    }

    #[test]
    fn a_setting_is_as_before_as_wanted_or_somebody_elses() {
        let seen =
            |rate, from, to| probe(&set(ConfigOn::Broker(1), from, to), &World { rate, ..World::on(&[1]) }.sections());
        assert_eq!(seen(None, None, Some("5")), Probe::NotYet);
        assert_eq!(seen(Some("5"), None, Some("5")), Probe::Done);
        assert_eq!(seen(None, Some("5"), None), Probe::Done, "an absent key is absent again");
        assert!(matches!(seen(Some("6"), None, Some("5")), Probe::Foreign(_)));
        let dead = World { alive: vec![2, 3, 4], ..World::on(&[1]) };
        let Probe::CannotTell(facts) = probe(&set(ConfigOn::Broker(1), None, Some("5")), &dead.sections()) else {
            panic!("what a dead broker has can be read nowhere");
        };
        assert_eq!(facts.get("failure"), Some(&BROKER_DEAD.into()));
    }

    #[test]
    fn only_our_entries_have_to_leave_a_list() {
        let seen = |list, before| probe(&take(&["0:4", "1:4"], before), &World { list, ..World::on(&[1]) }.sections());
        assert_eq!(seen(Some("0:4,1:4,9:9"), true), Probe::NotYet);
        assert_eq!(seen(Some("1:4,9:9"), true), Probe::Partly);
        assert_eq!(seen(Some("9:9"), true), Probe::Done);
        assert_eq!(seen(Some("9:9"), false), Probe::Done, "what others put there meanwhile stays");
        assert_eq!(seen(Some(""), true), Probe::Done, "an empty list that was there is back");
        assert_eq!(seen(Some(""), false), Probe::Partly, "one that was not there has to go");
        assert_eq!(seen(None, false), Probe::Done);
        let gone = World { gone: true, list: Some("0:4"), ..World::on(&[1]) };
        assert_eq!(probe(&take(&["0:4"], false), &gone.sections()), Probe::Done);
    }

    #[test]
    fn whoever_else_leads_is_not_yet_the_preferred_one() {
        let seen = |leader| probe(&elect(), &World { leader, ..World::on(&[4, 2, 1]) }.sections());
        assert_eq!((seen(2), seen(4)), (Probe::NotYet, Probe::Done));
    }

    #[test]
    fn what_stands_before_an_act_is_what_its_probe_calls_not_yet() {
        for action in all_actions() {
            let Some(before) = action.before() else { continue };
            let sections = World::on(&[3, 2, 1]).sections();
            assert_eq!((evaluate(&before, &sections), probe(&action, &sections)), (Held::Holds, Probe::NotYet));
            let after = World { rate: Some("5"), ..World::on(&[4, 2, 1]) }.sections();
            if !matches!(evaluate(&before, &after), Held::Broken { .. }) {
                assert!(
                    matches!(&action, Action::Kafka(KafkaAction::SetConfigs { changes })
                    if changes.iter().all(|one| one.on == ConfigOn::Topic(topic()))),
                    "{action:?}"
                );
            }
        }
    }

    #[test]
    fn the_inverse_of_an_inverse_is_the_act() {
        for action in &all_actions()[..3] {
            let back = inverse(action);
            assert_eq!(back.iter().flat_map(inverse).collect::<Vec<_>>(), std::slice::from_ref(action));
        }
    }
}

mod expectations {
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
            Expectation::KafkaRoom { brokers: vec![RoomExpected { broker: 4, bytes: 5_000 }] },
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
        let more = Expectation::KafkaRoom { brokers: vec![RoomExpected { broker: 4, bytes: 5_001 }] };
        assert_eq!(broken(&more, &before), "disk-too-full");
    }

    #[test]
    fn an_election_breaks_none_of_them() {
        let elected = World { leader: 2, isr: vec![2, 1, 3], ..World::on(&[3, 2, 1]) };
        all().iter().for_each(|expectation| assert_eq!(broken(expectation, &elected), "holds"));
    }
}

mod watching {
    use super::*;

    fn moving() -> Moving {
        let throttle = Throttle {
            brokers: vec![3, 4],
            bytes_per_second: 500,
            slowest_bytes_per_second: 50,
            fastest_bytes_per_second: 900,
        };
        Moving {
            interval_ms: 1_000,
            stalled_ms: 10_000,
            min_isr: BTreeMap::from([(topic(), 2)]),
            relieved: BTreeMap::new(),
            throttle: Some(throttle),
        }
    }

    fn look_at(world: &World, memory: &Memory, second: i64) -> (Memory, Looked) {
        let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(a_move())]);
        let awaited = Awaited { condition: &condition, actions: &actions };
        let pace = Pace { now: Millis(second * 1_000), interval: Duration::from_secs(1) };
        look(awaited, memory, &world.sections(), pace)
    }

    fn id(looked: &Looked) -> &'static str {
        match looked {
            Looked::Met => "met",
            Looked::NotYet { id, .. }
            | Looked::Impossible { id, .. }
            | Looked::Unsafe { id, .. }
            | Looked::Foreign { id, .. } => id,
        }
    }

    fn found(world: &World) -> &'static str {
        id(&look_at(world, &Memory::default(), 0).1)
    }

    #[test]
    fn it_has_arrived_when_order_and_isr_are_the_targets() {
        assert_eq!(found(&World::on(&[4, 2, 1])), "met");
        assert_eq!(
            found(&World { isr: vec![1, 4, 2], ..World::on(&[4, 2, 1]) }),
            "met",
            "in whatever order they are in sync"
        );
        assert_eq!(found(&World::under_way()), "moving");
        assert_eq!(found(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }), "moving", "not all are in sync");
        assert_eq!(found(&World::on(&[4, 2, 1, 3])), "moving", "it arrived between two looks of one round");
    }

    #[test]
    fn what_a_broker_shows_late_is_not_taken_for_somebody_elses() {
        for world in [World::on(&[2, 4, 1]), World::on(&[3, 2, 1])] {
            let (memory, first) = look_at(&world, &Memory::default(), 0);
            let (memory, second) = look_at(&world, &memory, 1);
            assert_eq!((id(&first), id(&second)), ("moving", "moving"));
            assert_eq!(id(&look_at(&world, &memory, 2).1), "move-overridden", "it stands");
            let (memory, _) = look_at(&World::under_way(), &memory, 2);
            assert_eq!(id(&look_at(&world, &memory, 3).1), "moving", "it begins anew");
        }
    }

    #[test]
    fn what_ends_it_is_named() {
        assert_eq!(found(&World { id: "second", ..World::under_way() }), "topic-recreated");
        assert_eq!(found(&World { gone: true, ..World::under_way() }), "topic-gone");
        assert_eq!(found(&World { target: Some(vec![1, 2]), ..World::under_way() }), "move-overridden");
        assert_eq!(found(&World { isr: vec![3], ..World::under_way() }), "under-min-isr");
        assert_eq!(found(&World { isr: vec![3, 2], ..World::under_way() }), "moving", "at the edge is not under it");
    }

    #[test]
    fn too_few_in_sync_does_not_stop_a_move_that_helps() {
        let relieved = Moving { relieved: BTreeMap::from([(topic(), [0].into())]), ..moving() };
        let condition = Condition::KafkaMoved(relieved);
        let (actions, pace) = ([reassign(a_move())], Pace { now: Millis(0), interval: Duration::from_secs(1) });
        let awaited = Awaited { condition: &condition, actions: &actions };
        let alone = World { isr: vec![2], ..World::under_way() };
        assert_eq!(id(&look(awaited, &Memory::default(), &alone.sections(), pace).1), "moving");
        assert_eq!(found(&alone), "under-min-isr", "control");
    }

    #[test]
    fn what_is_left_its_rate_and_a_stall_are_told() {
        let (memory, first) = look_at(&World::under_way(), &Memory::default(), 0);
        let Looked::NotYet { facts, .. } = first else { panic!() };
        assert_eq!((facts.get("left"), facts.get("rate")), (Some(&crate::facts::Fact::Bytes(1_000)), None));
        let (memory, second) = look_at(&World { copied: 400, ..World::under_way() }, &memory, 4);
        let Looked::NotYet { facts, .. } = second else { panic!() };
        assert_eq!(facts.get("rate"), Some(&crate::facts::Fact::Bytes(100)));
        assert_eq!(facts.get("eta"), Some(&Duration::from_secs(6).into()));
        let stands = World { copied: 400, ..World::under_way() };
        assert_eq!(id(&look_at(&stands, &memory, 14).1), "moving");
        let (memory, _) = look_at(&stands, &memory, 10);
        assert_eq!(id(&look_at(&stands, &memory, 15).1), "move-stalled");
        assert_eq!(id(&look_at(&World { copied: 401, ..stands }, &memory, 15).1), "moving");
    }

    #[test]
    fn what_falls_behind_stands_still() {
        let copied = |copied| World { copied, ..World::under_way() };
        let (mut memory, _) = look_at(&copied(400), &Memory::default(), 0);
        for second in 1..=10 {
            let (next, looked) = look_at(&copied(400 - 10 * u64::try_from(second).unwrap()), &memory, second);
            assert_eq!((id(&looked), next.stalled), ("moving", false), "second {second}");
            memory = next;
        }
        let (memory, looked) = look_at(&copied(395), &memory, 11);
        assert_eq!(
            (id(&looked), memory.stalled),
            ("move-stalled", true),
            "less than a moment ago, and more than at first"
        );
        let (memory, looked) = look_at(&copied(500), &memory, 12);
        assert_eq!((id(&looked), memory.stalled), ("moving", false));
    }

    #[test]
    fn a_partition_with_fewer_replicas_than_its_topic_wants_in_sync_is_not_under_them() {
        let alone = ReplicaMove { from: Replicas(vec![3]), to: Replicas(vec![4]), ..a_move() };
        let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(alone)]);
        let awaited = Awaited { condition: &condition, actions: &actions };
        let world = World { isr: vec![3], leader: 3, target: Some(vec![4]), ..World::on(&[4, 3]) };
        let pace = Pace { now: Millis(0), interval: Duration::from_secs(1) };
        assert_eq!(id(&look(awaited, &Memory::default(), &world.sections(), pace).1), "moving");
    }

    /// A plan of a throttle and two batches, the second of another partition of which nothing is stored here yet.
    fn two_batches() -> Plan {
        let other = ReplicaMove { partition: 1, ..a_move() };
        let step = |number, action, done| {
            let undo = Undo::Nothing;
            Step { number, work: Work::Act(action), needs: Vec::new(), done, undo }
        };
        let throttle = set(ConfigOn::Broker(3), None, Some("500"));
        const STORED: &str = include_str!("../../golden/plan-1-reset-offset.json");
        let mut plan = Sealed::open(STORED.to_owned(), Digest::of(STORED.as_bytes())).unwrap().plan().clone();
        plan.steps = vec![
            step(1, throttle, Condition::ReadBack),
            step(2, reassign(a_move()), Condition::KafkaMoved(moving())),
            step(3, reassign(other), Condition::KafkaMoved(moving())),
        ];
        plan
    }

    #[test]
    fn the_batch_the_later_ones_and_the_throttle_that_stands_are_told() {
        use crate::facts::Fact;
        let world = World { rate: Some("50"), ..World::under_way() };
        let seen = Facts::none().with("left", Fact::Bytes(600)).with("rate", Fact::Bytes(100));
        let plan = two_batches();
        let facts = outlook(&plan, 2, seen.clone(), &world.sections());
        let of = |name: &str| facts.get(name).cloned();
        assert_eq!((of("batch"), of("batches")), (Some(Fact::Count(1)), Some(Fact::Count(2))));
        assert_eq!(of("throttle"), Some(Fact::Bytes(50)), "as it stands, not as it was planned");
        assert_eq!(of("left-later"), Some(Fact::Bytes(0)));
        assert_eq!(of("eta-whole"), Some(Duration::from_secs(6).into()));
        let mut larger = plan.clone();
        larger.steps[2].work = Work::Act(reassign(a_move()));
        let facts = outlook(&larger, 2, seen.clone(), &world.sections());
        assert_eq!(facts.get("left-later"), Some(&Fact::Bytes(1_000)), "the largest copy there is");
        assert_eq!(facts.get("eta-whole"), Some(&Duration::from_secs(16).into()));
        assert_eq!(outlook(&plan, 1, seen.clone(), &world.sections()), seen, "no batch, nothing to tell");
        let last = outlook(&plan, 3, seen, &world.sections());
        assert_eq!((last.get("batch"), last.get("left-later")), (Some(&Fact::Count(2)), None));
    }

    #[test]
    fn a_failed_look_is_never_an_arrival() {
        let (condition, actions) = (Condition::KafkaMoved(moving()), [reassign(a_move())]);
        let awaited = Awaited { condition: &condition, actions: &actions };
        let pace = Pace { now: Millis(0), interval: Duration::from_secs(1) };
        let (_, looked) = look(awaited, &Memory::default(), &failed(&awaited.queries()), pace);
        assert_eq!(id(&looked), "cannot-look");
    }

    fn wanted(world: &World, standing_still: bool) -> Wanted {
        let turned = Turned { standing_still, ..Turned::default() };
        regulate(&moving(), &[a_move()], &turned, &world.sections())
    }

    fn rates(wanted: &Wanted) -> Vec<String> {
        let Wanted::Set(changes) = wanted else { panic!("{wanted:?}") };
        changes.iter().map(|one| one.to.clone().unwrap()).collect()
    }

    #[test]
    fn it_is_slowed_where_no_replica_can_be_spared_and_only_there() {
        let at_rate = |rate, isr: &[i32]| World { rate: Some(rate), isr: isr.to_vec(), ..World::under_way() };
        assert_eq!(wanted(&at_rate("500", &[3, 2, 1]), false), Wanted::Keep);
        assert_eq!(rates(&wanted(&at_rate("500", &[3, 2]), false)), ["50"; 4], "two rates on two brokers");
        assert_eq!(wanted(&at_rate("50", &[3, 2]), false), Wanted::Keep);
        assert_eq!(rates(&wanted(&at_rate("50", &[3, 2, 1]), false)), ["500"; 4], "and back when it is in sync again");
        assert_eq!(rates(&wanted(&at_rate("500", &[3, 2, 1]), true)), ["50"; 4]);
    }

    #[test]
    fn what_somebody_asked_for_holds_within_the_bounds_and_never_where_no_replica_can_be_spared() {
        let turned = |asked, rate, isr: &[i32]| {
            let world = World { rate: Some(rate), isr: isr.to_vec(), ..World::under_way() };
            let turned = Turned { asked: Some(asked), ours: ["300".to_owned()].into(), standing_still: false };
            regulate(&moving(), &[a_move()], &turned, &world.sections())
        };
        assert_eq!(rates(&turned(300, "500", &[3, 2, 1])), ["300"; 4]);
        assert_eq!(turned(300, "300", &[3, 2, 1]), Wanted::Keep);
        assert_eq!(rates(&turned(200, "300", &[3, 2, 1])), ["200"; 4], "what was asked for before is ours");
        assert_eq!(rates(&turned(7, "500", &[3, 2, 1])), ["50"; 4], "not below the plan's slowest");
        assert_eq!(rates(&turned(70_000, "500", &[3, 2, 1])), ["900"; 4], "not above its fastest");
        assert_eq!(rates(&turned(300, "300", &[3, 2])), ["50"; 4], "no replica to spare");
        assert!(matches!(turned(300, "301", &[3, 2, 1]), Wanted::Foreign(_)));
    }

    #[test]
    fn a_throttle_of_somebody_else_is_left_alone() {
        for rate in [None, Some("77")] {
            let world = World { rate, isr: vec![3, 2], ..World::under_way() };
            assert!(matches!(wanted(&world, false), Wanted::Foreign(_)), "{rate:?}");
        }
        let dead = World { rate: Some("500"), isr: vec![3, 2], alive: vec![1, 2, 3], ..World::under_way() };
        assert_eq!(rates(&wanted(&dead, false)), ["50"; 2], "a dead broker is not asked");
    }

    fn unwound(world: &World) -> Unwinding {
        unwind(&[a_move()], &world.sections()).unwrap()
    }

    #[test]
    fn what_is_in_flight_is_called_off_and_then_gets_its_saved_order_back() {
        let found = unwound(&World::under_way());
        assert_eq!((&found.call_off[..], &found.back[..]), (&[a_move()][..], &[][..]));
        assert_eq!(unwound(&World::on(&[4, 2, 1])), Unwinding::default(), "what has arrived stays");
        assert_eq!(unwound(&World::on(&[3, 2, 1])), Unwinding::default());
        let found = unwound(&World::on(&[2, 1, 3]));
        let (from, to) = (Replicas(vec![2, 1, 3]), Replicas(vec![3, 2, 1]));
        assert_eq!(found.back, [ReplicaMove { from, to, ..a_move() }], "called off: the order was lost");
        let sent_back = World { replicas: vec![3, 2, 1, 4], target: Some(vec![3, 2, 1]), ..World::under_way() };
        assert_eq!(unwound(&sent_back).call_off.len(), 1, "sent back by somebody: that never ends");
        assert!(unwind(&[a_move()], &failed(&unwind_queries(&[a_move()]))).is_err());
    }

    #[test]
    fn calling_off_is_done_when_nothing_moves() {
        let call_off = Action::Kafka(KafkaAction::CallOff { moves: vec![a_move()] });
        let seen = |world: World| probe(&call_off, &world.sections());
        assert_eq!(seen(World::under_way()), Probe::NotYet);
        assert_eq!(seen(World::on(&[2, 1, 3])), Probe::Done);
        assert_eq!(seen(World::on(&[4, 2, 1])), Probe::Done, "it arrived first");
        assert!(matches!(seen(World { target: Some(vec![1, 2]), ..World::under_way() }), Probe::Foreign(_)));
    }

    #[test]
    fn it_goes_on_where_an_old_replica_is_dead() {
        let found = unwound(&World { alive: vec![1, 2, 4], ..World::under_way() });
        assert_eq!((found.call_off.len(), found.back.len(), found.going_on.len()), (0, 0, 1));
        assert_eq!(found.going_on[0].get("broker"), Some(&3_i64.into()));
    }
}

mod put_back {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_still_set_is_what_does_not_stand_as_it_is_to() {
        let rate = set(ConfigOn::Broker(1), Some("5"), None);
        let (broker, orders) = (ConfigOn::Broker(1), ConfigOn::Topic(topic()));
        let with = |rate, list| World { rate, list, ..World::on(&[3, 2, 1]) }.sections();
        assert_eq!(still_set(&rate, &with(Some("5"), None)), BTreeSet::from([broker.clone()]));
        assert_eq!(still_set(&rate, &with(None, None)), BTreeSet::new());
        assert_eq!(still_set(&take(&["0:4"], false), &with(None, Some("0:4,7:7"))), BTreeSet::from([orders.clone()]));
        assert_eq!(still_set(&take(&["0:4"], false), &with(None, Some("7:7"))), BTreeSet::new());
        // What cannot be seen is not put back.
        assert_eq!(still_set(&rate, &Sections::empty()), BTreeSet::from([broker]));
        assert_eq!(put_back_on(&take(&["0:4"], false)), BTreeSet::from([orders]));
        assert_eq!(put_back_on(&elect()), BTreeSet::new());
    }

    #[test]
    fn only_what_is_asked_for_is_put_back() {
        let rate = set(ConfigOn::Broker(1), Some("5"), None);
        let (ours, others) = (BTreeSet::from([ConfigOn::Broker(1)]), BTreeSet::from([ConfigOn::Topic(topic())]));
        assert_eq!(put_back_only(&rate, &ours), Some(rate.clone()));
        assert_eq!(put_back_only(&rate, &others), None);
        assert_eq!(put_back_only(&take(&["0:4"], true), &others), Some(take(&["0:4"], true)));
        assert_eq!(put_back_only(&take(&["0:4"], true), &ours), None);
        assert_eq!(put_back_only(&elect(), &others), None);
    }
}

mod at_the_end {
    use super::*;

    fn judged(world: &World, before: Option<LastLook>) -> (Option<LastLook>, &'static str, Facts) {
        let (memory, looked) = last_look(&[a_move()], before, &world.sections(), Millis(7));
        match looked {
            Looked::Met => (memory, "met", Facts::none()),
            Looked::NotYet { id, facts } | Looked::Impossible { id, facts } => (memory, id, facts),
            other => panic!("{other:?}"),
        }
    }

    fn found(world: &World) -> &'static str {
        judged(world, None).1
    }

    #[test]
    fn only_all_replicas_in_order_and_in_sync_are_the_end() {
        assert_eq!(found(&World::on(&[4, 2, 1])), "met");
        assert_eq!(found(&World { isr: vec![1, 2, 4], leader: 2, ..World::on(&[4, 2, 1]) }), "met", "whoever leads");
        let (_, id, facts) = judged(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }, None);
        assert_eq!(
            (id, facts.get("isr"), facts.get("verified")),
            ("replicas-behind", Some(&2_i64.into()), Some(&0_i64.into()))
        );
        assert_eq!(found(&World { gone: true, ..World::on(&[4, 2, 1]) }), "topic-gone");
        assert_eq!(found(&World { id: "second", ..World::on(&[4, 2, 1]) }), "topic-recreated");
        assert_eq!(
            last_look(&[a_move()], None, &Sections::empty(), Millis(0)).1,
            Looked::NotYet { id: CANNOT_LOOK, facts: Facts::none().with("failure", "not-asked") }
        );
    }

    #[test]
    fn what_was_moved_on_since_is_believed_after_several_looks() {
        let moved = World::on(&[2, 4, 1]);
        let (memory, first, _) = judged(&moved, None);
        let (memory, second, _) = judged(&moved, memory);
        assert_eq!((first, second), ("looking-once-more", "looking-once-more"));
        let (_, third, facts) = judged(&moved, memory);
        assert_eq!(
            (third, facts.get("found"), facts.get("expected")),
            ("moved-since", Some(&"2,4,1".into()), Some(&"4,2,1".into()))
        );
        let (memory, _, _) = judged(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }, memory);
        assert_eq!(judged(&moved, memory).1, "looking-once-more", "it begins anew");
        // Where it goes is told by the controller: nothing there is late.
        assert_eq!(found(&World { target: Some(vec![2, 1]), ..World::under_way() }), "moved-since");
    }

    #[test]
    fn since_when_and_whether_people_were_called_is_kept() {
        let behind = World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) };
        let (memory, ..) = judged(&behind, None);
        assert_eq!(memory, Some(LastLook { streak: 0, since: Millis(7), called: false }));
        let called = LastLook { streak: 0, since: Millis(3), called: true };
        assert_eq!(judged(&behind, Some(called)).0, Some(called));
    }
}
