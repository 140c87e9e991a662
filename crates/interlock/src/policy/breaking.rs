//! Who may break the glass on a plan, who is skipped by it, and who may close its review.

use super::grants::Grantee;
use super::role::Role;
use super::rules::{Denied, Policy, names_of};
use crate::approval::{BrokenGlass, Tally};
use crate::id::{ClusterName, PersonId};
use crate::plan::{Plan, Seat};
use crate::principal::Principal;
use std::collections::BTreeSet;

impl Policy {
    /// Whether somebody may let a plan go on though seats of it are empty: who is on call for all that it concerns.
    ///
    /// # Errors
    /// `no-role`.
    pub fn may_break_glass(&self, who: &Principal, plan: &Plan) -> Result<(), Denied> {
        if self.is_on_call(who, plan) { Ok(()) } else { Err(Denied::without(Role::OnCall)) }
    }

    /// Whether somebody is on call for anything of a cluster: what a plan concerns is not known before it is made.
    #[must_use]
    pub fn is_on_call_in(&self, who: &Principal, cluster: &ClusterName) -> bool {
        self.has::<&str>(who, Role::OnCall, (cluster, &[]))
    }

    fn is_on_call(&self, who: &Principal, plan: &Plan) -> bool {
        self.has(who, Role::OnCall, (&plan.cluster, &names_of(plan)))
    }

    /// Whether somebody may close the review of a broken glass: who could have filled a seat, or is on call there; but neither
    /// who broke it nor who asked for the plan, with any account.
    ///
    /// # Errors
    /// `not-your-review`, `no-role`.
    pub fn may_review(&self, who: &Principal, plan: &Plan, glass: &BrokenGlass) -> Result<(), Denied> {
        if self.asked_for(plan, who) || self.is_same_human(who, (glass.account, &glass.person)) {
            return Err(Denied::because("not-your-review"));
        }
        if self.has_a_seat(who, plan) || self.is_on_call(who, plan) {
            return Ok(());
        }
        Err(Denied::without(Role::Approver))
    }

    /// To whom the settings give a seat of a plan that is empty, apart from who asked for it: who is skipped where somebody breaks
    /// its glass.
    #[must_use]
    pub fn skipped(&self, plan: &Plan, (seats, tally): (&[Seat], &Tally), by: &PersonId) -> BTreeSet<Grantee> {
        let filled = tally.seats.iter().map(Option::is_some).chain(std::iter::repeat(false));
        let empty = seats.iter().zip(filled).filter(|(_, filled)| !filled).map(|(seat, _)| seat);
        let skipped: BTreeSet<Grantee> = empty.flat_map(|seat| self.given(seat, plan)).collect();
        let is_one_of_them =
            |person: &PersonId| person == by || plan.requesters.iter().any(|one| one.person == *person);
        self.without(skipped, is_one_of_them)
    }
}
