//! Kafka's own reassignment files, for its own tool: forward and back.

use interlock::plan::{Action, KafkaAction, Plan, ReplicaMove, Work};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// All moves of a plan, in their order.
pub(in crate::text) fn moves(plan: &Plan) -> Vec<&ReplicaMove> {
    moves_but(plan, &BTreeSet::new())
}

/// The moves of all steps but these.
pub(in crate::text) fn moves_but<'a>(plan: &'a Plan, done: &BTreeSet<u32>) -> Vec<&'a ReplicaMove> {
    let of = |work: &'a Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.as_slice(),
        _ => &[],
    };
    plan.steps.iter().filter(|step| !done.contains(&step.number)).flat_map(|step| of(&step.work)).collect()
}

/// Whether a plan moves replicas.
pub(in crate::text) fn moves_replicas(plan: &Plan) -> bool {
    !moves(plan).is_empty()
}

/// What `kafka-reassign-partitions.sh --execute` reads to do what the plan does.
#[must_use]
pub fn forward(plan: &Plan) -> String {
    file(moves(plan).into_iter().map(|one| (one, &one.to.0)))
}

/// The same for the way back, in the order from before.
#[must_use]
pub fn back(plan: &Plan) -> String {
    file(moves(plan).into_iter().rev().map(|one| (one, &one.from.0)))
}

/// Moves as the tool reads them, each with these replicas. Without the log directories that the plan gives: the tool reassigns
/// first, and would then copy between directories, unthrottled.
pub(in crate::text) fn file<'a>(partitions: impl Iterator<Item = (&'a ReplicaMove, &'a Vec<i32>)>) -> String {
    let one = |(one, replicas): (&ReplicaMove, &Vec<i32>)| json!({ "topic": one.topic.as_str(), "partition": one.partition, "replicas": replicas });
    let partitions: Vec<Value> = partitions.map(one).collect();
    json!({ "version": 1, "partitions": partitions }).to_string()
}
