//! `/topic-delete` on Kafka: a topic goes for good, with everything in it. Two people approve it, and nobody may be at work
//! with it.

use super::kafka_offsets as offsets;
use super::topic_alter::sizes;
use super::topics::{self, Looks};
use super::{Context, Stop, rights};
use crate::cluster::kafka::{BrokerDirs, KafkaCluster, LogRange, OffsetAt, Reader, Topic};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use crate::plan::{
    Aspect, Check, Draft, Effect, Expectation, GoneTopic, Impact, KafkaAction, Level, Mistake, Planning, Row, Thing,
    Undo,
};
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

/// Whoever wrote since then is still writing.
const LATELY: Duration = Duration::from_secs(600);

struct Seen<'a> {
    cluster: &'a KafkaCluster,
    topic: &'a Topic,
    readers: &'a [Reader],
    ranges: &'a [LogRange],
    lately: &'a [OffsetAt],
    dirs: &'a [BrokerDirs],
}

impl Seen<'_> {
    fn unread(&self) -> impl Iterator<Item = (&Reader, u64)> {
        let nothing = BTreeMap::new();
        self.readers.iter().map(move |reader| (reader, topics::unread(reader, self.ranges, &nothing)))
    }
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let Some(name) = arguments.topic("topic") else {
        return Planning::Mistake(Mistake::new("missing-option", Facts::none().with("option", "topic")));
    };
    let mut looker = Looker::new(sections);
    let seen = look(name, context.now, &mut looker);
    topics::planned(seen, looker.needed(), context, |seen| draft(name, seen, context))
}

fn look<'a>(name: &TopicName, now: Millis, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (cluster, topic, dirs) = (looks.cluster(), looks.topic(name), looks.dirs());
    let topic = topic.map(|topic| topics::existing(name, topic)).transpose()?;
    let (readers, ranges, lately) = match topic {
        Some(_) => (looks.readers(name), looks.ranges(name), looks.at(name, now.minus(LATELY))),
        None => (None, None, None),
    };
    looks.settled()?;
    let seen = || {
        Some(Seen {
            cluster: cluster?,
            topic: topic?,
            readers: readers?,
            ranges: ranges?,
            lately: lately?,
            dirs: dirs?,
        })
    };
    Ok(seen())
}

fn draft(name: &TopicName, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Topic(name.to_string()), Aspect::Life);
    let mut checks = checks(name, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let ends = seen.ranges.iter().map(|range| (range.partition, range.end)).collect();
    let needs = vec![
        topics::cluster_is(seen.cluster),
        offsets::topic_is(name, seen.topic),
        Expectation::KafkaTopicUnused { topic: name.clone() },
        Expectation::KafkaLogEndsAre { topic: name.clone(), ends },
    ];
    let gone =
        GoneTopic { topic: name.clone(), topic_id: seen.topic.id.clone(), partitions: topics::partitions(seen.topic) };
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: BTreeMap::from([("topic".to_owned(), name.to_string())]),
        effect: Effect::Irreversible,
        holds,
        expectations: needs.clone(),
        steps: topics::step(KafkaAction::DeleteTopic(gone), needs, Undo::Irreversible { lost: lost(name, seen) }),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(name, seen),
        estimate: topics::estimate(seen.topic.partitions.len()),
        checks,
    })
}

/// What is lost: records, and bytes of one replica of each partition.
fn lost(name: &TopicName, seen: &Seen<'_>) -> Facts {
    let bytes = sizes(name, seen.dirs).values().copied().fold(0, u64::saturating_add);
    Facts::none()
        .with("topic", name.as_str())
        .with("partitions", seen.topic.partitions.len())
        .with("records", topics::count_of(seen.ranges))
        .with("bytes", Fact::Bytes(bytes))
}

fn checks(name: &TopicName, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let on = ("topic", name.as_str());
    checks.extend(topics::rights_checks(on, rights::DELETE_ON_TOPIC, &seen.topic.rights));
    checks.extend(topics::system_check(name, seen.topic.internal));
    checks.push(topics::connected_check(name, seen.readers));
    checks.push(written_check(name, seen));
    checks.extend(unread_check(seen));
    checks.extend(offline_check(name, seen));
    checks
}

/// Kafka does not tell who produces: that records came in lately does.
fn written_check(name: &TopicName, seen: &Seen<'_>) -> Check {
    let ends: BTreeMap<i32, i64> = seen.ranges.iter().map(|range| (range.partition, range.end)).collect();
    let of = |one: &OffsetAt| Some(ends.get(&one.partition)?.saturating_sub(one.offset?));
    let count = seen.lately.iter().filter_map(of).fold(0_i64, i64::saturating_add);
    if count <= 0 {
        return Check::pass("topic-written-lately");
    }
    let facts = Facts::none().with("topic", name.as_str()).with("count", count).with("span", LATELY);
    Check::new(Level::Block, "topic-written-lately", facts)
}

fn unread_check(seen: &Seen<'_>) -> Option<Check> {
    let some: Vec<_> = seen.unread().filter(|(_, unread)| *unread > 0).collect();
    let groups: Vec<String> = some.iter().map(|(reader, _)| reader.group.to_string()).collect();
    let count = some.iter().map(|(_, unread)| *unread).fold(0, u64::saturating_add);
    let facts = Facts::none().with("groups", groups).with("count", i64::try_from(count).unwrap_or(i64::MAX));
    (count > 0).then(|| Check::new(Level::Consent, "unread-records-go", facts))
}

/// What lies in partitions without a leader cannot be counted.
fn offline_check(name: &TopicName, seen: &Seen<'_>) -> Option<Check> {
    let mut offline = seen.topic.partitions.iter().filter(|one| one.leader.is_none());
    let first = offline.next()?;
    let facts = offsets::of_partition(name, first.partition).with("count", offline.count() + 1);
    Some(Check::new(Level::Block, "partition-offline", facts))
}

fn impact(name: &TopicName, seen: &Seen<'_>) -> Impact {
    let row = |(reader, unread): (&Reader, u64)| Row::Reader {
        group: reader.group.to_string(),
        members: u64::try_from(reader.members.len()).unwrap_or(u64::MAX),
        unread,
    };
    Impact {
        worst_case: "delete-loses-records".to_owned(),
        facts: lost(name, seen),
        rows: seen.unread().map(row).collect(),
        ..topics::affected(name, seen.readers)
    }
}
