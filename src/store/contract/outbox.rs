//! The outbox, messages and cards.

use super::bed::{Bed, START, answered, card, event, id, plan, taker};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage};
use crate::store::database::vals;
use crate::store::rows::{NumberRow, json};
use crate::store::{Due, MessageRole, Posted, Sharing, Taker};
use engine::port::{Journal, Told};
use engine::{Actor, Notice, Record, Revision, Stream, Transition};
use futures_util::future::join_all;
use interlock::approval::Event;
use interlock::facts::Facts;
use interlock::id::{OperationId, PersonId};
use interlock::looks::{GroupLag, LagLook, LookAnswer};
use interlock::principal::{Account, Place, Readers};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

fn milestone(number: u32) -> Notice {
    Notice::Milestone { id: format!("m{number}"), facts: Facts::none() }
}

async fn tell(bed: &Bed, operation: &OperationId, notices: Vec<Notice>) {
    let told = Told { operation: operation.clone(), at: START, notices, records: Vec::new() };
    bed.store.tell(&told).await.unwrap();
}

async fn due(bed: &Bed, now: Millis) -> Vec<Due> {
    let taker = Taker { name: "one".to_owned(), until: now.plus(Duration::from_secs(30)), in_chat: true };
    bed.store.due(&taker, now, 100).await.unwrap()
}

async fn the_one_due(bed: &Bed, now: Millis) -> Due {
    let mut due = due(bed, now).await;
    assert_eq!(due.len(), 1, "{due:?}");
    due.remove(0)
}

/// What alice was shown, shared in a place.
fn sharing() -> Sharing {
    let lag = LagLook {
        cluster: "lab".parse().unwrap(),
        topic: "orders".parse().unwrap(),
        group: GroupLag { group: "billing".parse().unwrap(), total: 7, partitions: Vec::new() },
    };
    let by: PersonId = "alice".parse().unwrap();
    Sharing {
        place: Place::Discord { guild: 1, channel: 9, thread: None },
        record: Record {
            what: "posted-for-everybody".to_owned(),
            actor: Actor::Person { account: Account::Discord(7), person: by.clone() },
            operation: None,
            request: Some("M2WQ7A".parse().unwrap()),
            digest: None,
            facts: Facts::none(),
        },
        notice: Notice::Shared { answer: Box::new(LookAnswer::Lag(lag)), by, seen_at: START },
        at: START,
    }
}

