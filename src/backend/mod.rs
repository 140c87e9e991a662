//! The systems behind the ports: observe and act. One room a kind.

mod deadlines;
pub mod kafka;
mod measured;
pub mod rocketmq;

pub use deadlines::Deadlines;
pub use measured::Measured;
