//! A lean Discord: just enough REST and gateway to send interactions and to receive what comes back. It does next to
//! nothing beside, so that what is measured is the bot.

use super::frames;
use super::ledger::Ledger;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, patch, post};
use axum::serve::ListenerExt;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

/// Discord's own deadline for the first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// The longest wait for the last of the final answers.
const FINAL_ANSWERS: Duration = Duration::from_secs(60);
const CONNECTS_WITHIN: Duration = Duration::from_secs(30);

/// Interactions to be sent one after the other, each at its time whatever became of those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The number of the first one.
    pub(super) first: u64,
    /// How many.
    pub(super) count: usize,
    /// From one to the next.
    pub(super) every: Duration,
    /// Whether the bot also answers for good, which is waited for.
    pub(super) answers: bool,
}

struct Inner {
    base: String,
    ledger: Mutex<Ledger>,
    /// Where interactions go that are to be sent; none while no bot is connected.
    line: watch::Sender<Option<mpsc::UnboundedSender<u64>>>,
    changed: watch::Sender<()>,
}

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gateway(&self) -> String {
        format!("{}/ws", self.base.replacen("http", "ws", 1))
    }
}

/// A running one. Dropped, it ends.
pub(super) struct Gateway {
    inner: Arc<Inner>,
    server: AbortHandle,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Gateway {
    /// Starts one on a free port.
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("a free port")?;
        let inner = Arc::new(Inner {
            base: format!("http://{}", listener.local_addr()?),
            ledger: Mutex::default(),
            line: watch::Sender::new(None),
            changed: watch::Sender::new(()),
        });
        // With Nagle's algorithm the wait for an acknowledgement of TCP would be measured.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let router = Router::new()
            .route("/ws", any(upgrade))
            .route("/ws/", any(upgrade))
            .route("/api/v10/interactions/{id}/{token}/callback", post(first_answer))
            .route("/api/v10/webhooks/{application}/{token}/messages/@original", patch(final_answer))
            .fallback(rest)
            .with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { inner, server: server.abort_handle() })
    }

    /// Where REST is.
    pub(super) fn base(&self) -> &str {
        &self.inner.base
    }

    /// Waits until a bot is connected.
    pub(super) async fn connected(&self) -> Result<()> {
        let mut line = self.inner.line.subscribe();
        let there = tokio::time::timeout(CONNECTS_WITHIN, line.wait_for(Option::is_some)).await;
        there.context("no bot connects")?.context("the gateway ended")?;
        Ok(())
    }

    /// Sends a block; how long each took until it was deferred.
    pub(super) async fn plays(&self, block: Block) -> Result<Vec<Duration>> {
        *self.inner.ledger() = Ledger::default();
        let line = self.inner.line.borrow().clone().context("no bot is connected")?;
        let began = tokio::time::Instant::now();
        let mut at = began;
        for number in (block.first..).take(block.count) {
            tokio::time::sleep_until(at).await;
            line.send(number).ok().context("the bot has gone")?;
            at += block.every;
        }
        self.reaches(FIRST_ANSWER, "deferrals", |ledger| ledger.acknowledged() >= block.count).await?;
        if block.answers {
            self.reaches(FINAL_ANSWERS, "answers", |ledger| ledger.answered() >= block.count).await?;
        }
        let ledger = std::mem::take(&mut *self.inner.ledger());
        ledger.close().map_err(anyhow::Error::msg)
    }

    async fn reaches(&self, within: Duration, what: &str, all: impl Fn(&Ledger) -> bool) -> Result<()> {
        let mut changed = self.inner.changed.subscribe();
        let there = changed.wait_for(|()| all(&self.inner.ledger()));
        if tokio::time::timeout(within, there).await.is_err() {
            let ledger = self.inner.ledger();
            bail!(
                "not all {what} came within {within:?}: {} deferred, {} answered",
                ledger.acknowledged(),
                ledger.answered()
            );
        }
        Ok(())
    }
}

async fn first_answer(State(inner): State<Arc<Inner>>, Path((id, _)): Path<(u64, String)>, body: Bytes) -> StatusCode {
    let at = Instant::now();
    inner.ledger().first_answer(id, &body, at);
    inner.changed.send_replace(());
    StatusCode::NO_CONTENT
}

async fn final_answer(State(inner): State<Arc<Inner>>, _body: Bytes) -> Response {
    inner.ledger().final_answer();
    inner.changed.send_replace(());
    axum::Json(json!({"id": "60", "channel_id": "30"})).into_response()
}

async fn rest(State(inner): State<Arc<Inner>>, uri: Uri, _body: Bytes) -> Response {
    let answer = match uri.path() {
        "/api/v10/gateway" | "/api/v10/gateway/bot" => json!({
            "url": inner.gateway(), "shards": 1,
            "session_start_limit": {"total": 1_000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1},
        }),
        path if path.ends_with("/commands") => json!([]),
        _ => {
            return (StatusCode::NOT_FOUND, axum::Json(json!({"message": "404: Not Found", "code": 0})))
                .into_response();
        }
    };
    axum::Json(answer).into_response()
}

async fn upgrade(State(inner): State<Arc<Inner>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| async move {
        // A connection that breaks is one that is missing: whoever measures notices.
        let _ = serve(&inner, socket).await;
        inner.line.send_replace(None);
    })
}

async fn serve(inner: &Inner, socket: WebSocket) -> Result<(), axum::Error> {
    let (sink, mut stream) = socket.split();
    let mut connection = Connection { sink, sequence: 0 };
    let (line, mut numbers) = mpsc::unbounded_channel();
    connection.puts(&frames::hello()).await?;
    loop {
        tokio::select! {
            Some(number) = numbers.recv() => {
                let frame = connection.numbered("INTERACTION_CREATE", &frames::interaction(number));
                inner.ledger().sends(number);
                connection.sink.send(frame).await?;
            }
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => connection.hears(inner, &text, &line).await?,
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
            }
        }
    }
}

struct Connection {
    sink: SplitSink<WebSocket, Message>,
    sequence: u64,
}

impl Connection {
    async fn hears(&mut self, inner: &Inner, text: &str, line: &mpsc::UnboundedSender<u64>) -> Result<(), axum::Error> {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        match frame["op"].as_u64() {
            Some(1) => self.puts(&json!({"op": 11})).await,
            Some(2) => {
                for (event, data) in [("READY", frames::ready(&inner.gateway())), ("GUILD_CREATE", frames::guild())] {
                    let frame = self.numbered(event, &data);
                    self.sink.send(frame).await?;
                }
                inner.line.send_replace(Some(line.clone()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn numbered(&mut self, event: &str, data: &Value) -> Message {
        self.sequence += 1;
        Message::Text(json!({"op": 0, "s": self.sequence, "t": event, "d": data}).to_string().into())
    }

    async fn puts(&mut self, frame: &Value) -> Result<(), axum::Error> {
        self.sink.send(Message::Text(frame.to_string().into())).await
    }
}
