//! Plans that move replicas, for the tests of texts.

use super::fixture::{Scene, person, reset};
use interlock::cluster::kafka::{Broker, FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE, Replicas};
use interlock::facts::{Fact, Facts};
use interlock::id::TopicName;
use interlock::plan::{
    Action, Assigned, Check, Condition, ConfigChange, ConfigExpected, ConfigOn, Estimate, Expectation, Impact,
    KafkaAction, Level, ListRemoval, Load, Moving, Plan, PreferredLeader, ReplicaMove, RoomExpected, Row, Scope, Seat,
    Step, Throttle, Undo, Work,
};
use std::collections::BTreeMap;
use std::time::Duration;

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;
const TOPICS: [&str; 3] = ["orders", "payments-by-customer-and-day", "audit"];
const BATCHES: usize = 10;

/// So many replicas go from brokers 1 to 3 to the new broker 4, one of each partition, 3 GiB each.
pub(in crate::text) fn scale_out(count: usize) -> Plan {
    let moves: Vec<ReplicaMove> = (0..count).map(|number| one(number, count)).collect();
    let mut plan = reset(1);
    plan.command = "scale-out".to_owned();
    plan.scope = Scope::Cluster;
    "double-eleven capacity".clone_into(&mut plan.reason);
    plan.arguments = BTreeMap::from(
        [("brokers", "4"), ("topics", "audit,orders,payments-by-customer-and-day"), ("throttle", "100MiB")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    plan.holds.clear();
    plan.expectations = expectations(&moves);
    plan.checks = checks(count);
    plan.steps = steps(&moves);
    plan.restore = restore(&moves);
    plan.impact = impact(&moves);
    let span = u64::try_from(count).unwrap() * 3 * GIB * 1_000 / (60 * MIB);
    plan.estimate = Estimate { duration_ms: span, way_back_ms: span, changes: u64::try_from(count).unwrap() };
    plan.votes =
        vec![Seat::Approver, Seat::Approver, Seat::Owner { of: vec!["orders".to_owned()], check: "owner".to_owned() }];
    plan
}

fn topic(name: &str) -> TopicName {
    name.parse().unwrap()
}

fn one(number: usize, count: usize) -> ReplicaMove {
    let from = [[1, 2, 3], [2, 3, 1], [3, 1, 2]][number % 3];
    let mut to = from;
    to[number % 2 * 2] = 4;
    let name = TOPICS[number * TOPICS.len() / count];
    ReplicaMove {
        topic: topic(name),
        topic_id: "b8tRS7h4TJ2Vt43Dp85v2A".to_owned(),
        partition: i32::try_from(number).unwrap(),
        from: Replicas(from.to_vec()),
        to: Replicas(to.to_vec()),
        or_from: None,
        dirs: BTreeMap::new(),
    }
}

fn cluster() -> Expectation {
    Expectation::KafkaClusterIs { id: "q1Sh-9_ISia_zwGINzRvyQ".to_owned() }
}

fn rates() -> Vec<ConfigChange> {
    let both = |broker: i32| [LEADER_RATE, FOLLOWER_RATE].map(|key| (broker, key));
    let left = |broker: i32, key: &str| (broker == 1 && key == FOLLOWER_RATE).then(|| "12345".to_owned());
    let change = |(broker, key): (i32, &str)| ConfigChange {
        on: ConfigOn::Broker(broker),
        key: key.to_owned(),
        from: left(broker, key),
        to: Some((100 * MIB).to_string()),
    };
    (1..=4).flat_map(both).map(change).collect()
}

fn lists(moves: &[ReplicaMove]) -> Vec<ListRemoval> {
    let of = |name: &str, key: &str| {
        let moves = moves.iter().filter(|one| one.topic.as_str() == name);
        let brokers = |one: &ReplicaMove| if key == LEADER_LIST { one.from.0.clone() } else { one.adding() };
        let entries = moves.flat_map(|one| brokers(one).into_iter().map(|id| format!("{}:{id}", one.partition)));
        let stood_before = name == "audit";
        ListRemoval { topic: topic(name), key: key.to_owned(), entries: entries.collect(), stood_before }
    };
    let all = TOPICS.iter().flat_map(|name| [of(name, LEADER_LIST), of(name, FOLLOWER_LIST)]);
    all.filter(|list| !list.entries.is_empty()).collect()
}

fn expectations(moves: &[ReplicaMove]) -> Vec<Expectation> {
    let alive = vec![Broker { id: 4, rack: Some("az-d".to_owned()) }];
    let room = RoomExpected { broker: 4, bytes: u64::try_from(moves.len()).unwrap() * 3 * GIB, path: None };
    vec![
        cluster(),
        Expectation::KafkaNothingMoves,
        Expectation::KafkaBrokersAlive { brokers: alive },
        Expectation::KafkaAssignedAre { partitions: moves.iter().map(Assigned::before).collect() },
        Expectation::KafkaConfigsAre { configs: rates().iter().map(ConfigExpected::before).collect() },
        Expectation::KafkaRoom { brokers: vec![room] },
    ]
}

fn checks(count: usize) -> Vec<Check> {
    let left = Facts::none().with("brokers", vec!["1".to_owned()]).with("topics", vec!["audit".to_owned()]);
    let tight = Facts::none().with("topic", "audit").with("partition", 2_i64).with("count", count / 3);
    let passed = ["cluster-reachable", "rights-sufficient", "reassignment-under-way", "targets-not-alive"];
    let passed = passed.into_iter().chain(["disk-too-small", "throttle-below-inflow", "racks-on-some", "not-held"]);
    passed
        .map(Check::pass)
        .chain([
            Check::new(Level::Warn, "left-over-throttle", left),
            Check::new(Level::Warn, "no-replica-to-spare", tight.with("replicas", 3_i64)),
        ])
        .collect()
}

fn step(action: KafkaAction, done: Condition, undo: Undo) -> Step {
    Step { number: 0, work: Work::Act(Action::Kafka(action)), needs: vec![cluster()], done, undo }
}

fn steps(moves: &[ReplicaMove]) -> Vec<Step> {
    let merged = |list: ListRemoval| ConfigChange {
        on: ConfigOn::Topic(list.topic),
        key: list.key,
        from: list.stood_before.then(|| "7:7".to_owned()),
        to: Some(list.entries.join(",")),
    };
    let lists: Vec<ConfigChange> = lists(moves).into_iter().map(merged).collect();
    let set = |changes| step(KafkaAction::SetConfigs { changes }, Condition::ReadBack, Undo::Nothing);
    let mut all = vec![set(rates()), set(lists)];
    for batch in moves.chunks(moves.len().div_ceil(BATCHES)) {
        let action = KafkaAction::Reassign { moves: batch.to_vec() };
        all.push(step(action, Condition::KafkaMoved(moving()), Undo::Inverse { needs: vec![cluster()] }));
    }
    let leaders = moves.iter().filter(|one| one.from.0[0] != one.to.0[0]).map(|one| PreferredLeader {
        topic: one.topic.clone(),
        partition: one.partition,
        leader: one.to.0[0],
    });
    let partitions = leaders.collect();
    all.push(step(KafkaAction::ElectPreferred { partitions }, Condition::ReadBack, Undo::Nothing));
    (1..).zip(all).map(|(number, step)| Step { number, ..step }).collect()
}

fn moving() -> Moving {
    Moving {
        relieved: BTreeMap::new(),
        interval_ms: 5_000,
        stalled_ms: 100_000,
        min_isr: TOPICS.iter().map(|name| (topic(name), 2)).collect(),
        throttle: Some(Throttle {
            brokers: vec![1, 2, 3, 4],
            bytes_per_second: 100 * MIB,
            slowest_bytes_per_second: 10 * MIB,
            fastest_bytes_per_second: 400 * MIB,
        }),
    }
}

fn restore(moves: &[ReplicaMove]) -> Vec<Action> {
    let lists = Action::Kafka(KafkaAction::TakeFromLists { lists: lists(moves) });
    let back = rates();
    let back = back.chunks(2).map(|changes| {
        let changes = changes.iter().map(ConfigChange::reversed).collect();
        Action::Kafka(KafkaAction::SetConfigs { changes })
    });
    std::iter::once(lists).chain(back).collect()
}

fn impact(moves: &[ReplicaMove]) -> Impact {
    let count = u64::try_from(moves.len()).unwrap();
    let load = |replicas: u64, leaders: u64| Load { replicas, leaders, bytes: replicas * 3 * GIB };
    let row = |broker: i32| {
        let leaves = u64::try_from(moves.iter().filter(|one| !one.to.0.contains(&broker)).count()).unwrap();
        let now = load(count * 4 / 3, count * 4 / 9);
        let (now, during, after) = match broker {
            4 => (load(0, 0), load(count, 0), load(count, count / 3)),
            _ => (now, now, load(now.replicas - leaves, count / 3)),
        };
        Row::Broker { broker, rack: format!("az-{broker}"), now, during, after }
    };
    let topics = TOPICS.iter().filter(|name| moves.iter().any(|one| one.topic.as_str() == **name));
    Impact {
        worst_case: "moves-slow-writes".to_owned(),
        topics: topics.map(|name| (*name).to_owned()).collect(),
        facts: Facts::none()
            .with("partitions", moves.len())
            .with("moves", moves.len())
            .with("bound", moves.len())
            .with("bytes", Fact::Bytes(count * 3 * GIB))
            .with("reading-groups", 7_i64)
            .with("reading-members", 31_i64)
            .with("readers", ["billing", "mail"].map(str::to_owned).to_vec())
            .with("batches", moves.chunks(moves.len().div_ceil(BATCHES)).count())
            .with("throttle", Fact::Bytes(100 * MIB))
            .with("inflow", Fact::Bytes(40 * MIB))
            .with("window", Duration::from_secs(30))
            .with("eta", Duration::from_millis(count * 3 * GIB * 1_000 / (60 * MIB))),
        rows: (1..=4).map(row).collect(),
        ..Impact::default()
    }
}

/// The scene of such a plan, with all of its seats filled.
pub(super) fn approved(count: usize) -> Scene {
    let mut scene = Scene::of(scale_out(count));
    scene.tally.seats = ["bob", "carol", "dora"].map(|name| Some(person(name))).to_vec();
    scene
}
