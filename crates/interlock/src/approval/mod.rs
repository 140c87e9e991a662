//! Votes, seats and the life of an operation. What is decided here is decided nowhere else.

#[cfg(test)]
mod document;
mod glass;
mod halfway;
mod standstill;
mod state;
mod unheard;
mod votes;

pub use glass::{BrokenGlass, FIRST_NAG, Glass, NAG_EVERY, Review};
pub use halfway::halfway;
pub use standstill::standstill;
pub use state::{Event, Illegal, State, TABLE, TakenOver, next};
pub use votes::{Ballot, NotCounted, Tally, Uncounted, Voice, Vote, Voted, tally};
