//! What a rule counts from is captured; then it is expanded into literal actions.

use crate::entry::Entry;
use crate::error::EngineError;
use crate::operation::Operation;
use crate::run::{Next, Run};
use crate::start::Judged;
use interlock::cluster::Sections;
use interlock::facts::Facts;
use interlock::plan::{Capture, Expansion, Rule, Sealed, Step, expand};

/// The most rounds of looking a rule may ask for.
const MOST_ROUNDS: usize = 6;

impl Run<'_> {
    pub(crate) async fn capture(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        (step, capture): (&Step, &Capture),
    ) -> Result<Next, EngineError> {
        // What is captured is soon acted on: nobody is waited for in between.
        if let Some(next) = self.owners_first(operation, plan).await? {
            return Ok(next);
        }
        match self.judge(operation, &step.needs).await {
            Judged::Holds => {}
            Judged::Broken { id, facts } => return self.give_up(operation, id, facts).await,
            Judged::CannotTell(facts) => return self.look_failed(operation, facts).await,
        }
        let captured = match capture.read(&self.observe(operation, &capture.queries()).await) {
            Ok(captured) => captured,
            Err(facts) => return self.look_failed(operation, facts).await,
        };
        self.looked = true;
        self.write(Entry::Captured { step: step.number, captured }).await?;
        self.step_done(step.number).await
    }

    pub(crate) async fn expand(
        &mut self,
        operation: &Operation,
        step: &Step,
        rule: &Rule,
    ) -> Result<Next, EngineError> {
        let captured = self.history.captured.get(&rule.captured_by()).cloned().unwrap_or_default();
        let mut sections = Sections::empty();
        for _ in 0..MOST_ROUNDS {
            match expand(rule, &captured, &sections) {
                Expansion::Need(queries) => sections.merge(self.observe(operation, &queries).await),
                Expansion::Actions(actions) => {
                    self.looked = true;
                    self.expanded = Some(step.number);
                    if self.history.expanded.get(&step.number) != Some(&actions) {
                        self.write(Entry::Expanded { step: step.number, actions }).await?;
                    }
                    return Ok(Next::Go);
                }
                Expansion::OutOfBounds(facts) => return self.give_up(operation, "out-of-bounds", facts).await,
                Expansion::CannotTell(facts) => return self.look_failed(operation, facts).await,
            }
        }
        self.look_failed(operation, Facts::none().with("failure", "too-many-rounds")).await
    }
}
