//! Requests to Discord's REST, each sent once.
//!
//! serenity's own client is used for the gateway only: it hides the headers that a rate limiter needs, sends a request
//! again that was carried out, and cannot say whether one that failed may have been.

use super::limiter::{Learned, Limited, Limiter, Route, Share};
use super::limits::{ANSWER_BYTES, CALLBACK, CONNECT, REQUEST};
use super::render::Upload;
use super::settings::Base;
use crate::chat::ChatError;
use crate::meters;
use engine::port::Clock;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Below this much time left, a request is not begun.
const LEAST: Duration = Duration::from_secs(1);
const LONGEST_SAID: usize = 300;
/// Discord's code for "Maximum number of edits to messages older than 1 hour reached". It comes as a 429.
const OVEREDITED: u64 = 30_046;
/// Discord's codes for "Cannot send messages to this user": their direct messages are closed, or there is no guild in common.
const CLOSED: [u64; 2] = [50_007, 50_278];
/// The route by which direct messages are opened.
pub(super) const OPENING: &str = "POST /users/@me/channels";

tokio::task_local! {
    /// There while the work of a task is to leave room for others. Who asks for much is known at the door; the desk and the engine
    /// between there and here know of no requests, and nothing that they do is spawned.
    static LEAVES_ROOM: ();
}

/// Does this work with requests that leave room for others.
pub(super) async fn leaving_room(work: impl Future<Output = ()>) {
    LEAVES_ROOM.scope((), work).await;
}

/// The share of the window for whoever asks now.
fn share() -> Share {
    LEAVES_ROOM.try_with(|()| Share::Patient).unwrap_or(Share::Whole)
}

/// A request.
pub(super) struct Request {
    pub(super) method: Method,
    /// The path after the version; begins with a slash. Never logged: it may hold an interaction's token.
    pub(super) path: String,
    pub(super) route: Route,
    pub(super) body: Body,
    pub(super) how: How,
}

/// What a request carries.
pub(super) enum Body {
    Nothing,
    Json(Value),
    /// A message with files.
    Form(Value, Vec<Upload>),
}

/// Under which rules a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// With the bot's token, waiting for its turn.
    Bot,
    /// By an interaction's token in the path: outside of the limit over all routes.
    Token,
    /// The first answer to an interaction: at once.
    Callback,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failed {
    /// Nothing was done; ask again after this time.
    Later(Duration),
    /// Nothing was done: the message takes no more edits, perhaps again after this time. The limit is the message's own.
    Overedited(Duration),
    /// It may have been done.
    Unknown(String),
    /// Discord said no.
    Refused {
        /// HTTP's status.
        status: u16,
        /// Discord's code, 0 if it gave none.
        code: u64,
        /// Discord's words, bounded.
        said: String,
    },
}

impl Failed {
    /// What kind of failure, for the metrics.
    fn kind(&self) -> &'static str {
        match self {
            Self::Later(_) => "later",
            Self::Overedited(_) => "overedited",
            Self::Unknown(_) => "unknown",
            Self::Refused { status: 401 | 403, .. } => "forbidden",
            Self::Refused { status: 404, .. } => "gone",
            Self::Refused { .. } => "wrong",
        }
    }

    /// Whether Discord said no with this code.
    pub(super) fn is(&self, wanted: u64) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == wanted)
    }
}

impl From<Failed> for ChatError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Later(span) => Self::Later(span),
            Failed::Overedited(span) => Self::Overedited(span),
            Failed::Unknown(why) => Self::Unknown(why),
            Failed::Refused { status, code, said } => {
                let said = format!("{status}, code {code}: {said}");
                match status {
                    401 | 403 => Self::Forbidden(said),
                    404 => Self::Gone(said),
                    _ => Self::Wrong(said),
                }
            }
        }
    }
}

/// The client.
pub(super) struct Http {
    client: reqwest::Client,
    /// For first answers: its connections live on the thread of the gateway, which is the only one to send them.
    callbacks: reqwest::Client,
    base: Base,
    authorization: HeaderValue,
    limiter: Mutex<Limiter>,
    clock: Arc<dyn Clock>,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoClient {
    #[error("the token has characters that no header takes")]
    Token,
    #[error("no HTTP client: {0}")]
    Client(String),
}

/// A client with our times, for REST and for serenity.
pub(super) fn plain_client() -> Result<reqwest::Client, NoClient> {
    let agent = concat!("DiscordBot (signalbox, ", env!("CARGO_PKG_VERSION"), ")");
    let client = reqwest::Client::builder()
        .user_agent(agent)
        .connect_timeout(CONNECT)
        .timeout(REQUEST)
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none());
    client.build().map_err(|error| NoClient::Client(error.without_url().to_string()))
}

