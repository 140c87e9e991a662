//! Stories: what people see, judged from outside. One target, because each costs a link.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a story that cannot be told fails")]

mod attacks;
mod stories;
