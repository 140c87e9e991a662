//! Grants: which role whom, and where. What no grant gives is denied.

use super::role::Role;
use super::sight::Names;
use crate::cluster::{Cluster, Tier};
use crate::id::{ClusterName, PersonId};
use crate::principal::{Account, ChatRole, Principal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Who is given something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// A human, with every account.
    Person(PersonId),
    /// Whoever has a role of the chat at that moment.
    ChatRole(ChatRole),
    /// One account.
    Account(Account),
}

impl Grantee {
    /// Whether it is this principal.
    #[must_use]
    pub fn is(&self, who: &Principal) -> bool {
        match self {
            Self::Person(person) => *person == who.person,
            Self::ChatRole(role) => who.chat_roles.contains(role),
            Self::Account(account) => *account == who.account,
        }
    }
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "{person}"),
            Self::ChatRole(role) => write!(f, "role:{}", role.0),
            Self::Account(account) => write!(f, "{account}"),
        }
    }
}

/// Which values of one kind are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of<T> {
    /// Every one.
    All,
    /// These.
    These(BTreeSet<T>),
}

impl<T: Ord> Of<T> {
    fn has(&self, value: &T) -> bool {
        match self {
            Self::All => true,
            Self::These(values) => values.contains(value),
        }
    }
}

/// Where a grant holds: clusters that fit in every respect, and in them topics and groups by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// By name.
    pub clusters: Of<ClusterName>,
    /// By tier.
    pub tiers: Of<Tier>,
    /// By business domain.
    pub domains: Of<String>,
    /// Topics and groups.
    pub names: Names,
}

impl Reach {
    /// Everywhere.
    #[must_use]
    pub fn everywhere() -> Self {
        Self { clusters: Of::All, tiers: Of::All, domains: Of::All, names: Names::All }
    }

    /// Whether it reaches a cluster at all.
    #[must_use]
    pub fn cluster(&self, cluster: &Cluster) -> bool {
        self.clusters.has(&cluster.name) && self.tiers.has(&cluster.tier) && self.domains.has(&cluster.domain)
    }
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Whom.
    pub to: BTreeSet<Grantee>,
    /// Where.
    pub reach: Reach,
}

/// All grants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants(pub Vec<Grant>);

impl Grants {
    /// The grants of a principal.
    pub fn of<'g>(&'g self, who: &'g Principal) -> impl Iterator<Item = &'g Grant> {
        self.0.iter().filter(|grant| grant.to.iter().any(|grantee| grantee.is(who)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{ClusterKind, Mode};

    fn cluster(name: &str, tier: Tier, domain: &str) -> Cluster {
        Cluster {
            name: name.parse().unwrap(),
            kind: ClusterKind::Kafka,
            tier,
            domain: domain.to_owned(),
            mode: Mode::Change,
        }
    }

    #[test]
    fn a_reach_fits_in_every_respect() {
        let reach = Reach {
            clusters: Of::These(["pay".parse().unwrap(), "lab".parse().unwrap()].into()),
            tiers: Of::These([Tier::Production].into()),
            domains: Of::These(["payments".to_owned()].into()),
            names: Names::All,
        };
        assert!(reach.cluster(&cluster("pay", Tier::Production, "payments")));
        for other in [
            cluster("logs", Tier::Production, "payments"),
            cluster("pay", Tier::Staging, "payments"),
            cluster("pay", Tier::Production, "logs"),
        ] {
            assert!(!reach.cluster(&other), "{other:?}");
            assert!(Reach::everywhere().cluster(&other));
        }
    }

    #[test]
    fn grantees_are_ids() {
        let who = Principal {
            account: Account::Discord(7),
            person: "ann".parse().unwrap(),
            chat_roles: [ChatRole(50)].into(),
        };
        assert!(Grantee::Person("ann".parse().unwrap()).is(&who));
        assert!(Grantee::ChatRole(ChatRole(50)).is(&who));
        assert!(Grantee::Account(Account::Discord(7)).is(&who));
        for other in [
            Grantee::Person("bob".parse().unwrap()),
            Grantee::ChatRole(ChatRole(7)),
            Grantee::Account(Account::System(7)),
        ] {
            assert!(!other.is(&who), "{other:?}");
        }
    }
}
