//! Holds, against the table in the middle.

use super::bed::{Bed, START, event, hold, id};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage};
use crate::store::database::vals;
use crate::store::holds::{self, Claimed};
use engine::port::{Discharge, Journal, Told};
use engine::{Changes, Freezes, Operation, Token, Transition, Transitioned};
use interlock::approval::{Event, State, TakenOver};
use interlock::plan::{Adopted, Aspect, ConfigOn, Hold, Owed, Sharing, Thing};

fn all_holds() -> Vec<Hold> {
    let things = [Thing::Whole, Thing::Topic("a".into()), Thing::Topic("b".into()), Thing::Group("a".into())];
    let aspects = [Aspect::Layout, Aspect::Offsets, Aspect::Config, Aspect::Life];
    let mut all = Vec::new();
    for thing in things {
        for aspect in aspects {
            for sharing in [Sharing::Exclusive, Sharing::Shared] {
                all.push(Hold { cluster: "lab".parse().unwrap(), thing: thing.clone(), aspect, sharing });
            }
        }
    }
    all
}

/// Whether the second gets its hold while the first has one; nothing stays.
async fn both_fit(bed: &Bed, pair: (&Operation, &Operation), theirs: &Hold, ours: &Hold) -> bool {
    let mut tx = bed.pools().begin().await.unwrap();
    let first = holds::change(&mut tx, pair.0, (&Changes::Take(vec![theirs.clone()]), false)).await.unwrap();
    assert!(matches!(first, Claimed::Done));
    let second = holds::change(&mut tx, pair.1, (&Changes::Take(vec![ours.clone()]), false)).await.unwrap();
    tx.rollback().await.unwrap();
    match second {
        Claimed::Done => true,
        Claimed::HeldBy(holder) => {
            assert_eq!(holder, pair.0.id);
            false
        }
    }
}

