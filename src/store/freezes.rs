//! Freezes: set, lifted and ended, each with its audit record; and looked at in the transaction of every start, under a lock, so
//! that nothing starts after a freeze was acknowledged. Who may is decided before.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{NumberRow, damaged, parsed};
use super::{Store, audit};
use engine::{Actor, Freezes, Record};
use interlock::freeze::{Freeze, FreezeOn, MOST_FREEZES, last_of};
use interlock::id::{FreezeId, RequestId};
use interlock::time::Millis;

/// The lock of those who set, lift and end freezes: they change cards in any order, and must not meet there.
const CHANGING: &str = "changing";

/// Who sets or lifts a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeBy {
    /// The actor, for the audit log.
    pub actor: Actor,
    /// The request.
    pub request: RequestId,
}

/// Somebody lifts a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// What is frozen.
    pub on: FreezeOn,
    /// Which one; may be left out where there is only one.
    pub id: Option<FreezeId>,
    /// Who.
    pub by: FreezeBy,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// What came of lifting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifted {
    /// This one is gone.
    Done(Box<Freeze>),
    /// There is none, or none of that id.
    NotFrozen,
    /// There are several; one of these must be named.
    Which(Vec<Freeze>),
}

#[derive(sqlx::FromRow)]
struct FreezeRow {
    id: String,
    kind: String,
    name: String,
    person: String,
    reason: String,
    set_at: i64,
    ends_at: i64,
}

impl FreezeRow {
    fn read(self) -> Result<Freeze, StoreError> {
        let on = FreezeOn::of(&self.kind, &self.name).ok_or_else(|| damaged("what is frozen", &self.name))?;
        Ok(Freeze {
            id: parsed(&self.id, "a freeze's id")?,
            on,
            person: parsed(&self.person, "a person")?,
            reason: self.reason,
            set_at: Millis(self.set_at),
            until: Millis(self.ends_at),
        })
    }
}

impl Store {
    /// Sets a freeze. False if there are too many of that thing already. Once this returns nothing starts there that heeds it.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the id is; else as all calls of the store.
    pub async fn freeze(&self, freeze: &Freeze, by: &FreezeBy) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        lock(&mut tx, CHANGING).await?;
        let standing = standing(&mut tx, &freeze.on, freeze.set_at).await?;
        if standing.len() >= MOST_FREEZES {
            tx.rollback().await?;
            return Ok(false);
        }
        lock(&mut tx, &freeze.on.to_string()).await?;
        insert(&mut tx, freeze).await?;
        audit::append(&mut tx, freeze.set_at, &[record("freeze-set", freeze, Some(by))]).await?;
        tx.commit().await?;
        self.is_shown(&freeze.on, None).await;
        Ok(true)
    }

    /// Cards show what is frozen by now, and what waited for the end of a freeze is due, if one has ended. Apart from the freeze
    /// itself, and never its failure: it would wait for each operation that is being changed.
    async fn is_shown(&self, on: &FreezeOn, ended: Option<Millis>) {
        let shown = async {
            let mut tx = self.pools.begin().await?;
            lock(&mut tx, CHANGING).await?;
            redraw(&mut tx, on).await?;
            if let Some(now) = ended {
                wake(&mut tx, on, now).await?;
            }
            tx.commit().await
        };
        let shown: Result<(), StoreError> = shown.await;
        if let Err(error) = shown {
            tracing::warn!(%error, freeze = %on, "cards show it with their next change only");
        }
    }

    /// Lifts a freeze before its end.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn unfreeze(&self, lift: &Lift) -> Result<Lifted, StoreError> {
        let mut tx = self.pools.begin().await?;
        lock(&mut tx, CHANGING).await?;
        let mut standing = standing(&mut tx, &lift.on, lift.at).await?;
        if let Some(id) = &lift.id {
            standing.retain(|freeze| freeze.id == *id);
        }
        if standing.len() > 1 {
            tx.rollback().await?;
            return Ok(Lifted::Which(standing));
        }
        let Some(freeze) = standing.pop() else {
            tx.rollback().await?;
            return Ok(Lifted::NotFrozen);
        };
        delete(&mut tx, &freeze).await?;
        let mut record = record("freeze-lifted", &freeze, Some(&lift.by));
        record.facts = record.facts.with("lifted-because", lift.reason.as_str());
        audit::append(&mut tx, lift.at, &[record]).await?;
        tx.commit().await?;
        self.is_shown(&freeze.on, Some(lift.at)).await;
        Ok(Lifted::Done(Box::new(freeze)))
    }

    /// The freezes that stand at this time, a thousand at most, the one that ends last first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn freezes(&self, now: Millis) -> Result<Vec<Freeze>, StoreError> {
        let rows: Vec<FreezeRow> = self
            .pools
            .all(
                "SELECT id, kind, name, person, reason, set_at, ends_at FROM freezes WHERE ends_at > $1 \
                 ORDER BY ends_at DESC LIMIT 1000",
                vals![now.0],
            )
            .await?;
        rows.into_iter().map(FreezeRow::read).collect()
    }

    /// See [`engine::port::Journal::frozen`].
    pub(super) async fn read_frozen(&self, freezes: &Freezes, now: Millis) -> Result<Option<Freeze>, StoreError> {
        let Freezes::Heeded(on) = freezes else { return Ok(None) };
        let all = self.freezes(now).await?;
        Ok(last_of(all.iter().filter(|freeze| on.contains(&freeze.on)), now).cloned())
    }

    /// See [`engine::port::Journal::freezes_over`].
    pub(super) async fn any_freeze_over(&self, now: Millis) -> Result<bool, StoreError> {
        let row: Option<NumberRow> =
            self.pools.maybe("SELECT set_at AS value FROM freezes WHERE ends_at <= $1 LIMIT 1", vals![now.0]).await?;
        Ok(row.is_some())
    }

    /// See [`engine::port::Journal::end_freezes`].
    pub(super) async fn end_all_freezes(&self, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        lock(&mut tx, CHANGING).await?;
        let rows: Vec<FreezeRow> = tx
            .all(
                "SELECT id, kind, name, person, reason, set_at, ends_at FROM freezes WHERE ends_at <= $1 \
                 ORDER BY ends_at, set_at LIMIT 1000",
                vals![now.0],
            )
            .await?;
        let mut records = Vec::new();
        for row in rows {
            let freeze = row.read()?;
            redraw(&mut tx, &freeze.on).await?;
            wake(&mut tx, &freeze.on, now).await?;
            delete(&mut tx, &freeze).await?;
            records.push(record("freeze-ended", &freeze, None));
        }
        audit::append(&mut tx, now, &records).await?;
        tx.commit().await
    }
}