contract! {
    async fn what_is_shared_waits_to_be_posted_and_is_recorded(bed: &Bed) {
        let shared = sharing();
        bed.store.share(&shared).await.unwrap();
        let due = the_one_due(bed, START).await;
        assert_eq!((due.stream, due.notice), (Stream::Place(shared.place), shared.notice));
        assert_eq!(bed.audited().await, 1);
    }

    async fn only_the_first_of_a_stream_is_due(bed: &Bed) {
        bed.awaiting(1).await;
        bed.awaiting(2).await;
        tell(bed, &id(1), vec![milestone(1), milestone(2)]).await;
        let place = Place::Discord { guild: 1, channel: 9, thread: None };
        bed.store.tell_place(&place, &milestone(9), START).await.unwrap();
        let first = due(bed, START).await;
        assert_eq!(first.len(), 3, "one of each stream");
        assert_eq!(due(bed, START).await, [], "they are taken");
        let card_of_one = first.iter().find(|due| due.stream == Stream::Operation(id(1))).unwrap();
        assert_eq!(card_of_one.notice, Notice::PostCard { revision: 1 });
        assert!(first.iter().any(|due| due.stream == Stream::Place(place.clone())));
        for number in [1, 2] {
            let first = first.iter().find(|due| due.stream == Stream::Operation(id(1))).unwrap();
            if number == 1 {
                assert!(bed.store.sent(&first.claim, START, &[]).await.unwrap());
            }
            let next = the_one_due(bed, START).await;
            assert_eq!(next.notice, milestone(number));
            assert!(bed.store.sent(&next.claim, START, &[]).await.unwrap());
        }
        assert_eq!(due(bed, START).await, []);
    }

    async fn a_retry_holds_its_stream_up_until_it_is_due(bed: &Bed) {
        bed.awaiting(1).await;
        tell(bed, &id(1), vec![milestone(1)]).await;
        let first = the_one_due(bed, START).await;
        let later = START.plus(Duration::from_secs(20));
        assert!(bed.store.retry(&first.claim, later, "429").await.unwrap());
        assert_eq!(bed.store.next_due().await.unwrap(), Some(later));
        assert_eq!(due(bed, START.plus(Duration::from_secs(19))).await, []);
        let again = the_one_due(bed, later).await;
        assert_eq!((again.notice.clone(), again.attempt), (first.notice.clone(), 2));
        assert_eq!(again.first_attempt_at, START, "the marker is searched for by the age of the first attempt");
        assert_eq!(again.claim.marker(), first.claim.marker());
        assert!(!bed.store.sent(&first.claim, later, &[]).await.unwrap(), "an old claim counts for nothing");
        assert!(bed.store.sent(&again.claim, later, &[]).await.unwrap());
        assert_eq!(the_one_due(bed, later).await.notice, milestone(1));
    }

    async fn progress_does_not_pile_up_while_it_waits(bed: &Bed) {
        let progress = |id: &str, lag: i64| {
            let facts = Facts::none().with("lag", lag);
            Notice::Progress { id: id.to_owned(), facts }
        };
        bed.awaiting(1).await;
        for lag in 0..5 {
            tell(bed, &id(1), vec![progress("members-remain", lag)]).await;
        }
        tell(bed, &id(1), vec![milestone(1), progress("members-remain", 8), progress("cannot-look", 9)]).await;
        let mut told = Vec::new();
        loop {
            let Some(next) = due(bed, START).await.pop() else { break };
            if told.len() == 1 {
                tell(bed, &id(1), vec![progress("cannot-look", 10)]).await;
            }
            assert!(bed.store.sent(&next.claim, START, &[]).await.unwrap());
            told.push(next.notice);
        }
        let expected = [
            Notice::PostCard { revision: 1 },
            progress("members-remain", 4),
            milestone(1),
            progress("members-remain", 8),
            progress("cannot-look", 10),
        ];
        assert_eq!(told, expected);
        tell(bed, &id(1), vec![progress("cannot-look", 11)]).await;
        let tried = the_one_due(bed, START).await;
        tell(bed, &id(1), vec![progress("cannot-look", 12)]).await;
        assert!(bed.store.retry(&tried.claim, START, "no answer").await.unwrap());
        assert_eq!(the_one_due(bed, START).await.notice, tried.notice, "what was tried may have been delivered");
    }

    async fn progress_that_is_put_off_waits_alone(bed: &Bed) {
        let progress = |id: &str, lag: i64| {
            let facts = Facts::none().with("lag", lag);
            Notice::Progress { id: id.to_owned(), facts }
        };
        bed.posted(1).await;
        let soon = START.plus(Duration::from_secs(15));
        tell(bed, &id(1), vec![progress("members-remain", 1)]).await;
        let early = the_one_due(bed, START).await;
        assert!(bed.store.put_off(&early.claim, soon).await.unwrap());
        assert_eq!(due(bed, START).await, []);
        tell(bed, &id(1), vec![progress("members-remain", 2)]).await;
        assert_eq!(due(bed, START).await, [], "what is new of it waits as well");
        let then = the_one_due(bed, soon).await;
        assert_eq!((then.notice.clone(), then.attempt), (progress("members-remain", 2), 1), "it was never tried");
        assert!(bed.store.put_off(&then.claim, soon.plus(Duration::from_secs(15))).await.unwrap());
        // What follows does not wait for it.
        tell(bed, &id(1), vec![milestone(1)]).await;
        let next = the_one_due(bed, START).await;
        assert_eq!(next.notice, milestone(1));
        assert!(bed.store.sent(&next.claim, START, &[]).await.unwrap());
        assert_eq!(bed.store.next_due().await.unwrap(), None, "what was put off is gone");
        // What was tried may have been sent, and is not taken away.
        tell(bed, &id(1), vec![progress("members-remain", 3)]).await;
        let tried = the_one_due(bed, START).await;
        assert!(bed.store.retry(&tried.claim, soon, "no answer").await.unwrap());
        tell(bed, &id(1), vec![milestone(2)]).await;
        assert_eq!(the_one_due(bed, soon).await.notice, progress("members-remain", 3));
    }

    async fn another_place_is_told_of_what_is_set_aside_or_nobody(bed: &Bed) {
        bed.posted(1).await;
        let operators = Place::Discord { guild: 1, channel: 9, thread: None };
        tell(bed, &id(1), vec![milestone(1), milestone(2)]).await;
        let first = the_one_due(bed, START).await;
        assert!(bed.store.dead(&first.claim, "403", Some((&operators, &milestone(7)))).await.unwrap());
        assert!(!bed.store.dead(&first.claim, "403", Some((&operators, &milestone(8)))).await.unwrap(), "an old claim");
        let waiting = due(bed, START).await;
        let of_place: Vec<_> = waiting.iter().filter(|one| one.stream == Stream::Place(operators.clone())).collect();
        assert_eq!(of_place.iter().map(|one| &one.notice).collect::<Vec<_>>(), [&milestone(7)]);
        assert!(waiting.iter().any(|one| one.notice == milestone(2)), "the stream goes on");
    }

    async fn what_cannot_be_read_holds_no_other_stream_up_and_is_kept(bed: &Bed) {
        bed.awaiting(1).await;
        bed.awaiting(2).await;
        let stream = json(&Stream::Operation(id(1))).unwrap();
        let becomes = async |notice: &str| {
            let mut tx = bed.store.pools.begin().await.unwrap();
            let changed = tx.run("UPDATE outbox SET notice = $1 WHERE stream = $2", vals![notice, &stream]).await;
            assert_eq!(changed.unwrap(), 1);
            tx.commit().await.unwrap();
        };
        becomes("{\"of_a_newer_version\":{}}").await;
        let until = START.plus(Duration::from_secs(30));
        let teller = Taker { name: "one".to_owned(), until, in_chat: true };
        let one = bed.store.due(&teller, START, 1).await.unwrap();
        let [readable] = &one[..] else { panic!("the other one: {one:?}") };
        assert_eq!(readable.stream, Stream::Operation(id(2)));
        assert!(bed.store.sent(&readable.claim, START, &[]).await.unwrap());
        assert_eq!(due(bed, START).await, [], "it is left alone for a while");
        becomes(&json(&Notice::PostCard { revision: 1 }).unwrap()).await;
        let later = START.plus(Duration::from_secs(30));
        let kept = the_one_due(bed, later).await;
        assert_eq!((kept.attempt, kept.first_attempt_at), (1, later), "nobody has tried it");
    }

    async fn a_claim_ends_with_its_time(bed: &Bed) {
        bed.awaiting(1).await;
        let lost = the_one_due(bed, START).await;
        assert_eq!(bed.store.next_due().await.unwrap(), Some(START.plus(Duration::from_secs(30))));
        let then = START.plus(Duration::from_secs(30));
        let taken_over = the_one_due(bed, then).await;
        assert_eq!(taken_over.attempt, 2);
        assert!(!bed.store.retry(&lost.claim, then, "late").await.unwrap());
        assert!(!bed.store.dead(&lost.claim, "late", None).await.unwrap());
        assert!(bed.store.sent(&taken_over.claim, then, &[]).await.unwrap());
    }

    async fn a_dead_letter_is_recorded_and_its_stream_goes_on(bed: &Bed) {
        bed.awaiting(1).await;
        tell(bed, &id(1), vec![milestone(1)]).await;
        let first = the_one_due(bed, START).await;
        assert!(bed.store.dead(&first.claim, "403", None).await.unwrap());
        assert_eq!(the_one_due(bed, START).await.notice, milestone(1));
        let filter = AuditFilter { what: Some("undeliverable".to_owned()), ..AuditFilter::default() };
        let found = bed.store.audit_search(&filter, AuditPage { before: None, limit: 9 }).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].record.operation, Some(id(1)));
        bed.audited().await;
    }

    async fn eight_takers_deliver_each_notice_once_and_in_order(bed: &Bed) {
        const STREAMS: u32 = 12;
        const NOTICES: u32 = 5;
        for number in 0..STREAMS {
            bed.awaiting(number).await;
            tell(bed, &id(number), (1..NOTICES).map(milestone).collect()).await;
        }
        let told: Mutex<BTreeMap<String, Vec<Notice>>> = Mutex::default();
        let (store, seen) = (&bed.store, &told);
        let takers = (0..8).map(|number| async move {
            let taker = taker(&format!("taker-{number}"));
            while answered(async || store.next_due().await).await.is_some() {
                for due in answered(async || store.due(&taker, START, 3).await).await {
                    assert_eq!(due.attempt, 1);
                    seen.lock().unwrap().entry(format!("{:?}", due.stream)).or_default().push(due.notice);
                    assert!(answered(async || store.sent(&due.claim, START, &[]).await).await);
                }
            }
        });
        join_all(takers).await;
        let expected: Vec<Notice> =
            std::iter::once(Notice::PostCard { revision: 1 }).chain((1..NOTICES).map(milestone)).collect();
        let told = told.lock().unwrap();
        assert_eq!(told.len(), STREAMS as usize);
        assert!(told.values().all(|notices| *notices == expected), "{told:?}");
    }

    async fn voting_opens_with_the_cards_message(bed: &Bed) {
        bed.awaiting(1).await;
        let first = the_one_due(bed, START).await;
        assert!(!bed.store.voting_open(&id(1)).await.unwrap());
        let (role, readers) = (MessageRole::Thread, Readers::Unknown);
        let thread = Posted { role, channel: 2, message: 51, says: String::new(), readers };
        assert!(bed.store.sent(&first.claim, START, &[card(50), thread.clone()]).await.unwrap());
        assert!(bed.store.voting_open(&id(1)).await.unwrap());
        let found = bed.store.message_of(2, 50).await.unwrap().unwrap();
        assert_eq!((found.operation.clone(), found.revision), (id(1), 1));
        assert_eq!((found.digest, found.message), (plan(&id(1), 1).digest(), card(50)));
        assert_eq!(bed.store.message_of(2, 51).await.unwrap().unwrap().message, thread);
        assert_eq!(bed.store.message_of(3, 50).await.unwrap(), None, "another channel");
        assert_eq!(bed.store.messages(&id(1)).await.unwrap().len(), 2);
        assert_eq!(bed.store.live_cards(9).await.unwrap().len(), 1);
    }

    async fn who_reads_a_card_is_told_as_narrowly_as_any_attempt_saw_it(bed: &Bed) {
        bed.awaiting(1).await;
        let (all, some) = (Readers::Everybody, Readers::Chosen);
        let mut earlier = None;
        for (seen, holds) in [(all, all), (some, some), (all, some), (Readers::Unknown, some)] {
            let due = the_one_due(bed, START).await;
            assert_eq!(bed.store.posting_before(&due.claim, seen).await.unwrap(), Some(holds), "{}", due.attempt);
            assert!(bed.store.retry(&due.claim, START, "lost").await.unwrap());
            earlier = Some(due.claim);
        }
        the_one_due(bed, START).await;
        assert_eq!(bed.store.posting_before(&earlier.unwrap(), all).await.unwrap(), None, "another taker has it");
    }

    async fn cards_under_way_are_read_anew_first(bed: &Bed) {
        bed.posted(1).await;
        bed.running(2, Vec::new()).await;
        bed.store.remember_message(&id(2), START, &card(2)).await.unwrap();
        let first: Vec<_> = bed.store.live_cards(9).await.unwrap().into_iter().map(|card| card.operation).collect();
        assert_eq!(first, [id(2), id(1)]);
    }

    async fn a_card_of_a_superseded_plan_opens_nothing(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let late = the_one_due(bed, START).await;
        let notices = vec![Notice::PostCard { revision: 2 }];
        let transition = Transition { notices, ..event(&operation, Event::AskAgain) };
        let revision = Revision { transition, plan: plan(&id(1), 2), typed: None, by_itself: false };
        bed.store.revise(&revision).await.unwrap();
        assert!(bed.store.sent(&late.claim, START, &[card(50)]).await.unwrap());
        assert!(!bed.store.voting_open(&id(1)).await.unwrap());
        let second = the_one_due(bed, START).await;
        assert!(bed.store.sent(&second.claim, START, &[card(60)]).await.unwrap());
        assert!(bed.store.voting_open(&id(1)).await.unwrap());
        let old = bed.store.message_of(2, 50).await.unwrap().unwrap();
        assert_eq!((old.revision, old.digest), (1, plan(&id(1), 1).digest()));
    }

    async fn cards_are_dirty_until_what_is_true_is_shown(bed: &Bed) {
        bed.awaiting(2).await;
        assert_eq!(bed.store.dirty_cards(9).await.unwrap(), [], "not posted yet");
        let operation = bed.posted(1).await;
        let wanted = bed.store.card_wanted(&id(1)).await.unwrap().unwrap();
        bed.store.card_rendered(&id(1), wanted, "first").await.unwrap();
        let dirty = bed.store.dirty_cards(9).await.unwrap();
        assert!(dirty.iter().all(|card| card.operation != id(1)), "{dirty:?}");
        let approved = bed.does(&event(&operation, Event::Approve)).await;
        let dirty = bed.store.dirty_cards(9).await.unwrap();
        let ours: Vec<_> = dirty.iter().filter(|card| card.operation == id(1)).collect();
        assert_eq!(ours.len(), 1);
        bed.does(&event(&approved, Event::Cancel)).await;
        bed.store.card_rendered(&id(1), ours[0].wanted, "second").await.unwrap();
        assert!(bed.store.dirty_cards(9).await.unwrap().iter().any(|card| card.operation == id(1)), "changed meanwhile");
    }

    async fn a_card_shows_that_owners_have_been_told(bed: &Bed) {
        let operation = bed.posted(1).await;
        let told = |notices, event_of| Transition { notices, ..event(&operation, event_of) };
        bed.does(&told(vec![Notice::OwnersBefore], Event::Approve)).await;
        let wanted = bed.store.card_wanted(&id(1)).await.unwrap().unwrap();
        let before = the_one_due(bed, START).await;
        assert!(bed.store.sent(&before.claim, START, &[]).await.unwrap());
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), Some(wanted + 1));
        assert!(!bed.store.sent(&before.claim, START, &[]).await.unwrap(), "the claim is gone");
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), Some(wanted + 1), "nothing was told");
        let operation = bed.now(&id(1)).await;
        bed.does(&Transition { notices: vec![Notice::OwnersAfter], ..event(&operation, Event::Cancel) }).await;
        let ended = bed.store.card_wanted(&id(1)).await.unwrap();
        let after = the_one_due(bed, START).await;
        assert!(bed.store.sent(&after.claim, START, &[]).await.unwrap());
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), ended, "it has ended");
    }

    async fn what_a_card_says_is_known_through_an_edit(bed: &Bed) {
        bed.posted(1).await;
        assert!(bed.store.card_editing(&id(1), "edited").await.unwrap());
        let between = bed.store.message_of(2, 1).await.unwrap().unwrap();
        assert_eq!((between.message.says.as_str(), between.says_next.as_slice()), ("as sent", &["edited".to_owned()][..]));
        assert!(between.may_say("as sent") && between.may_say("edited") && !between.may_say("forged"));
        // The first edit may still come to pass when the second one is begun.
        assert!(bed.store.card_editing(&id(1), "edited-again").await.unwrap());
        let both = bed.store.message_of(2, 1).await.unwrap().unwrap();
        assert!(both.may_say("as sent") && both.may_say("edited") && both.may_say("edited-again"));
        bed.store.card_left(&id(1), 1).await.unwrap();
        let left = bed.store.message_of(2, 1).await.unwrap().unwrap();
        assert!(left.may_say("as sent") && left.drawn == 1 && both.drawn == 0, "what it says stays, and is not drawn again");
        bed.store.card_rendered(&id(1), 1, "edited").await.unwrap();
        let after = bed.store.message_of(2, 1).await.unwrap().unwrap();
        assert_eq!((after.message.says.as_str(), after.says_next.as_slice()), ("edited", &[][..]));
        bed.awaiting(2).await;
        assert!(!bed.store.card_editing(&id(2), "x").await.unwrap(), "there is no card");
    }

    async fn a_place_needs_no_operation_and_ids_have_a_limit(bed: &Bed) {
        bed.store.tell_place(&Place::Console, &milestone(1), START).await.unwrap();
        let due = the_one_due(bed, START).await;
        assert!(bed.store.sent(&due.claim, START, &[card(u64::MAX)]).await.unwrap(), "no operation, nothing to remember");
        bed.awaiting(1).await;
        let far = bed.store.remember_message(&id(1), START, &card(u64::MAX)).await;
        assert!(matches!(far, Err(crate::store::StoreError::Unstorable(_))));
    }
}

