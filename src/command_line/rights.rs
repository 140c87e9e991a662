//! The rights on Kafka that the bot needs in a cluster's mode, and those that it lacks.

use engine::port::Observe;
use interlock::changes::rights::{self, On};
use interlock::cluster::kafka::{KafkaQuery, Right, Rights};
use interlock::cluster::{Look, Looker, Mode, Query, Sections};
use std::collections::{BTreeMap, BTreeSet};

/// How many topics and groups are asked about, each.
const MOST: usize = 200;
/// How many names are said.
const MOST_NAMED: usize = 3;

/// What is needed to look, and to carry out a reset as well: without these the check fails. What other commands need more
/// is remarked.
fn needed(on: On, mode: Mode) -> BTreeSet<Right> {
    let look: &[Right] = match on {
        On::Cluster | On::Group => &[Right::Describe],
        On::Topic => &[Right::Describe, Right::DescribeConfigs],
    };
    let change: &[Right] = match on {
        _ if mode != Mode::Change => &[],
        On::Cluster => &[],
        On::Group => rights::RESET_ON_GROUP,
        On::Topic => rights::RESET_ON_TOPIC,
    };
    look.iter().chain(change).copied().collect()
}

/// What a cluster tells of our rights.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Sentences: what is missing, and what could not be seen.
    pub(super) wrong: Vec<String>,
    /// How many topics were asked about.
    pub(super) topics: usize,
    /// How many groups.
    pub(super) groups: usize,
    /// How many more there are of both.
    pub(super) left_out: usize,
    /// Sentences: which other commands would be refused.
    pub(super) remarks: Vec<String>,
    /// Each right that is missing, and on which things.
    missing: BTreeMap<(On, Right), Vec<String>>,
    /// The same of what only some commands need.
    missing_for: BTreeMap<&'static str, BTreeMap<(On, Right), Vec<String>>>,
    /// Whether a broker did not tell them.
    untold: bool,
}

/// Asks a cluster for our rights on itself, and on the topics and groups that it shows us.
pub(super) async fn look(cluster: &(impl Observe + ?Sized), mode: Mode) -> Found {
    let lists = [KafkaQuery::Cluster, KafkaQuery::Topics, KafkaQuery::Groups].map(Query::Kafka);
    let seen = cluster.observe(&BTreeSet::from(lists)).await;
    let mut found = Found::default();
    if let Look::Seen(cluster) = Looker::new(&seen).kafka_cluster() {
        found.compare((On::Cluster, ""), &cluster.rights, mode);
    }
    let things = found.things(&seen);
    let each = cluster.observe(&things).await;
    things.iter().for_each(|thing| found.see(thing, &each, mode));
    found.sum_up();
    found
}

impl Found {
    /// The topics and groups that are asked about. Where there are none, the right to see them may be what is missing.
    fn things(&mut self, seen: &Sections) -> BTreeSet<Query> {
        let mut looker = Looker::new(seen);
        let mut things = BTreeSet::new();
        match looker.kafka_topics() {
            Look::Seen(topics) => {
                let ours: Vec<_> = topics.iter().filter(|topic| !topic.internal).collect();
                self.topics = ours.len().min(MOST);
                self.left_out += ours.len() - self.topics;
                things.extend(ours.iter().take(MOST).map(|topic| Query::Kafka(KafkaQuery::Topic(topic.name.clone()))));
                if ours.is_empty() {
                    self.wrong.push("no topic is seen: there is none, or DESCRIBE on topics is missing".to_owned());
                }
            }
            Look::Failed(failure) => self.wrong.push(format!("topics: {}", failure.said)),
            Look::Ask => {}
        }
        match looker.kafka_groups() {
            Look::Seen(groups) => {
                self.groups = groups.len().min(MOST);
                self.left_out += groups.len() - self.groups;
                things.extend(groups.iter().take(MOST).map(|group| Query::Kafka(KafkaQuery::Group(group.id.clone()))));
            }
            Look::Failed(failure) => self.wrong.push(format!("groups: {}", failure.said)),
            Look::Ask => {}
        }
        things
    }

    /// Our rights on one of them. One that is gone meanwhile needs none.
    fn see(&mut self, thing: &Query, seen: &Sections, mode: Mode) {
        let mut looker = Looker::new(seen);
        let Query::Kafka(thing) = thing else { return };
        match thing {
            KafkaQuery::Topic(name) => match looker.kafka_topic(name) {
                Look::Seen(Some(topic)) => self.compare((On::Topic, name.as_str()), &topic.rights, mode),
                Look::Failed(failure) => self.wrong.push(format!("topic {name}: {}", failure.said)),
                Look::Seen(None) | Look::Ask => {}
            },
            KafkaQuery::Group(id) => match looker.kafka_group(id) {
                Look::Seen(Some(group)) => self.compare((On::Group, id.as_str()), &group.rights, mode),
                Look::Failed(failure) => self.wrong.push(format!("group {id}: {}", failure.said)),
                Look::Seen(None) | Look::Ask => {}
            },
            _ => {}
        }
    }

    fn compare(&mut self, (on, name): (On, &str), told: &Rights, mode: Mode) {
        let Some(told) = told else {
            self.untold = true;
            return;
        };
        let needed = needed(on, mode);
        for right in needed.difference(told) {
            self.missing.entry((on, *right)).or_default().push(name.to_owned());
        }
        if mode != Mode::Change {
            return;
        }
        let mut more: BTreeMap<&'static str, BTreeSet<Right>> = BTreeMap::new();
        for row in rights::TABLE.iter().filter(|row| row.on == on) {
            let lacking = row.rights.iter().filter(|right| !told.contains(right) && !needed.contains(right));
            more.entry(row.command).or_default().extend(lacking);
        }
        for (command, lacking) in more {
            for right in lacking {
                let of_command = self.missing_for.entry(command).or_default();
                of_command.entry((on, right)).or_default().push(name.to_owned());
            }
        }
    }

    fn sum_up(&mut self) {
        if self.untold {
            self.wrong.push("the brokers do not tell our rights".to_owned());
        }
        self.wrong.extend(self.sentences(&self.missing));
        let remark = |(command, missing): (&&str, &BTreeMap<(On, Right), Vec<String>>)| {
            format!("{command} is refused where it needs this: {}", self.sentences(missing).join("; "))
        };
        self.remarks = self.missing_for.iter().map(remark).collect();
    }

    fn sentences(&self, missing: &BTreeMap<(On, Right), Vec<String>>) -> Vec<String> {
        missing.iter().map(|((on, right), names)| self.sentence(*on, right.name(), names)).collect()
    }

    /// "DELETE is missing on 2 of 3 groups (billing, audit)".
    fn sentence(&self, on: On, right: &str, names: &[String]) -> String {
        let (of, things) = match on {
            On::Cluster => return format!("{right} is missing on the cluster"),
            On::Group => (self.groups, "groups"),
            On::Topic => (self.topics, "topics"),
        };
        let named = names.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if names.len() > MOST_NAMED { ", …" } else { "" };
        format!("{right} is missing on {} of {of} {things} ({named}{more})", names.len())
    }
}
