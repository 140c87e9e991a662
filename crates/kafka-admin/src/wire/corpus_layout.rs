//! Examples of the answers about replicas, disks, leaders, rights and the controller quorum.

use kafka_protocol::messages as m;
use kafka_protocol::messages::BrokerId;

use super::corpus::{Example, brokers, example, s, topic};

example!(m::DeleteRecordsResponse, |_version| {
    use m::delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult};
    let topic = DeleteRecordsTopicResult::default()
        .with_name(topic("orders"))
        .with_partitions(vec![DeleteRecordsPartitionResult::default(); 2]);
    Self::default().with_topics(vec![topic])
});

example!(m::DescribeAclsResponse, |_version| {
    use m::describe_acls_response::{AclDescription, DescribeAclsResource};
    let acl = AclDescription::default().with_principal(s("User:a")).with_host(s("*"));
    let resource = DescribeAclsResource::default().with_resource_name(s("orders")).with_acls(vec![acl.clone(), acl]);
    Self::default().with_error_message(Some(s("fine"))).with_resources(vec![resource])
});

example!(m::AlterReplicaLogDirsResponse, |_version| {
    use m::alter_replica_log_dirs_response::{AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult};
    let topic = AlterReplicaLogDirTopicResult::default()
        .with_topic_name(topic("orders"))
        .with_partitions(vec![AlterReplicaLogDirPartitionResult::default(); 2]);
    Self::default().with_results(vec![topic])
});

example!(m::DescribeLogDirsResponse, |version| {
    use m::describe_log_dirs_response::{DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic};
    let topic = DescribeLogDirsTopic::default()
        .with_name(topic("orders"))
        .with_partitions(vec![DescribeLogDirsPartition::default(); 2]);
    let mut dir = DescribeLogDirsResult::default().with_log_dir(s("/data")).with_topics(vec![topic]);
    if version >= 4 {
        dir = dir.with_total_bytes(9).with_usable_bytes(3);
    }
    Self::default().with_results(vec![dir])
});

example!(m::CreatePartitionsResponse, |_version| {
    use m::create_partitions_response::CreatePartitionsTopicResult;
    let result = CreatePartitionsTopicResult::default().with_name(topic("orders")).with_error_message(Some(s("no")));
    Self::default().with_results(vec![result.clone(), result])
});

example!(m::ElectLeadersResponse, |_version| {
    use m::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
    let partition = PartitionResult::default().with_error_message(Some(s("no")));
    let topic = ReplicaElectionResult::default()
        .with_topic(topic("orders"))
        .with_partition_result(vec![partition.clone(), partition]);
    Self::default().with_replica_election_results(vec![topic])
});

example!(m::AlterPartitionReassignmentsResponse, |_version| {
    use m::alter_partition_reassignments_response::{ReassignablePartitionResponse, ReassignableTopicResponse};
    let partition = ReassignablePartitionResponse::default().with_error_message(Some(s("no")));
    let topic = ReassignableTopicResponse::default()
        .with_name(topic("orders"))
        .with_partitions(vec![partition.clone(), partition]);
    Self::default().with_responses(vec![topic])
});

example!(m::ListPartitionReassignmentsResponse, |_version| {
    use m::list_partition_reassignments_response::{OngoingPartitionReassignment, OngoingTopicReassignment};
    let partition = OngoingPartitionReassignment::default()
        .with_replicas(brokers())
        .with_adding_replicas(brokers())
        .with_removing_replicas(brokers());
    let topic = OngoingTopicReassignment::default().with_name(topic("orders")).with_partitions(vec![partition]);
    Self::default().with_topics(vec![topic])
});

example!(m::DescribeQuorumResponse, |version| {
    use m::describe_quorum_response::{Listener, Node, PartitionData, ReplicaState, TopicData};
    let replica = ReplicaState::default().with_replica_id(BrokerId(1));
    let partition = PartitionData::default()
        .with_current_voters(vec![replica.clone(), replica.clone()])
        .with_observers(vec![replica]);
    let topic = TopicData::default().with_topic_name(topic("__cluster_metadata")).with_partitions(vec![partition]);
    let answer = Self::default().with_topics(vec![topic]);
    if version < 2 {
        return answer;
    }
    let listener = Listener::default().with_name(s("CONTROLLER")).with_host(s("h"));
    answer.with_nodes(vec![Node::default().with_listeners(vec![listener])])
});

example!(m::UnregisterBrokerResponse, |_version| Self::default().with_error_message(Some(s("no"))));
