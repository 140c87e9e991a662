//! What a vote is worth now.

use super::role::Role;
use super::rules::{Policy, names_of};
use crate::approval::{Ballot, NotCounted, Voice, Vote, Voted};
use crate::cluster::Tier;
use crate::plan::{Plan, Seat};
use crate::principal::Principal;
use std::collections::BTreeSet;

/// Who an account is at this moment, as the chat says.
#[derive(Debug, Clone, Copy)]
pub enum Voter<'a> {
    /// A member, with the roles of now.
    Member(&'a Principal),
    /// Gone, banned, timed out, or pending.
    NotAMember,
    /// The chat gave no answer that can be relied on.
    CannotVerify,
}

impl Policy {
    /// What a vote is worth: the seats of [`Policy::required`] it could fill, and whether its veto counts. A veto of who asked
    /// for the plan counts too if it is made with a right to one; the engine treats it as taking the request back.
    #[must_use]
    pub fn ballot(&self, vote: &Vote, voter: Voter<'_>, plan: &Plan) -> Ballot {
        let without = |why| Ballot { vote: vote.clone(), eligible: Err(why), may_veto: false };
        let who = match voter {
            Voter::NotAMember => return without(NotCounted::NotAMember),
            // A look-up of somebody else says nothing about the voter.
            Voter::Member(who) if who.account != vote.account => return without(NotCounted::CannotVerify),
            Voter::CannotVerify => return without(NotCounted::CannotVerify),
            Voter::Member(who) => who,
        };
        let may_veto = self.has_a_seat(who, plan) || self.operates(who, plan) || self.asked_for(plan, who);
        let filled = self.fills(who, plan);
        let eligible = match filled.is_empty() {
            false if is_unconfirmed(vote, plan) => Err(NotCounted::Unconfirmed),
            false => Ok(filled),
            true if self.asked_for(plan, who) => Err(NotCounted::AskedForIt),
            true => Err(NotCounted::NoRight),
        };
        // The table of persons may have changed since the vote: what it says now counts people.
        let vote = Vote { person: who.person.clone(), ..vote.clone() };
        Ballot { vote, eligible, may_veto }
    }

    /// Whether a principal's approval would fill a seat of a plan: whether the plan waits for it among others.
    #[must_use]
    pub fn waits_for(&self, who: &Principal, plan: &Plan) -> bool {
        !self.fills(who, plan).is_empty()
    }

    fn fills(&self, who: &Principal, plan: &Plan) -> BTreeSet<usize> {
        let (asked, seats) = (self.asked_for(plan, who), self.required(plan));
        let counted = |seat: &usize| !asked || self.requester_fills(plan, seats.get(*seat));
        self.could_fill(who, plan).into_iter().filter(counted).collect()
    }

    /// Whether a principal has the right to fill a seat of a plan, whether or not it asked for it: whoever decides on a plan sees
    /// it whole.
    #[must_use]
    pub fn has_a_seat(&self, who: &Principal, plan: &Plan) -> bool {
        !self.could_fill(who, plan).is_empty()
    }

    /// The seats that a principal has the right to fill, whether or not it asked for the plan.
    pub(super) fn could_fill(&self, who: &Principal, plan: &Plan) -> BTreeSet<usize> {
        let names = names_of(plan);
        let approves = self.has(who, Role::Approver, (&plan.cluster, &names));
        let owns = |of: &[String]| {
            let owned = |name: &String| self.owners.of(&plan.cluster, name).iter().any(|owner| owner.is(who));
            !of.is_empty() && of.iter().all(owned)
        };
        let on_call = self.has(who, Role::OnCall, (&plan.cluster, &names));
        let fits = |seat: &Seat| match seat {
            Seat::Approver => approves,
            Seat::Confirmation { by } => on_call || (by.contains(&who.person) && self.operates(who, plan)),
            Seat::Owner { of, .. } => owns(of),
        };
        self.required(plan).iter().enumerate().filter(|(_, seat)| fits(seat)).map(|(place, _)| place).collect()
    }

    /// Whether a principal operates everything that a plan concerns.
    pub(super) fn operates(&self, who: &Principal, plan: &Plan) -> bool {
        self.has(who, Role::Operator, (&plan.cluster, &names_of(plan)))
    }

    /// Who asked confirms, and fills no other seat: except in development, then and now, where the settings say so.
    fn requester_fills(&self, plan: &Plan, seat: Option<&Seat>) -> bool {
        if matches!(seat, Some(Seat::Confirmation { .. })) {
            return true;
        }
        let now = self.clusters.get(&plan.cluster).map(|cluster| cluster.tier);
        self.seats.requester_approves_in_development && plan.tier == Tier::Development && now == Some(Tier::Development)
    }
}

/// A reaction says yes without saying to what: what cannot be undone is approved by a command, which has the name typed.
fn is_unconfirmed(vote: &Vote, plan: &Plan) -> bool {
    vote.voice == Voice::Approve && vote.by == Voted::Reaction && plan.name_to_type().is_some()
}
