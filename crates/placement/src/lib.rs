#![doc = include_str!("../README.md")]

mod board;
mod check;
mod draft;
mod error;
mod exchange;
mod leaders;
mod level;
mod model;
mod place;
mod racks;
mod replicas;
mod share;

pub use error::Error;
pub use model::{Broker, BrokerId, Change, Goal, Layout, Load, Partition, Placement, RackId, TopicId};
pub use place::place;
