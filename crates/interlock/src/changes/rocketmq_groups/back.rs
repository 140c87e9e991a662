//! The ways back: a group that was made is deleted while nobody has used it, and one that was deleted is made again, with the
//! settings that each master had and with its offsets.

use super::look::{self, look};
use super::{estimate, holds, steps};
use crate::changes::rocketmq_offsets::{self as offsets, Ground};
use crate::changes::rollback::Rollback;
use crate::changes::{Context, Guard, Part, Stop, topics};
use crate::cluster::{Failure, FailureKind, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId};
use crate::plan::{
    Action, Check, Condition, Draft, Effect, Estimate, Expectation, Impact, Level, Mistake, Planning, RocketmqAction,
    RocketmqExpectation, SeedsKept, Step, Undo, Work, forgotten,
};
use std::collections::BTreeMap;

/// What takes back what was done to a group as a whole.
#[derive(Clone, Copy)]
pub(in crate::changes) struct Again<'a> {
    group: &'a GroupId,
    actions: &'a [Action],
}

/// The group that was made or deleted; none if it is about something else.
pub(in crate::changes) fn again(actions: &[Action]) -> Option<Again<'_>> {
    let group = actions.iter().find_map(|action| match action {
        Action::Rocketmq(RocketmqAction::MakeGroup { group, .. }) => Some(group),
        Action::Rocketmq(RocketmqAction::DeleteGroup(gone)) => Some(&gone.group),
        // A group that no master had was given up with its offsets alone.
        Action::Rocketmq(RocketmqAction::SeedOffsets { seeds, .. }) => seeds.first().map(|seed| &seed.group),
        _ => None,
    })?;
    Some(Again { group, actions })
}

impl Again<'_> {
    fn all(&self) -> impl Iterator<Item = &RocketmqAction> {
        self.actions.iter().filter_map(|action| match action {
            Action::Rocketmq(action) => Some(action),
            Action::Kafka(_) => None,
        })
    }

    /// Whether it is deleted again.
    fn unmakes(&self) -> bool {
        self.all().any(|action| matches!(action, RocketmqAction::DeleteGroup(_)))
    }

    /// The masters that it concerns.
    fn brokers(&self) -> impl Iterator<Item = &BrokerName> {
        self.all().flat_map(|action| match action {
            RocketmqAction::MakeGroup { at, .. } => at.iter().map(|place| &place.broker).collect(),
            RocketmqAction::SeedOffsets { seeds, .. } => seeds.iter().map(|seed| &seed.broker).collect(),
            RocketmqAction::DeleteGroup(gone) => gone.at.iter().map(|place| &place.broker).collect(),
            _ => Vec::new(),
        })
    }
}

pub(in crate::changes) fn plan(
    rollback: &Rollback<'_>,
    again: Again<'_>,
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let operation = &rollback.plan.operation;
    let held: Vec<_> = context.held.iter().filter(|(_, holder)| holder != operation).cloned().collect();
    let context = &Context { held: &held, ..context.clone() };
    let mut looker = Looker::new(sections);
    let seen = look(again.group, &mut looker);
    topics::planned(seen, looker.needed(), context, |ground| draft(rollback, again, ground, context))
}

