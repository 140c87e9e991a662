//! When a request may go out: per bucket, over all routes, and not at all after too many refusals.
//!
//! Pure: it is told the time (monotonic) and decides. Who sends it waits.

use super::limits::{INVALID, INVALID_WINDOW, PATIENT_PER_SECOND, REQUESTS_PER_SECOND};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
/// Buckets kept before those that are over are dropped.
const MANY: usize = 2_048;

/// What a request is counted under: its method and template, and the channel, guild or interaction it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) template: &'static str,
    pub(super) about: u64,
}

/// How much of the window over all routes a request may find taken and still go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// All but its own place.
    Whole,
    /// So much that others find some left: for requests that come in thousands and can wait.
    Patient,
}

/// What the headers of an answer tell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Learned {
    pub(super) bucket: Option<String>,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// Not named by Discord yet.
    Route(Route),
    /// By Discord's name of the bucket.
    Named(String, u64),
}

#[derive(Debug)]
struct Bucket {
    limit: u32,
    remaining: u32,
    window: Duration,
    resets_at: Duration,
}

/// The limits as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    names: HashMap<&'static str, String>,
    buckets: HashMap<Key, Bucket>,
    closed_until: Duration,
    sent: VecDeque<Duration>,
    /// Those of [`Limiter::sent`] that left room for others.
    patient: VecDeque<Duration>,
    refused: VecDeque<Duration>,
}

impl Limiter {
    /// Takes a place for a request, or says how long to wait before asking again.
    pub(super) fn take(&mut self, route: &Route, share: Share, now: Duration) -> Result<(), Duration> {
        if let Some(wait) = self.stopped(now) {
            return Err(wait);
        }
        if self.closed_until > now {
            return Err(self.closed_until - now);
        }
        free(&mut self.sent, REQUESTS_PER_SECOND, now)?;
        if share == Share::Patient {
            free(&mut self.patient, PATIENT_PER_SECOND, now)?;
        }
        let key = self.key(route);
        if let Some(bucket) = self.buckets.get_mut(&key) {
            bucket.take(now)?;
        }
        self.sent.push_back(now);
        if share == Share::Patient {
            self.patient.push_back(now);
        }
        Ok(())
    }

    /// For how long nothing at all is asked, where too much was refused.
    pub(super) fn stopped(&mut self, now: Duration) -> Option<Duration> {
        forget(&mut self.refused, now, INVALID_WINDOW);
        let oldest = self.refused.front().filter(|_| self.refused.len() >= INVALID)?;
        Some((*oldest + INVALID_WINDOW).saturating_sub(now).max(SECOND))
    }

    fn key(&self, route: &Route) -> Key {
        match self.names.get(route.template) {
            Some(name) => Key::Named(name.clone(), route.about),
            None => Key::Route(route.clone()),
        }
    }

    /// Learns from an answer's headers.
    pub(super) fn learn(&mut self, route: &Route, learned: Learned, now: Duration) {
        if let Some(name) = learned.bucket {
            self.names.insert(route.template, name);
        }
        if self.buckets.len() > MANY {
            self.buckets.retain(|_, bucket| bucket.resets_at > now);
        }
        let key = self.key(route);
        let known = self.buckets.get(&key).filter(|bucket| bucket.resets_at > now);
        // Answers overtake each other: within a window the smaller number is the later one.
        let remaining = known.map_or(learned.remaining, |bucket| bucket.remaining.min(learned.remaining));
        let window = known.map_or(learned.reset_after, |bucket| bucket.window.max(learned.reset_after));
        let bucket = Bucket { limit: learned.limit, remaining, window, resets_at: now + learned.reset_after };
        self.buckets.insert(key, bucket);
    }

    /// Learns from a 429.
    pub(super) fn limited(&mut self, route: &Route, wait: Limited, now: Duration) {
        self.refused(now);
        if wait.global {
            self.closed_until = self.closed_until.max(now + wait.retry_after);
            return;
        }
        let key = self.key(route);
        let bucket = Bucket { limit: 1, remaining: 0, window: wait.retry_after, resets_at: now + wait.retry_after };
        self.buckets.insert(key, bucket);
    }

    /// Counts an answer of 401, 403 or 429.
    pub(super) fn refused(&mut self, now: Duration) {
        self.refused.push_back(now);
        if self.refused.len() == INVALID {
            tracing::error!(
                "Discord refused {INVALID} requests within ten minutes; nothing is asked until that has passed"
            );
        }
        if self.refused.len() > INVALID {
            self.refused.pop_front();
        }
    }
}

/// What a 429 tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limited {
    pub(super) retry_after: Duration,
    pub(super) global: bool,
}

impl Bucket {
    fn take(&mut self, now: Duration) -> Result<(), Duration> {
        if self.resets_at <= now {
            self.remaining = self.limit.max(1);
            self.resets_at = now + self.window;
        }
        match self.remaining.checked_sub(1) {
            Some(left) => {
                self.remaining = left;
                Ok(())
            }
            None => Err(self.resets_at - now),
        }
    }
}

