//! Broken glass: once for each plan, told of again until it is reviewed, and ahead in the line.

use super::bed::{Bed, START, answered, done, event, hold, id, plan, taker};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage};
use crate::store::{Cast, CloseReview, Store, StoreError};
use engine::port::{Journal, JournalError, Told, ToldAsRead};
use engine::{
    Called, Changes, Freezes, Notice, Operation, PAUSED_BY_GLASS, Revision, Stream, Transition, Transitioned, Why,
};
use interlock::approval::{BrokenGlass, Event, FIRST_NAG, NAG_EVERY, Review, State};
use interlock::facts::Facts;
use interlock::id::RequestId;
use interlock::plan::{Memory, Sharing};
use interlock::policy::Grantee;
use interlock::principal::{Account, ChatRole};
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// When everything is due.
const MUCH_LATER: Millis = Millis(START.0 + 365 * 86_400_000);

fn request() -> RequestId {
    "M2WQ7A".parse().unwrap()
}

fn glass(operation: &Operation, account: Account) -> BrokenGlass {
    BrokenGlass {
        operation: operation.id.clone(),
        digest: operation.digest,
        account,
        person: "olga".parse().unwrap(),
        reason: "payments stand still".to_owned(),
        at: START,
        review: None,
    }
}

fn skipped() -> BTreeSet<Grantee> {
    [Grantee::ChatRole(ChatRole(500)), Grantee::Person("dora".parse().unwrap())].into()
}

async fn breaks(bed: &Bed, glass: &BrokenGlass) -> Cast {
    bed.store.break_glass(glass, (&request(), &skipped())).await.unwrap()
}

/// A busy machine may not give a lock in time: it is asked again.
async fn nags(store: Store, now: Millis) {
    loop {
        match store.nag_reviews(now).await {
            Err(JournalError::Unavailable(_)) => {}
            other => return other.unwrap(),
        }
    }
}

async fn closes(bed: &Bed, glass: &BrokenGlass, at: Millis) -> bool {
    let review = Review { person: "bob".parse().unwrap(), words: "it was right".to_owned(), at };
    let close = CloseReview {
        operation: glass.operation.clone(),
        digests: vec![glass.digest],
        account: Account::Discord(2),
        request: request(),
        review,
    };
    loop {
        match bed.store.close_review(&close).await {
            Err(StoreError::Unavailable(_)) => {}
            other => return other.unwrap(),
        }
    }
}

/// Everything that waits to be told, in the order of its streams; it is told.
async fn told(bed: &Bed) -> Vec<(Stream, Notice)> {
    let mut all = Vec::new();
    loop {
        let due = bed.store.due(&taker("teller"), MUCH_LATER, 100).await.unwrap();
        if due.is_empty() {
            return all;
        }
        for one in due {
            assert!(bed.store.sent(&one.claim, START, &[]).await.unwrap());
            all.push((one.stream, one.notice));
        }
    }
}

/// How often people are told that a review is open, since this was asked before.
async fn nagged(bed: &Bed) -> usize {
    let told = told(bed).await;
    told.iter()
        .filter(|(_, one)| matches!(one, Notice::Alert { id, calls: Called::Nobody, .. } if id == "review-open"))
        .count()
}

/// An operation whose glass is broken, and others that were paused: the first for it, the second for it and then for another one,
/// the third was let go on, the fourth for it without its knowledge, and the fifth for another one alone.
async fn has_paused(bed: &Bed, number: u32) -> Operation {
    let posted = bed.posted(number).await;
    assert_eq!(breaks(bed, &glass(&posted, Account::Discord(5))).await, Cast::Stored);
    let waits = bed.does(&event(&bed.now(&posted.id).await, Event::Approve)).await;
    let mut memory = waits.memory.clone();
    for (place, because_of, is_known) in
        [(1, number, true), (2, 99, true), (3, number, true), (4, number, false), (5, 99, false)]
    {
        let running = bed.running(number + place, Vec::new()).await;
        let facts = Facts::none().with("operation", id(because_of).as_str());
        let why = Why { id: PAUSED_BY_GLASS.to_owned(), facts };
        let pausing = bed.does(&Transition { why, ..event(&running, Event::Pause) }).await;
        if place == 3 {
            bed.does(&event(&pausing, Event::Resume)).await;
        }
        if is_known {
            memory.paused.insert(pausing.id);
        }
    }
    let token = bed.store.take_lease(&waits.id, "worker", None).await.unwrap().unwrap();
    assert!(bed.store.remember(&waits, token, &memory, START).await.unwrap());
    told(bed).await;
    waits
}

