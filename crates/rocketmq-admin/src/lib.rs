#![doc = include_str!("../README.md")]

mod api;
mod ask;
mod book;
mod client;
mod code;
mod config;
mod connection;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod json;
mod route;
mod sign;
mod tls;
mod version;
mod wire;

pub use api::cluster::{BrokerAddresses, Cluster, MASTER};
pub use api::configs::RuntimeInfo;
pub use api::connections::{ClientConnection, Consumers, Subscription};
pub use api::groups::GroupConfig;
pub use api::kv::ORDER_TOPIC_CONFIG;
pub use api::messages::{Message, MessageKey, Within};
pub use api::offsets::Commit;
pub use api::properties::Settings;
pub use api::queue::{PerQueue, Queue};
pub use api::reset::ResetTo;
pub use api::routes::{RouteQueues, TopicRoute};
pub use api::running::{ConsumeRates, ProcessedQueue, RunningInfo};
pub use api::stats::{ConsumeStats, Consumed, GroupOffsets, QueueOffsets, TimeSpan};
pub use api::topics::{Perm, TopicConfig};
pub use api::{Broker, Master, NameServer, OneNameServer};
pub use client::{Client, PerNameServer};
pub use code::Code;
pub use config::{ClientCertificate, Config, Credentials, HostPort, Security, Tls};
pub use error::{Cause, Error, Result};
pub use version::Version;
