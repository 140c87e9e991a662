//! Which log directory each copy is given where a broker has several: by their room. The broker itself would pick by the number
//! of replicas.

use super::look::Seen;
use crate::plan::{ReplicaMove, choose_log_dirs};

/// Gives each copy its directory, with room for what comes in within so many seconds. What a broker does not tell the room of
/// is left to it.
pub(super) fn choose(moves: &mut [ReplicaMove], seen: &Seen<'_>, span: u64) {
    for (broker, copies) in seen.copies(moves, span) {
        let sizes: Vec<u64> = copies.iter().map(|copy| copy.bytes).collect();
        let Some(paths) = choose_log_dirs(seen.dirs_of(broker), &sizes) else { continue };
        for (copy, path) in copies.iter().zip(paths) {
            if let Some(one) = moves.get_mut(copy.of) {
                one.dirs.insert(broker, path.to_owned());
            }
        }
    }
}
