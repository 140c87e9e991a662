//! What the answers of one call take together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most that the answers of one call to several brokers may take, in bytes, their frames included: twice what one
/// answer may take.
///
/// What a cluster of 200,000 partitions tells of them is spread over its brokers, or repeated by few of them.
pub(crate) const TOGETHER: usize = 2 * crate::wire::walk::MEMORY;

/// Memory that several answers share. What was taken is not given back: the answers are kept until the call ends.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
}

impl Budget {
    /// So many bytes.
    pub(crate) fn of(bytes: usize) -> Self {
        Self { left: AtomicUsize::new(bytes) }
    }

    /// Takes some of it.
    ///
    /// # Errors
    /// If not so much is left.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), String> {
        let took = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        took.map(|_| ())
            .map_err(|left| format!("{bytes} more bytes of memory, and the answers of this call have {left} left"))
    }
}
