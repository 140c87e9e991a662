//! Which words a plan takes: those about offsets, about moves of replicas, or about topics and groups; of partitions, or of
//! queues.

use super::reassignment::moves_replicas;
use interlock::cluster::ClusterKind;
use interlock::plan::{Action, KafkaAction, Plan, RocketmqAction, Undo, Work};

/// What sentences of a plan end with where they have words of their own; none of a plan that sets offsets.
pub(in crate::text) fn family(plan: &Plan) -> Option<&'static str> {
    if moves_replicas(plan) {
        return Some("moves");
    }
    (first(plan).is_some() || first_of_rocketmq(plan).is_some() || sets_queues(plan)).then_some("topics")
}

/// What sentences about offsets and messages end with on RocketMQ, where there are queues and no partitions.
pub(in crate::text) fn on(plan: &Plan) -> &'static str {
    match plan.kind {
        ClusterKind::Rocketmq => "-rocketmq",
        ClusterKind::Kafka => "",
    }
}

/// Whether a plan opens or closes queues.
fn sets_queues(plan: &Plan) -> bool {
    let sets = |action: &Action| matches!(action, Action::Rocketmq(RocketmqAction::SetQueues { .. }));
    plan.steps.iter().any(|step| matches!(&step.work, Work::Act(action) if sets(action)))
}

/// The first action of a plan that changes whole topics or groups of Kafka.
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

/// The first action of a plan that changes whole topics or groups of RocketMQ.
pub(in crate::text) fn first_of_rocketmq(plan: &Plan) -> Option<&RocketmqAction> {
    plan.steps.iter().find_map(|step| match &step.work {
        Work::Act(Action::Rocketmq(
            action @ (RocketmqAction::SetTopic { .. }
            | RocketmqAction::DeleteTopic { .. }
            | RocketmqAction::MakeGroup { .. }
            | RocketmqAction::DeleteGroup(_)),
        )) => Some(action),
        _ => None,
    })
}

/// The sentence about what a way back takes back: that of groups names the group.
pub(in crate::text) fn taken_back(plan: &Plan) -> Option<&'static str> {
    match first_of_rocketmq(plan) {
        Some(RocketmqAction::MakeGroup { .. } | RocketmqAction::DeleteGroup(_)) => Some("what-rollback-groups"),
        _ => match family(plan)? {
            "moves" => Some("what-rollback-moves"),
            _ => Some("what-rollback-topics"),
        },
    }
}

/// The key of the sentence about its way back.
pub(in crate::text) fn way_back(plan: &Plan) -> &'static str {
    if moves_replicas(plan) {
        return "card-way-back-moves";
    }
    if plan.steps.iter().any(|step| matches!(step.undo, Undo::WhileEmpty { .. })) {
        return "card-way-back-empty";
    }
    if sets_queues(plan) {
        return "card-way-back-queues";
    }
    match (first(plan), first_of_rocketmq(plan)) {
        (Some(KafkaAction::SetConfigs { .. }), _) => "card-way-back-settings",
        (_, Some(RocketmqAction::SetTopic { .. })) => "card-way-back-perm",
        (_, Some(RocketmqAction::MakeGroup { .. })) => "card-way-back-group-made",
        (_, Some(RocketmqAction::DeleteGroup(_))) => "card-way-back-group",
        _ => "card-way-back",
    }
}
