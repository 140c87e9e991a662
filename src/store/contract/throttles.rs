//! `/throttle`: the last word counts, while the operation goes on.

use super::bed::{Bed, START, event, id};
use super::contract;
use crate::store::ThrottleAsked;
use crate::store::audit::{AuditFilter, AuditPage};
use engine::port::Journal;
use interlock::approval::Event;
use interlock::facts::Fact;
use interlock::principal::Account;

fn asked(bytes_per_second: u64) -> ThrottleAsked {
    ThrottleAsked {
        operation: id(1),
        bytes_per_second,
        person: "bob".parse().unwrap(),
        account: Account::Discord(7),
        request: "M2WQ7A".parse().unwrap(),
        reason: "writes are slow".to_owned(),
        at: START,
    }
}

contract! {
    async fn the_last_word_about_a_throttle_counts_and_each_is_in_the_log(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        assert_eq!(bed.store.throttle(&id(1)).await.unwrap(), None);
        for rate in [20, 30] {
            assert!(bed.store.ask_throttle(&asked(rate)).await.unwrap());
            assert_eq!(bed.store.throttle(&id(1)).await.unwrap(), Some(rate));
        }
        let told = AuditFilter { what: Some("throttle-asked".to_owned()), ..AuditFilter::default() };
        let told = bed.store.audit_search(&told, AuditPage { before: None, limit: 9 }).await.unwrap();
        let rates: Vec<_> = told.iter().rev().map(|one| one.record.facts.get("rate").cloned()).collect();
        assert_eq!(rates, [Some(Fact::Bytes(20)), Some(Fact::Bytes(30))]);
    }

    async fn no_throttle_is_taken_before_the_start_nor_once_it_stops(bed: &Bed) {
        bed.awaiting(1).await;
        let entries = bed.audited().await;
        assert!(!bed.store.ask_throttle(&asked(20)).await.unwrap(), "nothing runs yet");
        assert_eq!(bed.audited().await, entries);
        bed.running(2, Vec::new()).await;
        let running = bed.now(&id(2)).await;
        let of_two = |rate| ThrottleAsked { operation: id(2), ..asked(rate) };
        assert!(bed.store.ask_throttle(&of_two(20)).await.unwrap());
        bed.does(&event(&running, Event::Stop)).await;
        assert!(!bed.store.ask_throttle(&of_two(30)).await.unwrap(), "it stops");
        assert_eq!(bed.store.throttle(&id(2)).await.unwrap(), Some(20));
        assert!(!bed.store.ask_throttle(&ThrottleAsked { operation: id(9), ..asked(20) }).await.unwrap());
    }

    async fn a_rate_that_cannot_be_stored_is_an_error(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        assert!(bed.store.ask_throttle(&asked(u64::MAX)).await.is_err());
        assert_eq!(bed.store.throttle(&id(1)).await.unwrap(), None);
    }
}
