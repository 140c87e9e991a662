//! The gateway: sessions, what they are told, and what can go wrong with them.

pub mod intents;
pub(crate) mod sessions;
pub(crate) mod socket;

use std::time::Duration;

use serde_json::Value;

use crate::discord::{Discord, fail};
use sessions::{Alteration, Event, Flow, Frame};

/// In which order held events are let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// As they happened.
    InOrder,
    /// The last first.
    Reversed,
    /// Each twice, as after a replay.
    Twice,
    /// Not at all: they are lost.
    Never,
}

/// What is known of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// The intents it identified with.
    pub intents: u64,
    /// Whether a socket holds it now.
    pub connected: bool,
    /// How often it was resumed.
    pub resumes: u32,
    /// Number of the last event.
    pub sequence: u64,
    /// Heartbeats received on it.
    pub heartbeats: u64,
}

/// The gateway, as seen by whoever makes it misbehave.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(crate) discord: Discord,
}

impl Gateway {
    /// All sessions that could still be resumed.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionView> {
        self.discord.inner.read(|w| w.sessions.list.iter().map(sessions::Session::view).collect())
    }

    /// How often clients identified.
    #[must_use]
    pub fn identifies(&self) -> u32 {
        self.discord.inner.read(|w| w.sessions.budget.used)
    }

    /// Tells clients another address than its own, until it is told none.
    pub fn is_told_to_be_at(&self, address: Option<&str>) {
        self.discord.inner.change(|w| w.told_gateway = address.map(str::to_owned));
    }

    /// Clients may identify so many times more today.
    pub fn has_identifies_left(&self, left: u32) {
        self.discord.inner.change(|w| w.sessions.budget.left = left);
    }

    /// Whether `GET /gateway/bot` tells how many identifies are left.
    pub fn tells_budget(&self, told: bool) {
        self.discord.inner.change(|w| w.tells_budget = told);
    }

    /// Waits until a session is connected and told of its guilds.
    pub async fn is_ready(&self, within: Duration) {
        let ready = |w: &crate::world::World| w.sessions.list.iter().any(|s| s.line.is_some()).then_some(());
        if self.discord.inner.wait(within, ready).await.is_none() {
            let asked = self.discord.requests().iter().any(|r| r.is("GET", "/gateway") && r.status == Some(200));
            fail(format!("no gateway session within {within:?}; GET /gateway answered: {asked}"));
        }
    }

    /// Waits until the sessions look as wanted.
    pub async fn is(&self, wanted: impl Fn(&[SessionView]) -> bool, within: Duration) {
        let look = |w: &crate::world::World| {
            let views: Vec<SessionView> = w.sessions.list.iter().map(sessions::Session::view).collect();
            wanted(&views).then_some(())
        };
        if self.discord.inner.wait(within, look).await.is_none() {
            fail(format!("the gateway's sessions are still {:?} after {within:?}", self.sessions()));
        }
    }

    /// Drops every connection without a word. Sessions can be resumed.
    pub fn cuts(&self) {
        self.discord.inner.change(|w| w.sessions.broadcast(&Frame::Cut));
    }

    /// Takes no connections (503), and drops those there are, until [`Self::comes_back`].
    pub fn goes_down(&self) {
        self.discord.inner.change(|w| {
            w.sessions.down = true;
            w.sessions.broadcast(&Frame::Cut);
        });
    }

    /// Takes connections again.
    pub fn comes_back(&self) {
        self.discord.inner.change(|w| w.sessions.down = false);
    }

    /// Leaves the present connections open and says nothing on them any more, heartbeats unanswered.
    pub fn falls_silent(&self) {
        self.discord.inner.change(|w| w.sessions.broadcast(&Frame::Silence));
    }

    /// Closes every connection with a code.
    pub fn closes(&self, code: u16) {
        self.discord.inner.change(|w| w.sessions.broadcast(&Frame::Close(code)));
    }

    /// Asks every client to reconnect and resume (op 7).
    pub fn asks_to_reconnect(&self) {
        let ask = Frame::Text(r#"{"op":7,"d":null}"#.to_owned());
        self.discord.inner.change(|w| w.sessions.broadcast(&ask));
    }

    /// Tells every client that its session is over (op 9); `resumable` sessions stay.
    pub fn invalidates_sessions(&self, resumable: bool) {
        self.discord.inner.change(|w| {
            w.sessions.broadcast(&Frame::Text(format!(r#"{{"op":9,"d":{resumable}}}"#)));
            if !resumable {
                w.sessions.list.clear();
            }
        });
    }

    /// Keeps events back until [`Self::releases`].
    pub fn holds_events(&self) {
        self.discord.inner.change(|w| w.sessions.flow = Flow::Held(Vec::new()));
    }

    /// Lets go what was held.
    pub fn releases(&self, release: Release) {
        self.discord.inner.change(|w| w.sessions.release(release));
    }

    /// Dispatches anything, readable or not, to every session.
    pub fn dispatches(&self, kind: &str, data: Value) {
        let event = Event { kind: kind.to_owned(), data, intent: 0, readable: true };
        self.discord.inner.change(|w| w.sessions.tell(event));
    }

    /// Changes the data of every event of this kind before it goes out, until [`Self::alters_nothing`]: a field taken
    /// away or of another shape makes it unreadable to a client.
    pub fn alters(&self, kind: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let alteration = Alteration { kind: kind.to_owned(), change: Box::new(change) };
        self.discord.inner.change(|w| w.sessions.alteration = Some(alteration));
    }

    /// Events go out as they are again.
    pub fn alters_nothing(&self) {
        self.discord.inner.change(|w| w.sessions.alteration = None);
    }

    /// Sends the last event once more to every session, under a new number.
    pub fn repeats_last_event(&self) {
        self.discord.inner.change(|w| w.sessions.repeat_last());
    }

    /// The interactions told so far, whether or not anybody was connected, as Discord's objects.
    #[must_use]
    pub fn interactions(&self) -> Vec<Value> {
        self.discord.inner.read(|w| w.sessions.interactions.iter().map(|e| e.data.clone()).collect())
    }

    /// Waits for the interaction with this position (0 is the first).
    pub async fn wait_for_interaction(&self, position: usize, within: Duration) -> Value {
        let look = |w: &crate::world::World| w.sessions.interactions.get(position).map(|e| e.data.clone());
        match self.discord.inner.wait(within, look).await {
            Some(interaction) => interaction,
            None => fail(format!("no interaction within {within:?}")),
        }
    }
}
