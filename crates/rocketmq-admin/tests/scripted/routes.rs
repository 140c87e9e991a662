//! Changes go to masters, and to where they are now.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rocketmq_admin::{Cause, Client, Commit, Error, TopicConfig};
use serde_json::json;

use crate::peer::{CLUSTER_INFO, Peer, cluster, fields, refusal};
use crate::{client, config};

const COMMIT: i32 = 15;
const SET_TOPIC: i32 = 17;
const MAX_OFFSET: i32 = 30;
const WIPE: i32 = 205;

fn success(code: i32) -> impl Fn(&crate::peer::Seen) -> Option<crate::peer::Reply> + Send + Sync + 'static {
    move |seen| (seen.code == code).then(|| fields(json!({"offset": "1"})))
}

#[tokio::test]
async fn a_broker_with_slaves_only_gets_no_change() {
    let slave = Peer::start(success(MAX_OFFSET)).await;
    let at = slave.address;
    let names = Peer::start(move |seen| (seen.code == CLUSTER_INFO).then(|| cluster(&[("broker-a", 1, at)]))).await;
    let client = client(&names);
    let error = client.master("broker-a").set_topic(&TopicConfig::new("orders", 4)).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { cause: Cause::Nobody(_), .. }), "{error}");
    assert!(error.to_string().contains("the master of broker-a") && error.to_string().contains("only [1]"), "{error}");
    assert_eq!(slave.count(SET_TOPIC), 0);
    // It can be looked at.
    assert_eq!(client.broker("broker-a", 1).max_offset("orders", 0).await, Ok(1));
    let error = client.master("broker-z").delete_topic("orders").await.unwrap_err();
    assert!(error.to_string().contains("no NameServer knows the broker"), "{error}");
}

/// The old master is alive and would take the change, as a slave of 5.x does.
#[tokio::test]
async fn a_change_goes_to_where_the_master_is_now_and_looks_use_what_is_known() {
    let (old, new) = (Peer::start(success(MAX_OFFSET)).await, Peer::start(success(COMMIT)).await);
    let place = Arc::new(Mutex::new(old.address));
    let now = place.clone();
    let names =
        Peer::start(move |seen| (seen.code == CLUSTER_INFO).then(|| cluster(&[("broker-a", 0, *now.lock().unwrap())])))
            .await;
    let mut config = config(&names);
    config.trust = Duration::ZERO;
    let master = Client::new(config).unwrap().master("broker-a");
    for _ in 0..3 {
        assert_eq!(master.max_offset("orders", 0).await, Ok(1));
    }
    assert_eq!(names.count(CLUSTER_INFO), 1);
    *place.lock().unwrap() = new.address;
    assert_eq!(master.commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    assert_eq!((old.count(COMMIT), new.count(COMMIT), names.count(CLUSTER_INFO)), (0, 1, 2));
}

/// Within the time that a NameServer is trusted, it is not asked again for each change.
#[tokio::test]
async fn what_was_just_looked_up_serves_several_changes() {
    let peer = Peer::start(success(COMMIT)).await;
    let mut config = config(&peer);
    config.trust = Duration::from_secs(600);
    let master = Client::new(config).unwrap().master("broker-a");
    for _ in 0..5 {
        assert_eq!(master.commit("g", "orders", 0, 1).await, Ok(Commit::Stored));
    }
    assert_eq!((peer.count(COMMIT), peer.count(CLUSTER_INFO)), (5, 1));
}

#[tokio::test]
async fn a_look_that_goes_astray_finds_the_broker_again() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let old = gone.local_addr().unwrap();
    drop(gone);
    let peer = Peer::start(move |seen| match (seen.code, seen.before) {
        (CLUSTER_INFO, 0) => Some(cluster(&[("broker-a", 0, old)])),
        (MAX_OFFSET, _) => Some(fields(json!({"offset": "7"}))),
        _ => None,
    })
    .await;
    assert_eq!(client(&peer).broker("broker-a", 0).max_offset("orders", 0).await, Ok(7));
    assert_eq!(peer.count(CLUSTER_INFO), 2);
}

#[tokio::test]
async fn every_name_server_is_changed_and_each_says_for_itself() {
    let wiped = |count: &'static str| {
        Peer::start(move |seen| (seen.code == WIPE).then(|| fields(json!({"wipeTopicCount": count}))))
    };
    let (first, second) = (wiped("10").await, wiped("0").await);
    let third = Peer::start(|seen| (seen.code == WIPE).then(|| refusal(1, "no"))).await;
    let mut config = config(&first);
    config.name_servers = [&first, &second, &third].map(Peer::host_port).to_vec();
    let client = Client::new(config).unwrap();
    let results = client.each_name_server(|one| async move { one.wipe_write_perm("broker-a").await }).await;
    assert_eq!(results[&first.host_port()], Ok(10));
    assert_eq!(results[&second.host_port()], Ok(0));
    assert_eq!(results[&third.host_port()].as_ref().unwrap_err().remark(), Some("no"));
    assert_eq!([first, second, third].map(|peer| peer.count(WIPE)), [1, 1, 1]);
}

#[tokio::test]
async fn a_name_server_that_hangs_leaves_time_for_the_next() {
    let silent = Peer::start(|_| Some(crate::peer::Reply::Silence)).await;
    let peer = Peer::start(|_| None).await;
    let mut config = config(&silent);
    config.name_servers.push(peer.host_port());
    config.deadline = Duration::from_secs(2);
    let client = Client::new(config).unwrap();
    assert_eq!(client.any_name_server().cluster().await.unwrap().brokers.len(), 1);
    assert_eq!((silent.count(CLUSTER_INFO), peer.count(CLUSTER_INFO)), (1, 1));
}

#[tokio::test]
async fn calls_to_different_servers_do_not_wait_for_each_other() {
    let running = Arc::new(AtomicUsize::new(0));
    let count = running.clone();
    let (gate, closed) = tokio::sync::watch::channel(());
    let slow = Peer::start(move |seen| {
        (seen.code == MAX_OFFSET).then(|| {
            count.fetch_add(1, Ordering::SeqCst);
            crate::peer::Reply::Later(Box::new(fields(json!({"offset": "1"}))), closed.clone())
        })
    })
    .await;
    let fast = Peer::start(success(MAX_OFFSET)).await;
    let client = client(&fast);
    let slow = client.broker_at(&slow.host_port());
    let waiting = tokio::spawn(async move { slow.max_offset("orders", 0).await });
    while running.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.broker_at(&fast.host_port()).max_offset("orders", 0).await, Ok(1));
    assert!(!waiting.is_finished());
    drop(gate);
    assert_eq!(waiting.await.unwrap(), Ok(1));
}
