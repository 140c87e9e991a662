//! The layouts of the answers that this client reads.
//!
//! Source: the message schemas of Apache Kafka (`clients/src/main/resources/common/message`).
//! The version ranges are what this client negotiates; a test holds each layout against an encoder.

use super::shape::{Field, I8, I16, I32, I64, Kind, NEVER, Shape, UUID, field};
use Kind::{Blob, Struct, Structs, TaggedStructs, Text, Values};

pub(super) const THROTTLE: Field = field("throttle_time_ms", I32);
pub(super) const ERROR: Field = field("error_code", I16);
pub(super) const MESSAGE: Field = field("error_message", Text).nullable();
pub(super) const NODES: Kind = Values(&I32);

/// ApiVersions (18)
pub(crate) const API_VERSIONS: Shape = Shape::new(
    0,
    3,
    3,
    &[
        ERROR,
        field("api_keys", Structs(&[field("api_key", I16), field("min_version", I16), field("max_version", I16)])),
        THROTTLE.since(1),
    ],
)
.tagged(&[(0, Structs(FEATURE)), (1, I64), (2, Structs(FEATURE)), (3, I8)]);

const FEATURE: &[Field] = &[field("name", Text), field("high", I16), field("low", I16)];

/// SaslHandshake (17)
pub(crate) const SASL_HANDSHAKE: Shape = Shape::new(1, 1, NEVER, &[ERROR, field("mechanisms", Values(&Text))]);

/// SaslAuthenticate (36)
pub(crate) const SASL_AUTHENTICATE: Shape =
    Shape::new(0, 2, 2, &[ERROR, MESSAGE, field("auth_bytes", Blob), field("session_lifetime_ms", I64).since(1)]);

/// Metadata (3)
pub(crate) const METADATA: Shape = Shape::new(
    4,
    13,
    9,
    &[
        THROTTLE,
        field(
            "brokers",
            Structs(&[field("node_id", I32), field("host", Text), field("port", I32), field("rack", Text).nullable()]),
        ),
        field("cluster_id", Text).nullable(),
        field("controller_id", I32),
        field(
            "topics",
            Structs(&[
                ERROR,
                field("name", Text).nullable(),
                field("topic_id", UUID).since(10),
                field("is_internal", I8),
                field(
                    "partitions",
                    Structs(&[
                        ERROR,
                        field("partition_index", I32),
                        field("leader_id", I32),
                        field("leader_epoch", I32).since(7),
                        field("replica_nodes", NODES),
                        field("isr_nodes", NODES),
                        field("offline_replicas", NODES).since(5),
                    ]),
                ),
                field("topic_authorized_operations", I32).since(8),
            ]),
        ),
        field("cluster_authorized_operations", I32).since(8).until(10),
        ERROR.since(13),
    ],
);

/// DescribeCluster (60)
pub(crate) const DESCRIBE_CLUSTER: Shape = Shape::new(
    0,
    2,
    0,
    &[
        THROTTLE,
        ERROR,
        MESSAGE,
        field("endpoint_type", I8).since(1),
        field("cluster_id", Text),
        field("controller_id", I32),
        field(
            "brokers",
            Structs(&[
                field("broker_id", I32),
                field("host", Text),
                field("port", I32),
                field("rack", Text).nullable(),
                field("is_fenced", I8).since(2),
            ]),
        ),
        field("cluster_authorized_operations", I32),
    ],
);

/// FindCoordinator (10)
pub(crate) const FIND_COORDINATOR: Shape = Shape::new(
    1,
    6,
    3,
    &[
        THROTTLE,
        ERROR.until(3),
        MESSAGE.until(3),
        field("node_id", I32).until(3),
        field("host", Text).until(3),
        field("port", I32).until(3),
        field(
            "coordinators",
            Structs(&[
                field("key", Text),
                field("node_id", I32),
                field("host", Text),
                field("port", I32),
                ERROR,
                MESSAGE,
            ]),
        )
        .since(4),
    ],
);

/// ListGroups (16)
pub(crate) const LIST_GROUPS: Shape = Shape::new(
    0,
    5,
    3,
    &[
        THROTTLE.since(1),
        ERROR,
        field(
            "groups",
            Structs(&[
                field("group_id", Text),
                field("protocol_type", Text),
                field("group_state", Text).since(4),
                field("group_type", Text).since(5),
            ]),
        ),
    ],
);

/// DescribeGroups (15)
pub(crate) const DESCRIBE_GROUPS: Shape = Shape::new(
    0,
    6,
    5,
    &[
        THROTTLE.since(1),
        field(
            "groups",
            Structs(&[
                ERROR,
                MESSAGE.since(6),
                field("group_id", Text),
                field("group_state", Text),
                field("protocol_type", Text),
                field("protocol_data", Text),
                field(
                    "members",
                    Structs(&[
                        field("member_id", Text),
                        field("group_instance_id", Text).nullable().since(4),
                        field("client_id", Text),
                        field("client_host", Text),
                        field("member_metadata", Blob),
                        field("member_assignment", Blob),
                    ]),
                ),
                field("authorized_operations", I32).since(3),
            ]),
        ),
    ],
);

/// The assignment inside a classic consumer group's member (`ConsumerProtocolAssignment`).
/// Later versions of it only append fields.
pub(crate) const CONSUMER_ASSIGNMENT: Shape = Shape::new(
    0,
    3,
    NEVER,
    &[
        field("assigned_partitions", Structs(&[field("topic", Text), field("partitions", NODES)])),
        field("user_data", Blob).nullable(),
    ],
)
.open_end();

