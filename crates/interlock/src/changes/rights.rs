//! Which rights an act needs, named before the first step.

use crate::cluster::kafka::{Right, Rights};
use crate::facts::Facts;
use crate::plan::{Check, Level};

/// One row of the table act → ACL.
pub(super) struct Needed<'a> {
    /// The kind of resource as ACLs name it: "group", "topic", "cluster".
    pub(super) on: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// The operations.
    pub(super) rights: &'a [Right],
}

/// `OffsetFetch` and `OffsetCommit` on the group (`KafkaApis.handleOffsetCommitRequest`).
pub(super) const RESET_ON_GROUP: &[Right] = &[Right::Describe, Right::Read];
/// The same, and `OffsetDelete` where commits have to be removed (`KafkaApis.handleDeleteOffsetsRequest`).
pub(super) const RESET_AND_REMOVE_ON_GROUP: &[Right] = &[Right::Describe, Right::Read, Right::Delete];
/// `ListOffsets`, `OffsetCommit` and `OffsetDelete` on each topic.
pub(super) const RESET_ON_TOPIC: &[Right] = &[Right::Describe, Right::Read];

/// `AlterPartitionReassignments` and `ElectLeaders` (ALTER), `ListPartitionReassignments` and `DescribeLogDirs` (DESCRIBE),
/// the brokers' throttles (the others; by the controllers' own listener, too).
pub(super) const MOVE_ON_CLUSTER: &[Right] =
    &[Right::Describe, Right::Alter, Right::DescribeConfigs, Right::AlterConfigs];
/// The topics' throttle lists.
pub(super) const MOVE_ON_TOPIC: &[Right] = &[Right::Describe, Right::DescribeConfigs, Right::AlterConfigs];

/// `CreatePartitions`, and a look at whether the topic is compacted.
pub(super) const EXPAND_ON_TOPIC: &[Right] = &[Right::Describe, Right::Alter, Right::DescribeConfigs];
/// `CreateTopics`. A right on topics of that name alone cannot be seen before the topic is there.
pub(super) const CREATE_ON_CLUSTER: &[Right] = &[Right::Describe, Right::Create];
/// `IncrementalAlterConfigs` on the topic, read back by `DescribeConfigs`.
pub(super) const ALTER_ON_TOPIC: &[Right] = &[Right::Describe, Right::DescribeConfigs, Right::AlterConfigs];
/// `DeleteTopics`, by the change or by the way back of one that was made.
pub(super) const DELETE_ON_TOPIC: &[Right] = &[Right::Describe, Right::Delete];
/// `DeleteGroups`, and `OffsetCommit` of the way back.
pub(super) const DELETE_ON_GROUP: &[Right] = &[Right::Describe, Right::Read, Right::Delete];

/// A block for each right that is missing; a warning where the broker does not tell our rights.
pub(super) fn check(needed: &Needed<'_>, told: &Rights) -> Vec<Check> {
    let Some(told) = told else {
        return vec![Check::new(Level::Warn, "rights-not-told", facts(needed.on, needed.name))];
    };
    let missing = needed.rights.iter().filter(|right| !told.contains(right));
    missing.map(|right| lacks(needed.on, needed.name, *right)).collect()
}

/// This right is missing.
pub(super) fn lacks(on: &str, name: &str, right: Right) -> Check {
    Check::new(Level::Block, "missing-right", facts(on, name).with("right", right.name()))
}

fn facts(on: &str, name: &str) -> Facts {
    Facts::none().with("on", on).with("name", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a topic weighs is told by `DescribeLogDirs`, which is not asked for where nothing can go.
    const WEIGH_ON_CLUSTER: &[Right] = &[Right::Describe];
    /// Who reads a topic is told by every group.
    const READERS_ON_GROUPS: &[Right] = &[Right::Describe];

    const DOCUMENT: &str = include_str!("../../../../docs/operating.md");

    /// The table act → ACL as `docs/operating.md` has it.
    fn table() -> String {
        let rows: [(&str, &str, &[Right]); 17] = [
            ("`/reset-offset`", "the group", RESET_ON_GROUP),
            ("", "each topic", RESET_ON_TOPIC),
            (
                "where commits must be removed (a reset of partitions without a commit can only be taken back so)",
                "the group",
                RESET_AND_REMOVE_ON_GROUP,
            ),
            ("`/scale-out`, `/throttle`, and their way back", "the cluster", MOVE_ON_CLUSTER),
            ("", "each topic that moves", MOVE_ON_TOPIC),
            ("`/expand-partitions`", "the topic", EXPAND_ON_TOPIC),
            ("", "all groups", READERS_ON_GROUPS),
            ("`/topic-create`", "the cluster", CREATE_ON_CLUSTER),
            ("and its way back", "the topic", DELETE_ON_TOPIC),
            ("`/topic-alter`, and its way back", "the topic", ALTER_ON_TOPIC),
            ("of a retention", "the cluster", WEIGH_ON_CLUSTER),
            ("", "all groups", READERS_ON_GROUPS),
            ("`/topic-delete`", "the topic", DELETE_ON_TOPIC),
            ("", "the cluster", WEIGH_ON_CLUSTER),
            ("", "all groups", READERS_ON_GROUPS),
            ("`/group-delete`, and its way back", "the group", DELETE_ON_GROUP),
            ("", "each topic that it has committed in", RESET_ON_TOPIC),
        ];
        let row = |(act, on, rights): &(&str, &str, &[Right])| {
            let names: Vec<&str> = rights.iter().map(|right| right.name()).collect();
            format!("| {act} | {on} | {} |\n", names.join(", "))
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn the_document_names_each_right_that_is_asked_for() {
        assert!(DOCUMENT.contains(&table()), "docs/operating.md, rights on Kafka; this belongs there:\n{}", table());
    }
}
