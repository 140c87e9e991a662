//! What another retention lets go: records and bytes, and who has not read them.

use super::keys::{RETENTION_BYTES, RETENTION_MS};
use crate::changes::topics::{self, Looks};
use crate::cluster::kafka::{BrokerDirs, LogRange, OffsetAt, Reader};
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use crate::plan::{Check, ConfigChange, Level, Row};
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

/// The limits of a changed retention; none where it is not changed, or without limit.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::changes) struct Limits {
    since: Option<Millis>,
    bytes: Option<u64>,
}

impl Limits {
    /// Of these changes, as of now.
    pub(in crate::changes) fn of(changes: &[ConfigChange], now: Millis) -> Self {
        let value = |key: &str| {
            let one = changes.iter().find(|one| one.key == key)?;
            one.to.as_deref()?.parse::<u64>().ok()
        };
        let since = value(RETENTION_MS).map(|span| now.minus(Duration::from_millis(span)));
        Self { since, bytes: value(RETENTION_BYTES) }
    }

    fn any(self) -> bool {
        self.since.is_some() || self.bytes.is_some()
    }
}

/// What was seen of a topic's records, if the retention changes at all.
pub(in crate::changes) struct Records<'a> {
    ranges: &'a [LogRange],
    at: Option<&'a [OffsetAt]>,
    dirs: &'a [BrokerDirs],
    readers: &'a [Reader],
    limits: Limits,
}

/// None while something has to be asked; none within it where nothing can go.
pub(in crate::changes) fn look<'a>(
    name: &TopicName,
    limits: Limits,
    looks: &mut Looks<'_, 'a>,
) -> Option<Option<Records<'a>>> {
    if !limits.any() {
        return Some(None);
    }
    let (ranges, dirs, readers) = (looks.ranges(name), looks.dirs(), looks.readers(name));
    let at = limits.since.map(|since| looks.at(name, since));
    let at = match at {
        None => None,
        Some(seen) => Some(seen?),
    };
    Some(Some(Records { ranges: ranges?, at, dirs: dirs?, readers: readers?, limits }))
}

/// What goes, at most: the newest segment stays until it is full or old.
#[derive(Debug, Default)]
pub(in crate::changes) struct Going {
    pub(in crate::changes) records: i64,
    pub(in crate::changes) bytes: u64,
    pub(in crate::changes) rows: Vec<Row>,
    groups: Vec<String>,
    unread: u64,
}

impl Records<'_> {
    pub(in crate::changes) fn going(&self, name: &TopicName) -> Going {
        let sizes = sizes(name, self.dirs);
        let (mut before, mut going) = (BTreeMap::new(), Going::default());
        for range in self.ranges {
            let size = sizes.get(&range.partition).copied().unwrap_or(0);
            let until = self.until(range, size);
            let (count, all) = (until - range.start, (range.end - range.start).max(1));
            going.records = going.records.saturating_add(count);
            going.bytes = going.bytes.saturating_add(part(size, count, all));
            before.insert(range.partition, until);
        }
        for reader in self.readers {
            let unread = topics::unread(reader, self.ranges, &before);
            if unread > 0 {
                let members = u64::try_from(reader.members.len()).unwrap_or(u64::MAX);
                going.groups.push(reader.group.to_string());
                going.rows.push(Row::Reader { group: reader.group.to_string(), members, unread });
                going.unread = going.unread.saturating_add(unread);
            }
        }
        going
    }

    /// Up to which offset a partition loses its records.
    fn until(&self, range: &LogRange, size: u64) -> i64 {
        let by_age = self.at.map(|at| {
            // Where every record is older, nothing is at or after that time.
            let found = at.iter().find(|one| one.partition == range.partition).and_then(|one| one.offset);
            found.unwrap_or(range.end)
        });
        let by_size = self.limits.bytes.map(|limit| {
            let over = size.saturating_sub(limit);
            let all = u64::try_from(range.end - range.start).unwrap_or(0);
            let count = u128::from(all) * u128::from(over) / u128::from(size.max(1));
            range.start.saturating_add(i64::try_from(count).unwrap_or(i64::MAX))
        });
        by_age.max(by_size).unwrap_or(range.start).clamp(range.start, range.end.max(range.start))
    }
}

impl Going {
    /// Owners of those who have not read what goes have to agree; else people should know.
    pub(in crate::changes) fn check(&self, name: &TopicName) -> Option<Check> {
        let facts = Facts::none()
            .with("topic", name.as_str())
            .with("count", self.records)
            .with("bytes", Fact::Bytes(self.bytes));
        if self.unread > 0 {
            let unread = i64::try_from(self.unread).unwrap_or(i64::MAX);
            let facts = facts.with("groups", self.groups.clone()).with("unread", unread);
            return Some(Check::new(Level::Consent, "unread-records-expire", facts));
        }
        (self.records > 0).then(|| Check::new(Level::Warn, "records-expire", facts))
    }
}

/// What one replica of each partition weighs: the largest there is.
pub(in crate::changes) fn sizes(name: &TopicName, dirs: &[BrokerDirs]) -> BTreeMap<i32, u64> {
    let mut sizes: BTreeMap<i32, u64> = BTreeMap::new();
    let all = dirs.iter().flat_map(|broker| broker.dirs.iter().flatten()).flat_map(|dir| &dir.replicas);
    for replica in all.filter(|replica| replica.topic == *name && !replica.future) {
        let size = sizes.entry(replica.partition).or_default();
        *size = (*size).max(replica.bytes);
    }
    sizes
}

fn part(size: u64, count: i64, all: i64) -> u64 {
    let (count, all) = (u128::try_from(count).unwrap_or(0), u128::try_from(all).unwrap_or(1).max(1));
    u64::try_from(u128::from(size) * count / all).unwrap_or(u64::MAX)
}
