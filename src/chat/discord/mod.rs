//! Discord: [`Discord`] is a [`Chat`](super::Chat), and hands in what people do there through a [`Door`].
//!
//! `docs/discord.md` has the limits, the permissions and what was measured. Only this module knows serenity.

mod adapter;
mod backoff;
mod gateway;
mod http;
mod interactions;
mod limiter;
mod limits;
mod logs;
mod members;
mod messages;
mod permissions;
mod reactions;
mod register;
mod render;
mod settings;
mod uploads;

#[cfg(test)]
mod wire;

/// A card as the message that is posted, and its files by name: for the pictures of cards.
#[cfg(test)]
pub(crate) fn posted(card: &crate::text::Card) -> (Value, Vec<(String, Vec<u8>)>) {
    const MARKER: &str = "5f0c1d9be2a47c6880d3419e";
    let rendered = render::render(card, Some(MARKER));
    (rendered.message, rendered.uploads.into_iter().map(|one| (one.name, one.bytes)).collect())
}

pub use gateway::{Running, Standing};
pub use logs::may_be_logged;
pub use permissions::{ChannelRights, Dangerous, Unguarded};
pub use settings::{Meta, Persons, Settings, WrongAddress};

use super::Door;
use engine::port::Clock;
use http::{Http, NoClient};
use secrecy::SecretString;
use serde_json::Value;
use settings::Base;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use tokio::sync::OnceCell;
use uploads::Uploads;

/// Discord, by its REST. The gateway is opened by [`Discord::open`].
pub struct Discord {
    http: Http,
    base: Base,
    token: SecretString,
    application: u64,
    guilds: BTreeSet<u64>,
    /// The catalogue in Discord's JSON.
    commands: Value,
    persons: Arc<dyn Persons>,
    meta: Arc<dyn Meta>,
    clock: Arc<dyn Clock>,
    /// Our own user id.
    me: OnceCell<u64>,
    uploads: Mutex<Uploads>,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Discord(application {})", self.application)
    }
}

/// Why the adapter does not start.
#[derive(Debug, thiserror::Error)]
pub enum NoStart {
    /// The address in the settings is not taken.
    #[error("the address of the API {0}")]
    Address(#[from] WrongAddress),
    /// The token or the HTTP client is not usable.
    #[error("{0}")]
    Client(String),
    /// The gateway gets no thread of its own.
    #[error("no thread for the gateway: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<NoClient> for NoStart {
    fn from(error: NoClient) -> Self {
        Self::Client(error.to_string())
    }
}

impl Discord {
    /// A chat that can be written to. Asks nothing of Discord yet.
    ///
    /// # Errors
    /// [`NoStart`].
    pub fn new(settings: Settings) -> Result<Arc<Self>, NoStart> {
        let base = Base::new(settings.api_base.as_deref())?;
        let http = Http::new(&settings.token, base.clone(), Arc::clone(&settings.clock))?;
        Ok(Arc::new(Self {
            http,
            base,
            token: settings.token,
            application: settings.application,
            guilds: settings.guilds,
            commands: register::json_of(&settings.catalogue),
            persons: settings.persons,
            meta: settings.meta,
            clock: settings.clock,
            me: OnceCell::new(),
            uploads: Mutex::default(),
        }))
    }

    /// Whether nothing is asked of Discord for a while, because it refused too much.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.http.stopped().is_some()
    }

    /// Registers the commands and connects to the gateway, in the background and again whenever it is lost. What people do
    /// goes through the door. Must be called within a Tokio runtime, on which everything runs but the gateway and the
    /// acknowledgements: these have a thread of their own.
    ///
    /// # Errors
    /// [`NoStart::Thread`].
    pub fn open(self: &Arc<Self>, door: Arc<dyn Door>) -> Result<Running, NoStart> {
        Ok(gateway::open(Arc::clone(self), door)?)
    }

    /// [`Discord::new`] and [`Discord::open`].
    ///
    /// # Errors
    /// [`NoStart`].
    pub fn start(settings: Settings, door: Arc<dyn Door>) -> Result<Running, NoStart> {
        Self::new(settings)?.open(door)
    }
}
