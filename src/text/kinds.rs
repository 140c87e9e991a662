//! Which words a plan takes: those about offsets, about moves of replicas, or about whole topics and groups.

use super::reassignment::moves_replicas;
use interlock::plan::{Action, KafkaAction, Plan, Undo, Work};

/// What sentences of a plan end with where they have words of their own; none of a plan that sets offsets.
pub(in crate::text) fn family(plan: &Plan) -> Option<&'static str> {
    if moves_replicas(plan) {
        return Some("moves");
    }
    first(plan).map(|_| "topics")
}

/// The first action of a plan that changes whole topics or groups.
pub(in crate::text) fn first(plan: &Plan) -> Option<&KafkaAction> {
    plan.steps.iter().find_map(|step| match &step.work {
        Work::Act(Action::Kafka(
            action @ (KafkaAction::SetConfigs { .. }
            | KafkaAction::CreateTopic(_)
            | KafkaAction::CreatePartitions(_)
            | KafkaAction::DeleteTopic(_)
            | KafkaAction::DeleteGroup(_)),
        )) => Some(action),
        _ => None,
    })
}

/// The key of the sentence about its way back.
pub(in crate::text) fn way_back(plan: &Plan) -> &'static str {
    if moves_replicas(plan) {
        return "card-way-back-moves";
    }
    if plan.steps.iter().any(|step| matches!(step.undo, Undo::WhileEmpty { .. })) {
        return "card-way-back-empty";
    }
    match first(plan) {
        Some(KafkaAction::SetConfigs { .. }) => "card-way-back-settings",
        _ => "card-way-back",
    }
}
