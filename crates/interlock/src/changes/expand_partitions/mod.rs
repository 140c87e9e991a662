//! `/expand-partitions` on Kafka: a topic gets more partitions. There is no way back, and keys go to other partitions.

use super::kafka_offsets as offsets;
use super::topics::{self, Looks};
use super::{Context, Stop, rights};
use crate::cluster::kafka::{ConfigEntry, KafkaCluster, Reader, Topic};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, Draft, Effect, Impact, KafkaAction, Level, Mistake, MorePartitions, Planning, Row, Thing, Undo,
};
use std::collections::BTreeMap;

/// What was asked for.
struct Wanted<'a> {
    topic: &'a TopicName,
    to: u32,
    /// Whether whoever asks says that no reader relies on the keys of its records.
    keys_unused: bool,
}

struct Seen<'a> {
    cluster: &'a KafkaCluster,
    topic: &'a Topic,
    config: &'a [ConfigEntry],
    readers: &'a [Reader],
}

impl Seen<'_> {
    fn from(&self) -> u32 {
        topics::partitions(self.topic)
    }

    fn at_work(&self) -> impl Iterator<Item = &Reader> {
        self.readers.iter().filter(|reader| !reader.members.is_empty())
    }
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(mistake) => return Planning::Mistake(mistake),
    };
    let mut looker = Looker::new(sections);
    let seen = look(&wanted, &mut looker);
    topics::planned(seen, looker.needed(), context, |seen| draft(&wanted, seen, context))
}

fn wanted(arguments: &Arguments) -> Result<Wanted<'_>, Mistake> {
    let missing = |option| Mistake::new("missing-option", Facts::none().with("option", option));
    Ok(Wanted {
        topic: arguments.topic("topic").ok_or_else(|| missing("topic"))?,
        to: *arguments.count("to").ok_or_else(|| missing("to"))?,
        keys_unused: arguments.has("keyed") && !arguments.flag("keyed"),
    })
}

fn look<'a>(wanted: &Wanted<'_>, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (cluster, topic) = (looks.cluster(), looks.topic(wanted.topic));
    let topic = topic.map(|topic| topics::existing(wanted.topic, topic)).transpose()?;
    let (config, readers) = match topic {
        Some(_) => (looks.config(wanted.topic), looks.readers(wanted.topic)),
        None => (None, None),
    };
    looks.settled()?;
    let seen = || Some(Seen { cluster: cluster?, topic: topic?, config: config?, readers: readers? });
    Ok(seen())
}

fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    if wanted.to <= seen.from() {
        return Err(Stop::Mistake(not_more(wanted, seen)));
    }
    let holds = topics::hold(context, Thing::Topic(wanted.topic.to_string()), Aspect::Layout);
    let mut checks = checks(wanted, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let identity = vec![topics::cluster_is(seen.cluster), offsets::topic_is(wanted.topic, seen.topic)];
    let more = MorePartitions {
        topic: wanted.topic.clone(),
        topic_id: seen.topic.id.clone(),
        from: seen.from(),
        to: wanted.to,
    };
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: resolved(wanted),
        effect: Effect::Irreversible,
        holds,
        expectations: identity.clone(),
        steps: topics::step(KafkaAction::CreatePartitions(more), identity, undo(wanted, seen)),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(wanted, seen),
        estimate: topics::estimate((wanted.to - seen.from()) as usize),
        checks,
    })
}

fn of(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Facts {
    let (from, to) = (i64::from(seen.from()), i64::from(wanted.to));
    Facts::none().with("topic", wanted.topic.as_str()).with("from", from).with("to", to)
}

fn not_more(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Mistake {
    if wanted.to == seen.from() {
        return Mistake::new("has-so-many-partitions", of(wanted, seen));
    }
    Mistake::new("not-more-partitions", of(wanted, seen))
}

fn checks(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let on = ("topic", wanted.topic.as_str());
    checks.extend(topics::rights_checks(on, rights::EXPAND_ON_TOPIC, &seen.topic.rights));
    checks.extend(topics::system_check(wanted.topic, seen.topic.internal));
    checks.extend(topics::count_check(wanted.to - seen.from()));
    checks.extend(topics::brokers_checks(seen.cluster, topics::replicas(seen.topic)));
    checks.push(keys_check(wanted, seen));
    checks.extend(compacted_check(wanted, seen));
    checks.extend(readers_check(seen));
    checks
}

/// Where a record goes is its key's hash modulo the number of partitions. Nobody can tell from outside whether readers rely on
/// that, so it is taken for granted unless whoever asks says otherwise.
fn keys_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Check {
    if wanted.keys_unused {
        return Check::new(Level::Warn, "keys-said-unused", of(wanted, seen));
    }
    Check::new(Level::Consent, "keys-move", of(wanted, seen))
}

/// The old value of a key that goes to another partition is never compacted away by the new one.
fn compacted_check(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<Check> {
    let policy = seen.config.iter().find(|entry| entry.key == "cleanup.policy")?.value.as_deref()?;
    let facts = Facts::none().with("topic", wanted.topic.as_str());
    policy.contains("compact").then(|| Check::new(Level::Consent, "compacted-topic", facts))
}

/// Consumers learn of new partitions from metadata, up to `metadata.max.age.ms` (five minutes) later. One that begins at the
/// end then has missed what was written there until that.
fn readers_check(seen: &Seen<'_>) -> Option<Check> {
    let groups: Vec<String> = seen.at_work().map(|reader| reader.group.to_string()).collect();
    (!groups.is_empty()).then(|| Check::new(Level::Consent, "groups-at-work", Facts::none().with("groups", groups)))
}

fn undo(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Undo {
    Undo::Irreversible { lost: of(wanted, seen) }
}

fn impact(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Impact {
    let row = |reader: &Reader| Row::Reader {
        group: reader.group.to_string(),
        members: u64::try_from(reader.members.len()).unwrap_or(u64::MAX),
        unread: 0,
    };
    Impact {
        worst_case: "expand-moves-keys".to_owned(),
        facts: of(wanted, seen).with("added", i64::from(wanted.to - seen.from())),
        rows: seen.at_work().map(row).collect(),
        ..topics::affected(wanted.topic, seen.readers)
    }
}

fn resolved(wanted: &Wanted<'_>) -> BTreeMap<String, String> {
    let mut arguments =
        BTreeMap::from([("topic".to_owned(), wanted.topic.to_string()), ("to".to_owned(), wanted.to.to_string())]);
    if wanted.keys_unused {
        arguments.insert("keyed".to_owned(), false.to_string());
    }
    arguments
}
