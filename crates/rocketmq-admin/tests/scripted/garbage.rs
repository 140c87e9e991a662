//! Peers that do not speak sense.

use rocketmq_admin::{Cause, Client, Config, Error, Security, Tls};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::peer::{Peer, Reply, Seen, body, fields, frame};
use crate::{client, config, master};

const COMMIT: i32 = 15;
const MAX_OFFSET: i32 = 30;
const TOPICS: i32 = 206;

fn header(seen: &Seen, opaque: i64, flag: i32) -> serde_json::Value {
    json!({"code": 0, "flag": flag, "language": "JAVA", "opaque": seen.opaque + opaque, "version": 407})
}

fn is_garbage(error: &Error) -> bool {
    matches!(error, Error::Garbage { .. })
}

#[tokio::test]
async fn frames_that_make_no_sense_are_garbage_and_the_change_is_not_sent_again() {
    type Nonsense = fn(&Seen) -> Vec<u8>;
    let kinds: [(Nonsense, &str); 8] = [
        (|_| (64 * 1024 * 1024 + 1_u32).to_be_bytes().to_vec(), "67108865 bytes announced"),
        (|_| vec![0xff; 4], "4294967295 bytes announced"),
        (|_| vec![0, 0, 0, 2, 0, 0], "2 bytes announced"),
        (|_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "1213486160 bytes announced"),
        (|_| [&8_u32.to_be_bytes()[..], &[0, 0, 0, 9], b"code"].concat(), "a header of 9 bytes announced"),
        (|_| [&6_u32.to_be_bytes()[..], &[7, 0, 0, 2], b"{}"].concat(), "a header of kind 7"),
        (|seen| frame(&header(seen, 1, 1), b""), "an answer to request"),
        (|seen| frame(&header(seen, 0, 0), b""), "a request (code 0)"),
    ];
    for (nonsense, why) in kinds {
        let peer = Peer::start(move |seen| (seen.code == COMMIT).then(|| Reply::Raw(nonsense(seen)))).await;
        let error = master(&peer).commit("g", "orders", 0, 1).await.unwrap_err();
        assert!(is_garbage(&error) && !error.is_known_not_applied(), "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(peer.count(COMMIT), 1);
    }
}

#[tokio::test]
async fn a_look_at_garbage_is_asked_once_more() {
    let peer = Peer::start(|seen| match (seen.code, seen.before) {
        (TOPICS, 0) => Some(body("{\"topicList\":[")),
        (TOPICS, _) => Some(body("{\"topicList\":[\"orders\"]}")),
        _ => None,
    })
    .await;
    let topics = client(&peer).any_name_server().topics().await.unwrap();
    assert_eq!(topics.into_iter().collect::<Vec<_>>(), ["orders"]);
    let peer = Peer::start(|seen| (seen.code == TOPICS).then(|| body("{}"))).await;
    let error = client(&peer).any_name_server().topics().await.unwrap_err();
    assert!(is_garbage(&error) && error.to_string().ends_with("topicList: not there"), "{error}");
    assert_eq!(peer.count(TOPICS), 2);
}

/// An answer that leaves out what was asked is never "nothing there".
#[tokio::test]
async fn what_an_answer_leaves_out_is_garbage() {
    let peer = Peer::start(|seen| match seen.code {
        106 => None,
        26 => Some(body("no setting")),
        _ => Some(body("{}")),
    })
    .await;
    let broker = client(&peer).broker("broker-a", 0);
    let errors = [
        broker.max_offset("t", 0).await.err(),
        broker.committed("g", "t", 0).await.err(),
        broker.topics().await.err(),
        broker.topic("t").await.err(),
        broker.groups().await.err(),
        broker.group("g").await.err(),
        broker.consumers("g").await.err(),
        broker.producers("g", "t").await.err(),
        broker.topic_stats("t").await.err(),
        broker.consume_stats("g", None).await.err(),
        broker.all_consume_stats(false).await.err(),
        broker.all_offsets().await.err(),
        broker.time_spans("g", "t").await.err(),
        broker.groups_of_topic("t").await.err(),
        broker.topics_of_group("g").await.err(),
        broker.runtime_info().await.err(),
        broker.settings().await.err(),
        broker.running_info("g", "c", false).await.err(),
        broker.message_at(0).await.err(),
        client(&peer).any_name_server().route("t").await.err(),
        client(&peer).any_name_server().value("n", "k").await.err(),
    ];
    for (place, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| unreachable!("call {place} found something"));
        assert!(is_garbage(&error), "call {place}: {error}");
    }
}

