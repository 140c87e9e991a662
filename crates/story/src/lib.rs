#![doc = include_str!("../README.md")]

pub mod crash;
pub mod kafka_house;
pub mod lab;
pub mod people;
mod told;

pub use told::{Person, Story, quick};
