//! What can go wrong, told apart by what is known about the outcome.

use std::io;

use crate::code::ErrorCode;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. [`Error::is_known_not_applied`] tells whether a change can have happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call or the configuration contradicts itself; nothing was sent.
    #[error("{0}")]
    Invalid(String),
    /// The request never left completely: no connection, no room before the deadline.
    #[error("{api} was not sent to {broker}: {cause}")]
    NotSent {
        /// The API's name in the protocol.
        api: &'static str,
        /// Where it would have gone: host and port, or what was looked for.
        broker: String,
        /// Why not.
        cause: Cause,
    },
    /// The request was sent and no answer came: it may have been applied, or may still be.
    #[error("{api} was sent to {broker}, but no answer came: {cause}")]
    UnknownOutcome {
        /// The API's name in the protocol.
        api: &'static str,
        /// Where it went.
        broker: String,
        /// Why no answer came.
        cause: Cause,
    },
    /// The broker answered with an error code.
    #[error("{api}: {}", code_and_message(*code, message.as_deref()))]
    Broker {
        /// The API's name in the protocol.
        api: &'static str,
        /// The code.
        code: ErrorCode,
        /// The broker's own words, where it sends any.
        message: Option<String>,
    },
    /// The principal lacks a right; nothing was applied.
    #[error("{api}: not authorized: {}", code_and_message(*code, message.as_deref()))]
    Authorization {
        /// The API's name in the protocol.
        api: &'static str,
        /// Topic, group or cluster authorization failed.
        code: ErrorCode,
        /// The broker's own words, where it sends any.
        message: Option<String>,
    },
    /// The answer is not what the protocol says; what the request did is not known.
    #[error("{api}: the answer of {broker} makes no sense: {why}")]
    Garbage {
        /// The API's name in the protocol.
        api: &'static str,
        /// Who sent it.
        broker: String,
        /// What is wrong with it.
        why: String,
    },
    /// The broker has no version of this API that this client speaks; nothing was sent.
    #[error("{api} is not available at {broker}: {why}")]
    Unsupported {
        /// The API's name in the protocol.
        api: &'static str,
        /// The broker.
        broker: String,
        /// The versions on both sides.
        why: String,
    },
    /// The broker refused the credentials, or could not prove that it knows them; nothing was sent.
    #[error("authentication at {broker} failed: {why}")]
    Authentication {
        /// The broker.
        broker: String,
        /// The broker's own words, or what is wrong with its proof.
        why: String,
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
    /// The other side closed the connection at the first request on it, and no credentials are configured.
    #[error("connection closed at the first request: the listener may demand credentials")]
    ClosedWithoutCredentials,
    /// The network said no.
    #[error("{0}")]
    Network(String),
    /// TLS could not be agreed on, or a certificate was not accepted.
    #[error("TLS: {0}")]
    Tls(String),
    /// The broker greeted with something that is not Kafka's protocol.
    #[error("no Kafka broker there: {0}")]
    NotKafka(String),
    /// No broker is known that could be asked.
    #[error("{0}")]
    NoBroker(String),
    /// An earlier part of the same call failed, so this part was held back.
    #[error("held back after an earlier part failed")]
    HeldBack,
    /// The request cannot be written in the negotiated version.
    #[error("cannot be encoded: {0}")]
    Encoding(String),
}

/// How often is asked who talks nonsense: once more it does not come to its senses, but who is asked may have changed.
pub(crate) const NONSENSE: u32 = 2;

impl Cause {
    /// Whether the same broker would say the same a moment later, so that waiting for it makes an answer late and no better.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Encoding(_) | Self::Tls(_) | Self::ClosedWithoutCredentials)
    }

    /// Whether the way may be looked for again after so many attempts.
    pub(crate) fn may_pass(&self, attempts: u32) -> bool {
        match self {
            Self::NotKafka(_) => attempts < NONSENSE,
            other => !other.stays(),
        }
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
    /// False for lost answers, garbage, and for codes behind which the change may still
    /// come through, such as REQUEST_TIMED_OUT.
    #[must_use]
    pub fn is_known_not_applied(&self) -> bool {
        match self {
            Self::Invalid(_)
            | Self::NotSent { .. }
            | Self::Authorization { .. }
            | Self::Unsupported { .. }
            | Self::Authentication { .. } => true,
            Self::Broker { code, .. } => !code.leaves_outcome_open(),
            Self::UnknownOutcome { .. } | Self::Garbage { .. } => false,
        }
    }

    /// The broker's error code, where it sent one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Broker { code, .. } | Self::Authorization { code, .. } => Some(*code),
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

    /// The error for a code, authorization told apart.
    pub(crate) fn of_code(api: &'static str, code: ErrorCode, message: Option<String>) -> Self {
        // Some answers carry an empty text where others carry null.
        let message = message.filter(|text| !text.is_empty());
        if code.is_authorization() {
            return Self::Authorization { api, code, message };
        }
        Self::Broker { api, code, message }
    }

    /// Ok for 0, else the error for the code.
    pub(crate) fn check(api: &'static str, field: i16, message: Option<String>) -> Result<()> {
        ErrorCode::of(field).map_or(Ok(()), |code| Err(Self::of_code(api, code, message)))
    }
}

fn code_and_message(code: ErrorCode, message: Option<&str>) -> String {
    match message {
        Some(message) => format!("{code}: {message}"),
        None => code.to_string(),
    }
}