const ASSIGNMENT: Kind = Struct(&[field(
    "topic_partitions",
    Structs(&[field("topic_id", UUID), field("topic_name", Text), field("partitions", NODES)]),
)]);

/// ConsumerGroupDescribe (69)
pub(crate) const CONSUMER_GROUP_DESCRIBE: Shape = Shape::new(
    0,
    1,
    0,
    &[
        THROTTLE,
        field(
            "groups",
            Structs(&[
                ERROR,
                MESSAGE,
                field("group_id", Text),
                field("group_state", Text),
                field("group_epoch", I32),
                field("assignment_epoch", I32),
                field("assignor_name", Text),
                field(
                    "members",
                    Structs(&[
                        field("member_id", Text),
                        field("instance_id", Text).nullable(),
                        field("rack_id", Text).nullable(),
                        field("member_epoch", I32),
                        field("client_id", Text),
                        field("client_host", Text),
                        field("subscribed_topic_names", Values(&Text)),
                        field("subscribed_topic_regex", Text).nullable(),
                        field("assignment", ASSIGNMENT),
                        field("target_assignment", ASSIGNMENT),
                        field("member_type", I8).since(1),
                    ]),
                ),
                field("authorized_operations", I32),
            ]),
        ),
    ],
);

const COMMITTED: Kind = Structs(&[
    field("name", Text),
    field(
        "partitions",
        Structs(&[
            field("partition_index", I32),
            field("committed_offset", I64),
            field("committed_leader_epoch", I32),
            field("metadata", Text).nullable(),
            ERROR,
        ]),
    ),
]);

/// OffsetFetch (9); version 10 names topics by id only and is not used.
pub(crate) const OFFSET_FETCH: Shape = Shape::new(
    5,
    9,
    6,
    &[
        THROTTLE,
        field("topics", COMMITTED).until(7),
        ERROR.until(7),
        field("groups", Structs(&[field("group_id", Text), field("topics", COMMITTED), ERROR])).since(8),
    ],
);

const PARTITION_ERRORS: Kind =
    Structs(&[field("name", Text), field("partitions", Structs(&[field("partition_index", I32), ERROR]))]);

/// OffsetCommit (8); version 10 names topics by id only and is not used.
pub(crate) const OFFSET_COMMIT: Shape = Shape::new(6, 9, 8, &[THROTTLE, field("topics", PARTITION_ERRORS)]);

/// OffsetDelete (47)
pub(crate) const OFFSET_DELETE: Shape = Shape::new(0, 0, NEVER, &[ERROR, THROTTLE, field("topics", PARTITION_ERRORS)]);

/// DeleteGroups (42)
pub(crate) const DELETE_GROUPS: Shape =
    Shape::new(0, 2, 2, &[THROTTLE, field("results", Structs(&[field("group_id", Text), ERROR]))]);

/// ListOffsets (2)
pub(crate) const LIST_OFFSETS: Shape = Shape::new(
    4,
    10,
    6,
    &[
        THROTTLE,
        field(
            "topics",
            Structs(&[
                field("name", Text),
                field(
                    "partitions",
                    Structs(&[
                        field("partition_index", I32),
                        ERROR,
                        field("timestamp", I64),
                        field("offset", I64),
                        field("leader_epoch", I32),
                    ]),
                ),
            ]),
        ),
    ],
);

/// DescribeConfigs (32)
pub(crate) const DESCRIBE_CONFIGS: Shape = Shape::new(
    1,
    4,
    4,
    &[
        THROTTLE,
        field(
            "results",
            Structs(&[
                ERROR,
                MESSAGE,
                field("resource_type", I8),
                field("resource_name", Text),
                field(
                    "configs",
                    Structs(&[
                        field("name", Text),
                        field("value", Text).nullable(),
                        field("read_only", I8),
                        field("config_source", I8),
                        field("is_sensitive", I8),
                        field(
                            "synonyms",
                            Structs(&[field("name", Text), field("value", Text).nullable(), field("source", I8)]),
                        ),
                        field("config_type", I8).since(3),
                        field("documentation", Text).nullable().since(3),
                    ]),
                ),
            ]),
        ),
    ],
);

/// IncrementalAlterConfigs (44)
pub(crate) const INCREMENTAL_ALTER_CONFIGS: Shape = Shape::new(
    0,
    1,
    1,
    &[
        THROTTLE,
        field("responses", Structs(&[ERROR, MESSAGE, field("resource_type", I8), field("resource_name", Text)])),
    ],
);

/// CreateTopics (19)
pub(crate) const CREATE_TOPICS: Shape = Shape::new(
    2,
    7,
    5,
    &[
        THROTTLE,
        field(
            "topics",
            TaggedStructs(
                &[
                    field("name", Text),
                    field("topic_id", UUID).since(7),
                    ERROR,
                    MESSAGE,
                    field("num_partitions", I32).since(5),
                    field("replication_factor", I16).since(5),
                    field(
                        "configs",
                        Structs(&[
                            field("name", Text),
                            field("value", Text).nullable(),
                            field("read_only", I8),
                            field("config_source", I8),
                            field("is_sensitive", I8),
                        ]),
                    )
                    .nullable()
                    .since(5),
                ],
                &[(0, I16)],
            ),
        ),
    ],
);

/// DeleteTopics (20)
pub(crate) const DELETE_TOPICS: Shape = Shape::new(
    1,
    6,
    4,
    &[
        THROTTLE,
        field(
            "responses",
            Structs(&[field("name", Text).nullable(), field("topic_id", UUID).since(6), ERROR, MESSAGE.since(5)]),
        ),
    ],
);
