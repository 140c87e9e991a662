//! What was measured in looks of the last hour, to tell how fast things grow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A look this much older is compared with; a younger one tells too little.
const LEAST_AGE: Duration = Duration::from_secs(20);
/// An older one tells of another time.
const MOST_AGE: Duration = Duration::from_secs(3_600);
/// A younger one tells what goes on at present.
const LATELY: Duration = Duration::from_secs(300);
/// Looks closer to each other than this are not kept.
const LEAST_APART: Duration = Duration::from_secs(15);
const MOST_SAMPLES: usize = 240;

/// What looks measured, each with its monotonic time.
pub(super) struct Samples<T>(Mutex<VecDeque<(Duration, Arc<T>)>>);

impl<T> Default for Samples<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Samples<T> {
    /// Takes in what a look measured.
    pub(super) fn note(&self, at: Duration, measured: impl Into<Arc<T>>) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.back().is_some_and(|(last, _)| at.saturating_sub(*last) < LEAST_APART) {
            return;
        }
        if samples.len() == MOST_SAMPLES {
            samples.pop_front();
        }
        samples.push_back((at, measured.into()));
    }

    /// The oldest look of the last hour that is old enough, with its age; none if there is none.
    pub(super) fn earlier(&self, at: Duration) -> Option<(Duration, Arc<T>)> {
        self.oldest(at, MOST_AGE)
    }

    /// The oldest look of the last five minutes that is old enough, with its age; none if there is none.
    pub(super) fn lately(&self, at: Duration) -> Option<(Duration, Arc<T>)> {
        self.oldest(at, LATELY)
    }

    fn oldest(&self, at: Duration, most: Duration) -> Option<(Duration, Arc<T>)> {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let aged = samples.iter().map(|(then, measured)| (at.saturating_sub(*then), measured));
        let mut old = aged.filter(|(age, _)| (LEAST_AGE..=most).contains(age));
        old.next().map(|(age, measured)| (age, measured.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    fn earlier(samples: &Samples<u64>, at: u64) -> Option<(u64, u64)> {
        samples.earlier(second(at)).map(|(age, measured)| (age.as_secs(), *measured))
    }

    #[test]
    fn the_oldest_look_of_the_last_hour_is_compared_with() {
        let samples = Samples::default();
        samples.note(second(0), 1);
        assert_eq!(earlier(&samples, 10), None, "too young");
        samples.note(second(30), 2);
        assert_eq!(earlier(&samples, 100), Some((100, 1)));
        assert_eq!(earlier(&samples, 3_610), Some((3_580, 2)), "the first is of another time");
        assert_eq!(earlier(&samples, 4_000), None);
    }

    #[test]
    fn what_goes_on_at_present_is_told_from_the_hour() {
        let samples = Samples::default();
        samples.note(second(0), 1);
        samples.note(second(400), 2);
        let lately = |at| samples.lately(second(at)).map(|(age, measured)| (age.as_secs(), *measured));
        assert_eq!(lately(410), None, "one is too young, the other too old");
        assert_eq!(lately(500), Some((100, 2)));
        assert_eq!(earlier(&samples, 500), Some((500, 1)));
    }

    #[test]
    fn many_looks_in_a_minute_do_not_push_out_the_older_ones() {
        let samples = Samples::default();
        samples.note(second(0), 1);
        (1..1_000).for_each(|number| samples.note(Duration::from_millis(15_000 + number), number));
        assert_eq!(earlier(&samples, 100), Some((100, 1)));
        assert!(samples.0.lock().unwrap().len() <= 2);
        (0..1_000).for_each(|number| samples.note(second(100 + 15 * number), number));
        assert_eq!(samples.0.lock().unwrap().len(), MOST_SAMPLES);
    }
}
