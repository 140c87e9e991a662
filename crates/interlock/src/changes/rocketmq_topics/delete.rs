//! `/topic-delete` on RocketMQ: a topic goes for good at every master, with everything in it, and every `NameServer` forgets it.
//! Two people approve it, and nobody may be at work with it.

use super::checks::{self, of};
use super::look::{Seen, look};
use super::{cluster_is, deleting, estimate, expect, topic};
use crate::changes::{Context, Stop, topics};
use crate::cluster::rocketmq::{QueueRange, Reader};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, Draft, Effect, Expectation, Impact, Planning, QueueEnd, RocketmqAction, RocketmqExpectation, Row,
    Thing, TopicPlace, TopicShape, Undo,
};
use std::collections::BTreeMap;

impl Seen<'_> {
    /// The deletion at every master that has it.
    pub(super) fn action(&self, topic: &TopicName) -> RocketmqAction {
        let at = self.ground.at().into_iter();
        let at = at.map(|at| TopicPlace { broker: at.broker.clone(), shape: TopicShape::of(at) }).collect();
        RocketmqAction::DeleteTopic { topic: topic.clone(), cluster: self.ground.cluster.name.clone(), at }
    }

    /// What must hold right before it, at each attempt.
    pub(super) fn needs(&self, topic: &TopicName) -> Vec<Expectation> {
        let end = |range: &QueueRange| QueueEnd { broker: range.broker.clone(), queue: range.queue, end: range.end };
        let ends = self.uses.ranges.iter().map(end).collect();
        vec![
            cluster_is(self.ground.cluster),
            expect(RocketmqExpectation::TopicUnused { topic: topic.clone() }),
            expect(RocketmqExpectation::EndsAre { topic: topic.clone(), ends }),
        ]
    }

    /// What must hold when it starts.
    pub(super) fn expectations(&self, topic: &TopicName) -> Vec<Expectation> {
        let RocketmqAction::DeleteTopic { at, .. } = self.action(topic) else { return self.needs(topic) };
        let mut all = self.needs(topic);
        all.push(expect(RocketmqExpectation::TopicSettingsAre { topic: topic.clone(), at }));
        all
    }
}

pub(in crate::changes) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let name = match topic(arguments) {
        Ok(name) => name,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(name, &mut looker, context);
    topics::planned(seen, looker.needed(), context, |seen| draft(name, seen, context))
}

fn draft(name: &TopicName, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(name.to_string()), Aspect::Life);
    let mut checks = all(name, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let undo = Undo::Irreversible { lost: lost(name, seen) };
    Ok(Draft {
        identity: seen.ground.cluster.identity(),
        arguments: BTreeMap::from([("topic".to_owned(), name.to_string())]),
        effect: Effect::Irreversible,
        holds,
        expectations: seen.expectations(name),
        estimate: estimate(seen.ground.at().len()),
        impact: impact(name, seen),
        steps: deleting(seen.action(name), name, seen.needs(name), undo),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

fn all(name: &TopicName, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = checks::common(name, &seen.ground);
    checks.extend(checks::order_check(name, &seen.ground));
    checks.extend(checks::name_server_checks(name, seen.ground.cluster));
    checks.push(checks::connected_check(name, &seen.uses));
    checks.push(checks::written_check(name, &seen.uses));
    checks.extend(checks::unread_check(&seen.uses));
    checks
}

/// What is lost, in numbers.
fn lost(name: &TopicName, seen: &Seen<'_>) -> Facts {
    of(name).with("masters", seen.ground.at().len()).with("records", checks::held(seen.uses.ranges))
}

fn impact(name: &TopicName, seen: &Seen<'_>) -> Impact {
    let row = |reader: &Reader| Row::Reader {
        group: reader.group.to_string(),
        members: u64::from(reader.online),
        unread: u64::try_from(checks::unread(reader, seen.uses.ranges)).unwrap_or(0),
    };
    Impact {
        worst_case: "delete-loses-records".to_owned(),
        topics: vec![name.to_string()],
        groups: checks::readers(&seen.uses).map(|reader| reader.group.to_string()).collect(),
        facts: lost(name, seen),
        rows: checks::readers(&seen.uses).map(row).collect(),
        ..Impact::default()
    }
}
