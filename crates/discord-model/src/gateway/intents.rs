//! Gateway intents. Discord's documentation, topics/gateway, list of intents.

/// Guilds, channels, roles, threads.
pub const GUILDS: u64 = 1 << 0;
/// Members coming, changing, going. Privileged.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// Presences. Privileged.
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// Messages in guilds.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// Reactions in guilds.
pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
/// Direct messages.
pub const DIRECT_MESSAGES: u64 = 1 << 12;
/// Reactions in direct messages.
pub const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
/// What other people write. Privileged.
pub const MESSAGE_CONTENT: u64 = 1 << 15;

/// Those that must be switched on for the application.
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
/// Every bit that means something today (0–16, 20, 21, 24, 25).
pub(crate) const KNOWN: u64 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
