//! `/group-create` on RocketMQ: a group that nobody has yet, at every master, with the settings that mqadmin gives it.

use super::look::{self, look};
use super::{estimate, holds, missing, steps};
use crate::changes::rocketmq_offsets::{self as offsets, Ground};
use crate::changes::{Context, Stop, topics};
use crate::cluster::{Looker, Sections};
use crate::command::{Arguments, unfit_for_new_group};
use crate::facts::Facts;
use crate::id::GroupId;
use crate::plan::{
    Check, Draft, Effect, Expectation, GroupPlace, Impact, Level, Mistake, Planning, RocketmqAction,
    RocketmqExpectation, Undo,
};
use std::collections::BTreeMap;

pub(in crate::changes) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let id = match wanted(arguments) {
        Ok(id) => id,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(id, &mut looker);
    topics::planned(seen, looker.needed(), context, |ground| draft(id, ground, context))
}

fn wanted(arguments: &Arguments) -> Result<&GroupId, Mistake> {
    let id = arguments.group("group").ok_or_else(missing)?;
    unfit_for_new_group("group", id).map_or(Ok(id), Err)
}

fn draft(id: &GroupId, ground: &Ground<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = holds(id, context);
    let mut found = look::common(id, ground);
    found.push(exists_check(id, ground));
    found.extend(look::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    let brokers = ground.cluster.brokers.iter().map(|broker| broker.name.clone());
    let at: Vec<GroupPlace> = brokers.map(|broker| GroupPlace { broker, settings: None }).collect();
    let cluster = offsets::cluster_is(ground.cluster, at.iter().map(|place| &place.broker));
    let absent = Expectation::Rocketmq(RocketmqExpectation::GroupAbsent { group: id.clone() });
    let idle = Expectation::Rocketmq(RocketmqExpectation::GroupHasNoClients { group: id.clone() });
    let masters = at.len();
    let action = RocketmqAction::MakeGroup { group: id.clone(), at };
    Ok(Draft {
        identity: ground.cluster.identity(),
        arguments: BTreeMap::from([("group".to_owned(), id.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations: vec![cluster.clone(), absent],
        estimate: estimate(masters),
        impact: Impact {
            worst_case: "group-not-needed".to_owned(),
            groups: vec![id.to_string()],
            facts: Facts::none().with("masters", masters),
            ..Impact::default()
        },
        steps: steps([(action, vec![cluster], Undo::Inverse { needs: vec![idle] })]),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

/// At one master only as well: who made it there has given it settings. 4.9 keeps offsets of groups that it does not have;
/// whoever is made under such a name would go on from them.
fn exists_check(id: &GroupId, ground: &Ground<'_>) -> Check {
    if !look::is_there(ground) {
        return Check::pass("group-exists");
    }
    let at = look::places(ground).into_iter().find(|place| place.settings.is_some()).map(|place| place.broker);
    let at = at.or_else(|| ground.committed.seen.first().map(|one| one.broker.clone()));
    let at = at.map_or_else(String::new, |broker| broker.to_string());
    Check::new(Level::Block, "group-exists", Facts::none().with("group", id.as_str()).with("found", at))
}
