//! When moves are looked at next.

use super::condition::Memory;
use std::time::Duration;

/// However little is left.
const SOONEST: Duration = Duration::from_millis(250);

/// The time until the next look at moves: the interval, or less where at the speed between the last two looks the rest is
/// copied sooner. The next batch begins when a look finds this one done.
#[must_use]
pub fn next_look(before: &Memory, after: &Memory, interval: Duration) -> Duration {
    arrives_in(before, after).map_or(interval, |left| left.max(SOONEST).min(interval))
}

fn arrives_in(before: &Memory, after: &Memory) -> Option<Duration> {
    let (was, left) = (before.left_bytes?, after.left_bytes?);
    let copied = was.checked_sub(left).filter(|copied| *copied > 0)?;
    let span = after.last_look?.since(before.last_look?).as_millis();
    let millis = span.saturating_mul(u128::from(left)) / u128::from(copied);
    u64::try_from(millis).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    const EVERY: Duration = Duration::from_secs(5);

    fn seen(second: i64, left: Option<u64>) -> Memory {
        Memory { last_look: Some(Millis(second * 1_000)), left_bytes: left, ..Memory::default() }
    }

    fn next(was: Option<u64>, left: Option<u64>) -> Duration {
        next_look(&seen(10, was), &seen(15, left), EVERY)
    }

    #[test]
    fn it_is_looked_again_when_the_rest_is_copied_but_not_later_than_usual() {
        assert_eq!(next(Some(1_000), Some(900)), EVERY, "45 s are left");
        assert_eq!(next(Some(1_000), Some(500)), EVERY, "just as long");
        assert_eq!(next(Some(1_000), Some(200)), Duration::from_millis(1_250));
        assert_eq!(next(Some(1_000), Some(0)), SOONEST, "it has only to come into sync");
    }

    #[test]
    fn without_a_speed_it_is_looked_as_usual() {
        for (was, left) in
            [(None, Some(1)), (Some(1), None), (Some(1), Some(1)), (Some(1), Some(2)), (Some(0), Some(0))]
        {
            assert_eq!(next(was, left), EVERY, "{was:?} {left:?}");
        }
    }

    #[test]
    fn an_interval_shorter_than_the_soonest_stays() {
        let often = Duration::from_millis(100);
        assert_eq!(next_look(&seen(10, Some(9)), &seen(11, Some(1)), often), often);
    }
}
