//! How fast partitions grow, from the sizes of their logs in looks that were made anyway.

use interlock::cluster::kafka::{BrokerDirs, PartitionRate, Rates};
use interlock::id::TopicName;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A look this much older is compared with; a younger one tells too little.
const LEAST_AGE: Duration = Duration::from_secs(20);
/// An older one tells of another time.
const MOST_AGE: Duration = Duration::from_secs(3_600);
/// Looks closer to each other than this are not kept.
const LEAST_APART: Duration = Duration::from_secs(15);
const MOST_SAMPLES: usize = 240;

type Sizes = BTreeMap<(TopicName, i32), u64>;

struct Sample {
    at: Duration,
    sizes: Sizes,
}

/// The sizes of the last hour.
#[derive(Default)]
pub(super) struct Sampler(Mutex<VecDeque<Sample>>);

impl Sampler {
    /// Takes in a look.
    pub(super) fn note(&self, at: Duration, dirs: &[BrokerDirs]) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.back().is_some_and(|last| at.saturating_sub(last.at) < LEAST_APART) {
            return;
        }
        if samples.len() == MOST_SAMPLES {
            samples.pop_front();
        }
        samples.push_back(Sample { at, sizes: sizes(dirs) });
    }

    /// The rates since the oldest look of the last hour that is old enough; none if there is none.
    pub(super) fn since_earlier(&self, at: Duration, dirs: &[BrokerDirs]) -> Option<Rates> {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |sample: &Sample| at.saturating_sub(sample.at);
        let earlier = samples.iter().find(|sample| (LEAST_AGE..=MOST_AGE).contains(&age(sample)))?;
        Some(rates(&earlier.sizes, &sizes(dirs), age(earlier)))
    }
}

/// The rates between two looks.
pub(super) fn between(before: &[BrokerDirs], after: &[BrokerDirs], span: Duration) -> Rates {
    rates(&sizes(before), &sizes(after), span)
}

/// The largest copy of each partition: others may still be catching up.
fn sizes(dirs: &[BrokerDirs]) -> Sizes {
    let mut sizes = Sizes::new();
    let replicas = dirs.iter().filter_map(|broker| broker.dirs.as_ref()).flatten().flat_map(|dir| &dir.replicas);
    for replica in replicas.filter(|replica| !replica.future) {
        let size = sizes.entry((replica.topic.clone(), replica.partition)).or_default();
        *size = (*size).max(replica.bytes);
    }
    sizes
}

/// What was removed meanwhile hides what came in: a log that shrank counts as standing still.
fn rates(before: &Sizes, after: &Sizes, span: Duration) -> Rates {
    let window_ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = |((topic, partition), now): (&(TopicName, i32), &u64)| {
        let grown = now.saturating_sub(before.get(&(topic.clone(), *partition)).copied().unwrap_or(*now));
        let bytes_per_second = u64::try_from(u128::from(grown) * 1_000 / u128::from(window_ms)).unwrap_or(u64::MAX);
        PartitionRate { topic: topic.clone(), partition: *partition, bytes_per_second }
    };
    Rates { window_ms, partitions: after.iter().map(rate).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::cluster::kafka::{LogDir, StoredReplica};

    fn look(bytes: u64) -> Vec<BrokerDirs> {
        let replica = StoredReplica { topic: "orders".parse().unwrap(), partition: 0, bytes, future: false };
        let dir = LogDir {
            path: String::new(),
            failed: false,
            total_bytes: None,
            usable_bytes: None,
            replicas: vec![replica],
        };
        vec![BrokerDirs { broker: 1, dirs: Some(vec![dir]) }]
    }

    fn rate(rates: &Rates) -> u64 {
        rates.partitions[0].bytes_per_second
    }

    #[test]
    fn a_rate_is_what_came_in_over_the_window() {
        let second = Duration::from_secs;
        assert_eq!(rate(&between(&look(1_000), &look(5_000), second(4))), 1_000);
        assert_eq!(rate(&between(&look(5_000), &look(1_000), second(4))), 0, "retention removed more than came in");
        let sampler = Sampler::default();
        sampler.note(second(0), &look(0));
        assert_eq!(sampler.since_earlier(second(10), &look(100)), None, "too young");
        let found = sampler.since_earlier(second(100), &look(100_000)).unwrap();
        assert_eq!((found.window_ms, rate(&found)), (100_000, 1_000));
        assert_eq!(sampler.since_earlier(second(4_000), &look(1)), None, "of another time");
    }
}
