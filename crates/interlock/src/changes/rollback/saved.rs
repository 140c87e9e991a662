//! The saved vectors, and the same with what stands there now.

use super::ByGroup;
use crate::changes::kafka_offsets::GroupSeen;
use crate::cluster::kafka::Committed;
use crate::id::{GroupId, TopicName};
use crate::plan::{Action, KafkaAction, OffsetExpected};
use std::collections::BTreeMap;

/// A partition's saved value, and what the operation left there.
pub(super) struct Saved<'a> {
    pub(super) left: Option<&'a Committed>,
    pub(super) saved: Option<&'a Committed>,
}

/// Saved values by group and partition.
pub(super) type Vectors<'a> = BTreeMap<&'a GroupId, BTreeMap<(&'a TopicName, i32), Saved<'a>>>;

/// What a chain of inverse actions comes to: where two concern the same partition, the first tells what was left there and
/// the last what is wanted.
pub(super) fn vectors(actions: &[Action]) -> Vectors<'_> {
    let mut by_group = Vectors::new();
    for action in actions {
        let Action::Kafka(action) = action else { continue };
        let Some(group) = action.group() else { continue };
        let places = by_group.entry(group).or_default();
        let mut add = |topic, partition, left, saved| {
            places
                .entry((topic, partition))
                .and_modify(|one: &mut Saved<'_>| one.saved = saved)
                .or_insert(Saved { left, saved });
        };
        match action {
            KafkaAction::CommitOffsets { moves, .. } => {
                moves.iter().for_each(|one| add(&one.topic, one.partition, one.from.as_ref(), Some(&one.to)));
            }
            KafkaAction::DeleteOffsets { removals, .. } => {
                removals.iter().for_each(|one| add(&one.topic, one.partition, Some(&one.from), None));
            }
            KafkaAction::Reassign { .. }
            | KafkaAction::CallOff { .. }
            | KafkaAction::SetConfigs { .. }
            | KafkaAction::TakeFromLists { .. }
            | KafkaAction::ElectPreferred { .. }
            | KafkaAction::CreateTopic(_)
            | KafkaAction::CreatePartitions(_)
            | KafkaAction::DeleteTopic(_)
            | KafkaAction::DeleteGroup(_) => {}
        }
    }
    by_group
}

/// A saved value with what stands there now instead of what was left.
pub(super) struct Rebased {
    pub(super) topic: TopicName,
    pub(super) partition: i32,
    pub(super) now: Option<Committed>,
    pub(super) saved: Option<Committed>,
}

impl Rebased {
    pub(super) fn expected(&self) -> OffsetExpected {
        OffsetExpected { topic: self.topic.clone(), partition: self.partition, committed: self.now.clone() }
    }

    pub(super) fn changes(&self) -> bool {
        self.now != self.saved
    }
}

/// The vectors in the same order, with what stands there now.
pub(super) fn rebase<'a>(vectors: &Vectors<'a>, groups: &BTreeMap<&'a GroupId, GroupSeen<'_>>) -> ByGroup<'a> {
    let of_group = |group: &'a GroupId, places: &BTreeMap<(&TopicName, i32), Saved<'_>>| {
        let committed = groups.get(group).map_or(&[][..], |seen| seen.committed);
        let now: BTreeMap<_, _> = committed.iter().map(|one| ((&one.topic, one.partition), &one.committed)).collect();
        let rebased = places.iter().map(|(&(topic, partition), one)| Rebased {
            topic: topic.clone(),
            partition,
            now: now.get(&(topic, partition)).map(|found| (*found).clone()),
            saved: one.saved.cloned(),
        });
        rebased.collect()
    };
    vectors.iter().map(|(group, places)| (*group, of_group(group, places))).collect()
}
