//! `/topic-create` on Kafka: a topic that nobody has yet. It can be taken back as long as it is empty.

use super::kafka_offsets as offsets;
use super::topic_alter::keys;
use super::topics::{self, Looks};
use super::{Context, Stop, rights};
use crate::cluster::kafka::{KafkaCluster, Topic, TopicOverview};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, Draft, Effect, Expectation, Impact, KafkaAction, Level, Mistake, NewTopic, Planning, Row, Thing,
    Undo,
};
use std::collections::BTreeMap;

struct Seen<'a> {
    cluster: &'a KafkaCluster,
    topic: Option<&'a Topic>,
    topics: &'a [TopicOverview],
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(&wanted.name, &mut looker);
    topics::planned(seen, looker.needed(), context, |seen| draft(&wanted, seen, context))
}

fn wanted(arguments: &Arguments) -> Result<NewTopic, Mistake> {
    topics::without_perm(arguments)?;
    let missing = |option| Mistake::new("missing-option", Facts::none().with("option", option));
    let settings = arguments.settings("config").map(keys::read).transpose()?.unwrap_or_default();
    // A setting that is not made is the default.
    let configs = settings.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    Ok(NewTopic {
        name: arguments.topic("topic").ok_or_else(|| missing("topic"))?.clone(),
        partitions: *arguments.count("partitions").ok_or_else(|| missing("partitions"))?,
        replicas: *arguments.count("replicas").ok_or_else(|| missing("replicas"))?,
        configs,
    })
}

fn look<'a>(name: &TopicName, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (cluster, topic, topics) = (looks.cluster(), looks.topic(name), looks.topics());
    looks.settled()?;
    let seen = || Some(Seen { cluster: cluster?, topic: topic?, topics: topics? });
    Ok(seen())
}

fn draft(wanted: &NewTopic, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(wanted.name.to_string()), Aspect::Life);
    let mut checks = checks(wanted, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let absent = Expectation::KafkaTopicAbsent { topic: wanted.name.clone() };
    let needs = vec![topics::cluster_is(seen.cluster), absent];
    let undo = Undo::WhileEmpty { topic: wanted.name.clone() };
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: resolved(wanted),
        effect: Effect::Reversible,
        holds,
        expectations: needs.clone(),
        steps: topics::step(KafkaAction::CreateTopic(wanted.clone()), needs, undo),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(wanted),
        estimate: topics::estimate(wanted.partitions as usize),
        checks,
    })
}

fn checks(wanted: &NewTopic, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let on = ("cluster", "kafka-cluster");
    checks.extend(topics::rights_checks(on, rights::CREATE_ON_CLUSTER, &seen.cluster.rights));
    checks.extend(topics::system_check(&wanted.name, false));
    checks.push(exists_check(wanted, seen));
    checks.extend(collides_check(wanted, seen));
    checks.extend(topics::count_check(wanted.partitions));
    checks.extend(topics::brokers_checks(seen.cluster, wanted.replicas));
    checks.extend(keys::min_isr_check(&wanted.name, wanted.configs.get(keys::MIN_ISR), wanted.replicas));
    if wanted.replicas == 1 {
        let facts = Facts::none().with("topic", wanted.name.as_str());
        checks.push(Check::new(Level::Warn, "single-replica", facts));
    }
    checks
}

fn exists_check(wanted: &NewTopic, seen: &Seen<'_>) -> Check {
    match seen.topic {
        None => Check::pass("topic-exists"),
        Some(topic) => {
            let facts = Facts::none().with("topic", wanted.name.as_str()).with("partitions", topic.partitions.len());
            Check::new(Level::Block, "topic-exists", facts)
        }
    }
}

/// The names of metrics have `_` for `.`, so the broker takes no two topics that differ in that only
/// (`Topic.hasCollision`).
fn collides_check(wanted: &NewTopic, seen: &Seen<'_>) -> Option<Check> {
    let in_metrics = |name: &TopicName| name.as_str().replace('.', "_");
    let collides =
        |other: &&TopicOverview| other.name != wanted.name && in_metrics(&other.name) == in_metrics(&wanted.name);
    let other = seen.topics.iter().find(collides)?;
    let facts = Facts::none().with("topic", wanted.name.as_str()).with("found", other.name.as_str());
    Some(Check::new(Level::Block, "name-collides", facts))
}

fn impact(wanted: &NewTopic) -> Impact {
    let row = |(key, value): (&String, &String)| Row::Setting {
        topic: wanted.name.to_string(),
        key: key.clone(),
        from: None,
        to: Some(value.clone()),
    };
    Impact {
        worst_case: "create-not-needed".to_owned(),
        topics: vec![wanted.name.to_string()],
        facts: Facts::none()
            .with("partitions", i64::from(wanted.partitions))
            .with("replicas", i64::from(wanted.replicas)),
        rows: wanted.configs.iter().map(row).collect(),
        ..Impact::default()
    }
}

fn resolved(wanted: &NewTopic) -> BTreeMap<String, String> {
    let mut arguments = BTreeMap::from([
        ("topic".to_owned(), wanted.name.to_string()),
        ("partitions".to_owned(), wanted.partitions.to_string()),
        ("replicas".to_owned(), wanted.replicas.to_string()),
    ]);
    if !wanted.configs.is_empty() {
        let settings: Vec<String> = wanted.configs.iter().map(|(key, value)| format!("{key}={value}")).collect();
        arguments.insert("config".to_owned(), settings.join(" "));
    }
    arguments
}
