//! Audit records: who did what, and what came of it.

use interlock::facts::Facts;
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::plan::Digest;
use interlock::principal::Account;
use serde::{Deserialize, Serialize};

/// Who is behind a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person with an account.
    Person {
        /// The account.
        account: Account,
        /// The human.
        person: PersonId,
    },
    /// The engine itself: a timer, a guard, a worker.
    Engine,
}

/// One audit record. The store adds sequence number, time and the hash of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What happened, in kebab-case: "requested", "refused", "planned", "approved", "vetoed", "started", "intent",
    /// "outcome", "succeeded", …
    pub what: String,
    /// Who.
    pub actor: Actor,
    /// The operation, if one is concerned.
    pub operation: Option<OperationId>,
    /// The request, if it comes from one.
    pub request: Option<RequestId>,
    /// The plan, if one is concerned.
    pub digest: Option<Digest>,
    /// The rest.
    pub facts: Facts,
}

impl Record {
    /// A record of the engine about an operation.
    #[must_use]
    pub fn of_engine(what: &str, operation: &OperationId, facts: Facts) -> Self {
        Self {
            what: what.to_owned(),
            actor: Actor::Engine,
            operation: Some(operation.clone()),
            request: None,
            digest: None,
            facts,
        }
    }
}
