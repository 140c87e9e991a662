//! Faults on demand and rate-limit buckets.

use std::time::{Duration, Instant};

use discord_model::{Channel, Discord, Fault, On, Options, RateLimits};

use crate::support::{Rest, SOON, discord, messages, text};

const MESSAGES: &str = "/channels/{channel_id}/messages";

async fn send(rest: &Rest, ops: &Channel) -> Result<reqwest::Response, reqwest::Error> {
    send_within(rest, ops, SOON).await
}

async fn send_within(rest: &Rest, ops: &Channel, patience: Duration) -> Result<reqwest::Response, reqwest::Error> {
    rest.request("POST", &messages(ops)).json(&text("x")).timeout(patience).send().await
}

#[tokio::test]
async fn a_429_tells_when_to_come_back_and_is_met_once() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let fault = Fault::RateLimited { retry_after: Duration::from_millis(1_500), global: true };
    discord.fails_once(On::path("POST", MESSAGES), fault);
    assert_eq!(rest.get("/users/@me").await.0, 200);
    let response = send(&rest, &ops).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &"2".parse().unwrap()));
    assert_eq!(response.headers()["x-ratelimit-scope"], "global");
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!((body["retry_after"].as_f64(), body["global"].as_bool()), (Some(1.5), Some(true)));
    assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
    assert_eq!(ops.messages().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_was_applied_and_an_unreachable_server_was_not() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    for (fault, applied) in [(Fault::AnswerLost, 1), (Fault::Unreachable, 1), (Fault::NoAnswer, 1)] {
        discord.fails_once(On::path("POST", MESSAGES).containing("\"x\""), fault);
        // Long enough for an answer that is lost, short enough to wait for one that never comes.
        send_within(&rest, &ops, Duration::from_secs(2)).await.unwrap_err();
        assert_eq!(ops.messages().len(), applied, "{fault:?}");
    }
    let posts: Vec<bool> = discord.requests().iter().filter(|r| r.is("POST", MESSAGES)).map(|r| r.applied).collect();
    assert_eq!(posts, [true, false, false]);
}

#[tokio::test]
async fn half_an_answer_breaks_off_in_the_body() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    discord.fails_once(On::any(), Fault::HalfAnswer);
    // The status may go out before the connection breaks; the whole body never does.
    let whole = async { send(&rest, &ops).await?.bytes().await };
    whole.await.unwrap_err();
    assert_eq!(ops.messages().len(), 1);
}

#[tokio::test]
async fn slow_and_broken_servers() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    discord.fails_once(On::any(), Fault::Slow(Duration::from_millis(100)));
    let before = Instant::now();
    assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
    assert!(before.elapsed() >= Duration::from_millis(100));
    discord.fails_always(On::any(), Fault::Status(503));
    for _ in 0..3 {
        assert_eq!(send(&rest, &ops).await.unwrap().status(), 503);
    }
    assert_eq!(discord.works_again(), 0);
    assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
    assert_eq!(ops.messages().len(), 2);
}

#[tokio::test]
async fn what_is_held_comes_to_pass_when_it_is_let_go() {
    let discord = discord().await;
    let (rest, ops, other) = (Rest::new(&discord), discord.channel("ops"), discord.channel("other"));
    let on = On::path("POST", "/channels/{channel_id}/messages").about("channel_id", &ops.id());
    discord.holds(on.clone());
    let meanwhile = async {
        discord.wait_for_request(|request| request.status.is_none() && !request.applied, SOON).await;
        assert_eq!(send(&rest, &other).await.unwrap().status(), 200, "it is about another channel");
        assert!(ops.messages().is_empty());
        discord.lets_go(&on);
    };
    let (held, ()) = tokio::join!(send(&rest, &ops), meanwhile);
    assert_eq!(held.unwrap().status(), 200);
    assert_eq!(ops.messages().len(), 1);
    assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
}

#[tokio::test]
async fn buckets_count_and_say_so() {
    let options = Options { rate_limits: RateLimits::Real, ..Options::default() };
    let discord = Discord::start(options).await.unwrap();
    let (rest, ops, other) = (Rest::new(&discord), discord.channel("ops"), discord.channel("other"));
    for left in (0..5).rev() {
        let response = send(&rest, &ops).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-ratelimit-remaining"], left.to_string().as_str());
        assert_eq!(response.headers()["x-ratelimit-limit"], "5");
    }
    let limited = send(&rest, &ops).await.unwrap();
    assert_eq!((limited.status().as_u16(), &limited.headers()["x-ratelimit-scope"]), (429, &"user".parse().unwrap()));
    assert!(limited.headers().contains_key("x-ratelimit-reset-after"));
    assert_eq!(send(&rest, &other).await.unwrap().status(), 200);
    assert_eq!(ops.messages().len(), 5);
}

#[tokio::test]
async fn requests_can_be_counted_from_some_moment_on() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    for _ in 0..6 {
        assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
    }
    discord.counts_requests(RateLimits::Strict);
    for _ in 0..5 {
        assert_eq!(send(&rest, &ops).await.unwrap().status(), 200);
    }
    assert_eq!(send(&rest, &ops).await.unwrap().status(), 429);
    assert_eq!(discord.violations().len(), 1);
}

#[tokio::test]
async fn whoever_overruns_a_bucket_is_held_to_it_where_that_is_asked_for() {
    for (rate_limits, held) in [(RateLimits::Real, 0), (RateLimits::Strict, 1)] {
        let discord = Discord::start(Options { rate_limits, ..Options::default() }).await.unwrap();
        let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
        for _ in 0..5 {
            send(&rest, &ops).await.unwrap();
        }
        assert_eq!(discord.violations(), [], "{rate_limits:?}: what the bucket holds");
        assert_eq!(send(&rest, &ops).await.unwrap().status(), 429);
        assert_eq!(discord.violations().len(), held, "{rate_limits:?}");
    }
}
