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
