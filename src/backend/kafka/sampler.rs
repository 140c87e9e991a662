//! How fast partitions grow, from the sizes of their logs in looks that were made anyway.

use crate::backend::samples::Samples;
use interlock::cluster::kafka::{BrokerDirs, PartitionRate, Rates};
use interlock::id::TopicName;
use std::collections::BTreeMap;
use std::time::Duration;

/// The bytes of each partition.
pub(super) type Sizes = BTreeMap<(TopicName, i32), u64>;

/// The sizes of the last hour.
pub(super) type Sampler = Samples<Sizes>;

/// The largest copy of each partition: others may still be catching up.
pub(super) fn sizes(dirs: &[BrokerDirs]) -> Sizes {
    let mut sizes = Sizes::new();
    let replicas = dirs.iter().filter_map(|broker| broker.dirs.as_ref()).flatten().flat_map(|dir| &dir.replicas);
    for replica in replicas.filter(|replica| !replica.future) {
        let size = sizes.entry((replica.topic.clone(), replica.partition)).or_default();
        *size = (*size).max(replica.bytes);
    }
    sizes
}

/// The rates between two looks. What was removed meanwhile hides what came in: a log that shrank counts as standing still.
pub(super) fn between(before: &Sizes, after: &Sizes, span: Duration) -> Rates {
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

    #[test]
    fn a_rate_is_what_came_in_over_the_window() {
        let between = |before: u64, after: u64| {
            let found = between(&sizes(&look(before)), &sizes(&look(after)), Duration::from_secs(4));
            (found.window_ms, found.partitions[0].bytes_per_second)
        };
        assert_eq!(between(1_000, 5_000), (4_000, 1_000));
        assert_eq!(between(5_000, 1_000), (4_000, 0), "retention removed more than came in");
    }
}
