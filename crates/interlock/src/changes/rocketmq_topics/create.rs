//! `/topic-create` on RocketMQ: a topic that nobody has yet, at every master. It can be taken back as long as it is empty.

use super::checks::{self, of};
use super::look::{Ground, Looks};
use super::{cluster_is, estimate, expect, missing, only_ours, perm, perm_word, setting, topic};
use crate::changes::queues::MOST_QUEUES;
use crate::changes::{Context, Stop, topics};
use crate::cluster::rocketmq::{BrokerSet, Perm, Queues};
use crate::cluster::{Looker, Sections};
use crate::command::{Arguments, unfit_for_new_topic};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, Draft, Effect, Impact, Level, Mistake, Planning, RocketmqExpectation, Row, Thing, TopicChange,
    TopicShape, Undo,
};
use std::collections::BTreeMap;

struct Wanted<'a> {
    topic: &'a TopicName,
    shape: TopicShape,
}

pub(in crate::changes) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(wanted.topic, &mut looker);
    topics::planned(seen, looker.needed(), context, |ground| draft(&wanted, ground, context))
}

/// The parser has seen to required options; a plan is also made anew from stored arguments, so it is looked at again.
fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    only_ours(arguments, &["replicas", "config"])?;
    let topic = topic(arguments)?;
    if let Some(mistake) = unfit_for_new_topic("topic", topic) {
        return Err(mistake);
    }
    let count = *arguments.count("partitions").ok_or_else(|| missing("partitions"))?;
    if !(1..=MOST_QUEUES).contains(&count) {
        let facts = Facts::none().with("given", count.to_string()).with("most", i64::from(MOST_QUEUES));
        return Err(Mistake::new("not-a-queue-count", facts));
    }
    let perm = perm(arguments).unwrap_or(Perm::READ_WRITE);
    Ok(Wanted { topic, shape: TopicShape { queues: Queues::both(count), perm } })
}

fn look<'a>(name: &TopicName, looker: &mut Looker<'a>) -> Result<Option<Ground<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let ground = looks.ground(name);
    looks.settled()?;
    Ok(ground)
}

fn draft(wanted: &Wanted<'_>, ground: &Ground<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(wanted.topic.to_string()), Aspect::Life);
    let mut found = checks::common(wanted.topic, ground);
    found.push(exists_check(wanted.topic, ground));
    found.extend(checks::name_server_warning(ground.cluster));
    found.extend(write_disabled_check(ground));
    found.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(found)?;
    let places: Vec<TopicChange> = ground.cluster.brokers.iter().map(|broker| made_at(wanted, broker)).collect();
    let absent = expect(RocketmqExpectation::TopicAbsent { topic: wanted.topic.clone() });
    let needs = vec![cluster_is(ground.cluster)];
    let undo = Undo::WhileEmpty { topic: wanted.topic.clone() };
    Ok(Draft {
        identity: ground.cluster.identity(),
        arguments: resolved(wanted),
        effect: Effect::Reversible,
        holds,
        expectations: vec![cluster_is(ground.cluster), absent],
        estimate: estimate(places.len()),
        impact: impact(wanted, ground),
        steps: setting((wanted.topic, ground.cluster), places, needs, undo),
        restore: Vec::new(),
        adopts: Vec::new(),
        checks,
    })
}

fn made_at(wanted: &Wanted<'_>, broker: &BrokerSet) -> TopicChange {
    TopicChange { broker: broker.name.clone(), from: None, to: wanted.shape }
}

/// A topic that is there at one master only was made so by somebody, or half of it went.
fn exists_check(topic: &TopicName, ground: &Ground<'_>) -> Check {
    if ground.topic.is_none() {
        return Check::pass("topic-exists");
    }
    let partitions: u32 = ground.at().iter().map(|at| at.read.max(at.write)).sum();
    Check::new(Level::Block, "topic-exists", of(topic).with("partitions", i64::from(partitions)))
}

fn write_disabled_check(ground: &Ground<'_>) -> Option<Check> {
    let disabled = |broker: &&BrokerSet| {
        let said = broker.master().and_then(|master| master.said.answer());
        said.and_then(|seen| seen.perm).is_some_and(|perm| !perm.may_write())
    };
    let masters: Vec<String> =
        ground.cluster.brokers.iter().filter(disabled).map(|broker| broker.name.to_string()).collect();
    (!masters.is_empty())
        .then(|| Check::new(Level::Warn, "master-takes-no-writes", Facts::none().with("masters", masters)))
}

fn impact(wanted: &Wanted<'_>, ground: &Ground<'_>) -> Impact {
    let row = |broker: &BrokerSet| Row::Queues {
        broker: broker.name.to_string(),
        now: Queues::both(0),
        then: wanted.shape.queues,
    };
    Impact {
        worst_case: "create-not-needed".to_owned(),
        topics: vec![wanted.topic.to_string()],
        facts: Facts::none().with("masters", ground.cluster.brokers.len()),
        rows: ground.cluster.brokers.iter().map(row).collect(),
        ..Impact::default()
    }
}

fn resolved(wanted: &Wanted<'_>) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("topic".to_owned(), wanted.topic.to_string()),
        ("partitions".to_owned(), wanted.shape.queues.write.to_string()),
        ("perm".to_owned(), perm_word(wanted.shape.perm).to_owned()),
    ])
}
