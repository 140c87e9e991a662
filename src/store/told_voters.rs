//! Who is told alone that their approval of a plan does not count: each person once for each plan, whatever comes of it.

use super::database::vals;
use super::error::StoreError;
use super::rows::TextRow;
use super::{Store, cards, outbox};
use engine::{Notice, Stream};
use interlock::approval::NotCounted;
use interlock::id::{OperationId, PersonId};
use interlock::plan::Digest;
use interlock::principal::Account;
use interlock::time::Millis;
use std::collections::BTreeSet;

/// Most people who are told so of one plan: each of them may be one more refusal of the chat.
pub(super) const MOST: usize = 20;

/// Somebody whose approval does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// The account they reacted with.
    pub account: Account,
    /// Who they are.
    pub person: PersonId,
    /// Why it does not count.
    pub why: NotCounted,
}

const TOLD: &str = "SELECT person AS value FROM told_voters WHERE operation = $1 AND digest = $2";

impl Store {
    /// Has people told alone that their approval of a plan does not count, but for those who were told so before; how many.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn tell_voters(
        &self,
        (operation, digest): (&OperationId, Digest),
        voters: &[Unheard],
        at: Millis,
    ) -> Result<usize, StoreError> {
        let key = digest.to_string();
        // Each reading of the votes finds the same people: what was told is not written again.
        let told: Vec<TextRow> = self.pools.all(TOLD, vals![operation.as_str(), &key]).await?;
        if told.len() >= MOST || voters.iter().all(|one| told.iter().any(|row| row.value == one.person.as_str())) {
            return Ok(0);
        }
        let mut tx = self.pools.begin().await?;
        if cards::lock_operation(&mut tx, operation.as_str()).await?.is_none() {
            tx.rollback().await?;
            return Ok(0);
        }
        let told: Vec<TextRow> = tx.all(TOLD, vals![operation.as_str(), &key]).await?;
        let mut told: BTreeSet<String> = told.into_iter().map(|row| row.value).collect();
        let mut notices = Vec::new();
        for voter in voters {
            if told.len() >= MOST || !told.insert(voter.person.as_str().to_owned()) {
                continue;
            }
            tx.run(
                "INSERT INTO told_voters (operation, digest, person, at) VALUES ($1, $2, $3, $4)",
                vals![operation.as_str(), &key, voter.person.as_str(), at.0],
            )
            .await?;
            let Unheard { account, person, why } = voter.clone();
            notices.push(Notice::VoteNotCounted { digest, account, person, why });
        }
        outbox::put_into(&mut tx, &Stream::Voters(operation.clone()), &notices, at).await?;
        tx.commit().await?;
        Ok(notices.len())
    }
}
