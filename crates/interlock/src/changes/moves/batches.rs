//! Moves in batches: about ten, none too large, and by itself each one that has no replica in sync to spare.

use super::look::{NEVER, Seen};
use crate::plan::ReplicaMove;
use std::time::Duration;

/// About so many batches.
const BATCHES: usize = 10;
/// The most partitions in one.
const MOST_PARTITIONS: usize = 500;
/// A copy by itself was measured to keep 83% of its throttle, two at a time 88%: alone it is likely held back at both of its ends,
/// each by a window of its own.
const FEWEST_PARTITIONS: usize = 2;
/// About so many looks at a batch, not more often than the first nor less often than the second of these.
const LOOKS: u32 = 40;
const OFTEN: Duration = Duration::from_millis(500);
const SELDOM: Duration = Duration::from_secs(5);

/// Moves that are begun together.
pub(super) struct Batch {
    pub(super) moves: Vec<ReplicaMove>,
    /// The time between two looks at it.
    pub(super) interval: Duration,
    /// How long it takes to copy.
    copying: Duration,
}

/// How long batches take, one after the other: each until its slowest end has copied, and until a look finds that.
pub(super) fn eta(batches: &[Batch]) -> Duration {
    let each = batches.iter().map(|batch| batch.copying.saturating_add(batch.interval));
    each.fold(Duration::ZERO, Duration::saturating_add).min(NEVER)
}

pub(super) fn split(moves: &[ReplicaMove], seen: &Seen<'_>, throttle: u64) -> Vec<Batch> {
    let (tight, loose): (Vec<&ReplicaMove>, Vec<&ReplicaMove>) = moves.iter().partition(|one| is_tight(one, seen));
    let loose = loose.chunks(size(loose.len())).map(<[_]>::to_vec);
    let tight = tight.into_iter().map(|one| vec![one]);
    let whole = seen.load(moves);
    let batch = |moves: Vec<&ReplicaMove>| {
        let moves: Vec<ReplicaMove> = moves.into_iter().cloned().collect();
        let copying = seen.load(&moves).copying(&whole, throttle);
        let interval = (copying / LOOKS).clamp(OFTEN, SELDOM);
        Batch { moves, interval, copying }
    };
    loose.chain(tight).map(batch).collect()
}

/// Moves in a batch. Of few moves each is one by itself: there must be something to stop between.
fn size(moves: usize) -> usize {
    let fewest = if moves < 2 * FEWEST_PARTITIONS { 1 } else { FEWEST_PARTITIONS };
    moves.div_ceil(BATCHES).clamp(fewest, MOST_PARTITIONS)
}

/// Whether `min.insync.replicas` needs all of a partition's replicas.
pub(super) fn is_tight(one: &ReplicaMove, seen: &Seen<'_>) -> bool {
    let least = seen.settings(&one.topic).map_or(1, |found| found.min_isr as usize);
    one.from.0.len() > 1 && least >= one.from.0.len()
}
