//! Placement, judged from outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod clusters;
mod controls;
mod exact;
mod exhaustive;
mod flow;
mod input;
mod leaders;
mod many;
mod order;
mod random;
mod rules;
mod small;
mod topics;
