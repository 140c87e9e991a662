//! Health and metrics on a port of their own; loopback unless the settings say otherwise.

use crate::store::Store;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;

/// Whether the parts that come and go are there.
#[derive(Debug, Default)]
pub struct Signs {
    /// Whether the settings know of a chat at all.
    pub chat_expected: AtomicBool,
    /// Whether the chat's gateway is connected.
    pub gateway: AtomicBool,
}

#[derive(Clone)]
struct Watched {
    store: Store,
    signs: Arc<Signs>,
    metrics: PrometheusHandle,
}

/// What `/readyz` tells.
#[derive(Debug, Serialize)]
struct Ready {
    /// Whether the store takes writes.
    store: bool,
    /// Whether the chat's gateway is connected; none where no chat is set up. The console works without it.
    gateway: Option<bool>,
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
    PrometheusBuilder::new().install_recorder().map_err(|error| NoHttp::Metrics(error.to_string()))
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
        .route("/metrics", get(|State(watched): State<Watched>| async move { watched.metrics.render() }))
        .with_state(Watched { store, signs, metrics });
    let server = async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "health and metrics are no longer served");
        }
    };
    Ok((address, server))
}

/// Ready while changes can be recorded. A gateway that is down is told, and does not make the bot unready: the console works.
async fn ready(State(watched): State<Watched>) -> impl IntoResponse {
    let store = watched.store.ping().await.is_ok();
    let expected = watched.signs.chat_expected.load(Ordering::Relaxed);
    let gateway = expected.then(|| watched.signs.gateway.load(Ordering::Relaxed));
    let code = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Ready { store, gateway }))
}
