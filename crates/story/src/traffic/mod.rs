//! Traffic that proves that nothing was lost: every key's records are numbered, everything is read back, and a pure
//! judge compares.
//!
//! Producers write with acks=all and idempotence, at a rate and size of their own. A judge that could not fail would prove nothing: take a
//! record out of [`Reader::finish`]'s list and it says so.

mod read;
#[cfg(test)]
mod tests;
mod verdict;
mod write;

pub use read::Reader;
pub use verdict::{Sent, Verdict, judge};
pub use write::{Load, Traffic};

/// One numbered record: what it carries in its key and at the start of its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The key.
    pub key: String,
    /// Counts the key's records, from 0.
    pub number: u64,
}

impl Stamp {
    /// A record by key and number.
    pub fn new(key: &str, number: u64) -> Self {
        Self { key: key.to_owned(), number }
    }

    /// The record's value: the number, then filling up to `bytes`.
    pub fn value(&self, bytes: usize) -> String {
        let mut value = format!("{}\n", self.number);
        let filling = bytes.saturating_sub(value.len());
        value.push_str(&".".repeat(filling));
        value
    }

    /// Reads a record's key and value; `None` for one that is not of ours.
    pub fn read(key: &[u8], value: &[u8]) -> Option<Self> {
        let key = std::str::from_utf8(key).ok()?;
        let number = value.split(|byte| *byte == b'\n').next()?;
        Some(Self { key: key.to_owned(), number: std::str::from_utf8(number).ok()?.parse().ok()? })
    }
}
