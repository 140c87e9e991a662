//! Discord's limits as the model enforces them: the published ones, and what is assumed where Discord publishes no number.

pub use discord_limits::*;

use std::time::Duration;

/// How long an enforced nonce is remembered. docs say "the past few minutes".
pub const NONCE_LIFE: Duration = Duration::from_secs(180);
/// Edits of an old message before 30046. Discord does not publish the number; the model is strict.
pub const OLD_MESSAGE_EDITS: usize = 3;
/// How long an edit of an old message counts. Not published either; the answer says "try again later".
pub const OLD_MESSAGE_EDIT_LIFE: Duration = Duration::from_secs(3_600);
/// Requests and window of a channel's messages (create, edit). Measured by others; Discord does not publish buckets.
pub const MESSAGE_BUCKET: (u32, Duration) = (5, Duration::from_secs(5));
/// Requests and window of a channel's reactions.
pub const REACTION_BUCKET: (u32, Duration) = (1, Duration::from_millis(250));
/// Requests and window of everything else.
pub const OTHER_BUCKET: (u32, Duration) = (50, Duration::from_secs(1));