async fn held_by(bed: &Bed) -> Vec<String> {
    let held = bed.store.holds(&"lab".parse().unwrap()).await.unwrap();
    held.into_iter().map(|one| format!("{} {}", one.operation, one.hold.thing.name())).collect()
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

fn on_broker(number: i32) -> Hold {
    settings_of(&ConfigOn::Broker(number))
}

fn settings_of(on: &ConfigOn) -> Hold {
    Hold { thing: on.thing(), aspect: Aspect::Config, ..hold("orders", Sharing::Exclusive) }
}

/// An operation that succeeded and owes something to the brokers 4 and 5.
async fn owing(bed: &Bed, number: u32) -> Operation {
    let holds = vec![on_broker(4), on_broker(5)];
    let running = bed.running(number, holds.clone()).await;
    let owed = [4, 5].map(|broker| Owed { on: ConfigOn::Broker(broker), due: START, called: false }).to_vec();
    bed.does(&Transition { holds: Changes::Owe { owed, holds }, ..event(&running, Event::Finish) }).await
}

fn orders() -> Vec<Hold> {
    vec![hold("orders", Sharing::Exclusive)]
}

contract! {
    async fn every_pair_of_holds_conflicts_as_the_table_says(bed: &Bed) {
        let (first, second) = (bed.running(1, Vec::new()).await, bed.running(2, Vec::new()).await);
        for theirs in all_holds() {
            for ours in all_holds() {
                let fits = both_fit(bed, (&first, &second), &theirs, &ours).await;
                assert_eq!(fits, !theirs.conflicts(&ours), "{theirs:?} {ours:?}");
            }
        }
        assert_eq!(held_by(bed).await, Vec::<String>::new());
    }

    async fn another_cluster_is_another_thing(bed: &Bed) {
        bed.running(1, orders()).await;
        let elsewhere = Hold { cluster: "other".parse().unwrap(), ..hold("orders", Sharing::Exclusive) };
        bed.running(2, vec![elsewhere]).await;
    }

    async fn holds_are_taken_all_or_none(bed: &Bed) {
        bed.running(1, vec![hold("b", Sharing::Exclusive)]).await;
        let queued = bed.queued(2).await;
        let holds = Changes::Take(["a", "b", "c"].map(|topic| hold(topic, Sharing::Exclusive)).to_vec());
        let start = Transition { holds, ..event(&queued, Event::Start) };
        assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(id(1)));
        assert_eq!(held_by(bed).await, [format!("{} b", id(1))]);
        assert_eq!(bed.now(&id(2)).await, queued);
    }

    async fn shared_holds_lie_beside_each_other(bed: &Bed) {
        bed.running(1, vec![hold("orders", Sharing::Shared)]).await;
        bed.running(2, vec![hold("orders", Sharing::Shared)]).await;
        let queued = bed.queued(3).await;
        let start = Transition { holds: Changes::Take(orders()), ..event(&queued, Event::Start) };
        assert!(matches!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(_)));
    }

    async fn what_is_owed_keeps_its_holds_and_is_looked_at_until_it_is_discharged(bed: &Bed) {
        let broker = on_broker(4);
        let running = bed.running(1, [orders(), vec![broker.clone()]].concat()).await;
        let owed = vec![Owed { on: ConfigOn::Broker(4), due: START, called: false }];
        let holds = Changes::Owe { owed: owed.clone(), holds: vec![broker] };
        let ended = bed.does(&Transition { holds, ..event(&running, Event::Finish) }).await;
        assert_eq!((ended.state, &ended.memory.owed), (State::Succeeded, &owed));
        assert_eq!(held_by(bed).await, [format!("{} 4", id(1))]);
        let lab = "lab".parse().unwrap();
        assert_eq!(bed.store.workable(START).await.unwrap(), std::slice::from_ref(&ended));
        assert_eq!(bed.store.owing(&lab).await.unwrap(), std::slice::from_ref(&ended));
        assert_eq!(bed.store.owing(&"other".parse().unwrap()).await.unwrap(), []);

        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let told = Told { operation: id(1), at: START, notices: Vec::new(), records: Vec::new() };
        let all = Discharge { operation: &ended, token: Some(token), left: &[], told: &told };
        let others = Discharge { token: Some(Token(token.0 + 1)), ..all };
        assert!(!bed.store.discharge(&others).await.unwrap(), "another worker's");
        let by_people = Discharge { token: None, ..all };
        assert!(!bed.store.discharge(&by_people).await.unwrap(), "a worker is at it");
        assert!(bed.store.discharge(&all).await.unwrap());
        assert!(!bed.store.discharge(&all).await.unwrap(), "once");
        assert_eq!(bed.store.workable(START).await.unwrap(), []);
        assert_eq!(bed.store.owing(&lab).await.unwrap(), []);
        assert_eq!(held_by(bed).await, Vec::<String>::new());
        assert_eq!(bed.now(&id(1)).await.memory.owed, []);
    }

    async fn what_is_owed_is_discharged_broker_by_broker_and_given_up_by_people(bed: &Bed) {
        let ended = owing(bed, 1).await;
        let told = Told { operation: id(1), at: START, notices: Vec::new(), records: Vec::new() };
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let left = [ended.memory.owed[1].clone()];
        let one = Discharge { operation: &ended, token: Some(token), left: &left, told: &told };
        assert!(bed.store.discharge(&one).await.unwrap());
        assert_eq!(held_by(bed).await, [format!("{} 5", id(1))]);
        let now = bed.now(&id(1)).await;
        assert_eq!(now.memory.owed, left);
        assert_eq!(bed.store.workable(START).await.unwrap(), std::slice::from_ref(&now));

        bed.store.release_lease(&id(1), token).await.unwrap();
        let seen = bed.store.lease(&id(1)).await.unwrap();
        let by_people = Discharge { operation: &now, token: None, left: &[], told: &told };
        assert!(bed.store.discharge(&by_people).await.unwrap());
        assert_eq!(held_by(bed).await, Vec::<String>::new());
        assert_eq!(bed.store.workable(START).await.unwrap(), []);
        assert_eq!(bed.store.take_lease(&id(1), "late", seen.as_ref()).await.unwrap(), None, "who saw it owing is late");
    }

    async fn what_is_owed_is_adopted_by_who_starts_on_that_broker(bed: &Bed) {
        let ended = owing(bed, 1).await;
        let holds = vec![on_broker(4)];
        let adopts = vec![Adopted { operation: id(1), brokers: [4].into(), topics: [].into(), left: [].into() }];
        let adopt = Changes::Adopt { from: None, holds: holds.clone(), adopts };
        let queued = bed.queued(2).await;
        assert_eq!(bed.store.in_the_way(&queued, &Changes::Take(holds), &Freezes::Unasked).await.unwrap(), Some(id(1)));
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        assert_eq!(bed.store.in_the_way(&queued, &adopt, &Freezes::Unasked).await.unwrap(), Some(id(1)), "a worker is at it");
        let start = Transition { holds: adopt.clone(), ..event(&queued, Event::Start) };
        assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(id(1)));
        bed.store.release_lease(&id(1), token).await.unwrap();

        assert_eq!(bed.store.in_the_way(&queued, &adopt, &Freezes::Unasked).await.unwrap(), None);
        assert_eq!(bed.now(&id(1)).await, ended, "that was a look only");
        bed.does(&start).await;
        assert_eq!(sorted(held_by(bed).await), sorted(vec![format!("{} 5", id(1)), format!("{} 4", id(2))]));
        let first = bed.now(&id(1)).await;
        assert_eq!(first.memory.owed, ended.memory.owed[1..]);
        assert!(first.version > ended.version, "a worker that read it before comes too late");
        let told = bed.store.audit_search(&AuditFilter::default(), AuditPage { before: None, limit: 50 }).await.unwrap();
        assert!(told.iter().any(|entry| entry.record.what == "owed-adopted"));
        // Where nothing is owed any more there is nothing to adopt, and nothing in the way.
        assert_eq!(bed.store.in_the_way(&bed.queued(3).await, &adopt, &Freezes::Unasked).await.unwrap(), Some(id(2)));
    }

    async fn a_topic_whose_lists_are_owed_is_adopted_and_discharged_like_a_broker(bed: &Bed) {
        let topic = |name: &str| ConfigOn::Topic(name.parse().unwrap());
        let both = [topic("orders"), topic("payments")];
        let holds = both.iter().map(settings_of).collect::<Vec<_>>();
        let layout = Hold { aspect: Aspect::Layout, ..settings_of(&both[1]) };
        let running = bed.running(1, [holds.clone(), vec![layout]].concat()).await;
        let owed = both.iter().map(|on| Owed { on: on.clone(), due: START, called: false }).collect();
        let ended = bed.does(&Transition { holds: Changes::Owe { owed, holds }, ..event(&running, Event::Finish) }).await;
        assert_eq!(sorted(held_by(bed).await), [format!("{} orders", id(1)), format!("{} payments", id(1))], "no layout");
        let adopts = Adopted {
            operation: id(1),
            brokers: [].into(),
            topics: ["orders".parse().unwrap()].into(),
            left: [].into(),
        };
        let holds = Changes::Adopt { from: None, holds: vec![settings_of(&both[0])], adopts: vec![adopts] };
        bed.does(&Transition { holds, ..event(&bed.queued(2).await, Event::Start) }).await;
        let now = bed.now(&id(1)).await;
        assert_eq!(now.memory.owed, ended.memory.owed[1..]);
        let told = Told { operation: id(1), at: START, notices: Vec::new(), records: Vec::new() };
        let by_people = Discharge { operation: &now, token: None, left: &[], told: &told };
        assert!(bed.store.discharge(&by_people).await.unwrap());
        assert_eq!(held_by(bed).await, [format!("{} orders", id(2))]);
    }

    async fn a_way_back_takes_over_all_but_what_is_still_owed(bed: &Bed) {
        let ended = owing(bed, 1).await;
        let adopts = vec![Adopted { operation: id(1), brokers: [4].into(), topics: [].into(), left: [].into() }];
        let holds = Changes::Adopt { from: Some(id(1)), holds: vec![on_broker(4)], adopts };
        bed.does(&Transition { holds, ..event(&bed.queued(2).await, Event::Start) }).await;
        assert_eq!(sorted(held_by(bed).await), sorted(vec![format!("{} 5", id(1)), format!("{} 4", id(2))]));
        assert_eq!(bed.now(&id(1)).await.memory.owed, ended.memory.owed[1..]);
        let holds = Changes::TakeOver { from: id(1), holds: Vec::new() };
        bed.does(&Transition { holds, ..event(&bed.queued(3).await, Event::Start) }).await;
        assert!(held_by(bed).await.contains(&format!("{} 5", id(1))), "a debt that nobody adopts keeps its hold");
    }

    async fn what_a_failed_operation_owes_outlives_that_it_is_given_up(bed: &Bed) {
        let running = bed.running(1, orders()).await;
        let owed = vec![Owed { on: ConfigOn::Broker(4), due: START, called: false }];
        let holds = Changes::Owe { owed: owed.clone(), holds: Vec::new() };
        let failed = bed.does(&Transition { holds, ..event(&running, Event::Fail) }).await;
        assert_eq!(held_by(bed).await, [format!("{} orders", id(1))], "failed keeps all of them");
        let abandoned = bed.does(&event(&failed, Event::Abandon)).await;
        assert_eq!(abandoned.memory.owed, owed);
        assert_eq!(bed.store.workable(START).await.unwrap(), [abandoned]);
    }

    async fn an_end_releases_and_failed_or_stuck_keep(bed: &Bed) {
        let ends = [
            (Event::Finish, State::Succeeded, false),
            (Event::Fail, State::Failed, true),
            (Event::Lose, State::Stuck, true),
        ];
        for (number, (end, state, keeps)) in (1..).zip(ends) {
            let topic = format!("t{number}");
            let running = bed.running(number, vec![hold(&topic, Sharing::Exclusive)]).await;
            let ended = bed.does(&event(&running, end)).await;
            assert_eq!(ended.state, state);
            let held = held_by(bed).await;
            assert_eq!(held.contains(&format!("{} {topic}", id(number))), keeps, "{state}: {held:?}");
        }
        let stuck = bed.now(&id(3)).await;
        bed.does(&Transition { holds: Changes::Release, ..event(&stuck, Event::Abandon) }).await;
        assert_eq!(held_by(bed).await, [format!("{} t2", id(2))]);
    }

    async fn a_rollback_takes_the_holds_over(bed: &Bed) {
        let running = bed.running(1, orders()).await;
        bed.does(&event(&running, Event::Fail)).await;
        let rollback = bed.queued(2).await;
        let more = vec![hold("audit", Sharing::Exclusive)];
        let holds = Changes::TakeOver { from: id(1), holds: more };
        bed.does(&Transition { holds, ..event(&rollback, Event::Start) }).await;
        assert_eq!(held_by(bed).await, [format!("{} audit", id(2)), format!("{} orders", id(2))]);
        assert_eq!(bed.state(&id(1)).await, State::Failed);
    }

    async fn what_failed_counts_until_it_is_taken_over_or_given_up(bed: &Bed) {
        let failed = || async {
            let counted = bed.store.figures().await.unwrap().operations;
            counted.iter().find(|(state, _)| *state == State::Failed).map(|(_, count)| *count)
        };
        for (number, topic) in [(1, "orders"), (2, "audit")] {
            let running = bed.running(number, vec![hold(topic, Sharing::Exclusive)]).await;
            bed.does(&event(&running, Event::Fail)).await;
        }
        assert_eq!(failed().await, Some(2));
        let holds = Changes::TakeOver { from: id(1), holds: Vec::new() };
        let back = bed.does(&Transition { holds, ..event(&bed.queued(3).await, Event::Start) }).await;
        assert_eq!(failed().await, Some(1), "its way back has begun");
        bed.does(&event(&back, Event::Finish)).await;
        let second = bed.now(&id(2)).await;
        bed.does(&Transition { holds: Changes::Release, ..event(&second, Event::Abandon) }).await;
        assert_eq!(failed().await, Some(0));
        assert_eq!(bed.state(&id(1)).await, State::Failed, "its row stays as it is");
    }

    async fn holds_are_not_taken_from_what_still_runs(bed: &Bed) {
        bed.running(1, orders()).await;
        let rollback = bed.queued(2).await;
        let holds = Changes::TakeOver { from: id(1), holds: Vec::new() };
        let start = Transition { holds, ..event(&rollback, Event::Start) };
        assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(id(1)));
        assert_eq!(held_by(bed).await, [format!("{} orders", id(1))]);
    }

    async fn who_was_approved_first_takes_first(bed: &Bed) {
        let holder = bed.running(1, orders()).await;
        let (first, second) = (bed.in_line(2, orders()).await, bed.in_line(3, orders()).await);
        let other = bed.in_line(4, vec![hold("audit", Sharing::Exclusive)]).await;
        let take = |operation: &Operation, holds: Vec<Hold>| Transition {
            holds: Changes::Take(holds),
            ..event(operation, Event::Start)
        };
        let in_the_way = |operation: Operation| async move {
            bed.store.in_the_way(&operation, &Changes::Take(orders()), &Freezes::Unasked).await.unwrap()
        };
        assert_eq!(in_the_way(first.clone()).await, Some(id(1)));
        assert_eq!(in_the_way(second.clone()).await, Some(id(1)));
        bed.does(&take(&other, vec![hold("audit", Sharing::Exclusive)])).await;
        bed.does(&event(&holder, Event::Finish)).await;
        assert_eq!(in_the_way(second.clone()).await, Some(id(2)), "it stands before");
        let start = bed.store.transition(&take(&second, orders())).await.unwrap();
        assert_eq!(start, Transitioned::HeldBy(id(2)), "nobody overtakes");
        assert_eq!(in_the_way(first.clone()).await, None);
        let started = bed.does(&take(&first, orders())).await;
        assert_eq!(in_the_way(second.clone()).await, Some(id(2)), "it holds");
        bed.does(&event(&started, Event::Finish)).await;
        bed.does(&take(&second, orders())).await;
    }

    /// Approved in this order, but without places in the line: whoever looks first is first.
    async fn without_a_place_in_the_line_somebody_overtakes(bed: &Bed) {
        let holder = bed.running(1, orders()).await;
        let (first, second) = (bed.queued(2).await, bed.queued(3).await);
        let take = |operation: &Operation| Transition {
            holds: Changes::Take(orders()),
            ..event(operation, Event::Start)
        };
        bed.does(&event(&holder, Event::Finish)).await;
        bed.does(&take(&second)).await;
        assert_eq!(bed.store.transition(&take(&first)).await.unwrap(), Transitioned::HeldBy(id(3)));
    }

    async fn who_leaves_the_line_lets_the_next_one_pass(bed: &Bed) {
        for (number, leave) in (1..).zip([Event::AskAgain, Event::Veto, Event::Cancel, Event::Expire, Event::Refuse]) {
            let first = bed.in_line(number * 10, orders()).await;
            let second = bed.in_line(number * 10 + 1, orders()).await;
            let start = Transition { holds: Changes::Take(orders()), ..event(&second, Event::Start) };
            assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(first.id.clone()));
            bed.does(&event(&first, leave)).await;
            let started = bed.does(&start).await;
            bed.does(&event(&started, Event::Finish)).await;
        }
    }

    async fn shared_wishes_pass_each_other(bed: &Bed) {
        let shared = || vec![hold("orders", Sharing::Shared)];
        bed.in_line(1, shared()).await;
        let second = bed.in_line(2, shared()).await;
        bed.does(&Transition { holds: Changes::Take(shared()), ..event(&second, Event::Start) }).await;
    }

    async fn a_way_back_is_not_held_up_by_who_waits_for_what_it_takes_over(bed: &Bed) {
        let running = bed.running(1, orders()).await;
        bed.does(&event(&running, Event::Fail)).await;
        bed.in_line(2, orders()).await;
        let back = bed.way_back(3, 1).await;
        let holds = Changes::TakeOver { from: id(1), holds: orders() };
        bed.does(&Transition { holds, ..event(&back, Event::Start) }).await;
        assert_eq!(held_by(bed).await, [format!("{} orders", id(3))]);
        // Where nothing is left to take over, the way back stands in the line like everybody.
        let done = bed.running(4, vec![hold("audit", Sharing::Exclusive)]).await;
        bed.does(&event(&done, Event::Finish)).await;
        bed.in_line(5, vec![hold("audit", Sharing::Exclusive)]).await;
        let back = bed.way_back(6, 4).await;
        let holds = Changes::TakeOver { from: id(4), holds: vec![hold("audit", Sharing::Exclusive)] };
        let start = Transition { holds, ..event(&back, Event::Start) };
        assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(id(5)));
    }

    /// A way back that stops hands back what it knows the owner of. Where that is forgotten, a stranger takes what is half
    /// done.
    async fn without_the_memory_of_their_owner_holds_go_to_whoever_comes(bed: &Bed) {
        for forgotten in [false, true] {
            let [first, way, stranger] = [1, 2, 3].map(|number| number + 10 * u32::from(forgotten));
            let of = || vec![hold(&format!("t{first}"), Sharing::Exclusive)];
            let running = bed.running(first, of()).await;
            bed.does(&event(&running, Event::Fail)).await;
            let back = bed.way_back(way, first).await;
            let holds = Changes::TakeOver { from: id(first), holds: of() };
            let back = bed.does(&Transition { holds, ..event(&back, Event::Start) }).await;
            if forgotten {
                bed.tamper("UPDATE holds SET origin = ''", vals![]).await;
            }
            let stopping = bed.does(&event(&back, Event::Stop)).await;
            assert_eq!(bed.does(&event(&stopping, Event::SafePoint)).await.state, State::Stopped);
            let stranger = bed.queued(stranger).await;
            let take = Transition { holds: Changes::Take(of()), ..event(&stranger, Event::Start) };
            let taken = bed.store.transition(&take).await.unwrap();
            assert_eq!(taken == Transitioned::HeldBy(id(first)), !forgotten, "{taken:?}");
        }
    }

    /// The whole table of what becomes of holds that were taken over, and of those of the way back itself.
    async fn what_was_taken_over_goes_where_the_table_says(bed: &Bed) {
        let ends: [&[Event]; 6] = [
            &[],
            &[Event::Finish],
            &[Event::Stop, Event::SafePoint],
            &[Event::Fail],
            &[Event::Lose],
            &[Event::Fail, Event::Abandon],
        ];
        let mut seen = std::collections::BTreeSet::new();
        for (round, end) in (0..).zip(ends) {
            for given_up in [false, true] {
                let [first, way] = [round * 4 + 100, round * 4 + 101].map(|number| number + 2 * u32::from(given_up));
                let topic = format!("t{first}");
                let [old, more] = [topic.clone(), format!("{topic}-more")].map(|topic| hold(&topic, Sharing::Exclusive));
                let running = bed.running(first, vec![old.clone()]).await;
                let failed = bed.does(&event(&running, Event::Fail)).await;
                let back = bed.way_back(way, first).await;
                let holds = Changes::TakeOver { from: id(first), holds: vec![old, more] };
                let mut back = bed.does(&Transition { holds, ..event(&back, Event::Start) }).await;
                if given_up {
                    bed.does(&event(&failed, Event::Abandon)).await;
                }
                for step in end {
                    back = bed.does(&event(&back, *step)).await;
                }
                let taken = match back.state.taken_over() {
                    TakenOver::None => panic!("{} has taken nothing over", back.state),
                    TakenOver::Kept => vec![way],
                    TakenOver::HandedBack if !given_up => vec![first],
                    TakenOver::HandedBack | TakenOver::Released => vec![],
                };
                let own = if back.state.keeps_holds() { vec![way] } else { vec![] };
                let expected = taken.iter().map(|who| format!("{} {topic}", id(*who)));
                let expected: Vec<_> = expected.chain(own.iter().map(|who| format!("{} {topic}-more", id(*who)))).collect();
                let mut held = held_by(bed).await;
                held.retain(|one| one.ends_with(&topic) || one.ends_with(&format!("{topic}-more")));
                assert_eq!(held, expected, "{}, given up: {given_up}", back.state);
                seen.insert(back.state);
            }
        }
        let with_holds = State::ALL.iter().filter(|state| state.taken_over() != TakenOver::None);
        let ended: Vec<_> = with_holds.filter(|state| state.has_ended()).collect();
        assert!(ended.iter().all(|state| seen.contains(state)), "{ended:?}");
    }
}
