//! Holds, against the table in the middle.

use super::bed::{Bed, event, hold, id};
use super::contract;
use crate::store::holds::{self, Claimed};
use engine::port::Journal;
use engine::{Changes, Operation, Transition, Transitioned};
use interlock::approval::{Event, State};
use interlock::plan::{Aspect, Hold, Sharing, Thing};

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
    let first = holds::change(&mut tx, pair.0, &Changes::Take(vec![theirs.clone()])).await.unwrap();
    assert!(matches!(first, Claimed::Done));
    let second = holds::change(&mut tx, pair.1, &Changes::Take(vec![ours.clone()])).await.unwrap();
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

    async fn holds_are_not_taken_from_what_still_runs(bed: &Bed) {
        bed.running(1, orders()).await;
        let rollback = bed.queued(2).await;
        let holds = Changes::TakeOver { from: id(1), holds: Vec::new() };
        let start = Transition { holds, ..event(&rollback, Event::Start) };
        assert_eq!(bed.store.transition(&start).await.unwrap(), Transitioned::HeldBy(id(1)));
        assert_eq!(held_by(bed).await, [format!("{} orders", id(1))]);
    }
}
