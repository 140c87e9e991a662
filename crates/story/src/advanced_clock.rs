//! The machine's clock, which a test sets forward.

use engine::port::{Boxed, Clock};
use interlock::time::Millis;
use signalbox::clock::SystemClock;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The machine's clock and as much as was added to it. Only the wall clock is ahead: leases and sleeps take their time, as what
/// happens on real servers does.
#[derive(Debug, Default)]
pub struct AdvancedClock {
    machine: SystemClock,
    ahead: Mutex<Duration>,
}

impl AdvancedClock {
    /// Sets the wall clock forward.
    pub fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for AdvancedClock {
    fn now(&self) -> Millis {
        self.machine.now().plus(*self.ahead.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        self.machine.sleep(span)
    }
}