/// It is told this, if it is as it was read.
fn asked(operation: &Operation, notice: &Notice) -> ToldAsRead {
    let told = Told { operation: operation.id.clone(), at: START, notices: vec![notice.clone()], records: Vec::new() };
    ToldAsRead { version: operation.version, told }
}

fn all_told(gone: &Operation, state: State) -> Vec<(Stream, Facts)> {
    let mut all = [11, 12, 14].map(|number| (Stream::Operation(id(number)), gone_facts(gone, state))).to_vec();
    all.sort_by_key(|(stream, _)| format!("{stream:?}"));
    all
}

fn gone_facts(gone: &Operation, state: State) -> Facts {
    Facts::none().with("operation", gone.id.as_str()).with("state", state.key())
}

/// Who is told that a plan is gone for which it pauses, and what.
async fn told_of_gone(bed: &Bed) -> Vec<(Stream, Facts)> {
    let is_it = |(stream, notice)| match notice {
        Notice::Alert { id, facts, .. } if id == "glass-plan-gone" => Some((stream, facts)),
        _ => None,
    };
    let mut all: Vec<_> = told(bed).await.into_iter().filter_map(is_it).collect();
    all.sort_by_key(|(stream, _)| format!("{stream:?}"));
    all
}

contract! {
    async fn the_glass_of_a_plan_is_broken_once_and_who_was_skipped_is_told(bed: &Bed) {
        let posted = bed.posted(1).await;
        told(bed).await;
        let broken = glass(&posted, Account::Discord(5));
        assert_eq!(breaks(bed, &broken).await, Cast::Stored);
        let again = BrokenGlass { reason: "another".to_owned(), ..broken.clone() };
        assert_eq!(breaks(bed, &again).await, Cast::Already);
        assert_eq!(bed.store.broken_glass(&posted.id).await.unwrap(), std::slice::from_ref(&broken));
        let notice = Notice::GlassBroken {
            by: broken.person.clone(),
            reason: broken.reason.clone(),
            skipped: skipped().into_iter().collect(),
            digest: Some(posted.digest),
        };
        assert_eq!(told(bed).await, [(Stream::Owners(posted.id.clone()), notice)], "beside what others are told");
        let page = AuditPage { before: None, limit: 10 };
        let log = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
        let record = &log[0].record;
        assert_eq!((record.what.as_str(), record.digest), ("glass-broken", Some(posted.digest)));
        let by_another = glass(&posted, Account::Discord(6));
        assert_eq!(breaks(bed, &by_another).await, Cast::Stored, "the first one may have the right no more");
        assert_eq!(bed.store.broken_glass(&posted.id).await.unwrap().len(), 2);
        assert_eq!(record.request, Some(request()));
        let names = vec!["dora".to_owned(), "role:500".to_owned()];
        assert_eq!(record.facts.get("skipped"), Some(&names.into()));
        bed.audited().await;
    }

    async fn what_takes_no_votes_on_this_plan_has_no_glass(bed: &Bed) {
        let awaiting = bed.awaiting(1).await;
        let discord = glass(&awaiting, Account::Discord(5));
        assert_eq!(breaks(bed, &discord).await, Cast::Closed, "its card is not posted");
        let other = BrokenGlass { digest: bed.awaiting(2).await.digest, ..glass(&awaiting, Account::System(503)) };
        assert_eq!(breaks(bed, &other).await, Cast::Closed, "another plan");
        let running = bed.running(3, Vec::new()).await;
        assert_eq!(breaks(bed, &glass(&running, Account::System(503))).await, Cast::Closed, "it has started");
        assert_eq!(breaks(bed, &glass(&awaiting, Account::System(503))).await, Cast::Stored, "at the console it needs no card");
        assert_eq!(bed.store.broken_glass(&running.id).await.unwrap(), []);
    }

    async fn an_open_review_is_told_of_once_each_time_whatever_processes_run(bed: &Bed) {
        let posted = bed.posted(1).await;
        let broken = glass(&posted, Account::Discord(5));
        breaks(bed, &broken).await;
        let first = START.plus(FIRST_NAG);
        nags(bed.store.clone(), first.minus(Duration::from_millis(1))).await;
        assert_eq!(nagged(bed).await, 0);
        let mut all = JoinSet::new();
        for number in 0..6 {
            let store = if bed.is_sqlite() || number % 2 == 0 { bed.store.clone() } else { bed.another().await };
            all.spawn(nags(store, first));
        }
        all.join_all().await;
        assert_eq!(nagged(bed).await, 1);
        nags(bed.store.clone(), first.plus(NAG_EVERY - Duration::from_millis(1))).await;
        assert_eq!(nagged(bed).await, 0);
        // Days without anybody are one more, and a day begins then.
        let late = first.plus(NAG_EVERY * 3);
        nags(bed.store.clone(), late).await;
        nags(bed.store.clone(), late.plus(NAG_EVERY - Duration::from_millis(1))).await;
        assert_eq!(nagged(bed).await, 1);
        assert!(closes(bed, &broken, late).await);
        nags(bed.store.clone(), late.plus(NAG_EVERY * 9)).await;
        assert_eq!(nagged(bed).await, 0, "it is closed");
        let page = AuditPage { before: None, limit: 200 };
        let log = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
        assert_eq!(log.iter().filter(|one| one.record.what == "review-open").count(), 2);
        bed.audited().await;
    }

    async fn a_review_is_closed_once_also_after_the_end(bed: &Bed) {
        let posted = bed.posted(1).await;
        let broken = glass(&posted, Account::Discord(5));
        breaks(bed, &broken).await;
        bed.does(&event(&bed.now(&posted.id).await, Event::Cancel)).await;
        told(bed).await;
        let wanted = bed.store.dirty_cards(10).await.unwrap()[0].wanted;
        let at = START;
        assert!(closes(bed, &broken, at).await);
        assert!(!closes(bed, &broken, at).await, "somebody was faster");
        let read = bed.store.broken_glass(&posted.id).await.unwrap();
        let review = read[0].review.as_ref().unwrap();
        assert_eq!((review.person.as_str(), review.words.as_str(), review.at), ("bob", "it was right", at));
        assert!(bed.store.dirty_cards(10).await.unwrap()[0].wanted > wanted, "its card shows it");
        let told = told(bed).await;
        assert!(matches!(&told[..], [(_, Notice::Milestone { id, .. })] if id == "review-closed"), "{told:?}");
    }

    async fn whoever_pauses_for_a_plan_that_ends_is_told(bed: &Bed) {
        let gone = has_paused(bed, 10).await;
        bed.does(&event(&gone, Event::Cancel)).await;
        assert_eq!(told_of_gone(bed).await, all_told(&gone, State::Cancelled));
    }

    async fn whoever_pauses_for_a_plan_that_is_changed_is_told(bed: &Bed) {
        let gone = has_paused(bed, 10).await;
        let (transition, plan) = (event(&gone, Event::AskAgain), plan(&gone.id, 2));
        let revised = done(bed.store.revise(&Revision { transition, plan, typed: None, by_itself: false }).await.unwrap());
        assert!(revised.memory.paused.is_empty(), "whoever breaks the glass of the new plan pauses them again");
        assert_eq!(told_of_gone(bed).await, all_told(&gone, State::AwaitingApproval));
    }

    async fn nobody_pauses_for_a_plan_that_takes_no_votes(bed: &Bed) {
        let (asked, runs) = (bed.awaiting(1).await, bed.running(2, Vec::new()).await);
        let pause = |number, revision| Transition {
            only_while: Some((id(number), revision)),
            ..event(&runs, Event::Pause)
        };
        let before = bed.audited().await;
        for (number, revision) in [(1, 2), (3, 1)] {
            assert_eq!(bed.store.transition(&pause(number, revision)).await.unwrap(), Transitioned::Lost, "another plan");
        }
        assert_eq!((bed.now(&runs.id).await, bed.audited().await), (runs.clone(), before));
        let (transition, plan) = (event(&asked, Event::AskAgain), plan(&id(1), 2));
        let revised = done(bed.store.revise(&Revision { transition, plan, typed: None, by_itself: false }).await.unwrap());
        assert_eq!(bed.store.transition(&pause(1, 1)).await.unwrap(), Transitioned::Lost, "a plan of before");
        let wanted = bed.store.card_wanted(&id(1)).await.unwrap();
        let pausing = bed.does(&pause(1, 2)).await;
        assert_eq!((pausing.state, bed.now(&id(1)).await), (State::Pausing, revised.clone()));
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), wanted, "its card shows nothing of that");
        let runs = bed.does(&event(&pausing, Event::Resume)).await;
        let pause = Transition { only_while: Some((id(1), 2)), ..event(&runs, Event::Pause) };
        let queued = bed.does(&event(&revised, Event::Approve)).await;
        let started = bed.does(&event(&queued, Event::Start)).await;
        assert_eq!(bed.store.transition(&pause).await.unwrap(), Transitioned::Lost, "it has started");
        bed.does(&event(&started, Event::Finish)).await;
        assert_eq!(bed.store.transition(&pause).await.unwrap(), Transitioned::Lost, "it has ended");
        assert_eq!(bed.now(&runs.id).await, runs);
    }

    async fn who_pauses_for_a_plan_that_ends_in_the_same_moment_is_told_once(bed: &Bed) {
        let other = if bed.is_sqlite() { bed.store.clone() } else { bed.another().await };
        for round in 0..20 {
            let (asked, runs) = (bed.awaiting(2 * round).await, bed.running(2 * round + 1, Vec::new()).await);
            assert_eq!(breaks(bed, &glass(&asked, Account::System(503))).await, Cast::Stored);
            told(bed).await;
            let facts = Facts::none().with("operation", asked.id.as_str());
            let why = Why { id: PAUSED_BY_GLASS.to_owned(), facts };
            let only_while = Some((asked.id.clone(), asked.revision));
            let pause = Transition { why, only_while, ..event(&runs, Event::Pause) };
            let cancel = event(&asked, Event::Cancel);
            tokio::join!(
                answered(async || bed.store.transition(&pause).await),
                answered(async || other.transition(&cancel).await),
            );
            assert_eq!(bed.state(&asked.id).await, State::Cancelled);
            let pauses = bed.state(&runs.id).await == State::Pausing;
            let gone = (Stream::Operation(runs.id.clone()), gone_facts(&asked, State::Cancelled));
            let expected = if pauses { vec![gone] } else { Vec::new() };
            assert_eq!(told_of_gone(bed).await, expected, "round {round}, it pauses: {pauses}");
        }
    }

    async fn who_pauses_already_is_told_of_another_plan_only_if_that_remembers_it(bed: &Bed) {
        let (waits, pauses) = (bed.queued(1).await, bed.running(2, Vec::new()).await);
        let token = bed.store.take_lease(&waits.id, "worker", None).await.unwrap().unwrap();
        told(bed).await;
        let notice = Notice::alert(PAUSED_BY_GLASS, Facts::none().with("operation", waits.id.as_str()));
        let asked = [asked(&pauses, &notice)];
        let memory = Memory { paused: [pauses.id.clone()].into(), ..Memory::default() };
        assert!(bed.store.remember_telling(&waits, token, (&memory, START), &asked).await.unwrap());
        assert_eq!(bed.now(&waits.id).await.memory, memory);
        assert_eq!(told(bed).await, [(Stream::Operation(pauses.id), notice)]);
        bed.does(&event(&waits, Event::AskAgain)).await;
        told(bed).await;
        assert!(bed.store.remember_telling(&waits, token, (&memory, START), &asked).await.unwrap(), "the token holds");
        assert!(told(bed).await.is_empty(), "it has changed");
        let waits = bed.now(&waits.id).await;
        bed.store.release_lease(&waits.id, token).await.unwrap();
        assert!(!bed.store.remember_telling(&waits, token, (&memory, START), &asked).await.unwrap());
        assert!(told(bed).await.is_empty(), "it is another worker's");
    }

    async fn nobody_is_remembered_or_told_if_one_of_them_has_changed_since_it_was_read(bed: &Bed) {
        let waits = bed.queued(1).await;
        let (stays, changes) = (bed.running(2, Vec::new()).await, bed.running(3, Vec::new()).await);
        let token = bed.store.take_lease(&waits.id, "worker", None).await.unwrap().unwrap();
        let notice = Notice::alert(PAUSED_BY_GLASS, Facts::none().with("operation", waits.id.as_str()));
        let memory = Memory { paused: [stays.id.clone(), changes.id.clone()].into(), ..Memory::default() };
        let all = [asked(&stays, &notice), asked(&changes, &notice)];
        let changed = bed.does(&event(&changes, Event::Pause)).await;
        told(bed).await;
        let before = bed.now(&waits.id).await;
        assert!(bed.store.remember_telling(&waits, token, (&memory, MUCH_LATER), &all).await.unwrap(), "the token holds");
        assert_eq!(bed.now(&waits.id).await, before);
        assert!(told(bed).await.is_empty(), "also not the one that has not changed");
        let all = [asked(&stays, &notice), asked(&changed, &notice)];
        assert!(bed.store.remember_telling(&waits, token, (&memory, MUCH_LATER), &all).await.unwrap());
        assert_eq!(bed.now(&waits.id).await.memory, memory);
        let mut streams: Vec<_> = told(bed).await.into_iter().map(|(stream, _)| format!("{stream:?}")).collect();
        streams.sort();
        let expected = [stays.id, changed.id].map(|id| format!("{:?}", Stream::Operation(id)));
        assert_eq!(streams, expected);
    }

    async fn who_broke_the_glass_stands_before_all_others_and_holds_stay_holds(bed: &Bed) {
        let orders = || vec![hold("orders", Sharing::Exclusive)];
        let holder = bed.running(1, orders()).await;
        bed.in_line(2, orders()).await;
        let ahead = |operation: &Operation| Transition {
            holds: Changes::AheadInLine(orders()),
            ..event(operation, Event::Approve)
        };
        let first = bed.does(&ahead(&bed.awaiting(3).await)).await;
        let second = bed.does(&ahead(&bed.awaiting(4).await)).await;
        let takes = Changes::Take(orders());
        let way = async |number: u32| {
            let operation = bed.now(&id(number)).await;
            bed.store.in_the_way(&operation, &takes, &Freezes::Unasked).await.unwrap()
        };
        assert_eq!(way(3).await, Some(holder.id.clone()), "two never share a thing");
        assert_eq!(bed.store.holders(&orders()).await.unwrap(), [holder.id.clone()].into());
        bed.does(&Transition { holds: Changes::Release, ..event(&holder, Event::Finish) }).await;
        assert_eq!(bed.store.holders(&orders()).await.unwrap(), [].into());
        assert_eq!((way(2).await, way(4).await, way(3).await), (Some(first.id.clone()), Some(first.id.clone()), None));
        bed.does(&Transition { holds: takes.clone(), ..event(&first, Event::Start) }).await;
        let third = bed.now(&first.id).await;
        bed.does(&Transition { holds: Changes::Release, ..event(&third, Event::Finish) }).await;
        assert_eq!((way(2).await, way(4).await), (Some(second.id), None));
    }
}
