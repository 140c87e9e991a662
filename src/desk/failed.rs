//! Failures of the store and of the journal, as answers.

use super::answer::Done;
use crate::store::StoreError;
use engine::port::JournalError;

impl From<StoreError> for Done {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "the store failed");
        Self::Failed { id: "store-unavailable".to_owned(), said: error.to_string() }
    }
}

impl From<JournalError> for Done {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Illegal(illegal) => {
                tracing::error!(%illegal, "a transition that the table does not have was asked for");
                Self::Bug
            }
            other => {
                tracing::warn!(error = %other, "the journal failed");
                Self::Failed { id: "store-unavailable".to_owned(), said: other.to_string() }
            }
        }
    }
}
