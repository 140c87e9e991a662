//! What the desk reads.

use super::bed::{Bed, event, hold, id, plan};
use super::contract;
use crate::store::database::vals;
use crate::store::{About, Filter, Page, Which};
use interlock::approval::Event;
use interlock::plan::{Outline, Sharing};

contract! {
    async fn operations_are_listed_newest_first_in_pages(bed: &Bed) {
        for number in 1..=5 {
            bed.awaiting(number).await;
        }
        let first = bed.store.operations(&Filter::default(), Page { before: None, limit: 2 }).await.unwrap();
        assert_eq!(first.iter().map(|one| one.operation.id.clone()).collect::<Vec<_>>(), [id(5), id(4)]);
        let before = Some(first[1].number);
        let second = bed.store.operations(&Filter::default(), Page { before, limit: 9 }).await.unwrap();
        assert_eq!(second.iter().map(|one| one.operation.id.clone()).collect::<Vec<_>>(), [id(3), id(2), id(1)]);
    }

    async fn filters_tell_open_votable_and_ended_apart(bed: &Bed) {
        bed.awaiting(1).await;
        bed.queued(2).await;
        let running = bed.running(3, Vec::new()).await;
        let ended = bed.running(4, Vec::new()).await;
        bed.does(&event(&ended, Event::Finish)).await;
        let failed = bed.running(5, vec![hold("orders", Sharing::Exclusive)]).await;
        bed.does(&event(&failed, Event::Fail)).await;
        let cases = [
            (Which::All, vec![5, 4, 3, 2, 1]),
            (Which::Open, vec![3, 2, 1]),
            (Which::Votable, vec![2, 1]),
            (Which::Ended, vec![5, 4]),
            (Which::Unsettled, vec![5, 3, 2, 1]),
        ];
        let page = Page { before: None, limit: 50 };
        for (which, expected) in cases {
            let listed = bed.store.operations(&Filter { which, ..Filter::default() }, page).await.unwrap();
            let ids: Vec<_> = listed.iter().map(|one| one.operation.id.clone()).collect();
            assert_eq!(ids, expected.into_iter().map(id).collect::<Vec<_>>(), "{which:?}");
        }
        assert_eq!(bed.store.open_operations().await.unwrap(), 3);
        let mine = Filter { person: Some("alice".parse().unwrap()), cluster: Some(running.cluster), which: Which::Open };
        assert_eq!(bed.store.operations(&mine, page).await.unwrap().len(), 3);
        let theirs = Filter { person: Some("bob".parse().unwrap()), ..Filter::default() };
        assert_eq!(bed.store.operations(&theirs, page).await.unwrap(), []);
        let elsewhere = Filter { cluster: Some("other".parse().unwrap()), ..Filter::default() };
        assert_eq!(bed.store.operations(&elsewhere, page).await.unwrap(), []);
    }

    /// The bytes of the plans are not touched by it: without them the list is the same.
    async fn a_list_tells_what_plans_are_about_and_reads_none_of_them(bed: &Bed) {
        let first = bed.awaiting(1).await;
        bed.running(2, Vec::new()).await;
        let page = Page { before: None, limit: 50 };
        let listed = async || bed.store.outlined(&Filter::default(), page).await.unwrap();
        let before = listed().await;
        let plain = bed.store.operations(&Filter::default(), page).await.unwrap();
        let pairs: Vec<_> = before.iter().map(|one| (one.number, &one.operation)).collect();
        assert_eq!(pairs, plain.iter().map(|one| (one.number, &one.operation)).collect::<Vec<_>>());
        let expected = About::Outline(Box::new(Outline::of(plan(&id(1), 1).plan())));
        assert_eq!(before[1].about, expected);
        bed.tamper("UPDATE plans SET bytes = 'gone'", vals![]).await;
        assert_eq!(listed().await, before);
        assert!(engine::port::Journal::plan(&bed.store, &first).await.is_err(), "whoever acts on it reads it");
        for (outline, about) in [("", About::Unknown), ("{}", About::Damaged)] {
            bed.tamper("UPDATE plans SET outline = $1", vals![outline]).await;
            assert!(listed().await.iter().all(|one| one.about == about), "{outline:?}");
        }
        let mine = Filter { person: Some("bob".parse().unwrap()), ..Filter::default() };
        assert_eq!(bed.store.outlined(&mine, page).await.unwrap(), []);
        assert_eq!(bed.store.outlined(&Filter::default(), Page { limit: 1, ..page }).await.unwrap().len(), 1);
    }

    async fn holds_are_listed_with_who_has_them(bed: &Bed) {
        bed.running(1, vec![hold("b", Sharing::Shared), hold("a", Sharing::Exclusive)]).await;
        bed.running(2, vec![hold("b", Sharing::Shared)]).await;
        let held = bed.store.holds(&"lab".parse().unwrap()).await.unwrap();
        let named: Vec<_> = held.iter().map(|one| (one.hold.thing.name(), one.operation.clone())).collect();
        let mut sharers = [id(1), id(2)];
        sharers.sort();
        assert_eq!(named, [("a", id(1)), ("b", sharers[0].clone()), ("b", sharers[1].clone())]);
    }

    async fn reversals_are_found_by_what_they_reverse(bed: &Bed) {
        bed.awaiting(1).await;
        assert_eq!(bed.store.reversals_of(&id(1)).await.unwrap(), []);
        let sealed = super::bed::plan(&id(2), 1);
        let plan = interlock::plan::Plan { reverses: Some(id(1)), ..sealed.plan().clone() };
        let plan = interlock::plan::Sealed::seal(plan).unwrap();
        let new = engine::NewOperation { plan, ..super::bed::new(&id(2)) };
        let made = engine::port::Journal::create(&bed.store, &new).await.unwrap();
        assert_eq!(made.reverses, Some(id(1)));
        assert_eq!(bed.store.reversals_of(&id(1)).await.unwrap(), [made]);
    }

    async fn things_are_remembered_by_name(bed: &Bed) {
        assert_eq!(bed.store.meta("commands").await.unwrap(), None);
        bed.store.set_meta("commands", "one").await.unwrap();
        bed.store.set_meta("commands", "two").await.unwrap();
        assert_eq!(bed.store.meta("commands").await.unwrap().as_deref(), Some("two"));
        assert!(!bed.store.swap_meta("commands", Some("one"), "three").await.unwrap());
        assert!(bed.store.swap_meta("commands", Some("two"), "three").await.unwrap());
        assert!(bed.store.swap_meta("new", None, "x").await.unwrap());
        assert!(!bed.store.swap_meta("new", None, "y").await.unwrap());
        assert_eq!(bed.store.meta("new").await.unwrap().as_deref(), Some("x"));
    }

    async fn a_ping_writes_and_leaves_nothing_large(bed: &Bed) {
        bed.store.ping().await.unwrap();
        bed.store.ping().await.unwrap();
        assert!(bed.store.meta("ping").await.unwrap().unwrap().len() < 32);
    }
}
