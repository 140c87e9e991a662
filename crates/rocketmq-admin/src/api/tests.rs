//! What servers of both lines answered, read into types.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::cluster::Cluster;
use super::message_bytes;
use super::queue::Queue;
use super::routes::TopicRoute;
use super::running::RunningInfo;
use super::topics::Perm;
use crate::version::Version;
use crate::wire::request::Answer;

const BOTH: [&str; 2] = ["4.9.7", "5.5.0"];

fn file(version: &str, name: &str) -> Bytes {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(version).join(name);
    std::fs::read(path).unwrap().into()
}

fn answer(version: &str, name: &str) -> Answer {
    Answer { version: Version::OURS, remark: None, fields: BTreeMap::new(), body: file(version, name) }
}

#[test]
fn clusters_are_read() {
    for version in BOTH {
        let cluster = Cluster::read(&answer(version, "106.json")).unwrap();
        assert_eq!(cluster.brokers.keys().collect::<Vec<_>>(), ["broker-a", "broker-b"]);
        assert_eq!(cluster.brokers["broker-a"].addresses.keys().collect::<Vec<_>>(), [&0, &1]);
        assert_eq!(cluster.clusters["LabCluster"].len(), 2);
        assert!(cluster.address("broker-a", 1).is_some() && cluster.address("broker-b", 1).is_none());
        assert_eq!(cluster.what_is_there("broker-b"), "it has no such process, only [0]");
    }
}

#[test]
fn routes_are_read_in_both_writings() {
    let strict = TopicRoute::read(&answer("4.9.7", "105.json")).unwrap();
    assert_eq!(TopicRoute::read(&answer("4.9.7", "105-old.json")).unwrap(), strict);
    for route in [strict, TopicRoute::read(&answer("5.5.0", "105.json")).unwrap()] {
        let queues = route.queues["broker-b"];
        assert_eq!((queues.read, queues.write, queues.perm), (4, 4, Perm::READ_WRITE));
        assert_eq!(route.brokers["broker-a"].addresses.len(), 2);
        assert_eq!(route.order, None);
    }
}

#[test]
fn what_a_client_says_of_itself_is_read() {
    for (version, desc) in [("4.9.7", "V4_9_7"), ("5.5.0", "V5_5_0")] {
        let info = RunningInfo::read(&answer(version, "307.json").json().unwrap()).unwrap();
        assert_eq!(info.properties["PROP_CLIENT_VERSION"], desc);
        assert!(info.queues.contains_key(&Queue::new("orders", "broker-b", 3)), "{version}");
        assert_eq!(info.subscriptions["orders"].expression, "*");
        assert_eq!(info.topics["orders"].failed_messages, 0);
        assert_eq!(info.threads, None);
    }
}

#[test]
fn messages_are_read() {
    for (version, region) in [("4.9.7", None), ("5.5.0", Some("DefaultRegion"))] {
        let messages = message_bytes::read_all(file(version, "33.bin"), "broker-a").unwrap();
        let [message] = &messages[..] else { panic!("{messages:?}") };
        assert_eq!((message.queue.topic.as_str(), message.physical), ("orders", 0));
        assert_eq!(message.properties["TAGS"], "TagA");
        assert_eq!(message.properties.get("MSG_REGION").map(String::as_str), region);
        let key = message.properties["KEYS"].strip_prefix('k').unwrap().to_owned();
        assert_eq!(message.body, format!("body {key}").as_bytes());
        assert!(message.born_at.ip().is_loopback() && !message.is_compressed());
        assert!(message.stored >= message.born);
    }
}

#[test]
fn several_messages_stand_one_behind_the_other() {
    let one = file("4.9.7", "33.bin");
    let two = [&one[..], &one[..]].concat();
    assert_eq!(message_bytes::read_all(two.clone().into(), "b").unwrap().len(), 2);
    assert_eq!(message_bytes::read_all(Bytes::new(), "b").unwrap().len(), 0);
    for cut in 1..one.len() {
        assert!(message_bytes::read_all(two[..one.len() + cut].to_vec().into(), "b").is_err(), "{cut} bytes");
    }
}

/// A topic of more than 127 bytes has a longer length, and IP version 6 a longer address.
#[test]
fn long_topics_and_long_addresses_are_read() {
    let whole = file("4.9.7", "33.bin");
    let short = message_bytes::read_all(whole.clone(), "b").unwrap().remove(0);
    let topic_at = whole.windows(7).position(|bytes| bytes == b"\x06orders").unwrap();
    let mut long = whole[..topic_at].to_vec();
    long.push(0);
    long.extend(&whole[topic_at..]);
    long[4..8].copy_from_slice(&0xDAA3_20AB_u32.to_be_bytes());
    // Who stored it follows who sent it and the time; then a flag says so.
    let stored_at = 4 + 4 + 4 + 4 + 4 + 8 + 8 + 4 + 8 + 8 + 8;
    long.splice(stored_at..stored_at + 4, std::net::Ipv6Addr::LOCALHOST.octets());
    let flag = 4 + 4 + 4 + 4 + 4 + 8 + 8;
    long[flag + 3] |= 1 << 5;
    let length = u32::try_from(long.len()).unwrap();
    long[..4].copy_from_slice(&length.to_be_bytes());
    let read = message_bytes::read_all(long.into(), "b").unwrap().remove(0);
    assert_eq!(read.stored_at.ip(), std::net::Ipv6Addr::LOCALHOST);
    assert_eq!((read.queue, read.body, read.properties), (short.queue, short.body, short.properties));
}
