//! Queues that are no longer read are watched for as long as messages are kept: what comes into them is read after all.

use super::drain::drained_anew;
use super::memory::unseen;
use super::readers::{self, unread};
use super::seen::{Seen, State, not_reading, see, state, still_since, stood};
use super::{ClosedMemory, Closing, ClosingAt};
use crate::cluster::Sections;
use crate::plan::condition::{Looked, Memory, Pace};
use crate::plan::queues_action::OpenAt;
use crate::plan::standing::lagging;
use std::time::Duration;

/// A look at queues that are no longer read: whether anything came into them, for as long as messages are kept.
pub(in crate::plan) fn look_closed(
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
        Ok(State::Closed) => watched(closing, memory, &seen, pace),
        Ok(State::Draining) => read_again(closing, memory, &seen, pace),
        // What is in the queues of some masters could be read, and what is in those of others could not.
        Ok(State::Between) => {
            let facts = not_reading(closing, seen.topic);
            unseen(memory, Looked::NotYet { id: "closed-queues-half-open", facts }, pace.now)
        }
        Err(looked) => unseen(memory, looked, pace.now),
    }
}

/// Reading was given back: the queues are drained anew. That they are drained is not that they are closed.
fn read_again(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let (memory, looked) = drained_anew(closing, memory, seen, pace);
    let looked = match looked {
        Looked::Met => Looked::NotYet { id: "queues-close-again", facts: closing.facts() },
        other => other,
    };
    (memory, looked)
}

fn watched(closing: &Closing, memory: &Memory, seen: &Seen<'_>, pace: Pace) -> (Memory, Looked) {
    let before = memory.closed.clone().unwrap_or_default();
    let (stood, moved) = stood(closing, seen, &before, pace.now);
    if moved {
        // What was remembered stays: the same movement is seen again until reading is given back.
        return (memory.clone(), Looked::NotYet { id: "closed-queues-written", facts: closing.facts() });
    }
    let readers = readers::still_there(closing, &before, seen);
    // What expired for those that are waited for by time is not waited for again.
    let unread = unread(&readers, (seen, &stood), |one, _| !one.broadcasts && !closing.waived.contains(&one.group));
    if !unread.is_empty() {
        let groups: Vec<String> = unread.iter().map(|one| one.group.to_string()).collect();
        let messages = unread.iter().map(|one| one.messages).fold(0, i64::saturating_add);
        let facts = closing.facts().with("groups", groups).with("messages", messages);
        return (memory.clone(), Looked::NotYet { id: "closed-queues-not-read", facts });
    }
    let still = pace.now.since(still_since(&stood, pace.now));
    let streak = memory.streak.saturating_add(1);
    let looked = match longest_kept(closing, seen) {
        None => {
            let facts = closing.facts().with("failure", "refused").with("said", "no master tells fileReservedTime");
            Looked::NotYet { id: "retention-not-told", facts }
        }
        Some(wanted) if still >= wanted && streak > closing.looks && routed(closing, seen) => Looked::Met,
        Some(wanted) => {
            let facts = closing.facts().with("span", still).with("wait", wanted);
            Looked::NotYet { id: "closed-watched", facts }
        }
    };
    let closed = ClosedMemory { stood, ..before }.telling(&looked, pace.now);
    (Memory { streak, last_look: Some(pace.now), closed: Some(closed), ..Memory::default() }, looked)
}

/// For how long messages are kept where queues are closed.
fn longest_kept(closing: &Closing, seen: &Seen<'_>) -> Option<Duration> {
    closing.queues.iter().map(|one| seen.kept(&one.broker)).collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn routed(closing: &Closing, seen: &Seen<'_>) -> bool {
    let closed: Vec<OpenAt> = closing.queues.iter().map(ClosingAt::closed).collect();
    lagging(&closed, seen.topic).is_none()
}
