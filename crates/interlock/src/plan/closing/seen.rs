//! What all servers together show of queues that are being closed.

use super::memory::Stood;
use super::{ClosedMemory, Closing};
use crate::cluster::rocketmq::{Delay, FromMasters, QueueRange, Queues, Reader, RocketmqCluster, Topic};
use crate::cluster::{Look, Looker, Sections};
use crate::facts::Facts;
use crate::id::BrokerName;
use crate::plan::condition::{CANNOT_LOOK, Looked};
use crate::plan::layout_probe::known;
use crate::plan::queues_action::{OpenAt, Shown, other, shown};
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// What all servers together showed.
pub(super) struct Seen<'a> {
    pub(super) topic: &'a Topic,
    pub(super) ends: BTreeMap<(&'a BrokerName, u32), &'a QueueRange>,
    pub(super) readers: &'a [Reader],
    pub(super) delays: &'a [Delay],
    cluster: &'a RocketmqCluster,
}

pub(super) fn see<'a>(closing: &Closing, sections: &'a Sections) -> Result<Seen<'a>, Looked> {
    let cannot = |facts: Facts| Looked::NotYet { id: CANNOT_LOOK, facts };
    let mut looker = Looker::new(sections);
    let topic = known(looker.rocketmq_topic(&closing.topic)).map_err(cannot)?;
    let Some(topic) = topic else {
        return Err(Looked::Impossible { id: "topic-gone", facts: closing.facts() });
    };
    let ranges = whole(looker.rocketmq_ranges(&closing.topic, closing.most()))?;
    let readers = whole(looker.rocketmq_readers(&closing.topic))?;
    let delays = whole(looker.rocketmq_delays())?;
    let cluster = known(looker.rocketmq_cluster()).map_err(cannot)?;
    let ends = ranges.iter().map(|range| ((&range.broker, range.queue), range)).collect();
    Ok(Seen { topic, ends, readers, delays, cluster })
}

/// Half of what there is must not look like the whole.
fn whole<'a, T>(look: Look<'a, FromMasters<Vec<T>>>) -> Result<&'a [T], Looked> {
    let told = known(look).map_err(|facts| Looked::NotYet { id: CANNOT_LOOK, facts })?;
    let Some(silent) = told.silent.first() else { return Ok(&told.seen) };
    Err(Looked::NotYet { id: "master-silent", facts: crate::plan::silent::silent(&silent.broker, &silent.why) })
}

impl Seen<'_> {
    /// The masters of these queues that are about to delete messages before their time, and how full their disks are.
    pub(super) fn filling(&self, closing: &Closing) -> Option<(Vec<String>, u32)> {
        self.cluster.filling(closing.queues.iter().map(|one| &one.broker))
    }

    /// `fileReservedTime` of a master; none if it did not tell.
    pub(super) fn kept(&self, broker: &BrokerName) -> Option<Duration> {
        let process = self.cluster.broker(broker)?.master()?;
        process.said.answer()?.kept_hours.map(|hours| HOUR * hours)
    }
}

/// How the masters stand to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// All of them still read the queues.
    Draining,
    /// None of them does.
    Closed,
    /// Some do.
    Between,
}

pub(super) fn state(closing: &Closing, topic: &Topic) -> Result<State, Looked> {
    let (mut draining, mut closed) = (0, 0);
    for one in &closing.queues {
        match shown(Some(topic), &one.broker) {
            Shown::Here(found) if found == one.draining().queues => draining += 1,
            Shown::Here(found) if found == one.closed().queues => closed += 1,
            Shown::Here(found) => {
                let facts = other(&closing.topic, &one.draining(), Some(found));
                return Err(Looked::Foreign { id: "queues-changed", facts });
            }
            Shown::Nothing => {
                let facts = other(&closing.topic, &one.draining(), None);
                return Err(Looked::Foreign { id: "queues-changed", facts });
            }
            Shown::Silent(facts) => {
                let facts = facts.with("topic", closing.topic.as_str());
                return Err(Looked::NotYet { id: "master-silent", facts });
            }
        }
    }
    joined(closing, topic)?;
    Ok(match (draining, closed) {
        (_, 0) => State::Draining,
        (0, _) => State::Closed,
        _ => State::Between,
    })
}

/// A master that came meanwhile takes what is sent to it, in queues that nobody closed there.
fn joined(closing: &Closing, topic: &Topic) -> Result<(), Looked> {
    let keeps = closing.queues.iter().map(|one| one.keeps).max().unwrap_or(0);
    let is_ours = |broker: &BrokerName| closing.queues.iter().any(|one| one.broker == *broker);
    let stranger = topic.settings().find(|at| !is_ours(&at.broker) && at.write.max(at.read) > keeps);
    let Some(at) = stranger else { return Ok(()) };
    let expected = OpenAt { broker: at.broker.clone(), queues: Queues::both(keeps) };
    let facts = other(&closing.topic, &expected, Some(Queues { read: at.read, write: at.write }));
    Err(Looked::Foreign { id: "another-master", facts })
}

/// The first master that does not read the queues, as evidence.
pub(super) fn not_reading(closing: &Closing, topic: &Topic) -> Facts {
    let found = closing.queues.iter().find_map(|one| match shown(Some(topic), &one.broker) {
        Shown::Here(found) if found != one.draining().queues => Some((one.draining(), found)),
        _ => None,
    });
    found.map_or_else(|| closing.facts(), |(expected, found)| other(&closing.topic, &expected, Some(found)))
}

/// What is known of the closed queues, and whether one of them ended elsewhere at the last look.
pub(super) fn stood(closing: &Closing, seen: &Seen<'_>, memory: &ClosedMemory, now: Millis) -> (Vec<Stood>, bool) {
    let before: BTreeMap<(&BrokerName, u32), &Stood> =
        memory.stood.iter().map(|one| ((&one.broker, one.queue), one)).collect();
    let mut moved = false;
    let mut all = Vec::new();
    for (broker, queue) in closing.places() {
        let end = seen.ends.get(&(broker, queue)).map_or(0, |range| range.end);
        let known = before.get(&(broker, queue)).copied();
        let since = known.filter(|one| one.end == end).map_or(now, |one| one.since);
        moved |= known.is_some_and(|known| known.end != end);
        all.push(Stood { broker: broker.clone(), queue, end, since });
    }
    (all, moved)
}

/// Since when all of them stand still.
pub(super) fn still_since(stood: &[Stood], now: Millis) -> Millis {
    stood.iter().map(|one| one.since).max().unwrap_or(now)
}
