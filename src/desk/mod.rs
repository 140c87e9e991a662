//! The one path from a request to its answer.

pub mod answer;

pub use answer::{Answer, Denied, Done, Incoming, RawValue};
