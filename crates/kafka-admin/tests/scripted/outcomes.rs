//! What is sent again, and what is known afterwards.

use std::time::{Duration, Instant};

use kafka_admin::{Cause, Error, ErrorCode, OffsetQuery};
use kafka_protocol::messages::delete_groups_response::DeletableGroupResult;
use kafka_protocol::messages::{ApiKey, DeleteGroupsResponse, GroupId, ListGroupsResponse, OffsetFetchResponse};
use kafka_protocol::protocol::StrBytes;

use crate::peer::{Peer, Reply, Seen, body};
use crate::{at, client, committed, offsets};

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_sent_again() {
    let peer = Peer::start(|seen| (seen.key == ApiKey::OffsetCommit).then_some(Reply::Close)).await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    for partition in [0, 1] {
        let error = results[&at(partition)].clone().unwrap_err();
        assert!(!error.is_known_not_applied());
        assert!(matches!(error, Error::UnknownOutcome { api: "OffsetCommit", cause: Cause::Closed, .. }));
    }
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
}

#[tokio::test]
async fn a_late_answer_is_unknown_and_its_connection_is_thrown_away() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit if seen.before == 0 => Some(Reply::Silence),
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let client = client(&peer).await;
    let started = Instant::now();
    let late = client.within(Duration::from_millis(300));
    let results = late.commit_offsets("g", &offsets()).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));
    let error = results[&at(0)].clone().unwrap_err();
    assert!(error.is_timeout() && !error.is_known_not_applied(), "{error}");
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);

    let before = peer.connections();
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok));
    assert_eq!(peer.connections(), before + 1);
}

#[tokio::test]
async fn a_coordinator_that_moved_is_found_again() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit if seen.before < 2 => Some(committed(seen, [14, 14])),
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok), "{results:?}");
    assert_eq!(peer.count(ApiKey::OffsetCommit), 3);
    assert_eq!(peer.count(ApiKey::FindCoordinator), 3);
}

/// A coordinator that loses its partition says NOT_COORDINATOR of commits, too, that stand in the log already.
#[tokio::test]
async fn a_commit_that_lost_its_coordinator_is_unknown_and_the_next_call_looks_for_another() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit if seen.before == 0 => Some(committed(seen, [16, 16])),
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let client = client(&peer).await;
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    for partition in [0, 1] {
        let error = results[&at(partition)].clone().unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::NOT_COORDINATOR));
        assert!(!error.is_known_not_applied());
    }
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
    assert_eq!(peer.count(ApiKey::FindCoordinator), 1);
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok), "{results:?}");
    assert_eq!(peer.count(ApiKey::FindCoordinator), 2);
}

#[tokio::test]
async fn a_deletion_of_groups_that_lost_its_coordinator_is_not_sent_again() {
    for (code, sent, known) in [(16, 1, false), (14, 2, true)] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::DeleteGroups => Some(deleted(seen, if seen.before == 0 { code } else { 69 })),
            _ => None,
        })
        .await;
        let results = client(&peer).await.delete_groups(&["g".to_owned()]).await;
        assert_eq!(results["g"].clone().unwrap_err().is_known_not_applied(), known, "{results:?}");
        assert_eq!(peer.count(ApiKey::DeleteGroups), sent, "{results:?}");
    }
}

fn deleted(seen: &Seen, code: i16) -> Reply {
    let result =
        DeletableGroupResult::default().with_group_id(GroupId(StrBytes::from_static_str("g"))).with_error_code(code);
    body(&DeleteGroupsResponse::default().with_results(vec![result]), seen.version)
}

#[tokio::test]
async fn attempts_are_bounded() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit => Some(committed(seen, [14, 14])),
        _ => None,
    })
    .await;
    let mut config = crate::config(&peer);
    config.max_attempts = 3;
    let client = kafka_admin::Client::connect(config).await.unwrap();
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    let error = results[&at(0)].clone().unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS));
    assert_eq!(peer.count(ApiKey::OffsetCommit), 3);
}

#[tokio::test]
async fn a_commit_that_is_partly_applied_is_not_sent_again() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit => Some(committed(seen, [0, 14])),
        _ => None,
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    assert_eq!(results[&at(0)], Ok(()));
    let error = results[&at(1)].clone().unwrap_err();
    assert!(error.is_known_not_applied());
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
}

#[tokio::test]
async fn codes_that_leave_the_outcome_open_are_not_sent_again() {
    for code in [-1, 6, 7, 13, 15, 16, 20, 56] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::OffsetCommit => Some(committed(seen, [code, code])),
            _ => None,
        })
        .await;
        let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
        let error = results[&at(0)].clone().unwrap_err();
        assert!(!error.is_known_not_applied(), "{error}");
        assert_eq!(peer.count(ApiKey::OffsetCommit), 1, "{error}");
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetCommit => Some(committed(seen, [25, 30])),
        _ => None,
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    let active = results[&at(0)].clone().unwrap_err();
    assert_eq!(active.to_string(), "OffsetCommit: UNKNOWN_MEMBER_ID (25)");
    assert!(active.is_known_not_applied());
    let denied = results[&at(1)].clone().unwrap_err();
    assert!(matches!(denied, Error::Authorization { .. }) && denied.is_known_not_applied());
}

#[tokio::test]
async fn a_look_is_asked_again_when_its_answer_is_lost() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::OffsetFetch if seen.before == 0 => Some(Reply::Close),
        ApiKey::OffsetFetch => {
            use kafka_protocol::messages::offset_fetch_response::OffsetFetchResponseGroup;
            let group = OffsetFetchResponseGroup::default().with_group_id(GroupId(StrBytes::from_static_str("g")));
            let answer = OffsetFetchResponse::default().with_groups(vec![group]);
            Some(body(&answer, seen.version))
        }
        _ => None,
    })
    .await;
    let found = client(&peer).await.fetch_offsets("g", &OffsetQuery::default()).await;
    assert_eq!(found.unwrap().len(), 0);
    assert_eq!(peer.count(ApiKey::OffsetFetch), 2);
}

#[tokio::test]
async fn connections_are_kept_and_broken_ones_noticed() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::ListGroups => Some(body(&ListGroupsResponse::default(), seen.version)),
        _ => None,
    })
    .await;
    let client = client(&peer).await;
    for _ in 0..5 {
        assert_eq!(client.list_groups().await.unwrap().missing, []);
    }
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_broker_that_is_gone_is_not_sent_and_named() {
    let peer = Peer::start(|_| None).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let mut config = crate::config(&peer);
    config.bootstrap = vec![nobody];
    config.max_attempts = 2;
    let error = kafka_admin::Client::connect(config.clone()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { cause: Cause::Network(_), .. }), "{error}");
    // One that answers is enough.
    config.bootstrap.push(peer.host_port());
    kafka_admin::Client::connect(config).await.unwrap();
}

#[tokio::test]
async fn later_batches_are_held_back_after_a_lost_one() {
    let peer = Peer::start(|seen| (seen.key == ApiKey::OffsetCommit).then_some(Reply::Close)).await;
    let many = (0..10_001).map(|id| (at(id), kafka_admin::Committed::at(1))).collect();
    let results = client(&peer).await.commit_offsets("g", &many).await.unwrap();
    assert_eq!(results.len(), 10_001);
    let last = results[&at(10_000)].clone().unwrap_err();
    assert!(matches!(last, Error::NotSent { cause: Cause::HeldBack, .. }), "{last}");
    assert!(!results[&at(0)].clone().unwrap_err().is_known_not_applied());
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
}
