//! Messages of which it is known that they are no cards: what people do to them costs a look into a map, and none into the store.

use crate::chat::MessageRef;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long it is known that a message is no card. A card that another process posts is stored by then.
const GOOD_FOR: Duration = Duration::from_secs(60);
/// How many messages are known to be none.
const MOST: usize = 10_000;
/// How many of our own messages are remembered, the newest. One is stored in much less time than it takes to post so many.
const MOST_POSTED: usize = 1_024;

/// The messages that are no cards.
#[derive(Debug, Default)]
pub(super) struct OtherMessages(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// When each was found to be none, by the monotonic clock.
    others: HashMap<MessageRef, Duration>,
    /// What we posted as a card, by its id: newer ones have larger ids. It is a card before the store knows of it.
    posted: BTreeSet<u64>,
}

impl OtherMessages {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a message is known to be no card.
    pub(super) fn knows(&self, message: MessageRef, now: Duration) -> bool {
        self.lock().others.get(&message).is_some_and(|found| is_good(*found, now))
    }

    /// The store knows of no such card.
    pub(super) fn put(&self, message: MessageRef, now: Duration) {
        let mut known = self.lock();
        if known.posted.contains(&message.message) {
            return;
        }
        if known.others.len() >= MOST {
            known.others.retain(|_, found| is_good(*found, now));
        }
        if known.others.len() < MOST {
            known.others.insert(message, now);
        }
    }

    /// We posted a message as a card, which the store is about to learn.
    pub(super) fn posted(&self, message: MessageRef) {
        let mut known = self.lock();
        known.others.remove(&message);
        known.posted.insert(message.message);
        if known.posted.len() > MOST_POSTED {
            known.posted.pop_first();
        }
    }
}

fn is_good(found: Duration, now: Duration) -> bool {
    now.saturating_sub(found) < GOOD_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000);

    const fn message(message: u64) -> MessageRef {
        MessageRef { channel: 1, message }
    }

    #[test]
    fn a_message_that_is_no_card_is_known_for_a_while() {
        let others = OtherMessages::default();
        assert!(!others.knows(message(7), START), "nobody asked yet");
        others.put(message(7), START);
        assert!(others.knows(message(7), START + GOOD_FOR - Duration::from_millis(1)));
        assert!(!others.knows(message(8), START));
        assert!(!others.knows(message(7), START + GOOD_FOR));
    }

    #[test]
    fn a_card_that_was_just_posted_is_none_of_them_whenever_the_store_was_asked() {
        let others = OtherMessages::default();
        others.put(message(7), START);
        others.posted(message(7));
        assert!(!others.knows(message(7), START), "asked before it was posted");
        others.put(message(7), START);
        assert!(!others.knows(message(7), START), "asked while it was being stored");
    }

    #[test]
    fn what_is_remembered_has_limits_and_the_old_makes_room() {
        let others = OtherMessages::default();
        for number in 0..=MOST as u64 {
            others.put(message(number), START);
            others.posted(message(1_000_000 + number));
        }
        let sizes = |known: MutexGuard<'_, Known>| (known.others.len(), known.posted.len());
        assert_eq!(sizes(others.lock()), (MOST, MOST_POSTED));
        assert!(!others.knows(message(MOST as u64), START), "one too many is asked for again");
        others.put(message(MOST as u64), START + GOOD_FOR);
        assert!(others.knows(message(MOST as u64), START + GOOD_FOR));
        assert_eq!(sizes(others.lock()), (1, MOST_POSTED));
    }
}
