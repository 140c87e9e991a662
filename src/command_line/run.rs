//! `signalbox run`.

use crate::bot::Bot;
use crate::chat::discord::may_be_logged;
use crate::config::Settings;
use crate::http;
use anyhow::{Context, Result};
use std::io::IsTerminal;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub(super) async fn run(settings: &Settings) -> Result<ExitCode> {
    log()?;
    let bot = Bot::start(settings, http::metrics()?).await?;
    tracing::info!(http = %bot.http, clusters = settings.clusters.len(), "ready");
    stopped().await?;
    tracing::info!("stopping");
    bot.shut_down().await;
    Ok(ExitCode::SUCCESS)
}

/// Logs to the standard error: JSON, or text at a terminal. What may carry tokens is left out whatever the level.
fn log() -> Result<()> {
    let level = EnvFilter::try_from_env("SIGNALBOX_LOG").unwrap_or_else(|_| EnvFilter::new("info,serenity=warn"));
    let safe = tracing_subscriber::filter::filter_fn(may_be_logged);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if std::io::stderr().is_terminal() { layer.boxed() } else { layer.json().boxed() };
    let layer = layer.with_filter(safe);
    tracing_subscriber::registry().with(level).with(layer).try_init().context("the log cannot be set up")
}

async fn stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("signals cannot be received")?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("signals cannot be received"),
    }
}
