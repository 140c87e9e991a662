//! What an act on a cluster demands.

use crate::operation::Token;
use interlock::id::OperationId;
use interlock::plan::Digest;
use std::time::Duration;

/// The right to do one action: an approved plan, its holds, the worker lease, and the journalled intent. Only the engine
/// makes one, right after the intent is committed. It ends: whoever acts on it looks at the clock right before sending.
#[derive(Debug)]
pub struct Permit {
    operation: OperationId,
    digest: Digest,
    token: Token,
    intent: i64,
    until: Duration,
}

impl Permit {
    /// Only the engine's worker calls this, and only with a committed intent and within its lease.
    pub(crate) fn new(operation: OperationId, digest: Digest, (token, intent): (Token, i64), until: Duration) -> Self {
        Self { operation, digest, token, intent, until }
    }

    /// The operation it is for.
    #[must_use]
    pub fn operation(&self) -> &OperationId {
        &self.operation
    }

    /// The approved plan.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The worker's token.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token
    }

    /// The journal place of the intent.
    #[must_use]
    pub fn intent(&self) -> i64 {
        self.intent
    }

    /// How long it still holds at this monotonic time; none if it has ended, and then nothing may be sent any more.
    #[must_use]
    pub fn left(&self, monotonic: Duration) -> Option<Duration> {
        self.until.checked_sub(monotonic).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_ends() {
        let id = OperationId::from_random(1);
        let permit = Permit::new(id, Digest::of(b"plan"), (Token(1), 3), Duration::from_secs(8));
        assert_eq!(permit.left(Duration::ZERO), Some(Duration::from_secs(8)));
        assert_eq!(permit.left(Duration::from_millis(7_999)), Some(Duration::from_millis(1)));
        for late in [8, 9, 1_000] {
            assert_eq!(permit.left(Duration::from_secs(late)), None);
        }
    }
}
