//! Open cards are read anew from time to time, and which roles call nobody. Events of a chat can be lost without anybody noticing; what stands on a card
//! cannot.

use super::door::FrontDoor;
use crate::desk::Rooms;
use interlock::time::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How long after the beginning of a round the next one begins. A lost event costs a minute and some seconds at most while
/// some fifty cards are open; of more of them each costs what it takes to read it longer. Those under way are read first.
const EVERY: Duration = Duration::from_secs(60);
/// The pause between two cards: one costs some nine requests, and fifteen where its votes decide, so that a round uses a third of
/// the requests that may be made at most, however many cards are open.
const BETWEEN: Duration = Duration::from_secs(1);
/// How often it is looked whether a round is due. By the wall clock: the cards change while people wait, not while the
/// machine sleeps.
const LOOK: Duration = Duration::from_millis(500);
/// How many cards are read in one round.
const MOST: u32 = 1_000;

/// Reads open cards anew.
pub struct Sweep {
    rooms: Arc<Rooms>,
    door: FrontDoor,
}

impl Sweep {
    /// Of the cards of these rooms, through their door.
    #[must_use]
    pub fn new(rooms: Arc<Rooms>, door: FrontDoor) -> Self {
        Self { rooms, door }
    }

    /// Reads until dropped. The first round begins when a minute has passed: the start reads everything by itself.
    pub async fn run(&self) {
        let clock = &self.rooms.clock;
        let mut began = clock.now();
        loop {
            clock.sleep(LOOK).await;
            let now = clock.now();
            if is_due(began, now) {
                began = now;
                self.round().await;
            }
        }
    }

    async fn round(&self) {
        self.rooms.look_at_roles_of_owners().await;
        let cards = match self.rooms.store.live_cards(MOST).await {
            Ok(cards) => cards,
            Err(error) => return tracing::warn!(%error, "no card is read anew: the store does not answer"),
        };
        for (place, card) in cards.iter().enumerate() {
            if place > 0 {
                self.rooms.clock.sleep(BETWEEN).await;
            }
            self.door.read_anew(card).await;
        }
    }
}

/// A clock that was set back must not stop the rounds.
fn is_due(began: Millis, now: Millis) -> bool {
    now < began || now.since(began) >= EVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_due_after_its_time_and_when_the_clock_was_set_back() {
        let began = Millis(1_700_000_000_000);
        assert!(!is_due(began, began));
        assert!(!is_due(began, began.plus(EVERY - Duration::from_millis(1))));
        assert!(is_due(began, began.plus(EVERY)));
        assert!(is_due(began, began.minus(Duration::from_secs(3_600))));
    }
}
