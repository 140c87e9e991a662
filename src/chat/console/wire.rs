//! The protocol of the socket: one JSON object a line, in both directions. The client speaks first ([`Ask::Hello`]).
//!
//! Nothing in it says who speaks: that is the kernel's to tell.

use super::answered::Answered;
use super::complete::Offer;
use serde::{Deserialize, Serialize};

/// The version of the protocol; only the same one is spoken with.
pub(super) const VERSION: u32 = 1;

/// From the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Ask {
    /// The first word.
    Hello {
        /// [`VERSION`].
        version: u32,
        /// The language of the terminal ("zh-CN").
        locale: String,
        /// Whether colours are wanted.
        colour: bool,
    },
    /// A line to be carried out.
    Command {
        /// Comes back with the answer.
        id: u64,
        /// The line as typed.
        line: String,
        /// The columns of the terminal.
        width: usize,
    },
    /// What may stand at the cursor.
    Complete {
        /// Comes back with the offers.
        id: u64,
        /// The line so far.
        line: String,
        /// In bytes.
        cursor: usize,
    },
    /// From now on, cards for the console are wanted.
    Subscribe {
        /// Comes back.
        id: u64,
        /// The columns of the terminal; later commands correct it.
        width: usize,
    },
}

/// To the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tell", rename_all = "kebab-case")]
pub(super) enum Tell {
    /// The first word.
    Hello {
        /// [`VERSION`].
        version: u32,
        /// The account that the kernel named.
        account: String,
        /// The person behind it.
        person: String,
    },
    /// The answer to a line.
    Answer {
        /// Of the question.
        id: u64,
        /// The card.
        answer: Answered,
    },
    /// What may stand at the cursor.
    Offers {
        /// Of the question.
        id: u64,
        /// The best first.
        offers: Vec<Offer>,
    },
    /// Cards will come.
    Subscribed {
        /// Of the question.
        id: u64,
    },
    /// A card for the console.
    Notice {
        /// The card.
        card: Answered,
    },
    /// Cards came faster than they were read, and so many were left out.
    Missed {
        /// How many.
        count: u64,
    },
    /// The question is not answered.
    Wrong {
        /// Of the question, if it was understood so far.
        id: Option<u64>,
        /// Why.
        why: Wrong,
    },
}

/// Why a question is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Wrong {
    /// Another version of the protocol. The connection ends.
    Version,
    /// The kernel could not tell who this is. The connection ends.
    Stranger,
    /// Too many terminals, or too many commands of this one at once.
    Busy,
    /// The line is longer than is read. The connection ends.
    TooLong,
    /// A line took too long to arrive. The connection ends.
    TooSlow,
    /// Not UTF-8.
    NotText,
    /// Not the protocol.
    NotUnderstood,
    /// A bug of ours; what was begun, the log and /operations know.
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_say_who_they_are() {
        let plain = r#"{"ask":"command","id":1,"line":"/whoami","width":80}"#;
        assert!(serde_json::from_str::<Ask>(plain).is_ok());
        for field in [r#""account":{"persona":1}"#, r#""person":"ann""#, r#""principal":{}"#, r#""uid":0"#] {
            let smuggled = plain.replace("{\"ask\"", &format!("{{{field},\"ask\""));
            assert!(serde_json::from_str::<Ask>(&smuggled).is_err(), "{smuggled}");
        }
        let hello = r#"{"ask":"hello","version":1,"locale":"en-US","colour":false,"account":"persona:1"}"#;
        assert!(serde_json::from_str::<Ask>(hello).is_err());
    }
}
