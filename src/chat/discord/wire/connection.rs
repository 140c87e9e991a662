//! The gateway: connecting, losing it, registering, stopping.

use super::SOON;
use super::bot::{Bot, COMMANDS, MemoryMeta, bot, bot_with, is_up, settings};
use super::door::FakeDoor;
use crate::chat::discord::{Discord, Meta, Settings, Standing};
use crate::clock::SystemClock;
use discord_model::{Discord as Model, Fault, On, Options, RateLimits};
use engine::port::{Boxed, Clock};
use interlock::time::Millis;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

async fn stands(bot: &Bot, wanted: impl FnMut(&Standing) -> bool) {
    let mut standing = bot.running.standing();
    let came = tokio::time::timeout(SOON * 2, standing.wait_for(wanted)).await;
    assert!(came.is_ok(), "{:?}", bot.running);
}

#[tokio::test]
async fn only_the_intents_that_are_needed_are_asked_for_and_commands_only_once() {
    let bot = bot().await;
    let guilds_messages_reactions = 1 | 1 << 9 | 1 << 10;
    assert_eq!(bot.model.gateway().sessions()[0].intents, guilds_messages_reactions);
    let door = Arc::new(FakeDoor::default());
    bot.running.shutdown().await;
    let again = Discord::start(settings(&bot.model, &bot.meta), door).unwrap();
    is_up(&again).await;
    again.shutdown().await;
    let registered = bot.model.requests().iter().filter(|request| request.is("PUT", COMMANDS)).count();
    assert_eq!(registered, 1);
    bot.model.assert_clean();
}

#[tokio::test]
async fn commands_are_registered_again_after_a_failure() {
    let model = Model::start(Options::default()).await.unwrap();
    model.fails_once(On::path("PUT", COMMANDS), Fault::Status(503));
    let running = Discord::start(settings(&model, &Arc::default()), Arc::new(FakeDoor::default())).unwrap();
    model.wait_for_request(|request| request.is("PUT", COMMANDS) && request.status == Some(200), SOON).await;
    running.shutdown().await;
    model.assert_clean();
}

