//! `/scale-out`: what it plans, what it refuses, and each guard's negative control.

use crate::changes::{self, Context, Guard, Guards, Owing, Rollback};
use crate::cluster::kafka::{
    Broker, BrokerDirs, BrokerReplication, ConfigEntry, Controllers, FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer,
    KafkaCluster, KafkaQuery, LEADER_LIST, LogDir, NamedTopic, Partition, PartitionRate, Rates, Reassignment, Replicas,
    Replication, Right, Silence, Topic, TopicReplication,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::command::{Arguments, Value};
use crate::facts::Fact;
use crate::id::TopicName;
use crate::plan::{
    Action, Adopted, Condition, Done, Draft, Hold, KafkaAction, Level, Plan, Planning, ReplicaMove, Row, Scope, Sealed,
    Undo, Work,
};
use std::collections::{BTreeMap, BTreeSet};

use super::world::{NOW, cluster, whole};

const MIB: u64 = 1 << 20;

/// Brokers 1 to 4, each in a rack, 4 with nothing; topics by name with the replicas of each partition.
#[derive(Clone)]
pub(super) struct World {
    brokers: Vec<Broker>,
    pub(super) topics: BTreeMap<TopicName, Vec<Partition>>,
    min_isr: u32,
    moving: Vec<Reassignment>,
    pub(super) rates: BTreeMap<i32, &'static str>,
    lists: BTreeMap<TopicName, &'static str>,
    controllers: Controllers,
    free: u64,
    inflow: u64,
    rights: BTreeSet<Right>,
    failing: Option<KafkaQuery>,
    held: Vec<(Hold, crate::id::OperationId)>,
    owing: Vec<Owing>,
    pub(super) guards: Guards,
}

fn topic(name: &str) -> TopicName {
    name.parse().unwrap()
}

fn entry(key: &str, value: &str) -> ConfigEntry {
    ConfigEntry { key: key.to_owned(), value: Some(value.to_owned()) }
}

fn partition((number, replicas): (i32, [i32; 3])) -> Partition {
    let replicas = replicas.to_vec();
    Partition { partition: number, leader: Some(replicas[0]), isr: replicas.clone(), replicas }
}

impl World {
    pub(super) fn new() -> Self {
        let broker = |id| Broker { id, rack: Some(format!("r{id}")) };
        let world = Self {
            brokers: (1..=4).map(broker).collect(),
            topics: BTreeMap::new(),
            min_isr: 2,
            moving: Vec::new(),
            rates: BTreeMap::new(),
            lists: BTreeMap::new(),
            controllers: Controllers::Answer,
            free: 1 << 40,
            inflow: 10,
            rights: [Right::Alter, Right::Describe, Right::AlterConfigs, Right::DescribeConfigs].into(),
            failing: None,
            held: Vec::new(),
            owing: Vec::new(),
            guards: Guards::all(),
        };
        world.with("orders", 8).with("payments", 4)
    }

    fn with(mut self, name: &str, partitions: usize) -> Self {
        let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
        let all = (0..).zip(rings.into_iter().cycle().take(partitions)).map(partition).collect();
        self.topics.insert(topic(name), all);
        self
    }

    pub(super) fn first(&mut self) -> &mut Partition {
        &mut self.topics.get_mut(&topic("orders")).unwrap()[0]
    }

    pub(super) fn answer(&self, query: &KafkaQuery) -> KafkaAnswer {
        let seen = |(name, partitions): (&TopicName, &Vec<Partition>)| NamedTopic {
            name: name.clone(),
            topic: Topic {
                id: format!("id-of-{name}"),
                internal: name.as_str().starts_with("__"),
                partitions: partitions.clone(),
                rights: Some(self.rights.clone()),
            },
        };
        let places = || self.topics.iter().flat_map(|(name, all)| all.iter().map(move |one| (name.clone(), one)));
        match query {
            KafkaQuery::Cluster => KafkaAnswer::Cluster(KafkaCluster {
                id: "lkc-1".to_owned(),
                controller: Some(1),
                brokers: self.brokers.clone(),
                rights: Some(self.rights.clone()),
            }),
            KafkaQuery::Layout => KafkaAnswer::Layout(self.topics.iter().map(seen).collect()),
            KafkaQuery::Topic(name) => {
                KafkaAnswer::Topic(self.topics.get_key_value(name).map(|found| seen(found).topic))
            }
            KafkaQuery::TopicConfig(name) => KafkaAnswer::TopicConfig(
                self.lists.get(name).map(|list| entry(FOLLOWER_LIST, list)).into_iter().collect(),
            ),
            KafkaQuery::BrokerConfig(id) => {
                let is_alive = self.brokers.iter().any(|broker| broker.id == *id);
                let rate = self.rates.get(id).map(|rate| entry(FOLLOWER_RATE, rate));
                KafkaAnswer::BrokerConfig(is_alive.then(|| rate.into_iter().collect()))
            }
            KafkaQuery::LogDirs => {
                let dirs = |broker: &Broker| BrokerDirs {
                    broker: broker.id,
                    dirs: Some(vec![LogDir {
                        path: "/data".to_owned(),
                        failed: false,
                        total_bytes: Some(1 << 41),
                        usable_bytes: Some(self.free),
                        replicas: places()
                            .filter(|(_, one)| one.replicas.contains(&broker.id))
                            .map(|(topic, one)| crate::cluster::kafka::StoredReplica {
                                topic,
                                partition: one.partition,
                                bytes: MIB,
                                future: false,
                            })
                            .collect(),
                    }]),
                };
                KafkaAnswer::LogDirs(self.brokers.iter().map(dirs).collect())
            }
            KafkaQuery::Reassignments => KafkaAnswer::Reassignments(self.moving.clone()),
            KafkaQuery::Replication => KafkaAnswer::Replication(Replication {
                topics: self
                    .topics
                    .keys()
                    .map(|name| TopicReplication {
                        name: name.clone(),
                        min_isr: self.min_isr,
                        leaders: None,
                        followers: self.lists.get(name).map(|list| (*list).to_owned()),
                    })
                    .collect(),
                brokers: self
                    .brokers
                    .iter()
                    .map(|broker| BrokerReplication {
                        id: broker.id,
                        leader_rate: None,
                        follower_rate: self.rates.get(&broker.id).map(|rate| (*rate).to_owned()),
                    })
                    .collect(),
                controllers: self.controllers.clone(),
            }),
            KafkaQuery::Rates => KafkaAnswer::Rates(Rates {
                window_ms: 30_000,
                partitions: places()
                    .map(|(topic, one)| PartitionRate {
                        bytes_per_second: if topic.as_str() == "payments" { self.inflow * 3 } else { self.inflow },
                        topic,
                        partition: one.partition,
                    })
                    .collect(),
            }),
            other => panic!("{other:?} is not needed"),
        }
    }

    fn rounds(&self, plan: impl Fn(&Sections, &Context<'_>) -> Planning) -> Planning {
        let cluster = cluster();
        let context = Context {
            now: NOW,
            cluster: &cluster,
            held: &self.held,
            owing: &self.owing,
            earlier: None,
            guards: &self.guards,
        };
        let mut sections = Sections::empty();
        for _ in 0..6 {
            match plan(&sections, &context) {
                Planning::Need(queries) => {
                    for query in queries {
                        let Query::Kafka(asked) = &query else { panic!("{query:?}") };
                        let section = if self.failing.as_ref() == Some(asked) {
                            Section::Failed(Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() })
                        } else {
                            Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Kafka(self.answer(asked)) })
                        };
                        sections.put(query, section);
                    }
                }
                done => return done,
            }
        }
        panic!("six rounds were not enough")
    }

    pub(super) fn asks(&self, arguments: &Arguments) -> Planning {
        self.rounds(|sections, context| changes::plan("scale-out", arguments, sections, context).unwrap())
    }

    pub(super) fn plan(&self, arguments: &Arguments) -> Draft {
        match self.asks(arguments) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    fn refused(&self, arguments: &Arguments) -> Vec<String> {
        match self.asks(arguments) {
            Planning::Refused(checks) => {
                checks.into_iter().filter(|one| one.level == Level::Block).map(|one| one.id).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn back(&self, plan: &Plan, done: &[Done]) -> Planning {
        self.back_from(plan, done, &BTreeSet::new())
    }

    fn back_from(&self, plan: &Plan, done: &[Done], turned_to: &BTreeSet<String>) -> Planning {
        self.rounds(|sections, context| changes::plan_rollback(&Rollback { plan, done, turned_to }, sections, context))
    }

    /// Every move of a plan has arrived.
    fn after(&self, draft: &Draft) -> Self {
        let mut world = self.clone();
        for one in moves(draft) {
            let found = &mut world.topics.get_mut(&one.topic).unwrap()[usize::try_from(one.partition).unwrap()];
            found.replicas.clone_from(&one.to.0);
            found.isr.clone_from(&one.to.0);
        }
        world
    }
}

fn asked(topics: &[&str], throttle: u64) -> Arguments {
    let topics = topics.iter().map(|one| (*one).to_owned()).collect();
    Arguments(BTreeMap::from([
        ("brokers".to_owned(), Value::Brokers(vec![4])),
        ("topics".to_owned(), Value::Topics(topics)),
        ("throttle".to_owned(), Value::Rate(throttle)),
    ]))
}

fn all() -> Arguments {
    asked(&["all"], MIB)
}

/// A plan as it is stored, with a throttle and a list that somebody left.
pub(super) fn stored() -> Plan {
    let mut world = World::new();
    world.rates = BTreeMap::from([(1, "12345")]);
    world.lists = BTreeMap::from([(topic("orders"), "7:7")]);
    let arguments = all();
    let plan = whole(world.plan(&arguments), arguments);
    Plan { command: "scale-out".to_owned(), scope: Scope::Cluster, ..plan }
}

fn moves(draft: &Draft) -> Vec<ReplicaMove> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    draft.steps.iter().flat_map(|step| of(&step.work)).collect()
}

fn check<'a>(draft: &'a Draft, id: &str) -> Option<&'a crate::plan::Check> {
    draft.checks.iter().find(|one| one.id == id)
}

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
    assert_eq!(batches, 9, "about ten batches");
    assert_eq!(keys[..2], ["kafka-set-configs"; 2]);
    assert!(keys[2..2 + batches].iter().all(|key| *key == "kafka-reassign"));
    assert_eq!(keys[2 + batches..], ["kafka-elect-preferred"]);
    let restore: Vec<&str> = draft.restore.iter().map(Action::key).collect();
    assert_eq!(restore[0], "kafka-take-from-lists");
    assert_eq!(restore[1..], ["kafka-set-configs"; 4], "each broker by itself");
    for step in draft.steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_))) {
        assert!(matches!(step.undo, Undo::Inverse { .. }));
    }
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

pub(super) fn refused_by(guard: Guard) -> (World, Arguments) {
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
    assert_eq!(moves(&half).len(), 1);
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

fn all_done(plan: &Plan) -> Vec<Done> {
    let done = |step: &crate::plan::Step| match &step.work {
        Work::Act(action) => Some(Done { step: step.number, actions: vec![action.clone()] }),
        _ => None,
    };
    plan.steps.iter().filter_map(done).collect()
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
    let owing = Owing::of(&plan, 4, &["2097152".to_owned()].into());
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
    let adopted = Adopted { operation: plan.operation.clone(), brokers: [4].into(), left: owing.left };
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
    owing.left.extend(Owing::of(&second, 4, &BTreeSet::new()).left);
    assert_eq!(Owing::of(&second, 4, &BTreeSet::new()).left, owing.left);
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

mod turned {
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
}
