//! Room in the log directories of one broker.

use crate::cluster::kafka::LogDir;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A copy that a broker gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy<'a> {
    /// Its size.
    pub bytes: u64,
    /// The directory that is chosen for it; none where the broker picks one.
    pub dir: Option<&'a str>,
}

/// A directory with less room than copies may need there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall<'a> {
    /// The directory.
    pub path: &'a str,
    /// What the copies need, in bytes.
    pub needed: u64,
    /// What is free, in bytes; nothing in one that failed, is cordoned or is not there.
    pub usable: u64,
}

/// The first directory that may be too small for these copies: for those that are chosen for it, and for as many of the
/// others as it may get. A broker puts each replica that no directory is chosen for into the one with the fewest replicas,
/// whatever room that has (`LogManager.nextLogDirs`), in an order that nobody outside knows: so each must have room for as
/// many of the largest as it gets. Of equals the one with the least room is taken. One that does not tell its room is not in
/// the way.
#[must_use]
pub fn too_small<'a>(dirs: &'a [LogDir], copies: &[Copy<'a>]) -> Option<TooSmall<'a>> {
    let mut chosen: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for copy in copies {
        let Some(path) = copy.dir else { continue };
        let (bytes, count) = chosen.entry(path).or_default();
        *bytes = bytes.saturating_add(copy.bytes);
        *count += 1;
    }
    let is_there = |path: &str| dirs.iter().any(|dir| dir.takes_replicas() && dir.path == path);
    if let Some((path, (needed, _))) = chosen.iter().find(|(path, _)| !is_there(path)) {
        return Some(TooSmall { path, needed: *needed, usable: 0 });
    }
    let chosen = |dir: &LogDir| chosen.get(dir.path.as_str()).copied().unwrap_or_default();
    let mut usable: Vec<(&LogDir, usize)> =
        dirs.iter().filter(|dir| dir.takes_replicas()).map(|dir| (dir, 0)).collect();
    let mut picked: Vec<u64> = copies.iter().filter(|copy| copy.dir.is_none()).map(|copy| copy.bytes).collect();
    for _ in &picked {
        let room = |dir: &LogDir| dir.usable_bytes.unwrap_or(u64::MAX);
        let next =
            usable.iter_mut().min_by_key(|(dir, gets)| (dir.replicas.len() + chosen(dir).1 + *gets, room(dir)))?;
        next.1 += 1;
    }
    picked.sort_unstable_by(|one, other| other.cmp(one));
    usable.into_iter().find_map(|(dir, gets)| {
        let needed = picked.iter().take(gets).fold(chosen(dir).0, |sum, size| sum.saturating_add(*size));
        let usable = dir.usable_bytes.filter(|usable| *usable < needed)?;
        Some(TooSmall { path: &dir.path, needed, usable })
    })
}

/// The directory for each of these copies, by their sizes: the largest first, each to where the most room is left. Where they do
/// not fit that way, each to where it leaves the least; where they do not fit so either, the first way: then one is
/// [`too_small`]. None if there is nothing to choose between, or one does not tell its room (before Kafka 3.3 none does).
#[must_use]
pub fn choose<'a>(dirs: &'a [LogDir], copies: &[u64]) -> Option<Vec<&'a str>> {
    let told = |dir: &'a LogDir| Some((dir.usable_bytes?, dir.path.as_str()));
    let mut room: Vec<(u64, &str)> = dirs.iter().filter(|dir| dir.takes_replicas()).map(told).collect::<Option<_>>()?;
    if room.len() < 2 {
        return None;
    }
    room.sort_unstable_by_key(|(_, path)| *path);
    let widest = fill(room.clone(), copies, Way::Widest);
    if widest.fits {
        return Some(widest.paths);
    }
    let tightest = fill(room, copies, Way::Tightest);
    Some(if tightest.fits { tightest.paths } else { widest.paths })
}

