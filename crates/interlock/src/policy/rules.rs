//! The policy as a whole: clusters, people, grants, owners, seats and places, and what follows from them.

use super::grants::{Grant, Grants};
use super::owners::{Owner, Owners};
use super::people::People;
use super::place::Places;
use super::role::{Access, Role};
use super::seats::{SeatRules, Weight};
use super::sight::{Names, Sight};
use crate::cluster::Cluster;
use crate::id::{ClusterName, PersonId};
use crate::plan::{Draft, Plan, Seat};
use crate::principal::{Account, Principal};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that decides who may do what. Made of valid settings, and read only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The clusters there are.
    pub clusters: BTreeMap<ClusterName, Cluster>,
    /// Who is who.
    pub people: People,
    /// Which role whom, and where.
    pub grants: Grants,
    /// Who answers for topics and groups.
    pub owners: Owners,
    /// How many must approve.
    pub seats: SeatRules,
    /// Where requests may come from, and what may be shown there.
    pub places: Places,
}

/// Why somebody may not. Says nothing about what is out of the person's sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// The key of the sentence: "no-role", "not-here", "direct-message", "foreign-guild", "cannot-verify",
    /// "not-a-member", "another-person", "not-your-review", "not-yours".
    pub id: &'static str,
    /// The role that would be needed, where that may be said.
    pub needs: Option<Role>,
}

impl Denied {
    pub(super) fn because(id: &'static str) -> Self {
        Self { id, needs: None }
    }

    pub(super) fn without(role: Role) -> Self {
        Self { id: "no-role", needs: Some(role) }
    }
}

/// What a request needs.
#[derive(Debug, Clone, Copy)]
pub struct Needs<'a> {
    /// The role.
    pub access: Access,
    /// In this cluster; none: in any, which is what to ask before the arguments are read.
    pub cluster: Option<&'a ClusterName>,
    /// For these topics and groups. A change is asked again with the names of its plan.
    pub names: &'a [String],
}

impl Policy {
    /// Whether a principal may use a command there. Every name must be covered, by one grant or another.
    ///
    /// # Errors
    /// `no-role`. A cluster that the principal cannot see is answered like one that does not exist: see [`Policy::sight`],
    /// through which arguments are read.
    pub fn may(&self, who: &Principal, needs: &Needs<'_>) -> Result<(), Denied> {
        let Access::Role(role) = needs.access else { return Ok(()) };
        let granted = match needs.cluster {
            None => {
                let owner = role == Role::Viewer && self.owners.rules_of(who).next().is_some();
                owner || self.grants.of(who).any(|grant| grant.role.implies(role))
            }
            Some(cluster) => self.has(who, role, (cluster, needs.names)),
        };
        if granted { Ok(()) } else { Err(Denied::without(role)) }
    }

    /// Whether a principal has a role, or one that implies it, in a cluster for all of these topics and groups. Owners look at
    /// what is theirs.
    #[must_use]
    pub fn has<S: AsRef<str>>(&self, who: &Principal, role: Role, on: (&ClusterName, &[S])) -> bool {
        let (cluster, names) = on;
        let grants: Vec<&Grant> = self.grants_in(who, cluster).filter(|grant| grant.role.implies(role)).collect();
        let owned: Vec<&Owner> = if role == Role::Viewer { self.owned_in(who, cluster).collect() } else { Vec::new() };
        let covered = |name: &S| {
            let name = name.as_ref();
            let owns = |owner: &&Owner| owner.names.iter().any(|pattern| pattern.matches(name));
            grants.iter().any(|grant| grant.reach.names.contain(name)) || owned.iter().any(owns)
        };
        !(grants.is_empty() && owned.is_empty()) && names.iter().all(covered)
    }

    /// Whether one grant gives a principal a role, or one that implies it, for every topic and group of a cluster.
    pub(super) fn has_whole(&self, who: &Principal, role: Role, cluster: &ClusterName) -> bool {
        self.grants_in(who, cluster).any(|grant| grant.role.implies(role) && grant.reach.names == Names::All)
    }

    fn owned_in<'p>(&'p self, who: &'p Principal, cluster: &'p ClusterName) -> impl Iterator<Item = &'p Owner> {
        let known = self.clusters.contains_key(cluster);
        self.owners.rules_of(who).filter(move |owner| known && owner.is_in(cluster))
    }

    fn grants_in<'p>(&'p self, who: &'p Principal, cluster: &ClusterName) -> impl Iterator<Item = &'p Grant> {
        let cluster = self.clusters.get(cluster);
        self.grants.of(who).filter(move |grant| cluster.is_some_and(|cluster| grant.reach.cluster(cluster)))
    }

    /// The roles of a principal in a cluster, as granted, for at least some of its topics and groups.
    #[must_use]
    pub fn roles(&self, who: &Principal, cluster: &ClusterName) -> BTreeSet<Role> {
        self.grants_in(who, cluster).map(|grant| grant.role).collect()
    }

    /// What a principal may see: what the grants reach, and what is theirs.
    #[must_use]
    pub fn sight(&self, who: &Principal) -> Sight {
        let mut sight = Sight::nothing();
        for grant in self.grants.of(who) {
            for cluster in self.clusters.values().filter(|cluster| grant.reach.cluster(cluster)) {
                sight.add(&cluster.name, grant.reach.names.clone());
            }
        }
        for cluster in self.clusters.keys() {
            for owner in self.owned_in(who, cluster) {
                sight.add(cluster, Names::Matching(owner.names.clone()));
            }
        }
        sight
    }

    /// The seats that the plan of a draft needs; none if nobody else has to agree.
    #[must_use]
    pub fn seats(&self, weight: impl Into<Weight>, cluster: &Cluster, draft: &Draft) -> Vec<Seat> {
        self.demanded(weight.into(), cluster, (&draft.checks, &draft.impact))
    }

    /// Whether the settings know a principal: as a person, or by a role or something of theirs that they give to an account or
    /// a role of the chat.
    #[must_use]
    pub fn knows(&self, who: &Principal) -> bool {
        let listed = who.person.unlisted_account().is_none();
        listed || self.grants.of(who).next().is_some() || self.owners.rules_of(who).next().is_some()
    }

    /// The human behind an account.
    #[must_use]
    pub fn person(&self, account: Account) -> PersonId {
        self.people.person(account)
    }

    /// Whether a principal counts as having asked for a plan, with any account.
    #[must_use]
    pub fn asked_for(&self, plan: &Plan, who: &Principal) -> bool {
        plan.requesters.iter().any(|requester| self.is_same_human(who, (requester.account, &requester.person)))
    }

    /// Whether a principal is the human who once acted by this account, with any account.
    pub(super) fn is_same_human(&self, who: &Principal, (account, person): (Account, &PersonId)) -> bool {
        *person == who.person || account == who.account || self.people.person(account) == who.person
    }
}

/// The topics and groups that a plan concerns: who decides on it must have a right to each.
#[must_use]
pub fn names_of(plan: &Plan) -> Vec<String> {
    plan.impact.topics.iter().chain(&plan.impact.groups).cloned().collect()
}
