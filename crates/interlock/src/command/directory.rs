//! Names kept in memory for completion and for "did you mean", and what a person may see of them.

use super::topics::may_mean;
use crate::id::{BrokerName, ClusterName, GroupId, OperationId, TopicName};
use crate::plan::Digest;
use crate::policy::Sight;
use crate::time::Millis;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The longest value a chat's suggestion carries, in characters.
pub(super) const LONGEST_SUGGESTED: usize = 100;

/// The names that were last seen. May be stale or empty: what is done is not decided by it, only what is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// By cluster.
    pub clusters: BTreeMap<ClusterName, ClusterNames>,
    /// Operations that have not ended, and those that ended lately, the newest first.
    pub operations: Vec<OpenOperation>,
}

/// The names of one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterNames {
    /// When they were seen; none if never.
    pub seen_at: Option<Millis>,
    /// Topics.
    pub topics: BTreeSet<TopicName>,
    /// Consumer groups.
    pub groups: BTreeSet<GroupId>,
    /// Brokers.
    pub brokers: BTreeSet<BrokerName>,
}

/// An operation as completion knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOperation {
    /// Its id.
    pub id: OperationId,
    /// The command it came from.
    pub command: String,
    /// The cluster it concerns.
    pub cluster: ClusterName,
    /// The topics and groups it concerns: who may not see one of them does not see the operation.
    pub names: Vec<String>,
    /// The digest of the plan that counts.
    pub digest: Digest,
}

/// What one person sees of the directory from one place.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The names.
    pub directory: &'a Directory,
    /// What the person may see.
    pub sight: &'a Sight,
    /// The cluster that the place belongs to, if it is exactly one.
    pub here: Option<&'a ClusterName>,
}

impl<'a> View<'a> {
    /// The cluster that is meant when none is named: the place's, else the only one in sight.
    #[must_use]
    pub fn default_cluster(&self) -> Option<&'a ClusterName> {
        let here = self.here.and_then(|here| self.sight.cluster(here.as_str()));
        here.or_else(|| self.sight.only_cluster())
    }

    /// The topics in sight.
    pub fn topics(&self, cluster: &'a ClusterName) -> impl Iterator<Item = &'a str> {
        let names = self.directory.clusters.get(cluster).into_iter().flat_map(|names| &names.topics);
        let sight = self.sight;
        names.map(TopicName::as_str).filter(move |name| sight.name(cluster, name))
    }

    /// Whether all topics that a word for several may mean are in sight. One that means nothing that was seen is like one that
    /// means what is out of sight, so that neither is told from the other.
    #[must_use]
    pub fn has_all_of(&self, cluster: &ClusterName, word: &str) -> bool {
        if self.sight.whole(cluster) {
            return true;
        }
        let seen = self.directory.clusters.get(cluster).into_iter().flat_map(|names| &names.topics);
        let mut meant = seen.map(TopicName::as_str).filter(|name| may_mean(word, name)).peekable();
        meant.peek().is_some() && meant.all(|name| self.sight.name(cluster, name))
    }

    /// The consumer groups in sight.
    pub fn groups(&self, cluster: &'a ClusterName) -> impl Iterator<Item = &'a str> {
        let names = self.directory.clusters.get(cluster).into_iter().flat_map(|names| &names.groups);
        let sight = self.sight;
        names.map(GroupId::as_str).filter(move |name| sight.name(cluster, name))
    }

    /// The brokers of a cluster: who sees the cluster sees them.
    pub fn brokers(&self, cluster: &'a ClusterName) -> impl Iterator<Item = &'a str> {
        let names = self.directory.clusters.get(cluster).into_iter().flat_map(|names| &names.brokers);
        names.map(BrokerName::as_str)
    }

    /// The operations in sight.
    pub fn operations(&self) -> impl Iterator<Item = &'a OpenOperation> {
        let sight = self.sight;
        let names = |operation: &'a OpenOperation| operation.names.iter().map(String::as_str);
        self.directory.operations.iter().filter(move |one| sight.all_names(&one.cluster, names(one)))
    }
}

/// The short stable handle of a name that is too long for a suggestion: `#` and eight base32 characters of its SHA-256.
#[must_use]
pub fn handle(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letters = (0..8).rev().map(|place| char::from(BASE32[(bits >> (5 * place) & 31) as usize]));
    std::iter::once('#').chain(letters).collect()
}

/// Whether a text has the form of a handle.
pub(super) fn is_handle(text: &str) -> bool {
    text.len() == 9 && text.starts_with('#') && text.bytes().skip(1).all(|byte| BASE32.contains(&byte))
}

/// The name behind a handle: the only one among `names` that is long enough to need one and has it.
pub(super) fn behind<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let long = names.filter(|name| name.chars().count() > LONGEST_SUGGESTED);
    let mut found = long.filter(|name| handle(name) == wanted);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Names, Pattern};

    #[test]
    fn several_topics_are_in_sight_if_some_are_meant_and_none_is_out_of_it() {
        let cluster = |name: &str| name.parse::<ClusterName>().unwrap();
        let topics =
            ["orders-eu", "orders-us", "orders-eu-internal", "audit"].map(|name| name.parse::<TopicName>().unwrap());
        let names = ClusterNames { topics: topics.into(), ..ClusterNames::default() };
        let directory = Directory { clusters: [(cluster("lab"), names)].into(), operations: Vec::new() };
        let has = |sight: &Sight, on: &str, word: &str| {
            View { directory: &directory, sight, here: None }.has_all_of(&cluster(on), word)
        };
        let seeing = |source: &str| {
            let mut sight = Sight::nothing();
            for name in ["lab", "unknown"] {
                sight.add(&cluster(name), Names::Matching(vec![Pattern::new(source).unwrap()]));
            }
            sight
        };
        let own = seeing("orders-(eu|us)");
        assert!(has(&own, "lab", "orders-u*") && has(&own, "lab", "*-eu"));
        for word in ["orders-*", "orders-e*l", "orders-x*", "all", "busiest:1", "*"] {
            assert!(!has(&own, "lab", word), "{word}");
        }
        assert!(!has(&seeing("orders-[^-]*"), "lab", "orders-*"), "its text is in sight, and not all that it means");
        for word in ["orders-*", "all", "busiest:1", "*"] {
            assert!(has(&seeing(".*"), "lab", word), "{word}");
            assert!(!has(&seeing(".*"), "unknown", word), "{word}: nothing was seen there");
            assert!(has(&Sight::everything_of([cluster("unknown")]), "unknown", word), "{word}");
        }
    }

    #[test]
    fn handles_are_short_stable_and_lead_back() {
        let long = "orders.".repeat(20);
        let of_long = handle(&long);
        assert_eq!(of_long, handle(&long));
        assert!(is_handle(&of_long) && of_long.len() == 9);
        // First 40 bits of SHA-256 of "abc" are ba7816bf8f.
        assert_eq!(handle("abc"), "#XJ4BNP4P");
        let names = [long.as_str(), "abc"];
        assert_eq!(behind(&of_long, names.into_iter()), Some(long.as_str()));
        assert_eq!(behind(&handle("abc"), names.into_iter()), None, "short names need none");
        assert_eq!(behind(&of_long, [long.as_str(), long.as_str()].into_iter()), None, "two of one handle are neither");
        for wrong in ["#", "XJ4BNP4P", "#XJ4BNP4", "#xj4bnp4p", "#XJ4BNP41", "#XJ4BNP4PP"] {
            assert!(!is_handle(wrong), "{wrong}");
        }
    }
}
