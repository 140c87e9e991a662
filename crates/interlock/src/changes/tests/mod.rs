//! The planners against a model of a cluster, asked round by round as the desk asks.

mod controls;
mod golden;
mod guards;
mod moves;
mod prior;
mod refused;
mod reset;
mod rollback;
mod rule;
mod topics;
mod waiting;
mod world;
