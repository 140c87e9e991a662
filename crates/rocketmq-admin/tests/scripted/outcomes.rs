//! What is sent again, and what is known afterwards.

use std::time::{Duration, Instant};

use rocketmq_admin::{Cause, Code, Commit, Error, TopicConfig};
use serde_json::json;

use crate::peer::{CLUSTER_INFO, Peer, Reply, fields, refusal};
use crate::{client, config, master};

const COMMIT: i32 = 15;
const SET_TOPIC: i32 = 17;
const MAX_OFFSET: i32 = 30;

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_sent_again() {
    let peer = Peer::start(|seen| (seen.code == COMMIT).then_some(Reply::Close)).await;
    let error = master(&peer).commit("g", "orders", 0, 1).await.unwrap_err();
    assert!(!error.is_known_not_applied());
    assert!(
        matches!(&error, Error::UnknownOutcome { api, cause: Cause::Closed, .. } if api.contains("(15)")),
        "{error}"
    );
    assert_eq!(peer.count(COMMIT), 1);
}

#[tokio::test]
async fn a_late_answer_is_unknown_and_its_connection_is_thrown_away() {
    let peer = Peer::start(|seen| match (seen.code, seen.before) {
        (COMMIT, 0) => Some(Reply::Silence),
        (COMMIT, _) => Some(fields(json!({}))),
        _ => None,
    })
    .await;
    let client = client(&peer);
    let started = Instant::now();
    let error = client.within(Duration::from_millis(300)).master("broker-a").commit("g", "orders", 0, 1).await;
    assert!(started.elapsed() < Duration::from_secs(3));
    let error = error.unwrap_err();
    assert!(error.is_timeout() && !error.is_known_not_applied(), "{error}");
    assert_eq!(peer.count(COMMIT), 1);
    let before = peer.connections();
    assert_eq!(client.master("broker-a").commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    assert_eq!(peer.connections(), before + 1);
}

/// These are said before the request is begun.
#[tokio::test]
async fn a_change_is_sent_again_where_the_server_did_not_begin() {
    for code in [2, 215, 1500] {
        let peer = Peer::start(move |seen| match (seen.code, seen.before) {
            (COMMIT, 0 | 1) => Some(refusal(code, "[OVERLOAD]system busy")),
            (COMMIT, _) => Some(fields(json!({}))),
            _ => None,
        })
        .await;
        assert_eq!(master(&peer).commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
        assert_eq!(peer.count(COMMIT), 3);
        // A server that goes away is left.
        assert_eq!(peer.connections() > 2, code == 1500, "{code}");
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    let peer = Peer::start(|seen| (seen.code == COMMIT).then(|| refusal(2, "busy"))).await;
    let mut config = config(&peer);
    config.max_attempts = 3;
    let client = rocketmq_admin::Client::new(config).unwrap();
    let error = client.master("broker-a").commit("g", "orders", 0, 1).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::SYSTEM_BUSY));
    assert!(error.is_known_not_applied());
    assert_eq!(peer.count(COMMIT), 3);
}

/// Code, its remark, whether it is certain that nothing was done.
const REFUSALS: [(i32, &str, bool); 8] = [
    (1, "java.lang.NullPointerException", false),
    (1, "The topic[TBW102] is conflict with system topic.", true),
    (1, "Can't modify topic or subscription group from slave broker, please execute it from master broker.", true),
    (10, "flush disk timeout", false),
    (17, "Topic orders not exist!", true),
    (26, "Group g not exist!", true),
    (29, "The specified topic is blank.", true),
    (31_000, "something new", false),
];

#[tokio::test]
async fn a_refusal_keeps_its_remark_and_is_not_sent_again() {
    for (code, remark, known) in REFUSALS {
        let peer = Peer::start(move |seen| (seen.code == SET_TOPIC).then(|| refusal(code, remark))).await;
        let error = master(&peer).set_topic(&TopicConfig::new("orders", 4)).await.unwrap_err();
        assert_eq!((error.code(), error.remark()), (Some(Code(code)), Some(remark)));
        assert_eq!(error.is_known_not_applied(), known, "{error}");
        assert!(error.to_string().contains(remark) && error.to_string().contains(&peer.address.to_string()));
        assert_eq!(peer.count(SET_TOPIC), 1);
    }
}

#[tokio::test]
async fn denials_and_requests_that_do_not_exist_are_told_apart() {
    let thrown = "org.apache.rocketmq.acl.common.AclException: Check signature failed for accessKey=bot";
    for (code, remark, denied) in
        [(1, thrown, true), (16, "check signature failed.", true), (3, " not supported", false)]
    {
        let peer = Peer::start(move |seen| (seen.code == SET_TOPIC).then(|| refusal(code, remark))).await;
        let error = master(&peer).set_topic(&TopicConfig::new("orders", 4)).await.unwrap_err();
        assert_eq!(matches!(error, Error::Denied { .. }), denied, "{error}");
        assert_eq!(matches!(error, Error::Unsupported { .. }), !denied, "{error}");
        assert!(error.is_known_not_applied());
        assert_eq!(error.remark(), Some(remark));
    }
}

#[tokio::test]
async fn a_look_is_asked_again_when_its_answer_is_lost() {
    let peer = Peer::start(|seen| match (seen.code, seen.before) {
        (MAX_OFFSET, 0) => Some(Reply::Close),
        (MAX_OFFSET, _) => Some(fields(json!({"offset": "5"}))),
        _ => None,
    })
    .await;
    assert_eq!(master(&peer).max_offset("orders", 0).await, Ok(5));
    assert_eq!(peer.count(MAX_OFFSET), 2);
}

#[tokio::test]
async fn connections_are_kept_and_broken_ones_noticed() {
    let peer = Peer::start(|seen| match seen.code {
        // Closes after the third.
        MAX_OFFSET if seen.before == 3 => Some(Reply::Close),
        MAX_OFFSET => Some(fields(json!({"offset": "5"}))),
        _ => None,
    })
    .await;
    let master = master(&peer);
    for _ in 0..3 {
        assert_eq!(master.max_offset("orders", 0).await, Ok(5));
    }
    // The NameServer is the same peer at the same address.
    assert_eq!(peer.connections(), 1);
    assert_eq!(master.max_offset("orders", 0).await, Ok(5));
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn a_commit_that_is_ignored_is_told_from_one_that_is_stored() {
    let peer = Peer::start(|seen| (seen.code == COMMIT).then(|| refusal(0, "Offset has been previously reset"))).await;
    assert_eq!(master(&peer).commit("g", "orders", 0, 1).await, Ok(Commit::ResetPending));
}

#[tokio::test]
async fn a_server_that_is_gone_is_not_sent_and_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody: rocketmq_admin::HostPort = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let peer = Peer::start(|_| None).await;
    let mut config = config(&peer);
    config.name_servers = vec![nobody.clone()];
    config.max_attempts = 2;
    let client = rocketmq_admin::Client::new(config.clone()).unwrap();
    let error = client.any_name_server().cluster().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { cause: Cause::Network(_), .. }), "{error}");
    let error = client.master("broker-a").delete_topic("orders").await.unwrap_err();
    assert!(error.is_known_not_applied() && error.to_string().contains("no NameServer says where it is"), "{error}");
    // One that answers is enough.
    config.name_servers.push(peer.host_port());
    let client = rocketmq_admin::Client::new(config).unwrap();
    assert_eq!(client.any_name_server().cluster().await.unwrap().brokers.len(), 1);
    assert_eq!(peer.count(CLUSTER_INFO), 1);
}