impl Http {
    pub(super) fn new(token: &SecretString, base: Base, clock: Arc<dyn Clock>) -> Result<Self, NoClient> {
        let text = format!("Bot {}", token.expose_secret());
        let mut authorization = HeaderValue::from_str(&text).map_err(|_| NoClient::Token)?;
        authorization.set_sensitive(true);
        let (client, callbacks) = (plain_client()?, plain_client()?);
        Ok(Self { client, callbacks, base, authorization, limiter: Mutex::default(), clock })
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request once. One that is the same when done twice waits for a known 429 and goes again within its time:
    /// that one was certainly not done.
    pub(super) async fn send(&self, request: Request) -> Result<Value, Failed> {
        let deadline = self.clock.monotonic() + REQUEST;
        loop {
            let within = self.turn(&request, deadline).await?;
            match self.attempt(&request, within).await {
                Err(Failed::Later(wait)) if request.method != Method::POST && self.has_time(wait, deadline) => {
                    self.clock.sleep(wait).await;
                }
                other => {
                    if let Err(failed) = &other {
                        meters::chat_error(failed.kind());
                    }
                    return other;
                }
            }
        }
    }

    fn has_time(&self, wait: Duration, deadline: Duration) -> bool {
        self.clock.monotonic() + wait + LEAST <= deadline
    }

    /// For how long nothing is asked because Discord refused too much: any answer more, and it bars our address.
    pub(super) fn stopped(&self) -> Option<Duration> {
        self.limiter().stopped(self.clock.monotonic())
    }

    /// Waits for the request's turn; the time that is left for it. What goes by an interaction's token waits for no bucket.
    async fn turn(&self, request: &Request, deadline: Duration) -> Result<Duration, Failed> {
        let at_once = match request.how {
            How::Callback => Some(CALLBACK),
            How::Token => Some(REQUEST),
            How::Bot => None,
        };
        if let Some(within) = at_once {
            return self.stopped().map_or(Ok(within), |wait| Err(Failed::Later(wait)));
        }
        loop {
            let now = self.clock.monotonic();
            let taken = self.limiter().take(&request.route, share(), now);
            match taken {
                Ok(()) => return Ok(deadline.saturating_sub(now).max(LEAST)),
                Err(wait) if self.has_time(wait, deadline) => self.clock.sleep(wait).await,
                Err(wait) => return Err(Failed::Later(wait)),
            }
        }
    }

    async fn attempt(&self, request: &Request, within: Duration) -> Result<Value, Failed> {
        let built = self.build(request)?.timeout(within);
        let response = built.send().await.map_err(|error| unsent(&error))?;
        let status = response.status();
        if request.how == How::Bot {
            self.learn(&request.route, response.headers());
        }
        let headers = response.headers().clone();
        let body = read(response).await;
        if status.is_success() {
            let body = body?;
            return parse(&body);
        }
        // A refusal is one even if its words were lost.
        Err(self.refusal(request, status, &Answered { headers, body: body.unwrap_or_default() }))
    }

    fn build(&self, request: &Request) -> Result<RequestBuilder, Failed> {
        let client = if request.how == How::Callback { &self.callbacks } else { &self.client };
        let builder = client.request(request.method.clone(), self.base.rest(&request.path));
        let builder = match request.how {
            How::Bot => builder.header(AUTHORIZATION, self.authorization.clone()),
            How::Token | How::Callback => builder,
        };
        Ok(match &request.body {
            Body::Nothing => builder,
            Body::Json(json) => builder.json(json),
            Body::Form(json, uploads) => builder.multipart(form(json, uploads)?),
        })
    }

    fn learn(&self, route: &Route, headers: &HeaderMap) {
        let Some(learned) = learned(headers) else { return };
        self.limiter().learn(route, learned, self.clock.monotonic());
    }

    fn refusal(&self, request: &Request, status: StatusCode, answered: &Answered) -> Failed {
        let now = self.clock.monotonic();
        let said: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        let code = said["code"].as_u64().unwrap_or(0);
        match status {
            StatusCode::TOO_MANY_REQUESTS if code == OVEREDITED => {
                self.limiter().refused(now);
                return Failed::Overedited(answered.limited(&said).retry_after);
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let limited = answered.limited(&said);
                self.limiter().limited(&request.route, limited, now);
                return Failed::Later(limited.retry_after);
            }
            _ if is_held_against_us(request.route.template, status, code) => self.limiter().refused(now),
            StatusCode::REQUEST_TIMEOUT => {
                return Failed::Unknown("the chat gave up waiting for the request".to_owned());
            }
            _ if status.is_server_error() => return Failed::Unknown(format!("the chat answered {}", status.as_u16())),
            _ => {}
        }
        Failed::Refused { status: status.as_u16(), code, said: words(&said) }
    }
}

/// Whether a refusal brings us nearer to where nothing is asked any more. Who takes no direct messages does not: they are tried
/// once, few of one plan, and must not silence us for everybody.
fn is_held_against_us(template: &str, status: StatusCode, code: u64) -> bool {
    let is_to_one_alone = template == OPENING || CLOSED.contains(&code);
    status == StatusCode::UNAUTHORIZED || (status == StatusCode::FORBIDDEN && !is_to_one_alone)
}

/// An answer that is no success.
struct Answered {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answered {
    fn limited(&self, said: &Value) -> Limited {
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let seconds = said["retry_after"].as_f64().or_else(|| header("retry-after")?.parse().ok()).unwrap_or(1.0);
        let global = said["global"] == true || header("x-ratelimit-global").is_some();
        Limited { retry_after: span(seconds), global }
    }
}

/// Seconds as Discord tells them, within reason.
fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds)
        .unwrap_or(Duration::from_secs(1))
        .clamp(Duration::from_millis(50), Duration::from_secs(86_400))
}

