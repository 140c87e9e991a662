//! Votes, control reactions, `/unlock`.

use super::bed::{Bed, START, event, id, plan, taker};
use super::contract;
use crate::store::audit::{AuditEntry, AuditFilter, AuditPage};
use crate::store::{Cast, Edge, ReactionVotes, Reread, Taker, Unlock, UnlockAsked};
use engine::port::Journal;
use engine::{Actor, Notice, Operation, Revision, Transitioned};
use interlock::approval::{Event, Voice, Vote, Voted};
use interlock::facts::{Fact, Facts};
use interlock::id::PersonId;
use interlock::principal::Account;
use interlock::time::Millis;
use std::time::Duration;

fn vote(person: &str, voice: Voice, by: Voted) -> Vote {
    let number = person.bytes().map(u64::from).sum();
    Vote {
        account: Account::Discord(number),
        person: person.parse().unwrap(),
        voice,
        by,
        digest: plan(&id(1), 1).digest(),
        at: START,
    }
}

async fn reread(bed: &Bed, operation: &Operation, votes: &[Vote]) -> Reread {
    let at = START.plus(Duration::from_secs(60));
    let read = ReactionVotes { operation: &operation.id, digest: operation.digest, votes, at };
    bed.store.replace_reaction_votes(&read).await.unwrap()
}

fn edge() -> Edge {
    Edge { message: 50, person: "bob".parse().unwrap(), emoji: "🛑".to_owned() }
}

fn asked(person: &str, minutes: u64) -> UnlockAsked {
    UnlockAsked {
        operation: id(1),
        revision: 1,
        person: person.parse().unwrap(),
        account: Account::Discord(person.bytes().map(u64::from).sum()),
        request: "M2WQ7A".parse().unwrap(),
        reason: "the broker is gone".to_owned(),
        at: START.plus(Duration::from_secs(60 * minutes)),
        told: Notice::Milestone { id: "unlock-asked".to_owned(), facts: Facts::none().with("by", person) },
    }
}

/// How often a notice is delivered, when everything is.
async fn deliveries(bed: &Bed, notice: &Notice) -> usize {
    let (mut told, now) = (0, START.plus(Duration::from_secs(3_600)));
    loop {
        let taker = Taker { until: now.plus(Duration::from_secs(30)), ..taker("teller") };
        let due = bed.store.due(&taker, now, 100).await.unwrap();
        if due.is_empty() {
            return told;
        }
        for one in due {
            told += usize::from(one.notice == *notice);
            assert!(bed.store.sent(&one.claim, now, &[]).await.unwrap());
        }
    }
}

