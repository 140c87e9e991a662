//! What a bot did that it must not do. A test that ends with any of these fails.

use std::fmt;

/// Something the bot did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A request against Discord's document or its written rules.
    Violation {
        /// Method and path template.
        request: String,
        /// What is wrong, and where.
        what: String,
    },
    /// A person did something and heard nothing in time.
    Unanswered {
        /// What the person did.
        interaction: String,
    },
    /// A first answer came after the deadline.
    LateAnswer {
        /// What the person did.
        interaction: String,
    },
    /// An interaction was answered a second time.
    SecondAnswer {
        /// What the person did.
        interaction: String,
    },
    /// A deferral was never followed by an answer.
    Unfinished {
        /// What the person did.
        interaction: String,
    },
    /// A gateway client broke the protocol.
    Gateway {
        /// What it did.
        what: String,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Violation { request, what } => write!(f, "{request} breaks a rule {what}"),
            Self::Unanswered { interaction } => write!(f, "no answer in time to: {interaction}"),
            Self::LateAnswer { interaction } => {
                write!(f, "first answer too late to: {interaction}")
            }
            Self::SecondAnswer { interaction } => {
                write!(f, "answered a second time: {interaction}")
            }
            Self::Unfinished { interaction } => {
                write!(f, "deferred and never answered: {interaction}")
            }
            Self::Gateway { what } => write!(f, "gateway: {what}"),
        }
    }
}
