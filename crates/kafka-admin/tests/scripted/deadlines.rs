//! What a deadline means: after it nothing leaves any more, and nothing waits behind what does not matter to it.

use std::time::Duration;

use bytes::Bytes;
use kafka_admin::{Cause, Committed, Credentials, Error, Sasl};
use kafka_protocol::messages::{
    ApiKey, ListGroupsResponse, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeResponse,
};
use kafka_protocol::protocol::Decodable;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::peer::{Peer, Reply, body};
use crate::{at, client, committed, config, offsets};

fn bytes(reply: Reply) -> Bytes {
    match reply {
        Reply::Body(bytes) => bytes,
        _ => Bytes::new(),
    }
}

fn is_late(error: &Error) -> bool {
    matches!(error, Error::NotSent { cause: Cause::Deadline, .. })
}

/// With a connection at hand and a broker that is ready, only the clock keeps the request back.
#[tokio::test]
async fn a_request_whose_deadline_is_past_does_not_leave() {
    let peer = Peer::start(|seen| (seen.key == ApiKey::OffsetCommit).then(|| committed(seen, [0, 0]))).await;
    let client = client(&peer).await;
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok), "{results:?}");

    let late = client.within(Duration::ZERO);
    let results = late.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(|result| is_late(result.as_ref().unwrap_err())), "{results:?}");
    // What follows on the same connection shows that nothing was on it.
    client.commit_offsets("g", &offsets()).await.unwrap();
    assert_eq!(peer.count(ApiKey::OffsetCommit), 2);
}

/// Each call would have half a minute. The first one is answered when the time of both is over.
#[tokio::test]
async fn several_calls_with_one_end_send_nothing_after_it() {
    let (gate, closed) = watch::channel(());
    let peer = Peer::start(move |seen| match seen.key {
        ApiKey::OffsetCommit if seen.before == 1 => Some(Reply::Later(bytes(committed(seen, [0, 0])), closed.clone())),
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let client = client(&peer).await.within(Duration::from_secs(30));
    assert!(client.commit_offsets("g", &offsets()).await.unwrap().values().all(Result::is_ok));

    let ending = client.ending_at(Instant::now() + Duration::from_secs(1));
    let first = ending.commit_offsets("g", &offsets()).await.unwrap();
    let error = first[&at(0)].clone().unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome { cause: Cause::Deadline, .. }), "{error}");
    drop(gate);
    for late in [ending.within(Duration::from_secs(30)), ending.ending_at(Instant::now() + Duration::from_secs(30))] {
        let results = late.commit_offsets("g", &offsets()).await.unwrap();
        assert!(results.values().all(|result| is_late(result.as_ref().unwrap_err())), "{results:?}");
    }
    assert_eq!(peer.count(ApiKey::OffsetCommit), 2);
    assert!(client.commit_offsets("g", &offsets()).await.unwrap().values().all(Result::is_ok), "it had no end");
}

#[tokio::test]
async fn a_connection_is_not_begun_after_the_deadline() {
    let peer = Peer::start(|_| None).await;
    let client = kafka_admin::Client::unconnected(config(&peer)).unwrap().within(Duration::ZERO);
    let error = client.describe_cluster().await.unwrap_err();
    assert!(is_late(&error), "{error}");
    assert_eq!(kafka_admin::Client::connect(config(&peer)).await.map(drop), Ok(()));
    assert_eq!(peer.connections(), 1);
}

/// The kernel has taken the whole request over while the broker does not read. After the deadline it is thrown away; a
/// usual close would deliver it whenever the broker reads again.
#[tokio::test]
async fn what_the_kernel_holds_is_thrown_away_at_the_deadline() {
    let (gate, closed) = watch::channel(());
    let (told, mut found) = mpsc::unbounded_channel();
    let peer = Peer::narrow(move |seen| match seen.key {
        ApiKey::OffsetCommit if seen.before == 0 => {
            Some(Reply::Deaf(bytes(committed(seen, [0, 0])), closed.clone(), told.clone()))
        }
        _ => None,
    })
    .await;
    let client = client(&peer).await;
    assert!(client.commit_offsets("g", &offsets()).await.unwrap().values().all(Result::is_ok));

    let many = (0..10_000).map(|id| (at(id), Committed::at(1))).collect();
    let late = client.within(Duration::from_secs(4));
    let results = late.commit_offsets("g", &many).await.unwrap();
    let error = results[&at(0)].clone().unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome { cause: Cause::Deadline, .. }), "{error}");

    drop(gate);
    let found = found.recv().await.unwrap();
    // Ten thousand partitions take 18 bytes each and more.
    assert!(found.bytes < 100_000, "{found:?}");
    assert_eq!(found.end, Some(std::io::ErrorKind::ConnectionReset), "{found:?}");
}

/// A look that does not come back holds up other looks, but no act, nor what the act has to ask on its way.
#[tokio::test]
async fn an_act_does_not_wait_behind_looks() {
    let (gate, closed) = watch::channel(());
    let peer = Peer::start(move |seen| match seen.key {
        ApiKey::ListGroups => {
            let answer = body(&ListGroupsResponse::default(), seen.version);
            Some(Reply::Later(bytes(answer), closed.clone()))
        }
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let client = client(&peer).await.within(Duration::from_secs(30));
    let looks: Vec<_> = (0..3)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.list_groups().await })
        })
        .collect();
    while peer.count(ApiKey::ListGroups) == 0 {
        tokio::task::yield_now().await;
    }
    let results = client.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok), "{results:?}");
    assert_eq!(peer.count(ApiKey::ListGroups), 1, "the looks still wait");

    drop(gate);
    for look in looks {
        assert_eq!(look.await.unwrap().unwrap().missing, []);
    }
    assert_eq!(peer.connections(), 2);
}

/// With no thread free for long computations the deadline comes first: the proof is not computed in between, where it
/// would hold up everything else on this thread.
#[test]
fn the_proof_of_a_password_is_computed_beside() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    let (free, busy) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        let blocker = tokio::task::spawn_blocking(move || busy.recv());
        let peer = Peer::start(|seen| match seen.key {
            ApiKey::SaslHandshake => Some(body(&SaslHandshakeResponse::default(), seen.version)),
            ApiKey::SaslAuthenticate => {
                let mut rest = seen.body.clone();
                let asked = SaslAuthenticateRequest::decode(&mut rest, seen.version).unwrap().auth_bytes;
                let asked = String::from_utf8(asked.to_vec()).unwrap();
                let nonce = asked.strip_prefix("n,,n=user,r=").unwrap_or("the proof");
                let said = format!("r={nonce}more,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
                let answer = SaslAuthenticateResponse::default().with_auth_bytes(said.into());
                Some(body(&answer, seen.version))
            }
            _ => None,
        })
        .await;
        let mut config = config(&peer);
        config.sasl = Sasl::ScramSha256(Credentials { user: "user".to_owned(), password: "pencil".into() });
        config.deadline = Duration::from_millis(500);
        let error = kafka_admin::Client::connect(config.clone()).await.unwrap_err();
        assert!(is_late(&error), "{error}");
        let before = peer.count(ApiKey::SaslAuthenticate);
        assert_eq!(before, peer.count(ApiKey::SaslHandshake), "no proof was sent");
        // With the thread free, it is.
        drop(free);
        drop(blocker.await);
        config.deadline = Duration::from_secs(30);
        let error = kafka_admin::Client::connect(config).await.unwrap_err();
        assert!(matches!(error, Error::Authentication { .. }), "{error}");
        assert_eq!(peer.count(ApiKey::SaslAuthenticate), before + 2);
    });
}
