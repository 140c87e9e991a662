//! People who are turned away, for the audit log: the first ones one by one, a flood as a number.

use super::answer::{Done, Recorded};
use super::handle::Desk;
use engine::{Actor, Record};
use interlock::facts::Facts;
use interlock::id::RequestId;
use interlock::principal::{Account, Principal};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

/// Within this time
const WINDOW: Duration = Duration::from_secs(60);
/// so many entries are written of one account and one kind,
const OF_ONE: u32 = 5;
/// and so many of one kind.
const OF_A_KIND: u32 = 30;

/// What is counted within one window.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    since: Millis,
    kinds: BTreeMap<&'static str, Kind>,
}

#[derive(Debug, Default)]
struct Kind {
    written: BTreeMap<Option<Account>, u32>,
    left_out: i64,
}

impl Strangers {
    /// Whether one more of this kind gets an entry of its own; else it is only counted.
    pub(super) fn admits(&mut self, kind: &'static str, account: Option<Account>, now: Millis) -> bool {
        if self.kinds.is_empty() {
            self.since = now;
        }
        let kind = self.kinds.entry(kind).or_default();
        let room = kind.written.values().sum::<u32>() < OF_A_KIND;
        let mine = kind.written.get(&account).copied().unwrap_or(0);
        if !room || mine >= OF_ONE {
            kind.left_out += 1;
            return false;
        }
        kind.written.insert(account, mine + 1);
        true
    }

    /// The end of a window: what was only counted in it.
    pub(super) fn sum_up(&mut self, now: Millis) -> Vec<Record> {
        if now.since(self.since) < WINDOW {
            return Vec::new();
        }
        let since = self.since;
        let kinds = std::mem::take(&mut self.kinds).into_iter();
        kinds
            .filter(|(_, kind)| kind.left_out > 0)
            .map(|(kind, counted)| summary(kind, counted.left_out, since))
            .collect()
    }
}

impl Desk {
    /// Somebody is not served at all. Nobody waits for the record.
    pub(crate) fn turned_away(&self, kind: &'static str, account: Option<Account>, request: &RequestId) {
        if !self.admits(kind, account) {
            return;
        }
        let record = Record {
            what: "turned-away".to_owned(),
            actor: account.map_or(Actor::Engine, |account| self.actor_of(account)),
            operation: None,
            request: Some(request.clone()),
            digest: None,
            facts: Facts::none().with("denied", kind),
        };
        self.recorder.note(record, self.rooms.clock.now());
    }

    /// Records what came of a request. People without any role are turned away, and a flood of them is counted.
    pub(super) async fn record(&self, record: Record, done: &Done, principal: &Principal) -> Recorded {
        let is_stranger =
            matches!(done, Done::Denied(_)) && self.rooms.policy.sight(principal).clusters().next().is_none();
        if is_stranger && !self.admits("no-role", Some(principal.account)) {
            return Recorded::No;
        }
        self.recorder.record(record, self.rooms.clock.now()).await
    }

    /// Writes what was only counted, once its time is over.
    pub fn sum_up_strangers(&self) {
        let now = self.rooms.clock.now();
        let summed = self.strangers.lock().unwrap_or_else(PoisonError::into_inner).sum_up(now);
        summed.into_iter().for_each(|record| self.recorder.note(record, now));
    }

    pub(super) fn admits(&self, kind: &'static str, account: Option<Account>) -> bool {
        self.sum_up_strangers();
        let now = self.rooms.clock.now();
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).admits(kind, account, now)
    }

    pub(super) fn actor_of(&self, account: Account) -> Actor {
        Actor::Person { account, person: self.rooms.policy.people.person(account) }
    }
}

fn summary(kind: &str, count: i64, since: Millis) -> Record {
    Record {
        what: "turned-away-more".to_owned(),
        actor: Actor::Engine,
        operation: None,
        request: None,
        digest: None,
        facts: Facts::none().with("denied", kind).with("count", count).with("since", since.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::facts::Fact;

    const NOW: Millis = Millis(1_795_402_000_000);

    fn account(number: u64) -> Option<Account> {
        Some(Account::Discord(number))
    }

    #[test]
    fn a_flood_of_one_is_counted_and_others_are_still_written() {
        let mut strangers = Strangers::default();
        let written = (0..100).filter(|_| strangers.admits("direct-message", account(1), NOW)).count();
        assert_eq!(written, 5);
        assert!(strangers.admits("direct-message", account(2), NOW), "somebody else");
        assert!(strangers.admits("foreign-guild", account(1), NOW), "something else");
        assert!(strangers.sum_up(NOW).is_empty(), "the window is not over");
        let summed = strangers.sum_up(NOW.plus(WINDOW));
        assert_eq!(summed.len(), 1, "nothing was left out of the other kind");
        assert_eq!(summed[0].facts.get("count"), Some(&Fact::Count(95)));
        assert_eq!(summed[0].facts.get("denied"), Some(&Fact::Text("direct-message".to_owned())));
        assert!(strangers.sum_up(NOW.plus(WINDOW * 2)).is_empty(), "said once");
        assert!(strangers.admits("direct-message", account(1), NOW.plus(WINDOW)), "a new window");
    }

    #[test]
    fn a_flood_of_many_accounts_is_bounded_too() {
        let mut strangers = Strangers::default();
        let written = (0..100_000).filter(|number| strangers.admits("bot", account(*number), NOW)).count();
        assert_eq!(written, 30);
        assert_eq!(strangers.kinds["bot"].written.len(), 30, "nothing is kept of those left out");
        assert_eq!(strangers.sum_up(NOW.plus(WINDOW))[0].facts.get("count"), Some(&Fact::Count(99_970)));
    }
}
