//! `/throttle`: whether a running move may be turned to another rate. Within the bounds of its plan no new approval is needed.

use super::guards::Guards;
use super::{Stop, moves};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::{Fact, Facts};
use crate::plan::{Action, Check, Condition, KafkaAction, Mistake, Plan, ReplicaMove, Throttle, Work};
use std::collections::BTreeSet;

/// What came of asking for another rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turning {
    /// It has to see more first.
    Need(BTreeSet<Query>),
    /// It may be turned.
    Granted,
    /// That makes no sense here.
    Mistake(Mistake),
    /// A check forbids it.
    Refused(Vec<Check>),
}

/// Whether the moves of a plan may go at this rate, in bytes a second: within the approved bounds, and above what comes in now
/// where replicas are being copied or still have to be.
#[must_use]
pub fn turn(plan: &Plan, rate: u64, sections: &Sections, guards: &Guards) -> Turning {
    let Some(throttle) = throttle(plan) else {
        return Turning::Mistake(Mistake::new("no-throttle-to-turn", Facts::none()));
    };
    let (slowest, fastest) = (throttle.slowest_bytes_per_second, throttle.fastest_bytes_per_second);
    if !(slowest..=fastest).contains(&rate) {
        let facts = Facts::none()
            .with("given", Fact::Bytes(rate))
            .with("slowest", Fact::Bytes(slowest))
            .with("fastest", Fact::Bytes(fastest));
        return Turning::Mistake(Mistake::new("throttle-out-of-bounds", facts));
    }
    let mut looker = Looker::new(sections);
    let seen = moves::look(&mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Turning::Need(needed);
    }
    let seen = match seen {
        Ok(Some(seen)) => seen,
        Ok(None) => return Turning::Need(needed),
        Err(Stop::Refused(checks)) => return Turning::Refused(checks),
        Err(Stop::Mistake(mistake)) => return Turning::Mistake(mistake),
    };
    let ahead: Vec<ReplicaMove> = moves_of(plan).into_iter().filter(|one| !has_arrived(one, &seen)).collect();
    match guards.verdict(vec![moves::throttle_check(rate, &seen.load(&ahead))]) {
        Ok(_) => Turning::Granted,
        Err(Stop::Refused(checks)) => Turning::Refused(checks),
        Err(Stop::Mistake(mistake)) => Turning::Mistake(mistake),
    }
}

/// The throttle of a plan; the same for all of its batches.
pub(super) fn throttle(plan: &Plan) -> Option<&Throttle> {
    plan.steps.iter().find_map(|step| match &step.done {
        Condition::KafkaMoved(moving) => moving.throttle.as_ref(),
        _ => None,
    })
}

/// What has arrived copies nothing any more, whatever comes in there.
fn has_arrived(one: &ReplicaMove, seen: &moves::Seen<'_>) -> bool {
    let moving = seen.moving.iter().any(|found| found.topic == one.topic && found.partition == one.partition);
    let partition = seen.topic(&one.topic).and_then(|topic| topic.partition(one.partition));
    !moving && partition.is_some_and(|found| found.replicas == one.to.0)
}

fn moves_of(plan: &Plan) -> Vec<ReplicaMove> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    plan.steps.iter().flat_map(|step| of(&step.work)).collect()
}
