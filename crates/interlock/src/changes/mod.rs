//! Changes: one file each. Sections + request → what is still needed, a plan, or a refusal.

mod kafka_offsets;
mod reset_offset;
mod rights;
mod rollback;
mod vector;

pub use rollback::{Rollback, plan_rollback};

use crate::cluster::Sections;
use crate::cluster::{Cluster, ClusterKind};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::OperationId;
use crate::plan::{Check, Hold, Level, Mistake, Planning};
use crate::time::Millis;

/// What a planner knows besides the sections. The same context and sections give the same plan.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The time of planning.
    pub now: Millis,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What other operations hold on it.
    pub held: &'a [(Hold, OperationId)],
}

/// Plans a change by its command's name; called again from the start with the merged sections until it needs nothing more.
/// `None` if the command is no change of this version.
#[must_use]
pub fn plan(command: &str, arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Option<Planning> {
    match (command, context.cluster.kind) {
        ("reset-offset", ClusterKind::Kafka) => Some(reset_offset::plan(arguments, sections, context)),
        ("reset-offset", ClusterKind::Rocketmq) => Some(not_built("reset-offset")),
        _ => None,
    }
}

/// The names of the changes that can be planned.
pub const CHANGES: &[&str] = &["reset-offset"];

fn not_built(what: &str) -> Planning {
    Planning::Mistake(Mistake::new("not-built-yet", Facts::none().with("what", what)))
}

/// Why planning ended early.
enum Stop {
    Mistake(Mistake),
    Refused(Vec<Check>),
}

/// Blocks for holds of other operations that conflict with the wanted ones.
fn held_checks(wanted: &[Hold], held: &[(Hold, OperationId)]) -> Vec<Check> {
    let mut found: Vec<Check> = Vec::new();
    for (hold, holder) in held {
        if wanted.iter().any(|one| one.conflicts(hold)) {
            let facts = Facts::none()
                .with("operation", holder.as_str())
                .with("thing", hold.thing.kind())
                .with("name", hold.thing.name());
            found.push(Check::new(Level::Block, "held-by-other", facts));
        }
    }
    found.dedup();
    found
}
