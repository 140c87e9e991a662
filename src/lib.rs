//! Signalbox: operate Kafka and RocketMQ clusters from chat.
//!
//! `docs/architecture.md` walks a request through the rooms.

pub mod backend;
pub mod chat;
pub mod desk;
pub mod store;
pub mod text;
