//! What a way back does: commits what stood, removes what did not.

use super::ByGroup;
use super::look::Seen;
use super::saved::Rebased;
use crate::changes::kafka_offsets as offsets;
use crate::id::GroupId;
use crate::plan::{Action, Condition, Expectation, KafkaAction, OffsetMove, OffsetRemoval, Step, Undo, Work, inverse};

/// The literal actions that bring each place from what stands to what was saved.
pub(super) fn actions(rebased: &ByGroup<'_>) -> Vec<Action> {
    rebased.iter().flat_map(|(group, places)| of_group(group, places)).map(Action::Kafka).collect()
}

fn of_group(group: &GroupId, places: &[Rebased]) -> Vec<KafkaAction> {
    let mut moves = Vec::new();
    let mut removals = Vec::new();
    for place in places.iter().filter(|place| place.changes()) {
        let (topic, partition) = (place.topic.clone(), place.partition);
        match (&place.saved, &place.now) {
            (Some(saved), now) => moves.push(OffsetMove { topic, partition, from: now.clone(), to: saved.clone() }),
            (None, Some(now)) => removals.push(OffsetRemoval { topic, partition, from: now.clone() }),
            (None, None) => {}
        }
    }
    let commits = (!moves.is_empty()).then(|| KafkaAction::CommitOffsets { group: group.clone(), moves });
    let deletes = (!removals.is_empty()).then(|| KafkaAction::DeleteOffsets { group: group.clone(), removals });
    commits.into_iter().chain(deletes).collect()
}

/// What must be true when it starts.
pub(super) fn expectations(rebased: &ByGroup<'_>, seen: &Seen<'_>) -> Vec<Expectation> {
    let mut expectations = identity(seen);
    expectations.extend(rebased.keys().map(|group| Expectation::KafkaGroupHasNoMembers { group: (*group).clone() }));
    expectations.extend(rebased.iter().map(|(group, places)| Expectation::KafkaCommittedAre {
        group: (*group).clone(),
        offsets: places.iter().map(Rebased::expected).collect(),
    }));
    expectations
}

fn identity(seen: &Seen<'_>) -> Vec<Expectation> {
    let cluster = Expectation::KafkaClusterIs { id: seen.cluster.id.clone() };
    std::iter::once(cluster).chain(seen.present().map(|(name, topic)| offsets::topic_is(name, topic))).collect()
}

/// One step an action. Each needs the group stopped, the same topics, and in its own partitions what the plan shows.
pub(super) fn steps(actions: &[Action], seen: &Seen<'_>) -> Vec<Step> {
    (1..).zip(actions).map(|(number, action)| step(number, action, seen)).collect()
}

fn step(number: u32, action: &Action, seen: &Seen<'_>) -> Step {
    let mut needs = identity(seen);
    needs.extend(action.group().map(|group| Expectation::KafkaGroupHasNoMembers { group: group.clone() }));
    let undo = Undo::Literal { actions: inverse(action), needs: needs.clone() };
    needs.extend(action.before());
    Step { number, work: Work::Act(action.clone()), needs, done: Condition::ReadBack, undo }
}
