//! The planners against a model of a cluster, asked round by round as the desk asks.

mod controls;
mod golden;
mod guards;
mod moves;
mod prior;
mod queues;
mod refused;
mod reset;
mod rocketmq;
mod rocketmq_topics;
mod rollback;
mod rule;
mod topics;
mod waiting;
mod world;
