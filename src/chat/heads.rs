//! The head of the audit log is posted where whoever owns the database cannot take it back: at the start, and every day.

use crate::desk::Rooms;
use interlock::principal::Place;
use interlock::time::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How long after one head the next one is posted.
const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// A start posts none if one was posted within this time: who starts again and again says nothing new.
const AT_START: Duration = Duration::from_secs(3_600);
/// How often it is asked whether it is time.
const ASK: Duration = Duration::from_secs(60);
/// How often the clock is looked at. By the wall clock, as days are.
const LOOK: Duration = Duration::from_millis(500);

/// Puts heads into the outbox.
pub struct Heads {
    rooms: Arc<Rooms>,
    place: Place,
}

impl Heads {
    /// Of the log of these rooms; none where the settings have no place for them.
    #[must_use]
    pub fn of(rooms: &Arc<Rooms>) -> Option<Self> {
        let place = rooms.times.audit_heads.clone()?;
        Some(Self { rooms: rooms.clone(), place })
    }

    /// Posts until dropped.
    pub async fn run(&self) {
        let (clock, mut every) = (&self.rooms.clock, AT_START);
        let mut asked: Option<Millis> = None;
        loop {
            let now = clock.now();
            if asked.is_none_or(|at| now < at || now.since(at) >= ASK) {
                asked = Some(now);
                match self.rooms.store.tell_head(&self.place, every, now).await {
                    Ok(_) => every = EVERY,
                    Err(error) => tracing::warn!(%error, "the head of the audit log is not posted now"),
                }
            }
            clock.sleep(LOOK).await;
        }
    }
}
