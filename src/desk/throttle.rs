//! `/throttle`: another rate for a running move, within the bounds that were approved.

use super::answer::{Done, Refusal};
use super::control::{controlled, not_now};
use super::handle::{Ask, Desk};
use super::rounds::{Round, rounds};
use crate::store::ThrottleAsked;
use engine::Operation;
use interlock::changes::{self, Turning};
use interlock::plan::Sealed;
use interlock::policy::{Control as Act, Voter};

impl Desk {
    /// Notes the rate; the worker sets it at its next look, or once the operation goes on.
    pub(super) async fn turn_throttle(
        &self,
        ask: &Ask<'_>,
        operation: &Operation,
        plan: &Sealed,
    ) -> Result<Done, Done> {
        if !operation.state.takes_a_throttle() {
            return Err(not_now(operation));
        }
        self.may(Voter::Member(&ask.request.principal), Act::Throttle, (operation, plan))?;
        let rate = *ask.arguments().rate("rate").ok_or(Done::Bug)?;
        self.may_go_at(rate, operation, plan).await?;
        let asked = ThrottleAsked {
            operation: operation.id.clone(),
            bytes_per_second: rate,
            person: ask.request.principal.person.clone(),
            account: ask.request.principal.account,
            request: ask.request.id.clone(),
            reason: ask.arguments().text("reason").unwrap_or_default().to_owned(),
            at: ask.request.asked_at,
        };
        if self.rooms.store.ask_throttle(&asked).await? {
            Ok(controlled(operation, "throttle-asked"))
        } else {
            Err(not_now(operation))
        }
    }

    async fn may_go_at(&self, rate: u64, operation: &Operation, plan: &Sealed) -> Result<(), Done> {
        let (_, backend) = self.rooms.cluster(&operation.cluster)?;
        let turning =
            rounds(backend.as_ref(), |sections| match changes::turn(plan.plan(), rate, sections, &self.rooms.guards) {
                Turning::Need(queries) => Round::Need(queries),
                done => Round::Done(done),
            });
        match turning.await {
            Some(Turning::Granted) => Ok(()),
            Some(Turning::Mistake(mistake)) => Err(Done::Mistake(mistake)),
            Some(Turning::Refused(checks)) => {
                Err(Done::Refused(Refusal { cluster: operation.cluster.clone(), checks }))
            }
            Some(Turning::Need(_)) | None => Err(Done::Bug),
        }
    }
}
