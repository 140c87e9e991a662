//! Peers that do not speak sense.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use kafka_admin::{Cause, Client, Error, OffsetQuery};
use kafka_protocol::messages::list_groups_response::ListedGroup;
use kafka_protocol::messages::{ApiKey, BrokerId, ListGroupsResponse};
use kafka_protocol::protocol::Encodable;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::peer::{Peer, Reply, body, metadata};
use crate::{at, client, config, offsets};

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_before_it_is_read() {
    let peer = Peer::start(|seen| {
        let announced = (64 * 1024 * 1024 + 1_i32).to_be_bytes().to_vec();
        (seen.key == ApiKey::OffsetCommit).then_some(Reply::Raw(announced))
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    let error = results[&at(0)].clone().unwrap_err();
    assert!(matches!(error, Error::Garbage { .. }), "{error}");
    assert!(!error.is_known_not_applied());
    assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
}

#[tokio::test]
async fn negative_lengths_wrong_numbers_and_inflated_arrays_are_garbage() {
    let whole: [&[u8]; 4] = [
        // A length of -1.
        &[0xff, 0xff, 0xff, 0xff],
        // A correlation id that was never given.
        &[0, 0, 0, 9, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0],
        // Too short for a header.
        &[0, 0, 0, 2, 0, 0],
        // Bytes that are no length at all.
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ];
    for raw in whole {
        let peer = Peer::start(move |seen| (seen.key == ApiKey::OffsetCommit).then(|| Reply::Raw(raw.to_vec()))).await;
        let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
        let error = results[&at(0)].clone().unwrap_err();
        assert!(matches!(error, Error::Garbage { .. }), "{raw:?}: {error}");
        assert_eq!(peer.count(ApiKey::OffsetCommit), 1);
    }
}

#[tokio::test]
async fn an_array_that_is_not_there_is_garbage() {
    let peer = Peer::start(|seen| {
        // Throttle time, then 4 thousand million topics.
        let body = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f];
        (seen.key == ApiKey::OffsetCommit).then(|| Reply::Body(body.to_vec().into()))
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    let error = results[&at(0)].clone().unwrap_err();
    assert!(error.to_string().contains("elements announced"), "{error}");
}

#[tokio::test]
async fn a_partition_missing_in_the_answer_is_an_error() {
    let peer = Peer::start(|seen| {
        use kafka_protocol::messages::OffsetCommitResponse;
        let nothing = OffsetCommitResponse::default();
        (seen.key == ApiKey::OffsetCommit).then(|| crate::body(&nothing, seen.version))
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    for partition in [0, 1] {
        let error = results[&at(partition)].clone().unwrap_err();
        assert!(!error.is_known_not_applied(), "{error}");
    }
}

#[tokio::test]
async fn something_else_than_kafka_is_named_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut greeted = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await);
            greeted.push(stream);
        }
    });
    let mut config = kafka_admin::Config::new(vec![address.parse().unwrap()]);
    config.max_attempts = 2;
    let error = Client::connect(config).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { cause: Cause::NotKafka(_), .. }), "{error}");
}

/// Nobody waits for the deadline to hear that this is not Kafka, whoever it is that would have to be found for the answer.
#[tokio::test]
async fn where_nobody_speaks_kafka_each_is_asked_twice_at_most() {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut addresses = Vec::new();
    for _ in 0..3 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        addresses.push(listener.local_addr().unwrap().to_string().parse().unwrap());
        let asked = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                asked.fetch_add(1, Ordering::Relaxed);
                drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
            }
        });
    }
    let client = Client::unconnected(kafka_admin::Config::new(addresses)).unwrap();
    let nonsense = |error: &Error| matches!(error, Error::NotSent { cause: Cause::NotKafka(_), .. });
    let error = client.fetch_offsets("g", &OffsetQuery::default()).await.unwrap_err();
    assert!(nonsense(&error), "{error}");
    assert_eq!(asked.swap(0, Ordering::Relaxed), 6);
    let deleted = client.delete_groups(&["g".to_owned()]).await;
    assert!(deleted["g"].as_ref().is_err_and(nonsense), "{deleted:?}");
    assert_eq!(asked.swap(0, Ordering::Relaxed), 6);
}

#[tokio::test]
async fn a_peer_that_says_nothing_costs_no_more_than_the_deadline() {
    let peer = Peer::start(|_| Some(Reply::Silence)).await;
    let mut config = config(&peer);
    config.deadline = Duration::from_millis(300);
    let started = std::time::Instant::now();
    let error = Client::connect(config).await.unwrap_err();
    assert!(error.is_timeout() && error.is_known_not_applied(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn configurations_that_cannot_work_are_refused() {
    let error = Client::connect(kafka_admin::Config::new(Vec::new())).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)));
    let peer = Peer::start(|_| None).await;
    let mut config = config(&peer);
    config.security = kafka_admin::Security::Tls(kafka_admin::Tls {
        ca_pem: "not a certificate".to_owned(),
        client: None,
        check_server_name: true,
    });
    let error = Client::connect(config).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    assert_eq!(peer.connections(), 0);
}

/// Each answer is as large as one may be, or nearly; what they take together is bounded all the same.
#[tokio::test]
async fn answers_of_several_brokers_share_one_budget() {
    const EACH: usize = 700_000;
    const BROKERS: i32 = 4;
    let listed = ListGroupsResponse::default().with_groups(vec![ListedGroup::default(); EACH]);
    let mut answer = BytesMut::new();
    listed.encode(&mut answer, 5).unwrap();
    let answer = answer.freeze();
    let peer = Peer::start(move |seen| match seen.key {
        ApiKey::Metadata => {
            let one = metadata(seen.address);
            let brokers = (1..=BROKERS).map(|id| one.brokers[0].clone().with_node_id(BrokerId(id))).collect();
            Some(body(&one.with_brokers(brokers), seen.version))
        }
        ApiKey::ListGroups => Some(Reply::Body(answer.clone())),
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.deadline = Duration::from_secs(60);
    config.max_attempts = 1;
    let list = Client::connect(config).await.unwrap().list_groups().await.unwrap();
    // 121 MB an answer: two fit into 256 MiB.
    assert_eq!(list.missing.len(), 2, "{:?}", list.missing);
    for (_, error) in &list.missing {
        assert!(matches!(error, Error::Garbage { why, .. } if why.contains("answers of this call")), "{error}");
    }
}
