//! A plan is voted on by its bytes: what cannot be attached to its card whole is not asked for.

use crate::text::{MOST_FILE_BYTES, packed};
use interlock::changes::plan_too_large;
use interlock::plan::{Check, Sealed, all_moves};

/// The refusal of a plan whose bytes are too many for a file, even compressed.
pub(super) fn too_large(sealed: &Sealed) -> Option<Check> {
    let size = size(sealed.bytes())?;
    Some(plan_too_large(&all_moves(sealed.plan()), size, MOST_FILE_BYTES as u64))
}

/// How large it is compressed, if that is too much.
fn size(bytes: &str) -> Option<u64> {
    if bytes.len() <= MOST_FILE_BYTES {
        return None;
    }
    let packed = packed(bytes.as_bytes()).map_or(bytes.len(), |packed| packed.len());
    (packed > MOST_FILE_BYTES).then_some(packed as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn what_can_be_compressed_enough_is_not_too_large() {
        assert_eq!(size(&"x".repeat(MOST_FILE_BYTES)), None);
        assert_eq!(size(&"0123456789".repeat(MOST_FILE_BYTES / 5)), None, "twice as much, compressed next to nothing");
        let noise: String = (0..MOST_FILE_BYTES / 16).map(|at| hex::encode(Sha256::digest(at.to_le_bytes()))).collect();
        let found = size(&noise).expect("40 MiB of digits, four bits in each");
        assert!((16 << 20..32 << 20).contains(&found), "{found}");
    }
}
