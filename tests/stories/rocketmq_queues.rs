//! `/expand-partitions` and `/shrink-partitions` on a simulated RocketMQ cluster, through the desk.

mod brought_back;
mod expand;
mod masters;
mod scene;
mod shrink;
mod slaves;
mod sweep;
