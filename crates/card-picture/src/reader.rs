//! Who looks at it: their language, their zone, when, and whom their client knows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// The language of the client itself: it words instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// en-US.
    English,
    /// zh-CN.
    Chinese,
}

/// Who looks at a message.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Their client's language.
    pub language: Language,
    /// Their zone.
    pub zone: TimeZone,
    /// When they look.
    pub now: Timestamp,
    /// What their client calls users and roles, by id.
    pub names: BTreeMap<u64, String>,
}
