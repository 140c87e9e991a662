//! What a deadline means: after it nothing leaves any more, and nothing waits behind what does not matter to it.

use std::time::Duration;

use rocketmq_admin::{Cause, Client, Commit, Error, TopicConfig};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::peer::{CLUSTER_INFO, Peer, Reply, fields};
use crate::{client, config};

const COMMIT: i32 = 15;
const SET_TOPICS: i32 = 18;
const MAX_OFFSET: i32 = 30;

fn is_late(error: &Error) -> bool {
    matches!(error, Error::NotSent { cause: Cause::Deadline, .. })
}

/// With a connection at hand and a server that is ready, only the clock keeps the request back.
#[tokio::test]
async fn a_request_whose_deadline_is_past_does_not_leave() {
    let peer = Peer::start(|seen| (seen.code == COMMIT).then(|| fields(json!({})))).await;
    let mut config = config(&peer);
    config.trust = Duration::from_secs(600);
    let client = Client::new(config).unwrap();
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    let late = client.within(Duration::ZERO).master("broker-a").commit("g", "orders", 0, 1).await.unwrap_err();
    assert!(is_late(&late), "{late}");
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    assert_eq!((peer.count(COMMIT), peer.count(CLUSTER_INFO)), (2, 1));
}

/// Whatever a call may take by itself: what is done in several calls sends nothing after the one end of them all.
#[tokio::test]
async fn an_end_is_one_for_all_calls() {
    let peer = Peer::start(|seen| (seen.code == COMMIT).then(|| fields(json!({})))).await;
    let mut config = config(&peer);
    config.trust = Duration::from_secs(600);
    let client = Client::new(config).unwrap().within(Duration::from_secs(30));
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    let (ended, later) = (Instant::now(), Instant::now() + Duration::from_secs(30));
    let ending = client.ending_at(ended);
    for late in [ending.within(Duration::from_secs(30)), ending.ending_at(later), ending] {
        let error = late.master("broker-a").commit("g", "orders", 0, 1).await.unwrap_err();
        assert!(is_late(&error), "{error}");
    }
    assert_eq!(peer.count(COMMIT), 1);
    assert_eq!(client.ending_at(later).master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored), "it had no end");
}

#[tokio::test]
async fn a_connection_is_not_begun_after_the_deadline() {
    let peer = Peer::start(|_| None).await;
    let client = client(&peer);
    let error = client.within(Duration::ZERO).any_name_server().cluster().await.unwrap_err();
    assert!(is_late(&error), "{error}");
    client.any_name_server().cluster().await.unwrap();
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_peer_that_says_nothing_costs_no_more_than_the_deadline() {
    let peer = Peer::start(|_| Some(Reply::Silence)).await;
    let started = std::time::Instant::now();
    let client = client(&peer).within(Duration::from_millis(300));
    let error = client.any_name_server().cluster().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    let error = client.master("broker-a").commit("g", "orders", 0, 1).await.unwrap_err();
    assert!(error.is_known_not_applied(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(peer.count(COMMIT), 0);
}

/// The kernel has taken the whole request over while the server does not read. After the deadline it is thrown away; a
/// usual close would deliver it whenever the server reads again.
#[tokio::test]
async fn what_the_kernel_holds_is_thrown_away_at_the_deadline() {
    let (gate, closed) = watch::channel(());
    let (told, mut found) = mpsc::unbounded_channel();
    let peer = Peer::narrow(move |seen| match (seen.code, seen.before) {
        (SET_TOPICS, 0) => Some(Reply::Deaf(closed.clone(), told.clone())),
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.trust = Duration::from_secs(600);
    let client = Client::new(config).unwrap();
    client.master("broker-a").set_topics(&[TopicConfig::new("orders", 1)]).await.unwrap();

    let many: Vec<_> = (0..2_000).map(|number| TopicConfig::new(format!("orders-{number}"), 1)).collect();
    let late = client.within(Duration::from_secs(4)).master("broker-a");
    let error = late.set_topics(&many).await.unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome { cause: Cause::Deadline, .. }), "{error}");

    drop(gate);
    let found = found.recv().await.unwrap();
    // Two thousand topics take 130 bytes each and more.
    assert!(found.bytes < 100_000, "{found:?}");
    assert_eq!(found.end, Some(std::io::ErrorKind::ConnectionReset), "{found:?}");
}

/// A look that does not come back holds up other looks, but no change, nor what the change has to ask on its way.
#[tokio::test]
async fn a_change_does_not_wait_behind_looks() {
    let (gate, closed) = watch::channel(());
    let peer = Peer::start(move |seen| match seen.code {
        MAX_OFFSET => Some(Reply::Later(Box::new(fields(json!({"offset": "3"}))), closed.clone())),
        COMMIT => Some(fields(json!({}))),
        _ => None,
    })
    .await;
    let client = client(&peer).within(Duration::from_secs(30));
    let looks: Vec<_> = (0..3)
        .map(|_| {
            let broker = client.broker_at(&peer.host_port());
            tokio::spawn(async move { broker.max_offset("orders", 0).await })
        })
        .collect();
    while peer.count(MAX_OFFSET) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    assert_eq!((peer.count(MAX_OFFSET), peer.count(CLUSTER_INFO)), (1, 1), "the looks still wait");
    drop(gate);
    for look in looks {
        assert_eq!(look.await.unwrap(), Ok(3));
    }
    assert_eq!(peer.connections(), 2);
}
