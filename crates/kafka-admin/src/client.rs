//! The client: a handle that is cheap to clone.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::book::Book;
use crate::budget::{Budget, TOGETHER};
use crate::config::{Config, HostPort, Security};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::tls;
use crate::wire::call::Effect;

/// The place of one connection to an address. Locked while a request is in flight on it.
pub(crate) type Slot = tokio::sync::Mutex<Option<Connection>>;

/// The places, by address and by what goes through them: a change never waits behind looks.
pub(crate) type Slots = HashMap<(HostPort, Effect), Arc<Slot>>;

/// A client of one cluster. Clones share connections and what was learnt about the cluster.
///
/// Two connections a broker are kept, one for looks and one for changes with what they need to
/// find their way, each with one request in flight; calls to different brokers go side by side.
/// Dropping a call's future drops the connection it was using.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    deadline: Duration,
    /// When all calls end, however late they began; none if each only has its deadline.
    end: Option<Instant>,
    /// Whose connections are used.
    lane: Effect,
    /// What the answers of a call to several brokers share.
    budget: Option<Arc<Budget>>,
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
            .field("bootstrap", &self.inner.config.bootstrap)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects: asks the bootstrap brokers, one after the other, who belongs to the cluster.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that cannot work, [`Error::NotSent`] when no broker
    /// can be reached, [`Error::Authentication`] when the credentials are refused.
    pub async fn connect(config: Config) -> Result<Self> {
        let client = Self::unconnected(config)?;
        client.refresh(client.until()).await?;
        Ok(client)
    }

    /// A client that connects with its first call.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that cannot work.
    pub fn unconnected(config: Config) -> Result<Self> {
        if config.bootstrap.is_empty() {
            return Err(Error::Invalid("no bootstrap broker".to_owned()));
        }
        let tls = match &config.security {
            Security::Plaintext => None,
            Security::Tls(settings) => Some(tls::connector(settings)?),
        };
        let deadline = config.deadline;
        Ok(Self {
            inner: Arc::new(Inner { book: Book::new(config.bootstrap.clone()), slots: Mutex::default(), tls, config }),
            deadline,
            end: None,
            lane: Effect::Read,
            budget: None,
        })
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

    /// What the answers of the call at hand share, if several brokers are asked.
    pub(crate) fn budget(&self) -> Option<Arc<Budget>> {
        self.budget.clone()
    }

    /// Runs `work` for each item, a bounded number at a time; the results come in any order. All answers share one budget.
    pub(crate) async fn side_by_side<T, R, W, F>(&self, items: Vec<T>, work: W) -> Vec<R>
    where
        W: Fn(Self, T) -> F,
        F: Future<Output = R> + Send + 'static,
        R: Send + 'static,
    {
        let mut results = Vec::with_capacity(items.len());
        let mut running = JoinSet::new();
        let client = Self { budget: Some(Arc::new(Budget::of(TOGETHER))), ..self.clone() };
        for item in items {
            if running.len() >= self.config().parallel.max(1) {
                gather(&mut running, &mut results).await;
            }
            running.spawn(work(client.clone(), item));
        }
        while !running.is_empty() {
            gather(&mut running, &mut results).await;
        }
        results
    }
}

async fn gather<R: 'static>(running: &mut JoinSet<R>, results: &mut Vec<R>) {
    match running.join_next().await {
        Some(Ok(result)) => results.push(result),
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        _ => {}
    }
}
