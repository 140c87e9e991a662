//! One well-filled example of each answer, for the tests of the layouts.

use bytes::Bytes;
use kafka_protocol::messages as m;
use kafka_protocol::messages::{BrokerId, GroupId, TopicName};
use kafka_protocol::protocol::StrBytes;

/// An answer with at least one element in every array.
pub(super) trait Example: Sized {
    /// As that version would carry it.
    fn example(version: i16) -> Self;
}

pub(super) fn s(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

pub(super) fn topic(name: &'static str) -> TopicName {
    TopicName(s(name))
}

pub(super) fn brokers() -> Vec<BrokerId> {
    vec![BrokerId(1), BrokerId(2)]
}

/// Writes down the example of one answer.
macro_rules! example {
    ($answer:ty, |$version:ident| $value:expr) => {
        impl Example for $answer {
            fn example($version: i16) -> Self {
                $value
            }
        }
    };
}
pub(super) use example;

example!(m::ApiVersionsResponse, |version| {
    use m::api_versions_response::{ApiVersion, FinalizedFeatureKey, SupportedFeatureKey};
    let answer = Self::default().with_api_keys(vec![
        ApiVersion::default().with_api_key(3).with_max_version(9),
        ApiVersion::default().with_api_key(18),
    ]);
    if version < 3 {
        return answer;
    }
    answer
        .with_supported_features(vec![SupportedFeatureKey::default().with_name(s("kraft"))])
        .with_finalized_features_epoch(7)
        .with_finalized_features(vec![FinalizedFeatureKey::default().with_name(s("kraft"))])
        .with_zk_migration_ready(true)
});

example!(m::SaslHandshakeResponse, |_version| {
    Self::default().with_mechanisms(vec![s("PLAIN"), s("SCRAM-SHA-256")])
});

example!(m::SaslAuthenticateResponse, |version| {
    Self::default()
        .with_error_message(Some(s("no")))
        .with_auth_bytes(Bytes::from_static(b"v=abc"))
        .with_session_lifetime_ms(if version >= 1 { 1000 } else { 0 })
});

example!(m::MetadataResponse, |version| {
    use m::metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic};
    let mut partition = MetadataResponsePartition::default().with_replica_nodes(brokers()).with_isr_nodes(brokers());
    if version >= 5 {
        partition = partition.with_offline_replicas(brokers());
    }
    let topic = MetadataResponseTopic::default()
        .with_name(Some(topic("orders")))
        .with_partitions(vec![partition.clone(), partition]);
    Self::default()
        .with_brokers(vec![MetadataResponseBroker::default().with_host(s("host")).with_rack(Some(s("r1")))])
        .with_cluster_id(Some(s("cluster")))
        .with_topics(vec![topic])
});

example!(m::DescribeClusterResponse, |version| {
    use m::describe_cluster_response::DescribeClusterBroker;
    let broker = DescribeClusterBroker::default().with_host(s("host"));
    Self::default()
        .with_cluster_id(s("cluster"))
        .with_error_message((version > 0).then(|| s("fine")))
        .with_brokers(vec![broker.clone().with_rack(Some(s("r1"))), broker])
});

example!(m::FindCoordinatorResponse, |version| {
    use m::find_coordinator_response::Coordinator;
    if version < 4 {
        return Self::default().with_host(s("host")).with_port(9092);
    }
    let found = Coordinator::default().with_key(s("group")).with_host(s("host"));
    Self::default().with_coordinators(vec![found.clone(), found])
});

example!(m::ListGroupsResponse, |version| {
    use m::list_groups_response::ListedGroup;
    let mut group = ListedGroup::default().with_group_id(GroupId(s("g"))).with_protocol_type(s("consumer"));
    if version >= 4 {
        group = group.with_group_state(s("Stable"));
    }
    if version >= 5 {
        group = group.with_group_type(s("classic"));
    }
    Self::default().with_groups(vec![group.clone(), group])
});

example!(m::DescribeGroupsResponse, |version| {
    use m::describe_groups_response::{DescribedGroup, DescribedGroupMember};
    let mut member = DescribedGroupMember::default()
        .with_member_id(s("m"))
        .with_member_metadata(Bytes::from_static(b"meta"))
        .with_member_assignment(Bytes::from_static(b"parts"));
    if version >= 4 {
        member = member.with_group_instance_id(Some(s("static")));
    }
    let group = DescribedGroup::default().with_group_id(GroupId(s("g"))).with_members(vec![member.clone(), member]);
    Self::default().with_groups(vec![group])
});

