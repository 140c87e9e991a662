//! What operations that ended still have to put back on a cluster, as planners know it.

use super::turn;
use crate::id::OperationId;
use crate::plan::{Action, ConfigChange, ConfigOn, KafkaAction, Plan, put_back_only};
use std::collections::BTreeSet;

/// What one operation owes one broker or topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// The operation.
    pub operation: OperationId,
    /// The broker or topic.
    pub on: ConfigOn,
    /// What puts it back.
    pub put_back: Vec<Action>,
    /// Every value that the operation may have left on a broker.
    pub left: BTreeSet<String>,
}

impl Owing {
    /// What the operation of this plan owes a broker or topic, where it turned its throttle to these values while it ran.
    #[must_use]
    pub fn of(plan: &Plan, on: &ConfigOn, turned_to: &BTreeSet<String>) -> Self {
        let only = BTreeSet::from([on.clone()]);
        let put_back: Vec<Action> = plan.restore.iter().filter_map(|action| put_back_only(action, &only)).collect();
        let ConfigOn::Broker(broker) = on else {
            return Self { operation: plan.operation.clone(), on: on.clone(), put_back, left: BTreeSet::new() };
        };
        let mut left = turned_to.clone();
        left.extend(put_back.iter().flat_map(changes).filter_map(|one| one.from.clone()));
        left.extend(
            turn::throttle(plan).into_iter().flat_map(|throttle| throttle.rates()).map(|rate| rate.to_string()),
        );
        let adopted = plan.adopts.iter().filter(|one| one.brokers.contains(broker));
        left.extend(adopted.flat_map(|one| one.left.iter().cloned()));
        Self { operation: plan.operation.clone(), on: on.clone(), put_back, left }
    }

    /// The settings that put it back.
    pub(super) fn changes(&self) -> impl Iterator<Item = &ConfigChange> {
        self.put_back.iter().flat_map(changes)
    }
}

fn changes(action: &Action) -> &[ConfigChange] {
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes,
        Action::Kafka(_) | Action::Rocketmq(_) => &[],
    }
}
