//! Which seats a plan needs: the strictest of the floors, the settings, and what the plan's checks demand.

use super::grants::Grantee;
use super::named::named_in;
use super::owners::Owners;
use crate::cluster::Tier;
use crate::id::ClusterName;
use crate::plan::{Check, Effect, Impact, Level, Scope, Seat};
use std::collections::{BTreeMap, BTreeSet};

/// The most approvers that settings can demand of one kind of plan.
pub const MOST_APPROVERS: usize = 10;
/// Deletions need two in every tier.
const FOR_DELETIONS: usize = 2;
/// The check named on a seat that is there because the application has to act.
const APPLICATION_ACTS: &str = "needs-from-application";

/// How many approvers a plan of this effect needs at least. Settings only raise it.
#[must_use]
pub fn floor(effect: Effect, tier: Tier) -> usize {
    match (effect, tier) {
        (Effect::Safe, _) | (Effect::Reversible, Tier::Development) => 0,
        (Effect::Reversible, _) | (Effect::Irreversible, Tier::Development | Tier::Staging) => 1,
        (Effect::Irreversible, Tier::Production) => 2,
    }
}

/// What the settings say about seats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeatRules {
    raised: BTreeMap<(Tier, Effect), usize>,
    /// Whether who asked may also approve, in development only.
    pub requester_approves_in_development: bool,
}

/// A number of seats that the settings may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSeats {
    /// Settings may only raise the floor.
    #[error("is below the floor of {0}")]
    BelowFloor(usize),
    /// More than anybody could fill.
    #[error("is more than {MOST_APPROVERS}")]
    TooMany,
}

impl SeatRules {
    /// Demands a number of approvers for an effect in a tier.
    ///
    /// # Errors
    /// If it is below the floor or over [`MOST_APPROVERS`].
    pub fn demand(&mut self, tier: Tier, effect: Effect, approvers: usize) -> Result<(), NotSeats> {
        let floor = floor(effect, tier);
        if approvers < floor {
            return Err(NotSeats::BelowFloor(floor));
        }
        if approvers > MOST_APPROVERS {
            return Err(NotSeats::TooMany);
        }
        self.raised.insert((tier, effect), approvers);
        Ok(())
    }

    /// How many approvers a plan of this effect needs.
    #[must_use]
    pub fn approvers(&self, effect: Effect, tier: Tier) -> usize {
        let raised = self.raised.get(&(tier, effect)).copied().unwrap_or(0);
        raised.max(floor(effect, tier))
    }
}

/// How much a plan weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What it does to the world: the higher of the catalogue's and the planner's.
    pub effect: Effect,
    /// How much of the cluster it concerns.
    pub scope: Scope,
    /// Whether it deletes something: the catalogue says.
    pub deletes: bool,
}

impl From<(Effect, Scope)> for Weight {
    /// Of what deletes nothing.
    fn from((effect, scope): (Effect, Scope)) -> Self {
        Self { effect, scope, deletes: false }
    }
}

impl Weight {
    /// The effect that counts: cluster-wide raises reversible to irreversible, and never safe.
    fn counted(self) -> Effect {
        match (self.effect, self.scope) {
            (Effect::Reversible, Scope::Cluster) => Effect::Irreversible,
            (effect, _) => effect,
        }
    }
}

/// A plan as far as its seats depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// The cluster.
    pub cluster: &'a ClusterName,
    /// Its tier.
    pub tier: Tier,
    /// How much it weighs.
    pub weight: Weight,
    /// Its checks.
    pub checks: &'a [Check],
    /// Its impact.
    pub impact: &'a Impact,
}

/// The seats of a plan: approvers first, then one for each distinct set of owners whose consent is demanded. Who answers
/// for names that nobody owns is one more approver.
#[must_use]
pub fn seats(demand: &Demand<'_>, rules: &SeatRules, owners: &Owners) -> Vec<Seat> {
    let mut approvers = rules.approvers(demand.weight.counted(), demand.tier);
    if demand.weight.deletes {
        approvers = approvers.max(FOR_DELETIONS);
    }
    let mut of_owners: BTreeMap<BTreeSet<Grantee>, (String, BTreeSet<String>)> = BTreeMap::new();
    for (check, names) in consents(demand) {
        // A consent that names nothing still needs somebody.
        let names = if names.is_empty() { BTreeSet::from([String::new()]) } else { names };
        for name in names {
            let whose = owners.of(demand.cluster, &name);
            of_owners.entry(whose).or_insert_with(|| (check.to_owned(), BTreeSet::new())).1.insert(name);
        }
    }
    if of_owners.remove(&BTreeSet::new()).is_some() {
        approvers += 1;
    }
    let of_owners = of_owners.into_values().map(|(check, of)| Seat::Owner { of: of.into_iter().collect(), check });
    std::iter::repeat_n(Seat::Approver, approvers).chain(of_owners).collect()
}

