//! `/throttle`: what a running move is to be turned to. Who may, and how far, is decided before.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::{Store, audit, cards, outbox};
use engine::{Actor, Notice, Record};
use interlock::approval::State;
use interlock::facts::{Fact, Facts};
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::principal::Account;
use interlock::time::Millis;

/// One person asks for another rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottleAsked {
    /// The operation.
    pub operation: OperationId,
    /// What a broker may copy each second.
    pub bytes_per_second: u64,
    /// Who asks, and by which account.
    pub person: PersonId,
    /// See [`ThrottleAsked::person`].
    pub account: Account,
    /// The request.
    pub request: RequestId,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Millis,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    state: String,
}

#[derive(sqlx::FromRow)]
struct RateRow {
    bytes_per_second: i64,
}

impl Store {
    /// Notes what a running move is to be turned to, with its audit record and what its thread is told. False if the operation
    /// is not under way any more.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn ask_throttle(&self, asked: &ThrottleAsked) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let operation = asked.operation.as_str();
        cards::lock_operation(&mut tx, operation).await?;
        let row: Option<StateRow> = tx.maybe("SELECT state FROM operations WHERE id = $1", vals![operation]).await?;
        let state = row.and_then(|row| State::from_key(&row.state));
        if !state.is_some_and(State::takes_a_throttle) {
            tx.rollback().await?;
            return Ok(false);
        }
        note(&mut tx, asked).await?;
        let told = Notice::Milestone { id: "throttle-asked".to_owned(), facts: facts(asked) };
        outbox::put(&mut tx, &asked.operation, &[told], asked.at).await?;
        audit::append(&mut tx, asked.at, &[record(asked)]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// See [`engine::port::Journal::throttle`].
    pub(super) async fn read_throttle(&self, operation: &OperationId) -> Result<Option<u64>, StoreError> {
        let row: Option<RateRow> = self
            .pools
            .maybe("SELECT bytes_per_second FROM throttles WHERE operation = $1", vals![operation.as_str()])
            .await?;
        row.map(|row| u64::try_from(row.bytes_per_second))
            .transpose()
            .map_err(|_| StoreError::Damaged("a throttle is below zero".to_owned()))
    }
}

async fn note(tx: &mut Tx, asked: &ThrottleAsked) -> Result<(), StoreError> {
    let rate = i64::try_from(asked.bytes_per_second)
        .map_err(|_| StoreError::Unstorable(format!("the rate {} is too large", asked.bytes_per_second)))?;
    tx.run(
        "INSERT INTO throttles (operation, bytes_per_second, person, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (operation) DO UPDATE SET bytes_per_second = excluded.bytes_per_second, \
         person = excluded.person, at = excluded.at",
        vals![asked.operation.as_str(), rate, asked.person.as_str(), asked.at.0],
    )
    .await?;
    Ok(())
}

fn facts(asked: &ThrottleAsked) -> Facts {
    let facts = Facts::none().with("by", asked.person.as_str()).with("rate", Fact::Bytes(asked.bytes_per_second));
    if asked.reason.is_empty() { facts } else { facts.with("reason", asked.reason.as_str()) }
}

fn record(asked: &ThrottleAsked) -> Record {
    Record {
        what: "throttle-asked".to_owned(),
        actor: Actor::Person { account: asked.account, person: asked.person.clone() },
        operation: Some(asked.operation.clone()),
        request: Some(asked.request.clone()),
        digest: None,
        facts: facts(asked),
    }
}
