//! What an act on a cluster demands.

use crate::operation::Token;
use interlock::id::OperationId;
use interlock::plan::Digest;

/// The right to do one action: an approved plan, its holds, the worker lease, and the journalled intent. Only the engine
/// makes one, right after the intent is committed.
#[derive(Debug)]
pub struct Permit {
    operation: OperationId,
    digest: Digest,
    token: Token,
    intent: i64,
}

impl Permit {
    /// Only the engine's worker calls this, and only with a committed intent.
    pub(crate) fn new(operation: OperationId, digest: Digest, token: Token, intent: i64) -> Self {
        Self { operation, digest, token, intent }
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
}
