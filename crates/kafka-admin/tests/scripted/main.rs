//! The client against a scripted peer: what it sends, how often, and what it says afterwards.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod deadlines;
mod garbage;
mod left_out;
mod outcomes;
mod peer;
mod routes;
mod security;
mod tls;
mod topics;
mod versions;

use std::collections::BTreeMap;
use std::time::Duration;

use kafka_admin::{Client, Committed, Config, TopicPartition};
use kafka_protocol::messages::OffsetCommitResponse;
use kafka_protocol::messages::TopicName;
use kafka_protocol::messages::offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
use kafka_protocol::protocol::StrBytes;

use peer::{Peer, Reply, Seen, body};

/// A configuration for the peer, with a deadline that a lost answer does not stretch.
fn config(peer: &Peer) -> Config {
    let mut config = Config::new(vec![peer.host_port()]);
    config.deadline = Duration::from_secs(5);
    config
}

async fn client(peer: &Peer) -> Client {
    Client::connect(config(peer)).await.unwrap()
}

fn at(partition: i32) -> TopicPartition {
    TopicPartition::new("orders", partition)
}

/// A commit of partition 0 and 1.
fn offsets() -> BTreeMap<TopicPartition, Committed> {
    BTreeMap::from([(at(0), Committed::at(10)), (at(1), Committed::at(11))])
}

/// An answer to it, with one code a partition.
fn committed(seen: &Seen, codes: [i16; 2]) -> Reply {
    let partitions = [0, 1]
        .into_iter()
        .zip(codes)
        .map(|(id, code)| OffsetCommitResponsePartition::default().with_partition_index(id).with_error_code(code));
    let topic = OffsetCommitResponseTopic::default()
        .with_name(TopicName(StrBytes::from_static_str("orders")))
        .with_partitions(partitions.collect());
    let answer = OffsetCommitResponse::default().with_topics(vec![topic]);
    body(&answer, seen.version)
}
