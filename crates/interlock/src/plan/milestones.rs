//! Which batches of a move are milestones: people are told of each, but of many that move one partition only by tenths.

use super::{Action, KafkaAction, Plan, Step, Work};

/// So many batches of one partition are told each by itself; of more, so many groups.
const TENTHS: usize = 10;

/// What people are told of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestones {
    /// That it has begun.
    pub begins: bool,
    /// That it is done.
    pub ends: bool,
}

/// What people are told of a step of this plan: where it is one of many that move one partition, the first of each tenth of
/// them begins and the last of each ends.
#[must_use]
pub fn milestones(plan: &Plan, step: u32) -> Milestones {
    let singles: Vec<u32> = plan.steps.iter().filter(|one| moves_one(one)).map(|one| one.number).collect();
    let place = singles.iter().position(|one| *one == step).filter(|_| singles.len() > TENTHS);
    let Some(place) = place else { return Milestones { begins: true, ends: true } };
    let tenth = |place: usize| place * TENTHS / singles.len();
    Milestones {
        begins: place == 0 || tenth(place) != tenth(place - 1),
        ends: place + 1 == singles.len() || tenth(place) != tenth(place + 1),
    }
}

fn moves_one(step: &Step) -> bool {
    matches!(&step.work, Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) if moves.len() == 1)
}
