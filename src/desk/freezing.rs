//! `/freeze` and `/unfreeze`: no change starts on a cluster or tier for a while; and what is shown of that.

use super::answer::Done;
use super::handle::{Ask, Desk, denied};
use super::rooms::Rooms;
use crate::store::{FreezeBy, Lift, Lifted, StoreError};
use interlock::cluster::Tier;
use interlock::facts::Facts;
use interlock::freeze::{Freeze, FreezeOn, MOST_FREEZES, heeds_freezes, last_of};
use interlock::id::{ClusterName, FreezeId};
use interlock::plan::{Mistake, Plan};
use interlock::time::Millis;

/// How often another id is drawn when one is taken.
const DRAWS: usize = 5;

impl Desk {
    /// Freezes what is named. Nothing that runs is stopped by it.
    pub(super) async fn freeze(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let on = named(ask)?;
        self.rooms.policy.may_freeze(&ask.request.principal, &on).map_err(denied)?;
        let (reason, until) = (words(ask, "reason")?, until(ask)?);
        for _ in 0..DRAWS {
            let freeze = Freeze {
                id: FreezeId::from_random(rand::random()),
                on: on.clone(),
                person: ask.request.principal.person.clone(),
                reason: reason.clone(),
                set_at: ask.request.asked_at,
                until,
            };
            match self.rooms.store.freeze(&freeze, &by(ask)).await {
                Ok(true) => return Ok(Done::Frozen(Box::new(freeze))),
                Ok(false) => {
                    return Err(Done::Mistake(Mistake::new(
                        "too-many-freezes",
                        Facts::none().with("most", MOST_FREEZES),
                    )));
                }
                Err(StoreError::Taken) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Done::Bug)
    }

    /// Lifts one freeze before its end. Others that stand there still count.
    pub(super) async fn unfreeze(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let on = named(ask)?;
        self.rooms.policy.may_unfreeze(&ask.request.principal, &on).map_err(denied)?;
        let at = ask.request.asked_at;
        let id = ask.arguments().text("freeze").map(|text| text.to_ascii_uppercase().parse());
        let id = id.transpose().map_err(|_| Done::Mistake(Mistake::new("not-frozen", about(&on))))?;
        let lift = Lift { on: on.clone(), id, by: by(ask), reason: words(ask, "reason")?, at };
        // Looked at before: once it is lifted nothing may make that look like a failure.
        let standing = self.rooms.store.freezes(at).await?;
        match self.rooms.store.unfreeze(&lift).await? {
            Lifted::Done(freeze) => {
                let counts = |one: &Freeze| one.id != freeze.id && self.rooms.stops_the_same(one, &on);
                let still = standing.into_iter().filter(counts).collect();
                Ok(Done::Unfrozen { freeze, still })
            }
            Lifted::Which(all) => {
                let ids: Vec<String> = all.iter().map(|freeze| freeze.id.to_string()).collect();
                Err(Done::Mistake(Mistake::new("which-freeze", about(&on).with("choices", ids))))
            }
            Lifted::NotFrozen => Err(Done::Mistake(self.not_frozen(&on, at).await?)),
        }
    }

    /// Nothing is frozen by that name. A cluster may still be stopped by its tier.
    async fn not_frozen(&self, on: &FreezeOn, at: Millis) -> Result<Mistake, Done> {
        let all = self.rooms.store.freezes(at).await?;
        let tier = all.iter().find_map(|freeze| match freeze.on {
            FreezeOn::Tier(tier) if self.rooms.stops_the_same(freeze, on) => Some(tier),
            _ => None,
        });
        Ok(match tier {
            Some(tier) if *on != FreezeOn::Tier(tier) => {
                Mistake::new("frozen-by-tier", about(on).with("tier", tier.key()))
            }
            _ => Mistake::new("not-frozen", about(on)),
        })
    }
}

impl Rooms {
    /// The freezes that stop changes of a cluster now, the one that ends last at the end.
    pub(super) async fn freezes_of(&self, cluster: &ClusterName) -> Result<Vec<Freeze>, StoreError> {
        let all = self.store.freezes(self.clock.now()).await?;
        Ok(self.among(&all, cluster))
    }

    /// Those of these freezes that stop changes of a cluster.
    pub(super) fn among(&self, all: &[Freeze], cluster: &ClusterName) -> Vec<Freeze> {
        let on = FreezeOn::covering(cluster, self.tier(cluster));
        let mut found: Vec<Freeze> = all.iter().filter(|freeze| on.contains(&freeze.on)).cloned().collect();
        found.sort_by_key(|freeze| (freeze.until, freeze.set_at));
        found
    }

    /// The freeze that the start of a plan waits for, out of these.
    pub(crate) fn frozen_by<'f>(&self, plan: &Plan, all: &'f [Freeze]) -> Option<&'f Freeze> {
        if !heeds_freezes(plan) {
            return None;
        }
        let on = FreezeOn::over(plan, self.tier(&plan.cluster));
        last_of(all.iter().filter(|freeze| on.contains(&freeze.on)), self.clock.now())
    }

    /// Whether a freeze stops what a freeze of this would stop, or a part of that.
    pub(super) fn stops_the_same(&self, freeze: &Freeze, on: &FreezeOn) -> bool {
        match on {
            FreezeOn::Tier(tier) => match &freeze.on {
                FreezeOn::Cluster(cluster) => self.tier(cluster) == Some(*tier),
                FreezeOn::Tier(other) => other == tier,
            },
            FreezeOn::Cluster(cluster) => FreezeOn::covering(cluster, self.tier(cluster)).contains(&freeze.on),
        }
    }

    fn tier(&self, cluster: &ClusterName) -> Option<Tier> {
        self.policy.clusters.get(cluster).map(|cluster| cluster.tier)
    }
}

/// A cluster or a tier, and not both: who means one of them must not get the other.
fn named(ask: &Ask<'_>) -> Result<FreezeOn, Done> {
    let tier = ask.arguments().choice("tier").and_then(Tier::from_key);
    match (ask.arguments().cluster("cluster"), tier) {
        (Some(cluster), None) => Ok(FreezeOn::Cluster(cluster.clone())),
        (None, Some(tier)) => Ok(FreezeOn::Tier(tier)),
        _ => Err(one_of(["cluster", "tier"])),
    }
}

/// Every freeze has an end.
fn until(ask: &Ask<'_>) -> Result<Millis, Done> {
    match (ask.arguments().deadline("until"), ask.arguments().duration("for")) {
        (Some(until), None) => Ok(*until),
        (None, Some(span)) => Ok(ask.request.asked_at.plus(*span)),
        _ => Err(one_of(["until", "for"])),
    }
}

/// What somebody says in an option. Blanks say nothing.
pub(super) fn words(ask: &Ask<'_>, option: &str) -> Result<String, Done> {
    match ask.arguments().text(option).map(str::trim) {
        Some(words) if !words.is_empty() => Ok(words.to_owned()),
        _ => Err(Done::Mistake(Mistake::new("empty", Facts::none().with("option", option)))),
    }
}

pub(super) fn one_of(options: [&str; 2]) -> Done {
    let choices = options.map(str::to_owned).to_vec();
    Done::Mistake(Mistake::new("one-of-these", Facts::none().with("choices", choices)))
}

fn about(on: &FreezeOn) -> Facts {
    Facts::none().with(on.kind(), on.name())
}

fn by(ask: &Ask<'_>) -> FreezeBy {
    FreezeBy { actor: ask.actor(), request: ask.request.id.clone() }
}