fn learned(headers: &HeaderMap) -> Option<Learned> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Some(Learned {
        bucket: text("x-ratelimit-bucket").map(|name| name.chars().take(100).collect()),
        limit: text("x-ratelimit-limit")?.parse().ok()?,
        remaining: text("x-ratelimit-remaining")?.parse().ok()?,
        reset_after: span(text("x-ratelimit-reset-after")?.parse().ok()?),
    })
}

fn form(json: &Value, uploads: &[Upload]) -> Result<Form, Failed> {
    let wrong = |error: reqwest::Error| refused_here(&error.without_url().to_string());
    let payload = Part::text(json.to_string()).mime_str("application/json").map_err(wrong)?;
    let mut form = Form::new().part("payload_json", payload);
    for (at, upload) in uploads.iter().enumerate() {
        let part = Part::bytes(upload.bytes.clone()).file_name(upload.name.clone());
        form = form.part(format!("files[{at}]"), part);
    }
    Ok(form)
}

/// A request that we did not even send.
pub(super) fn refused_here(why: &str) -> Failed {
    Failed::Refused { status: 400, code: 0, said: why.to_owned() }
}

/// What a failure to send means. Only without a connection is it certain that nothing was done.
fn unsent(error: &reqwest::Error) -> Failed {
    if error.is_connect() {
        return Failed::Later(Duration::from_secs(2));
    }
    if error.is_builder() {
        return refused_here("the request cannot be written");
    }
    Failed::Unknown(if error.is_timeout() { "no answer in time" } else { "the connection broke" }.to_owned())
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failed> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Failed::Unknown("the answer is too long".to_owned())),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Failed::Unknown("half an answer".to_owned())),
        }
    }
}

fn parse(body: &[u8]) -> Result<Value, Failed> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|_| Failed::Unknown("an answer that cannot be read".to_owned()))
}

/// Discord's words, with what it found wrong, bounded and on one line.
fn words(said: &Value) -> String {
    let message = said["message"].as_str().unwrap_or("no words");
    let errors = if said["errors"].is_null() { String::new() } else { format!(" {}", said["errors"]) };
    format!("{message}{errors}").chars().filter(|character| !character.is_control()).take(LONGEST_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(status: u16) -> ChatError {
        Failed::Refused { status, code: 10_008, said: "Unknown Message".to_owned() }.into()
    }

    #[test]
    fn refusals_mean_different_things_to_who_asked() {
        let said = |status: u16| format!("{status}, code 10008: Unknown Message");
        assert_eq!(refused(401), ChatError::Forbidden(said(401)));
        assert_eq!(refused(403), ChatError::Forbidden(said(403)));
        assert_eq!(refused(404), ChatError::Gone(said(404)));
        assert_eq!(refused(400), ChatError::Wrong(said(400)));
        assert_eq!(refused(413), ChatError::Wrong(said(413)));
    }

    #[test]
    fn who_takes_no_direct_messages_does_not_stop_us() {
        let (post, no, forbidden) = ("POST /channels/{}/messages", StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
        assert!(is_held_against_us(post, no, 0) && is_held_against_us(post, forbidden, 50_013));
        assert!(CLOSED.into_iter().all(|code| !is_held_against_us(post, forbidden, code)));
        assert!(!is_held_against_us(OPENING, forbidden, 0) && is_held_against_us(OPENING, no, 0));
        assert!(!is_held_against_us(post, StatusCode::NOT_FOUND, 10_003));
    }

    #[test]
    fn waits_are_read_from_body_or_header_and_kept_within_reason() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("3"));
        let answered = Answered { headers, body: Vec::new() };
        assert_eq!(answered.limited(&Value::Null).retry_after, Duration::from_secs(3));
        let limited = answered.limited(&json!({"retry_after": 0.25, "global": true}));
        assert!(limited.global && limited.retry_after == Duration::from_millis(250));
        assert_eq!(span(-1.0), Duration::from_secs(1));
        assert_eq!(span(f64::INFINITY), Duration::from_secs(1));
        assert_eq!(span(1e12), Duration::from_secs(86_400));
    }

    #[test]
    fn what_discord_says_is_bounded_and_on_one_line() {
        let said = json!({"message": format!("a\nb{}", "x".repeat(500)), "errors": {"content": 1}});
        assert_eq!(words(&said).chars().count(), LONGEST_SAID);
        assert!(words(&said).starts_with("abx"));
        assert_eq!(words(&Value::Null), "no words");
    }
}
