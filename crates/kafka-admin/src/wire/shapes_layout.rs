//! The layouts of answers about replicas, disks, leaders, rights and the controller quorum.

use super::shape::{Field, I8, I16, I32, I64, Kind, Shape, UUID, field};
use super::shapes::{ERROR, MESSAGE, NODES, THROTTLE};
use Kind::{Structs, Text};

/// DeleteRecords (21)
pub(crate) const DELETE_RECORDS: Shape = Shape::new(
    0,
    2,
    2,
    &[
        THROTTLE,
        field(
            "topics",
            Structs(&[
                field("name", Text),
                field("partitions", Structs(&[field("partition_index", I32), field("low_watermark", I64), ERROR])),
            ]),
        ),
    ],
);

/// DescribeAcls (29)
pub(crate) const DESCRIBE_ACLS: Shape = Shape::new(
    1,
    3,
    2,
    &[
        THROTTLE,
        ERROR,
        MESSAGE,
        field(
            "resources",
            Structs(&[
                field("resource_type", I8),
                field("resource_name", Text),
                field("pattern_type", I8),
                field(
                    "acls",
                    Structs(&[
                        field("principal", Text),
                        field("host", Text),
                        field("operation", I8),
                        field("permission_type", I8),
                    ]),
                ),
            ]),
        ),
    ],
);

/// AlterReplicaLogDirs (34)
pub(crate) const ALTER_REPLICA_LOG_DIRS: Shape = Shape::new(
    1,
    2,
    2,
    &[
        THROTTLE,
        field(
            "results",
            Structs(&[
                field("topic_name", Text),
                field("partitions", Structs(&[field("partition_index", I32), ERROR])),
            ]),
        ),
    ],
);

/// DescribeLogDirs (35)
pub(crate) const DESCRIBE_LOG_DIRS: Shape = Shape::new(
    1,
    4,
    2,
    &[
        THROTTLE,
        ERROR.since(3),
        field(
            "results",
            Structs(&[
                ERROR,
                field("log_dir", Text),
                field(
                    "topics",
                    Structs(&[
                        field("name", Text),
                        field(
                            "partitions",
                            Structs(&[
                                field("partition_index", I32),
                                field("partition_size", I64),
                                field("offset_lag", I64),
                                field("is_future_key", I8),
                            ]),
                        ),
                    ]),
                ),
                field("total_bytes", I64).since(4),
                field("usable_bytes", I64).since(4),
            ]),
        ),
    ],
);

/// CreatePartitions (37)
pub(crate) const CREATE_PARTITIONS: Shape =
    Shape::new(0, 3, 2, &[THROTTLE, field("results", Structs(&[field("name", Text), ERROR, MESSAGE]))]);

/// A partition with the error about it.
const PARTITION_RESULTS: Kind = Structs(&[field("partition", I32), ERROR, MESSAGE]);

/// ElectLeaders (43)
pub(crate) const ELECT_LEADERS: Shape = Shape::new(
    1,
    2,
    2,
    &[
        THROTTLE,
        ERROR,
        field(
            "replica_election_results",
            Structs(&[field("topic", Text), field("partition_result", PARTITION_RESULTS)]),
        ),
    ],
);

/// AlterPartitionReassignments (45)
pub(crate) const ALTER_REASSIGNMENTS: Shape = Shape::new(
    0,
    1,
    0,
    &[
        THROTTLE,
        field("allow_replication_factor_change", I8).since(1),
        ERROR,
        MESSAGE,
        field("responses", Structs(&[field("name", Text), field("partitions", PARTITION_RESULTS)])),
    ],
);

/// ListPartitionReassignments (46)
pub(crate) const LIST_REASSIGNMENTS: Shape = Shape::new(
    0,
    0,
    0,
    &[
        THROTTLE,
        ERROR,
        MESSAGE,
        field(
            "topics",
            Structs(&[
                field("name", Text),
                field(
                    "partitions",
                    Structs(&[
                        field("partition_index", I32),
                        field("replicas", NODES),
                        field("adding_replicas", NODES),
                        field("removing_replicas", NODES),
                    ]),
                ),
            ]),
        ),
    ],
);

const REPLICA_STATES: Kind = Structs(&[
    field("replica_id", I32),
    field("replica_directory_id", UUID).since(2),
    field("log_end_offset", I64),
    field("last_fetch_timestamp", I64).since(1),
    field("last_caught_up_timestamp", I64).since(1),
]);

const QUORUM_PARTITION: &[Field] = &[
    field("partition_index", I32),
    ERROR,
    MESSAGE.since(2),
    field("leader_id", I32),
    field("leader_epoch", I32),
    field("high_watermark", I64),
    field("current_voters", REPLICA_STATES),
    field("observers", REPLICA_STATES),
];

/// DescribeQuorum (55)
pub(crate) const DESCRIBE_QUORUM: Shape = Shape::new(
    0,
    2,
    0,
    &[
        ERROR,
        MESSAGE.since(2),
        field("topics", Structs(&[field("topic_name", Text), field("partitions", Structs(QUORUM_PARTITION))])),
        field(
            "nodes",
            Structs(&[
                field("node_id", I32),
                field("listeners", Structs(&[field("name", Text), field("host", Text), field("port", I16)])),
            ]),
        )
        .since(2),
    ],
);

/// UnregisterBroker (64)
pub(crate) const UNREGISTER_BROKER: Shape = Shape::new(0, 0, 0, &[THROTTLE, ERROR, MESSAGE]);