/// Whether there is room for one more within a second, or how long to wait for it.
fn free(sent: &mut VecDeque<Duration>, most: usize, now: Duration) -> Result<(), Duration> {
    forget(sent, now, SECOND);
    let oldest = sent.front().filter(|_| sent.len() >= most);
    oldest.map_or(Ok(()), |oldest| Err((*oldest + SECOND).saturating_sub(now).max(Duration::from_millis(1))))
}

fn forget(times: &mut VecDeque<Duration>, now: Duration, window: Duration) {
    while times.front().is_some_and(|at| *at + window <= now) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn route(about: u64) -> Route {
        Route { template: "POST /channels/{}/messages", about }
    }

    fn learned(limit: u32, remaining: u32, milliseconds: u64) -> Learned {
        let reset_after = Duration::from_millis(milliseconds);
        Learned { bucket: Some("b1".to_owned()), limit, remaining, reset_after }
    }

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_bucket_is_emptied_and_filled_again() {
        let mut limiter = Limiter::default();
        assert_eq!(limiter.take(&route(1), Share::Whole, at(0)), Ok(()));
        limiter.learn(&route(1), learned(5, 1, 2_000), at(10));
        assert_eq!(limiter.take(&route(1), Share::Whole, at(20)), Ok(()));
        assert_eq!(limiter.take(&route(1), Share::Whole, at(510)), Err(at(1_500)));
        assert_eq!(limiter.take(&route(2), Share::Whole, at(520)), Ok(()), "another channel has its own");
        for _ in 0..5 {
            assert_eq!(limiter.take(&route(1), Share::Whole, at(2_010)), Ok(()));
        }
        assert_eq!(limiter.take(&route(1), Share::Whole, at(2_020)), Err(at(1_990)));
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_fill_a_bucket() {
        let mut limiter = Limiter::default();
        limiter.learn(&route(1), learned(5, 0, 2_000), at(0));
        limiter.learn(&route(1), learned(5, 3, 1_900), at(1));
        assert!(limiter.take(&route(1), Share::Whole, at(2)).is_err());
    }

    #[test]
    fn routes_share_a_bucket_of_one_name() {
        let other = Route { template: "PATCH /channels/{}/messages/{}", about: 1 };
        let mut limiter = Limiter::default();
        limiter.learn(&other, learned(5, 5, 2_000), at(0));
        limiter.learn(&route(1), learned(5, 0, 2_000), at(0));
        assert!(limiter.take(&other, Share::Whole, at(1)).is_err());
    }

    #[test]
    fn a_global_429_closes_everything_and_a_bucket_429_only_the_bucket() {
        let mut limiter = Limiter::default();
        limiter.limited(&route(1), Limited { retry_after: at(300), global: false }, at(0));
        assert_eq!(limiter.take(&route(1), Share::Whole, at(100)), Err(at(200)));
        assert_eq!(limiter.take(&route(2), Share::Whole, at(100)), Ok(()));
        limiter.limited(&route(2), Limited { retry_after: at(1_000), global: true }, at(100));
        assert_eq!(limiter.take(&route(3), Share::Whole, at(600)), Err(at(500)));
        assert_eq!(limiter.take(&route(3), Share::Whole, at(1_100)), Ok(()));
    }

    #[test]
    fn no_more_than_so_many_a_second_over_all() {
        let mut limiter = Limiter::default();
        for about in 0..REQUESTS_PER_SECOND as u64 {
            assert_eq!(limiter.take(&route(about), Share::Whole, at(about)), Ok(()));
        }
        assert_eq!(limiter.take(&route(1_000), Share::Whole, at(100)), Err(at(900)));
        assert_eq!(limiter.take(&route(1_000), Share::Whole, at(1_000)), Ok(()));
    }

    #[test]
    fn what_comes_in_thousands_leaves_room_for_others_and_takes_none_of_theirs() {
        let mut limiter = Limiter::default();
        for about in 0..PATIENT_PER_SECOND as u64 {
            assert_eq!(limiter.take(&route(about), Share::Patient, at(0)), Ok(()));
        }
        assert_eq!(limiter.take(&route(100), Share::Patient, at(10)), Err(at(990)));
        for about in 200..200 + (REQUESTS_PER_SECOND - PATIENT_PER_SECOND) as u64 {
            assert_eq!(limiter.take(&route(about), Share::Whole, at(20)), Ok(()), "a share is left");
        }
        assert_eq!(limiter.take(&route(300), Share::Whole, at(30)), Err(at(970)));
        assert_eq!(limiter.take(&route(301), Share::Patient, at(1_000)), Ok(()));
    }

    #[test]
    fn after_too_many_refusals_nothing_is_asked_until_they_are_old() {
        let mut limiter = Limiter::default();
        for _ in 0..INVALID {
            assert_eq!(limiter.take(&route(1), Share::Whole, at(0)), Ok(()));
            limiter.refused(at(0));
            limiter.sent.clear();
        }
        assert_eq!(limiter.take(&route(1), Share::Whole, at(60_000)), Err(INVALID_WINDOW - at(60_000)));
        assert_eq!(limiter.stopped(at(60_000)), Some(INVALID_WINDOW - at(60_000)), "answers to interactions as well");
        assert_eq!(limiter.stopped(INVALID_WINDOW), None);
        assert_eq!(limiter.take(&route(1), Share::Whole, INVALID_WINDOW), Ok(()));
    }
}
