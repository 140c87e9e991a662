//! Owners of topics and groups: told before and after each change, and asked where a check demands their consent.

use super::grants::{Grantee, Of};
use super::pattern::Pattern;
use crate::id::ClusterName;
use crate::principal::Principal;
use std::collections::BTreeSet;

/// One rule of ownership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Topics and groups.
    pub names: Vec<Pattern>,
    /// In which clusters.
    pub clusters: Of<ClusterName>,
    /// Whose they are.
    pub to: BTreeSet<Grantee>,
}

impl Owner {
    /// Whether it holds in a cluster.
    #[must_use]
    pub fn is_in(&self, cluster: &ClusterName) -> bool {
        match &self.clusters {
            Of::All => true,
            Of::These(clusters) => clusters.contains(cluster),
        }
    }
}

/// All rules of ownership; where several fit, all of them own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owners(pub Vec<Owner>);

impl Owners {
    /// Who owns a topic or group; nobody if no rule fits.
    #[must_use]
    pub fn of(&self, cluster: &ClusterName, name: &str) -> BTreeSet<Grantee> {
        let fits = |owner: &&Owner| owner.names.iter().any(|pattern| pattern.matches(name));
        self.0
            .iter()
            .filter(|owner| owner.is_in(cluster))
            .filter(fits)
            .flat_map(|owner| owner.to.iter().cloned())
            .collect()
    }

    /// The rules by which a principal owns something.
    pub fn rules_of<'o>(&'o self, who: &'o Principal) -> impl Iterator<Item = &'o Owner> {
        self.0.iter().filter(|owner| owner.to.iter().any(|to| to.is(who)))
    }

    /// Who owns any of these: everybody who is told.
    #[must_use]
    pub fn of_any<'n>(&self, cluster: &ClusterName, names: impl IntoIterator<Item = &'n str>) -> BTreeSet<Grantee> {
        names.into_iter().flat_map(|name| self.of(cluster, name)).collect()
    }
}
