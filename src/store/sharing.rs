//! What somebody shares in a place: its notice and its audit record, or neither.

use super::error::StoreError;
use super::{Store, audit, outbox};
use engine::{Notice, Record, Stream};
use interlock::principal::Place;
use interlock::time::Millis;

/// Something that is to be posted in a place for everybody who reads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// The place.
    pub place: Place,
    /// What.
    pub notice: Notice,
    /// Who shares it.
    pub record: Record,
    /// When.
    pub at: Millis,
}

impl Store {
    /// Has it posted.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn share(&self, sharing: &Sharing) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        let stream = Stream::Place(sharing.place.clone());
        outbox::put_into(&mut tx, &stream, std::slice::from_ref(&sharing.notice), sharing.at).await?;
        audit::append(&mut tx, sharing.at, std::slice::from_ref(&sharing.record)).await?;
        tx.commit().await
    }
}
