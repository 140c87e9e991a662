//! Whose approval a plan still waits for: whom a reminder calls.

use super::grants::{Grant, Grantee};
use super::role::Role;
use super::rules::{Policy, names_of};
use crate::approval::{NotCounted, Tally};
use crate::id::PersonId;
use crate::plan::{Plan, Seat};
use std::collections::BTreeSet;

impl Policy {
    /// To whom the settings give a seat that one more person could fill, apart from who asked for the plan and who has voted on
    /// it; whoever still has to confirm a vote is among them. A role of the chat stands for everybody who has it, since nobody
    /// knows who that is. A plan that is only to be confirmed waits for who asked for it, and for nobody else.
    #[must_use]
    pub fn still_wanted(&self, plan: &Plan, tally: &Tally) -> BTreeSet<Grantee> {
        let required = self.required(plan);
        let free = tally.free.iter().filter_map(|place| required.get(*place));
        let wanted: BTreeSet<Grantee> = free.flat_map(|seat| self.given(seat, plan)).collect();
        let voted = voted(tally);
        let is_done =
            |person: &PersonId| voted.contains(person) || plan.requesters.iter().any(|one| one.person == *person);
        self.without(wanted, is_done)
    }

    /// All but those who are one human that is left out.
    pub(super) fn without(&self, all: BTreeSet<Grantee>, is_left_out: impl Fn(&PersonId) -> bool) -> BTreeSet<Grantee> {
        let stays = |grantee: &Grantee| !self.person_of(grantee).is_some_and(|person| is_left_out(&person));
        all.into_iter().filter(stays).collect()
    }

    /// The human that is meant; none if that may be several.
    fn person_of(&self, grantee: &Grantee) -> Option<PersonId> {
        match grantee {
            Grantee::Person(person) => Some(person.clone()),
            Grantee::Account(account) => Some(self.people.person(*account)),
            Grantee::ChatRole(_) => None,
        }
    }

    /// To whom the settings give a seat of a plan.
    pub(super) fn given(&self, seat: &Seat, plan: &Plan) -> BTreeSet<Grantee> {
        match seat {
            Seat::Approver => self.approvers_of(plan),
            Seat::Owner { of, .. } => {
                let owners = of.iter().map(|name| self.owners.of(&plan.cluster, name));
                owners.reduce(|all, of_one| all.intersection(&of_one).cloned().collect()).unwrap_or_default()
            }
            Seat::Confirmation { by } => by.iter().cloned().map(Grantee::Person).collect(),
        }
    }

    /// Whose grants make them approvers of everything that a plan concerns.
    fn approvers_of(&self, plan: &Plan) -> BTreeSet<Grantee> {
        let (names, cluster) = (names_of(plan), self.clusters.get(&plan.cluster));
        let reaches = |grant: &&Grant| cluster.is_some_and(|cluster| grant.reach.cluster(cluster));
        let grants = self.grants.0.iter().filter(|grant| grant.role.implies(Role::Approver)).filter(reaches);
        let grants: Vec<&Grant> = grants.collect();
        let covers = |to: &Grantee, name: &String| {
            grants.iter().any(|grant| grant.to.contains(to) && grant.reach.names.contain(name))
        };
        let all = grants.iter().flat_map(|grant| &grant.to);
        all.filter(|to| names.iter().all(|name| covers(to, name))).cloned().collect()
    }
}

/// Whose vote stands, whatever it is worth, unless it lacks a confirmation only.
fn voted(tally: &Tally) -> BTreeSet<&PersonId> {
    let uncounted = tally.uncounted.iter().filter(|one| one.why != NotCounted::Unconfirmed);
    let uncounted = uncounted.map(|one| &one.person);
    tally.seats.iter().flatten().chain(&tally.vetoes).chain(uncounted).collect()
}
