//! What each change sends, and how versions differ.

use std::collections::{BTreeMap, BTreeSet};

use rocketmq_admin::{GroupConfig, MessageKey, ResetTo, Settings, TopicConfig, Version, Within};
use serde_json::{Value, json};

use crate::peer::{Peer, Reply, body, fields, frame, refusal};
use crate::{client, master};

/// A peer that answers everything with success.
async fn willing() -> Peer {
    Peer::start(|seen| (seen.code != 106).then(|| fields(json!({"wipeTopicCount": "1", "addTopicCount": "1"})))).await
}

fn sent(peer: &Peer, code: i32) -> Value {
    json!(peer.last(code).fields)
}

#[tokio::test]
async fn topics_and_groups_are_sent_whole() {
    let peer = willing().await;
    let master = master(&peer);
    let mut topic = TopicConfig::new("orders", 8);
    topic.write_queues = 4;
    topic.attributes.insert("message.type".to_owned(), "DELAY".to_owned());
    master.set_topic(&topic).await.unwrap();
    let wanted = json!({
        "topic": "orders", "defaultTopic": "TBW102", "readQueueNums": "8", "writeQueueNums": "4", "perm": "6",
        "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false", "attributes": "+message.type=DELAY",
    });
    assert_eq!(sent(&peer, 17), wanted);
    topic.attributes.clear();
    master.set_topic_without(&topic, &BTreeSet::from(["message.type".to_owned()])).await.unwrap();
    assert_eq!(sent(&peer, 17)["attributes"], "-message.type");
    master.set_topics(&[topic]).await.unwrap();
    let list: Value = serde_json::from_slice(&peer.last(18).body).unwrap();
    assert_eq!(list["topicConfigList"][0]["writeQueueNums"], 4);
    assert_eq!(list["topicConfigList"][0]["topicName"], "orders");

    master.set_group(&GroupConfig::new("billing")).await.unwrap();
    let group: Value = serde_json::from_slice(&peer.last(200).body).unwrap();
    let wanted = json!({
        "groupName": "billing", "consumeEnable": true, "consumeFromMinEnable": false, "consumeBroadcastEnable": false,
        "retryQueueNums": 1, "retryMaxTimes": 16, "brokerId": 0, "whichBrokerWhenConsumeSlowly": 1,
        "notifyConsumerIdsChangedEnable": true,
    });
    assert_eq!(group, wanted);
    master.set_groups(&[GroupConfig::new("billing")]).await.unwrap();
    let list: Value = serde_json::from_slice(&peer.last(225).body).unwrap();
    assert_eq!(list, json!({"groupConfigList": [wanted]}));
}

/// What this client has no name for goes along to the next broker.
#[tokio::test]
async fn settings_of_a_group_are_handed_on_whole() {
    let stored = include_str!("../../corpus/5.5.0/352.json");
    let peer = Peer::start(move |seen| match seen.code {
        352 => Some(body(stored)),
        200 => Some(body("")),
        _ => None,
    })
    .await;
    let master = master(&peer);
    let mut group = master.group("billing").await.unwrap().unwrap();
    master.set_group(&group).await.unwrap();
    let written: Value = serde_json::from_slice(&peer.last(200).body).unwrap();
    let mut wanted: Value = serde_json::from_str(stored).unwrap();
    assert_eq!(written, wanted);
    group.retry_max = 3;
    master.set_group(&group).await.unwrap();
    wanted["retryMaxTimes"] = json!(3);
    assert_eq!(serde_json::from_slice::<Value>(&peer.last(200).body).unwrap(), wanted);
}

#[tokio::test]
async fn changes_of_offsets_name_everything() {
    let peer = Peer::start(|seen| match seen.code {
        222 => Some(body("{\"offsetTable\":{}}")),
        26 => Some(body("useServerSideResetOffset=true\n")),
        106 => None,
        _ => Some(fields(json!({}))),
    })
    .await;
    let master = master(&peer);
    _ = master.commit("billing", "orders", 3, 42).await.unwrap();
    let wanted = json!({"consumerGroup": "billing", "topic": "orders", "queueId": "3", "commitOffset": "42"});
    assert_eq!(sent(&peer, 15), wanted);
    master.clone_offsets("billing", "copy", None, true).await.unwrap();
    assert_eq!(sent(&peer, 314), json!({"srcGroup": "billing", "destGroup": "copy", "offline": "true"}));
    for (to, time) in [(ResetTo::End, "-1"), (ResetTo::Time(1_795_547_474_338), "1795547474338")] {
        master.reset_offsets("billing", "orders", to, true).await.unwrap();
        let wanted = json!({"group": "billing", "topic": "orders", "timestamp": time, "isForce": "true"});
        assert_eq!(sent(&peer, 222), wanted);
    }
    master.reset_queue("billing", "orders", 3, 7).await.unwrap();
    let seen = sent(&peer, 222);
    assert_eq!((&seen["queueId"], &seen["offset"]), (&json!("3"), &json!("7")));
}

