//! The way back of what was done to a topic as a whole: settings get their earlier values, and what was made is deleted while
//! nobody has used it.

use super::{Rollback, of};
use crate::changes::topic_alter::{self, Wanted};
use crate::changes::topics::{self, Looks};
use crate::changes::{Context, Stop, kafka_offsets as offsets, rights};
use crate::cluster::kafka::{KafkaCluster, LogRange, Reader, Topic};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Action, Aspect, Check, ConfigChange, ConfigOn, Draft, Effect, Expectation, GoneTopic, Impact, KafkaAction, Level,
    Mistake, NewTopic, Plan, Planning, Thing, Undo, Work, other_layout,
};
use std::collections::BTreeMap;

/// The settings of one topic that are put back: what was left there, and what stood before.
pub(super) fn settings(actions: &[Action]) -> Option<(&TopicName, Vec<&ConfigChange>)> {
    let mut changes = actions.iter().flat_map(|action| match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes.as_slice(),
        Action::Kafka(_) | Action::Rocketmq(_) => &[],
    });
    let first = changes.next()?;
    let ConfigOn::Topic(topic) = &first.on else { return None };
    Some((topic, std::iter::once(first).chain(changes.filter(|one| one.on == first.on)).collect()))
}

/// The topic that an operation made, if it may have made one.
pub(super) fn made<'a>(rollback: &Rollback<'a>) -> Option<&'a NewTopic> {
    let began = |number: u32| rollback.done.iter().any(|done| done.step == number && !done.actions.is_empty());
    rollback.plan.steps.iter().filter(|step| began(step.number)).find_map(|step| match (&step.work, &step.undo) {
        (Work::Act(Action::Kafka(KafkaAction::CreateTopic(new))), Undo::WhileEmpty { .. }) => Some(new),
        _ => None,
    })
}

pub(super) fn put_back(
    rollback: &Rollback<'_>,
    (topic, changes): (&TopicName, Vec<&ConfigChange>),
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let others = others(rollback.plan, context);
    let context = &Context { held: &others, ..context.clone() };
    let arguments = BTreeMap::from([("operation".to_owned(), rollback.plan.operation.to_string())]);
    let settings = changes.iter().map(|change| (change.key.clone(), change.to.clone())).collect();
    let wanted = Wanted { topic, settings, arguments };
    let mut looker = Looker::new(sections);
    let seen = topic_alter::look(&wanted, &mut looker, context);
    let seen = seen.map_err(|stop| gone(rollback.plan, topic, stop));
    topics::planned(seen, looker.needed(), context, |seen| {
        if seen.changes.is_empty() {
            return Err(Stop::Mistake(Mistake::new("already-as-before", of(&rollback.plan.operation))));
        }
        let mut found = vec![moved_check(&changes, &seen.changes)];
        found.extend(recreated_check(rollback.plan, topic, seen.topic));
        topic_alter::draft_finding(&wanted, seen, context, found)
    })
}

/// A topic that is gone is no slip of the hand here.
fn gone(plan: &Plan, topic: &TopicName, stop: Stop) -> Stop {
    match stop {
        Stop::Mistake(mistake) if mistake.id == "unknown-topic" => {
            let facts = Facts::none().with("topic", topic.as_str()).with("operation", plan.operation.as_str());
            Stop::Refused(vec![Check::new(Level::Block, "topic-gone", facts)])
        }
        other => other,
    }
}

/// From a stopped, failed or stuck operation the way back takes its holds over.
fn others(first: &Plan, context: &Context<'_>) -> Vec<(crate::plan::Hold, crate::id::OperationId)> {
    context.held.iter().filter(|(_, holder)| *holder != first.operation).cloned().collect()
}

/// Whether somebody has made other settings since: what stands is neither what the operation left nor what stood before.
fn moved_check(saved: &[&ConfigChange], now: &[ConfigChange]) -> Check {
    let left = |key: &str| saved.iter().find(|one| one.key == key).and_then(|one| one.from.as_deref());
    let Some(first) = now.iter().find(|one| one.from.as_deref() != left(&one.key)) else {
        return Check::pass("values-as-left");
    };
    let facts = Facts::none()
        .with("key", first.key.as_str())
        .with("left", left(&first.key).unwrap_or("none"))
        .with("found", first.from.as_deref().unwrap_or("none"));
    Check::new(Level::Warn, "settings-moved-on", facts)
}

