//! The looks at RocketMQ clusters.

pub(super) mod broker;
mod copies;
pub(super) mod group;
pub(super) mod health;
pub(super) mod hot;
pub(super) mod lag;
pub(super) mod route;
pub(super) mod skew;
pub(super) mod topic;
pub(super) mod who;

use super::report::Phrase;
use crate::cluster::rocketmq::{CommittedOffset, FromMasters, QueueRange, SilentBroker, TopicAt};
use crate::id::{BrokerName, TopicName};
use std::collections::BTreeMap;

/// The finding that some masters said nothing, so that what they have is missing; none if all answered.
fn not_seen<'s>(silent: impl IntoIterator<Item = &'s SilentBroker>) -> Option<Phrase> {
    let brokers: Vec<String> = silent.into_iter().map(|one| one.broker.to_string()).collect();
    (!brokers.is_empty()).then(|| Phrase::new("masters-not-seen").with("brokers", brokers))
}

/// The finding that messages can be written that nobody gets; none if they cannot.
fn write_past_read<'t>(at: impl IntoIterator<Item = &'t TopicAt>) -> Option<Phrase> {
    let brokers: Vec<String> =
        at.into_iter().filter(|one| one.writes_past_reads()).map(|one| one.broker.to_string()).collect();
    (!brokers.is_empty()).then(|| Phrase::new("write-past-read").with("where", brokers))
}

/// How far a group is in one queue.
struct QueueLag<'a> {
    range: &'a QueueRange,
    offset: Option<i64>,
}

impl QueueLag<'_> {
    /// The messages after its offset; one below the queue's first message counts from there. None without an offset.
    fn lag(&self) -> Option<i64> {
        self.offset.map(|offset| self.range.end.saturating_sub(offset.max(self.range.start)).max(0))
    }
}

/// How far a group is in each queue of a topic.
fn queue_lags<'a>(
    topic: &TopicName,
    ranges: &'a FromMasters<Vec<QueueRange>>,
    committed: &[CommittedOffset],
) -> Vec<QueueLag<'a>> {
    let of_topic = committed.iter().filter(|one| one.topic == *topic);
    let offsets: BTreeMap<(&BrokerName, u32), i64> =
        of_topic.map(|one| ((&one.broker, one.queue), one.offset)).collect();
    let lag = |range: &'a QueueRange| QueueLag { range, offset: offsets.get(&(&range.broker, range.queue)).copied() };
    ranges.seen.iter().map(lag).collect()
}
