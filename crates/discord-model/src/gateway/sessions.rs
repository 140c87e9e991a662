//! Sessions: numbered events, kept for replay, and the socket that holds each.

use std::collections::VecDeque;
use std::fmt;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{Release, SessionView, intents};
use crate::world::show;

/// Events kept for a resume; a session that missed more is over.
const REPLAY: usize = 2_000;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: Value,
    /// Any of these bits entitles to it; 0: everybody is told.
    pub(crate) intent: u64,
    /// Whether the text may be seen without the message content intent.
    pub(crate) readable: bool,
}

/// What is put on a socket.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    Text(String),
    Close(u16),
    /// Drop the connection.
    Cut,
    /// Say nothing any more.
    Silence,
}

/// Identifies, used and left.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) total: u32,
    pub(crate) left: u32,
    pub(crate) used: u32,
}

/// Whether events go out at once.
#[derive(Debug)]
pub(crate) enum Flow {
    Open,
    Held(Vec<Event>),
}

/// A socket's sending end.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    pub(crate) number: u64,
    pub(crate) frames: UnboundedSender<Frame>,
}

impl Outlet {
    /// Puts a frame on the socket; a socket that is gone takes nothing.
    pub(crate) fn send(&self, frame: Frame) {
        if self.frames.send(frame).is_err() {
            tracing::debug!(socket = self.number, "the socket is gone");
        }
    }
}

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) intents: u64,
    pub(crate) sequence: u64,
    pub(crate) resumes: u32,
    pub(crate) heartbeats: u64,
    pub(crate) line: Option<Outlet>,
    sent: VecDeque<(u64, String)>,
}

impl Session {
    pub(crate) fn view(&self) -> SessionView {
        SessionView {
            id: self.id.clone(),
            intents: self.intents,
            connected: self.line.is_some(),
            resumes: self.resumes,
            sequence: self.sequence,
            heartbeats: self.heartbeats,
        }
    }

    /// Numbers an event, keeps it and sends it if a socket is there.
    pub(crate) fn dispatch(&mut self, kind: &str, data: &Value) {
        self.sequence += 1;
        let text = json!({"op": 0, "s": self.sequence, "t": kind, "d": data}).to_string();
        if let Some(line) = &self.line {
            line.send(Frame::Text(text.clone()));
        }
        self.sent.push_back((self.sequence, text));
        if self.sent.len() > REPLAY {
            self.sent.pop_front();
        }
    }

    fn tell(&mut self, event: &Event) {
        if event.intent != 0 && self.intents & event.intent == 0 {
            return;
        }
        if event.readable || self.intents & intents::MESSAGE_CONTENT != 0 {
            return self.dispatch(&event.kind, &event.data);
        }
        let mut data = event.data.clone();
        show::blank(&mut data);
        self.dispatch(&event.kind, &data);
    }

    /// Sends what came after `sequence`; `false` when that is no longer kept.
    pub(crate) fn replay(&self, sequence: u64) -> bool {
        let oldest = self.sent.front().map_or(self.sequence + 1, |(s, _)| *s);
        if sequence + 1 < oldest {
            return false;
        }
        let missed = self.sent.iter().filter(|(s, _)| *s > sequence);
        missed.for_each(|(_, text)| {
            if let Some(line) = &self.line {
                line.send(Frame::Text(text.clone()));
            }
        });
        true
    }
}

/// What is done to events of a kind before they go out.
pub(crate) struct Alteration {
    pub(crate) kind: String,
    pub(crate) change: Box<dyn Fn(&mut Value) + Send + Sync>,
}

impl fmt::Debug for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alteration({})", self.kind)
    }
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    pub(crate) list: Vec<Session>,
    pub(crate) budget: Budget,
    pub(crate) flow: Flow,
    pub(crate) down: bool,
    pub(crate) alteration: Option<Alteration>,
    last: Option<Event>,
    /// Interactions told so far, for telling them again.
    pub(crate) interactions: Vec<Event>,
    /// Every open socket, with or without a session.
    outlets: Vec<Outlet>,
    counter: u64,
}

impl Sessions {
    pub(crate) fn new(identifies: u32) -> Self {
        Self {
            list: Vec::new(),
            budget: Budget { total: identifies, left: identifies, used: 0 },
            flow: Flow::Open,
            down: false,
            alteration: None,
            last: None,
            interactions: Vec::new(),
            outlets: Vec::new(),
            counter: 0,
        }
    }

    pub(crate) fn plug_in(&mut self, frames: UnboundedSender<Frame>) -> Outlet {
        self.counter += 1;
        let outlet = Outlet { number: self.counter, frames };
        self.outlets.push(outlet.clone());
        outlet
    }

    /// A socket is gone. A session that its client closed for good ends with it.
    pub(crate) fn unplug(&mut self, number: u64, for_good: bool) {
        self.outlets.retain(|o| o.number != number);
        let held = |s: &Session| s.line.as_ref().is_some_and(|l| l.number == number);
        if for_good {
            self.list.retain(|s| !held(s));
        }
        self.list.iter_mut().filter(|s| held(s)).for_each(|s| s.line = None);
    }

    pub(crate) fn open(&mut self, intents: u64, line: Outlet) -> &mut Session {
        self.counter += 1;
        let id = format!("session-{}", self.counter);
        let sent = VecDeque::new();
        self.list.push(Session { id, intents, sequence: 0, resumes: 0, heartbeats: 0, line: Some(line), sent });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    pub(crate) fn held_by(&mut self, number: u64) -> Option<&mut Session> {
        self.list.iter_mut().find(|s| s.line.as_ref().is_some_and(|l| l.number == number))
    }

    pub(crate) fn tell(&mut self, event: Event) {
        match &mut self.flow {
            Flow::Held(held) => held.push(event),
            Flow::Open => self.send(event),
        }
    }

    fn send(&mut self, mut event: Event) {
        if event.kind == "INTERACTION_CREATE" {
            self.interactions.push(event.clone());
        }
        if let Some(alteration) = self.alteration.as_ref().filter(|a| a.kind == event.kind) {
            (alteration.change)(&mut event.data);
        }
        self.list.iter_mut().for_each(|s| s.tell(&event));
        self.last = Some(event);
    }

    pub(crate) fn release(&mut self, release: Release) {
        let Flow::Held(mut events) = std::mem::replace(&mut self.flow, Flow::Open) else {
            return;
        };
        match release {
            Release::InOrder => {}
            Release::Reversed => events.reverse(),
            Release::Twice => events = events.into_iter().flat_map(|e| [e.clone(), e]).collect(),
            Release::Never => events.clear(),
        }
        events.into_iter().for_each(|e| self.tell(e));
    }

    pub(crate) fn repeat_last(&mut self) {
        if let Some(event) = self.last.clone() {
            self.tell(event);
        }
    }

    /// Sends an interaction once more to every session, under a new number.
    pub(crate) fn redeliver(&mut self, interaction: &str) {
        let event = self.interactions.iter().find(|e| e.data["id"] == interaction).cloned();
        if let Some(event) = event {
            self.list.iter_mut().for_each(|s| s.tell(&event));
        }
    }

    pub(crate) fn broadcast(&mut self, frame: &Frame) {
        self.outlets.iter().for_each(|o| o.send(frame.clone()));
    }
}
