//! What a person may see. Completion, "did you mean" and look-ups of clusters go through it, so that what is out of scope
//! is answered exactly like what does not exist.

use super::named::named_in;
use super::pattern::Pattern;
use crate::facts::Facts;
use crate::id::ClusterName;
use std::collections::BTreeMap;

/// The clusters a person may see, and within each the names of topics and groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    clusters: BTreeMap<ClusterName, Names>,
}

/// Which topics and groups of a cluster can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// Every one.
    All,
    /// Those that match one of these.
    Matching(Vec<Pattern>),
}

impl Names {
    /// Whether a name is among them.
    #[must_use]
    pub fn contain(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Matching(patterns) => patterns.iter().any(|pattern| pattern.matches(name)),
        }
    }

    /// These and those.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Matching(mut ours), Self::Matching(theirs)) => {
                ours.extend(theirs);
                Self::Matching(ours)
            }
            _ => Self::All,
        }
    }
}

impl Sight {
    /// Nothing at all.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Everything of these clusters: where no policy applies, as for a snapshot in a file.
    #[must_use]
    pub fn everything_of(clusters: impl IntoIterator<Item = ClusterName>) -> Self {
        Self { clusters: clusters.into_iter().map(|cluster| (cluster, Names::All)).collect() }
    }

    /// Adds names of a cluster.
    pub fn add(&mut self, cluster: &ClusterName, names: Names) {
        let joined = match self.clusters.remove(cluster) {
            Some(earlier) => earlier.or(names),
            None => names,
        };
        self.clusters.insert(cluster.clone(), joined);
    }

    /// The clusters that can be seen, in order.
    pub fn clusters(&self) -> impl Iterator<Item = &ClusterName> {
        self.clusters.keys()
    }

    /// The cluster of this name, if it can be seen.
    #[must_use]
    pub fn cluster(&self, name: &str) -> Option<&ClusterName> {
        self.clusters.keys().find(|cluster| cluster.as_str() == name)
    }

    /// The cluster, if exactly one can be seen.
    #[must_use]
    pub fn only_cluster(&self) -> Option<&ClusterName> {
        match self.clusters.len() {
            1 => self.clusters.keys().next(),
            _ => None,
        }
    }

    /// Whether a topic or group of this name can be seen in a cluster.
    #[must_use]
    pub fn name(&self, cluster: &ClusterName, name: &str) -> bool {
        self.clusters.get(cluster).is_some_and(|names| names.contain(name))
    }

    /// Whether every topic and group of a cluster can be seen.
    #[must_use]
    pub fn whole(&self, cluster: &ClusterName) -> bool {
        self.clusters.get(cluster).is_some_and(|names| *names == Names::All)
    }

    /// Whether every topic and group that a finding names can be seen in a cluster.
    #[must_use]
    pub fn finding(&self, cluster: &ClusterName, facts: &Facts) -> bool {
        named_in(facts).iter().all(|name| self.name(cluster, name))
    }

    /// Whether all of these names can be seen in a cluster; with no names, whether the cluster can.
    #[must_use]
    pub fn all_names<'n>(&self, cluster: &ClusterName, mut names: impl Iterator<Item = &'n str>) -> bool {
        self.clusters.get(cluster).is_some_and(|seen| names.all(|name| seen.contain(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(name: &str) -> ClusterName {
        name.parse().unwrap()
    }

    #[test]
    fn sees_what_was_added_and_nothing_else() {
        let mut sight = Sight::nothing();
        assert!(!sight.name(&cluster("lab"), "orders"));
        sight.add(&cluster("lab"), Names::Matching(vec![Pattern::new("orders.*").unwrap()]));
        assert!(sight.name(&cluster("lab"), "orders-eu"));
        assert!(!sight.name(&cluster("lab"), "billing"));
        assert!(!sight.name(&cluster("prod"), "orders"));
        sight.add(&cluster("lab"), Names::Matching(vec![Pattern::new("billing").unwrap()]));
        assert!(sight.name(&cluster("lab"), "billing"));
        assert!(sight.all_names(&cluster("lab"), ["billing", "orders"].into_iter()));
        assert!(!sight.all_names(&cluster("lab"), ["billing", "audit"].into_iter()));
        let finding = |topic: &str| Facts::none().with("group", "billing").with("topic", topic);
        assert!(sight.finding(&cluster("lab"), &finding("orders-eu")));
        assert!(!sight.finding(&cluster("lab"), &finding("audit")));
        assert!(!sight.whole(&cluster("lab")) && !sight.whole(&cluster("prod")));
        sight.add(&cluster("lab"), Names::All);
        assert!(sight.name(&cluster("lab"), "audit") && sight.whole(&cluster("lab")));
    }

    #[test]
    fn the_only_cluster_is_only_one() {
        let mut sight = Sight::everything_of([cluster("lab")]);
        assert_eq!(sight.only_cluster(), Some(&cluster("lab")));
        sight.add(&cluster("prod"), Names::All);
        assert_eq!(sight.only_cluster(), None);
        assert_eq!(sight.cluster("prod"), Some(&cluster("prod")));
        assert_eq!(sight.cluster("prod2"), None);
    }
}
