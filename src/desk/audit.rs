//! `/audit`: search and verify. The export is the command line's: a chat is no place for it.

use super::answer::Done;
use super::handle::{Ask, Desk};
use crate::store::StoreError;
use crate::store::audit::{AuditEntry as Stored, AuditFilter, AuditPage as Page, Head, Verdict};
use engine::Actor;
use interlock::facts::Facts;
use interlock::looks::{AuditEntry, AuditHead, AuditPage, AuditVerified, LookAnswer};
use interlock::plan::Mistake;

/// How many entries one answer shows.
const SHOWN: usize = 20;
/// How many entries are read at once.
const AT_ONCE: u32 = 200;
/// The most entries that one search reads; the rest is said to be unsearched.
const MOST_READ: usize = 10_000;
/// What narrows a search.
const NARROWING: [&str; 4] = ["operation", "person", "text", "since"];

/// What a search found, newest first.
struct Found {
    entries: Vec<Stored>,
    /// Entries before this one were not looked at.
    unsearched_before: Option<i64>,
}

impl Desk {
    pub(super) async fn audit(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        match ask.arguments().choice("action") {
            Some("verify") => {
                if let Some(option) = NARROWING.into_iter().find(|option| ask.arguments().has(option)) {
                    let facts = Facts::none().with("option", option);
                    return Err(Done::Mistake(Mistake::new("not-for-verify", facts)));
                }
                self.audit_verify().await
            }
            _ => self.audit_search(ask).await,
        }
    }

    async fn audit_search(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let arguments = ask.arguments();
        // A name that nobody can have is nobody's.
        let person = arguments.text("person").map(|name| name.parse()).transpose();
        let Ok(person) = person else { return Ok(LookAnswer::AuditPage(AuditPage::default())) };
        let filter = AuditFilter {
            operation: arguments.operation("operation").cloned(),
            person,
            from: arguments.duration("since").map(|span| ask.request.asked_at.minus(*span)),
            ..AuditFilter::default()
        };
        let found = self.find(&filter, arguments.text("text").unwrap_or_default()).await?;
        let left_out = found.entries.len().saturating_sub(SHOWN);
        let entries = found.entries.into_iter().take(SHOWN).map(shown).collect();
        Ok(LookAnswer::AuditPage(AuditPage { entries, left_out, unsearched_before: found.unsearched_before }))
    }

    /// The newest entries that fit and contain a text, whatever its case.
    async fn find(&self, filter: &AuditFilter, text: &str) -> Result<Found, StoreError> {
        let wanted = as_stored(text).to_lowercase();
        let (mut entries, mut before, mut read) = (Vec::new(), None, 0);
        loop {
            let page = self.rooms.store.audit_search(filter, Page { before, limit: AT_ONCE }).await?;
            let is_last = page.len() < AT_ONCE as usize;
            before = page.last().map(|entry| entry.seq);
            read += page.len();
            entries.extend(page.into_iter().filter(|entry| entry.body.to_lowercase().contains(&wanted)));
            if is_last {
                return Ok(Found { entries, unsearched_before: None });
            }
            if entries.len() > SHOWN || read >= MOST_READ {
                return Ok(Found { entries, unsearched_before: before });
            }
        }
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

/// A text as it stands within an entry's JSON.
fn as_stored(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn shown(entry: Stored) -> AuditEntry {
    AuditEntry {
        seq: entry.seq,
        at: entry.at,
        who: match entry.record.actor {
            Actor::Person { person, .. } => person.to_string(),
            Actor::Engine => String::new(),
        },
        what: entry.record.what,
        operation: entry.record.operation,
        request: entry.record.request,
    }
}
