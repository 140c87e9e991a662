//! Failures of the store and of the journal, as answers.

use super::answer::Done;
use crate::store::StoreError;
use engine::port::JournalError;

impl From<StoreError> for Done {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "the store failed");
        let id = if matches!(error, StoreError::Damaged(_)) { "store-damaged" } else { "store-unavailable" };
        Self::Failed { id: id.to_owned(), said: error.to_string() }
    }
}

impl From<JournalError> for Done {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Illegal(illegal) => {
                tracing::error!(%illegal, "a transition that the table does not have was asked for");
                Self::Bug
            }
            JournalError::Damaged(said) => {
                tracing::warn!(said, "what is stored cannot be read");
                Self::Failed { id: "store-damaged".to_owned(), said }
            }
            other => {
                tracing::warn!(error = %other, "the journal failed");
                Self::Failed { id: "store-unavailable".to_owned(), said: other.to_string() }
            }
        }
    }
}
