//! Answers that leave out what was asked: an error each, never "nothing there".

use kafka_admin::{ConfigResource, Election, Error, OffsetQuery};
use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::messages::describe_groups_response::DescribedGroup;
use kafka_protocol::messages::describe_quorum_response::{PartitionData, ReplicaState, TopicData};
use kafka_protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use kafka_protocol::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use kafka_protocol::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kafka_protocol::messages::{
    ApiKey, ApiVersionsResponse, BrokerId, ConsumerGroupDescribeResponse, DescribeClusterResponse,
    DescribeConfigsResponse, DescribeGroupsResponse, DescribeQuorumResponse, ElectLeadersResponse,
    FindCoordinatorResponse, GroupId, OffsetFetchResponse, TopicName,
};
use kafka_protocol::protocol::StrBytes;

use crate::peer::{Peer, body, metadata, versions};
use crate::{at, client};

fn is_garbage(error: &Error) -> bool {
    matches!(error, Error::Garbage { .. })
}

fn group(name: &'static str) -> OffsetFetchResponseGroup {
    OffsetFetchResponseGroup::default().with_group_id(GroupId(StrBytes::from_static_str(name)))
}

#[tokio::test]
async fn offsets_of_a_group_that_the_answer_does_not_name_once() {
    for (version, names, good) in [
        (10, &[][..], false),
        (8, &[], false),
        (10, &["other"], false),
        (10, &["g", "g"], false),
        (10, &["g", "other"], false),
        (10, &["g"], true),
        // Before version 8 the answer is about the one group without a name.
        (7, &[], true),
    ] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::ApiVersions => Some(body(&versions(&[(ApiKey::OffsetFetch, Some((1, version)))]), seen.version)),
            ApiKey::OffsetFetch => {
                let groups = names.iter().copied().map(group).collect();
                Some(body(&OffsetFetchResponse::default().with_groups(groups), seen.version))
            }
            _ => None,
        })
        .await;
        let found = client(&peer).await.fetch_offsets("g", &OffsetQuery::default()).await;
        match found {
            Ok(found) => assert!(good && found.is_empty(), "{version} {names:?}: {found:?}"),
            Err(error) => assert!(!good && is_garbage(&error), "{version} {names:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_coordinator_that_is_not_named_is_nobody() {
    let peer = Peer::start(|seen| {
        (seen.key == ApiKey::FindCoordinator).then(|| body(&FindCoordinatorResponse::default(), seen.version))
    })
    .await;
    let error = client(&peer).await.find_coordinator("g").await.unwrap_err();
    assert!(is_garbage(&error), "{error}");
}

#[tokio::test]
async fn a_group_that_one_protocol_leaves_out_is_not_dead_by_the_other() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::ConsumerGroupDescribe => Some(body(&ConsumerGroupDescribeResponse::default(), seen.version)),
        ApiKey::DescribeGroups => {
            let dead = DescribedGroup::default()
                .with_group_id(GroupId(StrBytes::from_static_str("g")))
                .with_group_state(StrBytes::from_static_str("Dead"));
            Some(body(&DescribeGroupsResponse::default().with_groups(vec![dead]), seen.version))
        }
        _ => None,
    })
    .await;
    let groups = client(&peer).await.describe_groups(&["g".to_owned()]).await;
    let error = groups["g"].clone().unwrap_err();
    assert!(is_garbage(&error), "{error}");
}

#[tokio::test]
async fn topics_without_some_of_their_partitions() {
    for (ids, good) in [(&[][..], false), (&[1], false), (&[0, 2], false), (&[0, 0], false), (&[1, 0], true)] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::Metadata => {
                let partition = |id: &i32| MetadataResponsePartition::default().with_partition_index(*id);
                let topic = MetadataResponseTopic::default()
                    .with_name(Some(TopicName(StrBytes::from_static_str("orders"))))
                    .with_partitions(ids.iter().map(partition).collect());
                Some(body(&metadata(seen.address).with_topics(vec![topic]), seen.version))
            }
            _ => None,
        })
        .await;
        let client = client(&peer).await;
        let one = client.topics(&["orders".to_owned()]).await.unwrap().remove("orders").unwrap();
        let all = client.all_topics().await.unwrap().remove("orders").unwrap();
        for topic in [one, all] {
            match topic {
                Ok(topic) => assert!(good && topic.partitions.len() == 2, "{topic:?}"),
                Err(error) => assert!(!good && is_garbage(&error), "{ids:?}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_topic_without_settings() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::DescribeConfigs => {
            let result = DescribeConfigsResult::default()
                .with_resource_type(2)
                .with_resource_name(StrBytes::from_static_str("orders"));
            Some(body(&DescribeConfigsResponse::default().with_results(vec![result]), seen.version))
        }
        _ => None,
    })
    .await;
    let client = client(&peer).await;
    let at = ConfigResource::Topic("orders".to_owned());
    let mut all = client.describe_configs(std::slice::from_ref(&at), None).await;
    let error = all.remove(&at).unwrap().unwrap_err();
    assert!(is_garbage(&error), "{error}");
    // Asked for a key that does not exist, nothing is the answer.
    let keys = ["no.such.key".to_owned()];
    let mut some = client.describe_configs(std::slice::from_ref(&at), Some(&keys)).await;
    assert_eq!(some.remove(&at), Some(Ok(Vec::new())));
}

