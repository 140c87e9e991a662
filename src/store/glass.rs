//! Broken glass: who broke it, who reviewed it, and telling of it again until somebody has. Who may is decided before.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{from_json, json, parsed};
use super::votes::is_taken;
use super::{Cast, Store, audit, cards, operations, outbox};
use engine::{Actor, Called, Notice, Operation, PAUSED_BY_GLASS, Record, glass_plan_gone};
use interlock::approval::{BrokenGlass, FIRST_NAG, NAG_EVERY, Review};
use interlock::facts::{Fact, Facts};
use interlock::id::{OperationId, RequestId};
use interlock::plan::Digest;
use interlock::policy::Grantee;
use interlock::principal::Account;
use interlock::time::Millis;
use std::collections::BTreeSet;

/// Most revisions of one operation whose glass is read, most open reviews in a list, and most that are told of at once.
const MOST: u32 = 100;

/// Somebody closes the reviews of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseReview {
    /// The operation.
    pub operation: OperationId,
    /// The plans whose broken glass was looked at.
    pub digests: Vec<Digest>,
    /// By which account.
    pub account: Account,
    /// The request.
    pub request: RequestId,
    /// Who, what they say, and when.
    pub review: Review,
}

#[derive(sqlx::FromRow)]
struct GlassRow {
    operation: String,
    digest: String,
    account: String,
    person: String,
    reason: String,
    broken_at: i64,
    reviewed_by: String,
    review: String,
    reviewed_at: i64,
}

impl GlassRow {
    fn read(self) -> Result<BrokenGlass, StoreError> {
        let review = if self.reviewed_at == 0 {
            None
        } else {
            let person = parsed(&self.reviewed_by, "a person")?;
            Some(Review { person, words: self.review, at: Millis(self.reviewed_at) })
        };
        Ok(BrokenGlass {
            operation: parsed(&self.operation, "an operation's id")?,
            digest: parsed(&self.digest, "a digest")?,
            account: from_json(&self.account, "an account")?,
            person: parsed(&self.person, "a person")?,
            reason: self.reason,
            at: Millis(self.broken_at),
            review,
        })
    }
}

#[derive(sqlx::FromRow)]
struct NagRow {
    operation: String,
    digest: String,
    account: String,
    person: String,
    reason: String,
    broken_at: i64,
    nag_at: i64,
}

#[derive(sqlx::FromRow)]
struct PausedRow {
    id: String,
    why_facts: String,
}

/// Those that pause because somebody broke the glass of an operation are told that it does not start as it was planned: they stay
/// paused, and nobody decides that for them. They are those it remembers, and those that say so themselves, in the order in
/// which everybody writes to several.
pub(super) async fn tell_paused(
    tx: &mut Tx,
    (operation, paused): (&Operation, &BTreeSet<OperationId>),
    at: Millis,
) -> Result<(), StoreError> {
    let rows: Vec<PausedRow> = tx
        .all(
            "SELECT id, why_facts FROM operations WHERE cluster = $1 AND ended = 0 AND state IN ('pausing', 'paused') \
             AND why_id = $2 AND EXISTS (SELECT 1 FROM broken_glass WHERE operation = $3) ORDER BY id LIMIT $4",
            vals![operation.cluster.as_str(), PAUSED_BY_GLASS, operation.id.as_str(), MOST],
        )
        .await?;
    let name = Fact::from(operation.id.as_str());
    for row in rows {
        let id: OperationId = parsed(&row.id, "an operation's id")?;
        // What cannot be read keeps nobody from ending another operation.
        let why: Facts = from_json(&row.why_facts, "the facts of a reason").unwrap_or_default();
        if paused.contains(&id) || why.get("operation") == Some(&name) {
            outbox::put(tx, &id, &[glass_plan_gone(operation)], at).await?;
        }
    }
    Ok(())
}

