//! What can go wrong, told apart by what is known about the outcome.

use std::io;

use crate::code::Code;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. [`Error::is_known_not_applied`] tells whether a change can have happened.
///
/// `api` is the request's name and number in the protocol, `server` whom it went to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call or the configuration contradicts itself; nothing was sent.
    #[error("{0}")]
    Invalid(String),
    /// The request never left completely: no connection, no master, no room before the deadline.
    #[error("{api} was not sent to {server}: {cause}")]
    NotSent {
        /// The request.
        api: &'static str,
        /// Where it would have gone: host and port, or what was looked for.
        server: String,
        /// Why not.
        cause: Cause,
    },
    /// The request was sent and no answer came: it may have been applied, or may still be.
    #[error("{api} was sent to {server}, but no answer came: {cause}")]
    UnknownOutcome {
        /// The request.
        api: &'static str,
        /// Where it went.
        server: String,
        /// Why no answer came.
        cause: Cause,
    },
    /// The server answered with a code other than success.
    #[error("{api} at {server}: {}", code_and_remark(*code, remark.as_deref()))]
    Server {
        /// The request.
        api: &'static str,
        /// Who answered.
        server: String,
        /// The code.
        code: Code,
        /// The server's own words.
        remark: Option<String>,
    },
    /// The server does not let this account do this, does not know it, or finds the signature wrong; nothing was applied.
    #[error("{api} at {server}: denied: {}", code_and_remark(*code, remark.as_deref()))]
    Denied {
        /// The request.
        api: &'static str,
        /// Who answered.
        server: String,
        /// The code: NO_PERMISSION from 5.x, SYSTEM_ERROR from 4.9.
        code: Code,
        /// The server's own words.
        remark: Option<String>,
    },
    /// The answer is not what the protocol says; what the request did is not known.
    #[error("{api}: the answer of {server} makes no sense: {why}")]
    Garbage {
        /// The request.
        api: &'static str,
        /// Who sent it.
        server: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server has no such request; nothing was applied.
    #[error("{api} is not available at {server}: {}", remark.as_deref().unwrap_or("it says no more"))]
    Unsupported {
        /// The request.
        api: &'static str,
        /// Who answered.
        server: String,
        /// The server's own words.
        remark: Option<String>,
    },
}

/// Why a request was not sent, or its answer not received.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The deadline of the call passed.
    #[error("deadline passed")]
    Deadline,
    /// The other side closed the connection.
    #[error("connection closed")]
    Closed,
    /// The network said no.
    #[error("{0}")]
    Network(String),
    /// TLS could not be agreed on, or a certificate was not accepted.
    #[error("TLS: {0}")]
    Tls(String),
    /// Nobody is known who could be asked: no such broker, or none of its processes is its master.
    #[error("{0}")]
    Nobody(String),
    /// The request cannot be written.
    #[error("cannot be encoded: {0}")]
    Encoding(String),
}

impl Cause {
    /// Whether the same server would say the same a moment later.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Encoding(_) | Self::Tls(_))
    }

    pub(crate) fn from_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted => Self::Closed,
            _ => Self::Network(error.to_string()),
        }
    }
}

impl Error {
    /// Whether it is certain that the request changed nothing and never will.
    ///
    /// False for lost answers, garbage, and for codes behind which a part may have been done, such as SYSTEM_ERROR.
    #[must_use]
    pub fn is_known_not_applied(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::NotSent { .. } | Self::Denied { .. } | Self::Unsupported { .. } => true,
            Self::Server { code, remark, .. } => !code.leaves_outcome_open(remark.as_deref()),
            Self::UnknownOutcome { .. } | Self::Garbage { .. } => false,
        }
    }

    /// The server's code, where it sent one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Server { code, .. } | Self::Denied { code, .. } => Some(*code),
            Self::Unsupported { .. } => Some(Code::REQUEST_CODE_NOT_SUPPORTED),
            _ => None,
        }
    }

    /// The server's own words, where it sent any.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        match self {
            Self::Server { remark, .. } | Self::Denied { remark, .. } | Self::Unsupported { remark, .. } => {
                remark.as_deref()
            }
            _ => None,
        }
    }

    /// Whether the call ended because its deadline passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::NotSent { cause: Cause::Deadline, .. } | Self::UnknownOutcome { cause: Cause::Deadline, .. }
        )
    }

    /// The error for a code, with those told apart that say that there is no right, or no such request.
    pub(crate) fn of_code(api: &'static str, server: String, code: Code, remark: Option<String>) -> Self {
        let remark = remark.filter(|text| !text.is_empty());
        if code == Code::REQUEST_CODE_NOT_SUPPORTED {
            return Self::Unsupported { api, server, remark };
        }
        if code.is_denial(remark.as_deref()) {
            return Self::Denied { api, server, code, remark };
        }
        Self::Server { api, server, code, remark }
    }
}

fn code_and_remark(code: Code, remark: Option<&str>) -> String {
    match remark {
        Some(remark) => format!("{code}: {remark}"),
        None => code.to_string(),
    }
}
