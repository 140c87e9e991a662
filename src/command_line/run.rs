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
    let mut bot = Bot::start(settings, http::metrics()?).await?;
    tracing::info!(http = %bot.http, clusters = settings.clusters.len(), "ready");
    let code = tokio::select! {
        stopped = stopped() => {
            stopped?;
            tracing::info!("stopping");
            ExitCode::SUCCESS
        }
        said = bot.broke() => {
            tracing::error!(said, "a part of the bot panicked; it ends, to be started anew");
            ExitCode::FAILURE
        }
    };
    bot.shut_down().await;
    Ok(code)
}

async fn stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("signals cannot be received")?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("signals cannot be received"),
    }
}
