//! The batches of a plan that moves replicas: people count those, not the steps around them.

use interlock::plan::{Action, KafkaAction, Plan, Step, Work};

/// One batch among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Batch {
    /// Which, from 1.
    pub(super) number: usize,
    /// How many there are.
    pub(super) all: usize,
    /// How many partitions it moves.
    pub(super) partitions: usize,
}

/// The batch that a step is; none if it moves nothing.
pub(super) fn batch_of(plan: &Plan, step: u32) -> Option<Batch> {
    let sizes: Vec<(u32, usize)> = plan.steps.iter().filter_map(|one| Some((one.number, size(one)?))).collect();
    let place = sizes.iter().position(|(number, _)| *number == step)?;
    Some(Batch { number: place + 1, all: sizes.len(), partitions: sizes[place].1 })
}

/// How many partitions a step moves; none if that is not what it does.
fn size(step: &Step) -> Option<usize> {
    match &step.work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => Some(moves.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tests::scale_out::scale_out;

    #[test]
    fn the_steps_around_the_batches_are_not_counted() {
        let plan = scale_out(36);
        assert_eq!(batch_of(&plan, 2), None, "the throttle's lists");
        assert_eq!(batch_of(&plan, 3), Some(Batch { number: 1, all: 9, partitions: 4 }));
        assert_eq!(batch_of(&plan, 11), Some(Batch { number: 9, all: 9, partitions: 4 }));
        assert_eq!(batch_of(&plan, 12), None, "the leaders");
    }
}