fn draft(rollback: &Rollback<'_>, again: Again<'_>, ground: &Ground<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let unseen: Vec<Check> = again.brokers().filter_map(|broker| unseen(again.group, broker, ground)).collect();
    if !unseen.is_empty() {
        return Err(Stop::Refused(unseen));
    }
    let operation = &rollback.plan.operation;
    if again.unmakes() && !look::is_there(ground) && !ground.is_online() {
        let facts = Facts::none().with("operation", operation.as_str());
        return Err(Stop::Mistake(Mistake::new("already-as-before", facts)));
    }
    let holds = holds(again.group, context);
    let mut found = look::common(again.group, ground);
    found.extend(offsets::same_cluster_check(rollback.plan, ground.cluster));
    found.extend(if again.unmakes() { used_checks(again.group, ground) } else { there_checks(again, ground) });
    found.extend(look::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    let (each, expectations) = if again.unmakes() { unmaking(again, ground) } else { making(again, ground) };
    let changes = each.iter().map(|(action, ..)| Action::Rocketmq(action.clone()).size()).sum();
    let (steps, calls) = (watched(steps(each), ground, context), estimate(changes));
    let duration_ms = calls.duration_ms.saturating_add(SeedsKept::all_last_ms(&steps));
    Ok(Draft {
        identity: ground.cluster.identity(),
        arguments: BTreeMap::from([("operation".to_owned(), operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations,
        estimate: Estimate { duration_ms, ..calls },
        impact: impact(rollback, again, ground),
        steps,
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

fn impact(rollback: &Rollback<'_>, again: Again<'_>, ground: &Ground<'_>) -> Impact {
    let impact = Impact {
        groups: vec![again.group.to_string()],
        topics: rollback.plan.impact.topics.clone(),
        facts: Facts::none().with("masters", ground.cluster.brokers.len()),
        ..Impact::default()
    };
    if again.unmakes() {
        return Impact { worst_case: "group-taken-back".to_owned(), ..impact };
    }
    Impact { worst_case: "group-made-again".to_owned(), ..impact }
}

/// A master that is not seen any more: left out, it would come back as it was left.
fn unseen(group: &GroupId, broker: &BrokerName, ground: &Ground<'_>) -> Option<Check> {
    let master = match ground.cluster.broker(broker) {
        None => return Some(offsets::cannot_verify(Part::Group, group.as_str(), &forgotten(broker))),
        Some(set) => set.master(),
    };
    let none = || Failure { kind: FailureKind::Unreachable, said: format!("{broker} has no master") };
    master.is_none().then(|| offsets::cannot_verify(Part::Group, group.as_str(), &none()))
}

/// Whoever has read by it has offsets; that is then no longer a group that nobody needs.
fn used_checks(group: &GroupId, ground: &Ground<'_>) -> Vec<Check> {
    let mut checks = vec![look::clients_check(group, ground)];
    let count = ground.committed.seen.len();
    if count > 0 {
        let facts = Facts::none().with("group", group.as_str()).with("count", count);
        checks.push(Check::new(Level::Block, "group-was-used", facts));
    }
    checks
}

/// A group that is there again was made by somebody, or by its clients: its offsets are theirs.
fn there_checks(again: Again<'_>, ground: &Ground<'_>) -> Vec<Check> {
    let mut checks = vec![look::clients_check(again.group, ground)];
    let part_of = |place: &crate::plan::GroupPlace| {
        again.all().any(|action| matches!(action, RocketmqAction::MakeGroup { at, .. } if at.contains(place)))
    };
    let there = look::places(ground).into_iter().find(|place| place.settings.is_some() && !part_of(place));
    if let Some(place) = there {
        let facts = Facts::none().with("group", again.group.as_str()).with("found", place.broker.as_str());
        checks.push(Check::new(Level::Block, "group-exists", facts));
    }
    checks
}

type Each = Vec<(RocketmqAction, Vec<Expectation>, Undo)>;

fn unmaking(again: Again<'_>, ground: &Ground<'_>) -> (Each, Vec<Expectation>) {
    let gone = super::delete::gone(again.group, ground);
    let needs = super::delete::needs(&gone, ground);
    (vec![(RocketmqAction::DeleteGroup(gone), needs.clone(), Undo::Nothing)], needs)
}

fn making(again: Again<'_>, ground: &Ground<'_>) -> (Each, Vec<Expectation>) {
    let cluster = offsets::cluster_is(ground.cluster, again.brokers());
    let idle = RocketmqExpectation::GroupHasNoClients { group: again.group.clone() };
    let needs = vec![cluster, Expectation::Rocketmq(idle)];
    let each = again.all().cloned().map(|action| (action, needs.clone(), Undo::Nothing)).collect();
    (each, needs)
}

/// The offsets that it gets are watched until brokers have written them to their disks: after the last ones, so that nothing
/// keeps the others waiting while no client may come.
fn watched(mut steps: Vec<Step>, ground: &Ground<'_>, context: &Context<'_>) -> Vec<Step> {
    let gives = |step: &Step| matches!(&step.work, Work::Act(action) if SeedsKept::watches(action));
    if let Some(last) = steps.last_mut().filter(|last| context.guards.has(Guard::SeedsKept) && gives(last)) {
        last.done = Condition::RocketmqSeedsKept(SeedsKept::of(ground.cluster));
    }
    steps
}
