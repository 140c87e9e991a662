//! `/health`: what is wrong with a cluster now, and what is still to be put back.

use super::{Asked, LookAnswer, Looking, answer};
use crate::cluster::kafka::{ConfigEntry, Topic, TopicOverview};
use crate::cluster::{Look, Looker};
use crate::freeze::Freeze;
use crate::id::{ClusterName, OperationId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Of how many unhealthy topics the details are looked up; the rest is counted.
const MOST_TOPICS: usize = 20;

/// How a cluster is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Nothing found.
    Healthy,
    /// Replicas are missing or something is still to be put back, and no traffic was found to stand still: see
    /// [`Health::is_whole`].
    Degraded,
    /// Partitions cannot be written or read, or there is no controller.
    Broken,
}

/// The health of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The cluster.
    pub cluster: ClusterName,
    /// In one word.
    pub grade: Grade,
    /// Live brokers, by id.
    pub brokers: Vec<i32>,
    /// The active controller, if one is known.
    pub controller: Option<i32>,
    /// Partitions without a leader.
    pub offline: u64,
    /// Partitions with fewer in-sync replicas than replicas.
    pub under_replicated: u64,
    /// Partitions of the listed topics with fewer in-sync replicas than the topic's own `min.insync.replicas`: writes with
    /// `acks=all` fail.
    pub under_min_isr: u64,
    /// Unhealthy topics without a `min.insync.replicas` of their own: whether they are below it is not known.
    pub min_isr_unknown: usize,
    /// The unhealthy topics in scope, worst first.
    pub topics: Vec<UnhealthyTopic>,
    /// Unhealthy topics that are not listed, because there are too many or they are out of scope.
    pub topics_left_out: usize,
    /// What is still to be put back.
    pub obligations: Vec<Obligation>,
    /// The freezes that stop changes; they make it no less healthy.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

impl Health {
    /// Whether every unhealthy topic was looked at and its minimum is known: only then it is told that traffic flows.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.topics_left_out == 0 && self.min_isr_unknown == 0
    }
}

/// A topic with something wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnhealthyTopic {
    /// The topic.
    pub topic: TopicName,
    /// Partitions without a leader.
    pub offline: u32,
    /// Partitions with fewer in-sync replicas than replicas.
    pub under_replicated: u32,
    /// Partitions below the topic's own minimum; none if it has none of its own or it could not be seen.
    pub under_min_isr: Option<u32>,
}

/// Something that an operation left and that must still be put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// The operation that owes it.
    pub operation: OperationId,
    /// What it is about, as a key of a sentence.
    pub id: String,
    /// The thing, by name.
    pub thing: String,
    /// By when.
    pub due: Millis,
}

pub(super) fn look(asked: &Asked<'_>) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let (cluster, topics) = (looker.kafka_cluster(), looker.kafka_topics());
    let (cluster, topics) = match (cluster, topics) {
        (Look::Seen(cluster), Look::Seen(topics)) => (cluster, topics),
        (Look::Failed(failure), _) | (_, Look::Failed(failure)) => return Looking::Failed(failure.clone()),
        (Look::Ask, _) | (_, Look::Ask) => return Looking::Need(looker.needed()),
    };
    let mut unhealthy: Vec<&TopicOverview> =
        topics.iter().filter(|topic| topic.offline > 0 || topic.under_replicated > 0).collect();
    unhealthy.sort_by_key(|topic| std::cmp::Reverse((topic.offline, topic.under_replicated)));
    let in_scope = unhealthy.iter().filter(|topic| (asked.visible.topic)(&topic.name)).take(MOST_TOPICS);
    let listed: Vec<UnhealthyTopic> = in_scope.map(|topic| unhealthy_topic(topic, &mut looker)).collect();
    if !looker.is_satisfied() {
        return Looking::Need(looker.needed());
    }
    let offline = topics.iter().map(|topic| u64::from(topic.offline)).sum();
    let under_replicated = topics.iter().map(|topic| u64::from(topic.under_replicated)).sum();
    let under_min_isr = listed.iter().filter_map(|topic| topic.under_min_isr).map(u64::from).sum();
    answer(LookAnswer::Health(Health {
        cluster: asked.cluster.name.clone(),
        grade: grade(offline + under_min_isr > 0 || cluster.controller.is_none(), under_replicated, asked),
        brokers: cluster.brokers.iter().map(|broker| broker.id).collect(),
        controller: cluster.controller,
        offline,
        under_replicated,
        under_min_isr,
        min_isr_unknown: listed.iter().filter(|topic| topic.under_min_isr.is_none()).count(),
        topics_left_out: unhealthy.len() - listed.len(),
        topics: listed,
        obligations: asked.obligations.to_vec(),
        freezes: asked.freezes.to_vec(),
    }))
}

fn grade(broken: bool, under_replicated: u64, asked: &Asked<'_>) -> Grade {
    if broken {
        Grade::Broken
    } else if under_replicated > 0 || !asked.obligations.is_empty() {
        Grade::Degraded
    } else {
        Grade::Healthy
    }
}

fn unhealthy_topic(overview: &TopicOverview, looker: &mut Looker<'_>) -> UnhealthyTopic {
    let (topic, settings) = (looker.kafka_topic(&overview.name), looker.kafka_topic_config(&overview.name));
    let minimum = settings.seen().and_then(|settings| minimum(settings));
    let under_min_isr = match (topic.seen(), minimum) {
        (Some(Some(topic)), Some(minimum)) => Some(below(topic, minimum)),
        _ => None,
    };
    UnhealthyTopic {
        topic: overview.name.clone(),
        offline: overview.offline,
        under_replicated: overview.under_replicated,
        under_min_isr,
    }
}

fn minimum(settings: &[ConfigEntry]) -> Option<usize> {
    let entry = settings.iter().find(|entry| entry.key == "min.insync.replicas")?;
    entry.value.as_ref()?.parse().ok()
}

fn below(topic: &Topic, minimum: usize) -> u32 {
    let below = topic.partitions.iter().filter(|partition| partition.isr.len() < minimum).count();
    u32::try_from(below).unwrap_or(u32::MAX)
}
