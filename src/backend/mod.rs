//! The systems behind the ports: observe and act. One room a kind.

pub mod kafka;
mod measured;

pub use measured::Measured;