fn recreated_check(plan: &Plan, name: &TopicName, topic: &Topic) -> Option<Check> {
    let expected = plan.expectations.iter().find_map(|expectation| match expectation {
        Expectation::KafkaTopicIs { topic, id, .. } if topic == name => Some(id),
        _ => None,
    })?;
    let facts = Facts::none().with("topic", name.as_str()).with("found", topic.id.as_str());
    (*expected != topic.id).then(|| Check::new(Level::Block, "topic-recreated", facts))
}

struct Seen<'a> {
    cluster: &'a KafkaCluster,
    topic: &'a Topic,
    ranges: &'a [LogRange],
    readers: &'a [Reader],
}

/// Deletes what was made.
pub(super) fn unmake(rollback: &Rollback<'_>, new: &NewTopic, sections: &Sections, context: &Context<'_>) -> Planning {
    let others = others(rollback.plan, context);
    let context = &Context { held: &others, ..context.clone() };
    let mut looker = Looker::new(sections);
    let seen = look(rollback, new, &mut looker);
    topics::planned(seen, looker.needed(), context, |seen| draft(rollback, new, seen, context))
}

fn look<'a>(rollback: &Rollback<'_>, new: &NewTopic, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (cluster, topic) = (looks.cluster(), looks.topic(&new.name));
    let (ranges, readers) = match topic {
        Some(Some(_)) => (looks.ranges(&new.name), looks.readers(&new.name)),
        _ => (None, None),
    };
    looks.settled()?;
    if let Some(None) = topic {
        return Err(Stop::Mistake(Mistake::new("already-as-before", of(&rollback.plan.operation))));
    }
    let seen = || Some(Seen { cluster: cluster?, topic: topic??, ranges: ranges?, readers: readers? });
    Ok(seen())
}

fn draft(rollback: &Rollback<'_>, new: &NewTopic, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(new.name.to_string()), Aspect::Life);
    let mut checks = checks(rollback.plan, new, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let ends = seen.ranges.iter().map(|range| (range.partition, range.end)).collect();
    let needs = vec![
        topics::cluster_is(seen.cluster),
        offsets::topic_is(&new.name, seen.topic),
        Expectation::KafkaTopicUnused { topic: new.name.clone() },
        Expectation::KafkaLogEndsAre { topic: new.name.clone(), ends },
    ];
    let gone = GoneTopic {
        topic: new.name.clone(),
        topic_id: seen.topic.id.clone(),
        partitions: topics::partitions(seen.topic),
    };
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: BTreeMap::from([("operation".to_owned(), rollback.plan.operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations: needs.clone(),
        steps: topics::step(KafkaAction::DeleteTopic(gone), needs, Undo::Nothing),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(new),
        estimate: topics::estimate(seen.topic.partitions.len()),
        checks,
    })
}

fn checks(first: &Plan, new: &NewTopic, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    if seen.cluster.id == first.identity {
        checks.push(offsets::identity_check(seen.cluster));
    } else {
        let facts = Facts::none().with("expected", first.identity.as_str()).with("found", seen.cluster.id.as_str());
        checks.push(Check::new(Level::Block, "cluster-changed", facts));
    }
    let on = ("topic", new.name.as_str());
    checks.extend(topics::rights_checks(on, rights::DELETE_ON_TOPIC, &seen.topic.rights));
    if let Some(found) = other_layout(new, seen.topic) {
        let facts = Facts::none().with("topic", new.name.as_str()).with("found", found);
        checks.push(Check::new(Level::Block, "topic-not-as-made", facts));
    }
    // Records that came and went count as well: somebody writes there.
    let written: i64 = seen.ranges.iter().map(|range| range.end).fold(0, i64::saturating_add);
    if written > 0 {
        let facts = Facts::none().with("topic", new.name.as_str()).with("count", written);
        checks.push(Check::new(Level::Block, "topic-not-empty", facts));
    }
    checks.push(topics::connected_check(&new.name, seen.readers));
    checks
}

fn impact(new: &NewTopic) -> Impact {
    Impact {
        worst_case: "create-taken-back".to_owned(),
        topics: vec![new.name.to_string()],
        facts: Facts::none().with("partitions", i64::from(new.partitions)),
        ..Impact::default()
    }
}
