//! Operations, plans and entries.

use super::bed::{Bed, START, event, id, new, plan};
use super::contract;
use crate::store::database::vals;
use engine::port::{Journal, JournalError, Told, Written};
use engine::{Changes, Entry, Notice, Operation, Outcome, Revision, Transition, Transitioned, Why};
use interlock::approval::{Event, State, halfway};
use interlock::facts::Facts;
use interlock::plan::{ClosedMemory, Memory, Sharing, Stood};
use interlock::time::Millis;
use std::time::Duration;

fn intent(action: u32) -> Entry {
    Entry::Intent { step: 1, action, attempt: 1, at: START }
}

/// Whether an operation is reminded of, and was not before.
async fn reminds(bed: &Bed, operation: &Operation) -> bool {
    let notices = vec![Notice::Reminder { revision: 1 }];
    let told = Told { operation: operation.id.clone(), at: START, notices, records: Vec::new() };
    bed.store.remind(operation, &told).await.unwrap()
}

contract! {
    async fn what_is_made_is_read_back(bed: &Bed) {
        let made = bed.store.create(&new(&id(1))).await.unwrap();
        assert_eq!(bed.now(&id(1)).await, made);
        assert_eq!((made.state, made.version, made.revision), (State::AwaitingApproval, 1, 1));
        let read = bed.store.plan(&made).await.unwrap();
        assert_eq!((read.digest(), read.bytes()), (plan(&id(1), 1).digest(), plan(&id(1), 1).bytes()));
        assert_eq!(bed.store.operation(&id(2)).await.unwrap(), None);
        assert_eq!(bed.audited().await, 1);
    }

    async fn a_taken_id_is_said_and_nothing_is_written(bed: &Bed) {
        bed.awaiting(1).await;
        assert_eq!(bed.store.create(&new(&id(1))).await, Err(JournalError::Taken));
        assert_eq!(bed.audited().await, 1);
        assert_eq!(bed.store.revisions(&id(1)).await.unwrap().len(), 1);
    }

    async fn a_transition_changes_state_version_and_reason(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let why = Why { id: "approved".to_owned(), facts: Facts::none().with("by", "bob") };
        let at = START.plus(Duration::from_secs(5));
        let approve = Transition { at, why: why.clone(), ..event(&operation, Event::Approve) };
        let queued = bed.does(&approve).await;
        assert_eq!((queued.state, queued.version), (State::Queued, operation.version + 1));
        assert_eq!((queued.updated_at, queued.why.clone()), (at, why));
        assert_eq!(bed.now(&id(1)).await, queued);
        assert_eq!(bed.audited().await, 2);
    }

    async fn a_transition_from_elsewhere_is_lost_and_leaves_nothing(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        bed.does(&event(&operation, Event::Approve)).await;
        let notices = vec![Notice::OwnersAfter];
        let late = Transition { notices, ..event(&operation, Event::Cancel) };
        assert_eq!(bed.store.transition(&late).await.unwrap(), Transitioned::Lost);
        let wrong_version = Transition { version: 77, ..event(&bed.now(&id(1)).await, Event::Cancel) };
        assert_eq!(bed.store.transition(&wrong_version).await.unwrap(), Transitioned::Lost);
        assert_eq!(bed.state(&id(1)).await, State::Queued);
        assert_eq!(bed.audited().await, 2);
        let rows = bed.tamper("UPDATE outbox SET why = why WHERE operation = $1", vals![id(1).as_str()]).await;
        assert_eq!(rows, 1, "only the card's notice");
    }

    async fn what_the_table_does_not_have_is_illegal(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let finish = bed.store.transition(&event(&operation, Event::Finish)).await;
        assert!(matches!(finish, Err(JournalError::Illegal(_))));
        assert_eq!(bed.now(&id(1)).await, operation);
    }

    async fn a_revision_supersedes_the_plan_and_closes_voting(bed: &Bed) {
        let operation = bed.posted(1).await;
        assert!(bed.store.voting_open(&id(1)).await.unwrap());
        let revision = Revision {
            transition: event(&operation, Event::AskAgain),
            plan: plan(&id(1), 2),
            typed: None,
            by_itself: true,
        };
        let Transitioned::Done(revised) = bed.store.revise(&revision).await.unwrap() else { panic!("not done") };
        assert_eq!((revised.revision, revised.replanned), (2, 1));
        assert_eq!(revised.digest, plan(&id(1), 2).digest());
        assert!(!bed.store.voting_open(&id(1)).await.unwrap());
        assert_eq!(bed.store.plan(&revised).await.unwrap().plan().revision, 2);
        let revisions = bed.store.revisions(&id(1)).await.unwrap();
        assert_eq!(revisions.iter().map(|one| one.revision).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(bed.store.revise(&revision).await.unwrap(), Transitioned::Lost);
        let typed = bed.store.typed(&id(1)).await.unwrap();
        assert_eq!(typed.as_deref(), Some("/reset-offset group:billing to:-2h"), "nobody typed anything else");
        let old = plan(&id(1), 1);
        assert_eq!(bed.store.plan_bytes(old.digest()).await.unwrap().as_deref(), Some(old.bytes()));
        assert_eq!(bed.store.operation_of_plan(old.digest()).await.unwrap(), Some(id(1)));
    }

    async fn what_was_typed_for_a_revision_takes_the_place_of_what_was_before(bed: &Bed) {
        let operation = bed.posted(1).await;
        let line = "/reset-offset group:billing to:earliest".to_owned();
        let revision = Revision {
            transition: event(&operation, Event::AskAgain),
            plan: plan(&id(1), 2),
            typed: Some(line.clone()),
            by_itself: false,
        };
        let Transitioned::Done(revised) = bed.store.revise(&revision).await.unwrap() else { panic!("not done") };
        assert_eq!((revised.revision, revised.replanned), (2, 0));
        assert_eq!(bed.store.typed(&id(1)).await.unwrap(), Some(line.clone()));
        let lost = Revision { typed: Some("/lag".to_owned()), ..revision };
        assert_eq!(bed.store.revise(&lost).await.unwrap(), Transitioned::Lost);
        assert_eq!(bed.store.typed(&id(1)).await.unwrap(), Some(line), "what was not written left nothing");
        assert_eq!(bed.store.typed(&id(2)).await.unwrap(), None);
    }

    async fn altered_plan_bytes_are_never_given_out(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let altered = plan(&id(1), 1).bytes().replace("billing", "payment");
        bed.tamper("UPDATE plans SET bytes = $1 WHERE operation = $2", vals![&altered, id(1).as_str()]).await;
        let read = bed.store.plan(&operation).await;
        assert!(matches!(&read, Err(JournalError::Damaged(why)) if why.contains("was approved")), "{read:?}");
        assert!(bed.store.plan_bytes(operation.digest).await.is_err());
        bed.tamper("DELETE FROM plans WHERE operation = $1", vals![id(1).as_str()]).await;
        assert!(matches!(bed.store.plan(&operation).await, Err(JournalError::Damaged(_))));
    }

    async fn rows_that_cannot_be_read_are_damaged(bed: &Bed) {
        bed.awaiting(1).await;
        bed.tamper("UPDATE operations SET state = 'floating' WHERE id = $1", vals![id(1).as_str()]).await;
        assert!(matches!(bed.store.operation(&id(1)).await, Err(JournalError::Damaged(_))));
        bed.tamper("UPDATE operations SET state = 'queued', place = '{' WHERE id = $1", vals![id(1).as_str()]).await;
        assert!(matches!(bed.store.operation(&id(1)).await, Err(JournalError::Damaged(_))));
    }

    async fn entries_keep_their_order_and_leave_a_trace(bed: &Bed) {
        let operation = bed.running(1, vec![super::bed::hold("orders", Sharing::Exclusive)]).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let before = bed.audited().await;
        let outcome = Entry::Outcome { step: 1, action: 0, attempt: 1, outcome: Outcome::Done, facts: Facts::none() };
        for (seq, entry) in [(1, &intent(0)), (2, &outcome), (3, &Entry::StepDone { step: 1 })] {
            let written = Written { operation: &operation.id, token, seq, at: START, entry, notices: &[] };
            assert!(bed.store.write(written).await.unwrap());
        }
        assert_eq!(bed.store.entries(&id(1)).await.unwrap(), [intent(0), outcome, Entry::StepDone { step: 1 }]);
        assert_eq!(bed.audited().await, before + 3);
    }

    async fn an_entry_is_never_written_twice(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let entry = intent(0);
        let written = Written { operation: &id(1), token, seq: 1, at: START, entry: &entry, notices: &[] };
        assert!(bed.store.write(written).await.unwrap());
        let before = bed.audited().await;
        assert!(bed.store.write(written).await.unwrap(), "the same again counts as written");
        let other = intent(9);
        assert!(!bed.store.write(Written { entry: &other, ..written }).await.unwrap(), "its place is taken");
        assert_eq!(bed.store.entries(&id(1)).await.unwrap(), [entry]);
        assert_eq!(bed.audited().await, before);
    }

    async fn a_transition_writes_its_entry_or_nothing(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let running = bed.now(&id(1)).await;
        let until = START.plus(Duration::from_secs(60));
        let entry = Some((1, Entry::WaitBegan { step: 1, until }));
        let wait = Transition { token: Some(token), entry, ..event(&running, Event::Wait) };
        let before = bed.audited().await;
        let waiting = bed.does(&wait).await;
        assert_eq!(bed.audited().await, before + 2, "the transition and its entry");
        assert_eq!(bed.store.entries(&id(1)).await.unwrap().len(), 1);
        let entry = Some((1, Entry::StepDone { step: 1 }));
        let wake = Transition { token: Some(token), entry, ..event(&waiting, Event::Wake) };
        assert_eq!(bed.store.transition(&wake).await.unwrap(), Transitioned::Lost, "the entry's place is taken");
        assert_eq!(bed.now(&id(1)).await, waiting);
    }

    async fn a_dropped_transaction_leaves_nothing(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let approve = Transition {
            notices: vec![Notice::OwnersBefore],
            entry: Some((1, Entry::Restored)),
            ..event(&operation, Event::Approve)
        };
        let mut tx = bed.pools().begin().await.unwrap();
        let changed = crate::store::operations::change(&mut tx, &approve, None).await.unwrap();
        assert!(matches!(changed, Transitioned::Done(_)));
        drop(tx);
        assert_eq!(bed.now(&id(1)).await, operation);
        assert_eq!(bed.store.entries(&id(1)).await.unwrap(), []);
        assert_eq!(bed.audited().await, 1);
        assert_eq!(bed.tamper("UPDATE outbox SET why = why", vals![]).await, 1);
    }

    async fn a_call_given_up_half_way_is_done_or_not(bed: &Bed) {
        let began = bed.running(1, Vec::new()).await.version;
        let mut answered = 0;
        for round in 0..40 {
            let operation = bed.now(&id(1)).await;
            let next = if operation.state == State::Running { Event::Wait } else { Event::Wake };
            let wanted = event(&operation, next);
            let patience = Duration::from_micros(60 * round);
            let done = tokio::time::timeout(patience, bed.store.transition(&wanted)).await;
            answered += i64::from(matches!(done, Ok(Ok(Transitioned::Done(_)))));
        }
        // A commit that was on its way when its caller gave up may still arrive.
        let settled = async {
            while bed.audited().await != bed.now(&id(1)).await.version {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), settled).await.expect("a transition without its record");
        let done = bed.now(&id(1)).await.version - began;
        assert!((answered..=40).contains(&done), "{answered} answered, {done} done");
    }

    async fn work_is_what_is_workable_and_due(bed: &Bed) {
        bed.awaiting(1).await;
        let queued = bed.queued(2).await;
        let later = bed.queued(3).await;
        let token = bed.store.take_lease(&later.id, "one", None).await.unwrap().unwrap();
        let in_a_minute = START.plus(Duration::from_secs(60));
        let memory = Memory { streak: 3, last_look: Some(START), ..Memory::default() };
        assert!(bed.store.remember(&later, token, &memory, in_a_minute).await.unwrap());
        let now: Vec<_> = bed.store.workable(START).await.unwrap();
        assert_eq!(now.iter().map(|one| &one.id).collect::<Vec<_>>(), [&queued.id]);
        let then = bed.store.workable(in_a_minute).await.unwrap();
        assert_eq!(then.iter().map(|one| &one.id).collect::<Vec<_>>(), [&queued.id, &later.id]);
        assert_eq!((then[1].memory.clone(), then[1].version), (memory, later.version));
        let cancelled = bed.does(&event(&queued, Event::Cancel)).await;
        assert!(cancelled.state.has_ended());
        assert_eq!(bed.store.workable(START).await.unwrap(), []);
    }

    async fn a_look_does_not_put_off_what_was_asked_meanwhile(bed: &Bed) {
        let running = bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let waiting = bed.does(&event(&running, Event::Wait)).await;
        let stopping = bed.does(&event(&waiting, Event::Stop)).await;
        let later = START.plus(Duration::from_secs(600));
        assert!(bed.store.remember(&waiting, token, &waiting.memory, later).await.unwrap(), "the token holds");
        assert_eq!(bed.store.workable(START).await.unwrap(), [stopping]);
    }

    async fn a_new_wait_remembers_only_where_closed_queues_stood(bed: &Bed) {
        let running = bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let waiting = bed.does(&event(&running, Event::Wait)).await;
        let stood = Stood { broker: "broker-a".parse().unwrap(), queue: 7, end: 9, since: START };
        let closed = Some(ClosedMemory { stood: vec![stood], ..ClosedMemory::default() });
        let memory = Memory { streak: 11, last_look: Some(START), closed: closed.clone(), ..Memory::default() };
        assert!(bed.store.remember(&waiting, token, &memory, START).await.unwrap());
        assert_eq!(bed.now(&id(1)).await.memory, memory);
        let woken = bed.does(&event(&bed.now(&id(1)).await, Event::Wake)).await;
        let waiting = bed.does(&event(&woken, Event::Wait)).await;
        let kept = Memory { closed, ..Memory::default() };
        assert_eq!(waiting.memory, kept);
        assert_eq!(bed.now(&id(1)).await.memory, kept);
    }

    async fn what_nobody_read_is_found_and_its_end_moved_while_votes_are_open(bed: &Bed) {
        assert!(reminds(bed, &bed.awaiting(1).await).await);
        let operation = bed.now(&id(1)).await;
        bed.running(2, Vec::new()).await;
        let at = operation.expires_at;
        assert_eq!(operation.votes_read_at, START);
        let before = Millis(START.0 - 1);
        assert_eq!(bed.store.unattended(Millis(at.0 - 1), before).await.unwrap(), []);
        assert_eq!(bed.store.unattended(at, before).await.unwrap(), std::slice::from_ref(&operation), "its time is over");
        assert_eq!(bed.store.unattended(START, START).await.unwrap(), std::slice::from_ref(&operation), "not read since");
        let until = at.plus(Duration::from_secs(9));
        assert!(bed.store.votes_read(&operation, at, until).await.unwrap());
        assert!(!bed.store.votes_read(&operation, at, until).await.unwrap(), "read by somebody else since");
        assert_eq!(bed.store.unattended(at, START).await.unwrap(), []);
        let read = bed.now(&id(1)).await;
        assert_eq!((read.expires_at, read.votes_read_at), (until, at));
        let queued = bed.does(&event(&read, Event::Approve)).await;
        assert!(!bed.store.votes_read(&read, until, at).await.unwrap(), "another version");
        let running = bed.does(&event(&queued, Event::Start)).await;
        assert!(!bed.store.votes_read(&running, until, at).await.unwrap(), "started");
    }

    async fn what_awaits_approval_is_found_at_half_of_its_time_and_reminded_of_once(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        bed.queued(2).await;
        let (half, before) = (halfway(START, operation.expires_at), Millis(START.0 - 1));
        assert_eq!(operation.remind_at, Some(half));
        assert_eq!(bed.store.unattended(Millis(half.0 - 1), before).await.unwrap(), []);
        assert_eq!(bed.store.unattended(half, before).await.unwrap(), std::slice::from_ref(&operation), "not what is queued");
        let nine = Duration::from_secs(9);
        assert!(bed.store.votes_read(&operation, half, operation.expires_at.plus(nine)).await.unwrap());
        let read = bed.now(&id(1)).await;
        assert_eq!(read.remind_at, Some(half.plus(nine)), "it moves with the end");
        assert!(!reminds(bed, &Operation { version: 9, ..read.clone() }).await, "another version");
        assert!(reminds(bed, &read).await && !reminds(bed, &read).await);
        assert_eq!(bed.now(&id(1)).await.remind_at, None);
        assert_eq!(bed.store.unattended(half.plus(nine), before).await.unwrap(), []);
        assert_eq!(bed.tamper("UPDATE outbox SET why = why WHERE notice = '{\"reminder\":{\"revision\":1}}'", vals![]).await, 1);
    }

    async fn one_clusters_work_does_not_hide_anothers(bed: &Bed) {
        for number in 0..30 {
            bed.queued(number).await;
        }
        let other = bed.on("other", 99).await;
        let found = bed.store.workable(START).await.unwrap();
        let there = |cluster: &str| found.iter().filter(|one| one.cluster.as_str() == cluster).count();
        assert_eq!((there("lab"), there("other")), (20, 1));
        assert_eq!(found[1].id, other.id, "each cluster has its turn");
        let first: Vec<_> = found.iter().filter(|one| one.cluster.as_str() == "lab").map(|one| one.id.clone()).collect();
        assert_eq!(first, (0..20).map(id).collect::<Vec<_>>(), "oldest first");
    }

    async fn what_is_told_without_a_transition_is_queued_and_recorded(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let record = engine::Record::of_engine("noticed", &operation.id, Facts::none());
        let told = Told { operation: id(1), at: START, notices: vec![Notice::OwnersAfter], records: vec![record] };
        bed.store.tell(&told).await.unwrap();
        assert_eq!(bed.audited().await, 2);
        assert_eq!(bed.tamper("UPDATE outbox SET why = why", vals![]).await, 2);
        assert_eq!(bed.now(&id(1)).await, operation);
    }

    async fn nul_is_refused_before_the_database_sees_it(bed: &Bed) {
        bed.awaiting(1).await;
        let taken = bed.store.take_lease(&id(1), "a\0b", None).await;
        assert!(matches!(&taken, Err(JournalError::Damaged(why)) if why.contains("NUL")), "{taken:?}");
        assert!(bed.store.set_meta("name", "a\0b").await.is_err());
        let facts = Facts::none().with("said", "a\0b");
        let record = engine::Record::of_engine("odd", &id(1), facts.clone());
        bed.store.record(&record).await.unwrap();
        let page = crate::store::audit::AuditPage { before: None, limit: 1 };
        let found = bed.store.audit_search(&Default::default(), page).await.unwrap();
        assert_eq!(found[0].record.facts, facts, "inside of JSON it is escaped");
    }

    async fn an_operation_that_changes_nothing_keeps_its_changes(bed: &Bed) {
        let operation = bed.queued(1).await;
        let take = Changes::Take(vec![super::bed::hold("orders", Sharing::Exclusive)]);
        let ask_again = Transition { holds: take, ..event(&operation, Event::AskAgain) };
        let again = bed.does(&ask_again).await;
        assert_eq!(again.state, State::AwaitingApproval);
        assert_eq!(bed.store.holds(&again.cluster).await.unwrap(), [], "nothing is held while approval is awaited");
    }
}
