//! The way back: the inverse of what was done, last first.

use super::Plan;
use super::action::Action;
use super::kafka_action::{KafkaAction, OffsetMove, OffsetRemoval};
use super::layout_action::{ConfigChange, ReplicaMove};
use super::step::Undo;
use crate::facts::Facts;
use crate::id::GroupId;
use serde::{Deserialize, Serialize};

/// What the journal says of a step: the actions that were done or may have been done, literal or expanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The step's number.
    pub step: u32,
    /// Its actions, in the order they were begun.
    pub actions: Vec<Action>,
}

/// Why there is no way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReverseImpossible {
    /// Nothing was changed.
    NothingDone,
    /// A step that happened cannot be taken back.
    Irreversible {
        /// The step.
        step: u32,
        /// What was lost.
        lost: Facts,
    },
}

/// The actions that take back what was done, in the order to do them.
///
/// # Errors
/// If nothing was changed, or a step that happened is irreversible.
pub fn reverse(plan: &Plan, done: &[Done]) -> Result<Vec<Action>, ReverseImpossible> {
    let mut actions = Vec::new();
    for happened in done.iter().rev() {
        let undo = plan.steps.iter().find(|step| step.number == happened.step).map(|step| &step.undo);
        match undo {
            // What was made is looked at first: only while it is empty it goes again.
            None | Some(Undo::Nothing | Undo::WhileEmpty { .. }) => {}
            Some(Undo::Irreversible { lost }) => {
                return Err(ReverseImpossible::Irreversible { step: happened.step, lost: lost.clone() });
            }
            Some(Undo::Literal { actions: literal, .. }) => actions.extend(literal.iter().cloned()),
            Some(Undo::Captured { .. } | Undo::Inverse { .. }) => {
                actions.extend(happened.actions.iter().rev().flat_map(inverse));
            }
        }
    }
    if actions.is_empty() { Err(ReverseImpossible::NothingDone) } else { Ok(actions) }
}

/// The actions that bring back what stood before one action.
#[must_use]
pub fn inverse(action: &Action) -> Vec<Action> {
    match action {
        Action::Kafka(action) => kafka(action),
        Action::Rocketmq(action) => action.inverse().into_iter().map(Action::Rocketmq).collect(),
    }
}

fn kafka(action: &KafkaAction) -> Vec<Action> {
    match action {
        KafkaAction::CommitOffsets { group, moves } => uncommit(group, moves),
        KafkaAction::DeleteOffsets { group, removals } => vec![recommit(group, removals)],
        KafkaAction::Reassign { moves } => {
            let moves = moves.iter().rev().map(ReplicaMove::reversed).collect();
            vec![Action::Kafka(KafkaAction::Reassign { moves })]
        }
        KafkaAction::SetConfigs { changes } => {
            let changes = changes.iter().rev().map(ConfigChange::reversed).collect();
            vec![Action::Kafka(KafkaAction::SetConfigs { changes })]
        }
        // Entries that are gone throttle nobody, and leaders follow the replicas.
        KafkaAction::CallOff { .. } | KafkaAction::TakeFromLists { .. } | KafkaAction::ElectPreferred { .. } => {
            Vec::new()
        }
        // What is made is known by its id only once it is there; what is deleted is gone, and partitions stay.
        KafkaAction::CreateTopic(_) | KafkaAction::CreatePartitions(_) | KafkaAction::DeleteTopic(_) => Vec::new(),
        KafkaAction::DeleteGroup(gone) => gone.recommit(),
    }
}

/// Where something stood it is committed again, epoch and metadata included; where nothing stood the commit is removed.
fn uncommit(group: &GroupId, moves: &[OffsetMove]) -> Vec<Action> {
    let mut back = Vec::new();
    let mut removals = Vec::new();
    for one in moves {
        let (topic, partition) = (one.topic.clone(), one.partition);
        match &one.from {
            Some(before) => back.push(OffsetMove { topic, partition, from: Some(one.to.clone()), to: before.clone() }),
            None => removals.push(OffsetRemoval { topic, partition, from: one.to.clone() }),
        }
    }
    let commits = (!back.is_empty()).then(|| KafkaAction::CommitOffsets { group: group.clone(), moves: back });
    let deletes = (!removals.is_empty()).then(|| KafkaAction::DeleteOffsets { group: group.clone(), removals });
    commits.into_iter().chain(deletes).map(Action::Kafka).collect()
}

fn recommit(group: &GroupId, removals: &[OffsetRemoval]) -> Action {
    let moves = removals
        .iter()
        .map(|one| OffsetMove { topic: one.topic.clone(), partition: one.partition, from: None, to: one.from.clone() })
        .collect();
    Action::Kafka(KafkaAction::CommitOffsets { group: group.clone(), moves })
}
