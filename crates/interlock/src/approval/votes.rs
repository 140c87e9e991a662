//! Votes, and which seats they fill. People fill seats, not accounts, and one person fills one seat.

use super::glass::Glass;
use crate::id::PersonId;
use crate::plan::{Digest, Seat};
use crate::principal::Account;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a vote says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// Yes; can be withdrawn until the operation starts.
    Approve,
    /// No; final once it counts.
    Veto,
}

/// How a vote was cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voted {
    /// By a reaction on the card: re-read state.
    Reaction,
    /// By `/approve` or `/reject`: a stored fact.
    Command,
}

/// One account's vote on one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The account.
    pub account: Account,
    /// The human behind it.
    pub person: PersonId,
    /// What it says.
    pub voice: Voice,
    /// How it was cast.
    pub by: Voted,
    /// The plan it was cast on.
    pub digest: Digest,
    /// When it was first seen.
    pub at: Millis,
}

/// A vote together with what its caster may do *now*, as policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// The vote.
    pub vote: Vote,
    /// The seats of the plan it could fill, by index; or why none.
    pub eligible: Result<BTreeSet<usize>, NotCounted>,
    /// Whether a veto of this caster counts: whoever could fill a seat, or an operator in scope.
    pub may_veto: bool,
}

/// Why a vote fills no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotCounted {
    /// The voter asked for the plan, or changed it.
    AskedForIt,
    /// No role or ownership that a seat asks for.
    NoRight,
    /// No longer a member, banned, timed out, or pending.
    NotAMember,
    /// The voter's roles could not be looked up now.
    CannotVerify,
    /// Cast on another plan.
    OtherPlan,
    /// Every seat this person could fill is filled by others.
    NotNeeded,
    /// The same person voted with another account.
    SamePerson,
    /// The same person also vetoes.
    AlsoVetoes,
    /// It cannot be undone, and the voter has not typed the name of what it changes.
    Unconfirmed,
}

impl NotCounted {
    /// The key of its sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AskedForIt => "asked-for-it",
            Self::NoRight => "no-right",
            Self::NotAMember => "not-a-member",
            Self::CannotVerify => "cannot-verify",
            Self::OtherPlan => "other-plan",
            Self::NotNeeded => "not-needed",
            Self::SamePerson => "same-person",
            Self::AlsoVetoes => "also-vetoes",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// A vote that fills no seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncounted {
    /// Whose.
    pub person: PersonId,
    /// Why.
    pub why: NotCounted,
}

/// How a vote stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Who fills each seat; none where it is empty. As long as the plan's list of seats.
    pub seats: Vec<Option<PersonId>>,
    /// Approvals that fill no seat.
    pub uncounted: Vec<Uncounted>,
    /// People whose veto counts.
    pub vetoes: Vec<PersonId>,
    /// Whether somebody's rights could not be looked up: an approval that hangs on them must wait.
    pub cannot_verify: bool,
    /// Whether one of those who could not be looked up vetoes: nothing goes on until that is known.
    pub open_veto: bool,
    /// Seats, by index, through which one more person would fill one more: empty, or of somebody who could move to such a one.
    #[serde(default)]
    pub free: BTreeSet<usize>,
    /// Who broke the glass: the seats that are empty are skipped.
    #[serde(default)]
    pub broken: Option<PersonId>,
}

impl Tally {
    /// Whether there are seats and every one is filled or skipped, nobody vetoes, and no veto had to be left open.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        (self.is_full() || self.broken.is_some()) && self.vetoes.is_empty() && !self.open_veto
    }

    /// Whether there are seats and every one is filled.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.seats.is_empty() && self.seats.iter().all(Option::is_some)
    }

    /// Who skips seats by having broken the glass; nobody where every seat is filled.
    #[must_use]
    pub fn skipped_by(&self) -> Option<&PersonId> {
        self.broken.as_ref().filter(|_| !self.is_full())
    }

    /// The same vote with what the glass on its plan is worth.
    #[must_use]
    pub fn with_glass(mut self, glass: &Glass) -> Self {
        match glass {
            Glass::Broken { by, .. } => self.broken = Some(by.clone()),
            Glass::CannotVerify => self.cannot_verify = true,
            Glass::Whole | Glass::Lapsed => {}
        }
        self
    }

    /// How many seats are filled.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.seats.iter().flatten().count()
    }
}

