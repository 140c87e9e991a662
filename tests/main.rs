//! Stories: what people see, judged from outside. One target, because each costs a link.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a story that cannot be told fails")]

mod arrows;
mod attacks;
mod catalogue;
mod stories;
