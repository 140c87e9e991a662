//! Which requests this client knows, and what belongs to each.

use kafka_protocol::messages as m;
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion};

use super::shape::Shape;
use super::{shapes, shapes_layout};
use crate::code::ErrorCode;

/// What a request does at the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Effect {
    /// Nothing is changed: may be sent again freely.
    Read,
    /// Something is changed: sent again only where it is known that nothing was applied.
    Change,
}

impl Effect {
    /// Whether a request of this effect is sent again after an answer of this code.
    pub(crate) fn is_repeated_after(self, code: ErrorCode) -> bool {
        match self {
            Self::Read => code.is_passing(),
            Self::Change => code.is_before_work(),
        }
    }
}

/// One API of the protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api {
    /// Its name in the protocol.
    pub(crate) name: &'static str,
    /// Its number.
    pub(crate) key: i16,
    /// Whether it changes something.
    pub(crate) effect: Effect,
    /// The layout of its answer; also the versions to negotiate.
    pub(crate) shape: &'static Shape,
}

/// A request with its answer.
pub(crate) trait Call: Encodable + HeaderVersion + Send + Sync {
    /// The answer.
    type Answer: Decodable + HeaderVersion + Send;
    /// The API.
    const API: Api;
}

macro_rules! calls {
    ($($key:literal $effect:ident $request:ident => $answer:ident, $name:literal, $file:ident::$shape:ident;)*) => {
        $(impl Call for m::$request {
            type Answer = m::$answer;
            const API: Api = Api {
                name: $name,
                key: $key,
                effect: Effect::$effect,
                shape: &$file::$shape,
            };
        })*

        /// The numbers of all these APIs.
        #[cfg(test)]
        pub(crate) const KEYS: &[i16] = &[$($key),*];
    };
}

calls! {
    2 Read ListOffsetsRequest => ListOffsetsResponse, "ListOffsets", shapes::LIST_OFFSETS;
    3 Read MetadataRequest => MetadataResponse, "Metadata", shapes::METADATA;
    8 Change OffsetCommitRequest => OffsetCommitResponse, "OffsetCommit", shapes::OFFSET_COMMIT;
    9 Read OffsetFetchRequest => OffsetFetchResponse, "OffsetFetch", shapes::OFFSET_FETCH;
    10 Read FindCoordinatorRequest => FindCoordinatorResponse, "FindCoordinator", shapes::FIND_COORDINATOR;
    15 Read DescribeGroupsRequest => DescribeGroupsResponse, "DescribeGroups", shapes::DESCRIBE_GROUPS;
    16 Read ListGroupsRequest => ListGroupsResponse, "ListGroups", shapes::LIST_GROUPS;
    17 Read SaslHandshakeRequest => SaslHandshakeResponse, "SaslHandshake", shapes::SASL_HANDSHAKE;
    18 Read ApiVersionsRequest => ApiVersionsResponse, "ApiVersions", shapes::API_VERSIONS;
    19 Change CreateTopicsRequest => CreateTopicsResponse, "CreateTopics", shapes::CREATE_TOPICS;
    20 Change DeleteTopicsRequest => DeleteTopicsResponse, "DeleteTopics", shapes::DELETE_TOPICS;
    32 Read DescribeConfigsRequest => DescribeConfigsResponse, "DescribeConfigs", shapes::DESCRIBE_CONFIGS;
    36 Read SaslAuthenticateRequest => SaslAuthenticateResponse, "SaslAuthenticate", shapes::SASL_AUTHENTICATE;
    42 Change DeleteGroupsRequest => DeleteGroupsResponse, "DeleteGroups", shapes::DELETE_GROUPS;
    44 Change IncrementalAlterConfigsRequest => IncrementalAlterConfigsResponse, "IncrementalAlterConfigs", shapes::INCREMENTAL_ALTER_CONFIGS;
    47 Change OffsetDeleteRequest => OffsetDeleteResponse, "OffsetDelete", shapes::OFFSET_DELETE;
    60 Read DescribeClusterRequest => DescribeClusterResponse, "DescribeCluster", shapes::DESCRIBE_CLUSTER;
    69 Read ConsumerGroupDescribeRequest => ConsumerGroupDescribeResponse, "ConsumerGroupDescribe", shapes::CONSUMER_GROUP_DESCRIBE;
    21 Change DeleteRecordsRequest => DeleteRecordsResponse, "DeleteRecords", shapes_layout::DELETE_RECORDS;
    29 Read DescribeAclsRequest => DescribeAclsResponse, "DescribeAcls", shapes_layout::DESCRIBE_ACLS;
    34 Change AlterReplicaLogDirsRequest => AlterReplicaLogDirsResponse, "AlterReplicaLogDirs", shapes_layout::ALTER_REPLICA_LOG_DIRS;
    35 Read DescribeLogDirsRequest => DescribeLogDirsResponse, "DescribeLogDirs", shapes_layout::DESCRIBE_LOG_DIRS;
    37 Change CreatePartitionsRequest => CreatePartitionsResponse, "CreatePartitions", shapes_layout::CREATE_PARTITIONS;
    43 Change ElectLeadersRequest => ElectLeadersResponse, "ElectLeaders", shapes_layout::ELECT_LEADERS;
    45 Change AlterPartitionReassignmentsRequest => AlterPartitionReassignmentsResponse, "AlterPartitionReassignments", shapes_layout::ALTER_REASSIGNMENTS;
    46 Read ListPartitionReassignmentsRequest => ListPartitionReassignmentsResponse, "ListPartitionReassignments", shapes_layout::LIST_REASSIGNMENTS;
    55 Read DescribeQuorumRequest => DescribeQuorumResponse, "DescribeQuorum", shapes_layout::DESCRIBE_QUORUM;
    64 Change UnregisterBrokerRequest => UnregisterBrokerResponse, "UnregisterBroker", shapes_layout::UNREGISTER_BROKER;
}
