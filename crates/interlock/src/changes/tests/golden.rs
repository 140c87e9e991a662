//! Stored plans stay readable.

use super::world::{AT, Log, With, World, asked, log, member, whole};
use crate::command::Value;
use crate::plan::{Action, Check, Condition, Digest, KafkaAction, OffsetTarget, Plan, ReplicaMove, Sealed, Step, Work};
use std::path::Path;

/// Written by the first version that stored plans of format 1. Never written anew: a change that this test does not survive
/// is another format.
const STORED: &[(&str, &str)] = &[
    ("plan-1-reset-offset.json", "exact"),
    ("plan-1-reset-offset-waiting.json", "waiting"),
    ("plan-1-scale-out.json", "moves"),
];

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// As planned in those days: what was moved to the edge of the log was told by warnings alone, beside a passed check; and of a
/// move only the copying counted, not the looks after each batch, who reads was not looked at, both rates of a broker were put
/// back by one action, and few partitions went one at a time.
fn made_then(kind: &str) -> Plan {
    let mut plan = made(kind);
    if kind == "moves" {
        plan.impact.facts = plan.impact.facts.with("eta", std::time::Duration::from_millis(9_001));
        plan.impact
            .facts
            .0
            .retain(|name, _| !["readers", "reading-groups", "reading-members"].contains(&name.as_str()));
        (plan.estimate.duration_ms, plan.estimate.way_back_ms) = (9_001, 9_001);
        plan.restore = by_broker(plan.restore);
        plan.steps = one_by_one(plan.steps);
        plan.impact.facts = plan.impact.facts.with("batches", batches(&plan.steps));
        return plan;
    }
    let first = plan.checks.iter().position(|check| check.id == "time-after-last-record").unwrap();
    plan.checks.insert(first, Check::pass("targets-in-log"));
    plan
}

fn batches(steps: &[Step]) -> usize {
    steps.iter().filter(|step| matches!(step.done, Condition::KafkaMoved(_))).count()
}

fn one_by_one(steps: Vec<Step>) -> Vec<Step> {
    let apart = |step: Step| match (&step.work, &step.done) {
        (Work::Act(Action::Kafka(KafkaAction::Reassign { moves })), Condition::KafkaMoved(moving)) => {
            let single = |one: &ReplicaMove| {
                let mut moving = moving.clone();
                moving.min_isr.retain(|topic, _| *topic == one.topic);
                let work = Work::Act(Action::Kafka(KafkaAction::Reassign { moves: vec![one.clone()] }));
                Step { work, done: Condition::KafkaMoved(moving), ..step.clone() }
            };
            moves.iter().map(single).collect()
        }
        _ => vec![step],
    };
    (1..).zip(steps.into_iter().flat_map(apart)).map(|(number, step)| Step { number, ..step }).collect()
}

fn by_broker(restore: Vec<Action>) -> Vec<Action> {
    let mut together: Vec<Action> = Vec::new();
    for action in restore {
        match (together.last_mut(), action) {
            (
                Some(Action::Kafka(KafkaAction::SetConfigs { changes: before })),
                Action::Kafka(KafkaAction::SetConfigs { changes }),
            ) if before[0].on == changes[0].on => before.extend(changes),
            (_, action) => together.push(action),
        }
    }
    together
}

fn made(kind: &str) -> Plan {
    if kind == "moves" {
        return super::moves::stored();
    }
    let logs = [Log { at: Some(42), ..log(10, 100) }, log(0, 50), log(5, 5)];
    let world = World::of(&logs).committed("orders", &[Some(60), None, Some(5)]);
    let arguments = asked(OffsetTarget::At(AT)).with("reason", Value::Text("replay after the bad deploy".to_owned()));
    if kind == "exact" {
        let arguments = arguments.with("partitions", Value::Partitions(vec![0, 1]));
        return whole(world.plan(&arguments), arguments);
    }
    let arguments = arguments.waiting();
    whole(world.members(vec![member("billing-1", None)]).plan(&arguments), arguments)
}

#[test]
fn a_plan_of_format_1_is_read_and_understood_as_it_was_meant() {
    for (file, kind) in STORED {
        let bytes = read(file);
        let digest = Digest::of(bytes.as_bytes());
        let opened = Sealed::open(bytes.clone(), digest).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(opened.digest(), digest);
        assert_eq!(opened.bytes(), bytes);
        assert_eq!(*opened.plan(), made_then(kind), "{file}");
        assert_eq!(Sealed::seal(opened.plan().clone()).unwrap().bytes(), bytes, "{file}");
    }
}

#[test]
fn its_numbers_are_whole_and_its_spans_say_their_unit() {
    fn walk(value: &serde_json::Value) {
        match value {
            serde_json::Value::Number(number) => assert!(!number.is_f64(), "{number}"),
            serde_json::Value::Array(list) => list.iter().for_each(walk),
            serde_json::Value::Object(map) => map.values().for_each(walk),
            _ => {}
        }
    }
    for (file, _) in STORED {
        walk(&serde_json::from_str(&read(file)).unwrap());
        assert!(!read(file).contains("nanos"), "{file}");
        assert!(!read(file).contains("10.1.2.3"), "{file}: no hosts");
    }
    let moves = read("plan-1-scale-out.json");
    assert!(moves.contains(r#""bytes_per_second": 1048576"#) && moves.contains(r#""interval_ms": "#));
    assert!(read("plan-1-reset-offset-waiting.json").contains(r#""duration_ms": 1800000"#));
}
