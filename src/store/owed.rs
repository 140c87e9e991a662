//! What operations that ended still owe: put back, given up by people, or adopted by another operation.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{OperationRow, json, operation_columns};
use super::{Store, audit, holds, leases, outbox, unlocks};
use engine::port::Discharge;
use engine::{Notice, Operation, Record};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::{Adopted, Aspect, ConfigOn, Hold, Memory, Owed};
use interlock::time::Millis;
use std::collections::BTreeSet;

impl Store {
    /// See [`engine::port::Journal::discharge`].
    pub(super) async fn discharge_operation(&self, discharge: &Discharge<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let done = discharged(&mut tx, discharge).await?;
        if done {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(done)
    }
}

/// False if that is not for who asks for it, or not any more.
async fn discharged(tx: &mut Tx, discharge: &Discharge<'_>) -> Result<bool, StoreError> {
    let Discharge { operation, token, left, told } = *discharge;
    let may = match token {
        Some(token) => leases::hold(tx, &operation.id, token).await?,
        None => leases::keep_off(tx, &operation.id).await?,
    };
    if !may || !owe(tx, operation, left).await? {
        return Ok(false);
    }
    if token.is_none() {
        unlocks::forget(tx, &operation.id).await?;
    }
    outbox::put(tx, &operation.id, &told.notices, told.at).await?;
    audit::append(tx, told.at, &told.records).await?;
    Ok(true)
}

/// From now on it owes this and no more; false if somebody changed it since it was read.
async fn owe(tx: &mut Tx, operation: &Operation, left: &[Owed]) -> Result<bool, StoreError> {
    let memory = Memory { owed: left.to_vec(), ..Memory::default() };
    let rows = tx
        .run(
            "UPDATE operations SET workable = $1, memory = $2, card_wanted = card_wanted + 1, version = version + 1 \
             WHERE id = $3 AND version = $4 AND ended = 1",
            vals![!left.is_empty(), &json(&memory)?, operation.id.as_str(), operation.version],
        )
        .await?;
    if rows == 1 && !operation.state.keeps_holds() {
        let is_left = |on: &ConfigOn| left.iter().any(|one| one.on == *on);
        let paid = operation.memory.owed.iter().map(|one| &one.on).filter(|on| !is_left(on));
        holds::release_configs(tx, &operation.id, paid).await?;
    }
    Ok(rows == 1)
}

/// Another operation puts it back in their stead. Where a worker is at one of them just then, that one.
pub(super) async fn adopt(
    tx: &mut Tx,
    (by, at): (&OperationId, Millis),
    adopts: &[Adopted],
) -> Result<Option<OperationId>, StoreError> {
    for one in adopts {
        if !leases::keep_off(tx, &one.operation).await? {
            return Ok(Some(one.operation.clone()));
        }
        let Some(operation) = read(tx, &one.operation).await?.filter(Operation::owes) else { continue };
        let (adopted, left): (Vec<Owed>, Vec<Owed>) =
            operation.memory.owed.iter().cloned().partition(|owed| one.has(&owed.on));
        if adopted.is_empty() {
            continue;
        }
        if !owe(tx, &operation, &left).await? {
            return Ok(Some(one.operation.clone()));
        }
        let things: Vec<String> = adopted.iter().map(|owed| owed.on.to_string()).collect();
        let facts = Facts::none().with("things", things).with("operation", by.as_str());
        let told = Notice::Milestone { id: "owed-adopted".to_owned(), facts: facts.clone() };
        outbox::put(tx, &operation.id, &[told], at).await?;
        audit::append(tx, at, &[Record::of_engine("owed-adopted", &operation.id, facts)]).await?;
    }
    Ok(None)
}

/// What an operation owes.
pub(super) async fn things(tx: &mut Tx, operation: &OperationId) -> Result<BTreeSet<ConfigOn>, StoreError> {
    let found = read(tx, operation).await?;
    Ok(found.into_iter().flat_map(|found| found.memory.owed).map(|owed| owed.on).collect())
}

/// Whether a hold is on the settings of one of these.
pub(super) fn is_for(hold: &Hold, owed: &BTreeSet<ConfigOn>) -> bool {
    hold.aspect == Aspect::Config && owed.iter().any(|on| on.thing() == hold.thing)
}

async fn read(tx: &mut Tx, operation: &OperationId) -> Result<Option<Operation>, StoreError> {
    const BY_ID: &str = concat!("SELECT ", operation_columns!(), " FROM operations WHERE id = $1");
    let row: Option<OperationRow> = tx.maybe(BY_ID, vals![operation.as_str()]).await?;
    row.map(OperationRow::read).transpose()
}
