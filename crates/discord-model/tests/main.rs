//! The model, driven by a real serenity client, by plain HTTP and by a plain WebSocket.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod bot;
mod gateway;
mod people;
mod rest;
mod story;
mod support;
