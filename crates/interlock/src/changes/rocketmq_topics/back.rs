//! The way back of what may be done with a topic: every master gets what stood before.

use super::alter::{self, Wanted};
use super::checks::of;
use super::look::{Seen, look};
use super::others;
use crate::changes::rocketmq_offsets::{cannot_verify, same_cluster_check};
use crate::changes::rollback::Rollback;
use crate::changes::{Context, Part, Stop, topics};
use crate::cluster::{Failure, FailureKind, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{Action, Check, Level, Mistake, Plan, Planning, RocketmqAction, TopicChange, TopicShape, forgotten};
use std::collections::BTreeMap;

/// What was set of a topic, backwards: what was left at each master, and what stood there before.
pub(in crate::changes) fn settings(actions: &[Action]) -> Option<(&TopicName, &[TopicChange])> {
    actions.iter().find_map(|action| match action {
        Action::Rocketmq(RocketmqAction::SetTopic { topic, places }) => Some((topic, places.as_slice())),
        _ => None,
    })
}

pub(in crate::changes) fn plan(
    rollback: &Rollback<'_>,
    (topic, places): (&TopicName, &[TopicChange]),
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let held = others(&rollback.plan.operation, context);
    let context = &Context { held: &held, ..context.clone() };
    let wanted = Wanted {
        topic,
        perms: places.iter().map(|one| (one.broker.clone(), one.to.perm)).collect(),
        all: None,
        arguments: BTreeMap::from([("operation".to_owned(), rollback.plan.operation.to_string())]),
    };
    let mut looker = Looker::new(sections);
    let seen = look(topic, &mut looker, context).map_err(|stop| gone(rollback.plan, topic, stop));
    topics::planned(seen, looker.needed(), context, |seen| {
        let unseen: Vec<Check> = places.iter().filter_map(|one| unseen(topic, &one.broker, seen)).collect();
        if !unseen.is_empty() {
            return Err(Stop::Refused(unseen));
        }
        if wanted.changes(&seen.ground).is_empty() {
            let facts = Facts::none().with("operation", rollback.plan.operation.as_str());
            return Err(Stop::Mistake(Mistake::new("already-as-before", facts)));
        }
        let another = same_cluster_check(rollback.plan, seen.ground.cluster);
        let found = another.into_iter().chain([moved_check(places, seen)]).collect();
        alter::draft(&wanted, seen, context, found)
    })
}

/// A topic that is gone is no slip of the hand here.
fn gone(plan: &Plan, topic: &TopicName, stop: Stop) -> Stop {
    match stop {
        Stop::Mistake(mistake) if mistake.id == "unknown-topic" => {
            let facts = of(topic).with("operation", plan.operation.as_str());
            Stop::Refused(vec![Check::new(Level::Block, "topic-gone", facts)])
        }
        other => other,
    }
}

/// A master that shows nothing of it any more: left out, it would come back as it was left.
fn unseen(topic: &TopicName, broker: &BrokerName, seen: &Seen<'_>) -> Option<Check> {
    if seen.ground.at().iter().any(|at| at.broker == *broker) {
        return None;
    }
    let none = || Failure { kind: FailureKind::Refused, said: format!("{broker} does not have {topic}") };
    let why = seen.ground.cluster.broker(broker).map_or_else(|| forgotten(broker), |_| none());
    Some(cannot_verify(Part::Topic, topic.as_str(), &why))
}

/// Whether somebody has set it otherwise since: what stands is neither what the operation left nor what stood before.
fn moved_check(places: &[TopicChange], seen: &Seen<'_>) -> Check {
    let at = seen.ground.at();
    let now = |one: &TopicChange| at.iter().find(|at| at.broker == one.broker).map(|at| TopicShape::of(at).perm);
    let left = |one: &TopicChange| one.from.map(|from| from.perm);
    let moved = places.iter().find(|one| now(one) != left(one) && now(one) != Some(one.to.perm));
    let Some(one) = moved else { return Check::pass("values-as-left") };
    let shown =
        |perm: Option<crate::cluster::rocketmq::Perm>| perm.map_or_else(|| "none".to_owned(), |one| one.to_string());
    let facts =
        Facts::none().with("key", one.broker.as_str()).with("left", shown(left(one))).with("found", shown(now(one)));
    Check::new(Level::Warn, "settings-moved-on", facts)
}