/// The freeze that a transition has to wait for. Nobody freezes what it starts on until the transaction ends.
pub(super) async fn in_the_way(tx: &mut Tx, freezes: &Freezes, now: Millis) -> Result<Option<Freeze>, StoreError> {
    let Freezes::Heeded(on) = freezes else { return Ok(None) };
    for one in on {
        lock(tx, &one.to_string()).await?;
    }
    let mut all = Vec::new();
    for one in on {
        all.extend(standing(tx, one, now).await?);
    }
    Ok(last_of(&all, now).cloned())
}

/// Whether a transition goes past a freeze that others wait for. That there is one is enough: none is read, so that none that
/// cannot be read is in the way of a way back.
pub(super) async fn passes(tx: &mut Tx, freezes: &Freezes, now: Millis) -> Result<bool, StoreError> {
    let Freezes::Passed(on) = freezes else { return Ok(false) };
    for one in on {
        let row: Option<NumberRow> = tx
            .maybe(
                "SELECT set_at AS value FROM freezes WHERE kind = $1 AND name = $2 AND ends_at > $3 LIMIT 1",
                vals![one.kind(), one.name(), now.0],
            )
            .await?;
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn standing(tx: &mut Tx, on: &FreezeOn, now: Millis) -> Result<Vec<Freeze>, StoreError> {
    let rows: Vec<FreezeRow> = tx
        .all(
            "SELECT id, kind, name, person, reason, set_at, ends_at FROM freezes \
             WHERE kind = $1 AND name = $2 AND ends_at > $3 ORDER BY ends_at, set_at",
            vals![on.kind(), on.name(), now.0],
        )
        .await?;
    rows.into_iter().map(FreezeRow::read).collect()
}

/// Makes starts and freezes of one thing come one after the other, until the end of the transaction.
async fn lock(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO freeze_locks (name, taken) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET taken = freeze_locks.taken + 1",
        vals![name],
    )
    .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, freeze: &Freeze) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "INSERT INTO freezes (id, kind, name, person, reason, set_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO NOTHING",
            vals![
                freeze.id.as_str(),
                freeze.on.kind(),
                freeze.on.name(),
                freeze.person.as_str(),
                &freeze.reason,
                freeze.set_at.0,
                freeze.until.0,
            ],
        )
        .await?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Taken) }
}

async fn delete(tx: &mut Tx, freeze: &Freeze) -> Result<(), StoreError> {
    tx.run("DELETE FROM freezes WHERE id = $1", vals![freeze.id.as_str()]).await?;
    Ok(())
}

/// What waited for it is looked at now.
async fn wake(tx: &mut Tx, on: &FreezeOn, now: Millis) -> Result<(), StoreError> {
    let (everywhere, cluster) = reach(on);
    tx.run(
        "UPDATE operations SET next_at = $1 WHERE votable = 1 AND workable = 1 AND next_at > $1 \
         AND ($2 = 1 OR cluster = $3)",
        vals![now.0, everywhere, cluster],
    )
    .await?;
    Ok(())
}

/// The cards of what has not started yet show what is frozen.
async fn redraw(tx: &mut Tx, on: &FreezeOn) -> Result<(), StoreError> {
    let (everywhere, cluster) = reach(on);
    tx.run(
        "UPDATE operations SET card_wanted = card_wanted + 1 WHERE votable = 1 AND ($1 = 1 OR cluster = $2)",
        vals![everywhere, cluster],
    )
    .await?;
    Ok(())
}

/// Whether operations of every cluster may be concerned, for the tiers of clusters are the settings' matter; else of which.
fn reach(on: &FreezeOn) -> (bool, &str) {
    match on {
        FreezeOn::Cluster(cluster) => (false, cluster.as_str()),
        FreezeOn::Tier(_) => (true, ""),
    }
}

fn record(what: &str, freeze: &Freeze, by: Option<&FreezeBy>) -> Record {
    Record {
        what: what.to_owned(),
        actor: by.map_or(Actor::Engine, |by| by.actor.clone()),
        operation: None,
        request: by.map(|by| by.request.clone()),
        digest: None,
        facts: freeze.facts(),
    }
}
