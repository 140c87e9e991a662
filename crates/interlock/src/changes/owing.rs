//! What operations that ended still have to put back on a cluster's brokers, as planners know it.

use super::turn;
use crate::id::OperationId;
use crate::plan::{Action, ConfigChange, ConfigOn, KafkaAction, Plan};
use std::collections::BTreeSet;

/// What one operation owes one broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// The operation.
    pub operation: OperationId,
    /// The broker.
    pub broker: i32,
    /// What puts it back.
    pub put_back: Vec<ConfigChange>,
    /// Every value that the operation may have left there.
    pub left: BTreeSet<String>,
}

impl Owing {
    /// What the operation of this plan owes a broker, where it turned its throttle to these values while it ran.
    #[must_use]
    pub fn of(plan: &Plan, broker: i32, turned_to: &BTreeSet<String>) -> Self {
        let on = ConfigOn::Broker(broker);
        let put_back: Vec<ConfigChange> =
            plan.restore.iter().flat_map(changes).filter(|one| one.on == on).cloned().collect();
        let mut left = turned_to.clone();
        left.extend(put_back.iter().filter_map(|one| one.from.clone()));
        left.extend(
            turn::throttle(plan).into_iter().flat_map(|throttle| throttle.rates()).map(|rate| rate.to_string()),
        );
        let adopted = plan.adopts.iter().filter(|one| one.brokers.contains(&broker));
        left.extend(adopted.flat_map(|one| one.left.iter().cloned()));
        Self { operation: plan.operation.clone(), broker, put_back, left }
    }
}

fn changes(action: &Action) -> &[ConfigChange] {
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes,
        Action::Kafka(_) | Action::Rocketmq(_) => &[],
    }
}
