//! Placement, judged from outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod clusters;
mod input;
mod rules;
mod small;
