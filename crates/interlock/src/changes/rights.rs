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
pub const RESET_ON_GROUP: &[Right] = &[Right::Describe, Right::Read];
/// The same, and `OffsetDelete` where commits have to be removed (`KafkaApis.handleDeleteOffsetsRequest`).
pub(super) const RESET_AND_REMOVE_ON_GROUP: &[Right] = &[Right::Describe, Right::Read, Right::Delete];
/// `ListOffsets`, `OffsetCommit` and `OffsetDelete` on each topic.
pub const RESET_ON_TOPIC: &[Right] = &[Right::Describe, Right::Read];

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

/// What a topic weighs is told by `DescribeLogDirs`, which is not asked for where nothing can go.
const WEIGH_ON_CLUSTER: &[Right] = &[Right::Describe];
/// Who reads a topic is told by every group.
const READERS_ON_GROUPS: &[Right] = &[Right::Describe];

/// What there are rights on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// The cluster itself.
    Cluster,
    /// Consumer groups.
    Group,
    /// Topics.
    Topic,
}

/// A row of the table act → ACL: what a command needs on some kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActRights {
    /// The command as people type it.
    pub command: &'static str,
    /// What of it, as `docs/operating.md` has it.
    pub act: &'static str,
    /// On what.
    pub on: On,
    /// On which of them, as the document has it.
    pub which: &'static str,
    /// The operations.
    pub rights: &'static [Right],
}

/// The whole table act → ACL: each right that a change on Kafka asks for before its first step.
pub const TABLE: [ActRights; 17] = [
    row(("/reset-offset", "`/reset-offset`"), (On::Group, "the group"), RESET_ON_GROUP),
    row(("/reset-offset", "`/reset-offset`"), (On::Topic, "each topic"), RESET_ON_TOPIC),
    row(
        (
            "/reset-offset",
            "where commits must be removed (a reset of partitions without a commit can only be taken back so)",
        ),
        (On::Group, "the group"),
        RESET_AND_REMOVE_ON_GROUP,
    ),
    row(("/scale-out", MOVES), (On::Cluster, "the cluster"), MOVE_ON_CLUSTER),
    row(("/scale-out", MOVES), (On::Topic, "each topic that moves"), MOVE_ON_TOPIC),
    row(("/expand-partitions", "`/expand-partitions`"), (On::Topic, "the topic"), EXPAND_ON_TOPIC),
    row(("/expand-partitions", "`/expand-partitions`"), (On::Group, "all groups"), READERS_ON_GROUPS),
    row(("/topic-create", "`/topic-create`"), (On::Cluster, "the cluster"), CREATE_ON_CLUSTER),
    row(("/topic-create", "and its way back"), (On::Topic, "the topic"), DELETE_ON_TOPIC),
    row(("/topic-alter", "`/topic-alter`, and its way back"), (On::Topic, "the topic"), ALTER_ON_TOPIC),
    row(("/topic-alter", "of a retention"), (On::Cluster, "the cluster"), WEIGH_ON_CLUSTER),
    row(("/topic-alter", "of a retention"), (On::Group, "all groups"), READERS_ON_GROUPS),
    row(("/topic-delete", "`/topic-delete`"), (On::Topic, "the topic"), DELETE_ON_TOPIC),
    row(("/topic-delete", "`/topic-delete`"), (On::Cluster, "the cluster"), WEIGH_ON_CLUSTER),
    row(("/topic-delete", "`/topic-delete`"), (On::Group, "all groups"), READERS_ON_GROUPS),
    row(("/group-delete", GROUPS_GO), (On::Group, "the group"), DELETE_ON_GROUP),
    row(("/group-delete", GROUPS_GO), (On::Topic, "each topic that it has committed in"), RESET_ON_TOPIC),
];

const MOVES: &str = "`/scale-out`, `/throttle`, and their way back";
const GROUPS_GO: &str = "`/group-delete`, and its way back";

const fn row(
    (command, act): (&'static str, &'static str),
    (on, which): (On, &'static str),
    rights: &'static [Right],
) -> ActRights {
    ActRights { command, act, on, which, rights }
}

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

    const DOCUMENT: &str = include_str!("../../../../docs/operating.md");

    /// The table act → ACL as `docs/operating.md` has it.
    fn table() -> String {
        let mut before = "";
        TABLE
            .iter()
            .map(|row| {
                let names: Vec<&str> = row.rights.iter().map(|right| right.name()).collect();
                let act = if row.act == before { "" } else { row.act };
                before = row.act;
                format!("| {act} | {} | {} |\n", row.which, names.join(", "))
            })
            .collect()
    }

    #[test]
    fn the_document_names_each_right_that_is_asked_for() {
        assert!(DOCUMENT.contains(&table()), "docs/operating.md, rights on Kafka; this belongs there:\n{}", table());
    }
}
