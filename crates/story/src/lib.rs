#![doc = include_str!("../README.md")]
#![expect(clippy::expect_used, clippy::panic, reason = "a story that cannot be told fails its test")]

pub mod advanced_clock;
mod answered;
pub mod bench;
pub mod crash;
pub mod discord_house;
pub mod kafka_house;
pub mod lab;
pub mod people;
pub mod real;
pub mod rocketmq_house;
mod stands_still;
mod told;
pub mod traffic;

pub use answered::answered;
pub use told::{Person, Setting, Story, made, quick};