#[tokio::test]
async fn the_same_thing_twice_in_one_answer_is_garbage() {
    let peer = Peer::start(|seen| {
        let range = "{\"minOffset\":0,\"maxOffset\":1,\"lastUpdateTimestamp\":0}";
        let key = "{\"brokerName\":\"b\",\"queueId\":1,\"topic\":\"t\"}";
        (seen.code == 202).then(|| body(format!("{{\"offsetTable\":{{{key}:{range},{key}:{range}}}}}")))
    })
    .await;
    let error = client(&peer).broker("broker-a", 0).topic_stats("t").await.unwrap_err();
    assert!(error.to_string().contains("is named twice"), "{error}");
}

/// `broken` is one byte short, and the connection must not be used for what follows.
#[tokio::test]
async fn bytes_that_come_unasked_end_the_connection() {
    let peer = Peer::start(|seen| match (seen.code, seen.before) {
        (MAX_OFFSET, 0) => {
            let mut answer = header(seen, 0, 1);
            answer["extFields"] = json!({"offset": "1"});
            Some(Reply::Raw([frame(&answer, b""), vec![0]].concat()))
        }
        (MAX_OFFSET, _) => Some(fields(json!({"offset": "2"}))),
        _ => None,
    })
    .await;
    let broker = client(&peer).broker_at(&peer.host_port());
    assert_eq!(broker.max_offset("t", 0).await, Ok(1));
    assert_eq!(broker.max_offset("t", 0).await, Ok(2));
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn configurations_and_arguments_that_cannot_work_are_refused() {
    assert!(matches!(Client::new(Config::new(Vec::new())), Err(Error::Invalid(_))));
    let peer = Peer::start(|_| None).await;
    let mut config = config(&peer);
    config.security =
        Security::Tls(Tls { ca_pem: "not a certificate".to_owned(), client: None, check_server_name: true });
    assert!(matches!(Client::new(config), Err(Error::Invalid(_))));
    let master = master(&peer);
    let refused = [
        master.commit("g", "orders", 0, -1).await.err(),
        master.commit("", "orders", 0, 1).await.err(),
        master.reset_queue("g", "orders", 0, -1).await.err(),
        master.set_topic(&rocketmq_admin::TopicConfig::new("a b", 4)).await.err(),
        master.set_group(&rocketmq_admin::GroupConfig::new("a@b")).await.err(),
        master.set_settings(&rocketmq_admin::Settings::new()).await.err(),
        master.offset_at("orders", 0, u64::MAX).await.err(),
        client(&peer).name_server(&peer.host_port()).put_value("n", "k", "").await.err(),
    ];
    for (place, error) in refused.into_iter().enumerate() {
        assert!(matches!(error, Some(Error::Invalid(_))), "call {place}: {error:?}");
    }
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn something_else_than_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config::new(vec![listener.local_addr().unwrap().to_string().parse().unwrap()]);
    tokio::spawn(async move {
        let mut greeted = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(stream.write_all(b"220 mail.example.org ESMTP\r\n").await);
            greeted.push(stream);
        }
    });
    let ca_pem = include_str!("ca.pem").to_owned();
    config.security = Security::Tls(Tls { ca_pem, client: None, check_server_name: true });
    config.max_attempts = 2;
    let error = Client::new(config).unwrap().any_name_server().cluster().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { cause: Cause::Tls(_), .. }), "{error}");
}
