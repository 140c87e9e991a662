//! Stale plans, made anew from the request as it was first made.

use super::answer::Done;
use super::drafting::{NoPlan, Wanted};
use super::rooms::Rooms;
use engine::Operation;
use engine::port::{Boxed, Planner, Replanned};
use interlock::plan::Sealed;
use std::sync::Arc;

/// Plans anew for the engine.
pub struct Replanner(pub Arc<Rooms>);

impl Planner for Replanner {
    fn plan_again<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Replanned> {
        Box::pin(async move {
            let old = plan.plan();
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
            match self.0.seal(wanted).await {
                Ok(sealed) => Replanned::Plan(Box::new(sealed)),
                // A cluster that does not answer is not a reason to end the operation.
                Err(NoPlan::Refused(checks)) if checks.iter().any(|check| check.id == "cannot-verify") => {
                    Replanned::Later("the cluster cannot be looked at".to_owned())
                }
                Err(NoPlan::Refused(checks)) => Replanned::Refused(checks),
                Err(NoPlan::Mistake(mistake)) => Replanned::Mistake(mistake),
                Err(NoPlan::Failed(Done::Failed { said, .. })) => Replanned::Later(said),
                Err(NoPlan::Failed(_)) => Replanned::Later("planning failed".to_owned()),
            }
        })
    }
}
