//! Signalbox: operate Kafka and RocketMQ clusters from chat.
//!
//! `docs/architecture.md` walks a request through the rooms.

pub mod backend;
pub mod bot;
pub mod chat;
pub mod clock;
pub mod command_line;
pub mod config;
pub mod demo;
pub mod desk;
pub mod house;
pub mod http;
pub mod meters;
pub mod offline;
pub mod store;
pub mod text;
