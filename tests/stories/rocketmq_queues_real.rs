//! Queues opened and closed on real RocketMQ 4.9.7 and 5.5.0, judged by raw frames and by mqadmin.

mod expand;
mod masters;
mod producer;
mod scene;
mod shrink;
