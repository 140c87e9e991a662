//! Boards of channels.

use super::bed::{Bed, START};
use super::contract;
use crate::store::{BoardMessage, Due, Taker};
use engine::{Notice, Stream};
use interlock::facts::Facts;
use interlock::principal::Place;
use interlock::time::Millis;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn place(channel: u64) -> Place {
    Place::Discord { guild: 1, channel, thread: None }
}

fn posted(channel: u64, message: u64, at: Millis) -> BoardMessage {
    BoardMessage { channel, message, tells: "t".to_owned(), says: "s".to_owned(), posted_at: at }
}

async fn due(bed: &Bed, now: Millis) -> Vec<Due> {
    let taker = Taker { name: "a".to_owned(), until: now.plus(Duration::from_secs(60)), in_chat: true };
    bed.store.due(&taker, now, 10).await.unwrap()
}

contract! {
    async fn a_board_is_asked_for_once_and_kept_under_its_channel(bed: &Bed) {
        let seven = place(7);
        let wants = async || bed.store.want_board(&seven, None, START).await.unwrap();
        let (one, other) = tokio::join!(wants(), wants());
        assert!(one != other, "one of the two asks for it");
        assert!(!bed.store.want_board(&place(7), None, START.plus(HOUR * 9)).await.unwrap(), "its notice still waits");
        assert!(bed.store.want_board(&place(8), None, START).await.unwrap(), "another channel");
        let waiting = due(bed, START).await;
        assert!(waiting.iter().all(|due| due.notice == Notice::Board), "{waiting:?}");
        let of = |channel| waiting.iter().find(|due| due.stream == Stream::Place(place(channel))).unwrap();
        let board = posted(7, 100, START);
        assert!(bed.store.board_posted(&of(7).claim, &board).await.unwrap());
        assert!(!bed.store.board_posted(&of(7).claim, &posted(7, 101, START)).await.unwrap(), "the claim is gone");
        let kept = bed.store.boards().await.unwrap();
        assert_eq!((kept.len(), &kept[0], kept[1].message), (2, &board, 0));
        let edited = BoardMessage { says: "other".to_owned(), ..board };
        bed.store.board_edited(&edited).await.unwrap();
        bed.store.board_edited(&posted(7, 99, START)).await.unwrap();
        assert_eq!(bed.store.boards().await.unwrap()[0], edited, "another message changes nothing");
        bed.store.forget_board(8, 0).await.unwrap();
        assert_eq!(bed.store.boards().await.unwrap(), [edited]);
    }

    /// Beside a process that wants none there: it forgets what is asked for, and does not know the message yet.
    async fn a_board_that_another_process_forgets_is_known_once_it_is_posted(bed: &Bed) {
        let other = if bed.is_sqlite() { bed.store.clone() } else { bed.another().await };
        assert!(bed.store.want_board(&place(7), None, START).await.unwrap());
        let waiting = due(bed, START).await;
        other.forget_board(7, 0).await.unwrap();
        let board = posted(7, 100, START);
        assert!(bed.store.board_posted(&waiting[0].claim, &board).await.unwrap());
        other.forget_board(7, 0).await.unwrap();
        assert_eq!(bed.store.boards().await.unwrap(), [board]);
        assert!(!bed.store.want_board(&place(7), None, START.plus(HOUR * 2)).await.unwrap(), "it is there");
        other.forget_board(7, 100).await.unwrap();
        assert_eq!(other.boards().await.unwrap(), []);
    }

    /// Of two processes one wants boards in the first two channels, the other one in the last two.
    async fn what_several_processes_want_is_asked_for_once_each(bed: &Bed) {
        let other = if bed.is_sqlite() { bed.store.clone() } else { bed.another().await };
        let mut asked = [0, 0, 0];
        for round in 0..3 {
            for (store, channels) in [(&bed.store, [7, 8]), (&other, [8, 9])] {
                for channel in channels {
                    let wants = store.want_board(&place(channel), None, START.plus(HOUR * round)).await.unwrap();
                    asked[usize::try_from(channel - 7).unwrap()] += u32::from(wants);
                }
            }
        }
        assert_eq!((asked, due(bed, START.plus(HOUR * 3)).await.len()), ([1, 1, 1], 3));
        let kept: Vec<u64> = other.boards().await.unwrap().into_iter().map(|one| one.channel).collect();
        assert_eq!(kept, [7, 8, 9]);
    }

    async fn a_board_is_asked_for_anew_where_it_is_gone_or_could_not_be_posted(bed: &Bed) {
        assert!(bed.store.want_board(&place(7), None, START).await.unwrap());
        let first = due(bed, START).await;
        bed.store.dead(&first[0].claim, "forbidden", None).await.unwrap();
        assert!(!bed.store.want_board(&place(7), None, START.plus(HOUR / 2)).await.unwrap(), "not at once");
        let later = START.plus(HOUR);
        assert!(bed.store.want_board(&place(7), None, later).await.unwrap());
        let again = due(bed, later).await;
        assert!(bed.store.board_posted(&again[0].claim, &posted(7, 100, later)).await.unwrap());
        assert!(!bed.store.want_board(&place(7), None, later.plus(HOUR * 2)).await.unwrap(), "it is there");
        assert!(!bed.store.want_board(&place(7), Some(99), later).await.unwrap(), "another message is gone");
        assert!(bed.store.want_board(&place(7), Some(100), later).await.unwrap());
        assert_eq!((bed.store.boards().await.unwrap()[0].message, due(bed, later).await.len()), (0, 1));
    }

    async fn why_a_board_fails_is_told_when_the_reason_changes_until_it_stands(bed: &Bed) {
        let notice = Notice::alert("undelivered-board", Facts::none());
        let operators = place(9);
        let fails = async |why: &str| bed.store.board_failed(7, why, (&operators, &notice)).await.unwrap();
        assert!(!fails("forbidden").await, "there is no such board");
        assert!(bed.store.want_board(&place(7), None, START).await.unwrap());
        let asked = due(bed, START).await;
        assert!(fails("forbidden").await && !fails("forbidden").await);
        assert!(fails("gone").await && !fails("gone").await, "another reason");
        assert!(fails("forbidden").await && fails("gone").await, "only the last one is known");
        let board = posted(7, 100, START);
        assert!(bed.store.board_posted(&asked[0].claim, &board).await.unwrap());
        assert!(fails("gone").await && !fails("gone").await, "it had been posted");
        bed.store.board_edited(&board).await.unwrap();
        assert!(fails("gone").await, "it had been edited");
    }
}