contract! {
    async fn votes_that_weigh_otherwise_have_the_card_drawn_anew(bed: &Bed) {
        let operation = bed.posted(1).await;
        let wanted = bed.store.card_wanted(&id(1)).await.unwrap().unwrap();
        bed.store.card_rendered(&id(1), wanted, "drawn").await.unwrap();
        bed.store.votes_weigh_otherwise(&id(1), plan(&id(1), 2).digest()).await.unwrap();
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), Some(wanted), "of another plan");
        bed.store.votes_weigh_otherwise(&id(1), operation.digest).await.unwrap();
        assert!(bed.store.dirty_cards(9).await.unwrap().iter().any(|card| card.operation == id(1)));
        bed.does(&event(&operation, Event::Cancel)).await;
        let ended = bed.store.card_wanted(&id(1)).await.unwrap();
        bed.store.votes_weigh_otherwise(&id(1), operation.digest).await.unwrap();
        assert_eq!(bed.store.card_wanted(&id(1)).await.unwrap(), ended, "it takes no votes");
    }

    async fn a_command_vote_is_a_fact_and_can_be_withdrawn(bed: &Bed) {
        let operation = bed.posted(1).await;
        let yes = vote("bob", Voice::Approve, Voted::Command);
        assert_eq!(bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap(), Cast::Already);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), std::slice::from_ref(&yes));
        let before = bed.audited().await;
        let mine = (operation.digest, yes.account);
        assert_eq!(bed.store.withdraw_vote(&id(1), mine, (None, START)).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.withdraw_vote(&id(1), mine, (None, START)).await.unwrap(), Cast::NoneThere);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), []);
        assert_eq!(bed.audited().await, before + 1);
        assert_eq!(bed.now(&id(1)).await, operation, "votes leave the version alone");
    }

    async fn a_veto_by_command_replaces_the_approval_and_stays(bed: &Bed) {
        let operation = bed.posted(1).await;
        let (yes, no) = (vote("bob", Voice::Approve, Voted::Command), vote("bob", Voice::Veto, Voted::Command));
        bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap();
        assert_eq!(bed.store.put_vote(&id(1), &no, (None, "")).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), std::slice::from_ref(&no));
        let mine = (operation.digest, no.account);
        assert_eq!(bed.store.withdraw_vote(&id(1), mine, (None, START)).await.unwrap(), Cast::NoneThere);
    }

    async fn why_somebody_vetoed_is_kept_with_the_veto_and_in_the_audit(bed: &Bed) {
        let operation = bed.posted(1).await;
        let veto = |name: &str| vote(name, Voice::Veto, Voted::Command);
        let why = "the deploy\n\0is still running";
        assert_eq!(bed.store.put_vote(&id(1), &veto("bob"), (None, why)).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.put_vote(&id(1), &veto("bob"), (None, "another")).await.unwrap(), Cast::Already);
        assert_eq!(bed.store.put_vote(&id(1), &veto("cid"), (None, "")).await.unwrap(), Cast::Stored);
        let said = "the deploy\nis still running".to_owned();
        let known = bed.store.veto_reasons(&id(1), operation.digest).await.unwrap();
        assert_eq!(known, [("bob".parse::<PersonId>().unwrap(), said.clone())]);
        assert_eq!(bed.store.veto_reasons(&id(1), plan(&id(1), 2).digest()).await.unwrap(), []);
        let page = AuditPage { before: None, limit: 2 };
        let found = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
        let reason = |entry: &AuditEntry| entry.record.facts.get("reason").cloned();
        assert_eq!(found.iter().map(reason).collect::<Vec<_>>(), [None, Some(Fact::Text(said))], "newest first");
    }

    async fn no_vote_before_the_card_on_another_plan_or_after_the_start(bed: &Bed) {
        let operation = bed.awaiting(1).await;
        let yes = vote("bob", Voice::Approve, Voted::Command);
        assert_eq!(bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap(), Cast::Closed, "no card yet");
        let at_the_console = Vote { account: Account::System(501), ..yes.clone() };
        assert_eq!(bed.store.put_vote(&id(1), &at_the_console, (None, "")).await.unwrap(), Cast::Stored, "it needs no card");
        let mine = (yes.digest, at_the_console.account);
        assert_eq!(bed.store.withdraw_vote(&id(1), mine, (None, START)).await.unwrap(), Cast::Stored);
        let due = bed.store.due(&super::bed::taker("one"), START, 9).await.unwrap();
        assert!(bed.store.sent(&due[0].claim, START, &[super::bed::card(50)]).await.unwrap());
        let other = Vote { digest: plan(&id(1), 2).digest(), ..yes.clone() };
        assert_eq!(bed.store.put_vote(&id(1), &other, (None, "")).await.unwrap(), Cast::Closed, "another plan");
        let queued = bed.does(&event(&operation, Event::Approve)).await;
        assert_eq!(bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap(), Cast::Stored, "queued still takes votes");
        let running = bed.does(&event(&queued, Event::Start)).await;
        let no = vote("cid", Voice::Veto, Voted::Command);
        assert_eq!(bed.store.put_vote(&id(1), &no, (None, "")).await.unwrap(), Cast::Closed, "started");
        assert_eq!(reread(bed, &running, &[]).await, Reread::Closed);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), [yes]);
    }

    async fn what_is_reread_replaces_reactions_only(bed: &Bed) {
        let operation = bed.posted(1).await;
        let fact = vote("dan", Voice::Approve, Voted::Command);
        bed.store.put_vote(&id(1), &fact, (None, "")).await.unwrap();
        let (bob, cid) = (vote("bob", Voice::Approve, Voted::Reaction), vote("cid", Voice::Veto, Voted::Reaction));
        let first = reread(bed, &operation, &[bob.clone(), cid.clone()]).await;
        assert_eq!(first, Reread::Stored { added: vec![bob.clone(), cid.clone()], removed: Vec::new() });
        let before = bed.audited().await;
        let later = Vote { at: START.plus(Duration::from_secs(99)), ..bob.clone() };
        let unchanged = reread(bed, &operation, &[later.clone(), cid.clone(), cid.clone()]).await;
        assert_eq!(unchanged, Reread::Stored { added: Vec::new(), removed: Vec::new() });
        assert_eq!(bed.audited().await, before, "nothing changed, nothing to record");
        let vetoed = reread(bed, &operation, std::slice::from_ref(&later)).await;
        assert_eq!(vetoed, Reread::Stored { added: Vec::new(), removed: Vec::new() }, "a veto once seen stays");
        let eve = vote("eve", Voice::Approve, Voted::Reaction);
        reread(bed, &operation, &[later.clone(), eve.clone()]).await;
        let before = bed.audited().await;
        let gone = reread(bed, &operation, &[later]).await;
        assert_eq!(gone, Reread::Stored { added: Vec::new(), removed: vec![eve] });
        assert_eq!(bed.audited().await, before + 1);
        let mut left = bed.store.votes(&id(1), operation.digest).await.unwrap();
        left.sort_by(|one, other| one.person.cmp(&other.person));
        assert_eq!(left, [bob, cid, fact], "the first time it was seen is kept");
    }

    async fn votes_of_an_account_that_became_another_persons_are_that_persons(bed: &Bed) {
        let operation = bed.posted(1).await;
        let unlisted = |voice| {
            let account = Account::Discord(307);
            Vote { account, person: PersonId::unlisted(account), ..vote("bob", voice, Voted::Reaction) }
        };
        let before = [unlisted(Voice::Approve), unlisted(Voice::Veto)];
        reread(bed, &operation, &before).await;
        let listed: Vec<Vote> = before.map(|vote| Vote { person: "bob".parse().unwrap(), ..vote }).into();
        let later: Vec<Vote> =
            listed.iter().map(|vote| Vote { at: START.plus(Duration::from_secs(99)), ..vote.clone() }).collect();
        let recorded = bed.audited().await;
        for _ in 0..2 {
            let read = reread(bed, &operation, &[later.clone(), later.clone()].concat()).await;
            assert_eq!(read, Reread::Stored { added: Vec::new(), removed: Vec::new() }, "they stood before");
            assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), listed);
        }
        assert_eq!(bed.audited().await, recorded + 2, "once for each vote");
        let filter = AuditFilter { person: Some("bob".parse().unwrap()), ..AuditFilter::default() };
        let found = bed.store.audit_search(&filter, AuditPage { before: None, limit: 9 }).await.unwrap();
        let was = Fact::from(PersonId::unlisted(Account::Discord(307)).as_str());
        assert!(found.iter().all(|one| one.record.facts.get("was") == Some(&was)), "{found:?}");
        assert_eq!(found.len(), 2);
        let gone = reread(bed, &operation, &[]).await;
        assert_eq!(gone, Reread::Stored { added: Vec::new(), removed: vec![listed[0].clone()] });
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), [listed[1].clone()], "the veto is final");
    }

    async fn a_veto_that_is_worth_nothing_goes_with_its_reaction(bed: &Bed) {
        let operation = bed.posted(1).await;
        let (of, no) = ((&id(1), operation.digest), |who| vote(who, Voice::Veto, Voted::Reaction));
        let (bob, eve) = (no("bob"), no("eve"));
        reread(bed, &operation, &[bob.clone(), eve.clone()]).await;
        assert_eq!(bed.store.powerless(of.0, of.1).await.unwrap(), [].into(), "nobody was looked up");
        bed.store.vetoes_weighed(of, &[(bob.account, false), (eve.account, true)]).await.unwrap();
        assert_eq!(bed.store.powerless(of.0, of.1).await.unwrap(), [eve.account].into());
        let again = reread(bed, &operation, &[bob.clone(), eve.clone()]).await;
        assert_eq!(again, Reread::Stored { added: Vec::new(), removed: Vec::new() }, "both stand");
        let gone = reread(bed, &operation, &[]).await;
        assert_eq!(gone, Reread::Stored { added: Vec::new(), removed: vec![eve.clone()] });
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), std::slice::from_ref(&bob));
        reread(bed, &operation, &[bob, eve.clone()]).await;
        bed.store.vetoes_weighed(of, &[(eve.account, true)]).await.unwrap();
        bed.store.vetoes_weighed(of, &[(eve.account, false)]).await.unwrap();
        assert_eq!(bed.store.powerless(of.0, of.1).await.unwrap(), [].into(), "that was before a role was given");
    }

    async fn an_approval_by_command_does_not_take_a_veto_back(bed: &Bed) {
        let operation = bed.posted(1).await;
        let (yes, no) = (vote("bob", Voice::Approve, Voted::Command), vote("bob", Voice::Veto, Voted::Command));
        assert_eq!(bed.store.put_vote(&id(1), &no, (None, "")).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.put_vote(&id(1), &yes, (None, "")).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), [yes.clone(), no.clone()]);
        assert_eq!(bed.store.put_vote(&id(1), &no, (None, "")).await.unwrap(), Cast::Already);
        let mine = (operation.digest, yes.account);
        assert_eq!(bed.store.withdraw_vote(&id(1), mine, (None, START)).await.unwrap(), Cast::Stored);
        assert_eq!(bed.store.votes(&id(1), operation.digest).await.unwrap(), [no]);
    }

    async fn votes_do_not_carry_over_to_a_new_plan(bed: &Bed) {
        let operation = bed.posted(1).await;
        bed.store.put_vote(&id(1), &vote("bob", Voice::Approve, Voted::Command), (None, "")).await.unwrap();
        let transition = event(&operation, Event::AskAgain);
        let revision = Revision { transition, plan: plan(&id(1), 2), typed: None, by_itself: false };
        let Transitioned::Done(revised) = bed.store.revise(&revision).await.unwrap() else { panic!("not done") };
        assert_eq!(bed.store.votes(&id(1), revised.digest).await.unwrap(), []);
        assert_eq!(reread(bed, &operation, &[]).await, Reread::Closed, "the old card was read");
    }

    async fn a_control_reaction_is_consumed_once_until_it_is_removed(bed: &Bed) {
        assert!(!bed.store.edge_removed(&edge(), START).await.unwrap());
        assert!(bed.store.consume_edge(&edge(), START).await.unwrap());
        assert!(!bed.store.consume_edge(&edge(), START).await.unwrap());
        let other = Edge { person: "cid".parse().unwrap(), ..edge() };
        assert!(bed.store.consume_edge(&other, START).await.unwrap());
        assert!(bed.store.edge_removed(&edge(), START).await.unwrap());
        assert_eq!(bed.store.edges(50).await.unwrap(), [other]);
        assert!(bed.store.consume_edge(&edge(), START).await.unwrap());
        let pause = Edge { emoji: "⏸".to_owned(), ..edge() };
        assert!(bed.store.consume_edge(&pause, START).await.unwrap());
        bed.store.edges_cleared(51, "", START).await.unwrap();
        assert_eq!(bed.store.edges(50).await.unwrap().len(), 3, "another message");
        bed.store.edges_cleared(50, "🛑", START).await.unwrap();
        assert_eq!(bed.store.edges(50).await.unwrap(), [pause]);
        bed.store.edges_cleared(50, "", START).await.unwrap();
        assert_eq!(bed.store.edges(50).await.unwrap(), []);
        assert!(bed.store.consume_edge(&edge(), START).await.unwrap(), "seen removed with all the others");
    }

    async fn of_eight_readers_of_one_reaction_one_consumes_it(bed: &Bed) {
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = bed.store.clone();
            readers.spawn(async move { store.consume_edge(&edge(), START).await.unwrap() });
        }
        assert_eq!(readers.join_all().await.into_iter().filter(|fresh| *fresh).count(), 1);
    }

    async fn unlocking_needs_a_second_person_in_time_on_the_same_revision(bed: &Bed) {
        bed.awaiting(1).await;
        let until = START.plus(Duration::from_secs(15 * 60));
        assert_eq!(bed.store.ask_unlock(&asked("bob", 0)).await.unwrap(), Unlock::First { until });
        assert_eq!(bed.store.ask_unlock(&asked("bob", 5)).await.unwrap(), Unlock::First { until }, "the same person");
        let told = AuditFilter { what: Some("unlock-asked".to_owned()), ..AuditFilter::default() };
        let told = bed.store.audit_search(&told, AuditPage { before: None, limit: 9 }).await.unwrap();
        let by: Vec<_> = told.iter().map(|one| (&one.record.actor, one.record.operation.as_ref())).collect();
        let bob = Actor::Person { account: asked("bob", 0).account, person: "bob".parse().unwrap() };
        assert_eq!(by, [(&bob, Some(&id(1)))], "the first word is in the log, once");
        let second = Unlock::Second { first: "bob".parse().unwrap(), reason: "the broker is gone".to_owned() };
        assert_eq!(bed.store.ask_unlock(&asked("cid", 15)).await.unwrap(), second);
        assert_eq!(deliveries(bed, &asked("bob", 0).told).await, 1, "the first word is told, once");
        let other_revision = UnlockAsked { revision: 2, ..asked("cid", 15) };
        assert!(matches!(bed.store.ask_unlock(&other_revision).await.unwrap(), Unlock::First { .. }));
        let late = UnlockAsked { revision: 2, ..asked("dan", 31) };
        let until = Millis(late.at.0 + 15 * 60 * 1000);
        assert_eq!(bed.store.ask_unlock(&late).await.unwrap(), Unlock::First { until }, "too late");
    }

    async fn a_first_word_that_lapsed_is_no_first_word(bed: &Bed) {
        bed.awaiting(1).await;
        bed.store.ask_unlock(&asked("bob", 0)).await.unwrap();
        bed.store.unlock_lapsed(&id(1), &"cid".parse().unwrap()).await.unwrap();
        assert!(matches!(bed.store.ask_unlock(&asked("cid", 1)).await.unwrap(), Unlock::Second { .. }), "it is bob's");
        bed.store.unlock_lapsed(&id(1), &"bob".parse().unwrap()).await.unwrap();
        let until = START.plus(Duration::from_secs(16 * 60));
        assert_eq!(bed.store.ask_unlock(&asked("cid", 1)).await.unwrap(), Unlock::First { until });
        let lapsed = AuditFilter { what: Some("unlock-lapsed".to_owned()), ..AuditFilter::default() };
        let lapsed = bed.store.audit_search(&lapsed, AuditPage { before: None, limit: 9 }).await.unwrap();
        assert_eq!(lapsed.len(), 1);
    }
}
