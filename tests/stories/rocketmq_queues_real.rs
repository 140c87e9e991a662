//! `/expand-partitions`, `/shrink-partitions` and `/reset-offset` on real RocketMQ 4.9.7 and 5.5.0, from the command to the end: with the Java
//! client's own consumers and producers at work, judged by what they got, by raw frames and by mqadmin.

mod closing;
mod halved;
mod meddling;
mod opening;
mod resetting;
mod returning;
mod scene;
mod watch;
mod whole;
