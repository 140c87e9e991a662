//! What an error of the client means to plans and people.

use interlock::cluster::{Failure, FailureKind};
use rocketmq_admin::Error;

/// The most characters kept of what a server said.
const MOST_SAID: usize = 300;
/// What brokers say where they do not accept who we are; else it is that we may not do this. There is one code for both.
const WHO_ARE_YOU: [&str; 7] = [
    "No accessKey is configured",
    "Check signature failed",
    "check signature failed",
    "username cannot be null",
    "is not found",
    "accessKey is null",
    "No acl config for",
];

/// An error as the failure of a look.
pub(super) fn failure(error: &Error) -> Failure {
    Failure { kind: kind(error), said: said(error) }
}

pub(super) fn kind(error: &Error) -> FailureKind {
    match error {
        _ if error.is_timeout() => FailureKind::TimedOut,
        Error::Garbage { .. } => FailureKind::Garbage,
        Error::NotSent { .. } | Error::UnknownOutcome { .. } => FailureKind::Unreachable,
        Error::Denied { remark, .. } if is_about_identity(remark.as_deref()) => FailureKind::NotAuthenticated,
        Error::Denied { .. } => FailureKind::Denied,
        Error::Unsupported { .. } => FailureKind::Unsupported,
        _ => FailureKind::Refused,
    }
}

fn is_about_identity(remark: Option<&str>) -> bool {
    let remark = remark.unwrap_or_default();
    WHO_ARE_YOU.iter().any(|words| remark.contains(words))
}

/// What was said, without the server's address and bounded.
pub(super) fn said(error: &Error) -> String {
    let words = match error {
        Error::NotSent { api, cause, .. } => format!("{api} was not sent: {cause}"),
        Error::UnknownOutcome { api, cause, .. } => format!("{api} was sent, no answer came: {cause}"),
        Error::Garbage { api, why, .. } => format!("{api}: the answer makes no sense: {why}"),
        Error::Server { api, code, remark, .. } | Error::Denied { api, code, remark, .. } => {
            format!("{api}: {code}: {}", remark.as_deref().unwrap_or("the server says no more"))
        }
        Error::Unsupported { api, .. } => format!("{api} is not available"),
        other => other.to_string(),
    };
    words.chars().take(MOST_SAID).collect()
}

pub(super) fn refused(said: &str) -> Failure {
    Failure { kind: FailureKind::Refused, said: said.chars().take(MOST_SAID).collect() }
}

pub(super) fn garbage(said: &str) -> Failure {
    Failure { kind: FailureKind::Garbage, said: said.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rocketmq_admin::{Cause, Code};

    fn denied(code: Code, remark: &str) -> Error {
        Error::Denied { api: "A (1)", server: "10.0.0.1:10911".to_owned(), code, remark: Some(remark.to_owned()) }
    }

    /// The words are those of the servers of both lines.
    #[test]
    fn who_we_are_and_what_we_may_are_told_apart() {
        for remark in [
            "AclException: No accessKey is configured, org.apache.rocketmq.acl",
            "Check signature failed for accessKey=adminuser",
            "username cannot be null.",
            "check signature failed.",
            "User:nobody1 is not found.",
        ] {
            assert_eq!(kind(&denied(Code::NO_PERMISSION, remark)), FailureKind::NotAuthenticated, "{remark}");
        }
        for remark in ["Need admin permission for request code=17, but accessKey=plainuser is not", "has no permission"]
        {
            assert_eq!(kind(&denied(Code::SYSTEM_ERROR, remark)), FailureKind::Denied, "{remark}");
        }
    }

    #[test]
    fn what_was_said_is_bounded_and_names_no_server() {
        let long = said(&denied(Code::NO_PERMISSION, &"x".repeat(1_000)));
        assert!(long.chars().count() == MOST_SAID && long.contains("NO_PERMISSION") && !long.contains("10.0.0.1"));
        let lost = Error::NotSent { api: "A (1)", server: "10.0.0.1:10911".to_owned(), cause: Cause::Deadline };
        assert_eq!(
            (kind(&lost), said(&lost)),
            (FailureKind::TimedOut, "A (1) was not sent: deadline passed".to_owned())
        );
    }
}
