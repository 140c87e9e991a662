//! Room in the log directories of one broker.

use crate::cluster::kafka::LogDir;

/// A directory with less room than copies may need there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall<'a> {
    /// The directory.
    pub path: &'a str,
    /// What the copies need, in bytes.
    pub needed: u64,
    /// What is free, in bytes.
    pub usable: u64,
}

/// The first directory that may be too small for copies of these sizes. A broker puts each replica that it gets into the
/// directory with the fewest replicas, whatever room that has (`LogManager.nextLogDirs`), in an order that nobody outside
/// knows: so each directory must have room for as many of the largest copies as it gets. Of equals the one with the least
/// room is taken. One that does not tell its room is not in the way.
#[must_use]
pub fn too_small<'a>(dirs: &'a [LogDir], copies: &[u64]) -> Option<TooSmall<'a>> {
    let mut usable: Vec<(&LogDir, usize)> = dirs.iter().filter(|dir| !dir.failed).map(|dir| (dir, 0)).collect();
    for _ in copies {
        let room = |dir: &LogDir| dir.usable_bytes.unwrap_or(u64::MAX);
        let next = usable.iter_mut().min_by_key(|(dir, gets)| (dir.replicas.len() + *gets, room(dir)))?;
        next.1 += 1;
    }
    let mut largest = copies.to_vec();
    largest.sort_unstable_by(|one, other| other.cmp(one));
    usable.into_iter().find_map(|(dir, gets)| {
        let needed = largest.iter().take(gets).fold(0_u64, |sum, size| sum.saturating_add(*size));
        let usable = dir.usable_bytes.filter(|usable| *usable < needed)?;
        Some(TooSmall { path: &dir.path, needed, usable })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::kafka::StoredReplica;

    fn dir(path: &str, usable: Option<u64>, replicas: i32) -> LogDir {
        let stored = |partition| StoredReplica { topic: "orders".parse().unwrap(), partition, bytes: 1, future: false };
        LogDir {
            path: path.to_owned(),
            failed: false,
            total_bytes: Some(1_000),
            usable_bytes: usable,
            replicas: (0..replicas).map(stored).collect(),
        }
    }

    #[test]
    fn free_room_elsewhere_does_not_count_where_a_broker_picks_by_number() {
        // 400 are free in all, and 300 fit nowhere.
        let four: Vec<LogDir> = ["/a", "/b", "/c", "/d"].map(|path| dir(path, Some(100), 5)).into();
        assert_eq!(too_small(&four, &[300]), Some(TooSmall { path: "/a", needed: 300, usable: 100 }));
        assert_eq!(too_small(&four, &[100, 100, 100, 100]), None, "one in each");
        assert_eq!(too_small(&four, &[60, 60, 60, 60, 60]).map(|found| found.needed), Some(120), "two in one of them");
    }

    #[test]
    fn the_one_with_the_fewest_replicas_is_filled_first() {
        let uneven = [dir("/full", Some(50), 1), dir("/empty", Some(1_000), 3)];
        assert_eq!(too_small(&uneven, &[60]).map(|found| found.path), Some("/full"));
        assert_eq!(too_small(&[dir("/full", Some(50), 5), dir("/empty", Some(1_000), 3)], &[60, 60]), None);
        // The third may be the largest.
        assert_eq!(too_small(&uneven, &[1, 1, 51]).map(|found| found.path), Some("/full"));
        assert_eq!(too_small(&[dir("/old", None, 0)], &[u64::MAX, 1]), None, "before Kafka 3.3 none tells");
        let failed = LogDir { failed: true, ..dir("/gone", Some(0), 0) };
        assert_eq!(too_small(&[failed, dir("/a", Some(9), 7)], &[9]), None, "nothing is put into one that failed");
    }
}
