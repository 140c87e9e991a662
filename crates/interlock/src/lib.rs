//! The pure middle of Signalbox: commands, policy, the cluster model, changes, plans and approval.
//!
//! Nothing in this crate does I/O or reads a clock. Time, ids and randomness are passed in; what was observed of a
//! cluster comes in as [`cluster::Sections`]. The crate speaks in data ([`facts::Facts`], check ids): sentences are made
//! elsewhere.

pub mod approval;
pub mod changes;
pub mod cluster;
pub mod command;
pub mod facts;
pub mod id;
pub mod looks;
pub mod plan;
pub mod policy;
pub mod principal;
pub mod time;
