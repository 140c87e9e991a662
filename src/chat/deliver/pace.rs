//! When what is drawn and what is told of progress may be sent again.

use interlock::id::OperationId;
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Progress of an operation is sent at most this often: nobody reads faster, and edits are limited.
pub(super) const PROGRESS_EVERY: Duration = Duration::from_secs(15);
/// The pause after a card could not be drawn once; each further failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Of how many operations it is remembered when they last told of their progress.
const MOST: usize = 10_000;

/// What this process remembers of its sendings. A restart begins anew, which costs one message that is early.
#[derive(Debug, Default)]
pub(super) struct Pace {
    drawing: Mutex<BTreeMap<OperationId, Pause>>,
    progress: Mutex<BTreeMap<OperationId, Told>>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    failures: u32,
    until: Millis,
}

#[derive(Debug, Clone)]
struct Told {
    at: Millis,
    says: String,
}

/// Whether progress may be told now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    Now,
    At(Millis),
    /// The last message says exactly this.
    Said,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pace {
    /// How many cards wait because they could not be drawn.
    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(lock(&self.drawing).len()).unwrap_or(u32::MAX)
    }

    /// Whether a card may be drawn now.
    pub(super) fn may_draw(&self, operation: &OperationId, now: Millis) -> bool {
        lock(&self.drawing).get(operation).is_none_or(|pause| pause.until <= now)
    }

    /// A card could not be drawn; it is tried again after a pause that grows, and not before the chat says so.
    pub(super) fn not_drawn(&self, operation: &OperationId, now: Millis, asked: Option<Duration>) {
        let mut drawing = lock(&self.drawing);
        let failures = drawing.get(operation).map_or(0, |pause| pause.failures);
        let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE);
        let until = now.plus(pause.max(asked.unwrap_or_default()));
        drawing.insert(operation.clone(), Pause { failures: failures.saturating_add(1), until });
    }

    /// A card was drawn, or is not to be drawn any more.
    pub(super) fn drawn(&self, operation: &OperationId) {
        lock(&self.drawing).remove(operation);
    }

    /// Whether progress that says this may be told now.
    pub(super) fn turn(&self, operation: &OperationId, now: Millis, says: &str) -> Turn {
        match lock(&self.progress).get(operation) {
            Some(told) if told.says == says => Turn::Said,
            // A clock that was set back does not silence anybody.
            Some(told) if told.at <= now && now.since(told.at) < PROGRESS_EVERY => {
                Turn::At(told.at.plus(PROGRESS_EVERY))
            }
            _ => Turn::Now,
        }
    }

    /// Progress was told.
    pub(super) fn told(&self, operation: &OperationId, now: Millis, says: String) {
        let mut progress = lock(&self.progress);
        if progress.len() >= MOST {
            progress.retain(|_, told| now.since(told.at) < PROGRESS_EVERY);
        }
        progress.insert(operation.clone(), Told { at: now, says });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = Millis(1_700_000_000_000);

    fn id() -> OperationId {
        "K7F3QD".parse().unwrap()
    }

    fn after(seconds: u64) -> Millis {
        START.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn each_failure_to_draw_makes_the_pause_longer_up_to_a_limit() {
        let pace = Pace::default();
        let mut now = START;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            assert!(pace.may_draw(&id(), now));
            pace.not_drawn(&id(), now, None);
            let seconds = (1..).find(|seconds| pace.may_draw(&id(), now.plus(Duration::from_secs(*seconds)))).unwrap();
            pauses.push(seconds);
            now = now.plus(Duration::from_secs(seconds));
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(pace.waiting(), 1);
        pace.drawn(&id());
        pace.not_drawn(&id(), now, None);
        assert!(pace.may_draw(&id(), now.plus(FIRST_PAUSE)), "a success begins anew");
    }

    #[test]
    fn the_chats_own_pause_is_kept() {
        let pace = Pace::default();
        pace.not_drawn(&id(), START, Some(Duration::from_secs(40)));
        assert!(!pace.may_draw(&id(), after(39)));
        assert!(pace.may_draw(&id(), after(40)));
        assert!(pace.may_draw(&"ABCDEF".parse().unwrap(), START), "another card waits for nothing");
    }

    #[test]
    fn progress_is_told_every_fifteen_seconds_and_not_twice_the_same() {
        let pace = Pace::default();
        assert_eq!(pace.turn(&id(), START, "one"), Turn::Now);
        pace.told(&id(), START, "one".to_owned());
        assert_eq!(pace.turn(&id(), after(14), "two"), Turn::At(after(15)));
        assert_eq!(pace.turn(&id(), after(15), "two"), Turn::Now);
        assert_eq!(pace.turn(&id(), after(60), "one"), Turn::Said);
        assert_eq!(pace.turn(&id(), START.minus(Duration::from_secs(1)), "two"), Turn::Now);
    }
}
