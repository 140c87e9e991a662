//! `/topic`: partitions, leaders, in-sync replicas, extent of the log, own settings.

use super::suggest::unknown_topic;
use super::{Asked, LookAnswer, Looking, Part, answer, missing, part};
use crate::cluster::kafka::{ConfigEntry, LogRange, Topic};
use crate::cluster::{Look, Looker};
use crate::id::{ClusterName, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicLook {
    /// The cluster.
    pub cluster: ClusterName,
    /// The topic.
    pub topic: TopicName,
    /// Its id, which tells it from a topic that was deleted and made again.
    pub id: String,
    /// Its partitions, in order.
    pub partitions: Vec<PartitionLine>,
    /// Why the extent of the log is not known, if it is not.
    pub ranges_failed: Option<crate::cluster::Failure>,
    /// Its own settings: those that differ from the default.
    pub settings: Part<Vec<ConfigEntry>>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionLine {
    /// Its number.
    pub partition: i32,
    /// The leader's broker id; none if it is offline.
    pub leader: Option<i32>,
    /// The replicas' broker ids, the preferred leader first.
    pub replicas: Vec<i32>,
    /// The in-sync replicas.
    pub isr: Vec<i32>,
    /// First and next offset, if they were seen.
    pub range: Option<(i64, i64)>,
}

pub(super) fn look(asked: &Asked<'_>) -> Looking {
    let Some(name) = asked.arguments.topic("topic") else { return missing("topic") };
    if !(asked.visible.topic)(name) {
        return unknown_topic(asked, name);
    }
    let mut looker = Looker::new(asked.sections);
    let topic = looker.kafka_topic(name);
    let ranges = part(looker.kafka_log_ranges(name));
    let settings = part(looker.kafka_topic_config(name));
    let topic = match topic {
        Look::Seen(Some(topic)) => topic,
        Look::Seen(None) => return unknown_topic(asked, name),
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    };
    let (Some(ranges), Some(settings)) = (ranges, settings) else { return Looking::Need(looker.needed()) };
    answer(LookAnswer::Topic(TopicLook {
        cluster: asked.cluster.name.clone(),
        topic: name.clone(),
        id: topic.id.clone(),
        partitions: lines(topic, ranges.known().copied().map_or(&[], Vec::as_slice)),
        ranges_failed: match ranges {
            Part::Known(_) => None,
            Part::Unknown(failure) => Some(failure),
        },
        settings: settings.map(Clone::clone),
    }))
}

fn lines(topic: &Topic, ranges: &[LogRange]) -> Vec<PartitionLine> {
    let ranges: BTreeMap<i32, (i64, i64)> =
        ranges.iter().map(|range| (range.partition, (range.start, range.end))).collect();
    topic
        .partitions
        .iter()
        .map(|one| PartitionLine {
            partition: one.partition,
            leader: one.leader,
            replicas: one.replicas.clone(),
            isr: one.isr.clone(),
            range: ranges.get(&one.partition).copied(),
        })
        .collect()
}
