//! Queues that are closed: read again where something came into them, and closed again once that is read.

use crate::entry::Entry;
use crate::error::EngineError;
use crate::history::adjusted;
use crate::moves::Watched;
use crate::notice::milestone;
use crate::operation::Operation;
use crate::run::{Next, Run};
use interlock::facts::Facts;
use interlock::plan::{Action, Condition, Looked, RocketmqAction, steer};

impl Run<'_> {
    /// Sets what a look at closed queues says is to be set now, within what was approved: fixed in the journal first. None if
    /// there is nothing to set.
    pub(crate) async fn steer_queues(
        &mut self,
        operation: &Operation,
        watched: &Watched<'_>,
        looked: &Looked,
    ) -> Result<Option<Next>, EngineError> {
        let Condition::RocketmqStaysClosed(closing) = &watched.step.done else { return Ok(None) };
        let Some(places) = steer(closing, looked) else { return Ok(None) };
        let topic = closing.topic.clone();
        let told = Facts::none().with("topic", topic.as_str());
        let told = match looked {
            Looked::NotYet { id: "closed-queues-written", .. } => milestone("queues-read-again", told),
            _ => milestone("queues-closed-again", told),
        };
        let (step, action) =
            (adjusted(watched.step.number), Action::Rocketmq(RocketmqAction::SetQueues { topic, places }));
        tracing::info!(operation = %operation.id, action = action.key(), "steering closed queues");
        self.write_telling(Entry::Added { step, actions: vec![action] }, &[told]).await?;
        Ok(Some(Next::Go))
    }
}
