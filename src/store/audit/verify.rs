//! Verifying the chain: every entry read once, in order, a few at a time.

use super::chain::{AuditRow, Body, Head, named};
use crate::store::Store;
use crate::store::database::vals;
use crate::store::error::StoreError;
use interlock::plan::Digest;

/// How many entries are in memory at once.
const AT_ONCE: i64 = 500;

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Each entry is as it was written, none is missing between the first and the head.
    Verified {
        /// The head that was reached.
        head: Head,
        /// The outside head it was compared with; none means: whether the end was cut off, and the whole rewritten, cannot
        /// be excluded.
        outside: Option<Head>,
    },
    /// The chain is not as it was written.
    Broken {
        /// The number of the first entry that is wrong.
        seq: i64,
        /// What is wrong with it.
        why: Broken,
    },
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// An entry is missing.
    Missing,
    /// An entry's bytes do not have its hash.
    Changed,
    /// An entry's bytes are those of another place.
    Moved,
    /// An entry does not follow from the one before it.
    Unlinked,
    /// The columns for searching do not say what the bytes say.
    Columns,
    /// An entry cannot be read.
    Unreadable,
    /// The stored head is not that of the last entry, or entries lie behind it.
    Head,
    /// The chain is shorter than the outside head says: cut off.
    Truncated,
    /// At the outside head's number there is another entry: rewritten.
    Rewritten,
}

impl Broken {
    /// The key of its sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "audit-missing",
            Self::Changed => "audit-changed",
            Self::Moved => "audit-moved",
            Self::Unlinked => "audit-unlinked",
            Self::Columns => "audit-columns",
            Self::Unreadable => "audit-unreadable",
            Self::Head => "audit-head",
            Self::Truncated => "audit-truncated",
            Self::Rewritten => "audit-rewritten",
        }
    }
}

#[derive(sqlx::FromRow)]
struct EndRow {
    seq: i64,
    hash: String,
    last: i64,
}

impl Store {
    /// Verifies the chain up to the head it has when this begins.
    ///
    /// # Errors
    /// As all calls of the store; a broken chain is no error but a verdict.
    pub async fn audit_verify(&self, outside: Option<Head>) -> Result<Verdict, StoreError> {
        let end = self.audit_end().await?;
        let mut head = Head { seq: 0, hash: genesis()? };
        let mut outside_seen = outside.is_none_or(|outside| outside == head);
        while head.seq < end.seq {
            let rows = self.audit_after(head.seq, AT_ONCE.min(end.seq - head.seq)).await?;
            if rows.is_empty() {
                return Ok(broken(head.seq + 1, Broken::Missing));
            }
            for row in rows {
                head = match follow(head, &row) {
                    Ok(head) => head,
                    Err(why) => return Ok(broken(head.seq + 1, why)),
                };
                if outside.is_some_and(|outside| outside.seq == head.seq) {
                    if outside != Some(head) {
                        return Ok(broken(head.seq, Broken::Rewritten));
                    }
                    outside_seen = true;
                }
            }
        }
        if end.hash != head.hash.to_string() || end.last > end.seq {
            return Ok(broken(end.seq, Broken::Head));
        }
        match outside {
            Some(outside) if !outside_seen => {
                let why = if outside.seq > head.seq { Broken::Truncated } else { Broken::Rewritten };
                Ok(broken(outside.seq.min(head.seq + 1), why))
            }
            _ => Ok(Verdict::Verified { head, outside }),
        }
    }

    /// The stored head and the last number, of one moment.
    async fn audit_end(&self) -> Result<EndRow, StoreError> {
        let row: Option<EndRow> = self
            .pools
            .maybe(
                "SELECT h.seq, h.hash, (SELECT COALESCE(MAX(seq), CAST(0 AS BIGINT)) FROM audit) AS last \
                 FROM audit_head h WHERE h.id = 1",
                vals![],
            )
            .await?;
        row.ok_or_else(|| StoreError::Damaged("the audit chain has no head".to_owned()))
    }
}

fn genesis() -> Result<Digest, StoreError> {
    "0".repeat(64).parse().map_err(|_| StoreError::Damaged("the chain's beginning".to_owned()))
}

fn broken(seq: i64, why: Broken) -> Verdict {
    Verdict::Broken { seq, why }
}

/// The head after this row, if it follows from the head before.
fn follow(head: Head, row: &AuditRow) -> Result<Head, Broken> {
    if row.seq != head.seq + 1 {
        return Err(Broken::Missing);
    }
    let hash = Digest::of(row.body.as_bytes());
    if hash.to_string() != row.hash {
        return Err(Broken::Changed);
    }
    let body: Body = serde_json::from_str(&row.body).map_err(|_| Broken::Unreadable)?;
    if body.seq != row.seq {
        return Err(Broken::Moved);
    }
    if body.prev != head.hash {
        return Err(Broken::Unlinked);
    }
    let columns = (row.person.as_str(), row.operation.as_str(), row.request.as_str());
    if columns != named(&body.record) || row.what != body.record.what || row.at != body.at.0 {
        return Err(Broken::Columns);
    }
    Ok(Head { seq: row.seq, hash })
}
