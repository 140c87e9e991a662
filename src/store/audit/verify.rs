//! Verifying the chain: every entry read once, in order, a few at a time.

use super::broken::Broken;
use super::chain::{AuditRow, Head};
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

#[derive(sqlx::FromRow)]
struct EndRow {
    seq: i64,
    hash: String,
    first: i64,
    beyond: i64,
}

impl Store {
    /// Verifies the chain up to the head it has when this begins.
    ///
    /// # Errors
    /// As all calls of the store; a broken chain is no error but a verdict.
    pub async fn audit_verify(&self, outside: Option<Head>) -> Result<Verdict, StoreError> {
        let end = self.audit_end().await?;
        if end.first < 1 {
            return Ok(broken(end.first, Broken::Foreign));
        }
        let mut head = Head { seq: 0, hash: genesis()? };
        let mut outside_seen = outside.is_none_or(|outside| outside == head);
        while head.seq < end.seq {
            let rows = match self.rows_after(head.seq, AT_ONCE.min(end.seq - head.seq)).await {
                Err(StoreError::Damaged(_)) => return Ok(broken(head.seq + 1, Broken::Unreadable)),
                rows => rows?,
            };
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
        if end.hash != head.hash.to_string() || end.beyond > 0 {
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

    /// Some entries after a number; one at least, if there is one that can be read.
    async fn rows_after(&self, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        match self.audit_after(seq, limit).await {
            // SQLite lets anything into a column. One by one, those before what cannot be read are judged.
            Err(StoreError::Damaged(_)) => self.audit_after(seq, 1).await,
            rows => rows,
        }
    }

    /// The stored head, and what lies outside of the chain, of one moment. In SQLite a number can be a text or a fraction.
    async fn audit_end(&self) -> Result<EndRow, StoreError> {
        let row: Option<EndRow> = self
            .pools
            .maybe(
                "SELECT h.seq, h.hash, CAST(COALESCE((SELECT MIN(seq) FROM audit), 1) AS BIGINT) AS first, \
                   (SELECT COUNT(*) FROM audit a WHERE a.seq > h.seq) AS beyond \
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
    let body = row.check()?;
    if body.prev != head.hash {
        return Err(Broken::Unlinked);
    }
    Ok(Head { seq: row.seq, hash: Digest::of(row.body.as_bytes()) })
}