/// 4.9 does not read the queue, and would reset all of them.
#[tokio::test]
async fn one_queue_is_not_reset_where_the_broker_would_reset_all() {
    for settings in ["brokerName=broker-a\n", "useServerSideResetOffset=false\n"] {
        let peer = Peer::start(move |seen| (seen.code == 26).then(|| body(settings))).await;
        let error = master(&peer).reset_queue("billing", "orders", 3, 7).await.unwrap_err();
        assert!(matches!(error, rocketmq_admin::Error::Unsupported { .. }), "{error}");
        assert_eq!(peer.count(222), 0);
    }
}

#[tokio::test]
async fn deletions_settings_and_values_name_everything() {
    let peer = willing().await;
    let (master, name_server) = (master(&peer), client(&peer).name_server(&peer.host_port()));
    master.delete_topic("orders").await.unwrap();
    assert_eq!(sent(&peer, 215), json!({"topic": "orders"}));
    master.delete_group("billing", true).await.unwrap();
    assert_eq!(sent(&peer, 207), json!({"groupName": "billing", "removeOffset": "true", "cleanOffset": "true"}));
    let settings = Settings::from([("brokerPermission".to_owned(), "4".to_owned())]);
    master.set_settings(&settings).await.unwrap();
    assert_eq!(peer.last(25).body, b"brokerPermission=4\n");
    name_server.set_settings(&settings).await.unwrap();
    assert_eq!(peer.last(318).body, b"brokerPermission=4\n");
    name_server.forget_topic("orders", Some("c")).await.unwrap();
    assert_eq!(sent(&peer, 216), json!({"topic": "orders", "clusterName": "c"}));
    assert_eq!(name_server.wipe_write_perm("broker-a").await, Ok(1));
    assert_eq!(name_server.add_write_perm("broker-a").await, Ok(1));
    assert_eq!(sent(&peer, 205), json!({"brokerName": "broker-a"}));
    assert_eq!(sent(&peer, 327), sent(&peer, 205));
    name_server.put_value("n", "k", "v;1").await.unwrap();
    assert_eq!(sent(&peer, 100), json!({"namespace": "n", "key": "k", "value": "v;1"}));
    name_server.delete_value("n", "k").await.unwrap();
    assert_eq!(sent(&peer, 102), json!({"namespace": "n", "key": "k"}));
}

#[tokio::test]
async fn brokers_without_a_request_for_one_are_asked_for_all() {
    let peer = Peer::start(|seen| match seen.code {
        351 | 352 => Some(refusal(3, " request type not supported")),
        21 => Some(body(include_str!("../../corpus/4.9.7/21.json"))),
        201 => Some(body(include_str!("../../corpus/4.9.7/201.json"))),
        _ => None,
    })
    .await;
    let broker = client(&peer).broker("broker-a", 0);
    assert_eq!(broker.topic("orders").await.unwrap().unwrap().write_queues, 4);
    assert_eq!(broker.topic("nothing").await.unwrap(), None);
    assert!(broker.group("billing").await.unwrap().is_some());
    assert_eq!(broker.group("nothing").await.unwrap(), None);
}