/// Where the next copy goes.
#[derive(Clone, Copy)]
enum Way {
    /// To where the most room is left.
    Widest,
    /// To where it leaves the least.
    Tightest,
}

/// Each copy with its directory, and whether all of them fit.
struct Filled<'a> {
    paths: Vec<&'a str>,
    fits: bool,
}

fn fill<'a>(mut room: Vec<(u64, &'a str)>, copies: &[u64], way: Way) -> Filled<'a> {
    let mut largest_first: Vec<usize> = (0..copies.len()).collect();
    largest_first.sort_by_key(|place| Reverse(copies[*place]));
    let mut filled = Filled { paths: vec![""; copies.len()], fits: true };
    for place in largest_first {
        let size = copies[place];
        let Some(next) = way.next(&room, size).and_then(|at| room.get_mut(at)) else { continue };
        filled.fits &= next.0 >= size;
        next.0 = next.0.saturating_sub(size);
        filled.paths[place] = next.1;
    }
    filled
}

impl Way {
    /// Of equals the first by name; where a copy fits nowhere, the widest.
    fn next(self, room: &[(u64, &str)], size: u64) -> Option<usize> {
        let widest = || (0..room.len()).max_by_key(|at| (room[*at].0, Reverse(*at)));
        match self {
            Self::Widest => widest(),
            Self::Tightest => {
                let takes = (0..room.len()).filter(|at| room[*at].0 >= size);
                takes.min_by_key(|at| (room[*at].0, *at)).or_else(widest)
            }
        }
    }
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
            cordoned: false,
            total_bytes: Some(1_000),
            usable_bytes: usable,
            replicas: (0..replicas).map(stored).collect(),
        }
    }

    /// Copies that no directory is chosen for.
    fn any(sizes: &[u64]) -> Vec<Copy<'static>> {
        sizes.iter().map(|bytes| Copy { bytes: *bytes, dir: None }).collect()
    }

    fn rooms(rooms: &[u64]) -> Vec<LogDir> {
        rooms
            .iter()
            .zip(b'a'..)
            .map(|(room, letter)| dir(&format!("/{}", char::from(letter)), Some(*room), 1))
            .collect()
    }

    fn chosen<'a>(dirs: &'a [LogDir], sizes: &[u64]) -> (Vec<&'a str>, Option<TooSmall<'a>>) {
        let paths = choose(dirs, sizes).unwrap();
        let copies: Vec<Copy<'a>> =
            sizes.iter().zip(&paths).map(|(bytes, path)| Copy { bytes: *bytes, dir: Some(path) }).collect();
        (paths, too_small(dirs, &copies))
    }

    #[test]
    fn free_room_elsewhere_does_not_count_where_a_broker_picks_by_number() {
        // 400 are free in all, and 300 fit nowhere.
        let four: Vec<LogDir> = ["/a", "/b", "/c", "/d"].map(|path| dir(path, Some(100), 5)).into();
        assert_eq!(too_small(&four, &any(&[300])), Some(TooSmall { path: "/a", needed: 300, usable: 100 }));
        assert_eq!(too_small(&four, &any(&[100, 100, 100, 100])), None, "one in each");
        assert_eq!(
            too_small(&four, &any(&[60, 60, 60, 60, 60])).map(|found| found.needed),
            Some(120),
            "two in one of them"
        );
    }

    #[test]
    fn the_one_with_the_fewest_replicas_is_filled_first() {
        let uneven = [dir("/full", Some(50), 1), dir("/empty", Some(1_000), 3)];
        assert_eq!(too_small(&uneven, &any(&[60])).map(|found| found.path), Some("/full"));
        assert_eq!(too_small(&[dir("/full", Some(50), 5), dir("/empty", Some(1_000), 3)], &any(&[60, 60])), None);
        // The third may be the largest.
        assert_eq!(too_small(&uneven, &any(&[1, 1, 51])).map(|found| found.path), Some("/full"));
        assert_eq!(too_small(&[dir("/old", None, 0)], &any(&[u64::MAX, 1])), None, "before Kafka 3.3 none tells");
        let failed = LogDir { failed: true, ..dir("/gone", Some(0), 0) };
        assert_eq!(
            too_small(&[failed, dir("/a", Some(9), 7)], &any(&[9])),
            None,
            "nothing is put into one that failed"
        );
    }

    #[test]
    fn a_copy_is_given_a_directory_by_room_and_not_by_number() {
        let uneven = [dir("/full", Some(50), 1), dir("/wide", Some(1_000), 9)];
        assert_eq!(chosen(&uneven, &[60]), (vec!["/wide"], None), "the broker would have picked the full one");
        assert_eq!(chosen(&rooms(&[100, 90]), &[10, 80, 20]).0, ["/b", "/a", "/b"], "the largest first");
        assert_eq!(chosen(&rooms(&[50, 50]), &[]), (vec![], None));
        assert_eq!(chosen(&rooms(&[7, 7]), &[0]).0, ["/a"], "of equals the first");
    }

    #[test]
    fn what_fits_one_way_only_is_put_that_way() {
        // The widest first: 6 to 10, 4 to 9, and then 5 are left twice for another 6.
        let dirs = rooms(&[10, 9]);
        assert_eq!(chosen(&dirs, &[6, 4, 6]), (vec!["/a", "/a", "/b"], None));
        let dirs = rooms(&[6, 10]);
        assert_eq!(chosen(&dirs, &[6, 5, 5]), (vec!["/a", "/b", "/b"], None));
    }

    #[test]
    fn what_fits_nowhere_is_named() {
        let dirs = rooms(&[5, 4]);
        assert_eq!(chosen(&dirs, &[6]).1, Some(TooSmall { path: "/a", needed: 6, usable: 5 }));
        let gone = [Copy { bytes: 3, dir: Some("/gone") }];
        assert_eq!(too_small(&dirs, &gone), Some(TooSmall { path: "/gone", needed: 3, usable: 0 }));
        let failed = [LogDir { failed: true, ..dir("/a", Some(9), 0) }, dir("/b", Some(9), 0)];
        let there = [Copy { bytes: 3, dir: Some("/a") }];
        assert_eq!(too_small(&failed, &there), Some(TooSmall { path: "/a", needed: 3, usable: 0 }));
        let mixed = [Copy { bytes: 3, dir: Some("/b") }, Copy { bytes: 7, dir: None }];
        assert_eq!(
            too_small(&failed, &mixed),
            Some(TooSmall { path: "/b", needed: 10, usable: 9 }),
            "chosen and picked"
        );
    }

    /// Being emptied, it has the most room; the broker would refuse it.
    #[test]
    fn one_that_is_cordoned_is_given_nothing() {
        let cordoned = LogDir { cordoned: true, ..dir("/c", Some(900), 0) };
        let dirs = [dir("/a", Some(9), 4), dir("/b", Some(8), 4), cordoned];
        assert_eq!(chosen(&dirs, &[5]), (vec!["/a"], None));
        let there = [Copy { bytes: 3, dir: Some("/c") }];
        assert_eq!(too_small(&dirs, &there), Some(TooSmall { path: "/c", needed: 3, usable: 0 }));
        assert_eq!(too_small(&dirs, &any(&[8])).map(|found| found.path), None);
        assert_eq!(too_small(&dirs, &any(&[9])).map(|found| found.path), Some("/b"));
    }

    #[test]
    fn nothing_is_chosen_where_there_is_no_choice_or_no_room_told() {
        assert_eq!(choose(&rooms(&[9]), &[1]), None);
        assert_eq!(choose(&[dir("/a", Some(9), 0), dir("/b", None, 0)], &[1]), None);
        let failed = LogDir { failed: true, ..dir("/a", Some(9), 0) };
        assert_eq!(choose(&[failed, dir("/b", Some(9), 0)], &[1]), None);
    }
}
