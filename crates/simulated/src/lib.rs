//! A simulated fleet that behaves like the real one, traps included.
//!
//! Time is passed in as an [`engine::port::Clock`]; nothing here runs by itself. What producers and consumers have done by
//! an instant is computed from closed forms, so that an answer depends on the instant and on what was changed, never on
//! how often somebody looked. The same seed, changes and instants give the same answers.
//!
//! [`Fleet`] holds the clusters, in memory or in a file that outlives the process; [`SimulatedKafka`] is one of them as a
//! backend of the engine and, for demo and tests, with handles to make it misbehave. [`demo`] furnishes a small company.

mod clock;
pub mod demo;
mod draw;
mod fleet;
mod home;
mod kafka;

pub use clock::HandClock;
pub use demo::demo;
pub use fleet::Fleet;
pub use home::FleetError;
pub use kafka::{
    ActFault, Deadlines, GroupSpec, Interference, Leave, Member, ReceivedAct, ResetPolicy, Shown, SimulatedKafka,
    TopicSpec, Trouble, per_second,
};

#[cfg(test)]
mod tests;
