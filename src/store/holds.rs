//! Holds: taken all or none, under a lock of their cluster, so that two takers never overlook each other.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{NumberRow, damaged, from_json, json, parsed};
use engine::{Changes, Operation};
use interlock::id::OperationId;
use interlock::plan::{Hold, Thing};
use std::collections::BTreeSet;

/// Most holds one operation may have: one for each of its moves.
const MOST: usize = 50_000;

/// What came of taking holds.
pub(super) enum Claimed {
    /// They are the operation's.
    Done,
    /// This operation has one that conflicts.
    HeldBy(OperationId),
}

/// A row of holds.
#[derive(sqlx::FromRow)]
pub(super) struct HoldRow {
    cluster: String,
    kind: String,
    name: String,
    aspect: String,
    sharing: String,
    operation: String,
}

impl HoldRow {
    /// The hold and who has it.
    pub(super) fn read(self) -> Result<(Hold, OperationId), StoreError> {
        let thing = match self.kind.as_str() {
            "whole" => Thing::Whole,
            "broker" => Thing::Broker(self.name),
            "topic" => Thing::Topic(self.name),
            "group" => Thing::Group(self.name),
            other => return Err(damaged("a hold's kind", other)),
        };
        let hold = Hold {
            cluster: parsed(&self.cluster, "a cluster's name")?,
            thing,
            aspect: from_json(&self.aspect, "a hold's aspect")?,
            sharing: from_json(&self.sharing, "a hold's sharing")?,
        };
        Ok((hold, parsed(&self.operation, "an operation's id")?))
    }
}

/// Changes an operation's holds. Where its new state keeps none, none are left whatever was asked.
pub(super) async fn change(tx: &mut Tx, operation: &Operation, changes: &Changes) -> Result<Claimed, StoreError> {
    if !operation.state.keeps_holds() {
        release(tx, &operation.id).await?;
        return Ok(Claimed::Done);
    }
    match changes {
        Changes::None => Ok(Claimed::Done),
        Changes::Release => release(tx, &operation.id).await.map(|()| Claimed::Done),
        Changes::Take(holds) => take(tx, &operation.id, None, holds).await,
        Changes::TakeOver { from, holds } => take(tx, &operation.id, Some(from), holds).await,
    }
}

async fn release(tx: &mut Tx, operation: &OperationId) -> Result<(), StoreError> {
    tx.run("DELETE FROM holds WHERE operation = $1", vals![operation.as_str()]).await?;
    Ok(())
}

async fn take(
    tx: &mut Tx,
    operation: &OperationId,
    from: Option<&OperationId>,
    wanted: &[Hold],
) -> Result<Claimed, StoreError> {
    let mut wanted: BTreeSet<Hold> = wanted.iter().cloned().collect();
    if let Some(from) = from {
        if !has_ended(tx, from).await? {
            return Ok(Claimed::HeldBy(from.clone()));
        }
        wanted.extend(holds_of(tx, from).await?);
    }
    if wanted.len() > MOST {
        return Err(StoreError::Unstorable(format!("{} holds; {MOST} are the most", wanted.len())));
    }
    let clusters: BTreeSet<&str> = wanted.iter().map(|hold| hold.cluster.as_str()).collect();
    for cluster in clusters {
        lock(tx, cluster).await?;
        for (theirs, other) in holds_on(tx, cluster).await? {
            let is_ours = other == *operation || Some(&other) == from;
            if !is_ours && wanted.iter().any(|ours| ours.conflicts(&theirs)) {
                return Ok(Claimed::HeldBy(other));
            }
        }
    }
    if let Some(from) = from {
        release(tx, from).await?;
    }
    for hold in &wanted {
        insert(tx, operation, hold).await?;
    }
    Ok(Claimed::Done)
}

async fn has_ended(tx: &mut Tx, operation: &OperationId) -> Result<bool, StoreError> {
    let row: Option<NumberRow> =
        tx.maybe("SELECT ended AS value FROM operations WHERE id = $1", vals![operation.as_str()]).await?;
    Ok(row.is_some_and(|row| row.value == 1))
}

/// Makes takers on one cluster come one after the other, until the end of the transaction.
async fn lock(tx: &mut Tx, cluster: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO hold_locks (cluster, taken) VALUES ($1, 1) \
         ON CONFLICT (cluster) DO UPDATE SET taken = hold_locks.taken + 1",
        vals![cluster],
    )
    .await?;
    Ok(())
}

async fn holds_of(tx: &mut Tx, operation: &OperationId) -> Result<Vec<Hold>, StoreError> {
    let rows: Vec<HoldRow> = tx
        .all(
            "SELECT cluster, kind, name, aspect, sharing, operation FROM holds WHERE operation = $1",
            vals![operation.as_str()],
        )
        .await?;
    rows.into_iter().map(|row| row.read().map(|(hold, _)| hold)).collect()
}

async fn holds_on(tx: &mut Tx, cluster: &str) -> Result<Vec<(Hold, OperationId)>, StoreError> {
    let rows: Vec<HoldRow> = tx.all(ON_CLUSTER, vals![cluster]).await?;
    rows.into_iter().map(HoldRow::read).collect()
}

/// All holds of a cluster.
pub(super) const ON_CLUSTER: &str =
    "SELECT cluster, kind, name, aspect, sharing, operation FROM holds WHERE cluster = $1";

async fn insert(tx: &mut Tx, operation: &OperationId, hold: &Hold) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO holds (cluster, kind, name, aspect, sharing, operation) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (cluster, kind, name, aspect, sharing, operation) DO NOTHING",
        vals![
            hold.cluster.as_str(),
            hold.thing.kind(),
            hold.thing.name(),
            &json(&hold.aspect)?,
            &json(&hold.sharing)?,
            operation.as_str(),
        ],
    )
    .await?;
    Ok(())
}
