//! `/lag` of a group in a topic, partition by partition.

use super::group::lag_in;
use super::suggest::{unknown_group, unknown_topic};
use super::{Asked, LookAnswer, Looking, answer, missing};
use crate::cluster::kafka::{CommittedOffset, LogRange};
use crate::cluster::{Look, Looker};
use crate::id::{ClusterName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The lag of a group in a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LagLook {
    /// The cluster.
    pub cluster: ClusterName,
    /// The topic.
    pub topic: TopicName,
    /// The group's lag in it.
    pub group: GroupLag,
}

/// One group's lag in the topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLag {
    /// The group.
    pub group: GroupId,
    /// Records after all its commits.
    pub total: i64,
    /// Every partition of the topic, in order.
    pub partitions: Vec<PartitionLag>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionLag {
    /// Its number.
    pub partition: i32,
    /// What is committed; none if nothing is.
    pub committed: Option<i64>,
    /// The log's first offset.
    pub start: i64,
    /// The log's end.
    pub end: i64,
    /// Records after the commit; none without a commit.
    pub lag: Option<i64>,
}

pub(super) fn look(asked: &Asked<'_>) -> Looking {
    let Some(topic) = asked.arguments.topic("topic") else { return missing("topic") };
    let Some(group) = asked.arguments.group("group") else { return missing("group") };
    if !(asked.visible.topic)(topic) {
        return unknown_topic(asked, topic);
    }
    if !(asked.visible.group)(group) {
        return unknown_group(asked, group);
    }
    let mut looker = Looker::new(asked.sections);
    let found = looker.kafka_topic(topic);
    let ranges = looker.kafka_log_ranges(topic);
    let (exists, committed) = (looker.kafka_group(group), looker.kafka_committed(group));
    match found {
        Look::Seen(Some(_)) => {}
        Look::Seen(None) => return unknown_topic(asked, topic),
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    }
    let ranges = match ranges {
        Look::Seen(ranges) => ranges,
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    };
    let committed = match committed {
        Look::Seen(committed) => committed,
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    };
    match exists {
        Look::Seen(None) if committed.is_empty() => return unknown_group(asked, group),
        Look::Ask => return Looking::Need(looker.needed()),
        Look::Seen(_) | Look::Failed(_) => {}
    }
    answer(LookAnswer::Lag(LagLook {
        cluster: asked.cluster.name.clone(),
        topic: topic.clone(),
        group: lag_of((topic, group), committed, ranges),
    }))
}

fn lag_of((topic, group): (&TopicName, &GroupId), committed: &[CommittedOffset], ranges: &[LogRange]) -> GroupLag {
    let commits: BTreeMap<i32, i64> =
        committed.iter().filter(|one| one.topic == *topic).map(|one| (one.partition, one.committed.offset)).collect();
    let partitions: Vec<PartitionLag> = ranges
        .iter()
        .map(|range| {
            let committed = commits.get(&range.partition).copied();
            PartitionLag {
                partition: range.partition,
                committed,
                start: range.start,
                end: range.end,
                lag: committed.map(|at| lag_in(range, at)),
            }
        })
        .collect();
    let total = partitions.iter().filter_map(|one| one.lag).fold(0, i64::saturating_add);
    GroupLag { group: group.clone(), total, partitions }
}
