//! Who reads queues that are being closed, and what they have not read there.
//!
//! A group shows by a stored offset or by a client that is connected. One that showed once is waited for also while nobody of it
//! shows: its clients may be restarted, and where it never committed nothing is stored of it.

use super::memory::Stood;
use super::seen::Seen;
use super::{ClosedMemory, Closing};
use crate::cluster::rocketmq::{Reader, is_system_group};
use crate::id::GroupId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A group that was seen to read a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KnownReader {
    /// The group.
    pub group: GroupId,
    /// Whether each of its clients got every message when they were last seen: the brokers do not remember it.
    pub broadcasts: bool,
}

impl KnownReader {
    /// A group as it was seen.
    #[must_use]
    pub fn of(reader: &Reader) -> Self {
        Self { group: reader.group.clone(), broadcasts: reader.broadcasts }
    }
}

/// The groups that are known to read: from the plan, from the looks before, and whether they broadcast.
fn known(closing: &Closing, memory: &ClosedMemory) -> BTreeMap<GroupId, bool> {
    let all = closing.readers.iter().chain(&memory.readers);
    all.map(|one| (one.group.clone(), one.broadcasts)).collect()
}

/// Everybody who reads or has read, as far as offsets are stored at the brokers; and that in short, to be remembered.
pub(super) fn all(closing: &Closing, memory: &ClosedMemory, seen: &Seen<'_>) -> (Vec<Reader>, Vec<KnownReader>) {
    let mut readers: BTreeMap<GroupId, Reader> = known(closing, memory)
        .into_iter()
        .map(|(group, broadcasts)| (group.clone(), away(group, broadcasts)))
        .collect();
    for reader in seen.readers.iter().filter(|reader| !is_system_group(&reader.group)) {
        let before = readers.get(&reader.group).is_some_and(|before| before.broadcasts);
        let broadcasts = if reader.online { reader.broadcasts } else { before };
        readers.insert(reader.group.clone(), Reader { broadcasts, ..reader.clone() });
    }
    let known = readers.values().map(KnownReader::of).collect();
    (readers.into_values().collect(), known)
}

/// A group of which nobody shows.
fn away(group: GroupId, broadcasts: bool) -> Reader {
    Reader { group, online: false, broadcasts, offsets: Vec::new() }
}

/// Those that read when the queues were closed to readers, and those that are connected: who came later was never there for
/// what they hold, and is waited for only as long as it could read it.
pub(super) fn of_closing(closing: &Closing, memory: &ClosedMemory, seen: &Seen<'_>) -> Vec<Reader> {
    let known = known(closing, memory);
    let (readers, _) = all(closing, memory, seen);
    readers.into_iter().filter(|one| one.online || counts(&known, &one.group)).collect()
}

/// Where nobody was noted, as by an operation that is older than that, everybody counts.
fn counts(known: &BTreeMap<GroupId, bool>, group: &GroupId) -> bool {
    known.is_empty() || known.contains_key(group)
}

/// Those that read when the queues were closed to readers and still show. Of who does not, everything was read then.
pub(super) fn still_there(closing: &Closing, memory: &ClosedMemory, seen: &Seen<'_>) -> Vec<Reader> {
    let known = known(closing, memory);
    let (readers, _) = all(closing, memory, seen);
    let shows = |group: &GroupId| seen.readers.iter().any(|one| one.group == *group);
    readers.into_iter().filter(|one| counts(&known, &one.group) && shows(&one.group)).collect()
}

/// A group that has not read everything.
pub(super) struct Unread {
    pub(super) group: GroupId,
    pub(super) messages: i64,
}

/// Whether a group is waited for by time only: its offsets are with its clients, or it was given up and is away.
pub(super) fn is_by_time(closing: &Closing, reader: &Reader) -> bool {
    reader.broadcasts || (closing.waived.contains(&reader.group) && !reader.online)
}

/// The groups that have not read everything in the queues in which `which` waits for them. What a group without an offset has
/// not read is everything that is there.
pub(super) fn unread(
    readers: &[Reader],
    (seen, stood): (&Seen<'_>, &[Stood]),
    which: impl Fn(&Reader, &Stood) -> bool,
) -> Vec<Unread> {
    let mut all = Vec::new();
    for reader in readers {
        let waited = stood.iter().filter(|one| which(reader, one));
        let messages = waited.map(|one| lag(reader, one, seen)).fold(0, i64::saturating_add);
        if messages > 0 {
            all.push(Unread { group: reader.group.clone(), messages });
        }
    }
    all
}

fn lag(reader: &Reader, one: &Stood, seen: &Seen<'_>) -> i64 {
    let start = seen.ends.get(&(&one.broker, one.queue)).map_or(0, |range| range.start);
    let from = reader.offset(&one.broker, one.queue).map_or(start, |offset| offset.max(start));
    // What broadcasts has its offsets elsewhere: nothing stored says that it read.
    one.end.saturating_sub(from).max(0)
}