/// Each line has its own way to say that there is none.
#[tokio::test]
async fn nothing_there_is_no_error() {
    let peer = Peer::start(|seen| match seen.code {
        105 => Some(refusal(17, "No topic route info in name server for the topic: t")),
        101 | 14 | 12 => Some(refusal(22, "not found")),
        203 => Some(refusal(206, "the consumer group[g] not online")),
        204 => Some(refusal(1, "the producer group[g] not exist")),
        33 => Some(refusal(1, "can not find message by the offset, 5")),
        351 => Some(refusal(17, "No topic in this broker. topic: t")),
        352 => Some(refusal(26, "No group in this broker")),
        _ => None,
    })
    .await;
    let (name_server, broker) = (client(&peer).any_name_server(), client(&peer).broker("broker-a", 0));
    assert_eq!(name_server.route("t").await, Ok(None));
    assert_eq!(name_server.value("n", "k").await, Ok(None));
    assert_eq!(broker.committed("g", "t", 0).await, Ok(None));
    assert_eq!(broker.consumers("g").await, Ok(None));
    assert_eq!(broker.producers("g", "t").await, Ok(Vec::new()));
    assert_eq!(broker.topic("t").await, Ok(None));
    assert_eq!(broker.group("g").await, Ok(None));
    assert_eq!(broker.message_at(5).await, Ok(None));
    let within = Within { from: 0, to: 1, max: 8 };
    assert_eq!(broker.messages("t", MessageKey::Key("k"), within).await, Ok(Vec::new()));
    assert_eq!(sent(&peer, 14)["setZeroIfNotFound"], "false");
    // Other words for the same code are errors.
    let peer = Peer::start(|seen| (seen.code != 106).then(|| refusal(1, "java.lang.NullPointerException"))).await;
    let broker = client(&peer).broker("broker-a", 0);
    assert!(broker.producers("g", "t").await.is_err() && broker.message_at(5).await.is_err());
}

#[tokio::test]
async fn answers_of_both_lines_become_types() {
    for (version, files) in [
        (
            "4.9.7",
            [
                include_str!("../../corpus/4.9.7/202.json"),
                include_str!("../../corpus/4.9.7/208.json"),
                include_str!("../../corpus/4.9.7/317.json"),
                include_str!("../../corpus/4.9.7/43.json"),
                include_str!("../../corpus/4.9.7/203.json"),
                include_str!("../../corpus/4.9.7/303.json"),
                include_str!("../../corpus/4.9.7/28.json"),
                include_str!("../../corpus/4.9.7/328.json"),
            ],
        ),
        (
            "5.5.0",
            [
                include_str!("../../corpus/5.5.0/202.json"),
                include_str!("../../corpus/5.5.0/208.json"),
                include_str!("../../corpus/5.5.0/317.json"),
                include_str!("../../corpus/5.5.0/43.json"),
                include_str!("../../corpus/5.5.0/203.json"),
                include_str!("../../corpus/5.5.0/303.json"),
                include_str!("../../corpus/5.5.0/28.json"),
                include_str!("../../corpus/5.5.0/328.json"),
            ],
        ),
    ] {
        let by_code: BTreeMap<i32, &str> = [202, 208, 317, 43, 203, 303, 28, 328].into_iter().zip(files).collect();
        let peer = Peer::start(move |seen| by_code.get(&seen.code).map(|file| body(*file))).await;
        let broker = client(&peer).broker("broker-a", 0);
        let queue = rocketmq_admin::Queue::new("orders", "broker-a", 2);
        let range = broker.topic_stats("orders").await.unwrap()[&queue];
        assert_eq!((range.min, range.max), (0, 5), "{version}");
        let consumed = broker.consume_stats("billing", None).await.unwrap().queues[&queue];
        assert_eq!(consumed.broker, 5);
        assert_eq!(consumed.pulled.is_some(), version == "5.5.0");
        assert!(!broker.all_consume_stats(false).await.unwrap()["billing"].is_empty());
        let offsets = broker.all_offsets().await.unwrap();
        assert_eq!(offsets[&("billing".to_owned(), "orders".to_owned())].len(), 4);
        let consumers = broker.consumers("billing").await.unwrap().unwrap();
        assert_eq!((consumers.clients.len(), consumers.model.as_str()), (1, "CLUSTERING"));
        assert_eq!(consumers.clients[0].version.to_string(), version);
        let producers = broker.all_producers().await.unwrap();
        let producer = &producers["shop"][0];
        assert_eq!((producer.language.as_str(), producer.version.to_string().as_str()), ("JAVA", version));
        assert!(producer.id.starts_with("192.0.2.2@") && producer.address.starts_with("/127.0.0.1:"), "{producer:?}");
        assert_eq!(broker.time_spans("billing", "orders").await.unwrap().len(), 4);
        let info = broker.runtime_info().await.unwrap();
        assert_eq!(info.number("msgPutTotalTodayNow"), Some(20));
        assert_eq!(info.0["brokerVersionDesc"], format!("V{}", version.replace('.', "_")));
        assert_eq!((info.number("brokerVersionDesc"), info.number("nothing")), (None, None));
    }
}

