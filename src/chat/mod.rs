//! The chat, as the rest of the house sees it ([`Chat`]), and the rest of the house as a chat sees it ([`Door`]).

pub mod discord;
mod port;

pub use port::{
    CardSeen, Chat, ChatError, Clicked, Completing, Door, MemberNow, MessageRef, Reacted, Sending, Stranger, Suggested,
};
