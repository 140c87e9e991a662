//! Health and metrics on a port of their own; loopback unless the settings say otherwise.

use crate::meters;
use crate::store::Store;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// How often what was measured is summed up.
const UPKEEP: Duration = Duration::from_secs(5);

/// Whether the parts that come and go are there.
#[derive(Debug, Default)]
pub struct Signs {
    /// Whether the settings know of a chat at all.
    pub chat_expected: AtomicBool,
    /// Whether the chat's gateway is connected.
    pub gateway: AtomicBool,
    /// Whether nothing is asked of the chat for a while, because it refused too much.
    pub refused: AtomicBool,
}

#[derive(Clone)]
struct Watched {
    store: Store,
    signs: Arc<Signs>,
    metrics: PrometheusHandle,
}

impl Watched {
    /// Whether the chat's gateway is connected; none where no chat is set up.
    fn gateway(&self) -> Option<bool> {
        self.of_chat(&self.signs.gateway)
    }

    /// Whether nothing is asked of the chat, because it refused too much; none where no chat is set up.
    fn refused(&self) -> Option<bool> {
        self.of_chat(&self.signs.refused)
    }

    fn of_chat(&self, sign: &AtomicBool) -> Option<bool> {
        let expected = self.signs.chat_expected.load(Ordering::Relaxed);
        expected.then(|| sign.load(Ordering::Relaxed))
    }
}

/// What `/readyz` tells.
#[derive(Debug, Serialize)]
struct Ready {
    /// Whether the store takes writes.
    store: bool,
    /// Whether the chat's gateway is connected; none where no chat is set up. The console works without it.
    gateway: Option<bool>,
    /// Whether nothing is asked of the chat for some minutes, because it refused too much; none where no chat is set up.
    refused: Option<bool>,
}

/// Why the port cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum NoHttp {
    /// It cannot be listened on.
    #[error("{address} cannot be listened on: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The metrics were set up before.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(String),
}

/// Makes the process's metrics recorder; once a process.
///
/// # Errors
/// If there is one already.
pub fn metrics() -> Result<PrometheusHandle, NoHttp> {
    let looks = Matcher::Full(meters::LOOK_SECONDS.to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(looks, &meters::LOOK_BUCKETS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(|error| NoHttp::Metrics(error.to_string()))?;
    meters::describe();
    Ok(handle)
}

/// Listens, and gives the address and the server to be awaited.
///
/// # Errors
/// If the address is taken or not ours.
pub async fn serve(
    listen: SocketAddr,
    store: Store,
    signs: Arc<Signs>,
    metrics: PrometheusHandle,
) -> Result<(SocketAddr, impl Future<Output = ()> + Send), NoHttp> {
    let failed = |error| NoHttp::Listen { address: listen, error };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let app = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measures))
        .with_state(Watched { store, signs, metrics: metrics.clone() });
    let server = async move {
        tokio::select! {
            served = axum::serve(listener, app) => {
                if let Err(error) = served {
                    tracing::error!(%error, "health and metrics are no longer served");
                }
            }
            () = keep_small(metrics) => {}
        }
    };
    Ok((address, server))
}

/// What is measured piles up until somebody scrapes it, or this sums it up.
async fn keep_small(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}

/// The counters of the process, and what the store has now. A store that does not answer leaves its figures as they were.
async fn measures(State(watched): State<Watched>) -> String {
    let figures = watched.store.figures().await;
    meters::up(watched.store.ping().await.is_ok(), watched.gateway());
    meters::refused(watched.refused());
    match figures {
        Ok(figures) => {
            for (state, count) in &figures.operations {
                meters::operations(state.key(), *count);
            }
            let oldest = figures.oldest.map(|oldest| watched.store.now().since(oldest)).unwrap_or_default();
            meters::outbox(figures.waiting, oldest, figures.dead);
        }
        Err(error) => tracing::warn!(%error, "the store's figures are not told"),
    }
    watched.metrics.render()
}

/// Ready while changes can be recorded. A gateway that is down is told, and does not make the bot unready: the console works.
async fn ready(State(watched): State<Watched>) -> impl IntoResponse {
    let store = watched.store.ping().await.is_ok();
    let (gateway, refused) = (watched.gateway(), watched.refused());
    let code = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Ready { store, gateway, refused }))
}
