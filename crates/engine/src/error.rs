//! Why driving an operation ended early.

use crate::port::JournalError;

/// Why driving an operation ended early. It goes on at the next tick, here or in another process.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process carries the operation out now.
    #[error("another process carries the operation out")]
    Fenced,
}
