//! `/group-delete` on RocketMQ: a group without clients goes at every master, with its offsets. Settings and offsets are kept for
//! the way back.

use super::look::{self, look};
use super::{estimate, holds, missing, steps};
use crate::changes::rocketmq_offsets::{self as offsets, Ground, MOST_QUEUES};
use crate::changes::{Context, Stop, topics};
use crate::cluster::rocketmq::CommittedOffset;
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::GroupId;
use crate::plan::{
    Check, Draft, Effect, Expectation, ForgottenGroup, Impact, Level, Mistake, Planning, RocketmqAction,
    RocketmqExpectation, Row, Undo,
};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::changes) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let Some(id) = arguments.group("group") else { return Planning::Mistake(missing()) };
    let mut looker = Looker::new(sections);
    let seen = look(id, &mut looker);
    topics::planned(seen, looker.needed(), context, |ground| draft(id, ground, context))
}

fn draft(id: &GroupId, ground: &Ground<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    if !look::is_there(ground) && !ground.is_online() {
        return Err(Stop::Mistake(Mistake::new("unknown-group", Facts::none().with("name", id.as_str()))));
    }
    let holds = holds(id, context);
    let mut found = look::common(id, ground);
    found.push(look::clients_check(id, ground));
    found.extend(many_check(ground));
    found.extend(look::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    let gone = gone(id, ground);
    let needs = needs(&gone, ground);
    let mut expectations = needs.clone();
    let at = gone.at.clone();
    expectations.push(Expectation::Rocketmq(RocketmqExpectation::GroupIs { group: id.clone(), at }));
    let idle = Expectation::Rocketmq(RocketmqExpectation::GroupHasNoClients { group: id.clone() });
    Ok(Draft {
        identity: ground.cluster.identity(),
        arguments: BTreeMap::from([("group".to_owned(), id.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations,
        estimate: estimate(gone.at.len()),
        impact: impact(id, ground),
        steps: steps([(RocketmqAction::DeleteGroup(gone), needs, Undo::Inverse { needs: vec![idle] })]),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

/// Every master is told: 4.9 keeps offsets of groups that it does not have.
pub(super) fn gone(id: &GroupId, ground: &Ground<'_>) -> ForgottenGroup {
    ForgottenGroup { group: id.clone(), at: look::places(ground), offsets: ground.committed.seen.clone() }
}

/// What must hold right before it.
pub(super) fn needs(gone: &ForgottenGroup, ground: &Ground<'_>) -> Vec<Expectation> {
    let (group, offsets) = (gone.group.clone(), gone.stands());
    let stands = [
        RocketmqExpectation::GroupHasNoClients { group: group.clone() },
        RocketmqExpectation::OffsetsAre { group, offsets },
    ];
    let cluster = offsets::cluster_is(ground.cluster, gone.at.iter().map(|place| &place.broker));
    std::iter::once(cluster).chain(stands.map(Expectation::Rocketmq)).collect()
}

/// Each offset of the way back is a call of its own, within one act for each topic.
fn many_check(ground: &Ground<'_>) -> Option<Check> {
    let count = ground.committed.seen.len();
    let facts = || Facts::none().with("count", count).with("most", MOST_QUEUES);
    (count > MOST_QUEUES).then(|| Check::new(Level::Block, "too-many-partitions", facts()))
}

fn impact(id: &GroupId, ground: &Ground<'_>) -> Impact {
    let row = |one: &CommittedOffset| Row::Queue {
        topic: one.topic.to_string(),
        broker: one.broker.to_string(),
        queue: one.queue,
        from: Some(one.offset),
        to: None,
        log_start: -1,
        log_end: -1,
        clamped: false,
    };
    let topics: BTreeSet<String> = ground.committed.seen.iter().map(|one| one.topic.to_string()).collect();
    Impact {
        worst_case: "group-forgets".to_owned(),
        topics: topics.into_iter().collect(),
        groups: vec![id.to_string()],
        facts: Facts::none().with("partitions", ground.committed.seen.len()),
        rows: ground.committed.seen.iter().map(row).collect(),
        ..Impact::default()
    }
}
