use engine::port::{Boxed, Clock};
use interlock::time::Millis;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A clock that is moved by hand. A sleep moves it, too, and returns at once: whoever waits does not have to be waited for.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    now: Millis,
    monotonic: Duration,
}

impl HandClock {
    /// A clock that stands at this instant.
    #[must_use]
    pub fn at(now: Millis) -> Self {
        Self(Arc::new(Mutex::new(Reading { now, monotonic: Duration::ZERO })))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.now = reading.now.plus(by);
        reading.monotonic = reading.monotonic.saturating_add(by);
    }

    /// Sets the wall clock, backwards too; the monotonic reading does not notice.
    pub fn set(&self, now: Millis) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).now = now;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Millis {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).monotonic
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        Box::pin(async move { self.advance(span) })
    }
}