/// 4.9.7 as the peer says in every header, also with a header in the servers' own form.
#[tokio::test]
async fn the_version_is_what_the_header_says() {
    let peer = Peer::start(|seen| (seen.code == 304).then(|| body("{}"))).await;
    assert_eq!(client(&peer).any_name_server().version().await, Ok(Version::release(4, 9, 7)));
    let peer = Peer::start(|seen| {
        let opaque = u32::try_from(seen.opaque).unwrap().to_be_bytes();
        let header = [&[0, 0, 0, 2, 1][..], &opaque, &[0, 0, 0, 1], &[0; 4], &[0; 4]].concat();
        let head = (1 << 24 | u32::try_from(header.len()).unwrap()).to_be_bytes();
        let length = u32::try_from(4 + header.len()).unwrap().to_be_bytes();
        Some(Reply::Raw([&length[..], &head, &header].concat()))
    })
    .await;
    assert_eq!(client(&peer).any_name_server().version().await, Ok(Version::release(5, 5, 0)));
}

/// A success in the words of this version.
fn said(seen: &crate::peer::Seen, version: i32, fields: &Value, body: &str) -> Reply {
    let header = json!({
        "code": 0, "flag": 1, "language": "JAVA", "opaque": seen.opaque, "version": version, "extFields": fields,
    });
    Reply::Raw(frame(&header, body.as_bytes()))
}

/// As 4.9.7 searches (`ConsumeQueue.getOffsetInQueueByTime`): any message of that very millisecond, else the closer neighbour.
fn nearest(times: &[u64], time: u64) -> usize {
    let (mut low, mut high, mut left, mut right) = (0, times.len(), None, None);
    while low < high {
        let middle = usize::midpoint(low, high);
        match times[middle].cmp(&time) {
            std::cmp::Ordering::Equal => return middle,
            std::cmp::Ordering::Greater => (high, right) = (middle, Some(middle)),
            std::cmp::Ordering::Less => (low, left) = (middle + 1, Some(middle)),
        }
    }
    let away = |at: &usize| times[*at].abs_diff(time);
    left.into_iter().chain(right).min_by_key(away).unwrap_or(0)
}

/// A queue as a broker of 4.9.7 or 5.5.0 searches it: offset by offset when a message was stored.
async fn stored(version: i32, times: &'static [u64]) -> Peer {
    let first = move |time: u64| times.iter().position(|one| *one >= time).unwrap_or(times.len());
    Peer::start(move |seen| match seen.code {
        28 => Some(said(seen, version, &json!({}), "{\"table\":{}}")),
        202 => {
            let queue = "{\"brokerName\":\"broker-a\",\"queueId\":0,\"topic\":\"orders\"}";
            let (last, max) = (times.last().copied().unwrap_or(0), times.len());
            let found = format!("{{\"lastUpdateTimestamp\":{last},\"maxOffset\":{max},\"minOffset\":0}}");
            Some(said(seen, version, &json!({}), &format!("{{\"offsetTable\":{{{queue}:{found}}}}}")))
        }
        29 => {
            let time = seen.fields["timestamp"].parse().unwrap();
            let offset = if version < 500 { nearest(times, time) } else { first(time) };
            Some(said(seen, version, &json!({"offset": offset.to_string()}), ""))
        }
        _ => None,
    })
    .await
}

const V4: i32 = 407;
const V5: i32 = 513;

/// The place to begin reading from an instant on, and what 29 alone says of it.
async fn since(version: i32, times: &'static [u64], time: u64) -> (i64, i64) {
    let peer = stored(version, times).await;
    let broker = client(&peer).broker_at(&peer.host_port());
    let since = broker.offsets_since("orders", 1, time).await.unwrap();
    (since[0], broker.offset_at("orders", 0, time).await.unwrap())
}

#[tokio::test]
async fn a_time_leads_to_no_message_behind_it() {
    // A minute lies between the first two, and the other four came in one millisecond.
    const TIMES: &[u64] = &[1_000, 61_000, 90_000, 90_000, 90_000, 90_000];
    for (time, first) in [(500, 0), (11_000, 1), (60_000, 1), (89_999, 2), (90_000, 2), (90_001, 6), (9_000_000, 6)] {
        assert_eq!(since(V5, TIMES, time).await, (first, first), "5.5.0 at {time}");
        let (found, _) = since(V4, TIMES, time).await;
        assert!((first - 1..=first).contains(&found), "4.9.7 at {time}: {found} for {first}");
    }
    // What its own answer would have skipped, and what it would have handled again.
    assert_eq!(since(V4, TIMES, 90_000).await, (2, 3));
    assert_eq!(since(V4, TIMES, 9_000_000).await, (6, 5));
    assert_eq!(since(V4, &[], 9_000_000).await.0, 0, "nothing is there");
}
