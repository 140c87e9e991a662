//! The clock of expiry stands still while the votes cannot be read.

use crate::time::Millis;
use std::time::Duration;

/// How long the votes could not be read between two reads of them, if they are read `every` so often. One read or two that are
/// missing are nothing; from then on the whole time counts: it is not known when in it the votes could be read a last time.
#[must_use]
pub fn standstill(read_at: Millis, now: Millis, every: Duration) -> Duration {
    let gap = now.since(read_at);
    if gap > every * 3 { gap } else { Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_gap_that_is_no_chance_moves_the_end() {
        let (every, read) = (Duration::from_secs(60), Millis(1_790_000_000_000));
        let stood = |seconds| standstill(read, read.plus(Duration::from_secs(seconds)), every).as_secs();
        assert_eq!([0, 60, 179, 180].map(stood), [0; 4]);
        assert_eq!([181, 3_600, 90_000].map(stood), [181, 3_600, 90_000]);
    }

    #[test]
    fn a_clock_that_was_set_back_moves_nothing() {
        let read = Millis(1_790_000_000_000);
        assert_eq!(standstill(read, Millis(read.0 - 1), Duration::from_secs(1)), Duration::ZERO);
    }
}
