//! Crashes: a house that dies at a chosen point of its work, is built again on what it left, and is judged by the end.
//!
//! [`Points`] counts what the engine writes ([`CountingJournal`]), what it sends to the cluster ([`CountingCluster`]) and
//! what is posted ([`PaperChat`]); at one of these points, just before or just after it took effect, a [`Deed`] happens:
//! the process aborts, the whole house vanishes, or somebody else interferes. [`Ground`] is what outlives a process:
//! database, cluster, chat and clock. [`Script`] is what people do, and can be taken up again by the next process.

#![allow(clippy::expect_used, clippy::panic, reason = "a story that cannot be set up fails as a test does")]

mod chat;
mod clock;
mod cluster;
mod ending;
mod ground;
mod images;
mod journal;
mod life;
mod points;
mod process;
mod script;

pub use chat::PaperChat;
pub use clock::{Agenda, FileClock};
pub use cluster::CountingCluster;
pub use ending::{Ending, Fault};
pub use ground::{
    AT_WORK, CHANNEL, CLUSTER, GROUP, Ground, ROCKETMQS, Rules, STOPPED, Settled, TOPIC, UNUSED, WORKING,
};
pub use journal::{CountingJournal, Lie};
pub use life::{Lives, Undisturbed};
pub use points::{Deed, Point, Points, Side, vanish};
pub use process::{Config, Crashable, Effect, main};
pub use script::{Meanwhile, Script, Turns, act_on, ask};
