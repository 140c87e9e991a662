//! Freezes: nothing starts on what is frozen, from the moment at which that is acknowledged.

use super::bed::{Bed, START, event, hold, id};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage};
use crate::store::{FreezeBy, Lift, Lifted, Store, StoreError};
use engine::port::{Journal, JournalError};
use engine::{Actor, Changes, Freezes, Operation, Record, Transition, Transitioned};
use interlock::approval::{Event, State};
use interlock::cluster::Tier;
use interlock::freeze::{Freeze, FreezeOn, MOST_FREEZES};
use interlock::id::FreezeId;
use interlock::plan::Sharing;
use interlock::principal::Account;
use interlock::time::Millis;
use std::time::Duration;
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(3_600);

fn lab() -> FreezeOn {
    FreezeOn::Cluster("lab".parse().unwrap())
}

fn freeze(number: u32, on: FreezeOn, until: Millis) -> Freeze {
    let (person, reason) = ("alice".parse().unwrap(), "black friday".to_owned());
    Freeze { id: FreezeId::from_random(number), on, person, reason, set_at: START, until }
}

fn by() -> FreezeBy {
    let actor = Actor::Person { account: Account::Discord(7), person: "alice".parse().unwrap() };
    FreezeBy { actor, request: "M2WQ7A".parse().unwrap() }
}

async fn sets(bed: &Bed, freeze: &Freeze) {
    assert!(bed.store.freeze(freeze, &by()).await.unwrap());
}

/// Whether a freeze was set, and what came of a start. A busy machine may not give a lock in time: it is asked again.
async fn freezes(store: Store) -> bool {
    let set = freeze(1, lab(), START.plus(HOUR));
    loop {
        match store.freeze(&set, &by()).await {
            Err(StoreError::Unavailable(_)) => {}
            other => return other.unwrap(),
        }
    }
}

async fn starts(store: Store, start: Transition) -> Transitioned {
    loop {
        match store.transition(&start).await {
            Err(JournalError::Unavailable(_)) => {}
            other => return other.unwrap(),
        }
    }
}

async fn lifts(bed: &Bed, on: FreezeOn, number: Option<u32>, at: Millis) -> Lifted {
    let lift = Lift { on, id: number.map(FreezeId::from_random), by: by(), reason: "it is over".to_owned(), at };
    bed.store.unfreeze(&lift).await.unwrap()
}

/// What the plans of the bed heed: their cluster and its tier.
fn over() -> Vec<FreezeOn> {
    FreezeOn::covering(&"lab".parse().unwrap(), [Tier::Production])
}

/// A start at this time that heeds freezes.
fn start(operation: &Operation, at: Millis) -> Transition {
    Transition { freezes: Freezes::Heeded(over()), at, ..event(operation, Event::Start) }
}

async fn frozen_by(bed: &Bed, operation: &Operation, at: Millis) -> Option<FreezeId> {
    match bed.store.transition(&start(operation, at)).await.unwrap() {
        Transitioned::Frozen(freeze) => Some(freeze.id),
        Transitioned::Done(_) => None,
        other => panic!("{other:?}"),
    }
}

/// What is in the log of freezes, oldest first.
async fn logged(bed: &Bed) -> Vec<Record> {
    let page = AuditPage { before: None, limit: 100 };
    let all = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
    all.into_iter().rev().map(|one| one.record).filter(|one| one.what.starts_with("freeze-")).collect()
}

fn whats(records: &[Record]) -> Vec<&str> {
    records.iter().map(|one| one.what.as_str()).collect()
}

