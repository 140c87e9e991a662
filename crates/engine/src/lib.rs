//! Carries approved plans out: journal, leases, waits, notices.
//!
//! The engine owns the ports through which it reaches the world ([`port`]) and speaks in data. It knows no chat, no
//! driver and no database.
//!
//! One operation is carried out by one worker at a time ([`Engine::work`]): votes are read a last time, holds are taken and
//! the start is journalled in one transaction; then each step is *observe → intend → act → observe*. Nothing is believed
//! until it is read back, and after a crash the journal alone says what may have happened.

mod anew;
pub mod control;
pub mod entry;
mod history;
mod lease;
pub mod notice;
pub mod operation;
mod pace;
pub mod permit;
pub mod port;
pub mod record;
mod run;
mod start;
mod steps;
mod worker;

pub use entry::{Entry, Outcome, StartRecord};
pub use history::{History, RESTORE, Tries};
pub use notice::{Notice, Seeded, Stream};
pub use operation::{Changes, NewOperation, Operation, Revision, Token, Transition, Transitioned, Why};
pub use pace::{BadPace, Pace};
pub use permit::Permit;
pub use record::{Actor, Record};
pub use worker::{Engine, EngineError, Ports};
