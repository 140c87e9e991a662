#![doc = include_str!("../README.md")]

mod clock;
pub mod demo;
mod draw;
mod fleet;
mod home;
mod kafka;
mod rocketmq;

pub use clock::HandClock;
pub use demo::demo;
pub use fleet::Fleet;
pub use home::FleetError;
pub use kafka::{
    ActFault, Deadlines, GroupSpec, Interference, Leave, Member, ReceivedAct, ResetPolicy, Shown, SimulatedKafka,
    TopicSpec, Trouble, per_second,
};

pub use rocketmq::{ClientSpec, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};

#[cfg(test)]
mod tests;
