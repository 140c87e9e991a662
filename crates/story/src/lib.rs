//! Stories: lab, traffic, judges, the crashable binary

pub mod bench;
pub mod crash;
pub mod kafka_house;
pub mod lab;
pub mod people;
mod told;

pub use told::{Person, Story, quick};
