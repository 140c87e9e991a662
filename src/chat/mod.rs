//! The chat, as the rest of the house sees it ([`Chat`]), and the rest of the house as a chat sees it ([`Door`]).

pub mod console;
mod deliver;
pub mod discord;
mod door;
mod heads;
mod hub;
mod port;
mod pressed;
mod steering;
mod sweep;
mod view;

pub use deliver::Delivery;
pub use door::FrontDoor;
pub use heads::Heads;
pub use hub::{Hub, Shown};
pub use port::{
    CardSeen, Chat, ChatError, Clicked, Completing, Door, Filled, Lists, MemberNow, MessageRef, Reacted, Sending,
    Stranger, Suggested,
};
pub use sweep::Sweep;
