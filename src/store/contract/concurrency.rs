//! Many writers at once.

use super::bed::{Bed, START, answered, event, hold, id};
use super::contract;
use engine::port::{Journal, Written};
use engine::{Changes, Entry, Transition, Transitioned};
use futures_util::future::join_all;
use interlock::approval::{Event, State};
use interlock::plan::Sharing;
use tokio::task::JoinSet;

const WRITERS: usize = 8;
const ROUNDS: i64 = 25;

contract! {
    async fn of_eight_writers_exactly_one_wins_each_transition(bed: &Bed) {
        let mut operation = bed.running(1, Vec::new()).await;
        let before = bed.audited().await;
        for _ in 0..ROUNDS {
            let next = if operation.state == State::Running { Event::Wait } else { Event::Wake };
            let wanted = event(&operation, next);
            let writers = (0..WRITERS).map(|_| answered(async || bed.store.transition(&wanted).await));
            let (won, lost): (Vec<_>, Vec<_>) =
                join_all(writers).await.into_iter().partition(|one| matches!(one, Transitioned::Done(_)));
            assert_eq!((won.len(), lost.len()), (1, WRITERS - 1));
            assert!(lost.iter().all(|one| *one == Transitioned::Lost));
            operation = bed.now(&id(1)).await;
        }
        assert_eq!(bed.audited().await, before + ROUNDS);
    }

    async fn eight_writers_on_eight_operations_share_one_chain(bed: &Bed) {
        for number in 0..8 {
            bed.running(number, Vec::new()).await;
        }
        let before = bed.audited().await;
        let store = &bed.store;
        let writers = (0..8).map(|number| async move {
            for _ in 0..ROUNDS {
                let operation = answered(async || store.operation(&id(number)).await).await.unwrap();
                let next = if operation.state == State::Running { Event::Wait } else { Event::Wake };
                let done = answered(async || store.transition(&event(&operation, next)).await).await;
                assert!(matches!(done, Transitioned::Done(_)));
            }
        });
        join_all(writers).await;
        assert_eq!(bed.audited().await, before + 8 * ROUNDS);
    }

    async fn of_eight_starts_on_one_thing_one_gets_it(bed: &Bed) {
        let mut starts = JoinSet::new();
        for number in 0..8 {
            let operation = bed.queued(number).await;
            let holds = Changes::Take(vec![hold("orders", Sharing::Exclusive)]);
            let (store, start) = (bed.store.clone(), Transition { holds, ..event(&operation, Event::Start) });
            starts.spawn(async move { (start.operation.clone(), store.transition(&start).await.unwrap()) });
        }
        let ended = starts.join_all().await;
        let winner = ended.iter().find(|(_, done)| matches!(done, Transitioned::Done(_))).unwrap().0.clone();
        let behind = ended.iter().filter(|(_, done)| *done == Transitioned::HeldBy(winner.clone()));
        assert_eq!(behind.count(), 7);
        let held = bed.store.holds(&"lab".parse().unwrap()).await.unwrap();
        assert_eq!(held.iter().map(|one| &one.operation).collect::<Vec<_>>(), [&winner]);
    }

    async fn of_eight_writes_under_one_token_one_fills_the_place(bed: &Bed) {
        bed.running(1, Vec::new()).await;
        let token = bed.store.take_lease(&id(1), "one", None).await.unwrap().unwrap();
        let mut writers = JoinSet::new();
        for number in 0..8 {
            let store = bed.store.clone();
            writers.spawn(async move {
                let entry = Entry::Intent { step: 1, action: number, attempt: 1, at: START };
                let at = super::bed::START;
                store.write(Written { operation: &id(1), token, seq: 1, at, entry: &entry, notices: &[] }).await.unwrap()
            });
        }
        let written = writers.join_all().await;
        assert_eq!(written.iter().filter(|written| **written).count(), 1);
        assert_eq!(bed.store.entries(&id(1)).await.unwrap().len(), 1);
    }
}
