//! The console: the same bot in a terminal, joined through a Unix socket or in the same process.
//!
//! Who speaks is whom the kernel names at the other end of the socket ([`Account::System`](interlock::principal::Account));
//! the protocol has no word for anybody else. Lines are read where the catalogue is, on the bot's side, and cards are drawn
//! there too; the terminal's side lets nothing but text and the simplest colours through.

mod answered;
mod bot;
mod complete;
mod editor;
mod frame;
mod history;
mod inside;
mod line_words;
mod link;
mod listening;
mod local;
mod pipe;
mod screen;
mod serve;
mod shell;
mod terminal;
mod typed;
mod usage;
mod wash;
mod wire;

#[cfg(test)]
mod tests;

pub use history::history_file;
pub use inside::{Cards, Inside, People, Sees};
pub use link::{JoinError, Joining};
pub use listening::{Admits, Listening, Socket, SocketError};
pub use local::{Local, Persona, local};
pub use serve::Limits;
pub use shell::Left;
pub use terminal::{join, language, show};
