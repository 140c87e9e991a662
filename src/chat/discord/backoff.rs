//! How long to wait between attempts.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);

/// From one second to five minutes, doubling, with jitter.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The wait before the next attempt.
    pub(super) fn next(&mut self) -> Duration {
        let most = FIRST.saturating_mul(1 << self.attempts.min(16)).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        most.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// It works again.
    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn waits_double_up_to_five_minutes() {
        let mut backoff = Backoff::default();
        for most in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let wait = backoff.next();
            let most = Duration::from_secs(most);
            assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }

    /// Bots that lost the same gateway in the same moment do not come back in the same moment.
    #[test]
    fn no_two_of_many_wait_for_the_same_time() {
        let waits: BTreeSet<Duration> = (0..20).map(|_| Backoff::default().next()).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }
}
