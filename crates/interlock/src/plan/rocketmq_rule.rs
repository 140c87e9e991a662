//! The rule of a reset on RocketMQ: a group's offsets, counted from what was captured while its clients may go on.

use super::action::Action;
use super::layout_probe::known;
use super::rocketmq_action::{QueueMove, RocketmqAction};
use super::rocketmq_expectation::{of_queue, offsets_by_place, told_by_all};
use super::rule::{Captured, Edge, Expansion, OffsetTarget, Resolved};
use crate::cluster::rocketmq::{FromMasters, OffsetAt, QueueRange};
use crate::cluster::{Look, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Sets a group's offsets in these queues, and in no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRule {
    /// The group.
    pub group: GroupId,
    /// Where to.
    pub target: OffsetTarget,
    /// The queues of each topic, by broker.
    pub queues: Vec<QueuesOf>,
    /// The step whose captured offsets are the base.
    pub captured_by: u32,
    /// Who does it.
    pub by: ResetBy,
    /// Whether clients of the group go on meanwhile.
    pub running: bool,
}

/// Some queues of a topic at one broker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueuesOf {
    /// The topic.
    pub topic: TopicName,
    /// The broker.
    pub broker: BrokerName,
    /// The queues.
    pub queues: Vec<u32>,
}

/// Who sets the offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetBy {
    /// The brokers, queue by queue.
    Queue,
    /// The connected clients, told by time: 4.9 has no other way while there are any.
    Clients,
}

/// Expands the rule. Pure: the same sections and captured offsets give the same actions.
pub(super) fn expand(rule: &QueueRule, captured: &Captured, sections: &Sections) -> Expansion {
    let mut looker = Looker::new(sections);
    let mut moves: BTreeMap<&TopicName, Vec<QueueMove>> = BTreeMap::new();
    let mut inside: BTreeSet<&TopicName> = BTreeSet::new();
    let base = offsets_by_place(&captured.queues);
    for of in &rule.queues {
        let log = match logs(rule.target, &of.topic, &of.broker, &mut looker) {
            Ok(Some(log)) => log,
            Ok(None) => continue,
            Err(facts) => return Expansion::CannotTell(facts),
        };
        for &queue in &of.queues {
            let place = (&of.topic, &of.broker, queue);
            // Not captured is not the same as captured as absent: the way back would lead elsewhere.
            let Some(from) = base.get(&place).copied() else {
                let facts = of_queue(&rule.group, place).with("failure", "not-captured");
                return Expansion::OutOfBounds(facts);
            };
            if !log.leads_to_end(rule.target, queue) {
                inside.insert(&of.topic);
            }
            match log.moved(place, rule.target, from) {
                Ok(moved) => moves.entry(&of.topic).or_default().extend(moved),
                Err(Unseen) => return Expansion::OutOfBounds(of_queue(&rule.group, place)),
            }
        }
    }
    let needed = looker.needed();
    if !needed.is_empty() {
        return Expansion::Need(needed);
    }
    Expansion::Actions(actions(rule, moves, &inside))
}

/// The time that clients of 4.9 are told. Their broker finds the message nearest to it, so it is asked for the millisecond
/// before: what it finds then is the first message of the instant, or the one before it, and never a later one. For an instant
/// behind all messages of a topic clients are told its end: there the nearest message is the last one.
fn told(target: OffsetTarget, is_behind_all: bool) -> Option<Millis> {
    match target {
        OffsetTarget::Earliest => Some(Millis(0)),
        OffsetTarget::At(at) if !is_behind_all => Some(Millis(at.0.saturating_sub(1))),
        _ => None,
    }
}

/// `inside` are the topics in which the target does not lead to the end of every queue.
fn actions(
    rule: &QueueRule,
    moves: BTreeMap<&TopicName, Vec<QueueMove>>,
    inside: &BTreeSet<&TopicName>,
) -> Vec<Action> {
    let group = || rule.group.clone();
    let actions: Vec<RocketmqAction> = match rule.by {
        ResetBy::Queue => {
            let moves: Vec<QueueMove> = moves.into_values().flatten().collect();
            let set = RocketmqAction::SetOffsets { group: group(), moves, running: rule.running };
            vec![set]
        }
        ResetBy::Clients => moves
            .into_iter()
            .map(|(topic, moves)| {
                let at = told(rule.target, !inside.contains(topic));
                RocketmqAction::TellClients { group: group(), topic: topic.clone(), at, moves }
            })
            .collect(),
    };
    actions.into_iter().filter(|action| action.size() > 0).map(Action::Rocketmq).collect()
}

/// The queues of a topic at one broker, as targets are resolved against them.
#[derive(Debug)]
pub(crate) struct QueueLogs<'a> {
    ranges: BTreeMap<u32, &'a QueueRange>,
    at: Option<BTreeMap<u32, i64>>,
}

