//! The engine's port, on this store.

use super::Store;
use super::database::vals;
use super::error::StoreError;
use super::rows::{OperationRow, TextRow, operation_columns, operations};
use engine::port::{Beat, Boxed, Discharge, Heard, Journal, JournalError, Told, ToldAsRead, Written};
use engine::{Changes, Entry, Freezes, NewOperation, Operation, Record, Revision, Token, Transition, Transitioned};
use interlock::freeze::Freeze;
use interlock::id::OperationId;
use interlock::plan::{Hold, Memory, Sealed};
use interlock::time::Millis;
use std::collections::BTreeSet;

/// Most operations of one cluster handed to workers at once, and most of all; the rest comes with the next question.
const MOST_WORKABLE: (i64, i64) = (20, 400);

impl Store {
    pub(super) async fn read_operation(&self, id: &OperationId) -> Result<Option<Operation>, StoreError> {
        const BY_ID: &str = concat!("SELECT ", operation_columns!(), " FROM operations WHERE id = $1");
        let row: Option<OperationRow> = self.pools.maybe(BY_ID, vals![id.as_str()]).await?;
        row.map(OperationRow::read).transpose()
    }

    async fn read_plan(&self, operation: &Operation) -> Result<Sealed, StoreError> {
        let row: Option<TextRow> = self
            .pools
            .maybe(
                "SELECT bytes AS value FROM plans WHERE operation = $1 AND revision = $2",
                vals![operation.id.as_str(), operation.revision],
            )
            .await?;
        let row = row.ok_or_else(|| StoreError::Damaged("an operation's plan is not there".to_owned()))?;
        Ok(self.opened.open(row.value, operation.digest)?)
    }

    async fn read_workable(&self, now: Millis) -> Result<Vec<Operation>, StoreError> {
        const DUE: &str = concat!(
            "SELECT ",
            operation_columns!(),
            " FROM (SELECT number, ",
            operation_columns!(),
            ", ROW_NUMBER() OVER (PARTITION BY cluster ORDER BY next_at, number) AS turn \
             FROM operations WHERE workable = 1 AND next_at <= $1) AS due \
             WHERE turn <= $2 ORDER BY turn, next_at, number LIMIT $3"
        );
        operations(self.pools.all(DUE, vals![now.0, MOST_WORKABLE.0, MOST_WORKABLE.1]).await?)
    }
}

impl Journal for Store {
    fn create<'a>(&'a self, new: &'a NewOperation) -> Boxed<'a, Result<Operation, JournalError>> {
        Box::pin(async move { Ok(self.create_operation(new).await?) })
    }

    fn operation<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Operation>, JournalError>> {
        Box::pin(async move { Ok(self.read_operation(id).await?) })
    }

    fn plan<'a>(&'a self, operation: &'a Operation) -> Boxed<'a, Result<Sealed, JournalError>> {
        Box::pin(async move { Ok(self.read_plan(operation).await?) })
    }

    fn workable(&self, now: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>> {
        Box::pin(async move { Ok(self.read_workable(now).await?) })
    }

    fn transition<'a>(&'a self, transition: &'a Transition) -> Boxed<'a, Result<Transitioned, JournalError>> {
        Box::pin(async move { Ok(self.apply(transition).await?) })
    }

    fn revise<'a>(&'a self, revision: &'a Revision) -> Boxed<'a, Result<Transitioned, JournalError>> {
        Box::pin(async move { Ok(self.apply_revision(revision).await?) })
    }

    fn write<'a>(&'a self, entry: Written<'a>) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.write_entry(entry).await?) })
    }

    fn entries<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Vec<Entry>, JournalError>> {
        Box::pin(async move { Ok(self.read_entries(id).await?) })
    }

    fn remember<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        memory: &'a Memory,
        next_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.remember_look(operation, token, (memory, next_at), &[]).await?) })
    }

    fn remember_telling<'a>(
        &'a self,
        operation: &'a Operation,
        token: Token,
        remembered: (&'a Memory, Millis),
        told: &'a [ToldAsRead],
    ) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.remember_look(operation, token, remembered, told).await?) })
    }

    fn lease<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<Beat>, JournalError>> {
        Box::pin(async move { Ok(self.read_lease(id).await?) })
    }

    fn take_lease<'a>(
        &'a self,
        id: &'a OperationId,
        holder: &'a str,
        seen: Option<&'a Beat>,
    ) -> Boxed<'a, Result<Option<Token>, JournalError>> {
        Box::pin(async move { Ok(self.seize_lease(id, holder, seen).await?) })
    }

    fn renew_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.beat(id, token).await?) })
    }

    fn release_lease<'a>(&'a self, id: &'a OperationId, token: Token) -> Boxed<'a, Result<(), JournalError>> {
        Box::pin(async move { Ok(self.give_lease_back(id, token).await?) })
    }

    fn unattended(&self, now: Millis, read: Millis) -> Boxed<'_, Result<Vec<Operation>, JournalError>> {
        Box::pin(async move { Ok(self.read_unattended(now, read).await?) })
    }

    fn votes_read<'a>(
        &'a self,
        operation: &'a Operation,
        at: Millis,
        expires_at: Millis,
    ) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.note_votes_read(operation, at, expires_at).await?) })
    }

    fn remind<'a>(&'a self, operation: &'a Operation, told: &'a Told) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.remind_of(operation, told).await?) })
    }

    fn in_the_way<'a>(
        &'a self,
        operation: &'a Operation,
        holds: &'a Changes,
        freezes: &'a Freezes,
    ) -> Boxed<'a, Result<Option<OperationId>, JournalError>> {
        Box::pin(async move { Ok(self.read_in_the_way(operation, holds, freezes).await?) })
    }

    fn frozen<'a>(&'a self, freezes: &'a Freezes, now: Millis) -> Boxed<'a, Result<Option<Freeze>, JournalError>> {
        Box::pin(async move { Ok(self.read_frozen(freezes, now).await?) })
    }

    fn freezes_over(&self, now: Millis) -> Boxed<'_, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.any_freeze_over(now).await?) })
    }

    fn end_freezes(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>> {
        Box::pin(async move { Ok(self.end_all_freezes(now).await?) })
    }

    fn holders<'a>(&'a self, holds: &'a [Hold]) -> Boxed<'a, Result<BTreeSet<OperationId>, JournalError>> {
        Box::pin(async move { Ok(self.read_holders(holds).await?) })
    }

    fn nag_reviews(&self, now: Millis) -> Boxed<'_, Result<(), JournalError>> {
        Box::pin(async move { Ok(self.nag_open_reviews(now).await?) })
    }

    fn throttle<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Option<u64>, JournalError>> {
        Box::pin(async move { Ok(self.read_throttle(id).await?) })
    }

    fn discharge<'a>(&'a self, discharge: &'a Discharge<'a>) -> Boxed<'a, Result<bool, JournalError>> {
        Box::pin(async move { Ok(self.discharge_operation(discharge).await?) })
    }

    fn owners_heard<'a>(&'a self, id: &'a OperationId) -> Boxed<'a, Result<Heard, JournalError>> {
        Box::pin(async move { Ok(self.read_owners_heard(id).await?) })
    }

    fn tell<'a>(&'a self, told: &'a Told) -> Boxed<'a, Result<(), JournalError>> {
        Box::pin(async move { Ok(self.tell_operation(told).await?) })
    }

    fn record<'a>(&'a self, record: &'a Record) -> Boxed<'a, Result<(), JournalError>> {
        Box::pin(async move { Ok(self.append_records(std::slice::from_ref(record)).await?) })
    }
}
