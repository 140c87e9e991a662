//! `/expand-partitions` and `/shrink-partitions` on a simulated RocketMQ cluster, through the desk.

mod expand;
mod scene;
mod shrink;
mod sweep;
