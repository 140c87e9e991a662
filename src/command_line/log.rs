//! The process's log. What may carry tokens is left out whatever the level.

use crate::chat::discord::may_be_logged;
use anyhow::{Context, Result};
use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Logs to the standard error: JSON, or text at a terminal.
pub(super) fn to_stderr() -> Result<()> {
    if std::io::stderr().is_terminal() {
        let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        return begin(layer.with_filter(filter_fn(may_be_logged)));
    }
    begin(json(std::io::stderr))
}

/// Logs to a file that only its owner reads, as JSON; what it held stays.
pub(super) fn to_file(path: &Path) -> Result<()> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    begin(json(Arc::new(file.with_context(|| format!("the log {} cannot be written", path.display()))?)))
}

fn begin(layer: impl Layer<Layered<EnvFilter, Registry>> + Send + Sync + 'static) -> Result<()> {
    let level = EnvFilter::try_from_env("SIGNALBOX_LOG").unwrap_or_else(|_| EnvFilter::new("info,serenity=warn"));
    tracing_subscriber::registry().with(level).with(layer).try_init().context("the log cannot be set up")
}

/// One JSON object a line; `spans` has the ids of the request or operation it was said in.
fn json<S, W>(writer: W) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer().json().with_writer(writer).with_filter(filter_fn(may_be_logged))
}
