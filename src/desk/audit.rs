//! `/audit`: search and verify. The export is the command line's: a chat is no place for it.

use super::answer::Done;
use super::handle::{Ask, Desk};
use crate::store::audit::{AuditFilter, AuditPage as Page, Head, Verdict};
use engine::Actor;
use interlock::id::RequestId;
use interlock::looks::{AuditEntry, AuditHead, AuditPage, AuditVerified, LookAnswer};

/// How many entries one answer shows.
const SHOWN: u32 = 20;

impl Desk {
    pub(super) async fn audit(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        match ask.arguments().choice("action") {
            Some("verify") => self.audit_verify().await,
            _ => self.audit_search(ask).await,
        }
    }

    async fn audit_search(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let request = ask.arguments().text("request").and_then(|text| text.parse::<RequestId>().ok());
        let filter = AuditFilter {
            operation: ask.arguments().operation("operation").cloned(),
            request,
            ..AuditFilter::default()
        };
        let page = Page { before: None, limit: SHOWN };
        let found = self.rooms.store.audit_search(&filter, page).await?;
        let entries = found
            .into_iter()
            .map(|entry| AuditEntry {
                seq: entry.seq,
                at: entry.at,
                who: match entry.record.actor {
                    Actor::Person { person, .. } => person.to_string(),
                    Actor::Engine => String::new(),
                },
                what: entry.record.what,
                operation: entry.record.operation,
                request: entry.record.request,
            })
            .collect();
        Ok(LookAnswer::AuditPage(AuditPage { entries, left_out: 0 }))
    }

    async fn audit_verify(&self) -> Result<LookAnswer, Done> {
        let verified = match self.rooms.store.audit_verify(None).await? {
            Verdict::Verified { head, outside } => AuditVerified::Whole {
                entries: head.seq,
                head: head.hash.to_string(),
                compared: outside.map(|outside: Head| AuditHead { seq: outside.seq, kept: outside.hash.to_string() }),
            },
            Verdict::Broken { seq, why } => AuditVerified::Broken { seq, why: why.key().to_owned() },
        };
        Ok(LookAnswer::AuditVerified(verified))
    }
}
