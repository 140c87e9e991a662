//! Leaders and coordinators that move, brokers that hang.

use std::time::{Duration, Instant};

use kafka_admin::{Client, ErrorCode, GroupState, OffsetSpec};
use kafka_protocol::messages::describe_groups_response::DescribedGroup;
use kafka_protocol::messages::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use kafka_protocol::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use kafka_protocol::messages::{ApiKey, BrokerId, DescribeGroupsResponse, GroupId, ListOffsetsResponse, TopicName};
use kafka_protocol::protocol::StrBytes;

use crate::peer::{Peer, Reply, Seen, body, metadata, versions};
use crate::{at, client, config};

fn orders() -> TopicName {
    TopicName(StrBytes::from_static_str("orders"))
}

fn with_topic(seen: &Seen, leader: i32) -> Reply {
    let partition = MetadataResponsePartition::default().with_leader_id(BrokerId(leader));
    let topic = MetadataResponseTopic::default().with_name(Some(orders())).with_partitions(vec![partition]);
    let answer = metadata(seen.address).with_topics(vec![topic]);
    body(&answer, seen.version)
}

fn listed(seen: &Seen, code: i16) -> Reply {
    let partition = ListOffsetsPartitionResponse::default().with_error_code(code).with_offset(7);
    let topic = ListOffsetsTopicResponse::default().with_name(orders()).with_partitions(vec![partition]);
    let answer = ListOffsetsResponse::default().with_topics(vec![topic]);
    body(&answer, seen.version)
}

#[tokio::test]
async fn a_leader_that_moved_is_looked_up_and_asked_again() {
    let peer = Peer::start(|seen| match seen.key {
        // The first answer is for connecting; then there is no leader for a moment.
        ApiKey::Metadata => Some(with_topic(seen, if seen.before == 1 { -1 } else { 1 })),
        ApiKey::ListOffsets => Some(listed(seen, if seen.before == 0 { 6 } else { 0 })),
        _ => None,
    })
    .await;
    let found = client(&peer).await.list_same_offset(&[at(0)], OffsetSpec::Latest).await;
    let listed = found.unwrap()[&at(0)].clone().unwrap();
    assert_eq!(listed.offset, Some(7));
    assert_eq!(peer.count(ApiKey::ListOffsets), 2);
    assert_eq!(peer.count(ApiKey::Metadata), 4);
}

#[tokio::test]
async fn partitions_without_leader_or_topic_are_named() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::Metadata => Some(with_topic(seen, -1)),
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.max_attempts = 2;
    let client = Client::connect(config).await.unwrap();
    let wanted = [at(0), at(5)];
    let found = client.list_same_offset(&wanted, OffsetSpec::Earliest).await.unwrap();
    let code = |id| found[&at(id)].as_ref().unwrap_err().code();
    assert_eq!(code(0), Some(ErrorCode::LEADER_NOT_AVAILABLE));
    assert_eq!(code(5), Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    assert_eq!(peer.count(ApiKey::ListOffsets), 0);
}

#[tokio::test]
async fn groups_whose_coordinator_moved_are_asked_for_again_and_only_they() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::ApiVersions => {
            let instead = [(ApiKey::ConsumerGroupDescribe, None)];
            Some(body(&versions(&instead), seen.version))
        }
        ApiKey::DescribeGroups => {
            let mut rest = seen.body.clone();
            let asked =
                <kafka_protocol::messages::DescribeGroupsRequest as kafka_protocol::protocol::Decodable>::decode(
                    &mut rest,
                    seen.version,
                )
                .unwrap();
            let expected: &[&str] = if seen.before == 0 { &["a", "b"] } else { &["b"] };
            let names: Vec<&str> = asked.groups.iter().map(|group| group.as_str()).collect();
            assert_eq!(names, expected);
            let groups = names.iter().map(|name| {
                let moved = *name == "b" && seen.before == 0;
                DescribedGroup::default()
                    .with_group_id(GroupId(StrBytes::from_string((*name).to_owned())))
                    .with_error_code(if moved { 16 } else { 0 })
                    .with_group_state(StrBytes::from_static_str("Empty"))
            });
            let answer = DescribeGroupsResponse::default().with_groups(groups.collect());
            Some(body(&answer, seen.version))
        }
        _ => None,
    })
    .await;
    let names = ["a".to_owned(), "b".to_owned()];
    let groups = client(&peer).await.describe_groups(&names).await;
    for group in groups.values() {
        assert_eq!(group.as_ref().unwrap().state, GroupState::Empty);
    }
    assert_eq!(groups.len(), 2);
    assert_eq!(peer.count(ApiKey::DescribeGroups), 2);
}

#[tokio::test]
async fn a_hanging_broker_does_not_take_the_whole_deadline_of_a_look() {
    let hanging = Peer::start(|_| Some(Reply::Silence)).await;
    let good = Peer::start(|_| None).await;
    let mut config = config(&hanging);
    config.bootstrap.push(good.host_port());
    config.deadline = Duration::from_secs(4);
    let started = Instant::now();
    Client::connect(config).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(4));
    assert_eq!(hanging.count(ApiKey::ApiVersions), 1);
}
