//! How much comes into partitions, from where their logs end and how large they are in looks at that.

use crate::backend::samples::Samples;
use interlock::cluster::kafka::{BrokerDirs, PartitionRate, Rates};
use interlock::id::TopicName;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What a log was like in a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Log {
    /// The bytes of its largest copy: others may still be catching up.
    pub(super) bytes: u64,
    /// Its first offset and the one after its last; none if its leader did not say.
    pub(super) range: Option<(i64, i64)>,
}

/// Each partition's.
pub(super) type Logs = BTreeMap<(TopicName, i32), Log>;

/// Those of the last hour.
pub(super) type Sampler = Samples<Logs>;

/// The sizes of all logs; where they begin and end is asked for elsewhere.
pub(super) fn sizes(dirs: &[BrokerDirs]) -> Logs {
    let mut logs = Logs::new();
    let replicas = dirs.iter().filter_map(|broker| broker.dirs.as_ref()).flatten().flat_map(|dir| &dir.replicas);
    for replica in replicas.filter(|replica| !replica.future) {
        let log = logs.entry((replica.topic.clone(), replica.partition)).or_default();
        log.bytes = log.bytes.max(replica.bytes);
    }
    logs
}

/// The rates since earlier looks, of each partition the largest: what began a while ago is not hidden by the calm before it, nor
/// what comes and goes by a calm of the last minutes.
pub(super) fn since(earlier: &[(Duration, Arc<Logs>)], after: &Logs) -> Rates {
    let longest = earlier.iter().map(|(span, _)| millis(*span)).max();
    let rate = |(at, log): (&(TopicName, i32), &Log)| {
        let each = earlier.iter().filter_map(|(span, logs)| Some(a_second(log.came_in_since(logs.get(at)?), *span)));
        let bytes_per_second = each.max().unwrap_or(0);
        PartitionRate { topic: at.0.clone(), partition: at.1, bytes_per_second }
    };
    Rates { window_ms: longest.unwrap_or(1), partitions: after.iter().map(rate).collect() }
}

fn a_second(bytes: u64, span: Duration) -> u64 {
    u64::try_from(u128::from(bytes) * 1_000 / u128::from(millis(span))).unwrap_or(u64::MAX)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl Log {
    /// The bytes that came in since an earlier look. Where nothing was removed they are what the log grew by. Else retention
    /// or compaction hides what came in, and it is the new offsets × the mean bytes of an offset that the log still holds. Of a
    /// log that holds none, neither then nor at present, nothing but growth is known.
    ///
    /// An offset of a compacted log is smaller in the mean than what comes in; one of a log whose first records were deleted
    /// is larger as long as their segment stays.
    fn came_in_since(&self, before: &Self) -> u64 {
        let grown = self.bytes.saturating_sub(before.bytes);
        let (Some((began, was)), Some((begins, ends))) = (before.range, self.range) else { return grown };
        if began == begins && self.bytes >= before.bytes {
            return grown;
        }
        let records = u64::try_from(ends.saturating_sub(was)).unwrap_or(0);
        let held = [self, before].into_iter().find_map(|log| Some((log.bytes, log.records()?)));
        let came_in = held.map_or(0, |(bytes, held)| {
            u64::try_from(u128::from(records) * u128::from(bytes) / u128::from(held)).unwrap_or(u64::MAX)
        });
        came_in.max(grown)
    }

    /// How many offsets it holds; none if it is empty or did not say.
    fn records(&self) -> Option<u64> {
        let (start, end) = self.range?;
        u64::try_from(end.saturating_sub(start)).ok().filter(|records| *records > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::cluster::kafka::{LogDir, StoredReplica};

    fn log(bytes: u64, start: i64, end: i64) -> Log {
        Log { bytes, range: Some((start, end)) }
    }

    fn look(log: Log) -> Logs {
        [(("orders".parse().unwrap(), 0), log)].into()
    }

    /// The rate over four seconds.
    fn rate(before: Log, after: Log) -> u64 {
        let found = since(&[(Duration::from_secs(4), Arc::new(look(before)))], &look(after));
        assert_eq!(found.window_ms, 4_000);
        found.partitions[0].bytes_per_second
    }

    #[test]
    fn what_comes_in_is_known_though_retention_keeps_the_log_as_it_is() {
        assert_eq!(rate(log(8_000, 0, 80), log(8_000, 40, 120)), 1_000, "40 came in and 40 went, of 100 bytes each");
        assert_eq!(rate(log(8_000, 0, 80), log(4_000, 80, 120)), 1_000, "more was removed than came in");
        assert_eq!(rate(log(8_000, 0, 80), log(8_000, 0, 80)), 0, "control: nothing came in");
    }

    #[test]
    fn where_nothing_is_removed_it_is_what_the_log_grew_by() {
        assert_eq!(rate(log(1_000, 0, 10), log(5_000, 0, 11)), 1_000, "one large record");
        assert_eq!(rate(Log { bytes: 1_000, range: None }, log(5_000, 0, 50)), 1_000, "ends that are not known");
        assert_eq!(rate(log(5_000, 0, 50), log(3_000, 0, 90)), 333, "compacted: 40 offsets, each 33 bytes in the mean");
    }

    #[test]
    fn an_empty_log_is_measured_by_what_it_held() {
        assert_eq!(rate(log(0, 0, 0), log(0, 0, 0)), 0);
        assert_eq!(rate(log(4_000, 0, 40), log(0, 80, 80)), 1_000, "all is removed, 40 more came in");
        assert_eq!(rate(log(0, 0, 0), log(0, 40, 40)), 0, "nothing is known of what came and went");
        assert_eq!(rate(log(4_000, 0, 40), log(100, 0, 1)), 0, "made again under its name");
    }

    #[test]
    fn the_largest_rate_of_the_windows_counts() {
        let earlier = |seconds, end: i64| {
            let bytes = u64::try_from(end).unwrap() * 100;
            (Duration::from_secs(seconds), Arc::new(look(log(bytes, 0, end))))
        };
        let after = look(log(500_000, 0, 5_000));
        let peak = since(&[earlier(300, 2_000), earlier(3_000, 2_000)], &after);
        assert_eq!((peak.window_ms, peak.partitions[0].bytes_per_second), (3_000_000, 1_000), "it began lately");
        let calm = since(&[earlier(300, 5_000), earlier(1_000, 0)], &after);
        assert_eq!(calm.partitions[0].bytes_per_second, 500, "it stopped lately");
        assert_eq!(since(&[(Duration::from_secs(300), Arc::default())], &after).partitions[0].bytes_per_second, 0);
    }

    #[test]
    fn the_largest_copy_is_the_size_and_one_to_be_is_none() {
        let replica = |bytes, future| StoredReplica { topic: "orders".parse().unwrap(), partition: 0, bytes, future };
        let dirs = |broker, replica| {
            let (total_bytes, usable_bytes) = (None, None);
            let dir = LogDir {
                path: String::new(),
                failed: false,
                cordoned: false,
                total_bytes,
                usable_bytes,
                replicas: vec![replica],
            };
            BrokerDirs { broker, dirs: Some(vec![dir]) }
        };
        let all = [dirs(1, replica(5, false)), dirs(2, replica(7, false)), dirs(3, replica(9, true))];
        assert_eq!(sizes(&all), look(Log { bytes: 7, range: None }));
    }
}
