//! The systems behind the ports: observe and act. One room a kind.

mod deadlines;
mod each;
pub mod kafka;
mod measured;
pub mod rocketmq;
mod samples;

pub use deadlines::Deadlines;
pub use measured::Measured;
