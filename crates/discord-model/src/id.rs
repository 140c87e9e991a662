//! Snowflakes: Discord's ids, which carry the time they were made.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Milliseconds between the Unix epoch and the first second of 2015, where snowflakes start.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;
/// Bits below the time: worker, process and counter.
const TIME_SHIFT: u32 = 22;

/// A snowflake. Written as a decimal string in JSON, as Discord does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u64);

impl Id {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Hands out ids that never repeat and never go back.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: u64,
}

impl Ids {
    /// The next id, made at `now_ms` (Unix time in milliseconds).
    pub(crate) fn next(&mut self, now_ms: i64) -> Id {
        let since_epoch = u64::try_from(now_ms - DISCORD_EPOCH_MS).unwrap_or(0);
        self.last = (self.last + 1).max(since_epoch << TIME_SHIFT);
        Id(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Ids};

    #[test]
    fn ids_grow_even_when_the_clock_stands_or_goes_back() {
        let mut ids = Ids::default();
        let now = 1_700_000_000_000;
        let first = ids.next(now);
        let second = ids.next(now);
        let third = ids.next(now - 5_000);
        assert!(first < second && second < third);
        assert_eq!(first.get() >> 22, 279_929_600_000);
    }

    #[test]
    fn an_id_is_a_string_in_json() {
        assert_eq!(serde_json::json!(Id::new(7)), serde_json::json!("7"));
    }
}
