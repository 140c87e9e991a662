//! `[discord]`, `[console]`, `[http]`, `[[channel]]`: where people meet the bot.

use super::cluster::is_loopback;
use super::policy::language;
use super::reader::Section;
use super::secret::Surroundings;
use interlock::principal::Place;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

const DEFAULT_PORT: u16 = 9642;

/// Discord.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// The bot's token.
    pub token: SecretString,
    /// The application's id.
    pub application: u64,
    /// The guilds that are served.
    pub guilds: BTreeSet<u64>,
    /// Where operators are told what cannot be told elsewhere.
    pub operators_channel: Option<u64>,
    /// Where the head of the audit log is posted.
    pub audit_channel: Option<u64>,
    /// Another base of the API than Discord's: a proxy, or a model in tests.
    pub api_base: Option<String>,
}

impl DiscordSettings {
    /// The operators' channel as a place.
    #[must_use]
    pub fn operators_place(&self) -> Option<Place> {
        self.place_of(self.operators_channel?)
    }

    /// The channel of the audit log's heads as a place.
    #[must_use]
    pub fn audit_place(&self) -> Option<Place> {
        self.place_of(self.audit_channel?)
    }

    /// A channel as a place. Its guild is the first one that is served: a channel's number says where it is.
    #[must_use]
    pub fn place_of(&self, channel: u64) -> Option<Place> {
        self.guilds.first().map(|guild| Place::Discord { guild: *guild, channel, thread: None })
    }
}

/// The console's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// The path of the Unix socket; none: the running bot cannot be joined.
    pub socket: Option<PathBuf>,
    /// Whether the group that the bot runs as may open it too, not its user alone. What they then may do, their roles say.
    pub for_group: bool,
}

/// Health and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpSettings {
    /// Where to listen.
    pub listen: SocketAddr,
}

pub(super) fn discord(section: &Section<'_>, around: &Surroundings<'_>) -> Option<DiscordSettings> {
    let token = section.required_parsed("token", |reference| around.secret(reference));
    let application = section.id("application");
    if !section.has("application") {
        section.missing("application");
    }
    let guilds: BTreeSet<u64> = section.ids("guilds").into_iter().map(|field| field.value).collect();
    if guilds.is_empty() {
        section.missing("guilds");
    }
    let operators_channel = section.id("operators_channel");
    let audit_channel = section.id("audit_channel");
    let api_base = section.parsed("api_base", base_url);
    Some(DiscordSettings {
        token: token?,
        application: application?,
        guilds,
        operators_channel,
        audit_channel,
        api_base,
    })
}

/// `https` only, because the token goes there; plain `http` to this machine.
fn base_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| format!("is not an address: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host));
    if !allowed {
        return Err("is not https; plain http is for this machine only".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("has more than scheme, host, port and path".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

pub(super) fn console(section: &Section<'_>, around: &Surroundings<'_>) -> ConsoleSettings {
    let socket = section.parsed("socket", |text| Ok(around.path(text)));
    let for_group = section.parsed("admits", |text| match text {
        "owner" => Ok(false),
        "group" => Ok(true),
        _ => Err("is neither owner nor group".to_owned()),
    });
    ConsoleSettings { socket, for_group: for_group.unwrap_or(false) }
}

pub(super) fn http(section: &Section<'_>) -> HttpSettings {
    let listen = section.parsed("listen", |text| {
        text.parse::<SocketAddr>().map_err(|_| "is not ADDRESS:PORT, as 127.0.0.1:9642".to_owned())
    });
    listen.map_or_else(HttpSettings::default, |listen| HttpSettings { listen })
}

impl Default for HttpSettings {
    /// Loopback: what is told there is for whoever runs the bot.
    fn default() -> Self {
        Self { listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT) }
    }
}

/// What is said of channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// The language of the cards in them.
    pub(super) languages: BTreeMap<u64, String>,
    /// Those that have a board.
    pub(super) boards: BTreeSet<u64>,
}

/// Reads `[[channel]]`. A board stands only where some cluster may be shown, as far as that is known.
pub(super) fn channels(root: &Section<'_>, shown: Option<&BTreeSet<u64>>) -> Channels {
    let (mut channels, mut known) = (Channels::default(), BTreeSet::new());
    root.tables("channel", |section| {
        if !section.has("id") {
            section.missing("id");
        }
        let id = section.id("id");
        let language = section.parsed("language", language);
        let board = section.flag("board").unwrap_or(false);
        if !section.has("language") && !section.has("board") {
            section.missing("language");
        }
        let id = id?;
        if !known.insert(id) {
            section.wrong_at(&section.at("id"), "stands twice");
        }
        if board && shown.is_some_and(|shown| !shown.contains(&id)) {
            section.wrong_at(
                &section.at("board"),
                "is for a channel in which a cluster may be shown; no cluster names this one",
            );
        }
        channels.languages.extend(language.map(|language| (id, language)));
        channels.boards.extend(board.then_some(id));
        Some(())
    });
    channels
}
