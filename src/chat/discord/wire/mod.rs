//! The adapter on the real serenity, against a model of Discord.

mod bot;
mod commands;
mod connection;
mod door;
mod members;
mod messages;
mod rates;
mod reactions;
mod secrets;

use std::time::Duration;

/// How long anything may take.
const SOON: Duration = Duration::from_secs(120);
