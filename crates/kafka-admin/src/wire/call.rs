//! Which requests this client knows, and what belongs to each.

use kafka_protocol::messages as m;
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion};

use super::shape::Shape;
use super::shapes;

/// What a request does at the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing is changed: may be sent again freely.
    Read,
    /// Something is changed: sent again only where it is known that nothing was applied.
    Change,
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
    ($($key:literal $effect:ident $request:ident => $answer:ident, $name:literal, $shape:ident;)*) => {
        $(impl Call for m::$request {
            type Answer = m::$answer;
            const API: Api = Api {
                name: $name,
                key: $key,
                effect: Effect::$effect,
                shape: &shapes::$shape,
            };
        })*

        /// The numbers of all these APIs.
        #[cfg(test)]
        pub(crate) const KEYS: &[i16] = &[$($key),*];
    };
}

calls! {
    2 Read ListOffsetsRequest => ListOffsetsResponse, "ListOffsets", LIST_OFFSETS;
    3 Read MetadataRequest => MetadataResponse, "Metadata", METADATA;
    8 Change OffsetCommitRequest => OffsetCommitResponse, "OffsetCommit", OFFSET_COMMIT;
    9 Read OffsetFetchRequest => OffsetFetchResponse, "OffsetFetch", OFFSET_FETCH;
    10 Read FindCoordinatorRequest => FindCoordinatorResponse, "FindCoordinator", FIND_COORDINATOR;
    15 Read DescribeGroupsRequest => DescribeGroupsResponse, "DescribeGroups", DESCRIBE_GROUPS;
    16 Read ListGroupsRequest => ListGroupsResponse, "ListGroups", LIST_GROUPS;
    17 Read SaslHandshakeRequest => SaslHandshakeResponse, "SaslHandshake", SASL_HANDSHAKE;
    18 Read ApiVersionsRequest => ApiVersionsResponse, "ApiVersions", API_VERSIONS;
    19 Change CreateTopicsRequest => CreateTopicsResponse, "CreateTopics", CREATE_TOPICS;
    20 Change DeleteTopicsRequest => DeleteTopicsResponse, "DeleteTopics", DELETE_TOPICS;
    32 Read DescribeConfigsRequest => DescribeConfigsResponse, "DescribeConfigs", DESCRIBE_CONFIGS;
    36 Read SaslAuthenticateRequest => SaslAuthenticateResponse, "SaslAuthenticate", SASL_AUTHENTICATE;
    42 Change DeleteGroupsRequest => DeleteGroupsResponse, "DeleteGroups", DELETE_GROUPS;
    44 Change IncrementalAlterConfigsRequest => IncrementalAlterConfigsResponse, "IncrementalAlterConfigs", INCREMENTAL_ALTER_CONFIGS;
    47 Change OffsetDeleteRequest => OffsetDeleteResponse, "OffsetDelete", OFFSET_DELETE;
    60 Read DescribeClusterRequest => DescribeClusterResponse, "DescribeCluster", DESCRIBE_CLUSTER;
    69 Read ConsumerGroupDescribeRequest => ConsumerGroupDescribeResponse, "ConsumerGroupDescribe", CONSUMER_GROUP_DESCRIBE;
}
