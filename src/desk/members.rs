//! Members as they were looked up last. What is drawn may be a little old; what is decided is looked up at that moment.

use interlock::approval::NotCounted;
use interlock::principal::{Account, Principal};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a look-up is good enough to be drawn. Shorter than the pause between two re-readings of a card, so that each
/// of them sees the roles of its time.
const GOOD_FOR: Duration = Duration::from_secs(30);
/// How many members are remembered: as many as votes are read from one card.
const MOST: usize = 10_000;

/// What was found of an account, and when.
#[derive(Debug, Clone)]
struct Found {
    at: Millis,
    member: Result<Principal, NotCounted>,
}

/// The members that were looked up lately.
#[derive(Debug, Default)]
pub(super) struct Known {
    found: Mutex<BTreeMap<Account, Found>>,
    /// Whoever looks up what may be a little old takes turns: a card is counted and drawn at the same time, and the second
    /// one is to find what the first one found.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Account, Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found a moment ago.
    pub(super) fn lately(&self, account: Account, now: Millis) -> Option<Result<Principal, NotCounted>> {
        self.lock().get(&account).filter(|found| is_good(found.at, now)).map(|found| found.member.clone())
    }

    /// Remembers what was found. A look-up that failed says nothing about the member, and is not remembered.
    pub(super) fn put(&self, account: Account, member: &Result<Principal, NotCounted>, now: Millis) {
        let mut known = self.lock();
        if matches!(member, Err(NotCounted::CannotVerify)) {
            known.remove(&account);
            return;
        }
        if known.len() >= MOST && !known.contains_key(&account) {
            known.retain(|_, found| is_good(found.at, now));
        }
        if known.len() < MOST || known.contains_key(&account) {
            known.insert(account, Found { at: now, member: member.clone() });
        }
    }

    /// Something may have changed there: the next look is a look-up.
    pub(super) fn forget(&self, account: Account) {
        self.lock().remove(&account);
    }
}

/// A clock that was set back makes everything old.
fn is_good(at: Millis, now: Millis) -> bool {
    at <= now && now.since(at) < GOOD_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = Millis(1_700_000_000_000);

    fn member(number: u64) -> (Account, Result<Principal, NotCounted>) {
        let account = Account::Discord(number);
        let person = format!("p{number}").parse().unwrap();
        (account, Ok(Principal { account, person, chat_roles: std::collections::BTreeSet::new() }))
    }

    #[test]
    fn a_member_is_known_for_a_short_while() {
        let known = Known::default();
        let (account, found) = member(7);
        assert_eq!(known.lately(account, START), None);
        known.put(account, &found, START);
        assert_eq!(known.lately(account, START.plus(GOOD_FOR - Duration::from_millis(1))), Some(found));
        assert_eq!(known.lately(account, START.plus(GOOD_FOR)), None);
        assert_eq!(known.lately(account, START.minus(Duration::from_secs(1))), None, "the clock was set back");
        known.forget(account);
        assert_eq!(known.lately(account, START), None);
    }

    #[test]
    fn a_look_up_that_failed_is_no_knowledge_and_ends_what_was_known() {
        let known = Known::default();
        let (account, found) = member(7);
        known.put(account, &found, START);
        known.put(account, &Err(NotCounted::CannotVerify), START);
        assert_eq!(known.lately(account, START), None);
        known.put(account, &Err(NotCounted::NotAMember), START);
        assert_eq!(known.lately(account, START), Some(Err(NotCounted::NotAMember)));
    }

    #[test]
    fn what_is_known_has_a_limit_and_the_old_makes_room() {
        let known = Known::default();
        for number in 0..=MOST as u64 {
            let (account, found) = member(number);
            known.put(account, &found, START);
        }
        assert_eq!(known.lock().len(), MOST);
        let later = START.plus(GOOD_FOR);
        let (account, found) = member(1 << 40);
        known.put(account, &found, later);
        assert!(known.lately(account, later).is_some());
        assert_eq!(known.lock().len(), 1, "what is too old to be drawn is gone");
    }
}
