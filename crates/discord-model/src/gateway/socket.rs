//! One gateway connection: hello, identify or resume, heartbeats, and the client's mistakes.
//!
//! Close codes from Discord's documentation, topics/opcodes-and-status-codes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::intents;
use super::sessions::{Frame, Outlet};
use crate::discord::Inner;
use crate::limits;
use crate::line::Cutter;
use crate::trouble::Trouble;
use crate::world::World;

const UNKNOWN_OPCODE: u16 = 4001;
const DECODE_ERROR: u16 = 4002;
const NOT_AUTHENTICATED: u16 = 4003;
const AUTHENTICATION_FAILED: u16 = 4004;
const ALREADY_AUTHENTICATED: u16 = 4005;
const INVALID_SEQUENCE: u16 = 4007;
const RATE_LIMITED: u16 = 4008;
const SESSION_TIMED_OUT: u16 = 4009;
const INVALID_INTENTS: u16 = 4013;
const DISALLOWED_INTENTS: u16 = 4014;

/// `GET /ws`.
pub(crate) async fn upgrade(
    State(inner): State<Arc<Inner>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if inner.read(|w| w.sessions.down) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(|socket| run(inner, cutter, socket))
}

async fn run(inner: Arc<Inner>, cutter: Cutter, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let (frames, mut outgoing) = mpsc::unbounded_channel();
    let (outlet, heartbeat) = inner.change(|w| (w.sessions.plug_in(frames), w.options.heartbeat));
    outlet.send(Frame::Text(json!({"op": 10, "d": {"heartbeat_interval": heartbeat.as_millis()}}).to_string()));
    let mut client = Client { outlet: outlet.clone(), received: Vec::new() };
    let mut for_good = false;
    let patience = heartbeat + heartbeat / 2;
    let mut last_beat = Instant::now();
    let mut silent = false;
    loop {
        let overdue = tokio::time::sleep_until((last_beat + patience).into());
        tokio::select! {
            // A beat that has come is heard before it is judged late: this thread may have been busy itself.
            biased;
            frame = outgoing.recv() => match frame {
                Some(Frame::Silence) => silent = true,
                Some(_) if silent => {}
                Some(frame) => if !put(&mut sink, &cutter, frame).await { break },
                None => break,
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(_))) if silent => {}
                Some(Ok(Message::Text(text))) => {
                    if text.starts_with(r#"{"op":1,"#) {
                        last_beat = Instant::now();
                    }
                    if let Err(code) = inner.change(|w| client.says(w, &text)) {
                        outlet.send(Frame::Close(code));
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    for_good = frame.is_some_and(|f| matches!(f.code, 1000 | 1001));
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
            () = overdue, if !silent => {
                inner.change(|w| w.trouble(Trouble::Gateway { what: "no heartbeat in time".to_owned() }));
                outlet.send(Frame::Close(SESSION_TIMED_OUT));
                last_beat = Instant::now();
            }
        }
    }
    inner.change(|w| w.sessions.unplug(outlet.number, for_good));
}

/// Puts a frame on the wire; `false` when the connection is over.
async fn put(sink: &mut SplitSink<WebSocket, Message>, cutter: &Cutter, frame: Frame) -> bool {
    let sent = match frame {
        Frame::Text(text) => sink.send(Message::Text(text.into())).await,
        Frame::Close(code) => {
            let frame = CloseFrame { code, reason: "".into() };
            return sink.send(Message::Close(Some(frame))).await.is_err();
        }
        Frame::Cut => {
            cutter.cut();
            return false;
        }
        Frame::Silence => Ok(()),
    };
    sent.is_ok()
}

/// What the connection knows of its client.
struct Client {
    outlet: Outlet,
    /// When the frames of the last minute came.
    received: Vec<Instant>,
}

impl Client {
    /// Acts on one frame; an error is the code to close with.
    fn says(&mut self, world: &mut World, text: &str) -> Result<(), u16> {
        self.count(world)?;
        if text.len() > limits::GATEWAY_FRAME {
            return Err(wrong(world, "a frame of more than 4096 bytes", DECODE_ERROR));
        }
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return Err(wrong(world, "a frame that is no JSON", DECODE_ERROR));
        };
        match frame["op"].as_u64() {
            Some(1) => self.beats(world),
            Some(2) => return self.identifies(world, &frame["d"]),
            Some(6) => return self.resumes(world, &frame["d"]),
            Some(3 | 4 | 8 | 31) if world.sessions.held_by(self.outlet.number).is_none() => {
                return Err(wrong(world, "spoke before it identified", NOT_AUTHENTICATED));
            }
            Some(3 | 4 | 8 | 31) => {}
            op => {
                return Err(wrong(world, &format!("unknown opcode {op:?}"), UNKNOWN_OPCODE));
            }
        }
        Ok(())
    }

    fn count(&mut self, world: &mut World) -> Result<(), u16> {
        self.received.retain(|at| at.elapsed() < Duration::from_secs(60));
        self.received.push(Instant::now());
        if self.received.len() > limits::GATEWAY_FRAMES_PER_MINUTE {
            return Err(wrong(world, "more than 120 frames in a minute", RATE_LIMITED));
        }
        Ok(())
    }

    fn beats(&self, world: &mut World) {
        if let Some(session) = world.sessions.held_by(self.outlet.number) {
            session.heartbeats += 1;
        }
        self.outlet.send(Frame::Text(r#"{"op":11}"#.to_owned()));
    }

    fn identifies(&self, world: &mut World, data: &Value) -> Result<(), u16> {
        if world.sessions.held_by(self.outlet.number).is_some() {
            return Err(wrong(world, "identified twice", ALREADY_AUTHENTICATED));
        }
        spend_identify(world)?;
        check_token(world, data)?;
        let wanted = data["intents"].as_u64().ok_or(INVALID_INTENTS)?;
        if wanted & !intents::KNOWN != 0 {
            return Err(wrong(world, "unknown intents", INVALID_INTENTS));
        }
        if wanted & intents::PRIVILEGED & !world.options.privileged_intents != 0 {
            return Err(wrong(world, "privileged intents that are not switched on", DISALLOWED_INTENTS));
        }
        self.is_ready(world, wanted);
        Ok(())
    }

    /// READY, then each guild.
    fn is_ready(&self, world: &mut World, wanted: u64) {
        let bot = world.application.bot;
        let mine: Vec<_> = world.guilds.values().filter(|g| g.members.contains_key(&bot)).map(|g| g.id).collect();
        let shown: Vec<Value> = mine.iter().map(|id| world.show_guild(*id)).collect();
        let unavailable: Vec<Value> = mine.iter().map(|id| json!({"id": id, "unavailable": true})).collect();
        let (user, application) = (world.show_user(bot), world.application.id);
        let url = world.base_url.replacen("http", "ws", 1) + "/ws";
        let session = world.sessions.open(wanted, self.outlet.clone());
        let ready = json!({
            "v": 10, "user": user, "guilds": unavailable, "session_id": session.id, "resume_gateway_url": url,
            "application": {"id": application, "flags": 0}, "shard": [0, 1],
        });
        session.dispatch("READY", &ready);
        if wanted & intents::GUILDS != 0 {
            shown.iter().for_each(|guild| session.dispatch("GUILD_CREATE", guild));
        }
    }

    fn resumes(&self, world: &mut World, data: &Value) -> Result<(), u16> {
        check_token(world, data)?;
        let sequence = data["seq"].as_u64().ok_or(DECODE_ERROR)?;
        let id = data["session_id"].as_str().unwrap_or_default();
        let over = Frame::Text(r#"{"op":9,"d":false}"#.to_owned());
        let Some(session) = world.sessions.list.iter_mut().find(|s| s.id == id) else {
            self.outlet.send(over);
            return Ok(());
        };
        if sequence > session.sequence {
            return Err(INVALID_SEQUENCE);
        }
        session.line = Some(self.outlet.clone());
        if session.replay(sequence) {
            session.resumes += 1;
            session.dispatch("RESUMED", &json!({}));
        } else {
            world.sessions.list.retain(|s| s.id != id);
            self.outlet.send(over);
        }
        Ok(())
    }
}

/// One identify more than the day has resets the token, which ends everything.
fn spend_identify(world: &mut World) -> Result<(), u16> {
    let budget = &mut world.sessions.budget;
    budget.used += 1;
    if budget.left > 0 {
        budget.left -= 1;
        return Ok(());
    }
    world.application.token = None;
    world.sessions.list.clear();
    world.sessions.broadcast(&Frame::Close(AUTHENTICATION_FAILED));
    Err(wrong(world, "the day's identifies are used up: the token is reset", AUTHENTICATION_FAILED))
}

fn check_token(world: &mut World, data: &Value) -> Result<(), u16> {
    let given = data["token"].as_str().map(|t| t.trim_start_matches("Bot "));
    if given.is_some() && given == world.application.token.as_deref() {
        return Ok(());
    }
    Err(wrong(world, "a wrong token", AUTHENTICATION_FAILED))
}

/// Records what the client did and gives the code to close with.
fn wrong(world: &mut World, what: &str, code: u16) -> u16 {
    world.trouble(Trouble::Gateway { what: what.to_owned() });
    code
}
