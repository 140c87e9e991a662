//! One partition's log, as a closed form of time: how many records there are at any instant.

use interlock::time::Millis;
use serde::{Deserialize, Serialize};

const HOUR_MS: i128 = 3_600_000;

/// From an instant on, records come in at this rate.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Piece {
    from: Millis,
    /// The log's end at `from`.
    base: i64,
    /// Records per hour.
    rate: u64,
}

/// A partition's log. The record that gets offset `o` has as its timestamp the first millisecond at which the end is past `o`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Log {
    /// Never empty, ordered by `from`.
    pieces: Vec<Piece>,
    /// Nothing before this offset is left, whatever retention says (DeleteRecords).
    low: i64,
    /// None for a log that retention never shortens.
    retention_ms: Option<u64>,
    /// Records in a segment: retention removes whole ones only.
    segment: i64,
}

/// How a log begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beginning {
    pub(crate) from: Millis,
    pub(crate) offset: i64,
    pub(crate) rate: u64,
    pub(crate) retention_ms: Option<u64>,
}

/// A consumer that stood at `offset` at `from` and reads at most `rate` records per hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) from: Millis,
    pub(crate) offset: i64,
    pub(crate) rate: u64,
}

impl Log {
    pub(crate) fn begin(beginning: Beginning) -> Self {
        let Beginning { from, offset, rate, retention_ms } = beginning;
        // A segment rolls about every six hours of steady writing.
        let segment = i64::try_from(rate.saturating_mul(6)).unwrap_or(i64::MAX).max(100);
        Self { pieces: vec![Piece { from, base: offset, rate }], low: offset, retention_ms, segment }
    }

    /// An empty log with the same load from now on.
    pub(crate) fn anew(&self, now: Millis) -> Self {
        let rate = self.pieces.last().map_or(0, |piece| piece.rate);
        Self::begin(Beginning { from: now, offset: 0, rate, retention_ms: self.retention_ms })
    }

    /// The offset the next record gets at an instant.
    pub(crate) fn end(&self, at: Millis) -> i64 {
        let next = self.pieces.partition_point(|piece| piece.from <= at);
        match next.checked_sub(1).and_then(|place| self.pieces.get(place)) {
            Some(piece) => piece.base.saturating_add(count(piece.rate, piece.from, at)),
            None => self.pieces.first().map_or(0, |piece| piece.base),
        }
    }

    /// The first offset that can be read at an instant.
    pub(crate) fn start(&self, at: Millis) -> i64 {
        let first = self.pieces.first().map_or(0, |piece| piece.base);
        let kept = self.low.max(first);
        let Some(retention) = self.retention_ms else { return kept };
        let expired = self.end(Millis(at.0.saturating_sub_unsigned(retention))) - first;
        kept.max(first + expired / self.segment * self.segment)
    }

    /// The first offset whose record is at or after `wanted`, as the broker answers at `now`; none if all are older.
    pub(crate) fn first_since(&self, wanted: Millis, now: Millis) -> Option<i64> {
        let older = self.end(Millis(wanted.0.saturating_sub(1)).min(now));
        let first = older.max(self.start(now));
        (first < self.end(now)).then_some(first)
    }

    /// Records per hour that come in now.
    pub(crate) fn rate(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.rate)
    }

    /// From `now` on records come in at another rate.
    pub(crate) fn set_rate(&mut self, rate: u64, now: Millis) {
        self.turn(now, 0, rate);
    }

    /// So many records come in at once.
    pub(crate) fn produce(&mut self, records: u32, now: Millis) {
        let more = i64::from(records);
        let current = self.pieces.iter().rev().find(|piece| piece.from <= now);
        let rate = current.or(self.pieces.first()).map_or(0, |piece| piece.rate);
        // What is to change later, changes all the same.
        let later = self.pieces.iter().filter(|piece| piece.from > now);
        let later: Vec<Piece> = later.map(|piece| Piece { base: piece.base.saturating_add(more), ..*piece }).collect();
        self.turn(now, more, rate);
        self.pieces.extend(later);
    }

    fn turn(&mut self, now: Millis, more: i64, rate: u64) {
        let base = self.end(now).saturating_add(more);
        self.pieces.retain(|piece| piece.from < now);
        self.pieces.push(Piece { from: now, base, rate });
    }

    /// Removes everything before an offset (DeleteRecords); never past the end.
    pub(crate) fn delete_before(&mut self, offset: i64, now: Millis) {
        self.low = self.low.max(offset.min(self.end(now)));
    }

    /// Where a reader stands: it never overtakes the log and never falls out of it. At each moment in between it can have
    /// been held up by the end of the log, so the least of all "the end then plus what could be read since" counts; with
    /// straight pieces only their edges matter.
    pub(crate) fn position(&self, reader: Reader, at: Millis) -> i64 {
        let at = at.max(reader.from);
        let edges = self.pieces.iter().map(|piece| piece.from).filter(|edge| reader.from < *edge && *edge <= at);
        let held_up = |since: Millis| self.end(since).saturating_add(count(reader.rate, since, at));
        let unhindered = reader.offset.saturating_add(count(reader.rate, reader.from, at));
        let slowest =
            edges.flat_map(|edge| [Millis(edge.0 - 1), edge]).map(held_up).fold(unhindered.min(self.end(at)), i64::min);
        slowest.max(self.start(at))
    }
}

