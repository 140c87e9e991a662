//! What went through the proxy.

use super::lock;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::SystemTime;

/// Requests kept of one client; a story sends some hundreds.
const KEPT: usize = 50_000;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// On its way to the broker, or held before it.
    Sent,
    /// The broker's answer reached the proxy and was passed on.
    Answered,
    /// The broker answered, the client never saw it.
    AnswerLost,
    /// The client got garbage in place of the broker's answer.
    Garbled,
    /// It never reached the broker.
    Dropped,
}

/// One request as the proxy saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When it reached the proxy.
    pub at: SystemTime,
    /// Which request ([`super::api`]).
    pub api: i16,
    /// Its version.
    pub version: i16,
    /// The number that ties its answer to it.
    pub correlation: i32,
    /// The broker it went to.
    pub broker: SocketAddr,
    /// What became of it.
    pub fate: Fate,
    /// For requests that change something: the whole frame, length and header included.
    pub frame: Vec<u8>,
}

/// Where a request stands in the records.
#[derive(Clone, Debug)]
pub(super) struct Place {
    client: String,
    index: usize,
    life: u64,
}

#[derive(Debug, Default)]
struct Client {
    requests: Vec<Recorded>,
    /// Grows when the records are forgotten, so that late fates of forgotten requests go nowhere.
    life: u64,
}

#[derive(Debug, Default)]
pub(super) struct Records(Mutex<HashMap<String, Client>>);

impl Records {
    /// `None` when so many are kept already that this one is not.
    pub(super) fn add(&self, client: &str, request: Recorded) -> Option<Place> {
        let mut clients = lock(&self.0);
        let entry = clients.entry(client.to_owned()).or_default();
        if entry.requests.len() >= KEPT {
            return None;
        }
        entry.requests.push(request);
        Some(Place { client: client.to_owned(), index: entry.requests.len() - 1, life: entry.life })
    }

    pub(super) fn settle(&self, place: Option<&Place>, fate: Fate) {
        let Some(place) = place else { return };
        if let Some(client) = lock(&self.0).get_mut(&place.client)
            && client.life == place.life
            && let Some(request) = client.requests.get_mut(place.index)
        {
            request.fate = fate;
        }
    }

    pub(super) fn of(&self, client: &str) -> Vec<Recorded> {
        lock(&self.0).get(client).map(|client| client.requests.clone()).unwrap_or_default()
    }

    pub(super) fn forget(&self, client: &str) {
        if let Some(client) = lock(&self.0).get_mut(client) {
            client.requests.clear();
            client.life += 1;
        }
    }
}
