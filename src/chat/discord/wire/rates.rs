//! Requests that leave room for others.

use super::SOON;
use super::bot::{post, settings};
use super::door::card;
use crate::chat::Chat;
use crate::chat::discord::limits::PATIENT_PER_SECOND;
use crate::chat::discord::{Discord, Settings};
use discord_model::{Discord as Model, Options};
use engine::port::{Boxed, Clock};
use futures_util::future::join_all;
use interlock::time::Millis;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Whoever has to wait waits for good.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Millis {
        Millis(1_700_000_000_000)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn sleep(&self, _span: Duration) -> Boxed<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Within one second, which does not end here: work that leaves room gets its share, and others are answered all the same.
#[tokio::test]
async fn work_that_leaves_room_keeps_nobody_else_waiting() {
    let model = Model::start(Options::default()).await.unwrap();
    let chat = Discord::new(Settings { clock: Arc::new(Still), ..settings(&model, &Arc::default()) }).unwrap();
    let there = post(&chat, &model.channel("ops"), &card("card"), "m-1").await.unwrap();
    chat.read(there).await.unwrap();
    let (asked, answered) = (PATIENT_PER_SECOND + 1, AtomicUsize::new(0));
    let reads = (0..asked).map(|_| async {
        chat.read(there).await.unwrap();
        answered.fetch_add(1, Ordering::SeqCst);
    });
    let work = chat.leaving_room(Box::pin(async { drop(join_all(reads).await) }));
    let other = async {
        while answered.load(Ordering::SeqCst) < PATIENT_PER_SECOND {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        chat.read(there).await.unwrap();
    };
    tokio::select! {
        () = work => panic!("{asked} went out"),
        done = tokio::time::timeout(SOON, other) => done.unwrap(),
    }
    assert_eq!(answered.load(Ordering::SeqCst), PATIENT_PER_SECOND);
}
