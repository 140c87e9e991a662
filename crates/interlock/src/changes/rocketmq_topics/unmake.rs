//! The way back of a topic that was made: it is deleted again, as long as nobody has written to it and nobody reads it.

use super::checks::{self, of};
use super::look::{Seen, look};
use super::{deleting, estimate, others};
use crate::changes::rocketmq_offsets::same_cluster_check;
use crate::changes::rollback::Rollback;
use crate::changes::{Context, Stop, topics};
use crate::cluster::rocketmq::TopicAt;
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Action, Aspect, Check, Draft, Effect, Impact, Level, Mistake, Plan, Planning, RocketmqAction, Thing, TopicChange,
    TopicShape, Undo, Work,
};
use std::collections::BTreeMap;

/// What an operation made, or may have made in part.
#[derive(Clone, Copy)]
pub(in crate::changes) struct Made<'a> {
    topic: &'a TopicName,
    places: &'a [TopicChange],
}

/// The topic that an operation made, if it may have made one.
pub(in crate::changes) fn made<'a>(rollback: &Rollback<'a>) -> Option<Made<'a>> {
    let began = |number: u32| rollback.done.iter().any(|done| done.step == number && !done.actions.is_empty());
    rollback.plan.steps.iter().filter(|step| began(step.number)).find_map(|step| match (&step.work, &step.undo) {
        (Work::Act(Action::Rocketmq(RocketmqAction::SetTopic { topic, places })), Undo::WhileEmpty { .. }) => {
            Some(Made { topic, places })
        }
        _ => None,
    })
}

pub(in crate::changes) fn plan(
    rollback: &Rollback<'_>,
    made: Made<'_>,
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let held = others(&rollback.plan.operation, context);
    let context = &Context { held: &held, ..context.clone() };
    let mut looker = Looker::new(sections);
    let seen = look(made.topic, &mut looker, context).map_err(|stop| gone(rollback.plan, stop));
    topics::planned(seen, looker.needed(), context, |seen| draft(rollback.plan, made, seen, context))
}

/// A topic that is gone is as it was before.
fn gone(plan: &Plan, stop: Stop) -> Stop {
    match stop {
        Stop::Mistake(mistake) if mistake.id == "unknown-topic" => {
            Stop::Mistake(Mistake::new("already-as-before", Facts::none().with("operation", plan.operation.as_str())))
        }
        other => other,
    }
}

fn draft(first: &Plan, made: Made<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let topic = made.topic;
    let holds = topics::hold(context, Thing::Topic(topic.to_string()), Aspect::Life);
    let mut found = checks(first, made, seen);
    found.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    Ok(Draft {
        identity: seen.ground.cluster.identity(),
        arguments: BTreeMap::from([("operation".to_owned(), first.operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations: seen.expectations(topic),
        estimate: estimate(seen.ground.at().len()),
        impact: Impact {
            worst_case: "create-taken-back".to_owned(),
            topics: vec![topic.to_string()],
            facts: Facts::none().with("masters", seen.ground.at().len()),
            ..Impact::default()
        },
        steps: deleting(seen.action(topic), topic, seen.needs(topic), Undo::Nothing),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

fn checks(first: &Plan, made: Made<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let topic = made.topic;
    let mut checks = checks::common(topic, &seen.ground);
    checks.extend(same_cluster_check(first, seen.ground.cluster));
    checks.extend(checks::name_server_checks(topic, seen.ground.cluster));
    checks.extend(other_shape(made, seen));
    // Messages that came and went count as well: somebody writes there.
    let written: i64 = seen.uses.ranges.iter().map(|range| range.end).fold(0, i64::saturating_add);
    if written > 0 {
        checks.push(Check::new(Level::Block, "topic-not-empty", of(topic).with("count", written)));
    }
    checks.push(checks::connected_check(topic, &seen.uses));
    checks
}

fn other_shape(made: Made<'_>, seen: &Seen<'_>) -> Option<Check> {
    let is_made = |at: &TopicAt| made.places.iter().any(|one| one.broker == at.broker && one.to == TopicShape::of(at));
    let at = seen.ground.at();
    let other = at.iter().find(|at| !is_made(at))?;
    let facts = of(made.topic).with("found", format!("{} {}", other.broker, TopicShape::of(other)));
    Some(Check::new(Level::Block, "topic-not-as-made", facts))
}
