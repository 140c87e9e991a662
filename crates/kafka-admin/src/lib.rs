#![doc = include_str!("../README.md")]

mod api;
mod ask;
mod book;
mod budget;
mod client;
mod code;
mod config;
mod connection;
mod coordinators;
mod error;
mod route;
mod sasl;
mod scram;
mod tls;
mod types;
mod wire;

pub use api::acls::{AclEntry, AclResource};
pub use api::cluster::{ApiVersion, Broker, Cluster};
pub use api::configs::{
    ConfigChanges, ConfigEntry, ConfigOp, ConfigResource, ConfigSource, ConfigSynonym, PerResource,
};
pub use api::describe::{Group, Member};
pub use api::groups::{GroupKind, GroupList, GroupListing, GroupState};
pub use api::list_offsets::{Isolation, ListedOffset, OffsetSpec};
pub use api::log_dirs::{LogDir, Replica};
pub use api::offsets::{Committed, OffsetQuery, PerPartition};
pub use api::partitions::NewPartitions;
pub use api::quorum::{ControllerNode, Quorum, QuorumReplica};
pub use api::reassign::{Election, Reassignment};
pub use api::topic_changes::{Layout, NewTopic, PerTopic};
pub use api::topics::{Partition, Topic, TopicListing};
pub use client::Client;
pub use code::ErrorCode;
pub use config::{ClientCertificate, Config, Credentials, HostPort, Peers, Sasl, Security, Tls};
pub use error::{Cause, Error, Result};
pub use types::{AclOperation, Authorized, NotATopicId, TopicId, TopicPartition};
