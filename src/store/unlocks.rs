//! `/unlock`: a second person repeats it. How long the first one's word stands is the policy's rule.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{parsed, small};
use super::{Store, audit, cards, outbox};
use engine::{Actor, Notice, Record};
use interlock::facts::Facts;
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::policy::FirstUnlock;
use interlock::principal::Account;
use interlock::time::Millis;

/// One person asks for an operation to be given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockAsked {
    /// The operation.
    pub operation: OperationId,
    /// The revision that was seen.
    pub revision: u32,
    /// Who asks, and by which account.
    pub person: PersonId,
    /// See [`UnlockAsked::person`].
    pub account: Account,
    /// The request.
    pub request: RequestId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Millis,
    /// What people are told of it, if it is the first person's word.
    pub told: Notice,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlock {
    /// This is the first person's word; another person must repeat it until then.
    First {
        /// Until when it stands.
        until: Millis,
    },
    /// A second person repeats it.
    Second {
        /// Who said it first.
        first: PersonId,
        /// Why, in the first person's words.
        reason: String,
    },
}

#[derive(sqlx::FromRow)]
struct UnlockRow {
    revision: i64,
    person: String,
    reason: String,
    at: i64,
}

impl UnlockRow {
    fn first(&self) -> Result<FirstUnlock, StoreError> {
        Ok(FirstUnlock {
            person: parsed(&self.person, "a person")?,
            revision: small(self.revision, "a revision")?,
            at: Millis(self.at),
        })
    }
}

impl Store {
    /// Notes a request to give an operation up, with its audit record. The second person's is not consumed by asking: until
    /// the operation is abandoned, or the time is over, the same answer is given again.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn ask_unlock(&self, asked: &UnlockAsked) -> Result<Unlock, StoreError> {
        let mut tx = self.pools.begin().await?;
        // One after the other: two first persons at once would both overlook the other.
        cards::lock_operation(&mut tx, asked.operation.as_str()).await?;
        let earlier: Option<UnlockRow> = tx
            .maybe(
                "SELECT revision, person, reason, at FROM unlocks WHERE operation = $1",
                vals![asked.operation.as_str()],
            )
            .await?;
        if let Some(earlier) = earlier {
            let first = earlier.first()?;
            if first.stands(asked.revision, asked.at) {
                tx.rollback().await?;
                return Ok(if first.person == asked.person {
                    Unlock::First { until: first.until() }
                } else {
                    Unlock::Second { first: first.person, reason: earlier.reason }
                });
            }
        }
        note(&mut tx, asked).await?;
        outbox::put(&mut tx, &asked.operation, std::slice::from_ref(&asked.told), asked.at).await?;
        audit::append(&mut tx, asked.at, &[record(asked)]).await?;
        tx.commit().await?;
        let first = FirstUnlock { person: asked.person.clone(), revision: asked.revision, at: asked.at };
        Ok(Unlock::First { until: first.until() })
    }

    /// Whoever asked first has the right to it no more: that word is taken away, with an audit record.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn unlock_lapsed(&self, operation: &OperationId, first: &PersonId) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        cards::lock_operation(&mut tx, operation.as_str()).await?;
        let rows = tx
            .run("DELETE FROM unlocks WHERE operation = $1 AND person = $2", vals![operation.as_str(), first.as_str()])
            .await?;
        if rows == 1 {
            let facts = Facts::none().with("first", first.as_str());
            audit::append(&mut tx, self.now(), &[Record::of_engine("unlock-lapsed", operation, facts)]).await?;
        }
        tx.commit().await
    }
}

/// Both words are used up: what is left of the operation takes two new ones.
pub(super) async fn forget(tx: &mut Tx, operation: &OperationId) -> Result<(), StoreError> {
    tx.run("DELETE FROM unlocks WHERE operation = $1", vals![operation.as_str()]).await?;
    Ok(())
}

async fn note(tx: &mut Tx, asked: &UnlockAsked) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO unlocks (operation, revision, person, reason, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (operation) DO UPDATE SET revision = excluded.revision, person = excluded.person, \
         reason = excluded.reason, at = excluded.at",
        vals![asked.operation.as_str(), asked.revision, asked.person.as_str(), &asked.reason, asked.at.0],
    )
    .await?;
    Ok(())
}

fn record(asked: &UnlockAsked) -> Record {
    Record {
        what: "unlock-asked".to_owned(),
        actor: Actor::Person { account: asked.account, person: asked.person.clone() },
        operation: Some(asked.operation.clone()),
        request: Some(asked.request.clone()),
        digest: None,
        facts: Facts::none().with("reason", asked.reason.as_str()),
    }
}
