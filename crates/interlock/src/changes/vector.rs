//! The vector of a group's offsets: what stands, what is wanted, and what that means for the group.

use crate::cluster::kafka::{Committed, CommittedOffset};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::{
    Action, Edge, Impact, KafkaAction, Log, OffsetExpected, OffsetInLog, OffsetMove, OffsetTarget, Resolved, Row,
};
use std::collections::BTreeMap;

/// One partition of the vector.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) topic: TopicName,
    pub(super) partition: i32,
    pub(super) from: Option<Committed>,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) goal: Resolved,
}

/// A group's commits by topic and partition.
pub(super) type Commits<'a> = BTreeMap<(&'a TopicName, i32), &'a Committed>;

pub(super) fn commits(committed: &[CommittedOffset]) -> Commits<'_> {
    committed.iter().map(|one| ((&one.topic, one.partition), &one.committed)).collect()
}

/// Resolves the target in one topic; a partition whose log was not seen is an `Err` with its number.
pub(super) fn resolve(
    of: (&TopicName, &[i32]),
    target: OffsetTarget,
    log: &Log<'_>,
    commits: &Commits<'_>,
) -> Vec<Result<Place, i32>> {
    let (topic, partitions) = of;
    let place = |&partition: &i32| {
        let range = log.range(partition).ok_or(partition)?;
        let from = commits.get(&(topic, partition)).map(|committed| (*committed).clone());
        let goal = log.resolve(target, partition, from.as_ref().map(|committed| committed.offset)).ok_or(partition)?;
        Ok(Place { topic: topic.clone(), partition, from, start: range.start, end: range.end, goal })
    };
    partitions.iter().map(place).collect()
}

impl Place {
    /// The offset that will be committed; none if the partition is left alone.
    pub(super) fn to(&self) -> Option<i64> {
        match self.goal {
            Resolved::To { offset, .. } => Some(offset),
            Resolved::NothingToShift => None,
        }
    }

    /// How the target lies to the log; none if the partition is left alone.
    pub(super) fn edge(&self) -> Option<Edge> {
        match self.goal {
            Resolved::To { edge, .. } => Some(edge),
            Resolved::NothingToShift => None,
        }
    }

    /// The same place with the target as it was wanted, within the log or not.
    pub(super) fn unclamped(mut self) -> Self {
        if let Resolved::To { edge: Edge::Clamped { wanted }, .. } = self.goal {
            self.goal = Resolved::To { offset: wanted, edge: Edge::Inside };
        }
        self
    }

    /// The same place where the broker's answer to a time after the last record is taken for an offset: -1, which the clamp
    /// moves to the log's start.
    pub(super) fn answered(mut self) -> Self {
        if matches!(self.goal, Resolved::To { edge: Edge::AfterLastRecord, .. }) {
            self.goal = Resolved::To { offset: self.start, edge: Edge::Clamped { wanted: -1 } };
        }
        self
    }

    /// Whether anything is to be done here. A commit that already stands there keeps its epoch and metadata.
    pub(super) fn changes(&self) -> bool {
        self.to().is_some_and(|to| self.from.as_ref().is_none_or(|from| from.offset != to))
    }

    fn row(&self) -> Row {
        let from = self.from.as_ref().map(|committed| committed.offset);
        Row::Offset {
            topic: self.topic.to_string(),
            partition: self.partition,
            from,
            to: self.to().or(from),
            log_start: self.start,
            log_end: self.end,
            clamped: self.edge().is_some_and(|edge| edge != Edge::Inside),
        }
    }
}

/// The one commit that sets all partitions that change.
pub(super) fn commit(group: &GroupId, places: &[Place]) -> Option<Action> {
    let moves: Vec<OffsetMove> = places
        .iter()
        .filter(|place| place.changes())
        .filter_map(|place| {
            let to = Committed::plain(place.to()?);
            Some(OffsetMove { topic: place.topic.clone(), partition: place.partition, from: place.from.clone(), to })
        })
        .collect();
    (!moves.is_empty()).then(|| Action::Kafka(KafkaAction::CommitOffsets { group: group.clone(), moves }))
}

/// What is committed now, as an expectation: in every partition of the plan, those that stay as they are too, because the
/// plan says what will stand there.
pub(super) fn expected(places: &[Place]) -> Vec<OffsetExpected> {
    places
        .iter()
        .map(|place| OffsetExpected {
            topic: place.topic.clone(),
            partition: place.partition,
            committed: place.from.clone(),
        })
        .collect()
}

/// The targets by topic, which must stay within the log.
pub(super) fn targets(places: &[Place]) -> BTreeMap<TopicName, Vec<OffsetInLog>> {
    let mut by_topic: BTreeMap<TopicName, Vec<OffsetInLog>> = BTreeMap::new();
    for place in places {
        if let Some(offset) = place.to() {
            let one = OffsetInLog { partition: place.partition, offset };
            by_topic.entry(place.topic.clone()).or_default().push(one);
        }
    }
    by_topic
}

/// What the reset means: messages read again or left out, the lag before and after.
pub(super) fn impact(group: &GroupId, places: &[Place]) -> Impact {
    let rows: Vec<Row> = places.iter().map(Place::row).collect();
    let mut sums = Sums::default();
    for (place, row) in places.iter().zip(&rows) {
        sums.add(place, row);
    }
    let mut topics: Vec<String> = places.iter().map(|place| place.topic.to_string()).collect();
    topics.dedup();
    Impact {
        worst_case: sums.worst_case().to_owned(),
        topics,
        groups: vec![group.to_string()],
        clients: Vec::new(),
        facts: Facts::none()
            .with("partitions", places.len())
            .with("changed", places.iter().filter(|place| place.changes()).count())
            .with("replayed", sums.replayed)
            .with("skipped", sums.skipped)
            .with("lag_before", sums.lag_before)
            .with("lag_after", sums.lag_after),
        rows,
        needs_from_application: Vec::new(),
    }
}

#[derive(Default)]
struct Sums {
    replayed: i64,
    skipped: i64,
    lag_before: i64,
    lag_after: i64,
}

impl Sums {
    /// Without a commit the group starts where its own setting says, so nothing is counted as replayed or skipped there.
    fn add(&mut self, place: &Place, row: &Row) {
        let moved = row.moves_over().unwrap_or(0);
        self.replayed = self.replayed.saturating_add(moved.saturating_neg().max(0));
        self.skipped = self.skipped.saturating_add(moved.max(0));
        let from = place.from.as_ref().map(|committed| committed.offset);
        let to = place.to().or(from);
        let lag = |at: Option<i64>| at.map_or(0, |at| place.end.saturating_sub(at.max(place.start)).max(0));
        self.lag_before = self.lag_before.saturating_add(lag(from));
        self.lag_after = self.lag_after.saturating_add(lag(to));
    }

    fn worst_case(&self) -> &'static str {
        match (self.replayed > 0, self.skipped > 0) {
            (true, true) => "reset-replays-and-skips",
            (true, false) => "reset-replays",
            (false, true) => "reset-skips",
            (false, false) => "reset-neither",
        }
    }
}