/// Counts ballots on the plan of this digest. Seats are filled by a maximum matching, so that no order of votes matters.
#[must_use]
pub fn tally(seats: &[Seat], digest: Digest, ballots: &[Ballot]) -> Tally {
    let mut uncounted = Vec::new();
    let vetoes = vetoes(digest, ballots);
    let mut eligible: BTreeMap<&PersonId, &BTreeSet<usize>> = BTreeMap::new();
    let approvals = ballots.iter().filter(|ballot| ballot.vote.voice == Voice::Approve);
    for ballot in approvals {
        let person = &ballot.vote.person;
        let refusal = if ballot.vote.digest != digest {
            Some(NotCounted::OtherPlan)
        } else if vetoes.contains(person) {
            Some(NotCounted::AlsoVetoes)
        } else if eligible.contains_key(person) {
            Some(NotCounted::SamePerson)
        } else {
            ballot.eligible.as_ref().err().copied()
        };
        match (refusal, &ballot.eligible) {
            (None, Ok(for_seats)) => {
                eligible.insert(person, for_seats);
            }
            (why, _) => uncounted.push(Uncounted { person: person.clone(), why: why.unwrap_or(NotCounted::NoRight) }),
        }
    }
    // Who reacted first and typed the name afterwards has confirmed.
    uncounted.retain(|one| one.why != NotCounted::Unconfirmed || !eligible.contains_key(&one.person));
    let filled = matching(seats.len(), &eligible);
    let free = free(&filled, &eligible);
    let seated: BTreeSet<&PersonId> = filled.iter().flatten().copied().collect();
    let spare = eligible.keys().filter(|person| !seated.contains(*person));
    uncounted.extend(spare.map(|person| Uncounted { person: (*person).clone(), why: NotCounted::NotNeeded }));
    let open_veto = ballots.iter().any(|ballot| {
        let is_veto = ballot.vote.voice == Voice::Veto && ballot.vote.digest == digest;
        is_veto && ballot.eligible == Err(NotCounted::CannotVerify)
    });
    Tally {
        open_veto,
        free,
        broken: None,
        seats: filled.into_iter().map(|person| person.cloned()).collect(),
        cannot_verify: open_veto || uncounted.iter().any(|one| one.why == NotCounted::CannotVerify),
        uncounted,
        vetoes,
    }
}

fn vetoes(digest: Digest, ballots: &[Ballot]) -> Vec<PersonId> {
    let counted = ballots
        .iter()
        .filter(|ballot| ballot.vote.voice == Voice::Veto && ballot.vote.digest == digest && ballot.may_veto)
        .map(|ballot| ballot.vote.person.clone());
    counted.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A maximum matching of people to seats by augmenting paths (Kuhn); seats and voters are few.
fn matching<'a>(seats: usize, eligible: &BTreeMap<&'a PersonId, &BTreeSet<usize>>) -> Vec<Option<&'a PersonId>> {
    let mut filled: Vec<Option<&PersonId>> = vec![None; seats];
    for person in eligible.keys().copied() {
        let mut tried = vec![false; seats];
        seat(person, eligible, &mut filled, &mut tried);
    }
    filled
}

fn seat<'a>(
    person: &'a PersonId,
    eligible: &BTreeMap<&'a PersonId, &BTreeSet<usize>>,
    filled: &mut [Option<&'a PersonId>],
    tried: &mut [bool],
) -> bool {
    let Some(possible) = eligible.get(person) else { return false };
    for &place in possible.iter() {
        if place >= filled.len() || tried[place] {
            continue;
        }
        tried[place] = true;
        let free = match filled[place] {
            None => true,
            Some(other) => seat(other, eligible, filled, tried),
        };
        if free {
            filled[place] = Some(person);
            return true;
        }
    }
    false
}