#[tokio::test]
async fn a_lost_connection_is_resumed_and_everything_is_read_anew() {
    let bot = bot().await;
    bot.door.connections(1).await;
    bot.model.gateway().cuts();
    bot.model.gateway().is(|sessions| sessions.iter().any(|one| one.connected && one.resumes == 1), SOON).await;
    bot.door.connections(2).await;
    stands(&bot, Standing::is_up).await;
    assert_eq!(bot.model.gateway().identifies(), 1);
    assert_eq!(bot.model.user("alice").runs(&bot.ops, "/whoami").await.text(), "done whoami: ");
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_session_that_is_over_is_begun_anew() {
    let bot = bot().await;
    bot.door.connections(1).await;
    bot.model.gateway().invalidates_sessions(false);
    bot.door.connections(2).await;
    assert_eq!(bot.model.gateway().identifies(), 2);
    assert_eq!(bot.model.user("alice").runs(&bot.ops, "/whoami").await.text(), "done whoami: ");
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_socket_that_fell_silent_is_left() {
    // The model lets half of it pass before it ends a connection, and serenity beats up to half a second late.
    let bot = bot_with(Options { heartbeat: Duration::from_secs(5), ..Options::default() }).await;
    bot.door.connections(1).await;
    bot.model.gateway().falls_silent();
    stands(&bot, |standing| !standing.is_up()).await;
    bot.door.connections(2).await;
    assert_eq!(bot.model.user("alice").runs(&bot.ops, "/whoami").await.text(), "done whoami: ");
}

#[tokio::test]
async fn while_the_gateway_is_down_attempts_are_few() {
    let bot = bot().await;
    bot.door.connections(1).await;
    let asked = || bot.model.requests().iter().filter(|request| request.is("GET", "/gateway/bot")).count();
    let before = asked();
    bot.model.gateway().goes_down();
    stands(&bot, |standing| !standing.is_up()).await;
    // Each attempt asks for the budget once; the waits before the next ones are 0.5 to 1, 1 to 2, 2 to 4 seconds.
    let began = Instant::now();
    while asked() < before + 3 {
        assert!(began.elapsed() < SOON, "{} attempts", asked() - before);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(began.elapsed() > Duration::from_secs(1), "{:?}", began.elapsed());
    bot.model.gateway().comes_back();
    stands(&bot, Standing::is_up).await;
    bot.door.connections(2).await;
    assert!(bot.model.gateway().identifies() <= 4, "{}", bot.model.gateway().identifies());
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_not_tried_over_and_over() {
    let model = Model::start(Options::default()).await.unwrap();
    let mut wrong = settings(&model, &Arc::default());
    wrong.token = "wrong".to_owned().into();
    let running = Discord::start(wrong, Arc::new(FakeDoor::default())).unwrap();
    let mut standing = running.standing();
    let refused = standing.wait_for(|standing| matches!(standing, Standing::Refused { .. }));
    assert!(tokio::time::timeout(SOON, refused).await.is_ok());
    assert_eq!(model.gateway().identifies(), 0);
    running.shutdown().await;
    let unauthorized = model.requests().iter().filter(|request| request.status == Some(401)).count();
    assert!(unauthorized <= 4, "{unauthorized}");
}

#[tokio::test]
async fn an_exhausted_budget_of_identifies_is_not_overrun() {
    let model = Model::start(Options { identifies: 4, ..Options::default() }).await.unwrap();
    let meta = Arc::new(MemoryMeta::default());
    let running = Discord::start(settings(&model, &meta), Arc::new(FakeDoor::default())).unwrap();
    model.wait_for_request(|request| request.is("GET", "/gateway/bot"), SOON).await;
    model.wait_for_request(|request| request.is("PUT", COMMANDS) && request.status == Some(200), SOON).await;
    // The gate looks five times a second.
    tokio::time::timeout(Duration::from_secs(2), async {
        let mut standing = running.standing();
        let _ = standing.wait_for(Standing::is_up).await;
    })
    .await
    .unwrap_err();
    assert_eq!(model.gateway().identifies(), 0);
    running.shutdown().await;
    model.assert_clean();
}

/// What is kept of the day's identifies.
async fn kept(meta: &MemoryMeta) -> String {
    meta.get("discord.identifies").await.unwrap().unwrap_or_default()
}

/// An answer that does not tell what is left is taken with what is kept of the one before, also by the next process.
#[tokio::test]
async fn what_is_left_of_the_identifies_is_kept_over_a_start() {
    let model = Model::start(Options { identifies: 4, ..Options::default() }).await.unwrap();
    let meta = Arc::new(MemoryMeta::default());
    let running = Discord::start(settings(&model, &meta), Arc::new(FakeDoor::default())).unwrap();
    is_kept(&meta, "\"left\":4,").await;
    model.wait_for_request(|request| request.is("PUT", COMMANDS) && request.status == Some(200), SOON).await;
    running.shutdown().await;
    model.gateway().tells_budget(false);
    let again = Discord::start(settings(&model, &meta), Arc::new(FakeDoor::default())).unwrap();
    is_kept(&meta, "\"left\":3,").await;
    tokio::time::timeout(Duration::from_secs(2), async {
        let mut standing = again.standing();
        let _ = standing.wait_for(Standing::is_up).await;
    })
    .await
    .unwrap_err();
    assert_eq!(model.gateway().identifies(), 0);
    again.shutdown().await;
    model.assert_clean();
}

async fn is_kept(meta: &MemoryMeta, wanted: &str) {
    let began = Instant::now();
    while !kept(meta).await.contains(wanted) {
        assert!(began.elapsed() < SOON, "{wanted} is not kept, but {}", kept(meta).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Where many are left it connects at once; without what is kept it would wait for minutes.
#[tokio::test]
async fn with_many_identifies_kept_an_answer_without_them_delays_nothing() {
    let bot = bot().await;
    bot.running.shutdown().await;
    bot.model.gateway().tells_budget(false);
    let again = Discord::start(settings(&bot.model, &bot.meta), Arc::new(FakeDoor::default())).unwrap();
    is_up(&again).await;
    assert_eq!(bot.model.gateway().identifies(), 2);
    again.shutdown().await;
    bot.model.assert_clean();
}

/// A clock that breaks the thread of the gateway when it is told to.
struct Breaking {
    clock: SystemClock,
    breaks: AtomicBool,
}

impl Clock for Breaking {
    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        let here = std::thread::current().name() == Some("gateway");
        assert!(!(here && self.breaks.load(Ordering::SeqCst)), "on purpose");
        self.clock.sleep(span)
    }
}

/// Nobody keeps the connection any more, and nobody takes it for one that is there.
#[tokio::test]
async fn a_gateway_whose_thread_broke_counts_as_gone() {
    let model = Model::start(Options::default()).await.unwrap();
    let clock = Arc::new(Breaking { clock: SystemClock::new(), breaks: AtomicBool::new(false) });
    let settings = Settings { clock: Arc::clone(&clock) as _, ..settings(&model, &Arc::default()) };
    let running = Discord::start(settings, Arc::new(FakeDoor::default())).unwrap();
    is_up(&running).await;
    clock.breaks.store(true, Ordering::SeqCst);
    let mut standing = running.standing();
    let down = tokio::time::timeout(SOON, standing.wait_for(|standing| !standing.is_up())).await;
    assert!(down.is_ok(), "{running:?}");
}

#[tokio::test]
async fn stopping_closes_the_session() {
    let bot = bot().await;
    let started = Instant::now();
    bot.running.shutdown().await;
    bot.model.gateway().is(|sessions| sessions.iter().all(|one| !one.connected), SOON).await;
    assert!(started.elapsed() < SOON);
    bot.model.assert_clean();
}

#[tokio::test]
async fn buckets_are_kept_without_a_single_429() {
    let bot = bot_with(Options { rate_limits: RateLimits::Real, ..Options::default() }).await;
    for number in 0..8 {
        let marker = format!("m-{number}");
        super::bot::post(&bot.chat, &bot.ops, &super::door::card("card"), &marker).await.unwrap();
    }
    let limited: Vec<_> = bot.model.requests().into_iter().filter(|request| request.status == Some(429)).collect();
    assert!(limited.is_empty(), "{limited:?}");
    bot.ops.bot_messages().iter().for_each(discord_model::Message::read);
    bot.model.assert_clean();
}
