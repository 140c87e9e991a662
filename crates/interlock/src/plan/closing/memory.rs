//! What is remembered of closed queues between looks.

use super::readers::KnownReader;
use crate::id::BrokerName;
use crate::plan::condition::{Looked, Memory};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Progress of a wait of days is told once in this time.
const TOLD_EVERY: Duration = Duration::from_secs(86_400);
/// What was told before is told again after something else, but not more often than this.
const TOLD_AGAIN: Duration = Duration::from_secs(3_600);

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
    /// Every group that was seen to read them before they were closed to readers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<KnownReader>,
    /// When they were first looked at.
    #[serde(default)]
    pub begun: Option<Millis>,
    /// When progress was last told.
    pub told: Option<Millis>,
    /// What was told then.
    pub told_id: String,
    /// When each thing was last told in this wait.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told_at: BTreeMap<String, Millis>,
}

impl ClosedMemory {
    /// The same for the next wait of the operation, which has a first line of its own.
    #[must_use]
    pub fn for_next_wait(self) -> Self {
        Self { told: None, told_id: String::new(), told_at: BTreeMap::new(), ..self }
    }

    /// Notes what a look tells, if it is to be told: the same once a day, and what was never told at once. What takes turns with
    /// something else is told once an hour at most.
    #[must_use]
    pub(super) fn telling(mut self, looked: &Looked, now: Millis) -> Self {
        self.begun = self.begun.or(Some(now));
        let Looked::NotYet { id, .. } = looked else { return self };
        if self.is_due(id, now) {
            (self.told, self.told_id) = (Some(now), (*id).to_owned());
            self.told_at.insert((*id).to_owned(), now);
        }
        self
    }

    fn is_due(&self, id: &str, now: Millis) -> bool {
        let Some(last) = self.told else { return true };
        let every = if self.told_id == id {
            TOLD_EVERY
        } else if self.told_at.contains_key(id) {
            TOLD_AGAIN
        } else {
            Duration::ZERO
        };
        now.since(last) >= every
    }
}

/// A look that saw nothing ends a streak; where queues stood is remembered: they cannot have moved and come back.
pub(super) fn unseen(memory: &Memory, looked: Looked, now: Millis) -> (Memory, Looked) {
    let closed = memory.closed.clone().unwrap_or_default().telling(&looked, now);
    (Memory { last_look: Some(now), closed: Some(closed), ..Memory::default() }, looked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    fn look(id: &'static str) -> Looked {
        Looked::NotYet { id, facts: Facts::none() }
    }

    /// How many lines these looks make, one every so many seconds.
    fn lines(ids: impl Iterator<Item = &'static str>, every: i64) -> usize {
        let (mut memory, mut lines) = (ClosedMemory::default(), 0);
        for (number, id) in (0..).zip(ids) {
            let after = memory.clone().telling(&look(id), Millis(1_790_000_000_000 + number * every * 1_000));
            lines += usize::from(after.told != memory.told);
            memory = after;
        }
        lines
    }

    #[test]
    fn what_takes_turns_is_told_once_an_hour() {
        let turns = || ["queues-unread", "queues-not-still"].into_iter().cycle();
        assert_eq!(lines(turns().take(200), 18), 2, "an hour");
        assert!(lines(turns().take(4_800), 18) <= 25, "a day");
        assert_eq!(lines(std::iter::repeat_n("queues-unread", 5 * 5_760), 15), 5, "five days, a line a day");
        assert_eq!(lines(["queues-unread", "master-silent"].into_iter(), 15), 2, "something else at once");
    }

    #[test]
    fn the_next_wait_knows_where_queues_stood_and_has_a_first_line() {
        let stood =
            vec![Stood { broker: "broker-a".parse().unwrap(), queue: 7, end: 9, since: Millis(1_790_000_000_000) }];
        let before = ClosedMemory { stood: stood.clone(), ..ClosedMemory::default() };
        let before = before.telling(&look("queues-not-still"), Millis(1_790_000_000_000));
        let next = before.for_next_wait();
        assert_eq!((next.stood.clone(), next.begun), (stood, Some(Millis(1_790_000_000_000))));
        assert!(next.telling(&look("queues-not-still"), Millis(1_790_000_001_000)).told.is_some());
    }
}
