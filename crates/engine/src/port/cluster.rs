use super::Boxed;
use crate::permit::Permit;
use interlock::cluster::{Failure, FailureKind, Query, Sections, Tier};
use interlock::id::ClusterName;
use interlock::plan::Action;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Looks at one cluster.
pub trait Observe: Send + Sync {
    /// Asks all queries and gives a section for each of them: seen or failed, never left out. Has a deadline of its own, and
    /// runs what can run at once at once.
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections>;
}

/// Changes one cluster.
pub trait Act: Send + Sync {
    /// Does one action, within the act deadline of the settings. Sends it again only where it is known that nothing was
    /// applied, and nothing at all once the permit has ended: that is looked at right before sending. The permit is what makes it
    /// lawful; without one there is no way to call this.
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted>;
}

/// A cluster that can be looked at and changed.
pub trait Backend: Observe + Act {}
impl<T: Observe + Act> Backend for T {}

/// The clusters by name. One that is only observed has nothing here by which it could be changed.
#[derive(Clone, Default)]
pub struct Clusters {
    looks: BTreeMap<ClusterName, Arc<dyn Observe>>,
    acts: BTreeMap<ClusterName, Arc<dyn Act>>,
    tiers: BTreeMap<ClusterName, Tier>,
}

impl Clusters {
    /// These clusters, all of which can be changed.
    #[must_use]
    pub fn new(clusters: BTreeMap<ClusterName, Arc<dyn Backend>>) -> Self {
        let mut all = Self::default();
        for (name, backend) in clusters {
            all.looks.insert(name.clone(), backend.clone());
            all.acts.insert(name, backend);
        }
        all
    }

    /// The same clusters, and one that is only observed, whatever it was before.
    #[must_use]
    pub fn observing(mut self, name: ClusterName, cluster: Arc<dyn Observe>) -> Self {
        self.acts.remove(&name);
        self.looks.insert(name, cluster);
        self
    }

    /// The same clusters, with the tiers that the settings put them into.
    #[must_use]
    pub fn in_tiers(self, tiers: BTreeMap<ClusterName, Tier>) -> Self {
        Self { tiers, ..self }
    }

    /// The tier of a cluster now, which may differ from that of a plan.
    pub(crate) fn tier(&self, name: &ClusterName) -> Option<Tier> {
        self.tiers.get(name).copied()
    }

    /// How a cluster is looked at.
    #[must_use]
    pub fn get(&self, name: &ClusterName) -> Option<&Arc<dyn Observe>> {
        self.looks.get(name)
    }

    /// How a cluster is changed; none if it is only observed.
    #[must_use]
    pub fn act(&self, name: &ClusterName) -> Option<&Arc<dyn Act>> {
        self.acts.get(name)
    }
}

/// What an act answered. The success of a server that is known to lie is `Unknown` until it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// The server said that all of it is done.
    Applied,
    /// It is known that nothing of it was applied.
    NotApplied(Reason),
    /// Every part of it was answered: some were applied, and the rest was refused.
    Partly(Reason),
    /// Some of it, all of it or nothing may have been applied.
    Unknown(Reason),
}

/// Why an act was not, or perhaps not, applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What kind of failure.
    pub kind: FailureKind,
    /// An id for rules and sentences where the server's answer has a known meaning ("group-has-members"), else empty.
    pub id: String,
    /// What the server or the driver said, bounded, without secrets.
    pub said: String,
}

impl Reason {
    /// The permit had ended before anything was sent.
    #[must_use]
    pub fn permit_ended() -> Self {
        let said = "the permit had ended; nothing was sent".to_owned();
        Self { kind: FailureKind::TimedOut, id: String::new(), said }
    }

    /// The action is for a cluster of another kind; nothing was sent.
    #[must_use]
    pub fn of_another_kind() -> Self {
        let Failure { kind, said } = Failure::of_another_kind();
        Self { kind, id: String::new(), said }
    }
}
