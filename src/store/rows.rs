//! Rows of the schema and what they stand for.

use super::error::StoreError;
use engine::{Operation, Why};
use interlock::approval::State;
use interlock::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// The columns of [`OperationRow`], for `SELECT` and `RETURNING`.
macro_rules! operation_columns {
    () => {
        "id, state, version, revision, digest, command, cluster, requester, person, place, reverses, created_at, \
         updated_at, expires_at, votes_read_at, next_at, memory, why_id, why_facts, replanned, remind_at"
    };
}
pub(super) use operation_columns;

/// An operation's row, without what only the store looks at.
#[derive(sqlx::FromRow)]
pub(super) struct OperationRow {
    id: String,
    state: String,
    version: i64,
    revision: i64,
    digest: String,
    command: String,
    cluster: String,
    requester: String,
    person: String,
    place: String,
    reverses: String,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
    votes_read_at: i64,
    next_at: i64,
    memory: String,
    why_id: String,
    why_facts: String,
    replanned: i64,
    remind_at: i64,
}

impl OperationRow {
    /// The operation this row stands for.
    pub(super) fn read(self) -> Result<Operation, StoreError> {
        let state = State::from_key(&self.state).ok_or_else(|| damaged("an operation's state", &self.state))?;
        let reverses = if self.reverses.is_empty() { None } else { Some(parsed(&self.reverses, "an operation's id")?) };
        Ok(Operation {
            id: parsed(&self.id, "an operation's id")?,
            state,
            version: self.version,
            revision: small(self.revision, "a revision")?,
            digest: parsed(&self.digest, "a digest")?,
            command: self.command,
            cluster: parsed(&self.cluster, "a cluster's name")?,
            requester: from_json(&self.requester, "an account")?,
            person: parsed(&self.person, "a person")?,
            place: from_json(&self.place, "a place")?,
            reverses,
            created_at: Millis(self.created_at),
            updated_at: Millis(self.updated_at),
            expires_at: Millis(self.expires_at),
            votes_read_at: Millis(self.votes_read_at),
            remind_at: (self.remind_at > 0).then_some(Millis(self.remind_at)),
            next_at: Millis(self.next_at),
            memory: from_json(&self.memory, "a wait's memory")?,
            why: Why { id: self.why_id, facts: from_json(&self.why_facts, "a reason's facts")? },
            replanned: small(self.replanned, "a count")?,
        })
    }
}

/// Reads many rows of operations.
pub(super) fn operations(rows: Vec<OperationRow>) -> Result<Vec<Operation>, StoreError> {
    rows.into_iter().map(OperationRow::read).collect()
}

/// A single number.
#[derive(sqlx::FromRow)]
pub(super) struct NumberRow {
    /// The number.
    pub(super) value: i64,
}

/// A single text.
#[derive(sqlx::FromRow)]
pub(super) struct TextRow {
    /// The text.
    pub(super) value: String,
}

/// Data as it is stored.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unstorable(error.to_string()))
}

/// Data as it was stored.
pub(super) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("{what}: {error}")))
}

/// A stored name or id.
pub(super) fn parsed<T: FromStr>(text: &str, what: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| damaged(what, text))
}

/// A stored number that must be small.
pub(super) fn small(number: i64, what: &str) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Damaged(format!("{what} is {number}")))
}

/// The error for a stored text that is not what it should be.
pub(super) fn damaged(what: &str, text: &str) -> StoreError {
    let shown: String = text.chars().take(80).collect();
    StoreError::Damaged(format!("{what} reads {shown:?}"))
}
