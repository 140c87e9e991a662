//! `/topic-alter` on Kafka: settings of a topic, one by one; all others stay.

mod expiring;
pub(super) mod keys;

pub(super) use expiring::sizes;

use super::kafka_offsets as offsets;
use super::topics::{self, Looks};
use super::{Context, Stop, rights};
use crate::cluster::kafka::{ConfigEntry, KafkaCluster, Topic};
use crate::cluster::{Looker, Sections};
use crate::command::{Arguments, Settings};
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, ConfigChange, ConfigExpected, ConfigOn, Draft, Effect, Expectation, Impact, KafkaAction, Level,
    Mistake, Planning, Row, Thing, Undo,
};
use expiring::{Going, Limits, Records};
use std::collections::BTreeMap;

/// Settings that a topic gets, by a request or by a way back.
pub(super) struct Wanted<'a> {
    pub(super) topic: &'a TopicName,
    pub(super) settings: Settings,
    /// The arguments of the plan.
    pub(super) arguments: BTreeMap<String, String>,
}

/// What was seen and is whole.
pub(super) struct Seen<'a> {
    pub(super) cluster: &'a KafkaCluster,
    pub(super) topic: &'a Topic,
    pub(super) changes: Vec<ConfigChange>,
    records: Option<Records<'a>>,
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(&wanted, &mut looker, context);
    topics::planned(seen, looker.needed(), context, |seen| draft(&wanted, seen, context))
}

fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    topics::without_perm(arguments)?;
    let missing = |option| Mistake::new("missing-option", Facts::none().with("option", option));
    let topic = arguments.topic("topic").ok_or_else(|| missing("topic"))?;
    let settings = keys::read(arguments.settings("config").ok_or_else(|| missing("config"))?)?;
    let shown = |(key, value): (&String, &Option<String>)| format!("{key}={}", value.as_deref().unwrap_or("default"));
    let config: Vec<String> = settings.iter().map(shown).collect();
    let arguments = BTreeMap::from([("topic".to_owned(), topic.to_string()), ("config".to_owned(), config.join(" "))]);
    Ok(Wanted { topic, settings, arguments })
}

/// None while something has to be asked first; the looker has noted it.
pub(super) fn look<'a>(
    wanted: &Wanted<'_>,
    looker: &mut Looker<'a>,
    context: &Context<'_>,
) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (cluster, topic) = (looks.cluster(), looks.topic(wanted.topic));
    let topic = topic.map(|topic| topics::existing(wanted.topic, topic)).transpose()?;
    let config = topic.and_then(|_| looks.config(wanted.topic));
    let changes = config.map(|config| changes(wanted, config));
    let records = changes.as_ref().and_then(|changes| {
        let limits = Limits::of(changes, context.now);
        expiring::look(wanted.topic, limits, &mut looks)
    });
    looks.settled()?;
    let seen = || Some(Seen { cluster: cluster?, topic: topic?, changes: changes?, records: records? });
    Ok(seen())
}

/// What differs from what stands there.
fn changes(wanted: &Wanted<'_>, config: &[ConfigEntry]) -> Vec<ConfigChange> {
    let one = |(key, to): (&String, &Option<String>)| ConfigChange {
        on: ConfigOn::Topic(wanted.topic.clone()),
        key: key.clone(),
        from: config.iter().find(|entry| entry.key == *key).and_then(|entry| entry.value.clone()),
        to: to.clone(),
    };
    wanted.settings.iter().map(one).filter(|change| change.from != change.to).collect()
}

pub(super) fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    draft_finding(wanted, seen, context, Vec::new())
}

/// The plan, with what a way back has found besides.
pub(super) fn draft_finding(
    wanted: &Wanted<'_>,
    seen: &Seen<'_>,
    context: &Context<'_>,
    found: Vec<Check>,
) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(wanted.topic.to_string()), Aspect::Config);
    let going = seen.records.as_ref().map(|records| records.going(wanted.topic)).unwrap_or_default();
    let mut checks = checks(wanted, seen, &going);
    checks.extend(found);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    if seen.changes.is_empty() {
        let facts = Facts::none().with("topic", wanted.topic.as_str());
        return Err(Stop::Mistake(Mistake::new("settings-as-wanted", facts)));
    }
    let identity = vec![topics::cluster_is(seen.cluster), offsets::topic_is(wanted.topic, seen.topic)];
    let configs = seen.changes.iter().map(ConfigExpected::before).collect();
    let mut needs = identity.clone();
    needs.push(Expectation::KafkaConfigsAre { configs });
    let action = KafkaAction::SetConfigs { changes: seen.changes.clone() };
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: wanted.arguments.clone(),
        effect: effect(seen, &going),
        holds,
        expectations: needs,
        steps: topics::step(action, identity.clone(), Undo::Inverse { needs: identity }),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(wanted, seen, &going),
        estimate: topics::estimate(seen.changes.len()),
        checks,
    })
}

fn lets_go<'s>(seen: &'s Seen<'_>) -> impl Iterator<Item = &'s ConfigChange> {
    seen.changes.iter().filter(|change| keys::decides_what_stays(&change.key, change.to.as_deref()))
}

/// The settings come back; records that went by then do not.
fn effect(seen: &Seen<'_>, going: &Going) -> Effect {
    if going.records > 0 || lets_go(seen).next().is_some() { Effect::Irreversible } else { Effect::Reversible }
}

fn checks(wanted: &Wanted<'_>, seen: &Seen<'_>, going: &Going) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let on = ("topic", wanted.topic.as_str());
    checks.extend(topics::rights_checks(on, rights::ALTER_ON_TOPIC, &seen.topic.rights));
    checks.extend(topics::system_check(wanted.topic, seen.topic.internal));
    let least = seen.changes.iter().find(|change| change.key == keys::MIN_ISR).and_then(|change| change.to.as_ref());
    checks.extend(keys::min_isr_check(wanted.topic, least, topics::replicas(seen.topic)));
    checks.extend(going.check(wanted.topic));
    let keys: Vec<String> = lets_go(seen).map(|change| change.key.clone()).collect();
    if !keys.is_empty() {
        let facts = Facts::none().with("topic", wanted.topic.as_str()).with("keys", keys);
        checks.push(Check::new(Level::Consent, "cleanup-changes", facts));
    }
    checks
}

fn impact(wanted: &Wanted<'_>, seen: &Seen<'_>, going: &Going) -> Impact {
    let row = |change: &ConfigChange| Row::Setting {
        topic: wanted.topic.to_string(),
        key: change.key.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
    };
    let groups = going.rows.iter().filter_map(|row| match row {
        Row::Reader { group, .. } => Some(group.clone()),
        _ => None,
    });
    let impact = Impact {
        topics: vec![wanted.topic.to_string()],
        groups: groups.collect(),
        facts: Facts::none().with("records", going.records).with("bytes", Fact::Bytes(going.bytes)),
        rows: seen.changes.iter().map(row).chain(going.rows.iter().cloned()).collect(),
        ..Impact::default()
    };
    if going.records > 0 {
        return Impact { worst_case: "settings-lose-records".to_owned(), ..impact };
    }
    Impact { worst_case: "settings-wrong".to_owned(), ..impact }
}
