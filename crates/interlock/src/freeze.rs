//! Freezes: for a while no change starts on a cluster, or on any of a tier. What runs goes on, planning and voting too; what
//! makes safe and ways back are never stopped.

use crate::cluster::Tier;
use crate::facts::Facts;
use crate::id::{ClusterName, FreezeId, PersonId};
use crate::plan::{Effect, Plan};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The longest freeze. Whoever needs more says so again.
pub const LONGEST_FREEZE: Duration = Duration::from_secs(30 * 86_400);
/// The most freezes of one cluster or tier at once.
pub const MOST_FREEZES: usize = 8;

/// What is frozen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeOn {
    /// One cluster.
    Cluster(ClusterName),
    /// Every cluster of a tier, also one that is added to it later.
    Tier(Tier),
}

impl FreezeOn {
    /// The kind of it: "cluster" or "tier".
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cluster(_) => "cluster",
            Self::Tier(_) => "tier",
        }
    }

    /// Its name: the cluster's, or the tier's key.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Cluster(name) => name.as_str(),
            Self::Tier(tier) => tier.key(),
        }
    }

    /// The one of this kind and name.
    #[must_use]
    pub fn of(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "cluster" => name.parse().ok().map(Self::Cluster),
            "tier" => Tier::from_key(name).map(Self::Tier),
            _ => None,
        }
    }

    /// Everything whose freeze stops the start of a plan: its cluster, the tier it was planned for, and the one of today.
    #[must_use]
    pub fn over(plan: &Plan, tier: Option<Tier>) -> Vec<Self> {
        Self::covering(&plan.cluster, [plan.tier].into_iter().chain(tier))
    }

    /// Everything whose freeze stops changes of a cluster: itself, and the tiers it counts to.
    #[must_use]
    pub fn covering(cluster: &ClusterName, tiers: impl IntoIterator<Item = Tier>) -> Vec<Self> {
        let mut all = vec![Self::Cluster(cluster.clone())];
        all.extend(tiers.into_iter().map(Self::Tier));
        all.sort();
        all.dedup();
        all
    }
}

impl fmt::Display for FreezeOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.name())
    }
}

/// One freeze. Several of one thing lie beside each other, and each counts until it ends or is lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What is frozen.
    pub on: FreezeOn,
    /// Who set it.
    pub person: PersonId,
    /// Why, in their words.
    pub reason: String,
    /// Since when.
    pub set_at: Millis,
    /// When it ends by itself.
    pub until: Millis,
}

impl Freeze {
    /// Whether it stops anything at that time.
    #[must_use]
    pub fn stands(&self, now: Millis) -> bool {
        now < self.until
    }

    /// It in facts, for notices and the audit log.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts::none()
            .with("freeze", self.id.as_str())
            .with(self.on.kind(), self.on.name())
            .with("by", self.person.as_str())
            .with("until", self.until)
            .with("reason", self.reason.as_str())
    }
}

/// Whether the start of a plan waits for the end of freezes. A way back and what makes safe never do.
#[must_use]
pub fn heeds_freezes(plan: &Plan) -> bool {
    plan.reverses.is_none() && plan.effect != Effect::Safe
}

/// The one that ends last among those that stand: before its end nothing starts.
#[must_use]
pub fn last_of<'f>(freezes: impl IntoIterator<Item = &'f Freeze>, now: Millis) -> Option<&'f Freeze> {
    freezes.into_iter().filter(|freeze| freeze.stands(now)).max_by_key(|freeze| (freeze.until, freeze.set_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn freeze(number: u32, until: i64) -> Freeze {
        Freeze {
            id: FreezeId::from_random(number),
            on: FreezeOn::Tier(Tier::Production),
            person: "alice".parse().unwrap(),
            reason: "black friday".to_owned(),
            set_at: Millis(1),
            until: Millis(until),
        }
    }

    #[test]
    fn no_command_takes_a_longer_freeze() {
        let catalogue = crate::command::Catalogue::built_in().unwrap();
        let freeze = catalogue.iter().find(|command| command.name == "freeze").unwrap();
        let ends: Vec<_> = freeze.options.iter().filter(|option| option.at_most.is_some()).collect();
        assert_eq!(ends.len(), 2, "until and for");
        assert!(ends.iter().all(|option| option.at_most == Some(LONGEST_FREEZE)));
    }

    #[test]
    fn what_is_frozen_reads_back() {
        let all = [FreezeOn::Cluster("lab".parse().unwrap())].into_iter().chain(Tier::ALL.map(FreezeOn::Tier));
        for on in all {
            assert_eq!(FreezeOn::of(on.kind(), on.name()), Some(on));
        }
        assert_eq!(FreezeOn::of("tier", "lab"), None);
        assert_eq!(FreezeOn::of("topic", "lab"), None);
    }

    #[test]
    fn a_cluster_is_covered_by_itself_and_its_tiers_once() {
        let lab: ClusterName = "lab".parse().unwrap();
        let covering = FreezeOn::covering(&lab, [Tier::Production, Tier::Staging, Tier::Production]);
        let tiers = [Tier::Staging, Tier::Production].map(FreezeOn::Tier);
        assert_eq!(covering, [&[FreezeOn::Cluster(lab)], &tiers[..]].concat());
    }

    #[test]
    fn the_last_that_stands_is_waited_for() {
        let all = [freeze(1, 50), freeze(2, 90), freeze(3, 70)];
        let last = |now: i64| last_of(&all, Millis(now)).map(|one| one.until.0);
        assert_eq!([last(10), last(89), last(90)], [Some(90), Some(90), None], "it is over at its very end");
    }
}
