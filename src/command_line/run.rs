//! `signalbox run`.

use super::log;
use crate::bot::Bot;
use crate::config::Settings;
use crate::http;
use anyhow::{Context, Result};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

pub(super) async fn run(settings: &Settings) -> Result<ExitCode> {
    log::to_stderr()?;
    let bot = Bot::start(settings, http::metrics()?).await?;
    tracing::info!(http = %bot.http, clusters = settings.clusters.len(), "ready");
    stopped().await?;
    tracing::info!("stopping");
    bot.shut_down().await;
    Ok(ExitCode::SUCCESS)
}

async fn stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("signals cannot be received")?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("signals cannot be received"),
    }
}