/// A queue of which nothing was seen.
pub(crate) struct Unseen;

/// What is needed to resolve a target in a topic at a broker; none while it has to be asked first.
///
/// # Errors
/// Why its master did not tell.
pub(crate) fn logs<'a>(
    target: OffsetTarget,
    topic: &TopicName,
    broker: &BrokerName,
    looker: &mut Looker<'a>,
) -> Result<Option<QueueLogs<'a>>, Facts> {
    let ranges = of_broker(looker.rocketmq_ranges(topic, 0), broker)?;
    let at = match target {
        OffsetTarget::At(at) => match of_broker(looker.rocketmq_offsets_at(topic, at), broker)? {
            Some(found) => Some(found),
            None => return Ok(None),
        },
        _ => None,
    };
    let Some(ranges) = ranges else { return Ok(None) };
    Ok(Some(QueueLogs::new(broker, ranges, at.map(Vec::as_slice))))
}

fn of_broker<'a, T>(look: Look<'a, FromMasters<T>>, broker: &BrokerName) -> Result<Option<&'a T>, Facts> {
    if matches!(look, Look::Ask) {
        return Ok(None);
    }
    let found = known(look)?;
    told_by_all(std::iter::once(broker), found)?;
    Ok(Some(&found.seen))
}

impl<'a> QueueLogs<'a> {
    /// What was seen of the queues at this broker.
    pub(crate) fn new(broker: &BrokerName, ranges: &'a [QueueRange], at: Option<&'a [OffsetAt]>) -> Self {
        let here = ranges.iter().filter(|one| one.broker == *broker);
        let at =
            at.map(|all| all.iter().filter(|one| one.broker == *broker).map(|one| (one.queue, one.offset)).collect());
        Self { ranges: here.map(|one| (one.queue, one)).collect(), at }
    }

    /// Where the queue begins and ends.
    pub(crate) fn range(&self, queue: u32) -> Option<&'a QueueRange> {
        self.ranges.get(&queue).copied()
    }

    /// Where a target leads in a queue in which the group stands here; none if the queue was not seen.
    pub(crate) fn resolve(&self, target: OffsetTarget, queue: u32, stands: Option<i64>) -> Option<Resolved> {
        let range = self.range(queue)?;
        let to = |offset, edge| Resolved::To { offset, edge };
        Some(match target {
            OffsetTarget::Earliest => to(range.start, Edge::Inside),
            OffsetTarget::Latest => to(range.end, Edge::Inside),
            OffsetTarget::Offset(offset) => clamp(range, offset),
            OffsetTarget::Shift(by) => match stands {
                Some(stands) => clamp(range, stands.saturating_add(by)),
                None => Resolved::NothingToShift,
            },
            OffsetTarget::At(_) => at_instant(range, *self.at.as_ref()?.get(&queue)?),
        })
    }

    /// Whether a target leads to the end of a queue.
    fn leads_to_end(&self, target: OffsetTarget, queue: u32) -> bool {
        let found = self.range(queue).zip(self.resolve(target, queue, None));
        found.is_some_and(|(range, found)| matches!(found, Resolved::To { offset, .. } if offset == range.end))
    }

    fn moved(
        &self,
        (topic, broker, queue): (&TopicName, &BrokerName, u32),
        target: OffsetTarget,
        from: Option<i64>,
    ) -> Result<Option<QueueMove>, Unseen> {
        let (range, resolved) = self.range(queue).zip(self.resolve(target, queue, from)).ok_or(Unseen)?;
        let Resolved::To { offset: to, .. } = resolved else { return Ok(None) };
        if from == Some(to) {
            return Ok(None);
        }
        let (topic, broker) = (topic.clone(), broker.clone());
        Ok(Some(QueueMove { topic, broker, queue, from, to, end: range.end }))
    }
}

/// For an instant after the last message the broker answers with the end of the queue, and before the first one with its
/// start; an empty queue has neither a first nor a last message.
fn at_instant(range: &QueueRange, found: i64) -> Resolved {
    let edge = match found {
        _ if range.start >= range.end => Edge::Inside,
        _ if found >= range.end => Edge::AfterLastRecord,
        _ if found <= range.start => Edge::BeforeFirstRecord,
        _ => Edge::Inside,
    };
    Resolved::To { offset: found.clamp(range.start, range.end.max(range.start)), edge }
}

/// The broker stores any offset, so the edge is kept here.
fn clamp(range: &QueueRange, wanted: i64) -> Resolved {
    let offset = wanted.clamp(range.start, range.end.max(range.start));
    Resolved::To { offset, edge: if offset == wanted { Edge::Inside } else { Edge::Clamped { wanted } } }
}