#[tokio::test]
async fn a_cluster_without_brokers() {
    for count in [0, 1] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::DescribeCluster => {
                let brokers = vec![DescribeClusterBroker::default().with_broker_id(BrokerId(1)); count];
                Some(body(&DescribeClusterResponse::default().with_brokers(brokers), seen.version))
            }
            _ => None,
        })
        .await;
        match client(&peer).await.describe_cluster().await {
            Ok(cluster) => assert_eq!((count, cluster.brokers.len()), (1, 1)),
            Err(error) => assert!(count == 0 && is_garbage(&error), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_broker_without_any_api_is_none() {
    let peer = Peer::start(|seen| {
        (seen.key == ApiKey::ApiVersions).then(|| body(&ApiVersionsResponse::default(), seen.version))
    })
    .await;
    let error = kafka_admin::Client::connect(crate::config(&peer)).await.unwrap_err();
    assert!(error.to_string().contains("it names no API"), "{error}");
}

#[tokio::test]
async fn a_partition_that_an_election_does_not_name() {
    for named in [&[][..], &[0], &[0, 1]] {
        let peer = Peer::start(move |seen| {
            let result = |id: &i32| PartitionResult::default().with_partition_id(*id);
            let topic = ReplicaElectionResult::default()
                .with_topic(TopicName(StrBytes::from_static_str("orders")))
                .with_partition_result(named.iter().map(result).collect());
            let answer = ElectLeadersResponse::default().with_replica_election_results(vec![topic]);
            (seen.key == ApiKey::ElectLeaders).then(|| body(&answer, seen.version))
        })
        .await;
        let wanted = [at(0), at(1)];
        let results = client(&peer).await.elect_leaders(Election::Preferred, Some(&wanted)).await.unwrap();
        assert_eq!(results.len(), 2, "{results:?}");
        for (at, result) in results {
            match result {
                Ok(()) => assert!(named.contains(&at.partition), "{at} was not named"),
                Err(error) => assert!(!named.contains(&at.partition) && is_garbage(&error), "{at}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_quorum_without_its_topic_its_partition_or_its_voters() {
    let voters = |count: usize| vec![ReplicaState::default().with_replica_id(BrokerId(1)); count];
    let partition =
        |index, count| PartitionData::default().with_partition_index(index).with_current_voters(voters(count));
    let topic = |name, partitions| {
        TopicData::default().with_topic_name(TopicName(StrBytes::from_static_str(name))).with_partitions(partitions)
    };
    let whole = "__cluster_metadata";
    for (topics, good) in [
        (vec![], false),
        (vec![topic("orders", vec![partition(0, 3)])], false),
        (vec![topic(whole, vec![])], false),
        (vec![topic(whole, vec![partition(1, 3)])], false),
        (vec![topic(whole, vec![partition(0, 0)])], false),
        (vec![topic(whole, vec![partition(0, 3)])], true),
    ] {
        let shown = format!("{topics:?}");
        let peer = Peer::start(move |seen| {
            let answer = DescribeQuorumResponse::default().with_topics(topics.clone());
            (seen.key == ApiKey::DescribeQuorum).then(|| body(&answer, seen.version))
        })
        .await;
        match client(&peer).await.describe_quorum().await {
            Ok(quorum) => assert!(good && quorum.voters.len() == 3, "{shown}"),
            Err(error) => assert!(!good && is_garbage(&error), "{shown}: {error}"),
        }
    }
}
