//! Which seats a plan needs when it is made, and which it needs now: the stricter of the two holds.

use super::UNDO_WINDOW;
use super::rules::Policy;
use super::seats::{Demand, Weight, seats};
use crate::changes::Guard;
use crate::cluster::Cluster;
use crate::id::PersonId;
use crate::plan::{Check, Draft, Impact, Level, Plan, Requester, Seat};
use crate::time::Millis;
use std::time::Duration;

/// The operation that a way back takes back, as far as seats depend on it.
#[derive(Debug, Clone, Copy)]
pub struct WayBack<'a> {
    /// Who asked for it.
    pub requesters: &'a [Requester],
    /// When it ended.
    pub ended_at: Millis,
}

/// What a plan is made for, as far as seats depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// How much it weighs.
    pub weight: Weight,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// Who asks.
    pub requesters: &'a [Requester],
    /// What it takes back, if it does.
    pub way_back: Option<WayBack<'a>>,
    /// The present.
    pub now: Millis,
}

impl<'a> Occasion<'a> {
    /// When the plan of a draft ends unless it has started: so long after it is made, and while it is a way back that its first
    /// operation covers, with that cover.
    #[must_use]
    pub fn expires_at(&self, draft: &Draft, expiry: Duration) -> Millis {
        let end = self.now.plus(expiry);
        self.covering(draft).map_or(end, |first| end.min(first.ended_at.plus(UNDO_WINDOW)))
    }

    /// Whether it is a way back that the approval of the operation it takes back covers.
    #[must_use]
    pub fn is_covered(&self, draft: &Draft) -> bool {
        self.covering(draft).is_some()
    }

    /// The operation that is taken back, if its approval covers the way back.
    fn covering(&self, draft: &Draft) -> Option<WayBack<'a>> {
        let tells = |check: &Check| Guard::of_check(&check.id) == Some(Guard::ValuesMovedOn);
        let moved_on = draft.checks.iter().any(|check| tells(check) && check.level != Level::Pass);
        self.way_back.filter(|first| !moved_on && self.now.since(first.ended_at) <= UNDO_WINDOW)
    }
}

impl Policy {
    /// The seats of a plan that is being made. A way back within its window that only returns to saved values has its approval
    /// already: it is confirmed. So is what needs nobody else.
    #[must_use]
    pub fn votes(&self, draft: &Draft, on: &Occasion<'_>) -> Vec<Seat> {
        if let Some(first) = on.covering(draft) {
            return vec![Seat::Confirmation { by: people(first.requesters) }];
        }
        let seats = self.seats(on.weight, on.cluster, draft);
        if seats.is_empty() { vec![Seat::Confirmation { by: people(on.requesters) }] } else { seats }
    }

    /// The seats that must be filled now: the stricter of what the plan says and what the settings of today demand of it. Of a
    /// way back that its first operation covers nothing more is demanded.
    #[must_use]
    pub fn required(&self, plan: &Plan) -> Vec<Seat> {
        match self.clusters.get(&plan.cluster) {
            Some(cluster) if !plan.covered => {
                let weight = (plan.effect, plan.scope).into();
                stricter(&plan.votes, &self.demanded(weight, cluster, (&plan.checks, &plan.impact)))
            }
            _ => plan.votes.clone(),
        }
    }

    /// The seats that the settings demand of what was checked and is affected; none if nobody else has to agree.
    pub(super) fn demanded(&self, weight: Weight, cluster: &Cluster, of: (&[Check], &Impact)) -> Vec<Seat> {
        let (checks, impact) = of;
        let demand = Demand { cluster: &cluster.name, tier: cluster.tier, weight, checks, impact };
        seats(&demand, &self.seats, &self.owners)
    }
}

fn people(requesters: &[Requester]) -> Vec<PersonId> {
    requesters.iter().map(|requester| requester.person.clone()).collect()
}

/// All seats of then, and those of now that are not among them. A confirmation is there only where nobody else is needed.
#[must_use]
pub fn stricter(then: &[Seat], now: &[Seat]) -> Vec<Seat> {
    let mut all = then.to_vec();
    let mut unmatched: Vec<&Seat> = then.iter().collect();
    for seat in now {
        match unmatched.iter().position(|one| is_same(one, seat)) {
            Some(place) => drop(unmatched.remove(place)),
            None => all.push(seat.clone()),
        }
    }
    if !all.iter().all(Seat::is_confirmation) {
        all.retain(|seat| !seat.is_confirmation());
    }
    all
}

/// Owners of the same names are the same seat, whatever check asked for them.
fn is_same(one: &Seat, other: &Seat) -> bool {
    match (one, other) {
        (Seat::Owner { of, .. }, Seat::Owner { of: others, .. }) => of == others,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approvers(count: usize) -> Vec<Seat> {
        vec![Seat::Approver; count]
    }

    fn owner(of: &[&str], check: &str) -> Seat {
        Seat::Owner { of: of.iter().map(|name| (*name).to_owned()).collect(), check: check.to_owned() }
    }

    fn confirmation() -> Seat {
        Seat::Confirmation { by: vec!["ann".parse().unwrap()] }
    }

    #[test]
    fn the_higher_number_of_approvers_holds() {
        for (then, now, expected) in [(1, 1, 1), (1, 3, 3), (3, 1, 3), (2, 0, 2), (0, 2, 2)] {
            assert_eq!(stricter(&approvers(then), &approvers(now)), approvers(expected), "{then} then, {now} now");
        }
    }

    #[test]
    fn seats_of_owners_are_kept_and_added() {
        let (a, b, both) = (owner(&["a"], "keyed"), owner(&["b"], "keyed"), owner(&["a", "b"], "keyed"));
        let same = owner(&["a"], "other");
        let with = |owners: &[&Seat]| {
            let owners = owners.iter().copied().cloned();
            approvers(1).into_iter().chain(owners).collect::<Vec<_>>()
        };
        assert_eq!(stricter(&with(&[&a]), &with(&[&same])), with(&[&a]), "one seat");
        assert_eq!(stricter(&with(&[&a]), &with(&[])), with(&[&a]));
        assert_eq!(stricter(&with(&[&both]), &with(&[&a, &b])), with(&[&both, &a, &b]));
        assert_eq!(stricter(&with(&[]), &with(&[&a])), with(&[&a]));
    }

    #[test]
    fn a_confirmation_gives_way_to_others() {
        let confirmed = [confirmation()];
        assert_eq!(stricter(&confirmed, &[]), confirmed);
        assert_eq!(stricter(&confirmed, &approvers(1)), approvers(1));
        assert_eq!(stricter(&approvers(1), &confirmed), approvers(1));
    }

    /// Whatever the two are: nothing that either of them demands is left out, and nothing is demanded that neither does.
    #[test]
    fn neither_is_undercut() {
        let kinds = [Seat::Approver, owner(&["a"], "keyed"), owner(&["b"], "keyed")];
        let lists = (0..27).map(|number| {
            let counts = [number % 3, number / 3 % 3, number / 9];
            kinds.iter().zip(counts).flat_map(|(kind, count)| vec![kind.clone(); count]).collect::<Vec<_>>()
        });
        let lists: Vec<Vec<Seat>> = lists.collect();
        let count = |seats: &[Seat], kind: &Seat| seats.iter().filter(|seat| *seat == kind).count();
        for then in &lists {
            for now in &lists {
                let found = stricter(then, now);
                for kind in &kinds {
                    assert_eq!(count(&found, kind), count(then, kind).max(count(now, kind)), "{then:?} {now:?}");
                }
                assert!(found.starts_with(then), "the plan's seats come first");
            }
        }
    }
}