/// How many records a rate gives between two instants.
fn count(rate: u64, from: Millis, to: Millis) -> i64 {
    let span = i128::from(to.0) - i128::from(from.0);
    i64::try_from(i128::from(rate) * span.max(0) / HOUR_MS).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const T0: Millis = Millis(1_000_000_000_000);

    fn later(ms: i64) -> Millis {
        Millis(T0.0 + ms)
    }

    fn log(rate: u64) -> Log {
        Log::begin(Beginning { from: T0, offset: 1_000, rate, retention_ms: Some(86_400_000) })
    }

    #[test]
    fn records_come_at_the_rate() {
        let mut log = log(3_600);
        assert_eq!(log.end(later(-1)), 1_000);
        assert_eq!(log.end(later(999)), 1_000);
        assert_eq!(log.end(later(1_000)), 1_001);
        log.set_rate(7_200, later(10_000));
        assert_eq!(log.end(later(11_000)), 1_012);
        log.produce(50, later(11_000));
        assert_eq!((log.end(later(10_999)), log.end(later(11_000))), (1_011, 1_062));
        assert_eq!(log.end(later(12_000)), 1_064);
    }

    #[test]
    fn retention_removes_whole_segments() {
        let log = log(3_600);
        let day = 86_400_000;
        assert_eq!(log.start(later(day)), 1_000);
        assert_eq!(log.start(later(day + 5 * 3_600_000)), 1_000);
        assert_eq!(log.start(later(day + 7 * 3_600_000)), 1_000 + 6 * 3_600);
    }

    #[test]
    fn a_time_after_the_last_record_has_no_offset() {
        let log = log(3_600);
        let now = later(60_500);
        assert_eq!(log.first_since(later(60_000), now), Some(1_059), "the record of that very millisecond counts");
        assert_eq!(log.first_since(later(60_001), now), None);
        assert_eq!(log.first_since(later(-5_000), now), Some(1_000), "before the start: the start");
        assert_eq!(
            Log::begin(Beginning { from: T0, offset: 0, rate: 0, retention_ms: None }).first_since(T0, now),
            None
        );
    }

    #[test]
    fn a_reader_is_held_up_by_the_end_of_the_log() {
        let mut log = log(3_600);
        let fast = Reader { from: T0, offset: 1_000, rate: 360_000 };
        let slow = Reader { from: T0, offset: 1_000, rate: 1_800 };
        assert_eq!(log.position(fast, later(10_000)), 1_010);
        assert_eq!(log.position(slow, later(10_000)), 1_005);
        log.produce(1_000, later(10_000));
        assert_eq!(log.position(fast, later(11_000)), 1_109, "it could not read ahead of the burst");
    }

    proptest! {
        #[test]
        fn offsets_at_times_agree_with_the_log(
            rate in 0_u64..2_000_000, turn in 1_i64..5_000, second in 0_u64..2_000_000,
            burst in 0_u32..500, wanted in -1_000_i64..12_000, now in 0_i64..10_000,
        ) {
            let mut log = log(rate);
            log.set_rate(second, later(turn));
            log.produce(burst, later(turn));
            let (wanted, now) = (later(wanted), later(now));
            // Millisecond by millisecond: the first that brings a record and is not before the wanted one.
            let mut end = 1_000;
            let mut expected = None;
            for at in T0.0..=now.0 {
                let before = std::mem::replace(&mut end, log.end(Millis(at)));
                if expected.is_none() && end > before && at >= wanted.0 {
                    expected = Some(before);
                }
            }
            prop_assert_eq!(log.first_since(wanted, now), expected);
        }

        #[test]
        fn readers_only_go_forward_and_stay_in_the_log(
            rate in 0_u64..2_000_000, turn in 1_i64..5_000, burst in 0_u32..500, reading in 0_u64..4_000_000,
        ) {
            let mut log = log(rate);
            log.produce(burst, later(turn));
            log.set_rate(rate / 2, later(turn * 2));
            let reader = Reader { from: later(500), offset: 1_000, rate: reading };
            let mut last = 0;
            for at in (500..12_000).step_by(137) {
                let position = log.position(reader, later(at));
                prop_assert!(position >= last && position >= log.start(later(at)) && position <= log.end(later(at)));
                last = position;
            }
        }
    }
}
