//! What an error of the client means to plans and people.

use interlock::cluster::{Failure, FailureKind};
use kafka_admin::{Cause, Error};

/// The most characters kept of what a broker said.
const MOST_SAID: usize = 300;

/// An error as the failure of a look.
pub(super) fn failure(error: &Error) -> Failure {
    Failure { kind: kind(error), said: said(error) }
}

pub(super) fn kind(error: &Error) -> FailureKind {
    match error {
        _ if error.is_timeout() => FailureKind::TimedOut,
        Error::NotSent { cause: Cause::NotKafka(_), .. } | Error::Garbage { .. } => FailureKind::Garbage,
        Error::NotSent { .. } | Error::UnknownOutcome { .. } => FailureKind::Unreachable,
        Error::Authorization { .. } => FailureKind::Denied,
        Error::Authentication { .. } => FailureKind::NotAuthenticated,
        Error::Unsupported { .. } => FailureKind::Unsupported,
        _ => FailureKind::Refused,
    }
}

/// What was said, without the broker's address and bounded.
pub(super) fn said(error: &Error) -> String {
    let words = match error {
        Error::NotSent { api, cause, .. } => format!("{api} was not sent: {cause}"),
        Error::UnknownOutcome { api, cause, .. } => format!("{api} was sent, no answer came: {cause}"),
        Error::Garbage { api, why, .. } => format!("{api}: the answer makes no sense: {why}"),
        Error::Unsupported { api, why, .. } => format!("{api} is not available: {why}"),
        Error::Authentication { why, .. } => format!("authentication failed: {why}"),
        other => other.to_string(),
    };
    words.chars().take(MOST_SAID).collect()
}
