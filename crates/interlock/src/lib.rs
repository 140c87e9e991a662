#![doc = include_str!("../README.md")]

pub mod approval;
pub mod changes;
pub mod cluster;
pub mod command;
pub mod facts;
pub mod freeze;
pub mod id;
pub mod looks;
pub mod plan;
pub mod policy;
pub mod principal;
pub mod time;
