//! Queues that are being closed: when they are drained, whether they stay still afterwards, and what is done if not.
//!
//! A closed queue goes on being written: by routes that are stale, by producers that name it, by delayed messages and undecided
//! transactions that come due. It is looked at by its own ends (30, 31) and by what is stored for each group; the summaries
//! (202, 208) do not tell closed queues, or tell 0 for none.

use super::condition::{CANNOT_LOOK, Looked, Memory, Pace};
use super::layout_probe::known;
use super::queues_action::{OpenAt, QueuesChange, Shown, other, shown};
use super::standing::lagging;
use crate::cluster::rocketmq::{
    Delay, FromMasters, QueueRange, Queues, Reader, RocketmqCluster, RocketmqQuery, Topic, is_system_group,
};
use crate::cluster::{Look, Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// For so long clients go by the route they have (`pollNameServerInterval`).
pub const ROUTE_POLL: Duration = Duration::from_secs(30);
/// Progress of a wait of days is told once in this time.
const TOLD_EVERY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// Queues of a topic that are being closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The topic.
    pub topic: TopicName,
    /// At each master how many queues stay, and how many there were.
    pub queues: Vec<ClosingAt>,
    /// Groups that are given up: once their messages have expired, they are not waited for.
    pub waived: BTreeSet<GroupId>,
    /// How many looks in a row must find everything read and still.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
}

/// What is closed at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClosingAt {
    /// The broker.
    pub broker: BrokerName,
    /// How many queues stay.
    pub keeps: u32,
    /// How many there were.
    pub had: u32,
}

impl ClosingAt {
    /// Nobody is told to write the queues that are being closed; they are still read.
    #[must_use]
    pub fn draining(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: Queues { read: self.had, write: self.keeps } }
    }

    /// They are no longer read.
    #[must_use]
    pub fn closed(&self) -> OpenAt {
        OpenAt { broker: self.broker.clone(), queues: Queues::both(self.keeps) }
    }
}

/// What is remembered of one closed queue between looks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stood {
    /// The broker.
    pub broker: BrokerName,
    /// The queue.
    pub queue: u32,
    /// Where it ended.
    pub end: i64,
    /// Since when.
    pub since: Millis,
}

/// What is remembered of closed queues between looks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClosedMemory {
    /// Each of them.
    pub stood: Vec<Stood>,
    /// When they were first looked at.
    #[serde(default)]
    pub begun: Option<Millis>,
    /// When progress was last told.
    pub told: Option<Millis>,
    /// What was told then: something else is told at once.
    pub told_id: String,
}

impl Closing {
    /// What has to be seen for a look.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        let most = self.queues.iter().map(|one| one.had).max().unwrap_or(0);
        let topic = &self.topic;
        [
            RocketmqQuery::Cluster,
            RocketmqQuery::Topic(topic.clone()),
            RocketmqQuery::Ranges(topic.clone(), most),
            RocketmqQuery::Readers(topic.clone()),
            RocketmqQuery::Delays,
        ]
        .map(Query::Rocketmq)
        .into()
    }

    fn places(&self) -> impl Iterator<Item = (&BrokerName, u32)> {
        self.queues.iter().flat_map(|one| (one.keeps..one.had).map(|queue| (&one.broker, queue)))
    }

    /// Reading is taken from the queues (`true`) or given back to them.
    #[must_use]
    pub fn change(&self, close: bool) -> Vec<QueuesChange> {
        let one = |at: &ClosingAt| {
            let (draining, closed) = (at.draining().queues, at.closed().queues);
            let (from, to) = if close { (draining, closed) } else { (closed, draining) };
            QueuesChange { broker: at.broker.clone(), from, to }
        };
        self.queues.iter().map(one).collect()
    }
}

/// What all servers together showed.
struct Seen<'a> {
    topic: &'a Topic,
    ends: BTreeMap<(&'a BrokerName, u32), &'a QueueRange>,
    readers: &'a [Reader],
    delays: &'a [Delay],
    cluster: &'a RocketmqCluster,
}

