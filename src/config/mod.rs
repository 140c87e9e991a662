//! Settings: `signalbox.toml`, raw → valid. Validated whole before anything starts, every error with its line.
//!
//! Raw settings are a TOML document with its spans (`reader`); what stands in [`Settings`] is valid and of other types.

mod chat;
mod cluster;
mod engine;
mod error;
mod policy;
mod reader;
mod rocketmq;
mod secret;
#[cfg(test)]
mod tests;

pub use chat::{ConsoleSettings, DiscordSettings, HttpSettings};
pub use cluster::{ClusterSettings, KafkaSettings, Reached, SaslMechanism, SaslSettings, TlsSettings};
pub use error::SettingsError;
pub use rocketmq::{KeySettings, RocketmqSettings};

use self::error::Problems;
use self::policy::World;
use self::reader::Section;
use self::secret::Surroundings;
use ::engine::Pace;
use interlock::policy::{Places, Policy};
use jiff::tz::TimeZone;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use toml::de::DeTable;

const LONGEST_FILE: u64 = 1 << 20;
const USUAL_EXPIRY: Duration = Duration::from_secs(8 * 3_600);
const USUAL_OPEN_PLANS: usize = 20;
const SHORTEST_EXPIRY: Duration = Duration::from_secs(60);
const USUAL_OBSERVE: Duration = Duration::from_secs(20);

/// Valid settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The store's address: `sqlite:…` or `postgres:…`. A secret, because it may hold a password.
    pub store: SecretString,
    /// Discord, if it is used.
    pub discord: Option<DiscordSettings>,
    /// The console's socket.
    pub console: ConsoleSettings,
    /// Health and metrics.
    pub http: HttpSettings,
    /// What holds where nothing else is said.
    pub defaults: Defaults,
    /// The language of cards, by channel.
    pub languages: BTreeMap<u64, String>,
    /// The channels that have a board.
    pub boards: BTreeSet<u64>,
    /// How fast work goes.
    pub pace: Pace,
    /// How long one look at a cluster may take.
    pub observe_deadline: Duration,
    /// The clusters.
    pub clusters: Vec<ClusterSettings>,
    /// Who may do what.
    pub policy: Policy,
}

/// What holds where nothing else is said.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The language of cards.
    pub language: String,
    /// How long a plan waits for approval.
    pub expiry: Duration,
    /// How many plans of one person may wait for votes or their turn.
    pub open_plans: usize,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            language: policy::LANGUAGES[0].to_owned(),
            expiry: USUAL_EXPIRY,
            open_plans: USUAL_OPEN_PLANS,
        }
    }
}

impl Settings {
    /// Loads and validates a file. Relative paths in it begin at its folder.
    ///
    /// # Errors
    /// Every error of the file, in its order.
    pub fn load(path: &Path) -> Result<Self, Vec<SettingsError>> {
        let whole = |what: String| vec![SettingsError::of_file(what)];
        let cannot = |error: std::io::Error| whole(format!("{} cannot be read: {}", path.display(), error.kind()));
        if std::fs::metadata(path).map_err(cannot)?.len() > LONGEST_FILE {
            return Err(whole(format!("{} is longer than 1 MiB", path.display())));
        }
        let text = std::fs::read_to_string(path).map_err(cannot)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder, &|name| std::env::var(name).ok())
    }

    /// Validates the text of a file in this folder, with this environment.
    ///
    /// # Errors
    /// Every error of the text, in its order. While it is not TOML at all, those errors only.
    pub fn parse(
        text: &str,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<SettingsError>> {
        let problems = Problems::new(text);
        let (document, broken) = DeTable::parse_recoverable(text);
        for error in &broken {
            let span = error.span().unwrap_or(0..0);
            problems.add(&error::Spot { span, key: String::new() }, error.message());
        }
        if !broken.is_empty() {
            return Err(problems.into_errors());
        }
        let around = Surroundings { folder, environment };
        let settings = Section::document(&document, &problems, |root| whole(root, &around));
        let errors = problems.into_errors();
        match settings {
            Some(settings) if errors.is_empty() => Ok(settings),
            _ => Err(errors),
        }
    }
}