impl Store {
    /// Breaks the glass of a plan that people vote on, like [`Store::put_vote`]; whoever is skipped is told. Each account
    /// once for each plan: where one has the right no more, another one can.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn break_glass(
        &self,
        glass: &BrokenGlass,
        (request, skipped): (&RequestId, &BTreeSet<Grantee>),
    ) -> Result<Cast, StoreError> {
        let (operation, digest) = (&glass.operation, glass.digest.to_string());
        let mut tx = self.pools.begin().await?;
        let open = operations::touch_votable(&mut tx, operation.as_str(), &digest).await?;
        if !is_taken(open, glass.account) {
            tx.rollback().await?;
            return Ok(Cast::Closed);
        }
        if !insert(&mut tx, glass).await? {
            tx.rollback().await?;
            return Ok(Cast::Already);
        }
        let told = Notice::GlassBroken {
            by: glass.person.clone(),
            reason: glass.reason.clone(),
            skipped: skipped.iter().cloned().collect(),
            digest: Some(glass.digest),
        };
        outbox::put(&mut tx, operation, &[told], glass.at).await?;
        let names: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        let record = Record {
            what: "glass-broken".to_owned(),
            actor: Actor::Person { account: glass.account, person: glass.person.clone() },
            operation: Some(operation.clone()),
            request: Some(request.clone()),
            digest: Some(glass.digest),
            facts: Facts::none().with("reason", glass.reason.as_str()).with("skipped", names),
        };
        audit::append(&mut tx, glass.at, &[record]).await?;
        tx.commit().await?;
        Ok(Cast::Stored)
    }

    /// The broken glass of all plans of an operation, oldest first; at most 100.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn broken_glass(&self, operation: &OperationId) -> Result<Vec<BrokenGlass>, StoreError> {
        let rows: Vec<GlassRow> = self
            .pools
            .all(
                "SELECT operation, digest, account, person, reason, broken_at, reviewed_by, review, reviewed_at \
                 FROM broken_glass WHERE operation = $1 ORDER BY broken_at LIMIT $2",
                vals![operation.as_str(), MOST],
            )
            .await?;
        rows.into_iter().map(GlassRow::read).collect()
    }

    /// The broken glass that nobody has reviewed, oldest first; at most 100.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn open_reviews(&self) -> Result<Vec<BrokenGlass>, StoreError> {
        let rows: Vec<GlassRow> = self
            .pools
            .all(
                "SELECT operation, digest, account, person, reason, broken_at, reviewed_by, review, reviewed_at \
                 FROM broken_glass WHERE reviewed_at = 0 ORDER BY broken_at LIMIT $1",
                vals![MOST],
            )
            .await?;
        rows.into_iter().map(GlassRow::read).collect()
    }

    /// Closes reviews. False if somebody else has closed them.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn close_review(&self, close: &CloseReview) -> Result<bool, StoreError> {
        let (operation, review) = (&close.operation, &close.review);
        let words = review.words.replace('\0', "");
        let mut tx = self.pools.begin().await?;
        cards::lock_operation(&mut tx, operation.as_str()).await?;
        let mut closed = 0;
        for digest in &close.digests {
            closed += tx
                .run(
                    "UPDATE broken_glass SET reviewed_by = $1, review = $2, reviewed_at = $3 \
                     WHERE operation = $4 AND digest = $5 AND reviewed_at = 0",
                    vals![review.person.as_str(), &words, review.at.0, operation.as_str(), &digest.to_string()],
                )
                .await?;
        }
        if closed == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        operations::touch(&mut tx, operation.as_str()).await?;
        let facts = Facts::none().with("by", review.person.as_str()).with("review", words);
        let told = Notice::Milestone { id: "review-closed".to_owned(), facts: facts.clone() };
        outbox::put(&mut tx, operation, &[told], review.at).await?;
        let record = Record {
            what: "review-closed".to_owned(),
            actor: Actor::Person { account: close.account, person: review.person.clone() },
            operation: Some(operation.clone()),
            request: Some(close.request.clone()),
            digest: close.digests.last().copied(),
            facts,
        };
        audit::append(&mut tx, review.at, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// See [`engine::port::Journal::nag_reviews`].
    pub(super) async fn nag_open_reviews(&self, now: Millis) -> Result<(), StoreError> {
        let due: Vec<NagRow> = self
            .pools
            .all(
                "SELECT operation, digest, account, person, reason, broken_at, nag_at FROM broken_glass \
                 WHERE reviewed_at = 0 AND nag_at <= $1 ORDER BY nag_at LIMIT $2",
                vals![now.0, MOST],
            )
            .await?;
        for row in due {
            self.nag(&row, now).await?;
        }
        Ok(())
    }

    /// Whoever sets when the next time is tells of it; others find that it was set.
    async fn nag(&self, row: &NagRow, now: Millis) -> Result<(), StoreError> {
        let operation: OperationId = parsed(&row.operation, "an operation's id")?;
        let mut tx = self.pools.begin().await?;
        cards::lock_operation(&mut tx, &row.operation).await?;
        let rows = tx
            .run(
                "UPDATE broken_glass SET nag_at = $1 \
                 WHERE operation = $2 AND digest = $3 AND account = $4 AND nag_at = $5 AND reviewed_at = 0",
                vals![now.plus(NAG_EVERY).0, &row.operation, &row.digest, &row.account, row.nag_at],
            )
            .await?;
        if rows == 0 {
            return tx.rollback().await;
        }
        let facts = Facts::none()
            .with("by", row.person.as_str())
            .with("reason", row.reason.as_str())
            .with("at", Millis(row.broken_at))
            .with("operation", row.operation.as_str());
        let told = Notice::Alert { id: "review-open".to_owned(), facts: facts.clone(), calls: Called::Nobody };
        outbox::put(&mut tx, &operation, &[told], now).await?;
        audit::append(&mut tx, now, &[Record::of_engine("review-open", &operation, facts)]).await?;
        tx.commit().await
    }
}

/// Whether it was whole before.
async fn insert(tx: &mut Tx, glass: &BrokenGlass) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO broken_glass (operation, digest, account, person, reason, broken_at, nag_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (operation, digest, account) DO NOTHING",
            vals![
                glass.operation.as_str(),
                &glass.digest.to_string(),
                &json(&glass.account)?,
                glass.person.as_str(),
                &glass.reason.replace('\0', ""),
                glass.at.0,
                glass.at.plus(FIRST_NAG).0,
            ],
        )
        .await?;
    Ok(rows == 1)
}
