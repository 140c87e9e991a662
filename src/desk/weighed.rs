//! What votes were worth when they were counted last. A card shows that, and it can change by itself, as by a role that is
//! gone: then no vote has come or gone that would have the card drawn anew.

use interlock::approval::Ballot;
use interlock::id::OperationId;
use interlock::plan::Digest;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Of how many operations it is remembered; beyond that all is forgotten, at the price of a card that is drawn later.
const MOST: usize = 1_000;

/// The ballots of each plan that people vote on, as they were counted last.
#[derive(Debug, Default)]
pub(super) struct Weighed(Mutex<BTreeMap<OperationId, (Digest, Vec<Ballot>)>>);

impl Weighed {
    /// Remembers what was counted; whether a vote that stood there before is worth something else, or may be: after a start
    /// nobody knows what the card was drawn from.
    pub(super) fn differs(&self, operation: &OperationId, digest: Digest, ballots: &[Ballot]) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(operation) {
            known.clear();
        }
        let before = known.insert(operation.clone(), (digest, ballots.to_vec()));
        let Some((_, before)) = before.filter(|(of, _)| *of == digest) else { return !ballots.is_empty() };
        before.iter().any(|one| ballots.iter().any(|other| is_same_vote(one, other) && !is_worth_the_same(one, other)))
    }

    /// The vote on it is over.
    pub(super) fn forget(&self, operation: &OperationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(operation);
    }
}

fn is_same_vote(one: &Ballot, other: &Ballot) -> bool {
    let key = |ballot: &Ballot| (ballot.vote.account, ballot.vote.voice, ballot.vote.by);
    key(one) == key(other)
}

fn is_worth_the_same(one: &Ballot, other: &Ballot) -> bool {
    one.eligible == other.eligible && one.may_veto == other.may_veto
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::approval::{NotCounted, Voice, Vote, Voted};
    use interlock::principal::Account;
    use interlock::time::Millis;

    fn operation(number: usize) -> OperationId {
        OperationId::from_random(u32::try_from(number).unwrap())
    }

    fn ballot(account: u64, counts: bool) -> Ballot {
        let vote = Vote {
            account: Account::Discord(account),
            person: format!("p{account}").parse().unwrap(),
            voice: Voice::Approve,
            by: Voted::Reaction,
            digest: Digest::of(b"a plan"),
            at: Millis(0),
        };
        let eligible = if counts { Ok([0].into()) } else { Err(NotCounted::NoRight) };
        Ballot { vote, eligible, may_veto: counts }
    }

    #[test]
    fn a_vote_that_is_worth_something_else_is_told_once() {
        let weighed = Weighed::default();
        let (id, digest) = (operation(1), Digest::of(b"a plan"));
        assert!(!weighed.differs(&id, digest, &[]));
        assert!(!weighed.differs(&id, digest, &[ballot(1, true)]), "a vote came");
        assert!(!weighed.differs(&id, digest, &[ballot(1, true), ballot(2, true)]), "another came");
        assert!(weighed.differs(&id, digest, &[ballot(1, false), ballot(2, true)]), "a role is gone");
        assert!(!weighed.differs(&id, digest, &[ballot(1, false), ballot(2, true)]));
        assert!(!weighed.differs(&id, digest, &[ballot(2, true)]), "a vote went");
    }

    #[test]
    fn what_was_never_counted_here_may_be_worth_something_else() {
        let weighed = Weighed::default();
        let digest = Digest::of(b"a plan");
        assert!(weighed.differs(&operation(1), digest, &[ballot(1, true)]), "the first count after a start");
        assert!(!weighed.differs(&operation(1), digest, &[ballot(1, true)]));
        assert!(weighed.differs(&operation(2), digest, &[ballot(1, true)]), "another operation");
        assert!(weighed.differs(&operation(1), Digest::of(b"another"), &[ballot(1, true)]), "another plan");
        weighed.forget(&operation(1));
        assert!(weighed.differs(&operation(1), Digest::of(b"another"), &[ballot(1, true)]), "forgotten");
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let weighed = Weighed::default();
        for number in 0..=MOST {
            weighed.differs(&operation(number), Digest::of(b"a plan"), &[]);
        }
        assert!(weighed.0.lock().unwrap().len() <= MOST);
    }
}
