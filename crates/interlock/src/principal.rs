//! Who asks, and from where.

use crate::id::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// An account of a person: always a number given by the system that vouches for it, never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// A Discord user id.
    Discord(u64),
    /// A user id of the operating system, as the kernel tells it of the peer of a Unix socket.
    System(u32),
    /// A persona of the embedded demo fleet; refused everywhere else.
    Persona(u32),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discord(id) => write!(f, "discord:{id}"),
            Self::System(uid) => write!(f, "uid:{uid}"),
            Self::Persona(number) => write!(f, "persona:{number}"),
        }
    }
}

/// A role of the chat, by its id. Names of roles are never looked at: a role deleted and made again is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatRole(pub u64);

/// Who asks, with the chat roles the account has *now*. There is no default: without an identity there is no principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The account that spoke.
    pub account: Account,
    /// The human behind it, for quorums.
    pub person: PersonId,
    /// The chat's roles of the account at this moment; empty in the console.
    pub chat_roles: BTreeSet<ChatRole>,
}

/// Where a request came from and where its public answer goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A channel or thread of a guild, by Discord's ids.
    Discord {
        /// The guild.
        guild: u64,
        /// The channel, or the thread's parent.
        channel: u64,
        /// The thread, when the request was made in one.
        thread: Option<u64>,
    },
    /// The console, local or through the socket.
    Console,
}

/// Who can read what stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Readers {
    /// Nobody looked.
    Unknown,
    /// Everybody in the guild.
    Everybody,
    /// Whom the channel or thread lets in.
    Chosen,
}