fn see<'a>(closing: &Closing, sections: &'a Sections) -> Result<Seen<'a>, Looked> {
    let cannot = |facts: Facts| Looked::NotYet { id: CANNOT_LOOK, facts };
    let mut looker = Looker::new(sections);
    let most = closing.queues.iter().map(|one| one.had).max().unwrap_or(0);
    let topic = known(looker.rocketmq_topic(&closing.topic)).map_err(cannot)?;
    let Some(topic) = topic else {
        let facts = Facts::none().with("topic", closing.topic.as_str());
        return Err(Looked::Impossible { id: "topic-gone", facts });
    };
    let ranges = whole(looker.rocketmq_ranges(&closing.topic, most))?;
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
    let facts = Facts::none().with("failure", silent.why.kind.key()).with("said", silent.why.said.as_str());
    Err(Looked::NotYet { id: "master-silent", facts: facts.with("master", silent.broker.as_str()) })
}

/// How the masters stand to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// All of them still read the queues.
    Draining,
    /// None of them does.
    Closed,
    /// Some do.
    Between,
}

fn state(closing: &Closing, topic: &Topic) -> Result<State, Looked> {
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
                let facts = facts.with("topic", closing.topic.as_str()).with("master", one.broker.as_str());
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

/// What is known of the closed queues now, and whether one of them ended elsewhere at the last look.
fn stood(closing: &Closing, seen: &Seen<'_>, memory: &ClosedMemory, now: Millis) -> (Vec<Stood>, Option<Stood>) {
    let before: BTreeMap<(&BrokerName, u32), &Stood> =
        memory.stood.iter().map(|one| ((&one.broker, one.queue), one)).collect();
    let mut moved = None;
    let mut all = Vec::new();
    for (broker, queue) in closing.places() {
        let end = seen.ends.get(&(broker, queue)).map_or(0, |range| range.end);
        let known = before.get(&(broker, queue)).copied();
        let since = known.filter(|one| one.end == end).map_or(now, |one| one.since);
        let one = Stood { broker: broker.clone(), queue, end, since };
        if known.is_some_and(|known| known.end != end) {
            moved.get_or_insert_with(|| one.clone());
        }
        all.push(one);
    }
    (all, moved)
}

/// A group that has not read everything.
struct Unread {
    group: GroupId,
    messages: i64,
}

/// Whether a group is waited for by time only: it was given up, or its offsets are with its clients.
fn is_by_time(closing: &Closing, reader: &Reader) -> bool {
    reader.broadcasts || closing.waived.contains(&reader.group)
}

/// The groups that have not read everything and are waited for, of those that are here for `which`. What a group without an
/// offset has not read is everything that is there.
fn unread(which: impl Fn(&Reader, &Stood) -> bool, seen: &Seen<'_>, stood: &[Stood]) -> Vec<Unread> {
    let mut all = Vec::new();
    for reader in seen.readers.iter().filter(|reader| !is_system_group(&reader.group)) {
        let waited = stood.iter().filter(|one| which(reader, one));
        let messages = waited.map(|one| lag(reader, one, seen)).fold(0, i64::saturating_add);
        if messages > 0 {
            all.push(Unread { group: reader.group.clone(), messages });
        }
    }
    all
}

fn lag(reader: &Reader, one: &Stood, seen: &Seen<'_>) -> i64 {
    let start = seen.ends.get(&(&one.broker, one.queue)).map_or(0, |range| range.start);
    let from = reader.offset(&one.broker, one.queue).map_or(start, |offset| offset.max(start));
    // What broadcasts has its offsets elsewhere: nothing stored says that it read.
    one.end.saturating_sub(from).max(0)
}

/// Whether what is in a queue has been kept for its time: counted from when its last message was seen, so rather too late.
fn expired(one: &Stood, seen: &Seen<'_>, now: Millis) -> bool {
    kept(seen, &one.broker).is_some_and(|kept| now.since(one.since) > kept)
}

/// `fileReservedTime` of a master; none if it did not tell.
fn kept(seen: &Seen<'_>, broker: &BrokerName) -> Option<Duration> {
    let process = seen.cluster.broker(broker)?.master()?;
    process.said.answer()?.kept_hours.map(|hours| HOUR * hours)
}

/// How long the closed queues must stand still: what is kept back now could still come due, and routes are polled.
fn must_stand(closing: &Closing, seen: &Seen<'_>) -> Duration {
    let ours = seen.delays.iter().filter(|delay| closing.queues.iter().any(|one| one.broker == delay.broker));
    let longest = ours.map(Delay::longest_ms).max().unwrap_or(0);
    Duration::from_millis(longest) + ROUTE_POLL * 2
}

fn stand_still_since(stood: &[Stood], now: Millis) -> Millis {
    stood.iter().map(|one| one.since).max().unwrap_or(now)
}

/// What a look at queues that are being drained found.
struct Drained {
    memory: Memory,
    looked: Looked,
}

fn drained(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> Drained {
    let before = memory.closed.clone().unwrap_or_default();
    let (stood, _) = stood(closing, seen, &before, pace.now);
    let since = stand_still_since(&stood, pace.now);
    let waited = |reader: &Reader, one: &Stood| !is_by_time(closing, reader) || !expired(one, seen, pace.now);
    let unread = unread(waited, seen, &stood);
    let spans = Spans {
        lasted: pace.now.since(before.begun.unwrap_or(pace.now)),
        still: pace.now.since(since),
        wanted: must_stand(closing, seen),
    };
    let draining: Vec<OpenAt> = closing.queues.iter().map(ClosingAt::draining).collect();
    let gap = memory.last_look.is_some_and(|last| pace.now.since(last) > pace.interval * 3);
    let good = unread.is_empty() && spans.still >= spans.wanted && lagging(&draining, seen.topic).is_none();
    let streak = match (good, gap) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => memory.streak.saturating_add(1),
    };
    let looked = if streak >= closing.looks.max(1) { Looked::Met } else { evidence(closing, &unread, &spans, streak) };
    let closed = told(ClosedMemory { stood, ..before }, &looked, pace.now);
    Drained { memory: Memory { streak, last_look: Some(pace.now), closed: Some(closed), ..Memory::default() }, looked }
}

/// How long what a wait is about has been so.
struct Spans {
    /// Since the first look. What is told once a day is not told in the words of the day before.
    lasted: Duration,
    /// Since something came into one of the queues.
    still: Duration,
    /// How long nothing may come into them.
    wanted: Duration,
}

fn evidence(closing: &Closing, unread: &[Unread], spans: &Spans, streak: u32) -> Looked {
    let facts = of(closing);
    if !unread.is_empty() {
        let groups: Vec<String> = unread.iter().map(|one| one.group.to_string()).collect();
        let messages = unread.iter().map(|one| one.messages).fold(0, i64::saturating_add);
        let facts = facts.with("groups", groups).with("messages", messages).with("span", spans.lasted);
        return Looked::NotYet { id: "queues-unread", facts };
    }
    if spans.still < spans.wanted {
        let facts = facts.with("span", spans.still).with("wait", spans.wanted);
        return Looked::NotYet { id: "queues-not-still", facts };
    }
    let facts = facts.with("streak", i64::from(streak)).with("wanted", i64::from(closing.looks));
    Looked::NotYet { id: "queues-drained-watched", facts }
}

/// Progress is told when it is something else than before, and else once a day.
fn told(memory: ClosedMemory, looked: &Looked, now: Millis) -> ClosedMemory {
    let memory = ClosedMemory { begun: memory.begun.or(Some(now)), ..memory };
    let Looked::NotYet { id, .. } = looked else { return memory };
    let due = memory.told.is_none_or(|last| now.since(last) >= TOLD_EVERY) || memory.told_id != *id;
    if due { ClosedMemory { told: Some(now), told_id: (*id).to_owned(), ..memory } } else { memory }
}

/// A look at queues that are written no more: whether everybody has read them.
pub(super) fn look_drained(closing: &Closing, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let seen = match see(closing, sections) {
        Ok(seen) => seen,
        Err(looked) => return unseen(memory, looked, pace),
    };
    match state(closing, seen.topic) {
        Ok(State::Draining) => {
            let Drained { memory, looked } = drained(closing, memory, &seen, pace);
            (memory, looked)
        }
        Ok(State::Closed | State::Between) => {
            let facts = closed_by_others(closing, seen.topic);
            unseen(memory, Looked::Foreign { id: "queues-changed", facts }, pace)
        }
        Err(looked) => unseen(memory, looked, pace),
    }
}

fn closed_by_others(closing: &Closing, topic: &Topic) -> Facts {
    let found = closing.queues.iter().find_map(|one| match shown(Some(topic), &one.broker) {
        Shown::Here(found) if found != one.draining().queues => Some((one.draining(), found)),
        _ => None,
    });
    found.map_or_else(|| of(closing), |(expected, found)| other(&closing.topic, &expected, Some(found)))
}

/// A look that saw nothing ends a streak; where queues stood is remembered: they cannot have moved and come back.
fn unseen(memory: &Memory, looked: Looked, pace: Pace) -> (Memory, Looked) {
    let closed = told(memory.closed.clone().unwrap_or_default(), &looked, pace.now);
    (Memory { last_look: Some(pace.now), closed: Some(closed), ..Memory::default() }, looked)
}

/// A look at queues that are no longer read: whether anything came into them, for as long as messages are kept.
pub(super) fn look_closed(closing: &Closing, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let seen = match see(closing, sections) {
        Ok(seen) => seen,
        Err(looked) => return unseen(memory, looked, pace),
    };
    match state(closing, seen.topic) {
        Ok(State::Closed) => watched(closing, memory, &seen, pace),
        Ok(State::Draining | State::Between) => drained_anew(closing, memory, &seen, pace),
        Err(looked) => unseen(memory, looked, pace),
    }
}

/// Reading was given back: the queues are drained anew. That they are drained is not that they are closed.
fn drained_anew(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let Drained { memory, looked } = drained(closing, memory, seen, pace);
    let looked = match looked {
        Looked::Met => Looked::NotYet { id: "queues-close-again", facts: of(closing) },
        other => other,
    };
    (memory, looked)
}

fn watched(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let before = memory.closed.clone().unwrap_or_default();
    let (stood, moved) = stood(closing, seen, &before, pace.now);
    // What expired for those that are waited for by time is not waited for again.
    let unread = unread(|reader, _| !is_by_time(closing, reader), seen, &stood);
    if moved.is_some() || !unread.is_empty() {
        let messages = unread.iter().map(|one| one.messages).fold(0, i64::saturating_add);
        // What was remembered stays: the same movement is seen again until reading is given back.
        return (
            memory.clone(),
            Looked::NotYet { id: "closed-queues-written", facts: of(closing).with("messages", messages) },
        );
    }
    let still = pace.now.since(stand_still_since(&stood, pace.now));
    let streak = memory.streak.saturating_add(1);
    let looked = match longest_kept(closing, seen) {
        None => {
            let facts = of(closing).with("failure", "refused").with("said", "no master tells fileReservedTime");
            Looked::NotYet { id: "retention-not-told", facts }
        }
        Some(wanted) if still >= wanted && streak > closing.looks && routed(closing, seen) => Looked::Met,
        Some(wanted) => {
            Looked::NotYet { id: "closed-watched", facts: of(closing).with("span", still).with("wait", wanted) }
        }
    };
    let closed = Some(told(ClosedMemory { stood, ..before }, &looked, pace.now));
    (Memory { streak, last_look: Some(pace.now), closed, ..Memory::default() }, looked)
}

/// For how long messages are kept where queues are closed.
fn longest_kept(closing: &Closing, seen: &Seen<'_>) -> Option<Duration> {
    closing.queues.iter().map(|one| kept(seen, &one.broker)).collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn routed(closing: &Closing, seen: &Seen<'_>) -> bool {
    let closed: Vec<OpenAt> = closing.queues.iter().map(ClosingAt::closed).collect();
    lagging(&closed, seen.topic).is_none()
}

fn of(closing: &Closing) -> Facts {
    Facts::none().with("topic", closing.topic.as_str())
}

/// What is to be set now by itself, within what was approved: reading is given back where something came into closed queues,
/// and taken away again once they are drained anew.
#[must_use]
pub fn steer(closing: &Closing, looked: &Looked) -> Option<Vec<QueuesChange>> {
    match looked {
        Looked::NotYet { id: "closed-queues-written", .. } => Some(closing.change(false)),
        Looked::NotYet { id: "queues-close-again", .. } => Some(closing.change(true)),
        _ => None,
    }
}
