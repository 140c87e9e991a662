//! Searching the audit log, newest first.

use super::chain::{AuditEntry, AuditRow};
use crate::store::Store;
use crate::store::database::vals;
use crate::store::error::StoreError;
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::time::Millis;

/// Most entries of one page.
const MOST: u32 = 200;

/// What is looked for; all that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// About this operation.
    pub operation: Option<OperationId>,
    /// Done by this person.
    pub person: Option<PersonId>,
    /// From this request.
    pub request: Option<RequestId>,
    /// Exactly this kind ("refused").
    pub what: Option<String>,
    /// Not before.
    pub from: Option<Millis>,
    /// Not after.
    pub to: Option<Millis>,
}

/// One page, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditPage {
    /// Only entries before this number; none for the first page.
    pub before: Option<i64>,
    /// At most this many; at most 200.
    pub limit: u32,
}

/// Entries of the chain whose columns fit: it begins with 1 and ends with its head.
const SEARCH: &str = "SELECT seq, at, what, person, operation, request, body, hash FROM audit \
     WHERE seq < $1 AND seq > 0 AND seq <= (SELECT h.seq FROM audit_head h WHERE h.id = 1) \
     AND ($2 = '' OR operation = $2) AND ($3 = '' OR person = $3) AND ($4 = '' OR request = $4) \
     AND ($5 = '' OR what = $5) AND at >= $6 AND at <= $7 ORDER BY seq DESC LIMIT $8";

impl Store {
    /// A page of entries that fit. An entry whose bytes do not say what it is found by is left out, and the process's log
    /// says so; verifying tells what is wrong with it.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn audit_search(&self, filter: &AuditFilter, page: AuditPage) -> Result<Vec<AuditEntry>, StoreError> {
        let limit = page.limit.min(MOST);
        let (mut entries, mut before) = (Vec::new(), page.before.unwrap_or(i64::MAX));
        while entries.len() < limit as usize {
            let rows = self.audit_rows(filter, before, limit).await?;
            let is_last = rows.len() < limit as usize;
            before = rows.last().map_or(before, |row| row.seq);
            entries.extend(rows.into_iter().filter_map(told));
            if is_last {
                break;
            }
        }
        entries.truncate(limit as usize);
        Ok(entries)
    }

    async fn audit_rows(&self, filter: &AuditFilter, before: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        self.pools
            .all(
                SEARCH,
                vals![
                    before,
                    filter.operation.as_ref().map_or("", |id| id.as_str()),
                    filter.person.as_ref().map_or("", |person| person.as_str()),
                    filter.request.as_ref().map_or("", |id| id.as_str()),
                    filter.what.as_deref().unwrap_or(""),
                    filter.from.map_or(i64::MIN, |from| from.0),
                    filter.to.map_or(i64::MAX, |to| to.0),
                    limit,
                ],
            )
            .await
    }
}

/// The entry of a row, if the whole row says what its bytes say.
fn told(row: AuditRow) -> Option<AuditEntry> {
    match row.check() {
        Ok(body) => Some(row.entry(body)),
        Err(why) => {
            tracing::error!(seq = row.seq, why = why.key(), "an audit entry is not as it was written; verify the log");
            None
        }
    }
}
