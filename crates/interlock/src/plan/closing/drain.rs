//! When queues that are written no more are drained: everybody has read what they hold, and nothing comes into them any more.

use super::memory::{Stood, unseen};
use super::readers::{self, Unread, is_by_time, unread};
use super::seen::{Seen, State, not_reading, see, state, still_since, stood};
use super::{ClosedMemory, Closing, ClosingAt, ROUTE_POLL};
use crate::cluster::Sections;
use crate::cluster::rocketmq::{Delay, Reader};
use crate::plan::condition::{Looked, Memory, Pace, gap_too_long};
use crate::plan::queues_action::OpenAt;
use crate::plan::standing::lagging;
use crate::time::Millis;
use std::time::Duration;

/// A look at queues that are written no more: whether everybody has read them.
pub(in crate::plan) fn look_drained(
    closing: &Closing,
    memory: &Memory,
    sections: &Sections,
    pace: Pace,
) -> (Memory, Looked) {
    let seen = match see(closing, sections) {
        Ok(seen) => seen,
        Err(looked) => return unseen(memory, looked, pace.now),
    };
    match state(closing, seen.topic) {
        Ok(State::Draining) => drained(closing, memory, &seen, pace),
        Ok(State::Closed | State::Between) => {
            let facts = not_reading(closing, seen.topic);
            unseen(memory, Looked::Foreign { id: "queues-changed", facts }, pace.now)
        }
        Err(looked) => unseen(memory, looked, pace.now),
    }
}

/// One more look right before reading ends: hours may lie behind the last one, in a pause or an outage. Met where somebody has
/// closed them: whether that is what was planned is told by what the step needs.
#[must_use]
pub fn still_drained(closing: &Closing, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let once = Closing { looks: 1, ..closing.clone() };
    match see(closing, sections).and_then(|seen| Ok((state(closing, seen.topic)?, seen))) {
        Ok((State::Draining, seen)) => drained(&once, memory, &seen, pace),
        Ok((State::Closed | State::Between, _)) => (memory.clone(), Looked::Met),
        Err(looked) => unseen(memory, looked, pace.now),
    }
}

fn drained(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let before = memory.closed.clone().unwrap_or_default();
    let (all, known) = readers::all(closing, &before, seen);
    let before = ClosedMemory { readers: known, ..before };
    judged(closing, (memory, before), (seen, &all), pace)
}

/// The same of queues that were closed and are read again; how many looks were good while they were closed says nothing.
pub(super) fn drained_anew(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let before = memory.closed.clone().unwrap_or_default();
    let all = readers::of_closing(closing, &before, seen);
    let streak = if memory.began.is_some() { memory.streak } else { 0 };
    let (after, looked) = judged(closing, (&Memory { streak, ..memory.clone() }, before), (seen, &all), pace);
    (Memory { began: memory.began.or(Some(pace.now)), ..after }, looked)
}

fn judged(
    closing: &Closing,
    (memory, before): (&Memory, ClosedMemory),
    (seen, readers): (&Seen<'_>, &[Reader]),
    pace: Pace,
) -> (Memory, Looked) {
    let (stood, _) = stood(closing, seen, &before, pace.now);
    let waited = |reader: &Reader, one: &Stood| !is_by_time(closing, reader) || !expired(one, seen, pace.now);
    let unread = unread(readers, (seen, &stood), waited);
    let spans = Spans {
        lasted: pace.now.since(before.begun.unwrap_or(pace.now)),
        still: pace.now.since(still_since(&stood, pace.now)),
        wanted: must_stand(closing, seen),
    };
    let draining: Vec<OpenAt> = closing.queues.iter().map(ClosingAt::draining).collect();
    let gap = gap_too_long(memory, pace);
    let good = unread.is_empty() && spans.still >= spans.wanted && lagging(&draining, seen.topic).is_none();
    let streak = match (good, gap) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => memory.streak.saturating_add(1),
    };
    let is_met = streak >= closing.looks.max(1);
    let looked = if is_met { Looked::Met } else { evidence(closing, (seen, &unread), &spans, streak) };
    let closed = ClosedMemory { stood, ..before }.telling(&looked, pace.now);
    (Memory { streak, last_look: Some(pace.now), closed: Some(closed), ..Memory::default() }, looked)
}

/// Whether what is in a queue has been kept for its time: counted from when its last message was seen, so rather too late.
fn expired(one: &Stood, seen: &Seen<'_>, now: Millis) -> bool {
    seen.kept(&one.broker).is_some_and(|kept| now.since(one.since) > kept)
}

/// How long the closed queues must stand still: what is kept back now could still come due, and routes are polled.
fn must_stand(closing: &Closing, seen: &Seen<'_>) -> Duration {
    let ours = seen.delays.iter().filter(|delay| closing.queues.iter().any(|one| one.broker == delay.broker));
    let longest = ours.map(Delay::longest_ms).max().unwrap_or(0);
    Duration::from_millis(longest) + ROUTE_POLL * 2
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

fn evidence(closing: &Closing, (seen, unread): (&Seen<'_>, &[Unread]), spans: &Spans, streak: u32) -> Looked {
    let facts = closing.facts();
    if !unread.is_empty() {
        let groups: Vec<String> = unread.iter().map(|one| one.group.to_string()).collect();
        let messages = unread.iter().map(|one| one.messages).fold(0, i64::saturating_add);
        let facts = facts.with("groups", groups).with("messages", messages).with("span", spans.lasted);
        // What is not read yet may go before it is.
        return match seen.filling(closing) {
            None => Looked::NotYet { id: "queues-unread", facts },
            Some((masters, percent)) => {
                let facts = facts.with("masters", masters).with("percent", i64::from(percent));
                Looked::NotYet { id: "queues-unread-filling", facts }
            }
        };
    }
    if spans.still < spans.wanted {
        let facts = facts.with("span", spans.still).with("wait", spans.wanted);
        return Looked::NotYet { id: "queues-not-still", facts };
    }
    let facts = facts.with("streak", i64::from(streak)).with("wanted", i64::from(closing.looks));
    Looked::NotYet { id: "queues-drained-watched", facts }
}
