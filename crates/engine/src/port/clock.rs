use super::Boxed;
use interlock::time::Millis;
use std::time::Duration;

/// Time. Instants for people and the store; a monotonic reading for leases; and the only way to sleep.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Millis;

    /// Time since some fixed moment, never going back, not even when the wall clock is set.
    fn monotonic(&self) -> Duration;

    /// Returns after this much monotonic time.
    fn sleep(&self, span: Duration) -> Boxed<'_, ()>;
}
