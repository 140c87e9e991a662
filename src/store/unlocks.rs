//! `/unlock`: a second person repeats it within fifteen minutes, on the same revision.

use super::Store;
use super::database::vals;
use super::error::StoreError;
use super::rows::parsed;
use interlock::id::{OperationId, PersonId};
use interlock::time::Millis;
use std::time::Duration;

/// How long the first person's word stands.
const STANDS: Duration = Duration::from_secs(15 * 60);

/// One person asks for an operation to be given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockAsked {
    /// The operation.
    pub operation: OperationId,
    /// The revision that was seen.
    pub revision: u32,
    /// Who asks.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlock {
    /// This is the first person's word; another person must repeat it until then.
    First {
        /// The end of the fifteen minutes.
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

impl Store {
    /// Notes a request to give an operation up. The second person's is not consumed by asking: until the operation is
    /// abandoned, or the time is over, the same answer is given again.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn ask_unlock(&self, asked: &UnlockAsked) -> Result<Unlock, StoreError> {
        let mut tx = self.pools.begin().await?;
        // One after the other: two first persons at once would both overlook the other.
        tx.run("UPDATE operations SET card_wanted = card_wanted WHERE id = $1", vals![asked.operation.as_str()])
            .await?;
        let earlier: Option<UnlockRow> = tx
            .maybe(
                "SELECT revision, person, reason, at FROM unlocks WHERE operation = $1",
                vals![asked.operation.as_str()],
            )
            .await?;
        let standing = earlier.filter(|earlier| {
            let until = Millis(earlier.at).plus(STANDS);
            earlier.revision == i64::from(asked.revision) && asked.at <= until
        });
        if let Some(first) = standing {
            tx.rollback().await?;
            if first.person == asked.person.as_str() {
                return Ok(Unlock::First { until: Millis(first.at).plus(STANDS) });
            }
            return Ok(Unlock::Second { first: parsed(&first.person, "a person")?, reason: first.reason });
        }
        tx.run(
            "INSERT INTO unlocks (operation, revision, person, reason, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (operation) DO UPDATE SET revision = excluded.revision, person = excluded.person, \
             reason = excluded.reason, at = excluded.at",
            vals![asked.operation.as_str(), asked.revision, asked.person.as_str(), &asked.reason, asked.at.0],
        )
        .await?;
        tx.commit().await?;
        Ok(Unlock::First { until: asked.at.plus(STANDS) })
    }
}
