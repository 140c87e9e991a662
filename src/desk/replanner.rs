//! Stale plans, made anew from the request as it was first made.

use super::drafting::{NoPlan, Wanted};
use super::rooms::Rooms;
use engine::Operation;
use engine::port::{Boxed, Planner, Replanned};
use interlock::approval::NotCounted;
use interlock::plan::{Check, Plan, Sealed};
use interlock::policy::{Needs, names_of};
use interlock::principal::Principal;
use std::sync::Arc;

/// Plans anew for the engine.
pub struct Replanner(pub Arc<Rooms>);

impl Planner for Replanner {
    fn plan_again<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Replanned> {
        Box::pin(async move {
            let old = plan.plan();
            let requester = match self.requester(operation, old).await {
                Ok(requester) => requester,
                Err(no) => return no,
            };
            if let Err(no) = self.may_still(&requester, old) {
                return no;
            }
            let wanted = Wanted {
                command: &old.command,
                request: &old.request,
                cluster: &old.cluster,
                requesters: old.requesters.clone(),
                place: old.place.clone(),
                operation: operation.id.clone(),
                revision: old.revision.saturating_add(1),
                stale: Some(old),
                now: self.0.clock.now(),
            };
            match self.0.seal(&requester, wanted).await {
                // The new plan may touch other topics than the old one.
                Ok(sealed) => match self.may_still(&requester, sealed.plan()) {
                    Ok(()) => Replanned::Plan(Box::new(sealed)),
                    Err(no) => no,
                },
                Err(NoPlan::Refused(checks)) if may_be_seen_later(&checks) => Replanned::Later("anew-unseen"),
                Err(NoPlan::Refused(checks)) => Replanned::Refused(checks),
                Err(NoPlan::Mistake(mistake)) => Replanned::Mistake(mistake),
                Err(NoPlan::Failed(done)) => {
                    tracing::warn!(operation = %operation.id, ?done, "it could not be planned anew");
                    Replanned::Later("anew-failed")
                }
            }
        })
    }
}

impl Replanner {
    /// Who asked for a plan as it is, with the roles of now.
    async fn requester(&self, operation: &Operation, plan: &Plan) -> Result<Principal, Replanned> {
        let account = plan.requesters.last().map_or(operation.requester, |requester| requester.account);
        self.0.look_up(account).await.map_err(|why| match why {
            NotCounted::NotAMember => Replanned::Denied("requester-not-a-member"),
            _ => Replanned::Later("anew-unverified"),
        })
    }

    /// Whether the requester may still ask for this, there: a plan that nobody could ask for today is not asked for again.
    fn may_still(&self, requester: &Principal, plan: &Plan) -> Result<(), Replanned> {
        let command = self.0.catalogue.get(&plan.command).ok_or(Replanned::Denied("command-gone"))?;
        let names = names_of(plan);
        let needs = Needs { access: command.access, cluster: Some(&plan.cluster), names: &names };
        self.0.policy.may(requester, &needs).map_err(|_| Replanned::Denied("requester-without-right"))?;
        let posted = self.0.policy.places.may_post(&plan.cluster, &plan.place);
        posted.map_err(|_| Replanned::Denied("place-not-allowed"))
    }
}

/// A cluster that does not answer is no reason to end an operation. One that answers with a no is.
fn may_be_seen_later(checks: &[Check]) -> bool {
    let has = |id: &str| checks.iter().any(|check| check.id == id);
    has("cannot-verify") && !has("missing-right")
}
