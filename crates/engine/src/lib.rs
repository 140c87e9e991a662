//! Carries approved plans out: journal, leases, waits, notices.
//!
//! The engine owns the ports through which it reaches the world ([`port`]) and speaks in data. It knows no chat, no
//! driver and no database.

pub mod entry;
pub mod notice;
pub mod operation;
pub mod permit;
pub mod port;
pub mod record;

pub use entry::{Entry, Outcome, StartRecord};
pub use notice::{Notice, Stream};
pub use operation::{Changes, NewOperation, Operation, Revision, Token, Transition, Transitioned, Why};
pub use permit::Permit;
pub use record::{Actor, Record};
