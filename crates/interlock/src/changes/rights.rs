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

/// `OffsetFetch` and `OffsetCommit` on the group (`KafkaApis.handleOffsetCommitRequest`), `OffsetDelete` for the way back.
pub(super) const RESET_ON_GROUP: &[Right] = &[Right::Describe, Right::Read];
/// `OffsetDelete` on the group, where commits have to be removed (`KafkaApis.handleOffsetDeleteRequest`).
pub(super) const REMOVE_ON_GROUP: &[Right] = &[Right::Delete];
/// `ListOffsets` and `OffsetCommit` on each topic.
pub(super) const RESET_ON_TOPIC: &[Right] = &[Right::Describe, Right::Read];

/// A block for each right that is missing; a warning where the broker does not tell our rights.
pub(super) fn check(needed: &Needed<'_>, told: &Rights) -> Vec<Check> {
    let facts = || Facts::none().with("on", needed.on).with("name", needed.name);
    let Some(told) = told else {
        return vec![Check::new(Level::Warn, "rights-not-told", facts())];
    };
    let missing = needed.rights.iter().filter(|right| !told.contains(right));
    missing.map(|right| Check::new(Level::Block, "missing-right", facts().with("right", right.name()))).collect()
}
