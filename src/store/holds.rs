//! Holds: taken all or none, under a lock of their cluster, so that two takers never overlook each other; and in the order in
//! which operations were approved.

use super::Store;
use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{NumberRow, TextRow, damaged, from_json, json, parsed};
use super::{freezes, line, outbox, owed};
use engine::{Changes, Freezes, Operation};
use interlock::approval::{State, TakenOver};
use interlock::id::OperationId;
use interlock::plan::{Aspect, ConfigOn, Hold, Thing};
use interlock::time::Millis;
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

/// What an operation wants to hold, and whose holds it takes over.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    operation: &'a OperationId,
    from: Option<&'a OperationId>,
    holds: &'a [Hold],
    /// Whether it goes past a freeze that others in the line wait for.
    passes: bool,
}

impl<'a> Wanted<'a> {
    fn of(operation: &'a OperationId, changes: &'a Changes, passes: bool) -> Option<Self> {
        let (from, holds) = match changes {
            Changes::Take(holds) => (None, holds),
            Changes::TakeOver { from, holds } => (Some(from), holds),
            Changes::Adopt { from, holds, .. } => (from.as_ref(), holds),
            Changes::None | Changes::Line(_) | Changes::AheadInLine(_) | Changes::Release | Changes::Owe { .. } => {
                return None;
            }
        };
        Some(Self { operation, from, holds, passes })
    }
}

impl Store {
    /// See [`engine::port::Journal::in_the_way`]. A look only: the holds are taken by the transition, which looks again.
    pub(super) async fn read_in_the_way(
        &self,
        operation: &Operation,
        changes: &Changes,
        freezes: &Freezes,
    ) -> Result<Option<OperationId>, StoreError> {
        let mut tx = self.pools.begin().await?;
        let passes = freezes::passes(&mut tx, freezes, self.now()).await?;
        let Some(wanted) = Wanted::of(&operation.id, changes, passes) else {
            tx.rollback().await?;
            return Ok(None);
        };
        let found = in_the_way(&mut tx, wanted, changes).await?;
        tx.rollback().await?;
        Ok(found)
    }

    /// See [`engine::port::Journal::holders`].
    pub(super) async fn read_holders(&self, holds: &[Hold]) -> Result<BTreeSet<OperationId>, StoreError> {
        let mut holders = BTreeSet::new();
        for cluster in clusters(holds) {
            let rows: Vec<HoldRow> = self.pools.all(ON_CLUSTER, vals![cluster]).await?;
            for row in rows {
                let (theirs, other) = row.read()?;
                if holds.iter().any(|ours| ours.conflicts(&theirs)) {
                    holders.insert(other);
                }
            }
        }
        Ok(holders)
    }
}

async fn in_the_way(tx: &mut Tx, wanted: Wanted<'_>, changes: &Changes) -> Result<Option<OperationId>, StoreError> {
    if let Changes::Adopt { adopts, .. } = changes
        && let Some(other) = owed::adopt(tx, (wanted.operation, Millis(0)), adopts).await?
    {
        return Ok(Some(other));
    }
    Ok(match obstacle(tx, wanted).await? {
        Obstacle::None { .. } => None,
        Obstacle::Operation(other) => Some(other),
    })
}

/// Changes an operation's holds, and its place in the line for them. Where its new state keeps none, none are left whatever
/// was asked. `passes` says whether it goes past a freeze that others in the line wait for.
pub(super) async fn change(
    tx: &mut Tx,
    operation: &Operation,
    (changes, passes): (&Changes, bool),
) -> Result<Claimed, StoreError> {
    let claimed = match Wanted::of(&operation.id, changes, passes) {
        _ if !operation.state.keeps_holds() => let_go(tx, operation, changes).await.map(|()| Claimed::Done)?,
        Some(wanted) => take(tx, wanted).await?,
        None if *changes == Changes::Release => release(tx, &operation.id).await.map(|()| Claimed::Done)?,
        None => Claimed::Done,
    };
    if !operation.state.stands_in_line() {
        line::leave(tx, &operation.id).await?;
    } else if let Changes::Line(holds) | Changes::AheadInLine(holds) = changes {
        let number = outbox::draw(tx, "line", 1).await?;
        let is_ahead = matches!(changes, Changes::AheadInLine(_));
        line::enter(tx, (&operation.id, if is_ahead { line::ahead(number) } else { number }), holds).await?;
    }
    Ok(claimed)
}

/// Gives up what an operation holds, but for what it owes; what it took over goes back where its state says so.
async fn let_go(tx: &mut Tx, operation: &Operation, changes: &Changes) -> Result<(), StoreError> {
    if let (TakenOver::HandedBack, Some(from)) = (operation.state.taken_over(), &operation.reverses) {
        hand_back(tx, &operation.id, from).await?;
    }
    let Changes::Owe { holds, .. } = changes else { return release(tx, &operation.id).await };
    for cluster in clusters(holds) {
        lock(tx, cluster).await?;
    }
    keep(tx, &operation.id, holds).await
}

