//! Whose approval stands there and counts for nothing: who is told so.

use super::votes::{NotCounted, Tally};
use crate::id::PersonId;
use std::collections::{BTreeMap, BTreeSet};

impl NotCounted {
    /// Whether it says that the vote counts for nothing. What cannot be verified may count, what is not needed would count if it
    /// were, and who votes with two accounts or vetoes as well is heard otherwise.
    fn is_for_nothing(self) -> bool {
        match self {
            Self::AskedForIt | Self::NoRight | Self::NotAMember | Self::Unconfirmed => true,
            Self::CannotVerify | Self::OtherPlan | Self::NotNeeded | Self::SamePerson | Self::AlsoVetoes => false,
        }
    }
}

impl Tally {
    /// People of whom no vote counts, by any account, and why the first of them does not.
    #[must_use]
    pub fn unheard(&self) -> BTreeMap<&PersonId, NotCounted> {
        let (for_nothing, others): (Vec<_>, Vec<_>) = self.uncounted.iter().partition(|one| one.why.is_for_nothing());
        let others = others.into_iter().map(|one| &one.person);
        let heard: BTreeSet<&PersonId> = self.seats.iter().flatten().chain(&self.vetoes).chain(others).collect();
        let mut unheard = BTreeMap::new();
        for one in for_nothing.into_iter().filter(|one| !heard.contains(&one.person)) {
            unheard.entry(&one.person).or_insert(one.why);
        }
        unheard
    }
}

#[cfg(test)]
mod tests {
    use super::super::votes::Uncounted;
    use super::*;

    fn person(name: &str) -> PersonId {
        name.parse().unwrap()
    }

    fn uncounted(all: &[(&str, NotCounted)]) -> Vec<Uncounted> {
        all.iter().map(|(name, why)| Uncounted { person: person(name), why: *why }).collect()
    }

    #[test]
    fn who_has_no_vote_at_all_is_unheard() {
        use NotCounted::{AskedForIt, CannotVerify, NoRight, NotAMember, NotNeeded, SamePerson, Unconfirmed};
        let tally = Tally {
            seats: vec![Some(person("bob")), None],
            vetoes: vec![person("carol")],
            uncounted: uncounted(&[
                ("alice", AskedForIt),
                ("bob", NoRight),
                ("bob", SamePerson),
                ("carol", NoRight),
                ("dora", CannotVerify),
                ("erin", NotNeeded),
                ("frank", NotAMember),
                ("frank", NoRight),
                ("grace", NoRight),
                ("grace", CannotVerify),
                ("heidi", Unconfirmed),
            ]),
            ..Tally::default()
        };
        let unheard: Vec<(&str, NotCounted)> =
            tally.unheard().into_iter().map(|(person, why)| (person.as_str(), why)).collect();
        assert_eq!(unheard, [("alice", AskedForIt), ("frank", NotAMember), ("heidi", Unconfirmed)]);
    }
}
