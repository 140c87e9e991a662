#![doc = include_str!("../README.md")]

mod anew;
mod attend;
mod change;
pub mod control;
pub mod entry;
mod error;
mod history;
mod inner;
mod lease;
mod moves;
pub mod notice;
pub mod operation;
mod owed;
mod owners;
mod pace;
pub mod permit;
pub mod port;
mod queues;
pub mod record;
mod run;
mod slots;
mod start;
mod steps;
mod worker;

pub use entry::{Entry, Outcome, StartRecord};
pub use error::EngineError;
pub use history::{History, RESTORE, Tries, UNWOUND, adjusted};
pub use inner::Ports;
pub use notice::{Notice, Seeded, Stream};
pub use operation::{Changes, NewOperation, Operation, Revision, Token, Transition, Transitioned, Why};
pub use pace::{BadPace, Pace};
pub use permit::Permit;
pub use record::{Actor, Record};
pub use worker::Engine;
