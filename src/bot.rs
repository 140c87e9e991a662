//! The bot as the settings describe it: clusters, store, chat, console, health.

mod reach;

pub use reach::{Fleetless, backends};

use crate::chat::console::{Admits, Inside, Limits, Listening, Socket, SocketError};
use crate::chat::discord::{self, Discord, NoStart, Running};
use crate::clock::SystemClock;
use crate::config::{DiscordSettings, Settings};
use crate::desk::{Parts, Times};
use crate::house::{House, Plot};
use crate::http::{self, NoHttp, Signs};
use crate::store::{Reader, Store, StoreError};
use crate::text::Locale;
use engine::port::{Boxed, Clock};
use interlock::changes::Guards;
use interlock::command::{Catalogue, CatalogueError};
use interlock::policy::Policy;
use interlock::principal::Place;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often it is looked whether anything may be asked of the chat.
const REFUSALS: Duration = Duration::from_secs(1);

/// A running bot. Dropped, its tasks end where they stand; what they did is in the store.
pub struct Bot {
    /// The house.
    pub house: House,
    /// Where health and metrics are served.
    pub http: SocketAddr,
    tasks: JoinSet<()>,
    discord: Option<Running>,
    stop: watch::Sender<bool>,
}

/// Why the bot does not start.
#[derive(Debug, thiserror::Error)]
pub enum NoBot {
    /// The commands cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The store cannot be opened.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// A cluster's settings cannot work.
    #[error(transparent)]
    Cluster(#[from] Fleetless),
    /// Health and metrics cannot be served.
    #[error(transparent)]
    Http(#[from] NoHttp),
    /// The console's socket cannot be made.
    #[error("the console: {0}")]
    Console(#[from] SocketError),
    /// Discord's settings cannot work.
    #[error("Discord: {0}")]
    Discord(#[from] NoStart),
}

/// Opens the store of the settings.
///
/// # Errors
/// As [`Store::open`].
pub async fn store(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Store, StoreError> {
    Store::open(settings.store.expose_secret(), clock).await
}

/// Whether only one process at a time can have the store of the settings.
#[must_use]
pub fn has_one_owner(settings: &Settings) -> bool {
    Store::has_one_owner(settings.store.expose_secret())
}

/// Opens the store of the settings to read, beside the bot that may have it.
///
/// # Errors
/// As [`Reader::open`].
pub async fn reader(settings: &Settings) -> Result<Reader, StoreError> {
    Reader::open(settings.store.expose_secret(), Arc::new(SystemClock::new())).await
}

/// Builds the house of the settings. Nothing runs in it yet.
///
/// # Errors
/// If the store, a cluster or the catalogue cannot be had.
pub async fn house(settings: &Settings) -> Result<House, NoBot> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let parts = Parts {
        catalogue: Catalogue::built_in()?,
        policy: settings.policy.clone(),
        backends: backends(settings, &clock)?,
        store: store(settings, clock.clone()).await?,
        clock,
        times: Times {
            zone: settings.defaults.zone.clone(),
            expiry: settings.defaults.expiry,
            open_plans: settings.defaults.open_plans,
            locale: Locale::of(&settings.defaults.language),
            languages: settings.languages.iter().map(|(channel, tag)| (*channel, Locale::of(tag))).collect(),
            operators: settings.discord.as_ref().and_then(DiscordSettings::operators_place),
            boards: boards(settings),
            audit_heads: settings.discord.as_ref().and_then(DiscordSettings::audit_place),
        },
        guards: Guards::all(),
    };
    let holder = format!("{:016x}", rand::random::<u64>());
    Ok(House::build(Plot { parts, pace: settings.pace, holder }))
}

fn boards(settings: &Settings) -> BTreeSet<Place> {
    let discord = settings.discord.iter();
    discord.flat_map(|discord| settings.boards.iter().filter_map(|channel| discord.place_of(*channel))).collect()
}

impl Bot {
    /// Starts the bot: store open, ports listening, work begun.
    ///
    /// # Errors
    /// If a part does not start.
    pub async fn start(settings: &Settings, metrics: PrometheusHandle) -> Result<Self, NoBot> {
        let house = house(settings).await?;
        let (stop, stopped) = watch::channel(false);
        let signs = Arc::new(Signs::default());
        let store = house.rooms().store.clone();
        let (address, server) = http::serve(settings.http.listen, store, signs.clone(), metrics).await?;
        let console = console(settings, &house, stopped).await?;
        let discord = settings.discord.as_ref().map(|discord| open_discord(discord, &house)).transpose()?;
        let mut tasks = house.open();
        tasks.spawn(server);
        if let Some(console) = console {
            tasks.spawn(console);
        }
        if let Some(running) = &discord {
            signs.chat_expected.store(true, Ordering::Relaxed);
            tasks.spawn(watch_gateway(running.standing(), signs.clone()));
            tasks.spawn(watch_refusals(running.chat(), signs));
        }
        Ok(Self { house, http: address, tasks, discord, stop })
    }

    /// Waits until a part of the bot has ended by a panic, and tells what it said. The rest goes on without it, and nobody would
    /// see what is no longer done: whoever runs the bot starts it anew.
    pub async fn broke(&mut self) -> String {
        broke(&mut self.tasks).await
    }

    /// Ends well: no new work, leases given back so that the next process goes on at once, the chat's connection closed, what
    /// was begun in consoles answered.
    pub async fn shut_down(mut self) {
        // Nobody listens any more: then there is nothing to stop.
        let _ = self.stop.send(true);
        self.house.engine().stop().await;
        if let Some(discord) = self.discord.take() {
            discord.shutdown().await;
        }
        self.tasks.shutdown().await;
        self.house.rooms().store.close().await;
    }
}

async fn broke(tasks: &mut JoinSet<()>) -> String {
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Err(error) if error.is_panic() => return error.to_string(),
            _ => tracing::debug!("a part of the bot has ended"),
        }
    }
    std::future::pending().await
}

async fn console(
    settings: &Settings,
    house: &House,
    mut stopped: watch::Receiver<bool>,
) -> Result<Option<impl Future<Output = ()> + Send + use<>>, SocketError> {
    let Some(path) = settings.console.socket.clone() else { return Ok(None) };
    let admits = if settings.console.for_group { Admits::Group } else { Admits::Owner };
    let listening = Listening::bind(&Socket { path, admits }).await?;
    let inside = Inside::of(house.desk().clone(), house.hub());
    Ok(Some(async move {
        let stop = async move {
            // An error means that the bot is gone: that is a stop as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        listening.serve(inside, Limits::default(), stop).await;
    }))
}

fn open_discord(settings: &DiscordSettings, house: &House) -> Result<Running, NoStart> {
    let discord = chat(settings, house)?;
    house.connect(discord.clone());
    discord.open(house.door())
}

/// The chat of the settings, with the house's store as its memory; its gateway is not opened.
///
/// # Errors
/// If its settings cannot work.
pub fn chat(settings: &DiscordSettings, house: &House) -> Result<Arc<Discord>, NoStart> {
    let rooms = house.rooms();
    let around = Around {
        catalogue: rooms.catalogue.clone(),
        policy: &rooms.policy,
        meta: Arc::new(Meta(rooms.store.clone())),
        clock: rooms.clock.clone(),
    };
    around.discord(settings)
}

/// The chat of the settings, to be asked what the bot may do there. It serves nobody and remembers nothing.
///
/// # Errors
/// If its settings cannot work.
pub fn asked_chat(settings: &Settings, discord: &DiscordSettings) -> Result<Arc<Discord>, NoBot> {
    let around = Around {
        catalogue: Catalogue::built_in()?,
        policy: &settings.policy,
        meta: Arc::new(NoMemory),
        clock: Arc::new(SystemClock::new()),
    };
    Ok(around.discord(discord)?)
}

/// What a chat needs of the rest.
struct Around<'a> {
    catalogue: Catalogue,
    policy: &'a Policy,
    meta: Arc<dyn discord::Meta>,
    clock: Arc<dyn Clock>,
}

impl Around<'_> {
    fn discord(self, settings: &DiscordSettings) -> Result<Arc<Discord>, NoStart> {
        // Not the rooms: they will own the chat, and would then never let go of the store.
        let people = self.policy.people.clone();
        Discord::new(discord::Settings {
            token: settings.token.clone(),
            application: settings.application,
            guilds: settings.guilds.clone(),
            api_base: settings.api_base.clone(),
            catalogue: self.catalogue,
            meta: self.meta,
            clock: self.clock,
            persons: Arc::new(move |account| people.person(account)),
        })
    }
}

async fn watch_gateway(mut standing: watch::Receiver<discord::Standing>, signs: Arc<Signs>) {
    loop {
        signs.gateway.store(standing.borrow_and_update().is_up(), Ordering::Relaxed);
        if standing.changed().await.is_err() {
            signs.gateway.store(false, Ordering::Relaxed);
            return;
        }
    }
}

/// People in the chat cannot be told: whoever watches health and metrics is.
async fn watch_refusals(chat: Arc<Discord>, signs: Arc<Signs>) {
    loop {
        signs.refused.store(chat.is_stopped(), Ordering::Relaxed);
        tokio::time::sleep(REFUSALS).await;
    }
}

/// A chat that only is asked something has nothing to remember.
struct NoMemory;

impl discord::Meta for NoMemory {
    fn get<'a>(&'a self, _key: &'a str) -> Boxed<'a, Result<Option<String>, String>> {
        Box::pin(async { Ok(None) })
    }

    fn put<'a>(&'a self, _key: &'a str, _value: &'a str) -> Boxed<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// The store, as the chat's memory.
struct Meta(Store);

impl discord::Meta for Meta {
    fn get<'a>(&'a self, key: &'a str) -> Boxed<'a, Result<Option<String>, String>> {
        Box::pin(async move { self.0.meta(key).await.map_err(|error| error.to_string()) })
    }

    fn put<'a>(&'a self, key: &'a str, value: &'a str) -> Boxed<'a, Result<(), String>> {
        Box::pin(async move { self.0.set_meta(key, value).await.map_err(|error| error.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_panics_is_seen_and_one_that_only_ends_is_not() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async {});
        let still = tokio::time::timeout(Duration::from_millis(50), broke(&mut tasks)).await;
        assert!(still.is_err(), "{still:?}");
        tasks.spawn(std::future::pending());
        tasks.spawn(async { panic!("no such card") });
        assert!(broke(&mut tasks).await.contains("no such card"));
    }
}
