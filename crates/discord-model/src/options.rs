//! What a model is started with.

use std::time::Duration;

use crate::clock::Clock;
use crate::limits;
use crate::permissions::{self, Permissions};

/// Whether ordinary requests are counted against rate-limit buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimits {
    /// No bucket is counted; faults can still answer 429.
    Off,
    /// Buckets like Discord's (see [`crate::limits`]), with their headers on each answer.
    Real,
    /// The same, and a request that a bucket refuses is held against the bot: its own limiter should have kept it.
    Strict,
}

/// Settings of a [`Discord`](crate::Discord). `Options::default()` is an ordinary server with a bot that has the
/// permissions it asks for and no privileged intents.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time for ages and token lives.
    pub clock: Clock,
    /// Whether buckets are counted.
    pub rate_limits: RateLimits,
    /// How long an application has for the first answer to an interaction.
    pub callback_deadline: Duration,
    /// How long a person waits for the final answer after a deferral, before a test fails.
    pub patience: Duration,
    /// The heartbeat interval that the gateway asks for.
    pub heartbeat: Duration,
    /// Identifies left today, as `GET /gateway/bot` tells.
    pub identifies: u32,
    /// Gateway intents that are switched on for the application beyond the ordinary ones (bit set).
    pub privileged_intents: u64,
    /// The bot's permissions in a new guild.
    pub bot_permissions: Permissions,
    /// Threads that may be active in a guild at once.
    pub active_threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            rate_limits: RateLimits::Off,
            callback_deadline: limits::FIRST_ANSWER,
            patience: Duration::from_secs(30),
            heartbeat: Duration::from_millis(41_250),
            identifies: limits::IDENTIFIES_PER_DAY,
            privileged_intents: 0,
            bot_permissions: permissions::BOT,
            active_threads: limits::ACTIVE_THREADS,
        }
    }
}
