//! `/topic-alter` on RocketMQ: what may be done with a topic, at every master that has it. Its queues are opened and closed by
//! commands of their own.

use super::checks::{self, LATELY, of};
use super::look::{Ground, Seen, look};
use super::{cluster_is, estimate, expect, missing, only_ours, perm, perm_word, setting, topic};
use crate::changes::{Context, Stop, topics};
use crate::cluster::rocketmq::{Perm, TopicAt};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{
    Aspect, Check, Draft, Effect, Impact, Level, Mistake, Planning, RocketmqExpectation, Row, Thing, TopicChange,
    TopicPlace, TopicShape, Undo,
};
use std::collections::BTreeMap;

/// What a topic gets, by a request or by a way back.
pub(super) struct Wanted<'a> {
    pub(super) topic: &'a TopicName,
    /// At each master; those that are not named keep what they have.
    pub(super) perms: BTreeMap<BrokerName, Perm>,
    /// At the masters that are not named; none for what they have.
    pub(super) all: Option<Perm>,
    /// The arguments of the plan.
    pub(super) arguments: BTreeMap<String, String>,
}

impl Wanted<'_> {
    /// What differs from what stands there.
    pub(super) fn changes(&self, ground: &Ground<'_>) -> Vec<TopicChange> {
        let one = |at: &&TopicAt| {
            let from = TopicShape::of(at);
            let perm = self.perms.get(&at.broker).copied().or(self.all).unwrap_or(from.perm);
            TopicChange { broker: at.broker.clone(), from: Some(from), to: TopicShape { perm, ..from } }
        };
        ground.at().iter().map(one).filter(|change| change.from != Some(change.to)).collect()
    }
}

pub(in crate::changes) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(wanted.topic, &mut looker, context);
    topics::planned(seen, looker.needed(), context, |seen| draft(&wanted, seen, context, Vec::new()))
}

fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    only_ours(arguments, &["config"])?;
    let topic = topic(arguments)?;
    let perm = perm(arguments).ok_or_else(|| missing("perm"))?;
    let arguments =
        BTreeMap::from([("topic".to_owned(), topic.to_string()), ("perm".to_owned(), perm_word(perm).to_owned())]);
    Ok(Wanted { topic, perms: BTreeMap::new(), all: Some(perm), arguments })
}

/// The plan, with what a way back has found besides.
pub(super) fn draft(
    wanted: &Wanted<'_>,
    seen: &Seen<'_>,
    context: &Context<'_>,
    besides: Vec<Check>,
) -> Result<Draft, Stop> {
    let ground = &seen.ground;
    let changes = wanted.changes(ground);
    let holds = topics::hold(context, Thing::Topic(wanted.topic.to_string()), Aspect::Config);
    let mut found = checks::common(wanted.topic, ground);
    found.push(checks::route_check(wanted.topic, ground));
    found.extend(checks::name_server_warning(ground.cluster));
    found.extend(cut_off_checks(wanted.topic, seen, &changes));
    found.extend(besides);
    found.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    if changes.is_empty() {
        return Err(Stop::Mistake(Mistake::new("settings-as-wanted", of(wanted.topic))));
    }
    let at = ground.at().into_iter().map(|at| TopicPlace { broker: at.broker.clone(), shape: TopicShape::of(at) });
    let stands = RocketmqExpectation::TopicSettingsAre { topic: wanted.topic.clone(), at: at.collect() };
    let needs = vec![cluster_is(ground.cluster)];
    let undo = Undo::Inverse { needs: needs.clone() };
    Ok(Draft {
        identity: ground.cluster.identity(),
        arguments: wanted.arguments.clone(),
        effect: Effect::Reversible,
        holds,
        expectations: vec![cluster_is(ground.cluster), expect(stands)],
        estimate: estimate(changes.len()),
        impact: impact(wanted.topic, seen, &changes),
        steps: setting((wanted.topic, ground.cluster), changes, needs, undo),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

/// Whoever reads or writes where that is taken away gets errors from then on, at once or with the next route.
fn cut_off_checks(topic: &TopicName, seen: &Seen<'_>, changes: &[TopicChange]) -> Vec<Check> {
    let taken = |may: fn(Perm) -> bool| {
        let had = |one: &TopicChange| one.from.is_some_and(|from| may(from.perm)) && !may(one.to.perm);
        changes.iter().any(had)
    };
    let groups = checks::at_work(&seen.uses);
    let count = checks::written_lately(&seen.uses);
    let readers = (taken(Perm::may_read) && !groups.is_empty())
        .then(|| Check::new(Level::Consent, "readers-cut-off", of(topic).with("groups", groups)));
    let writers = (taken(Perm::may_write) && count > 0)
        .then(|| Check::new(Level::Consent, "writers-cut-off", of(topic).with("count", count).with("span", LATELY)));
    readers.into_iter().chain(writers).collect()
}

fn impact(topic: &TopicName, seen: &Seen<'_>, changes: &[TopicChange]) -> Impact {
    let row = |one: &TopicChange| Row::Setting {
        topic: topic.to_string(),
        key: one.broker.to_string(),
        from: one.from.map(|from| from.perm.to_string()),
        to: Some(one.to.perm.to_string()),
    };
    Impact {
        worst_case: "perm-wrong".to_owned(),
        topics: vec![topic.to_string()],
        groups: checks::readers(&seen.uses).map(|reader| reader.group.to_string()).collect(),
        facts: Facts::none().with("masters", changes.len()),
        rows: changes.iter().map(row).collect(),
        ..Impact::default()
    }
}
