//! `signalbox console`: joins the running bot. With none running it starts one, and joins that.

use super::log;
use crate::bot::{self, Bot, NoBot};
use crate::chat::console::{JoinError, Joining, SocketError, history_file, join, language, show};
use crate::config::Settings;
use crate::http::{self, NoHttp};
use crate::store::StoreError;
use crate::text::Locale;
use crate::text::terminal::{Terminal, terminal};
use anyhow::{Context, Result, bail};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long a bot that has the store may take until it listens.
const STARTING: Duration = Duration::from_secs(30);
/// Between two looks whether it does.
const PAUSE: Duration = Duration::from_millis(50);

/// Joins the running bot, or starts one; a newcomer without settings gets the demo.
pub(super) async fn run(path: &Path) -> Result<ExitCode> {
    if !path.exists() {
        return super::demo::run(false).await;
    }
    let settings: Settings = super::settings(path)?;
    let Some(socket) = settings.console.socket.clone() else {
        bail!("{} names no [console] socket, so the running bot cannot be joined", path.display());
    };
    match joined(&socket).await {
        Err(JoinError::NobodyThere(_)) => start(&settings, &socket).await,
        other => Ok(told(other)),
    }
}

async fn joined(socket: &Path) -> Result<ExitCode, JoinError> {
    let joining = Joining { socket: socket.to_owned(), locale: language(), history: history_file() };
    Ok(ExitCode::from(join(joining).await?.code()))
}

fn told(joined: Result<ExitCode, JoinError>) -> ExitCode {
    joined.unwrap_or_else(|error| {
        // Written or not: there is nobody else to tell.
        let _ = show(&error.card(&language()));
        ExitCode::from(2)
    })
}

/// Nobody listens: the bot is started here, for as long as somebody sits at this console. Who speaks is told by the socket,
/// as with any other bot.
async fn start(settings: &Settings, socket: &Path) -> Result<ExitCode> {
    if settings.discord.is_some() && !bot::has_one_owner(settings) {
        bail!(
            "no bot listens at {}. One may run elsewhere on this store, and only one may have Discord: start it by \
             `signalbox run`, then join it",
            socket.display()
        );
    }
    let log = log_file(socket);
    log::to_file(&log)?;
    let metrics = http::metrics()?;
    let began = Instant::now();
    let bot = loop {
        match Bot::start(settings, metrics.clone()).await {
            Ok(bot) => break bot,
            Err(error) if is_other_bot(&error) && began.elapsed() < STARTING => {
                // Another bot is starting or ending.
                tokio::time::sleep(PAUSE).await;
                match joined(socket).await {
                    Err(JoinError::NobodyThere(_)) => {}
                    other => return Ok(told(other)),
                }
            }
            Err(error) => {
                return Err(error).with_context(|| format!("no bot listens at {}, and none starts", socket.display()));
            }
        }
    };
    tracing::info!(http = %bot.http, "ready, in a console");
    say(&Terminal::Started { log: &log.display().to_string() });
    let code = told(joined(socket).await);
    let open = bot.house.rooms().store.open_operations().await.unwrap_or(0);
    bot.shut_down().await;
    if open > 0 {
        say(&Terminal::LeftOpen { count: open });
    }
    Ok(code)
}

/// Whether somebody else has what a bot needs for itself.
fn is_other_bot(error: &NoBot) -> bool {
    match error {
        NoBot::Store(StoreError::InUse) | NoBot::Console(SocketError::Taken(_)) => true,
        NoBot::Http(NoHttp::Listen { error, .. }) => error.kind() == std::io::ErrorKind::AddrInUse,
        _ => false,
    }
}

/// The terminal is for the person: what the bot logs goes beside its socket.
fn log_file(socket: &Path) -> PathBuf {
    let mut name = socket.as_os_str().to_owned();
    name.push(".log");
    PathBuf::from(name)
}

/// To a person at a terminal. A script gets answers to its lines, and nothing else.
fn say(said: &Terminal<'_>) {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        // Written or not: there is nobody else to tell.
        let _ = show(&terminal(said, Locale::of(&language())));
    }
}
