//! Commands: what can be asked, and one use of it.

mod request;

pub use request::{Arguments, Request, Value};