/// The empty seats, and those of people who could move to one of these.
fn free(filled: &[Option<&PersonId>], eligible: &BTreeMap<&PersonId, &BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut free = BTreeSet::new();
    loop {
        let moves_to = |person: &PersonId| eligible.get(person).is_some_and(|seats| !seats.is_disjoint(&free));
        let more =
            filled.iter().enumerate().find(|(place, person)| !free.contains(place) && person.is_none_or(moves_to));
        let Some((place, _)) = more else { return free };
        free.insert(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(person: &str, voice: Voice, eligible: &[usize]) -> Ballot {
        Ballot {
            vote: Vote {
                account: Account::Discord(7),
                person: person.parse().unwrap(),
                voice,
                by: Voted::Reaction,
                digest: Digest::of(b"plan"),
                at: Millis(0),
            },
            eligible: if eligible.is_empty() {
                Err(NotCounted::NoRight)
            } else {
                Ok(eligible.iter().copied().collect())
            },
            may_veto: !eligible.is_empty(),
        }
    }

    fn seats(count: usize) -> Vec<Seat> {
        vec![Seat::Approver; count]
    }

    fn count(seat_count: usize, ballots: &[Ballot]) -> Tally {
        tally(&seats(seat_count), Digest::of(b"plan"), ballots)
    }

    #[test]
    fn a_vote_that_was_confirmed_afterwards_is_not_told_as_one_that_was_not() {
        let reacted = Ballot { eligible: Err(NotCounted::Unconfirmed), ..ballot("bob", Voice::Approve, &[0]) };
        let alone = count(1, std::slice::from_ref(&reacted));
        assert_eq!((alone.filled(), alone.uncounted[0].why), (0, NotCounted::Unconfirmed));
        let tally = count(1, &[reacted.clone(), ballot("bob", Voice::Approve, &[0])]);
        assert!(tally.is_approved() && tally.uncounted.is_empty(), "{tally:?}");
        let other = count(2, &[reacted, ballot("carol", Voice::Approve, &[0, 1])]);
        assert_eq!((other.filled(), other.uncounted.len()), (1, 1), "somebody else's confirmation is not bob's");
    }

    #[test]
    fn one_person_fills_one_seat() {
        let twice = [ballot("bob", Voice::Approve, &[0, 1]), ballot("bob", Voice::Approve, &[0, 1])];
        let tally = count(2, &twice);
        assert_eq!(tally.filled(), 1);
        assert!(!tally.is_approved());
        assert_eq!(tally.uncounted[0].why, NotCounted::SamePerson);
    }

    #[test]
    fn matching_finds_the_filling_that_greed_misses() {
        let ballots = [
            ballot("ann", Voice::Approve, &[0, 1]),
            ballot("bob", Voice::Approve, &[0]),
            ballot("cid", Voice::Approve, &[1, 2]),
        ];
        assert!(count(3, &ballots).is_approved());
    }

    /// ann sits in seat 0 or 1 and the other one is empty: who can take either of them is of use, and who can take 2 is not.
    #[test]
    fn a_seat_is_free_also_where_its_taker_could_move() {
        let tally = count(3, &[ballot("ann", Voice::Approve, &[0, 1]), ballot("bob", Voice::Approve, &[2])]);
        assert_eq!((tally.filled(), tally.free), (2, [0, 1].into()));
        assert_eq!(count(2, &[]).free, [0, 1].into());
        let full = count(2, &[ballot("ann", Voice::Approve, &[0, 1]), ballot("bob", Voice::Approve, &[0])]);
        assert!(full.is_approved() && full.free.is_empty(), "{full:?}");
    }

    #[test]
    fn a_veto_that_counts_stands_against_any_number() {
        let mut ballots = vec![ballot("ann", Voice::Approve, &[0]), ballot("bob", Voice::Veto, &[0])];
        assert!(!count(1, &ballots).is_approved());
        ballots[1] = ballot("bob", Voice::Veto, &[]);
        assert!(count(1, &ballots).is_approved(), "an outsider's veto does not count");
    }

    #[test]
    fn who_vetoes_and_approves_has_vetoed() {
        let ballots = [ballot("ann", Voice::Approve, &[0]), ballot("ann", Voice::Veto, &[0])];
        let tally = count(1, &ballots);
        assert_eq!((tally.filled(), tally.vetoes.len()), (0, 1));
        assert_eq!(tally.uncounted[0].why, NotCounted::AlsoVetoes);
    }

    #[test]
    fn a_vote_on_another_plan_counts_for_nothing() {
        let mut other = ballot("ann", Voice::Approve, &[0]);
        other.vote.digest = Digest::of(b"another plan");
        assert_eq!(count(1, &[other.clone()]).uncounted[0].why, NotCounted::OtherPlan);
        other.vote.voice = Voice::Veto;
        assert!(count(1, &[other]).vetoes.is_empty());
    }

    #[test]
    fn without_seats_nothing_is_approved() {
        assert!(!count(0, &[]).is_approved());
        assert!(!Tally::default().is_approved());
    }

    #[test]
    fn broken_glass_skips_seats_and_no_veto() {
        let olga = Glass::Broken { by: "olga".parse().unwrap(), reason: "payments stand still".to_owned() };
        let voted = [ballot("ann", Voice::Approve, &[0])];
        let skipped = count(2, &voted).with_glass(&olga);
        assert!(skipped.is_approved() && skipped.skipped_by().is_some() && !skipped.is_full());
        assert!(!count(2, &voted).is_approved(), "it is the glass that skips the other one");
        assert_eq!(count(1, &voted).with_glass(&olga).skipped_by(), None, "nothing is left to be skipped");
        let vetoed = [ballot("ann", Voice::Veto, &[0])];
        assert!(!count(2, &vetoed).with_glass(&olga).is_approved());
        let unknown = Ballot { eligible: Err(NotCounted::CannotVerify), ..ballot("cid", Voice::Veto, &[]) };
        assert!(!count(2, &[unknown]).with_glass(&olga).is_approved(), "it may be a no");
        for glass in [Glass::Whole, Glass::Lapsed, Glass::CannotVerify] {
            let tally = count(2, &voted).with_glass(&glass);
            assert_eq!((tally.is_approved(), tally.cannot_verify), (false, glass == Glass::CannotVerify));
        }
    }

    #[test]
    fn a_veto_that_cannot_be_verified_holds_everything() {
        let mut unknown = ballot("cid", Voice::Veto, &[]);
        unknown.eligible = Err(NotCounted::CannotVerify);
        let ballots = [ballot("ann", Voice::Approve, &[0]), unknown];
        let tally = count(1, &ballots);
        assert!(!tally.is_approved() && tally.cannot_verify);
    }
}