#[tokio::test]
async fn a_new_owner_of_a_sqlite_file_does_not_wait_for_the_old_ones_claims() {
    let bed = Bed::sqlite().await;
    bed.awaiting(1).await;
    assert_eq!(due(&bed, START).await.len(), 1);
    bed.store.drop_claims().await.unwrap();
    assert_eq!(the_one_due(&bed, START).await.attempt, 2);
    bed.clear().await;
}

/// Otherwise a transition that holds the operation and reaches for the row, and a sender that holds the row and reaches for
/// the operation, would wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_waits_for_its_operation_before_it_has_its_row() {
    // The locks, not the list of sessions: that one is read once in a transaction, and the sender's may begin later.
    const WAITING_FOR_US: &str = "SELECT COUNT(DISTINCT pid) AS value FROM pg_locks \
         WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))";
    let bed = Bed::postgres().await;
    bed.awaiting(1).await;
    let first = the_one_due(&bed, START).await;
    let mut transition = bed.store.pools.begin().await.unwrap();
    crate::store::cards::lock_operation(&mut transition, id(1).as_str()).await.unwrap();
    let (store, claim) = (bed.store.clone(), first.claim.clone());
    let sender = tokio::spawn(async move { store.sent(&claim, START, &[card(50)]).await });
    loop {
        let waiting: Option<NumberRow> = transition.maybe(WAITING_FOR_US, vals![]).await.unwrap();
        if waiting.unwrap().value == 1 {
            break;
        }
        assert!(!sender.is_finished(), "it did not wait for the operation");
        tokio::task::yield_now().await;
    }
    let rows = transition.run("UPDATE outbox SET due_at = due_at WHERE status = 'waiting'", vals![]).await.unwrap();
    assert_eq!(rows, 1, "the row is free");
    transition.commit().await.unwrap();
    assert!(sender.await.unwrap().unwrap());
    assert!(bed.store.voting_open(&id(1)).await.unwrap());
    bed.clear().await;
}
