//! The people of the stories, and what they may do.

use engine::Operation;
use engine::port::Journal;
use interlock::cluster::{Cluster, ClusterKind, Mode, Tier};
use interlock::command::parse_line;
use interlock::id::{ClusterName, PersonId};
use interlock::plan::Sealed;
use interlock::policy::{Grant, Grantee, Grants, Of, Owner, Owners, Pattern, Policy, Reach, Role};
use interlock::principal::{Account, Place, Principal};
use signalbox::desk::{Incoming, Rooms};
use std::collections::BTreeSet;

/// The account of a person of the stories, by name.
///
/// # Panics
/// If there is no such person.
#[must_use]
pub fn account(name: &str) -> Account {
    let place = PEOPLE.iter().position(|(known, _)| *known == name);
    let place = place.unwrap_or_else(|| panic!("no person {name} in the stories"));
    Account::System(u32::try_from(place).expect("few people") + 1_000)
}

/// Everybody, with their roles: alice operates; bob and carol approve; dora owns `orders` and `billing`; olga is on call;
/// vic only looks; ada audits; mallory has no role at all.
pub const PEOPLE: &[(&str, &[Role])] = &[
    ("alice", &[Role::Operator]),
    ("bob", &[Role::Approver]),
    ("carol", &[Role::Approver]),
    ("dora", &[Role::Viewer]),
    ("olga", &[Role::OnCall]),
    ("vic", &[Role::Viewer]),
    ("ada", &[Role::Auditor]),
    ("mallory", &[]),
];

/// A policy in which these people work on clusters of these names and tiers.
///
/// # Panics
/// If a name is none.
#[must_use]
pub fn policy(clusters: &[(&str, Tier)]) -> Policy {
    let mut policy = Policy::default();
    for (name, tier) in clusters {
        let name: ClusterName = name.parse().expect("a cluster's name");
        let cluster = Cluster {
            name: name.clone(),
            kind: ClusterKind::Kafka,
            tier: *tier,
            domain: String::new(),
            mode: Mode::Change,
        };
        policy.clusters.insert(name, cluster);
    }
    let mut grants = Vec::new();
    for (name, roles) in PEOPLE {
        let person: PersonId = name.parse().expect("a person's name");
        policy.people.add(&person, account(name)).expect("one person an account");
        let to = Grantee::Person(person);
        grants.extend(roles.iter().map(|role| Grant {
            role: *role,
            to: [to.clone()].into(),
            reach: Reach::everywhere(),
        }));
    }
    policy.grants = Grants(grants);
    let dora = Grantee::Person("dora".parse().expect("a person's name"));
    let names = ["orders.*", "billing.*"].map(|source| Pattern::new(source).expect("a pattern"));
    policy.owners = Owners(vec![Owner { names: names.into(), clusters: Of::All, to: [dora].into() }]);
    policy
}

/// The line with which somebody approves this plan: with its whole digest, and with the name typed where it cannot be undone.
#[must_use]
pub fn approval(plan: &Sealed) -> String {
    let line = format!("/approve operation:{} digest:{}", plan.plan().operation, plan.digest());
    match plan.plan().name_to_type() {
        Some(name) => format!("{line} confirm:\"{name}\""),
        None => line,
    }
}

/// The line with which somebody approves the plan of an operation that counts; see [`approval`]. Of a plan that cannot be read
/// nothing but its digest is known.
pub async fn approval_of(rooms: &Rooms, operation: &Operation) -> String {
    match rooms.store.plan(operation).await {
        Ok(plan) => approval(&plan),
        Err(_) => format!("/approve operation:{} digest:{}", operation.id, operation.digest),
    }
}

/// What somebody types in a place.
///
/// # Panics
/// If the line cannot be taken apart.
#[must_use]
pub fn typed(rooms: &Rooms, who: &str, line: &str, place: Place) -> Incoming {
    let parsed = parse_line(&rooms.catalogue, line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
    let account = account(who);
    let person = rooms.policy.people.person(account);
    Incoming {
        command: parsed.command,
        options: parsed.options,
        principal: Principal { account, person, chat_roles: BTreeSet::new() },
        place,
        locale: "en-US".to_owned(),
        at: rooms.clock.now(),
    }
}
