//! The rights on Kafka that the bot needs in a cluster's mode, and those that it lacks.

use engine::port::Observe;
use interlock::cluster::kafka::{KafkaQuery, Right, Rights};
use interlock::cluster::{Look, Looker, Mode, Query, Sections};
use std::collections::{BTreeMap, BTreeSet};

/// How many topics and groups are asked about, each.
const MOST: usize = 200;
/// How many names are said.
const MOST_NAMED: usize = 3;

/// What is needed to look at a cluster, its topics and its groups.
const LOOK: Needed = Needed {
    cluster: &[Right::Describe],
    topic: &[Right::Describe, Right::DescribeConfigs],
    group: &[Right::Describe],
};
/// What a change needs as well: offsets are committed by READ, and what is to be absent again is removed by DELETE.
const CHANGE: Needed = Needed { cluster: &[], topic: &[Right::Read], group: &[Right::Read, Right::Delete] };

struct Needed {
    cluster: &'static [Right],
    topic: &'static [Right],
    group: &'static [Right],
}

/// A right that is missing, and on which things of a kind.
type Missing = BTreeMap<(&'static str, &'static str), Vec<String>>;

/// What a cluster tells of our rights.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Sentences: what is missing, and what could not be seen.
    pub(super) wrong: Vec<String>,
    /// How many topics and groups were asked about.
    pub(super) asked: (usize, usize),
    /// How many more there are.
    pub(super) left_out: usize,
}

/// Asks a cluster for our rights on itself, and on the topics and groups that it shows us.
pub(super) async fn look(cluster: &(impl Observe + ?Sized), mode: Mode) -> Found {
    let lists = [KafkaQuery::Cluster, KafkaQuery::Topics, KafkaQuery::Groups].map(Query::Kafka);
    let seen = cluster.observe(&BTreeSet::from(lists)).await;
    let mut found = Found::default();
    let things = things(&seen, &mut found);
    let each = cluster.observe(&things).await;
    let mut missing = Missing::new();
    let mut told = true;
    let mut lacks = |on: &'static str, name: &str, rights: &Rights, needed: [&[Right]; 2]| {
        let Some(rights) = rights else {
            told = false;
            return;
        };
        let all = needed.into_iter().flatten().filter(|right| !rights.contains(right));
        all.for_each(|right| missing.entry((on, right.name())).or_default().push(name.to_owned()));
    };
    let change: &Needed = if mode == Mode::Change { &CHANGE } else { &Needed { cluster: &[], topic: &[], group: &[] } };
    if let Look::Seen(cluster) = Looker::new(&seen).kafka_cluster() {
        lacks("cluster", "", &cluster.rights, [LOOK.cluster, change.cluster]);
    }
    for query in &things {
        let mut looker = Looker::new(&each);
        match query {
            Query::Kafka(KafkaQuery::Topic(name)) => match looker.kafka_topic(name) {
                Look::Seen(Some(topic)) => lacks("topic", name.as_str(), &topic.rights, [LOOK.topic, change.topic]),
                Look::Failed(failure) => found.wrong.push(format!("topic {name}: {}", failure.said)),
                Look::Seen(None) | Look::Ask => {}
            },
            Query::Kafka(KafkaQuery::Group(id)) => match looker.kafka_group(id) {
                Look::Seen(Some(group)) => lacks("group", id.as_str(), &group.rights, [LOOK.group, change.group]),
                Look::Failed(failure) => found.wrong.push(format!("group {id}: {}", failure.said)),
                Look::Seen(None) | Look::Ask => {}
            },
            Query::Kafka(_) => {}
        }
    }
    if !told {
        found.wrong.push("the brokers do not tell our rights".to_owned());
    }
    found.wrong.extend(missing.iter().map(|((on, right), names)| sentence(on, right, names, found.asked)));
    found
}

/// The topics and groups that are asked about. Where there are none, the right to see them may be what is missing.
fn things(seen: &Sections, found: &mut Found) -> BTreeSet<Query> {
    let mut looker = Looker::new(seen);
    let mut things = BTreeSet::new();
    match looker.kafka_topics() {
        Look::Seen(topics) => {
            let ours = topics.iter().filter(|topic| !topic.internal);
            let count = ours.clone().count();
            found.asked.0 = count.min(MOST);
            found.left_out += count - found.asked.0;
            things.extend(ours.take(MOST).map(|topic| Query::Kafka(KafkaQuery::Topic(topic.name.clone()))));
            if count == 0 {
                found.wrong.push("no topic is seen: there is none, or DESCRIBE on topics is missing".to_owned());
            }
        }
        Look::Failed(failure) => found.wrong.push(format!("topics: {}", failure.said)),
        Look::Ask => {}
    }
    match looker.kafka_groups() {
        Look::Seen(groups) => {
            found.asked.1 = groups.len().min(MOST);
            found.left_out += groups.len() - found.asked.1;
            things.extend(groups.iter().take(MOST).map(|group| Query::Kafka(KafkaQuery::Group(group.id.clone()))));
        }
        Look::Failed(failure) => found.wrong.push(format!("groups: {}", failure.said)),
        Look::Ask => {}
    }
    things
}

/// "DELETE is missing on 2 of 3 groups (billing, audit)".
fn sentence(on: &str, right: &str, names: &[String], asked: (usize, usize)) -> String {
    let of = match on {
        "cluster" => return format!("{right} is missing on the cluster"),
        "topic" => asked.0,
        _ => asked.1,
    };
    let named = names.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if names.len() > MOST_NAMED { ", …" } else { "" };
    format!("{right} is missing on {} of {of} {on}s ({named}{more})", names.len())
}
