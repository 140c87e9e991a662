//! A lean Discord: just enough REST and gateway to send interactions and reactions and to receive what comes back. It does next
//! to nothing beside, so that what is measured is the bot.

use super::card::{Card, Carried};
use super::frames;
use super::ledger::Ledger;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, patch, post};
use axum::serve::ListenerExt;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
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

/// What is to be sent.
enum Frame {
    /// An interaction by its number, of which the ledger keeps when it was sent.
    Interaction(u64, Value),
    /// A reaction, and its event.
    Reaction(&'static str, Value),
}

type Line = mpsc::UnboundedSender<Frame>;

struct Inner {
    base: String,
    ledger: Mutex<Ledger>,
    card: Mutex<Card>,
    /// Where frames go that are to be sent; none while no bot is connected.
    line: watch::Sender<Option<Line>>,
    /// How many reactions were written.
    reactions: AtomicU64,
    changed: watch::Sender<()>,
}

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
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
            card: Mutex::default(),
            reactions: AtomicU64::new(0),
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
        let line = self.line()?;
        let began = tokio::time::Instant::now();
        let mut at = began;
        for number in (block.first..).take(block.count) {
            tokio::time::sleep_until(at).await;
            line.send(Frame::Interaction(number, frames::interaction(number))).ok().context("the bot has gone")?;
            at += block.every;
        }
        self.reaches(FIRST_ANSWER, "deferrals", |ledger| ledger.acknowledged() >= block.count).await?;
        if block.answers {
            self.reaches(FINAL_ANSWERS, "answers", |ledger| ledger.answered() >= block.count).await?;
        }
        let ledger = std::mem::take(&mut *self.inner.ledger());
        ledger.close().map_err(anyhow::Error::msg)
    }

    fn line(&self) -> Result<Line> {
        self.inner.line.borrow().clone().context("no bot is connected")
    }

    /// Asks the bot for a plan by the interaction of this number; returns when its card is open.
    pub(super) async fn has_a_card(&self, number: u64) -> Result<()> {
        *self.inner.ledger() = Ledger::default();
        self.line()?.send(Frame::Interaction(number, frames::plan(number))).ok().context("the bot has gone")?;
        self.reaches(FIRST_ANSWER, "deferrals", |ledger| ledger.acknowledged() >= 1).await?;
        self.reaches(FINAL_ANSWERS, "answers", |ledger| ledger.answered() >= 1).await?;
        let mut changed = self.inner.changed.subscribe();
        let open = changed.wait_for(|()| self.inner.card().is_open());
        tokio::time::timeout(FINAL_ANSWERS, open)
            .await
            .context("the bot posts no card")?
            .context("the gateway ended")?;
        Ok(())
    }

    /// Sends a reaction every so often, until the flood is dropped.
    pub(super) fn is_flooded(&self, every: Duration) -> Result<Flood> {
        let line = self.line()?;
        let task = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            for number in 0.. {
                ticks.tick().await;
                let (event, data) = frames::reaction(number);
                if line.send(Frame::Reaction(event, data)).is_err() {
                    return;
                }
            }
        });
        let (inner, began) = (Arc::clone(&self.inner), Instant::now());
        let before = inner.reactions.load(Ordering::Relaxed);
        Ok(Flood { inner, every, began, before, task: task.abort_handle() })
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

/// Reactions on their way to a bot. Dropped, they end.
pub(super) struct Flood {
    inner: Arc<Inner>,
    every: Duration,
    began: Instant,
    before: u64,
    task: AbortHandle,
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Flood {
    /// How many reactions were written to the bot so far, and how many were due.
    pub(super) fn written(&self) -> (u64, u64) {
        let due = self.began.elapsed().as_nanos() / self.every.as_nanos();
        let written = self.inner.reactions.load(Ordering::Relaxed) - self.before;
        (written, u64::try_from(due).unwrap_or(u64::MAX))
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

async fn rest(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = match path.as_str() {
        "/api/v10/gateway" | "/api/v10/gateway/bot" => json!({
            "url": inner.gateway(), "shards": 1,
            "session_start_limit": {"total": 1_000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1},
        }),
        path if path.ends_with("/commands") => json!([]),
        path => {
            let carried = Carried::read(request).await;
            let below = path.strip_prefix("/api/v10/").unwrap_or_default();
            let answered = inner.card().answer(&method, below, carried);
            inner.changed.send_replace(());
            return answered.unwrap_or_else(|| {
                let gone = axum::Json(json!({"message": "404: Not Found", "code": 0}));
                (StatusCode::NOT_FOUND, gone).into_response()
            });
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
    let hello = frames::hello();
    let (line, mut frames) = mpsc::unbounded_channel();
    connection.puts(&hello).await?;
    loop {
        tokio::select! {
            Some(frame) = frames.recv() => connection.sends(inner, frame).await?,
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
    async fn sends(&mut self, inner: &Inner, frame: Frame) -> Result<(), axum::Error> {
        match frame {
            Frame::Interaction(number, data) => {
                let frame = self.numbered("INTERACTION_CREATE", &data);
                inner.ledger().sends(number);
                self.sink.send(frame).await
            }
            Frame::Reaction(event, data) => {
                let frame = self.numbered(event, &data);
                self.sink.send(frame).await?;
                inner.reactions.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    async fn hears(&mut self, inner: &Inner, text: &str, line: &Line) -> Result<(), axum::Error> {
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
