//! The typed calls, one file a subject.

pub(crate) mod acls;
pub(crate) mod cluster;
pub(crate) mod configs;
pub(crate) mod describe;
pub(crate) mod groups;
pub(crate) mod list_offsets;
pub(crate) mod log_dirs;
pub(crate) mod offsets;
pub(crate) mod partitions;
pub(crate) mod quorum;
pub(crate) mod reassign;
pub(crate) mod topic_changes;
pub(crate) mod topics;

use kafka_protocol::protocol::StrBytes;

use crate::code::ErrorCode;
use crate::error::Error;

/// The most partitions in one request.
pub(crate) const PARTITIONS: usize = 10_000;
/// The most topics, groups or resources in one request.
pub(crate) const NAMES: usize = 1_000;

/// Text for a request.
pub(crate) fn text(value: &str) -> StrBytes {
    StrBytes::from_string(value.to_owned())
}

/// A nullable text of an answer.
pub(crate) fn said(value: Option<StrBytes>) -> Option<String> {
    value.map(|text| text.to_string())
}

/// An item that the broker's answer does not mention.
pub(crate) fn unanswered(api: &'static str, item: &dyn std::fmt::Display) -> Error {
    Error::Garbage { api, broker: "the broker".to_owned(), why: format!("the answer does not mention {item}") }
}

/// The time left for the server's own wait, in milliseconds.
pub(crate) fn server_timeout(deadline: tokio::time::Instant) -> i32 {
    let left = deadline.saturating_duration_since(tokio::time::Instant::now());
    i32::try_from(left.as_millis()).unwrap_or(i32::MAX).max(1)
}

/// The code that all parts of an answer share: only then the whole request may be sent again.
pub(crate) fn common(mut codes: impl Iterator<Item = i16>) -> Option<ErrorCode> {
    let first = codes.next()?;
    codes.all(|code| code == first).then_some(first).and_then(ErrorCode::of)
}
