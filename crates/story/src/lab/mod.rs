//! The lab: real servers started by `./dev lab up`, and what judges the bot's work on them.
//!
//! Whatever needs the lab and does not find it fails; nothing skips itself.

#[cfg(test)]
mod client;
mod env;
pub mod judge;
mod metadata;
mod move_cluster;
pub mod proxy;
pub mod rocketmq;
mod second_broker;
pub mod tools;

pub use env::{Lab, LabError, Listener};
pub use judge::{Identity, Judge, JudgeError, KafkaJudge};
pub use move_cluster::MoveCluster;
pub use proxy::Proxy;
pub use rocketmq::RocketMq;
pub use second_broker::SecondBroker;
pub use tools::KafkaTools;
