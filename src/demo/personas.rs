//! The personas of the demo. They exist on the embedded fleet only, and the socket refuses them.

use interlock::cluster::{Cluster, Tier};
use interlock::id::{NotAName, PersonId};
use interlock::plan::Effect;
use interlock::policy::{
    Grant, Grantee, Grants, NotAPattern, NotSeats, Of, Owner, Owners, Pattern, Policy, Reach, Role,
};
use interlock::principal::{Account, Principal};
use std::collections::BTreeSet;

/// Each persona with its roles.
pub const PERSONAS: &[(&str, &[Role])] = &[
    ("alice", &[Role::Operator, Role::Auditor]),
    ("bob", &[Role::Approver]),
    ("carol", &[Role::Approver, Role::OnCall]),
    ("dora", &[Role::Viewer]),
];

/// The persona of this name, speaking.
#[must_use]
pub fn persona(name: &str) -> Option<Principal> {
    let place = PERSONAS.iter().position(|(known, _)| *known == name)?;
    let account = Account::Persona(u32::try_from(place).ok()?);
    Some(Principal { account, person: name.parse().ok()?, chat_roles: BTreeSet::new() })
}

/// What makes no policy.
#[derive(Debug, thiserror::Error)]
pub enum NoPolicy {
    /// A persona's name is none.
    #[error(transparent)]
    Name(#[from] NotAName),
    /// A pattern is none.
    #[error(transparent)]
    Pattern(#[from] NotAPattern),
    /// A number of seats is none.
    #[error(transparent)]
    Seats(#[from] NotSeats),
}

/// A policy in which the personas work on these clusters: alice operates and audits, bob and carol approve, carol is on
/// call, dora answers for orders and billing.
///
/// # Errors
/// If a name or pattern of this file is none, which a test rules out.
pub fn policy(clusters: impl IntoIterator<Item = Cluster>) -> Result<Policy, NoPolicy> {
    let clusters = clusters.into_iter().map(|cluster| (cluster.name.clone(), cluster)).collect();
    let mut policy = Policy { clusters, ..Policy::default() };
    let mut grants = Vec::new();
    for (place, (name, roles)) in (0..).zip(PERSONAS) {
        let person: PersonId = name.parse()?;
        // Numbers differ, so no account is taken twice.
        let _ = policy.people.add(&person, Account::Persona(place));
        let to = BTreeSet::from([Grantee::Person(person)]);
        grants.extend(roles.iter().map(|role| Grant { role: *role, to: to.clone(), reach: Reach::everywhere() }));
    }
    policy.grants = Grants(grants);
    let names = vec![Pattern::new("orders.*")?, Pattern::new("billing.*")?];
    let dora = BTreeSet::from([Grantee::Person("dora".parse()?)]);
    policy.owners = Owners(vec![Owner { names, clusters: Of::All, to: dora }]);
    Ok(policy)
}

/// The same with two approvers for what changes production, as the story has it.
///
/// # Errors
/// As [`policy`].
pub fn policy_of_two(clusters: impl IntoIterator<Item = Cluster>) -> Result<Policy, NoPolicy> {
    let mut policy = policy(clusters)?;
    policy.seats.demand(Tier::Production, Effect::Reversible, 2)?;
    Ok(policy)
}
