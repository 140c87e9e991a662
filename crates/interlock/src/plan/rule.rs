//! Rules: steps whose actions are fixed only when their turn comes, within what was approved.

use super::action::Action;
use super::expectation::{Expectation, OffsetInLog};
use super::kafka_action::{KafkaAction, OffsetMove};
use super::rocketmq_expectation::QueueOffset;
use super::rocketmq_rule::{self, QueueRule};
use super::seed_rule::{self, SeedRule};
use crate::cluster::kafka::{Committed, LogRange, OffsetAt};
use crate::cluster::{Look, Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A bounded step. Closed; each rule carries its literal bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Sets a stopped group's offsets, counted from what was captured after it stopped.
    KafkaResetOffsets(OffsetRule),
    /// Sets a group's offsets on RocketMQ, counted from what was captured while its clients may go on.
    RocketmqResetOffsets(QueueRule),
    /// Gives every group of a topic on RocketMQ an offset in new queues.
    RocketmqSeedOffsets(SeedRule),
}

impl Rule {
    /// The step whose captured values it counts from; 0 if it counts from none.
    #[must_use]
    pub fn captured_by(&self) -> u32 {
        match self {
            Self::KafkaResetOffsets(rule) => rule.captured_by,
            Self::RocketmqResetOffsets(rule) => rule.captured_by,
            Self::RocketmqSeedOffsets(_) => 0,
        }
    }
}

/// The one rule of a reset that waits: target, clamp to the log, partitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetRule {
    /// The group.
    pub group: GroupId,
    /// Where to.
    pub target: OffsetTarget,
    /// The partitions, and no others.
    pub partitions: Vec<(TopicName, Vec<i32>)>,
    /// The step whose captured vector is the base.
    pub captured_by: u32,
}

/// Where a group's offsets are set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffsetTarget {
    /// The first offset that can be read.
    Earliest,
    /// The log's end.
    Latest,
    /// This offset.
    Offset(i64),
    /// So many records forward (positive) or back (negative) from what is committed.
    Shift(i64),
    /// The first record at or after this instant.
    At(Millis),
}

impl std::fmt::Display for OffsetTarget {
    /// As it is typed: `earliest`, `latest`, `offset:42`, `shift:-100`, or an instant.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Earliest => f.write_str("earliest"),
            Self::Latest => f.write_str("latest"),
            Self::Offset(offset) => write!(f, "offset:{offset}"),
            Self::Shift(by) => write!(f, "shift:{by:+}"),
            Self::At(instant) => write!(f, "{instant}"),
        }
    }
}

/// A committed vector as it was captured into the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Captured {
    /// Every partition of the capture, absent commits as none.
    pub offsets: Vec<super::OffsetExpected>,
    /// Every queue of the capture on RocketMQ, absent offsets as none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<QueueOffset>,
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expansion {
    /// It has to see more.
    Need(BTreeSet<Query>),
    /// Do this; empty if there is nothing to do.
    Actions(Vec<Action>),
    /// What would have to be done lies outside of what was approved.
    OutOfBounds(Facts),
    /// A look failed.
    CannotTell(Facts),
}

/// Expands a rule. Pure: the same sections and captured vector give the same actions.
#[must_use]
pub fn expand(rule: &Rule, captured: &Captured, sections: &Sections) -> Expansion {
    match rule {
        Rule::KafkaResetOffsets(rule) => kafka(rule, captured, sections),
        Rule::RocketmqResetOffsets(rule) => rocketmq_rule::expand(rule, captured, sections),
        Rule::RocketmqSeedOffsets(rule) => seed_rule::expand(rule, sections),
    }
}

fn kafka(rule: &OffsetRule, captured: &Captured, sections: &Sections) -> Expansion {
    let mut looker = Looker::new(sections);
    let mut moves = Vec::new();
    for (topic, partitions) in &rule.partitions {
        match moves_of(rule, (topic, partitions), captured, &mut looker) {
            Ok(of_topic) => moves.extend(of_topic),
            Err(Stop::Ask) => {}
            Err(Stop::Failed(facts)) => return Expansion::CannotTell(facts),
            Err(Stop::Outside(facts)) => return Expansion::OutOfBounds(facts),
        }
    }
    let needed = looker.needed();
    if !needed.is_empty() {
        return Expansion::Need(needed);
    }
    if moves.is_empty() {
        return Expansion::Actions(Vec::new());
    }
    Expansion::Actions(vec![Action::Kafka(KafkaAction::CommitOffsets { group: rule.group.clone(), moves })])
}

/// That what a rule wants to commit lies within the logs. It did when it was counted; logs go on.
#[must_use]
pub fn targets_in_log(action: &Action) -> Vec<Expectation> {
    let Action::Kafka(KafkaAction::CommitOffsets { moves, .. }) = action else { return Vec::new() };
    let mut by_topic: BTreeMap<&TopicName, Vec<OffsetInLog>> = BTreeMap::new();
    for one in moves {
        let target = OffsetInLog { partition: one.partition, offset: one.to.offset };
        by_topic.entry(&one.topic).or_default().push(target);
    }
    let in_log = |(topic, offsets): (&TopicName, _)| Expectation::KafkaOffsetsInLog { topic: topic.clone(), offsets };
    by_topic.into_iter().map(in_log).collect()
}

