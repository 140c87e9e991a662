//! Journal entries, written under the worker's token, each with a trace in the audit chain.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{TextRow, from_json, json};
use super::{Store, audit, leases, outbox};
use engine::port::Written;
use engine::{Entry, Outcome, Record, Token};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Digest;
use interlock::time::Millis;

/// An entry with its place.
pub(super) struct Row<'a> {
    pub(super) operation: &'a OperationId,
    pub(super) seq: i64,
    pub(super) token: Option<Token>,
    pub(super) at: Millis,
    pub(super) entry: &'a Entry,
}

impl Store {
    /// See [`engine::port::Journal::write`]. An entry that is there already, the same, counts as written.
    pub(super) async fn write_entry(&self, written: Written<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        if !leases::hold(&mut tx, written.operation, written.token).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let row = Row {
            operation: written.operation,
            seq: written.seq,
            token: Some(written.token),
            at: written.at,
            entry: written.entry,
        };
        if !insert(&mut tx, &row).await? {
            let same = is_there(&mut tx, &row).await?;
            tx.rollback().await?;
            return Ok(same);
        }
        outbox::put(&mut tx, written.operation, written.notices, written.at).await?;
        audit::append(&mut tx, written.at, &[trace(&row)?]).await?;
        tx.commit().await?;
        Ok(true)
    }

    pub(super) async fn read_entries(&self, id: &OperationId) -> Result<Vec<Entry>, StoreError> {
        let rows: Vec<TextRow> = self
            .pools
            .all("SELECT entry AS value FROM entries WHERE operation = $1 ORDER BY seq", vals![id.as_str()])
            .await?;
        rows.iter().map(|row| from_json(&row.value, "a journal entry")).collect()
    }
}

/// Writes an entry if its place is free; whether it was.
pub(super) async fn insert(tx: &mut Tx, row: &Row<'_>) -> Result<bool, StoreError> {
    let token = row.token.map_or(0, |token| token.0);
    let rows = tx
        .run(
            "INSERT INTO entries (operation, seq, token, at, entry) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (operation, seq) DO NOTHING",
            vals![row.operation.as_str(), row.seq, token, row.at.0, &json(row.entry)?],
        )
        .await?;
    Ok(rows == 1)
}

async fn is_there(tx: &mut Tx, row: &Row<'_>) -> Result<bool, StoreError> {
    let found: Option<TextRow> = tx
        .maybe(
            "SELECT entry AS value FROM entries WHERE operation = $1 AND seq = $2",
            vals![row.operation.as_str(), row.seq],
        )
        .await?;
    Ok(found.is_some_and(|found| json(row.entry).is_ok_and(|ours| ours == found.value)))
}

/// What the audit chain says of an entry: its kind, its place and the digest of its stored text, not the text itself, which
/// can hold thousands of actions.
pub(super) fn trace(row: &Row<'_>) -> Result<Record, StoreError> {
    let text = json(row.entry)?;
    let facts = Facts::none()
        .with("seq", row.seq)
        .with("token", row.token.map_or(0, |token| token.0))
        .with("entry", Digest::of(text.as_bytes()).to_string());
    let number = |facts: Facts, name: &str, value: u32| facts.with(name, i64::from(value));
    let (what, facts) = match row.entry {
        Entry::Started(start) => ("started", facts.with("digest", start.digest.to_string())),
        Entry::Expanded { step, actions } => ("expanded", number(facts, "step", *step).with("actions", actions.len())),
        Entry::Added { step, actions } => ("added", number(facts, "step", *step).with("actions", actions.len())),
        Entry::Captured { step, .. } => ("captured", number(facts, "step", *step)),
        Entry::Intent { step, action, attempt, .. } => {
            let facts = number(number(facts, "step", *step), "action", *action);
            ("intent", number(facts, "attempt", *attempt))
        }
        Entry::Outcome { step, action, attempt, outcome, .. } => {
            let facts = number(number(facts, "step", *step), "action", *action);
            ("outcome", number(facts, "attempt", *attempt).with("outcome", outcome_key(*outcome)))
        }
        Entry::WaitBegan { step, until } => ("wait-began", number(facts, "step", *step).with("until", *until)),
        Entry::StepDone { step } => ("step-done", number(facts, "step", *step)),
        Entry::Restored => ("restored", facts),
        Entry::OwnersNotTold => ("owners-not-told", facts),
    };
    Ok(Record::of_engine(what, row.operation, facts))
}

fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::NotApplied => "not-applied",
        Outcome::Partly => "partly",
        Outcome::Unknown => "unknown",
        Outcome::Answered => "answered",
        Outcome::Unseen => "unseen",
        Outcome::Needless => "needless",
        Outcome::Left => "left",
        Outcome::Unread => "unread",
    }
}
