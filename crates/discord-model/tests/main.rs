//! The model, driven by a real serenity client, by plain HTTP and by a plain WebSocket.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod bot;
mod faults;
mod gateway;
mod interactions;
mod messages;
mod people;
mod readable;
mod story;
mod support;
mod threads;
