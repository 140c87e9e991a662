//! When what was sent, and how long it took until it was deferred.

use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// "An answer will come", as the type of a first answer.
const DEFERRED: u64 = 5;

/// The book of one block of interactions.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    sent: HashMap<u64, Instant>,
    took: Vec<Duration>,
    answered: usize,
    wrong: Vec<String>,
}

impl Ledger {
    /// An interaction is about to be written to the connection.
    pub(super) fn sends(&mut self, interaction: u64) {
        self.sent.insert(interaction, Instant::now());
    }

    /// A first answer was received at this time.
    pub(super) fn first_answer(&mut self, interaction: u64, body: &[u8], at: Instant) {
        let kind = serde_json::from_slice(body).unwrap_or(Value::Null)["type"].as_u64();
        match (self.sent.remove(&interaction), kind) {
            (Some(sent), Some(DEFERRED)) => self.took.push(at.duration_since(sent)),
            (sent, kind) => self.wrong.push(format!("interaction {interaction}: sent {sent:?}, answered by {kind:?}")),
        }
    }

    /// A final answer was received.
    pub(super) fn final_answer(&mut self) {
        self.answered += 1;
    }

    /// How many were deferred, or answered in another way than by a deferral.
    pub(super) fn acknowledged(&self) -> usize {
        self.took.len() + self.wrong.len()
    }

    /// How many got their final answer.
    pub(super) fn answered(&self) -> usize {
        self.answered
    }

    /// The times from being sent to being deferred. The first thing that went wrong instead.
    pub(super) fn close(self) -> Result<Vec<Duration>, String> {
        match self.wrong.into_iter().next() {
            Some(wrong) => Err(wrong),
            None => Ok(self.took),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_deferral_of_what_was_sent_counts() {
        let mut ledger = Ledger::default();
        ledger.sends(1);
        ledger.first_answer(1, br#"{"type":5}"#, Instant::now());
        assert_eq!((ledger.acknowledged(), ledger.answered()), (1, 0));
        ledger.final_answer();
        assert_eq!(ledger.answered(), 1);
        assert_eq!(ledger.close().unwrap().len(), 1);
        for (sent, body) in [(1, &br#"{"type":4}"#[..]), (1, b"?"), (2, br#"{"type":5}"#)] {
            let mut ledger = Ledger::default();
            ledger.sends(1);
            ledger.first_answer(sent, body, Instant::now());
            assert_eq!(ledger.acknowledged(), 1);
            assert!(ledger.close().is_err());
        }
    }
}
