//! Plans that were read a moment ago: one and the same plan is asked for by the vote, the worker and the card.

use interlock::plan::{Digest, NotReadable, Sealed};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most plans kept, and most bytes of them together.
const MOST: usize = 16;
const MOST_BYTES: usize = 4 << 20;

/// A few plans as they were opened, the oldest first. Nothing is answered from here alone: the stored bytes are read each
/// time, and only what is byte for byte the same is not hashed and parsed again.
#[derive(Default)]
pub(super) struct Opened(Mutex<VecDeque<Sealed>>);

impl Opened {
    /// Stored bytes as the plan of this digest.
    pub(super) fn open(&self, bytes: String, expected: Digest) -> Result<Sealed, NotReadable> {
        if let Some(same) = self.same(&bytes, expected) {
            return Ok(same);
        }
        let sealed = Sealed::open(bytes, expected)?;
        self.keep(&sealed);
        Ok(sealed)
    }

    fn same(&self, bytes: &str, expected: Digest) -> Option<Sealed> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|plan| plan.digest() == expected && plan.bytes() == bytes).cloned()
    }

    fn keep(&self, sealed: &Sealed) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|plan| plan.digest() != sealed.digest());
        kept.push_back(sealed.clone());
        while kept.len() > MOST || kept.iter().map(|plan| plan.bytes().len()).sum::<usize>() > MOST_BYTES {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::bed::{id, plan};
    use super::*;

    #[test]
    fn what_was_opened_is_known_again_and_altered_bytes_are_not() {
        let (opened, sealed) = (Opened::default(), plan(&id(1), 1));
        let open = |bytes: &str| opened.open(bytes.to_owned(), sealed.digest());
        let first = open(sealed.bytes()).unwrap();
        assert!(std::ptr::eq(open(sealed.bytes()).unwrap().plan(), first.plan()));
        let altered = sealed.bytes().replacen("billing", "payment", 1);
        assert!(matches!(open(&altered), Err(NotReadable::Altered { .. })));
        assert_eq!(open(sealed.bytes()).unwrap(), sealed);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let opened = Opened::default();
        for revision in 1..=20 {
            let sealed = plan(&id(1), revision);
            opened.open(sealed.bytes().to_owned(), sealed.digest()).unwrap();
        }
        assert_eq!(opened.0.lock().unwrap().len(), MOST);
    }
}