example!(m::ConsumerGroupDescribeResponse, |_version| {
    use m::consumer_group_describe_response::{Assignment, DescribedGroup, Member, TopicPartitions};
    let partitions = TopicPartitions::default().with_topic_name(topic("orders")).with_partitions(vec![0, 1]);
    let assignment = Assignment::default().with_topic_partitions(vec![partitions]);
    let member = Member::default()
        .with_member_id(s("m"))
        .with_subscribed_topic_names(vec![topic("orders")])
        .with_assignment(assignment.clone())
        .with_target_assignment(assignment);
    let group = DescribedGroup::default().with_group_id(GroupId(s("g"))).with_members(vec![member]);
    Self::default().with_groups(vec![group])
});

example!(m::OffsetFetchResponse, |version| {
    use m::offset_fetch_response as r;
    if version < 8 {
        let partition = r::OffsetFetchResponsePartition::default().with_metadata(Some(s("note")));
        let topic = r::OffsetFetchResponseTopic::default()
            .with_name(topic("orders"))
            .with_partitions(vec![partition.clone(), partition]);
        return Self::default().with_topics(vec![topic]);
    }
    let partition = r::OffsetFetchResponsePartitions::default().with_metadata(Some(s("note")));
    let topic = r::OffsetFetchResponseTopics::default()
        .with_name(topic("orders"))
        .with_partitions(vec![partition.clone(), partition]);
    let group = r::OffsetFetchResponseGroup::default().with_group_id(GroupId(s("g"))).with_topics(vec![topic]);
    Self::default().with_groups(vec![group])
});

example!(m::OffsetCommitResponse, |_version| {
    use m::offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
    let topic = OffsetCommitResponseTopic::default()
        .with_name(topic("orders"))
        .with_partitions(vec![OffsetCommitResponsePartition::default(); 2]);
    Self::default().with_topics(vec![topic])
});

example!(m::OffsetDeleteResponse, |_version| {
    use m::offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic};
    let topic = OffsetDeleteResponseTopic::default()
        .with_name(topic("orders"))
        .with_partitions(vec![OffsetDeleteResponsePartition::default(); 2]);
    Self::default().with_topics(vec![topic])
});

example!(m::DeleteGroupsResponse, |_version| {
    use m::delete_groups_response::DeletableGroupResult;
    let result = DeletableGroupResult::default().with_group_id(GroupId(s("g")));
    Self::default().with_results(vec![result.clone(), result])
});

example!(m::ListOffsetsResponse, |_version| {
    use m::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
    let topic = ListOffsetsTopicResponse::default()
        .with_name(topic("orders"))
        .with_partitions(vec![ListOffsetsPartitionResponse::default(); 2]);
    Self::default().with_topics(vec![topic])
});

example!(m::DescribeConfigsResponse, |version| {
    use m::describe_configs_response::{DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym};
    let synonym = DescribeConfigsSynonym::default().with_name(s("log.retention.ms"));
    let mut entry = DescribeConfigsResourceResult::default()
        .with_name(s("retention.ms"))
        .with_value(Some(s("1")))
        .with_synonyms(vec![synonym]);
    if version >= 3 {
        entry = entry.with_documentation(Some(s("how long")));
    }
    let result =
        DescribeConfigsResult::default().with_resource_name(s("orders")).with_configs(vec![entry.clone(), entry]);
    Self::default().with_results(vec![result])
});

example!(m::IncrementalAlterConfigsResponse, |_version| {
    use m::incremental_alter_configs_response::AlterConfigsResourceResponse;
    let result =
        AlterConfigsResourceResponse::default().with_error_message(Some(s("no"))).with_resource_name(s("orders"));
    Self::default().with_responses(vec![result])
});

example!(m::CreateTopicsResponse, |version| {
    use m::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
    let mut result = CreatableTopicResult::default().with_name(topic("orders")).with_error_message(Some(s("no")));
    if version >= 5 {
        result = result
            .with_topic_config_error_code(29)
            .with_configs(Some(vec![CreatableTopicConfigs::default().with_name(s("k"))]));
    }
    Self::default().with_topics(vec![result])
});

example!(m::DeleteTopicsResponse, |version| {
    use m::delete_topics_response::DeletableTopicResult;
    let mut result = DeletableTopicResult::default().with_name(Some(topic("orders")));
    if version >= 5 {
        result = result.with_error_message(Some(s("no")));
    }
    Self::default().with_responses(vec![result])
});

example!(m::ConsumerProtocolAssignment, |_version| {
    use m::consumer_protocol_assignment::TopicPartition;
    let partitions = TopicPartition::default().with_topic(topic("orders")).with_partitions(vec![0, 1]);
    Self::default().with_assigned_partitions(vec![partitions]).with_user_data(Some(Bytes::from_static(b"data")))
});
