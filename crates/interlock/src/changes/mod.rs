//! Changes: one file each. Sections + request → what is still needed, a plan, or a refusal.

mod expand_partitions;
mod group_create;
mod group_delete;
mod guards;
pub mod ids;
mod kafka_offsets;
mod moves;
mod owing;
mod part;
mod queues;
mod reset_offset;
pub mod rights;
mod rocketmq_groups;
mod rocketmq_offsets;
mod rocketmq_routes;
mod rocketmq_topics;
mod rollback;
mod scale_out;
mod shrink_partitions;
#[cfg(test)]
mod tests;
mod topic_alter;
mod topic_create;
mod topic_delete;
mod topics;
mod turn;
mod vector;

pub use guards::{Guard, Guards};
pub use kafka_offsets::earlier;
pub use moves::plan_too_large;
pub use owing::Owing;
pub use part::Part;
pub use rollback::{Rollback, plan_rollback};
pub use turn::{Turning, turn};

use crate::cluster::Sections;
use crate::cluster::{Cluster, ClusterKind};
use crate::command::{Arguments, misfit};
use crate::facts::Facts;
use crate::id::OperationId;
use crate::plan::{Check, Hold, Level, Mistake, Planning};
use crate::time::Millis;
use std::collections::BTreeSet;

/// What a planner knows besides the sections. The same context and sections give the same plan.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The time of planning.
    pub now: Millis,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What other operations hold on it.
    pub held: &'a [(Hold, OperationId)],
    /// What operations that ended still have to put back there.
    pub owing: &'a [Owing],
    /// What an earlier look saw, if there was one: what changed since without anybody being there is told. When a plan is
    /// made anew, [`earlier`] gives what the former one was made from.
    pub earlier: Option<&'a Sections>,
    /// The guards that are on: [`Guards::all`].
    pub guards: &'a Guards,
}

/// Plans a change by its command's name; called again from the start with the merged sections until it needs nothing more.
/// `None` if the command is no change of this version.
#[must_use]
pub fn plan(command: &str, arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Option<Planning> {
    if let Some(mistake) = misfit(arguments, context.cluster.kind).filter(|_| CHANGES.contains(&command)) {
        return Some(Planning::Mistake(mistake));
    }
    let planning = match (command, context.cluster.kind) {
        ("reset-offset", _) => Some(reset_offset::plan(arguments, sections, context)),
        ("expand-partitions", ClusterKind::Rocketmq) => Some(queues::expand(arguments, sections, context)),
        ("shrink-partitions", ClusterKind::Rocketmq) => Some(queues::shrink(arguments, sections, context)),
        ("scale-out", ClusterKind::Kafka) => Some(scale_out::plan(arguments, sections, context)),
        ("expand-partitions", ClusterKind::Kafka) => Some(expand_partitions::plan(arguments, sections, context)),
        ("shrink-partitions", ClusterKind::Kafka) => Some(shrink_partitions::plan(arguments, sections, context)),
        ("topic-create", ClusterKind::Kafka) => Some(topic_create::plan(arguments, sections, context)),
        ("topic-alter", ClusterKind::Kafka) => Some(topic_alter::plan(arguments, sections, context)),
        ("topic-delete", ClusterKind::Kafka) => Some(topic_delete::plan(arguments, sections, context)),
        ("group-delete", ClusterKind::Kafka) => Some(group_delete::plan(arguments, sections, context)),
        ("group-create", ClusterKind::Kafka) => Some(group_create::plan(arguments)),
        ("topic-create", ClusterKind::Rocketmq) => Some(rocketmq_topics::create(arguments, sections, context)),
        ("topic-alter", ClusterKind::Rocketmq) => Some(rocketmq_topics::alter(arguments, sections, context)),
        ("topic-delete", ClusterKind::Rocketmq) => Some(rocketmq_topics::delete(arguments, sections, context)),
        ("group-create", ClusterKind::Rocketmq) => Some(rocketmq_groups::create(arguments, sections, context)),
        ("group-delete", ClusterKind::Rocketmq) => Some(rocketmq_groups::delete(arguments, sections, context)),
        (_, ClusterKind::Rocketmq) if CHANGES.contains(&command) => Some(not_for_kind(command, "RocketMQ")),
        _ => None,
    };
    planning.map(|planning| planning.on(context.cluster.kind))
}

/// The names of the changes that can be planned.
pub const CHANGES: &[&str] = &[
    "expand-partitions",
    "group-create",
    "group-delete",
    "reset-offset",
    "scale-out",
    "shrink-partitions",
    "topic-alter",
    "topic-create",
    "topic-delete",
];

/// A command that is for clusters of the other kind only, as long as nobody built it for this one.
fn not_for_kind(command: &str, kind: &str) -> Planning {
    Planning::Mistake(Mistake::new("not-for-kind", Facts::none().with("command", command).with("kind", kind)))
}

/// Why planning ended early.
#[derive(Debug)]
enum Stop {
    Mistake(Mistake),
    Refused(Vec<Check>),
}

impl From<Stop> for Planning {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Mistake(mistake) => Self::Mistake(mistake),
            Stop::Refused(checks) => Self::Refused(checks),
        }
    }
}

/// The check that something is held by another operation; it names the operation and the thing, and `ended` where the holder
/// failed or is stuck, as far as whoever asks for the plan knows.
pub const HELD: &str = "held-by-other";

/// The check that nothing a plan works on is held; what passes has no other name.
pub const NOT_HELD: &str = "not-held";

/// Blocks for holds of other operations that conflict with the wanted ones, one an operation and thing; else a pass.
fn held_checks<'a>(wanted: &[Hold], held: impl Iterator<Item = &'a (Hold, OperationId)>) -> Vec<Check> {
    let conflicting = held.filter(|(hold, _)| wanted.iter().any(|one| one.conflicts(hold)));
    let things: BTreeSet<_> = conflicting.map(|(hold, holder)| (holder.as_str(), &hold.thing)).collect();
    if things.is_empty() {
        return vec![Check::pass("not-held")];
    }
    let check = |(holder, thing): (&str, &crate::plan::Thing)| {
        let facts = Facts::none().with("operation", holder).with("thing", thing.kind()).with("name", thing.name());
        Check::new(Level::Block, HELD, facts)
    };
    things.into_iter().map(check).collect()
}
