//! `/lag`: how far groups are behind in a topic, partition by partition.

use super::group::lag_in;
use super::suggest::{unknown_group, unknown_topic};
use super::{Asked, LookAnswer, Looking, answer, missing};
use crate::cluster::kafka::{CommittedOffset, LogRange};
use crate::cluster::{Failure, Look, Looker};
use crate::id::{ClusterName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of how many groups the commits are looked up; the rest is counted as left out.
const MOST_GROUPS: usize = 200;

/// The lag of one group or of all groups in a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LagLook {
    /// The cluster.
    pub cluster: ClusterName,
    /// The topic.
    pub topic: TopicName,
    /// The groups that have a commit in it (or the one asked for), largest lag first.
    pub groups: Vec<GroupLag>,
    /// Groups whose commits could not be seen, and why.
    pub failed: Vec<(GroupId, Failure)>,
    /// Groups in scope that were not looked at, because there are too many.
    pub groups_left_out: usize,
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
    if !(asked.visible.topic)(topic) {
        return unknown_topic(asked, topic);
    }
    let mut looker = Looker::new(asked.sections);
    let found = looker.kafka_topic(topic);
    let ranges = looker.kafka_log_ranges(topic);
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
    match asked.arguments.group("group") {
        Some(group) => of_one(asked, (topic, group), ranges),
        None => of_all(asked, topic, ranges),
    }
}

fn of_one(asked: &Asked<'_>, (topic, group): (&TopicName, &GroupId), ranges: &[LogRange]) -> Looking {
    if !(asked.visible.group)(group) {
        return unknown_group(asked, group);
    }
    let mut looker = Looker::new(asked.sections);
    let exists = looker.kafka_group(group);
    let committed = looker.kafka_committed(group);
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
    let groups = vec![lag_of((topic, group), committed, ranges)];
    found(asked, topic, LagOf { groups, ..LagOf::default() })
}

#[derive(Default)]
struct LagOf {
    groups: Vec<GroupLag>,
    failed: Vec<(GroupId, Failure)>,
    left_out: usize,
}

fn of_all(asked: &Asked<'_>, topic: &TopicName, ranges: &[LogRange]) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let groups = match looker.kafka_groups() {
        Look::Seen(groups) => groups,
        Look::Failed(failure) => return Looking::Failed(failure.clone()),
        Look::Ask => return Looking::Need(looker.needed()),
    };
    let shown: Vec<&GroupId> = groups.iter().map(|group| &group.id).filter(|id| (asked.visible.group)(id)).collect();
    let mut all = LagOf { left_out: shown.len().saturating_sub(MOST_GROUPS), ..LagOf::default() };
    for group in shown.into_iter().take(MOST_GROUPS) {
        match looker.kafka_committed(group) {
            Look::Ask => {}
            Look::Failed(failure) => all.failed.push((group.clone(), failure.clone())),
            Look::Seen(committed) if committed.iter().all(|one| one.topic != *topic) => {}
            Look::Seen(committed) => all.groups.push(lag_of((topic, group), committed, ranges)),
        }
    }
    let needed = looker.needed();
    if !needed.is_empty() {
        return Looking::Need(needed);
    }
    all.groups.sort_by(|one, other| other.total.cmp(&one.total).then_with(|| one.group.cmp(&other.group)));
    found(asked, topic, all)
}

fn found(asked: &Asked<'_>, topic: &TopicName, lag: LagOf) -> Looking {
    answer(LookAnswer::Lag(LagLook {
        cluster: asked.cluster.name.clone(),
        topic: topic.clone(),
        groups: lag.groups,
        failed: lag.failed,
        groups_left_out: lag.left_out,
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