enum Stop {
    Ask,
    Failed(Facts),
    Outside(Facts),
}

fn moves_of(
    rule: &OffsetRule,
    of: (&TopicName, &[i32]),
    captured: &Captured,
    looker: &mut Looker<'_>,
) -> Result<Vec<OffsetMove>, Stop> {
    let (topic, partitions) = of;
    let ranges = look_at(looker.kafka_log_ranges(topic));
    let at = match rule.target {
        OffsetTarget::At(instant) => look_at(looker.kafka_offsets_at(topic, instant)).map(Some),
        _ => Ok(None),
    };
    let log = Log::new(ranges?, at?.map(Vec::as_slice));
    let base: BTreeMap<i32, Option<&Committed>> = captured
        .offsets
        .iter()
        .filter(|one| one.topic == *topic)
        .map(|one| (one.partition, one.committed.as_ref()))
        .collect();
    let mut moves = Vec::new();
    for &partition in partitions {
        let facts = || Facts::none().with("topic", topic.as_str()).with("partition", i64::from(partition));
        // Not captured is not the same as captured as absent: the way back would remove a commit that stood there.
        let Some(from) = base.get(&partition).copied() else {
            return Err(Stop::Outside(facts().with("failure", "not-captured")));
        };
        let Some(resolved) = log.resolve(rule.target, partition, from.map(|committed| committed.offset)) else {
            return Err(Stop::Outside(facts()));
        };
        let Resolved::To { offset, .. } = resolved else { continue };
        if from.is_some_and(|committed| committed.offset == offset) {
            continue;
        }
        moves.push(OffsetMove { topic: topic.clone(), partition, from: from.cloned(), to: Committed::plain(offset) });
    }
    Ok(moves)
}

fn look_at<'a, T: ?Sized>(look: Look<'a, T>) -> Result<&'a T, Stop> {
    match look {
        Look::Seen(value) => Ok(value),
        Look::Ask => Err(Stop::Ask),
        Look::Failed(failure) => {
            Err(Stop::Failed(Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str())))
        }
    }
}

/// A topic's log, as targets are resolved against it.
#[derive(Debug)]
pub struct Log<'a> {
    ranges: BTreeMap<i32, &'a LogRange>,
    at: BTreeMap<i32, Option<i64>>,
}

/// Where a target lands in one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// There.
    To {
        /// The offset, always within the log.
        offset: i64,
        /// Whether that is what was wanted.
        edge: Edge,
    },
    /// A shift without a commit to count from: the partition is left alone.
    NothingToShift,
}

/// How a wanted target lies to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Within it.
    Inside,
    /// Outside: the offset was moved to the nearer edge.
    Clamped {
        /// The offset that was wanted.
        wanted: i64,
    },
    /// The wanted instant is not after the first record that is still there; the offset is the log's start.
    BeforeFirstRecord,
    /// The wanted instant is after the last record; the offset is the log's end.
    AfterLastRecord,
}

impl<'a> Log<'a> {
    /// A topic's log; `at` for targets that are an instant.
    #[must_use]
    pub fn new(ranges: &'a [LogRange], at: Option<&'a [OffsetAt]>) -> Self {
        Self {
            ranges: ranges.iter().map(|range| (range.partition, range)).collect(),
            at: at.unwrap_or_default().iter().map(|one| (one.partition, one.offset)).collect(),
        }
    }

    /// The range of a partition.
    #[must_use]
    pub fn range(&self, partition: i32) -> Option<&'a LogRange> {
        self.ranges.get(&partition).copied()
    }

    /// Where a target lands in a partition with this commit; none if the log of the partition was not seen.
    #[must_use]
    pub fn resolve(&self, target: OffsetTarget, partition: i32, committed: Option<i64>) -> Option<Resolved> {
        let range = self.range(partition)?;
        Some(match target {
            OffsetTarget::Earliest => to(range.start, Edge::Inside),
            OffsetTarget::Latest => to(range.end, Edge::Inside),
            OffsetTarget::Offset(offset) => clamp(range, offset),
            OffsetTarget::Shift(by) => match committed {
                Some(committed) => clamp(range, committed.saturating_add(by)),
                None => Resolved::NothingToShift,
            },
            OffsetTarget::At(_) => at_instant(range, *self.at.get(&partition)?),
        })
    }
}

fn to(offset: i64, edge: Edge) -> Resolved {
    Resolved::To { offset, edge }
}

/// An empty log has neither a first nor a last record, so no instant lies outside of it.
fn at_instant(range: &LogRange, found: Option<i64>) -> Resolved {
    match found {
        _ if range.start >= range.end => to(range.end, Edge::Inside),
        None => to(range.end, Edge::AfterLastRecord),
        Some(offset) if offset == range.start => to(offset, Edge::BeforeFirstRecord),
        Some(offset) => clamp(range, offset),
    }
}

/// The broker accepts a commit past the end of the log, so the edge is kept here.
fn clamp(range: &LogRange, wanted: i64) -> Resolved {
    let offset = wanted.clamp(range.start, range.end.max(range.start));
    to(offset, if offset == wanted { Edge::Inside } else { Edge::Clamped { wanted } })
}
