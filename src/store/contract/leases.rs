//! Worker leases and what is fenced by them.

use super::bed::{Bed, START, event, id};
use super::contract;
use engine::port::{Journal, Written};
use engine::{Entry, Token, Transition, Transitioned};
use interlock::approval::Event;
use interlock::plan::Memory;

contract! {
    async fn a_lease_is_taken_by_comparing_what_was_seen(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        assert_eq!(bed.store.lease(&id(1)).await.unwrap(), None);
        let first = bed.store.take_lease(&id(1), "one", None).await.unwrap();
        assert_eq!(first, Some(Token(1)));
        assert_eq!(bed.store.take_lease(&id(1), "two", None).await.unwrap(), None, "it is there already");
        let seen = bed.store.lease(&id(1)).await.unwrap().unwrap();
        assert_eq!((seen.holder.as_str(), seen.token), ("one", Token(1)));
        assert!(bed.store.renew_lease(&id(1), Token(1)).await.unwrap());
        assert_eq!(bed.store.take_lease(&id(1), "two", Some(&seen)).await.unwrap(), None, "it beat since");
        let seen = bed.store.lease(&id(1)).await.unwrap().unwrap();
        assert_eq!(bed.store.take_lease(&id(1), "two", Some(&seen)).await.unwrap(), Some(Token(2)));
        assert_eq!(bed.store.take_lease(&id(1), "three", Some(&seen)).await.unwrap(), None, "two was faster");
        assert!(!bed.store.renew_lease(&id(1), Token(1)).await.unwrap());
    }

    async fn a_lease_given_back_can_be_taken_at_once_and_fences_its_giver(bed: &Bed) {
        let running = bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        bed.store.release_lease(&id(1), token).await.unwrap();
        let seen = bed.store.lease(&id(1)).await.unwrap().unwrap();
        assert_eq!(seen.holder, "");
        assert!(!bed.store.renew_lease(&id(1), token).await.unwrap());
        let wait = Transition { token: Some(token), ..event(&running, Event::Wait) };
        assert_eq!(bed.store.transition(&wait).await.unwrap(), Transitioned::Fenced);
        assert_eq!(bed.store.take_lease(&id(1), "two", Some(&seen)).await.unwrap(), Some(Token(2)));
        bed.store.release_lease(&id(1), token).await.unwrap();
        let holder = bed.store.lease(&id(1)).await.unwrap().unwrap().holder;
        assert_eq!(holder, "two", "an old token gives nothing back");
    }

    async fn after_a_takeover_the_old_worker_writes_nothing(bed: &Bed) {
        let running = bed.running(1, Vec::new()).await;
        let old = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let seen = bed.store.lease(&id(1)).await.unwrap().unwrap();
        let new = bed.store.take_lease(&id(1), "two", Some(&seen)).await.unwrap().unwrap();
        let before = bed.audited().await;
        let entry = Entry::Intent { step: 1, action: 0, attempt: 1, at: START };
        let written = Written { operation: &id(1), token: old, seq: 1, at: START, entry: &entry, notices: &[] };
        assert!(!bed.store.write(written).await.unwrap());
        let finish = Transition { token: Some(old), ..event(&running, Event::Finish) };
        assert_eq!(bed.store.transition(&finish).await.unwrap(), Transitioned::Fenced);
        assert!(!bed.store.remember(&running, old, &Memory::default(), START).await.unwrap());
        assert_eq!(bed.audited().await, before);
        assert_eq!(bed.store.entries(&id(1)).await.unwrap(), []);
        assert!(bed.store.write(Written { token: new, ..written }).await.unwrap());
        assert_eq!(bed.now(&id(1)).await, running);
    }

    async fn of_eight_takers_one_gets_the_lease(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        bed.store.take_lease(&id(1), "gone", None).await.unwrap().unwrap();
        let seen = bed.store.lease(&id(1)).await.unwrap().unwrap();
        let mut takers = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (store, seen) = (bed.store.clone(), seen.clone());
            takers.spawn(async move {
                store.take_lease(&id(1), &format!("taker-{number}"), Some(&seen)).await.unwrap()
            });
        }
        let tokens: Vec<Token> = takers.join_all().await.into_iter().flatten().collect();
        assert_eq!(tokens, [Token(2)]);
    }
}
