//! Operations: made, changed by one conditional update each, and re-planned.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::holds::Claimed;
use super::rows::{NumberRow, OperationRow, json, operation_columns};
use super::{Store, audit, entries, freezes, glass, holds, leases, outbox, owed, typed, unlocks};
use engine::port::{Told, ToldAsRead};
use engine::{Changes, NewOperation, Operation, Record, Revision, Token, Transition, Transitioned};
use interlock::approval::{Event, State, halfway, next};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::{Memory, Outline, Plan, Sealed};
use interlock::time::Millis;

const INSERT: &str = concat!(
    "INSERT INTO operations (number, workable, ended, votable, voting_open, card_wanted, card_shown, ",
    operation_columns!(),
    ") VALUES ($1, 0, 0, 1, 0, 1, 0, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $12, $12, $14, '', $15, 0, $16) \
     RETURNING ",
    operation_columns!()
);

const CHANGE: &str = concat!(
    "UPDATE operations SET state = $1, workable = $2, ended = $3, votable = $4, version = version + 1, updated_at = $5, \
     next_at = $6, why_id = $7, why_facts = $8, card_wanted = card_wanted + 1 \
     WHERE id = $9 AND state = $10 AND version = $11 RETURNING ",
    operation_columns!()
);

const REPLACE_PLAN: &str = concat!(
    "UPDATE operations SET revision = $1, digest = $2, expires_at = $3, memory = $4, replanned = replanned + $5, \
     voting_open = 0, votes_read_at = $7, remind_at = $8 WHERE id = $6 AND revision < $1 RETURNING ",
    operation_columns!()
);

impl Store {
    /// See [`engine::port::Journal::create`].
    pub(super) async fn create_operation(&self, new: &NewOperation) -> Result<Operation, StoreError> {
        let plan = new.plan.plan();
        let mut tx = self.pools.begin().await?;
        let number = outbox::draw(&mut tx, "operations", 1).await?;
        let operation = insert(&mut tx, number, &new.plan, new.at).await?;
        insert_plan(&mut tx, &new.plan, new.at).await?;
        typed::put(&mut tx, &operation.id, &new.typed).await?;
        outbox::put(&mut tx, &operation.id, &new.notices, new.at).await?;
        if new.records.is_empty() {
            let record = Record { digest: Some(operation.digest), ..said_by_state(&operation) };
            audit::append(&mut tx, new.at, &[record]).await?;
        } else {
            audit::append(&mut tx, new.at, &new.records).await?;
        }
        tx.commit().await?;
        tracing::debug!(operation = %operation.id, command = %plan.command, "operation made");
        Ok(operation)
    }

    /// See [`engine::port::Journal::transition`].
    pub(super) async fn apply(&self, transition: &Transition) -> Result<Transitioned, StoreError> {
        let mut tx = self.pools.begin().await?;
        let done = change(&mut tx, transition, None).await?;
        settle(tx, done).await
    }

    /// See [`engine::port::Journal::revise`].
    pub(super) async fn apply_revision(&self, revision: &Revision) -> Result<Transitioned, StoreError> {
        let mut tx = self.pools.begin().await?;
        let done = change(&mut tx, &revision.transition, Some(revision)).await?;
        settle(tx, done).await
    }

