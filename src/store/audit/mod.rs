//! The audit log: one chain of hashes. Each entry's bytes contain its number and the hash of the one before.

mod broken;
mod chain;
mod export;
mod posted;
mod search;
mod verify;

pub use broken::Broken;
pub use chain::{AuditEntry, Head, NotAHead};
pub use export::Format;
pub use search::{AuditFilter, AuditPage};
pub use verify::Verdict;

pub(super) use chain::append;
