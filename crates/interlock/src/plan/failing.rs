//! Looks that fail one after the other: tried again for a while without anybody, then people are called.

use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Looks that have been failing without a break. Stored, so that it is known after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// Since when, or since people were last called.
    pub since: Millis,
    /// When the last one failed.
    pub last: Millis,
}

/// Who is told of a look that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// It is the first one: it is noted.
    Note,
    /// Nobody: it is known.
    Nobody,
    /// It has been long enough: people are called.
    People,
}

impl Failing {
    /// One more look failed now. What was longer ago than the patience lasts is another story.
    #[must_use]
    pub fn again(before: Option<Self>, now: Millis, patience: Duration) -> (Self, Calls) {
        let anew = Self { since: now, last: now };
        match before.filter(|before| now.since(before.last) <= patience) {
            None => (anew, Calls::Note),
            Some(before) if now.since(before.since) > patience => (anew, Calls::People),
            Some(before) => (Self { last: now, ..before }, Calls::Nobody),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(120);

    fn at(seconds: i64) -> Millis {
        Millis(1_790_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn people_are_called_once_in_a_patience() {
        let mut failing = None;
        let mut called = Vec::new();
        for look in 0..60 {
            let (now, calls) = Failing::again(failing, at(look * 5), PATIENCE);
            failing = Some(now);
            if calls != Calls::Nobody {
                called.push((look * 5, calls));
            }
        }
        assert_eq!(called, [(0, Calls::Note), (125, Calls::People), (250, Calls::People)]);
    }

    #[test]
    fn after_a_long_pause_it_begins_anew() {
        let before = Some(Failing { since: at(0), last: at(100) });
        assert_eq!(Failing::again(before, at(220), PATIENCE).1, Calls::People);
        assert_eq!(Failing::again(before, at(221), PATIENCE), (Failing { since: at(221), last: at(221) }, Calls::Note));
    }
}