contract! {
    async fn what_is_frozen_does_not_start_and_everything_else_goes_on(bed: &Bed) {
        let (running, queued) = (bed.running(1, Vec::new()).await, bed.queued(2).await);
        let elsewhere = bed.on("other", 3).await;
        sets(bed, &freeze(1, lab(), START.plus(HOUR))).await;
        assert_eq!(frozen_by(bed, &queued, START).await, Some(FreezeId::from_random(1)));
        assert_eq!(bed.now(&id(2)).await.state, State::Queued);
        let other = Freezes::Heeded(FreezeOn::covering(&"other".parse().unwrap(), [Tier::Production]));
        bed.does(&Transition { freezes: other, ..event(&elsewhere, Event::Start) }).await;
        bed.does(&event(&running, Event::Finish)).await;
        let asked = bed.awaiting(4).await;
        bed.does(&event(&asked, Event::Approve)).await;
        // What heeds no freeze starts: it is the freeze that stops the other one.
        bed.does(&event(&queued, Event::Start)).await;
    }

    async fn it_is_over_at_its_end_whether_or_not_anybody_recorded_that(bed: &Bed) {
        let queued = bed.queued(1).await;
        let end = START.plus(HOUR);
        sets(bed, &freeze(1, lab(), end)).await;
        let before = end.minus(Duration::from_millis(1));
        assert!(frozen_by(bed, &queued, before).await.is_some());
        assert_eq!(bed.store.frozen(&Freezes::Heeded(over()), end).await.unwrap(), None);
        assert_eq!(frozen_by(bed, &queued, end).await, None);
        assert_eq!(whats(&logged(bed).await), ["freeze-set"]);
    }

    async fn each_of_several_counts_until_it_ends_or_is_lifted(bed: &Bed) {
        let queued = bed.queued(1).await;
        let tier = FreezeOn::Tier(Tier::Production);
        sets(bed, &freeze(1, lab(), START.plus(HOUR))).await;
        sets(bed, &freeze(2, lab(), START.plus(HOUR * 3))).await;
        sets(bed, &freeze(3, tier.clone(), START.plus(HOUR * 2))).await;
        sets(bed, &freeze(4, FreezeOn::Tier(Tier::Staging), START.plus(HOUR * 9))).await;
        let heeded = Freezes::Heeded(over());
        let last = async || bed.store.frozen(&heeded, START).await.unwrap().map(|one| one.id);
        assert_eq!(last().await, Some(FreezeId::from_random(2)), "the one that ends last");
        let Lifted::Which(which) = lifts(bed, lab(), None, START).await else { panic!("two of them") };
        assert_eq!(which.len(), 2);
        assert_eq!(lifts(bed, lab(), Some(3), START).await, Lifted::NotFrozen, "that one is of the tier");
        assert!(matches!(lifts(bed, lab(), Some(2), START).await, Lifted::Done(_)));
        assert_eq!(last().await, Some(FreezeId::from_random(3)));
        assert!(matches!(lifts(bed, tier, None, START).await, Lifted::Done(_)));
        assert_eq!(frozen_by(bed, &queued, START).await, Some(FreezeId::from_random(1)), "the one that is left");
        assert_eq!(lifts(bed, lab(), None, START.plus(HOUR)).await, Lifted::NotFrozen, "it is over");
        assert!(matches!(lifts(bed, lab(), None, START).await, Lifted::Done(_)));
        assert_eq!(frozen_by(bed, &queued, START).await, None);
        let log = logged(bed).await;
        assert_eq!(whats(&log)[4..], ["freeze-lifted"; 3]);
        assert_eq!(log[4].facts.get("lifted-because"), Some(&"it is over".into()));
        assert_eq!(log[4].facts.get("reason"), Some(&"black friday".into()));
        assert_eq!(log[0].request, Some("M2WQ7A".parse().unwrap()));
    }

    async fn an_end_is_recorded_once_and_what_waited_is_due(bed: &Bed) {
        let queued = bed.queued(1).await;
        let (end, later) = (START.plus(HOUR), START.plus(HOUR * 4));
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        assert!(bed.store.remember(&queued, token, &queued.memory, later).await.unwrap());
        sets(bed, &freeze(1, lab(), end)).await;
        sets(bed, &freeze(2, lab(), later)).await;
        assert!(!bed.store.freezes_over(end.minus(Duration::from_millis(1))).await.unwrap());
        assert!(bed.store.freezes_over(end).await.unwrap());
        assert_eq!(bed.store.workable(end).await.unwrap(), []);
        for _ in 0..2 {
            bed.store.end_freezes(end).await.unwrap();
        }
        assert!(!bed.store.freezes_over(end).await.unwrap());
        let log = logged(bed).await;
        assert_eq!(whats(&log), ["freeze-set", "freeze-set", "freeze-ended"]);
        assert_eq!((&log[2].actor, log[2].facts.get("freeze")), (&Actor::Engine, log[0].facts.get("freeze")));
        assert_eq!(bed.store.workable(end).await.unwrap().len(), 1, "looked at at once");
        assert!(frozen_by(bed, &queued, end).await.is_some(), "the other one still stands");
        bed.audited().await;
    }

    async fn the_cards_of_what_has_not_started_are_drawn_anew(bed: &Bed) {
        for number in [1, 2] {
            bed.posted(number).await;
        }
        bed.on("other", 3).await;
        let dirty = async || {
            let found = bed.store.dirty_cards(100).await.unwrap();
            found.into_iter().map(|one| (one.operation, one.wanted)).collect::<Vec<_>>()
        };
        let wanted = |all: &[(interlock::id::OperationId, i64)], number| {
            all.iter().find(|(operation, _)| *operation == id(number)).map_or(0, |(_, wanted)| *wanted)
        };
        let before = dirty().await;
        sets(bed, &freeze(1, lab(), START.plus(HOUR))).await;
        let after = dirty().await;
        assert!(wanted(&after, 1) > wanted(&before, 1) && wanted(&after, 2) > wanted(&before, 2), "{after:?}");
        assert_eq!(wanted(&after, 3), wanted(&before, 3), "another cluster");
        lifts(bed, lab(), None, START).await;
        assert!(wanted(&dirty().await, 1) > wanted(&after, 1));
    }

    /// Of starts and a freeze at once the log tells which came first: no start comes after the freeze.
    async fn nothing_starts_after_a_freeze_was_acknowledged(bed: &Bed) {
        let mut queued = Vec::new();
        for number in 0..12 {
            queued.push(bed.queued(number).await);
        }
        let mut all = JoinSet::new();
        for (place, operation) in queued.into_iter().enumerate() {
            if place == 4 {
                let store = bed.store.clone();
                all.spawn(async move {
                    assert!(freezes(store).await);
                    None
                });
            }
            let (store, start) = (bed.store.clone(), start(&operation, START));
            all.spawn(async move { Some(starts(store, start).await) });
        }
        let ended: Vec<Transitioned> = all.join_all().await.into_iter().flatten().collect();
        let page = AuditPage { before: None, limit: 200 };
        let log = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
        let frozen = log.iter().find(|one| one.record.what == "freeze-set").unwrap().seq;
        let started: Vec<i64> = log.iter().filter(|one| one.record.what == "running").map(|one| one.seq).collect();
        let done = ended.iter().filter(|one| matches!(one, Transitioned::Done(_))).count();
        let stopped = ended.iter().filter(|one| matches!(one, Transitioned::Frozen(_))).count();
        assert_eq!((done + stopped, started.len()), (12, done), "{ended:?}");
        assert!(started.iter().all(|seq| *seq < frozen), "{started:?} and the freeze at {frozen}");
    }

    async fn a_start_that_comes_after_it_waits_until_it_is_known_whether_it_stands(bed: &Bed) {
        if bed.is_sqlite() {
            return;
        }
        let queued = bed.queued(1).await;
        let mut tx = bed.pools().begin().await.unwrap();
        let found = crate::store::freezes::in_the_way(&mut tx, &Freezes::Heeded(over()), START).await.unwrap();
        assert_eq!(found, None);
        // Somebody starts, and has not ended that: whoever freezes the same waits, and is not told that it stands.
        let freezing = tokio::spawn(freezes(bed.store.clone()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!freezing.is_finished());
        tx.commit().await.unwrap();
        assert!(freezing.await.unwrap());
        assert!(frozen_by(bed, &queued, START).await.is_some());
    }

    async fn a_way_back_goes_past_a_freeze_and_past_those_who_wait_for_its_end(bed: &Bed) {
        let orders = || vec![hold("orders", Sharing::Exclusive)];
        let first = bed.running(1, orders()).await;
        bed.does(&event(&first, Event::Finish)).await;
        bed.in_line(2, orders()).await;
        let back = bed.way_back(3, 1).await;
        let takes = Changes::TakeOver { from: id(1), holds: orders() };
        let passed = Freezes::Passed(over());
        let way = async || bed.store.in_the_way(&back, &takes, &passed).await.unwrap();
        assert_eq!(way().await, Some(id(2)), "nothing is frozen: who came first is first");
        sets(bed, &freeze(1, FreezeOn::Tier(Tier::Production), START.plus(HOUR))).await;
        assert_eq!(way().await, None);
        let start = Transition { holds: takes.clone(), freezes: passed.clone(), ..event(&back, Event::Start) };
        bed.does(&start).await;
    }

    async fn there_is_a_limit_to_the_freezes_of_one_thing(bed: &Bed) {
        let most = u32::try_from(MOST_FREEZES).unwrap();
        for number in 0..most {
            sets(bed, &freeze(number, lab(), START.plus(HOUR))).await;
        }
        let entries = bed.audited().await;
        assert!(!bed.store.freeze(&freeze(most, lab(), START.plus(HOUR)), &by()).await.unwrap());
        let taken = bed.store.freeze(&freeze(0, FreezeOn::Tier(Tier::Staging), START.plus(HOUR)), &by()).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
        assert_eq!(bed.audited().await, entries, "neither left anything behind");
        sets(bed, &freeze(most, FreezeOn::Tier(Tier::Staging), START.plus(HOUR))).await;
    }
}
