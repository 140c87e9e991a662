//! `/group-create` and `/group-delete` on RocketMQ, and their ways back: the same call to every master.

mod back;
mod create;
mod delete;
mod look;

pub(super) use back::{again, plan as put_back};
pub(super) use create::plan as create;
pub(super) use delete::plan as delete;

use super::Context;
use crate::facts::Facts;
use crate::id::GroupId;
use crate::plan::{
    Action, Aspect, Condition, Estimate, Expectation, Hold, Mistake, RocketmqAction, Sharing, Step, Thing, Undo, Work,
};

/// What the call to one master and its read-back take, in milliseconds.
const CALL_MS: u64 = 200;

fn missing() -> Mistake {
    Mistake::new("missing-option", Facts::none().with("option", "group"))
}

fn holds(group: &GroupId, context: &Context<'_>) -> Vec<Hold> {
    let (cluster, thing) = (context.cluster.name.clone(), Thing::Group(group.to_string()));
    vec![Hold { cluster, thing, aspect: Aspect::Life, sharing: Sharing::Exclusive }]
}

/// Steps that read back as done, numbered.
fn steps(each: impl IntoIterator<Item = (RocketmqAction, Vec<Expectation>, Undo)>) -> Vec<Step> {
    let step = |(number, (action, needs, undo)): (u32, (RocketmqAction, Vec<Expectation>, Undo))| Step {
        number,
        work: Work::Act(Action::Rocketmq(action)),
        needs,
        done: Condition::ReadBack,
        undo,
    };
    (1..).zip(each).map(step).collect()
}

fn estimate(changes: usize) -> Estimate {
    let changes = u64::try_from(changes).unwrap_or(u64::MAX);
    let ms = CALL_MS.saturating_mul(changes.max(1));
    Estimate { duration_ms: ms, way_back_ms: ms, changes }
}