/// Gives up all but these.
async fn keep(tx: &mut Tx, operation: &OperationId, holds: &[Hold]) -> Result<(), StoreError> {
    release(tx, operation).await?;
    for hold in holds {
        insert(tx, (operation, ""), hold).await?;
    }
    Ok(())
}

/// Gives up what is held on the settings of these.
pub(super) async fn release_configs<'a>(
    tx: &mut Tx,
    operation: &OperationId,
    all: impl Iterator<Item = &'a ConfigOn>,
) -> Result<(), StoreError> {
    for on in all {
        let thing = on.thing();
        tx.run(
            "DELETE FROM holds WHERE operation = $1 AND kind = $2 AND name = $3 AND aspect = $4",
            vals![operation.as_str(), thing.kind(), thing.name(), &json(&Aspect::Config)?],
        )
        .await?;
    }
    Ok(())
}

/// The operation's row is locked first, so that it is not abandoned in the same moment; its card shows what it has.
async fn hand_back(tx: &mut Tx, operation: &OperationId, to: &OperationId) -> Result<(), StoreError> {
    let row: Option<TextRow> = tx
        .maybe(
            "UPDATE operations SET card_wanted = card_wanted + 1 WHERE id = $1 RETURNING state AS value",
            vals![to.as_str()],
        )
        .await?;
    let keeps = row.and_then(|row| State::from_key(&row.value)).is_some_and(State::keeps_holds);
    if keeps {
        tx.run(
            "UPDATE holds SET operation = $1, origin = '' WHERE operation = $2 AND origin = $1",
            vals![to.as_str(), operation.as_str()],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn release(tx: &mut Tx, operation: &OperationId) -> Result<(), StoreError> {
    tx.run("DELETE FROM holds WHERE operation = $1", vals![operation.as_str()]).await?;
    Ok(())
}

/// What stands in the way of taking holds.
enum Obstacle {
    /// Nothing; these are the holds that are taken over.
    None { over: BTreeSet<Hold> },
    /// This operation.
    Operation(OperationId),
}

async fn take(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Claimed, StoreError> {
    for cluster in clusters(wanted.holds) {
        lock(tx, cluster).await?;
    }
    let over = match obstacle(tx, wanted).await? {
        Obstacle::Operation(other) => return Ok(Claimed::HeldBy(other)),
        Obstacle::None { over } => over,
    };
    let own: BTreeSet<&Hold> = wanted.holds.iter().collect();
    if own.len() + over.len() > MOST {
        return Err(StoreError::Unstorable(format!("{} holds; {MOST} are the most", own.len() + over.len())));
    }
    if let Some(from) = wanted.from {
        let stays: Vec<Hold> = holds_of(tx, from).await?.into_iter().filter(|hold| !over.contains(hold)).collect();
        keep(tx, from, &stays).await?;
        for hold in &over {
            insert(tx, (wanted.operation, from.as_str()), hold).await?;
        }
    }
    for hold in own.into_iter().filter(|hold| !over.contains(hold)) {
        insert(tx, (wanted.operation, ""), hold).await?;
    }
    Ok(Claimed::Done)
}

fn clusters(holds: &[Hold]) -> BTreeSet<&str> {
    holds.iter().map(|hold| hold.cluster.as_str()).collect()
}

async fn obstacle(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Obstacle, StoreError> {
    let over = match wanted.from {
        None => BTreeSet::new(),
        Some(from) if !has_ended(tx, from).await? => return Ok(Obstacle::Operation(from.clone())),
        Some(from) => {
            let owed = owed::things(tx, from).await?;
            holds_of(tx, from).await?.into_iter().filter(|hold| !owed::is_for(hold, &owed)).collect()
        }
    };
    let conflicts = |theirs: &Hold| wanted.holds.iter().chain(&over).any(|ours| ours.conflicts(theirs));
    for cluster in clusters(wanted.holds) {
        for (theirs, other) in holds_on(tx, cluster).await? {
            let is_ours = other == *wanted.operation || Some(&other) == wanted.from;
            if !is_ours && conflicts(&theirs) {
                return Ok(Obstacle::Operation(other));
            }
        }
        // Who stands in the line for what is taken over waits for just this to happen.
        if over.is_empty() {
            for (theirs, other) in line::before(tx, cluster, (wanted.operation, wanted.passes)).await? {
                if conflicts(&theirs) {
                    return Ok(Obstacle::Operation(other));
                }
            }
        }
    }
    Ok(Obstacle::None { over })
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

async fn insert(tx: &mut Tx, (operation, origin): (&OperationId, &str), hold: &Hold) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO holds (cluster, kind, name, aspect, sharing, operation, origin) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (cluster, kind, name, aspect, sharing, operation) DO NOTHING",
        vals![
            hold.cluster.as_str(),
            hold.thing.kind(),
            hold.thing.name(),
            &json(&hold.aspect)?,
            &json(&hold.sharing)?,
            operation.as_str(),
            origin,
        ],
    )
    .await?;
    Ok(())
}