/// Each demand for consent with the names it is about.
fn consents<'a>(demand: &Demand<'a>) -> Vec<(&'a str, BTreeSet<String>)> {
    let everything = || demand.impact.topics.iter().chain(&demand.impact.groups).cloned().collect::<BTreeSet<_>>();
    let of_checks = demand.checks.iter().filter(|check| check.level == Level::Consent).map(|check| {
        let named = named_in(&check.facts);
        (check.id.as_str(), if named.is_empty() { everything() } else { named })
    });
    let mut all: Vec<_> = of_checks.collect();
    if !demand.impact.needs_from_application.is_empty() {
        let groups: BTreeSet<String> = demand.impact.groups.iter().cloned().collect();
        all.push((APPLICATION_ACTS, if groups.is_empty() { everything() } else { groups }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::policy::{Of, Owner, Pattern};
    use Effect::{Irreversible, Reversible, Safe};
    use Tier::{Development, Production, Staging};

    fn owners() -> Owners {
        let owner = |pattern: &str, person: &str| Owner {
            names: vec![Pattern::new(pattern).unwrap()],
            clusters: Of::All,
            to: [Grantee::Person(person.parse().unwrap())].into(),
        };
        Owners(vec![owner("orders.*", "ann"), owner("billing|orders-eu", "bob")])
    }

    fn count(effect: Effect, scope: Scope, tier: Tier, deletes: bool) -> usize {
        let cluster = "lab".parse().unwrap();
        let impact = Impact::default();
        let weight = Weight { effect, scope, deletes };
        let demand = Demand { cluster: &cluster, tier, weight, checks: &[], impact: &impact };
        seats(&demand, &SeatRules::default(), &owners()).len()
    }

    #[test]
    fn the_floors() {
        for (effect, scope, expected) in [
            (Safe, Scope::Group, [0, 0, 0]),
            (Safe, Scope::Cluster, [0, 0, 0]),
            (Reversible, Scope::Group, [0, 1, 1]),
            (Reversible, Scope::Topic, [0, 1, 1]),
            (Reversible, Scope::Cluster, [1, 1, 2]),
            (Irreversible, Scope::Topic, [1, 1, 2]),
            (Irreversible, Scope::Cluster, [1, 1, 2]),
        ] {
            let found = [Development, Staging, Production].map(|tier| count(effect, scope, tier, false));
            assert_eq!(found, expected, "{effect:?} {scope:?}");
        }
        for tier in [Development, Staging, Production] {
            assert_eq!(count(Irreversible, Scope::Topic, tier, true), 2, "{tier:?}");
        }
    }

    #[test]
    fn settings_only_raise() {
        let mut rules = SeatRules::default();
        assert_eq!(rules.demand(Production, Reversible, 0), Err(NotSeats::BelowFloor(1)));
        assert_eq!(rules.demand(Production, Irreversible, 1), Err(NotSeats::BelowFloor(2)));
        assert_eq!(rules.demand(Production, Irreversible, 11), Err(NotSeats::TooMany));
        assert_eq!(rules.approvers(Reversible, Production), 1);
        rules.demand(Production, Reversible, 3).unwrap();
        assert_eq!(rules.approvers(Reversible, Production), 3);
        assert_eq!(rules.approvers(Reversible, Staging), 1);
    }

    fn demanded(checks: &[Check], impact: &Impact) -> Vec<Seat> {
        let cluster = "lab".parse().unwrap();
        let demand =
            Demand { cluster: &cluster, tier: Production, weight: (Reversible, Scope::Group).into(), checks, impact };
        seats(&demand, &SeatRules::default(), &owners())
    }

    fn owner(of: &[&str], check: &str) -> Seat {
        Seat::Owner { of: of.iter().map(|name| (*name).to_owned()).collect(), check: check.to_owned() }
    }

    #[test]
    fn consent_needs_a_seat_for_each_set_of_owners() {
        let consent = |id: &str, topics: &[&str]| {
            let names: Vec<String> = topics.iter().map(|name| (*name).to_owned()).collect();
            Check::new(Level::Consent, id, Facts::none().with("topics", names))
        };
        let impact = Impact::default();
        let found = demanded(&[consent("keyed", &["orders-a", "orders-b"])], &impact);
        assert_eq!(found, [Seat::Approver, owner(&["orders-a", "orders-b"], "keyed")]);
        let found = demanded(&[consent("keyed", &["orders-a"]), consent("compacted", &["orders-b"])], &impact);
        assert_eq!(found, [Seat::Approver, owner(&["orders-a", "orders-b"], "keyed")], "one owner, one seat");
        let found = demanded(&[consent("keyed", &["orders-a", "orders-eu", "billing"])], &impact);
        assert_eq!(found.len(), 4, "ann's, bob's, and what both own: {found:?}");
        let found = demanded(&[consent("keyed", &["nobodys"])], &impact);
        assert_eq!(found, [Seat::Approver, Seat::Approver], "else one more approver");
        let warned = Check::new(Level::Warn, "keyed", Facts::none().with("topic", "orders"));
        assert_eq!(demanded(&[warned], &impact), [Seat::Approver]);
    }

    #[test]
    fn a_consent_without_names_is_about_everything_concerned() {
        let consent = [Check::new(Level::Consent, "keyed", Facts::none())];
        let impact = Impact { groups: vec!["billing".to_owned()], ..Impact::default() };
        assert_eq!(demanded(&consent, &impact), [Seat::Approver, owner(&["billing"], "keyed")]);
        assert_eq!(demanded(&consent, &Impact::default()), [Seat::Approver, Seat::Approver]);
    }

    #[test]
    fn an_application_that_has_to_act_is_asked_through_its_owner() {
        let impact = Impact {
            groups: vec!["billing".to_owned()],
            topics: vec!["orders".to_owned()],
            needs_from_application: vec!["stop-consumers".to_owned()],
            ..Impact::default()
        };
        assert_eq!(demanded(&[], &impact), [Seat::Approver, owner(&["billing"], "needs-from-application")]);
    }
}
