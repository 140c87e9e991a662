//! The client: a handle that is cheap to clone.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::api::{Broker, Master, NameServer, OneNameServer};
use crate::book::Book;
use crate::config::{Config, HostPort, Security};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::tls;
use crate::wire::api::Effect;

/// The place of one connection to an address. Locked while a request is in flight on it.
pub(crate) type Slot = tokio::sync::Mutex<Option<Connection>>;

/// The places, by address and by what goes through them: a change never waits behind looks.
pub(crate) type Slots = HashMap<(HostPort, Effect), Arc<Slot>>;

/// The result of each NameServer.
pub type PerNameServer<T> = BTreeMap<HostPort, Result<T>>;

/// A client of the clusters behind some NameServers. Clones share connections and what was learnt about the brokers.
///
/// Two connections a server are kept, one for looks and one for changes with what they need to find their way, each with
/// one request in flight; calls to different servers go side by side. Dropping a call's future drops the connection it
/// was using.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    deadline: Duration,
    /// When all its calls end at the latest.
    end: Option<Instant>,
    /// Whose connections are used.
    lane: Effect,
}

struct Inner {
    config: Config,
    tls: Option<TlsConnector>,
    book: Book,
    slots: Mutex<Slots>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("name_servers", &self.inner.config.name_servers)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that connects with its first call.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that cannot work.
    pub fn new(config: Config) -> Result<Self> {
        if config.name_servers.is_empty() {
            return Err(Error::Invalid("no NameServer".to_owned()));
        }
        let tls = match &config.security {
            Security::Plaintext => None,
            Security::Tls(settings) => Some(tls::connector(settings)?),
        };
        let deadline = config.deadline;
        let inner = Inner { tls, book: Book::default(), slots: Mutex::default(), config };
        Ok(Self { inner: Arc::new(inner), deadline, end: None, lane: Effect::Read })
    }

    /// The same client, whose calls end after `deadline` (from the start of each call).
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// The same client, whose calls end at this moment at the latest, all of them: one call begins with what the one before
    /// it has left, and one that begins after it sends nothing.
    #[must_use]
    pub fn ending_at(&self, end: Instant) -> Self {
        let end = self.end.map_or(end, |earlier| earlier.min(end));
        Self { end: Some(end), ..self.clone() }
    }

    /// Any NameServer that answers, for looks: what one says need not be what the others say.
    #[must_use]
    pub fn any_name_server(&self) -> NameServer {
        NameServer::new(self.clone(), Route::NameServer)
    }

    /// One NameServer, for looks and changes.
    #[must_use]
    pub fn name_server(&self, address: &HostPort) -> OneNameServer {
        OneNameServer::new(NameServer::new(self.clone(), Route::Address(address.clone())))
    }

    /// Every NameServer of the configuration, side by side: what has to be done at each is done at each, and what one
    /// says does not hide what the others say.
    pub async fn each_name_server<T, W, F>(&self, work: W) -> PerNameServer<T>
    where
        W: Fn(OneNameServer) -> F,
        F: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let mut results = BTreeMap::new();
        let mut running = JoinSet::new();
        for address in &self.inner.config.name_servers {
            if running.len() >= self.inner.config.parallel.max(1) {
                gather(&mut running, &mut results).await;
            }
            let result = work(self.name_server(address));
            let address = address.clone();
            running.spawn(async move { (address, result.await) });
        }
        while !running.is_empty() {
            gather(&mut running, &mut results).await;
        }
        results
    }

    /// A broker's process by its name and id (0 is the master), for looks. Where it is, a NameServer is asked.
    #[must_use]
    pub fn broker(&self, name: &str, id: u64) -> Broker {
        Broker::new(self.clone(), Route::Broker { name: name.to_owned(), id })
    }

    /// A broker's process by its address, for looks.
    #[must_use]
    pub fn broker_at(&self, address: &HostPort) -> Broker {
        Broker::new(self.clone(), Route::Address(address.clone()))
    }

    /// The master of a broker, for looks and changes. Each change goes where a NameServer said within
    /// [`Config::trust`] that the master is; if there is none, nothing is sent.
    #[must_use]
    pub fn master(&self, name: &str) -> Master {
        Master::new(Broker::new(self.clone(), Route::master(name)))
    }

    /// The same client on the way of an effect. What is asked on the way of a change goes along with it.
    pub(crate) fn on_way_of(&self, effect: Effect) -> Self {
        let lane = if effect == Effect::Change { effect } else { self.lane };
        Self { lane, ..self.clone() }
    }

    /// For what the calls of this client are made.
    pub(crate) fn lane(&self) -> Effect {
        self.lane
    }

    /// When a call that starts now has to end.
    pub(crate) fn until(&self) -> Instant {
        let until = Instant::now() + self.deadline;
        self.end.map_or(until, |end| end.min(until))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    pub(crate) fn tls(&self) -> Option<&TlsConnector> {
        self.inner.tls.as_ref()
    }

    pub(crate) fn book(&self) -> &Book {
        &self.inner.book
    }

    pub(crate) fn slots(&self) -> &Mutex<Slots> {
        &self.inner.slots
    }
}

async fn gather<T: 'static>(running: &mut JoinSet<(HostPort, Result<T>)>, results: &mut PerNameServer<T>) {
    match running.join_next().await {
        Some(Ok((address, result))) => _ = results.insert(address, result),
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        _ => {}
    }
}
