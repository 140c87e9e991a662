//! Who is in the way of a change: an operation that failed or is stuck keeps what it was at work on until people decide.

use super::rooms::Rooms;
use engine::port::{Journal, JournalError};
use interlock::approval::State;
use interlock::changes::HELD;
use interlock::facts::Fact;
use interlock::plan::Check;

impl Rooms {
    /// Checks that name a holder, with what has become of it.
    pub(super) async fn with_holders(&self, checks: Vec<Check>) -> Result<Vec<Check>, JournalError> {
        let mut told = Vec::with_capacity(checks.len());
        for mut check in checks {
            if check.id == HELD
                && let Some(Fact::Text(holder)) = check.facts.get("operation")
                && let Ok(id) = holder.parse()
                && let Some(operation) = self.store.operation(&id).await?
                && matches!(operation.state, State::Failed | State::Stuck)
            {
                check.facts = check.facts.with("ended", operation.state.key());
            }
            told.push(check);
        }
        Ok(told)
    }
}