fn whole(root: &Section<'_>, around: &Surroundings<'_>) -> Option<Settings> {
    let store = root.table("store", |section| {
        section.required("url").and_then(|url| section.kept(&url.spot, store_url(url.value, around)))
    });
    if !root.has("store") {
        root.wrong("there is no [store]");
    }
    let discord = root.table("discord", |section| chat::discord(section, around));
    let console = root.table("console", |section| chat::console(section, around));
    let http = root.table("http", chat::http).unwrap_or_default();
    let defaults = root.table("defaults", defaults).unwrap_or_default();
    let (pace, observe_deadline) = root.table("engine", engine_settings).unwrap_or((Pace::default(), USUAL_OBSERVE));
    let clusters = cluster::clusters(root, around);
    let channels = chat::channels(root, clusters.shown_in().as_ref());
    let world = World { has_chat: root.has("discord"), ..world(&clusters, discord.as_ref().and_then(Option::as_ref)) };
    let policy = policy::policy(root, world);
    Some(Settings {
        store: store??,
        discord: discord.map_or(Some(None), |discord| discord.map(Some))?,
        console: console.unwrap_or(ConsoleSettings { socket: None, for_group: false }),
        http,
        defaults,
        languages: channels.languages,
        boards: channels.boards,
        pace,
        observe_deadline,
        clusters: clusters.valid,
        policy,
    })
}

fn engine_settings(section: &Section<'_>) -> (Pace, Duration) {
    let observe = section.duration("observe_deadline", Duration::from_millis(500)).unwrap_or(USUAL_OBSERVE);
    (engine::pace(section), observe)
}

/// The address of the store. One with a password in it may only be referred to.
fn store_url(text: &str, around: &Surroundings<'_>) -> Result<SecretString, String> {
    if text.starts_with("env:") || text.starts_with("file:") {
        return around.secret(text);
    }
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err("names no file".to_owned());
        }
        return Ok(SecretString::from(format!("sqlite:{}", around.path(path).display())));
    }
    if !text.starts_with("postgres:") && !text.starts_with("postgresql:") {
        return Err("begins with neither sqlite: nor postgres:".to_owned());
    }
    let url = reqwest::Url::parse(text).map_err(|error| format!("is not an address: {error}"))?;
    if url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password") {
        return Err(
            "has a password in it; put the address into a file or the environment, and write file:PATH or env:NAME"
                .to_owned(),
        );
    }
    Ok(SecretString::from(text))
}

fn defaults(section: &Section<'_>) -> Defaults {
    let usual = Defaults::default();
    let zone = section.parsed("zone", |name| {
        TimeZone::get(name).map_err(|_| "is no time zone I know; write one as Europe/Berlin or UTC".to_owned())
    });
    let open_plans = section.number("open_plans", 1..=1_000).and_then(|number| usize::try_from(number).ok());
    Defaults {
        zone: zone.unwrap_or(usual.zone),
        language: section.parsed("language", policy::language).unwrap_or(usual.language),
        expiry: section.duration("expiry", SHORTEST_EXPIRY).unwrap_or(usual.expiry),
        open_plans: open_plans.unwrap_or(usual.open_plans),
    }
}

fn world(clusters: &cluster::Clusters, discord: Option<&DiscordSettings>) -> World {
    let valid = || clusters.valid.iter();
    let shown = valid().map(|one| (one.cluster.name.clone(), one.channels.clone()));
    World {
        places: Places {
            guilds: discord.map(|discord| discord.guilds.clone()).unwrap_or_default(),
            channels: shown.collect(),
        },
        clusters: valid().map(|one| (one.cluster.name.clone(), one.cluster.clone())).collect(),
        names: clusters.names.clone(),
        all_valid: clusters.all_valid,
        has_chat: discord.is_some(),
        has_personas: valid().all(|one| matches!(one.reached, Reached::Simulated)),
    }
}