    /// See [`engine::port::Journal::remember_telling`]. Counts as a beat, if nobody who is told has changed, and leaves
    /// the version alone.
    pub(super) async fn remember_look(
        &self,
        operation: &Operation,
        token: Token,
        remembered: (&Memory, Millis),
        told: &[ToldAsRead],
    ) -> Result<bool, StoreError> {
        let (memory, next_at) = remembered;
        let mut tx = self.pools.begin().await?;
        if !leases::hold(&mut tx, &operation.id, token).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let rows = tx
            .run(
                "UPDATE operations SET memory = $1, next_at = $2 WHERE id = $3 AND version = $4",
                vals![&json(memory)?, next_at.0, operation.id.as_str(), operation.version],
            )
            .await?;
        if rows == 1 && !tell_unchanged(&mut tx, told).await? {
            tx.rollback().await?;
            return Ok(true);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// See [`engine::port::Journal::votes_read`]. The card is out of date if the end moved; the reminder moves with it.
    pub(super) async fn note_votes_read(
        &self,
        operation: &Operation,
        at: Millis,
        expires_at: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "UPDATE operations SET votes_read_at = $1, expires_at = $2, card_wanted = card_wanted + $3, \
                 remind_at = CASE WHEN remind_at > 0 THEN remind_at + $2 - expires_at ELSE 0 END \
                 WHERE id = $4 AND version = $5 AND votes_read_at = $6 AND votable = 1",
                vals![
                    at.0,
                    expires_at.0,
                    expires_at != operation.expires_at,
                    operation.id.as_str(),
                    operation.version,
                    operation.votes_read_at.0,
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// See [`engine::port::Journal::remind`].
    pub(super) async fn remind_of(&self, operation: &Operation, told: &Told) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "UPDATE operations SET remind_at = 0 WHERE id = $1 AND version = $2 AND remind_at > 0",
                vals![operation.id.as_str(), operation.version],
            )
            .await?;
        if rows == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        outbox::put(&mut tx, &told.operation, &told.notices, told.at).await?;
        audit::append(&mut tx, told.at, &told.records).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Commits what was done; everything else leaves nothing behind.
pub(super) async fn settle(tx: Tx, done: Transitioned) -> Result<Transitioned, StoreError> {
    if matches!(done, Transitioned::Done(_)) {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(done)
}

/// One transition within a transaction; anything but `Done` means: roll back.
pub(super) async fn change(
    tx: &mut Tx,
    transition: &Transition,
    revision: Option<&Revision>,
) -> Result<Transitioned, StoreError> {
    let to = next(transition.from, transition.event)?;
    if let Some(other) = &transition.only_while
        && !keep_votable(tx, other).await?
    {
        return Ok(Transitioned::Lost);
    }
    if let Some(token) = transition.token
        && !leases::hold(tx, &transition.operation, token).await?
    {
        return Ok(Transitioned::Fenced);
    }
    let Some(mut operation) = update(tx, transition, to).await? else { return Ok(Transitioned::Lost) };
    let paused = operation.memory.paused.clone();
    if let Some(revision) = revision {
        let Some(revised) = replace_plan(tx, revision).await? else { return Ok(Transitioned::Lost) };
        operation = revised;
    }
    if let Changes::Adopt { adopts, .. } = &transition.holds
        && let Some(other) = owed::adopt(tx, (&operation.id, transition.at), adopts).await?
    {
        return Ok(Transitioned::HeldBy(other));
    }
    let passes = freezes::passes(tx, &transition.freezes, transition.at).await?;
    if let Claimed::HeldBy(other) = holds::change(tx, &operation, (&transition.holds, passes)).await? {
        return Ok(Transitioned::HeldBy(other));
    }
    // As late as possible: until the end of the transaction nobody freezes it, and no other start of the tier goes on.
    if let Some(freeze) = freezes::in_the_way(tx, &transition.freezes, transition.at).await? {
        return Ok(Transitioned::Frozen(Box::new(freeze)));
    }
    let mut trace = None;
    if let Some((seq, entry)) = &transition.entry {
        let row =
            entries::Row { operation: &operation.id, seq: *seq, token: transition.token, at: transition.at, entry };
        if !entries::insert(tx, &row).await? {
            return Ok(Transitioned::Lost);
        }
        trace = Some(entries::trace(&row)?);
    }
    if transition.event == Event::Abandon {
        unlocks::forget(tx, &operation.id).await?;
    }
    outbox::put(tx, &operation.id, &transition.notices, transition.at).await?;
    if transition.from.is_open_to_votes() && (revision.is_some() || to.has_ended()) {
        glass::tell_paused(tx, (&operation, &paused), transition.at).await?;
    }
    let mut records = transition.records.clone();
    if records.is_empty() {
        records.push(said_by_state(&operation));
    }
    records.extend(trace);
    audit::append(tx, transition.at, &records).await?;
    Ok(Transitioned::Done(Box::new(operation)))
}

/// Several operations are told of something, if none of them has changed since it was read; whether none has, or all is to be
/// taken back. Each is locked until the end of the transaction; the audit log comes last.
async fn tell_unchanged(tx: &mut Tx, told: &[ToldAsRead]) -> Result<bool, StoreError> {
    for ToldAsRead { version, told } in told {
        let rows = tx
            .run(
                "UPDATE operations SET card_wanted = card_wanted WHERE id = $1 AND version = $2",
                vals![told.operation.as_str(), *version],
            )
            .await?;
        if rows == 0 {
            return Ok(false);
        }
    }
    for ToldAsRead { told, .. } in told {
        outbox::put(tx, &told.operation, &told.notices, told.at).await?;
    }
    for ToldAsRead { told, .. } in told {
        audit::append(tx, told.at, &told.records).await?;
    }
    Ok(true)
}

/// No transition goes unrecorded, also if its author had nothing to add.
fn said_by_state(operation: &Operation) -> Record {
    let facts = Facts::none().with("why", operation.why.id.as_str());
    Record::of_engine(operation.state.key(), &operation.id, facts)
}

async fn insert(tx: &mut Tx, number: i64, sealed: &Sealed, at: Millis) -> Result<Operation, StoreError> {
    let plan = sealed.plan();
    let Some(requester) = plan.requesters.first() else {
        return Err(StoreError::Unstorable("a plan that nobody asked for".to_owned()));
    };
    let row: Option<OperationRow> = tx
        .maybe(
            INSERT,
            vals![
                number,
                plan.operation.as_str(),
                State::AwaitingApproval.key(),
                plan.revision,
                &sealed.digest().to_string(),
                &plan.command,
                plan.cluster.as_str(),
                &json(&requester.account)?,
                requester.person.as_str(),
                &json(&plan.place)?,
                reverses(plan),
                at.0,
                plan.expires_at.0,
                &json(&Memory::default())?,
                &json(&Facts::none())?,
                halfway(at, plan.expires_at).0,
            ],
        )
        .await?;
    row.ok_or(StoreError::Taken)?.read()
}

fn reverses(plan: &Plan) -> &str {
    plan.reverses.as_ref().map_or("", |id| id.as_str())
}

async fn insert_plan(tx: &mut Tx, sealed: &Sealed, at: Millis) -> Result<(), StoreError> {
    let plan = sealed.plan();
    tx.run(
        "INSERT INTO plans (operation, revision, digest, bytes, made_at, outline) VALUES ($1, $2, $3, $4, $5, $6)",
        vals![
            plan.operation.as_str(),
            plan.revision,
            &sealed.digest().to_string(),
            sealed.bytes(),
            at.0,
            &json(&Outline::of(plan))?,
        ],
    )
    .await?;
    Ok(())
}

async fn update(tx: &mut Tx, transition: &Transition, to: State) -> Result<Option<Operation>, StoreError> {
    let row: Option<OperationRow> = tx
        .maybe(
            CHANGE,
            vals![
                to.key(),
                to.is_workable(),
                to.has_ended(),
                to.is_open_to_votes(),
                transition.at.0,
                transition.next_at.0,
                &transition.why.id,
                &json(&transition.why.facts)?,
                transition.operation.as_str(),
                transition.from.key(),
                transition.version,
            ],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut operation = row.read()?;
    match &transition.holds {
        Changes::Owe { owed, .. } => operation.memory = Memory { owed: owed.clone(), ..Memory::default() },
        _ if transition.event == Event::Wait => operation.memory = operation.memory.for_next_wait(),
        // What is owed stays owed, also where the operation is given up.
        _ if operation.owes() => {}
        _ => return Ok(Some(operation)),
    }
    tx.run(
        "UPDATE operations SET memory = $1, workable = $2 WHERE id = $3",
        vals![&json(&operation.memory)?, to.is_workable() || operation.owes(), operation.id.as_str()],
    )
    .await?;
    Ok(Some(operation))
}

async fn replace_plan(tx: &mut Tx, revision: &Revision) -> Result<Option<Operation>, StoreError> {
    let plan = revision.plan.plan();
    if plan.operation != revision.transition.operation {
        return Err(StoreError::Unstorable("a revision with the plan of another operation".to_owned()));
    }
    let row: Option<OperationRow> = tx
        .maybe(
            REPLACE_PLAN,
            vals![
                plan.revision,
                &revision.plan.digest().to_string(),
                plan.expires_at.0,
                &json(&Memory::default())?,
                revision.by_itself,
                plan.operation.as_str(),
                revision.transition.at.0,
                halfway(revision.transition.at, plan.expires_at).0,
            ],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    insert_plan(tx, &revision.plan, revision.transition.at).await?;
    if let Some(line) = &revision.typed {
        typed::put(tx, &plan.operation, line).await?;
    }
    row.read().map(Some)
}

/// Locks an operation until the end of the transaction if it takes votes on this revision of its plan; whether it does. Before
/// everything else that is locked: whoever ends it has locked it, too, when they look who pauses for it.
async fn keep_votable(tx: &mut Tx, (operation, revision): &(OperationId, u32)) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE operations SET card_wanted = card_wanted WHERE id = $1 AND revision = $2 AND votable = 1",
            vals![operation.as_str(), *revision],
        )
        .await?;
    Ok(rows == 1)
}

/// Locks an operation that still takes votes on this plan, and marks its card as out of date; whether it does.
pub(super) async fn touch_votable(tx: &mut Tx, operation: &str, digest: &str) -> Result<Option<bool>, StoreError> {
    let row: Option<NumberRow> = tx
        .maybe(
            "UPDATE operations SET card_wanted = card_wanted + 1 WHERE id = $1 AND digest = $2 AND votable = 1 \
             RETURNING voting_open AS value",
            vals![operation, digest],
        )
        .await?;
    Ok(row.map(|row| row.value == 1))
}

/// Marks the card of an operation as out of date, whether or not it has ended.
pub(super) async fn touch(tx: &mut Tx, operation: &str) -> Result<(), StoreError> {
    let touched = "UPDATE operations SET card_wanted = card_wanted + 1 WHERE id = $1";
    tx.run(touched, vals![operation]).await.map(|_| ())
}

/// Marks the card of an operation that has not ended as out of date.
pub(super) async fn touch_going(tx: &mut Tx, operation: &str) -> Result<(), StoreError> {
    let touched = "UPDATE operations SET card_wanted = card_wanted + 1 WHERE id = $1 AND ended = 0";
    tx.run(touched, vals![operation]).await.map(|_| ())
}
