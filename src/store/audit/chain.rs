//! The writer of the chain. Its head is the last lock of every transaction.

use super::broken::Broken;
use crate::store::Store;
use crate::store::database::{Tx, vals};
use crate::store::error::StoreError;
use crate::store::rows::{json, parsed};
use engine::{Actor, Record};
use interlock::plan::Digest;
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Most records appended at once.
const MOST: usize = 50_000;

/// Where the chain ends: the number and the hash of its last entry. Kept elsewhere, it shows later whether the chain was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last entry; 0 while there is none.
    pub seq: i64,
    /// Its hash; 64 zeros while there is none.
    pub hash: Digest,
}

impl fmt::Display for Head {
    /// `SEQ:HASH`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// The text is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is SEQ:HASH, a number and 64 hex digits")]
pub struct NotAHead;

impl FromStr for Head {
    type Err = NotAHead;
    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let head = text.split_once(':').and_then(|(seq, hash)| {
            Some(Self { seq: seq.parse().ok().filter(|seq| *seq >= 0)?, hash: hash.parse().ok()? })
        });
        head.ok_or(NotAHead)
    }
}

/// One entry of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// What happened.
    pub record: Record,
    /// The bytes that were hashed.
    pub body: String,
    /// SHA-256 of the bytes: what the next entry names as `prev`.
    pub hash: Digest,
}

/// What an entry's bytes hold. New fields are only ever added, as optional ones.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) seq: i64,
    pub(super) prev: Digest,
    pub(super) at: Millis,
    #[serde(flatten)]
    pub(super) record: Record,
}

/// A row of the chain.
#[derive(sqlx::FromRow)]
pub(super) struct AuditRow {
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) what: String,
    pub(super) person: String,
    pub(super) operation: String,
    pub(super) request: String,
    pub(super) body: String,
    pub(super) hash: String,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    seq: i64,
    hash: String,
}

impl HeadRow {
    fn read(&self) -> Result<Head, StoreError> {
        Ok(Head { seq: self.seq, hash: parsed(&self.hash, "the head of the audit chain")? })
    }
}

impl AuditRow {
    /// What the bytes say, if they have their hash and the rest of the row says the same. The columns are not hashed: what
    /// was found by them counts only if the bytes agree.
    pub(super) fn check(&self) -> Result<Body, Broken> {
        if Digest::of(self.body.as_bytes()).to_string() != self.hash {
            return Err(Broken::Changed);
        }
        let body: Body = serde_json::from_str(&self.body).map_err(|_| Broken::Unreadable)?;
        if body.seq != self.seq {
            return Err(Broken::Moved);
        }
        let columns = (self.person.as_str(), self.operation.as_str(), self.request.as_str());
        if columns != named(&body.record) || self.what != body.record.what || self.at != body.at.0 {
            return Err(Broken::Columns);
        }
        Ok(body)
    }

    /// The entry, with what its bytes say.
    pub(super) fn entry(self, body: Body) -> AuditEntry {
        let hash = Digest::of(self.body.as_bytes());
        AuditEntry { seq: body.seq, at: body.at, record: body.record, body: self.body, hash }
    }
}

/// Appends records in their order.
pub(in crate::store) async fn append(tx: &mut Tx, at: Millis, records: &[Record]) -> Result<(), StoreError> {
    let count = match i64::try_from(records.len()) {
        Ok(0) => return Ok(()),
        Ok(count) if records.len() <= MOST => count,
        _ => return Err(StoreError::Unstorable(format!("{} audit records at once", records.len()))),
    };
    let row: Option<HeadRow> =
        tx.maybe("UPDATE audit_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash", vals![count]).await?;
    let row = row.ok_or_else(|| StoreError::Damaged("the audit chain has no head".to_owned()))?;
    let mut head = Head { seq: row.seq - count, ..row.read()? };
    for record in records {
        head = insert(tx, head, at, record).await?;
    }
    tx.run("UPDATE audit_head SET hash = $1 WHERE id = 1", vals![&head.hash.to_string()]).await?;
    Ok(())
}

async fn insert(tx: &mut Tx, head: Head, at: Millis, record: &Record) -> Result<Head, StoreError> {
    let body = Body { seq: head.seq + 1, prev: head.hash, at, record: record.clone() };
    let text = json(&body)?;
    let hash = Digest::of(text.as_bytes());
    let (person, operation, request) = named(record);
    tx.run(
        "INSERT INTO audit (seq, at, what, person, operation, request, body, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vals![body.seq, at.0, &record.what, person, operation, request, &text, &hash.to_string()],
    )
    .await?;
    Ok(Head { seq: body.seq, hash })
}

/// The person, operation and request a record names; empty where it names none.
pub(super) fn named(record: &Record) -> (&str, &str, &str) {
    let person = match &record.actor {
        Actor::Person { person, .. } => person.as_str(),
        Actor::Engine => "",
    };
    let operation = record.operation.as_ref().map_or("", |id| id.as_str());
    (person, operation, record.request.as_ref().map_or("", |id| id.as_str()))
}

const HEAD: &str = "SELECT seq, hash FROM audit_head WHERE id = 1";

/// Where the chain ends, as this transaction sees it.
pub(super) async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    let row: Option<HeadRow> = tx.maybe(HEAD, vals![]).await?;
    row.ok_or_else(|| StoreError::Damaged("the audit chain has no head".to_owned()))?.read()
}

impl Store {
    /// Appends records with the time of now, all or none: looks come here in batches, off the path of their answers.
    ///
    /// # Errors
    /// As all calls of the store; a caller that answers a look says "not recorded" then.
    pub async fn append_looks(&self, records: Vec<Record>) -> Result<(), StoreError> {
        self.append_records(&records).await
    }

    /// See [`Store::append_looks`].
    pub(in crate::store) async fn append_records(&self, records: &[Record]) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        append(&mut tx, self.now(), records).await?;
        tx.commit().await
    }

    /// Where the chain ends now: to be kept or posted elsewhere.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        let row: Option<HeadRow> = self.pools.maybe(HEAD, vals![]).await?;
        row.ok_or_else(|| StoreError::Damaged("the audit chain has no head".to_owned()))?.read()
    }

    /// Entries after a number, in their order.
    pub(super) async fn audit_after(&self, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        self.pools
            .all(
                "SELECT seq, at, what, person, operation, request, body, hash FROM audit \
                 WHERE seq > $1 ORDER BY seq LIMIT $2",
                vals![seq, limit],
            )
            .await
    }
}
