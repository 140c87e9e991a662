//! A recording proxy between a Kafka client and the lab's brokers.
//!
//! Each broker of the three-broker cluster, and of the one that replicas move on, has a listener whose
//! advertised address is the proxy's, so a client that follows the cluster's metadata stays behind it.
//! One proxy serves all tests of a process; a test is known by its client id: records, faults and
//! routes belong to one client id. It listens for a cluster from the first test on that asks for it: two
//! processes at once can have a cluster each.

pub(super) mod frame;
mod record;
mod relay;
mod rules;
#[cfg(test)]
mod tests;

pub use frame::api;
pub use record::{Fate, Recorded};
pub use rules::{Fault, Rule, RuleHandle, Times};

use super::Lab;
use record::Records;
use rules::Rules;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// How long to wait for another test process to give the proxy's ports back.
const PORT_LIMIT: Duration = Duration::from_secs(120);
const PORT_RETRY: Duration = Duration::from_millis(200);

/// Where a client's connections lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the broker whose address the client dialled.
    Main,
    /// To the secure cluster's broker, as its superuser: another cluster behind the same address.
    OtherCluster,
    /// Nowhere: connections are closed as soon as the client has named itself.
    Down,
}

/// The proxy of this test process.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    runtime: Handle,
    main: Front,
    moving: Front,
}

/// The listeners in front of one cluster.
#[derive(Debug)]
struct Front {
    bootstrap: String,
    pairs: Vec<(SocketAddr, SocketAddr)>,
    listens: OnceLock<Result<(), String>>,
}

impl Front {
    fn new(bootstrap: &str, pairs: Vec<(SocketAddr, SocketAddr)>) -> Self {
        Self { bootstrap: bootstrap.to_owned(), pairs, listens: OnceLock::new() }
    }
}

/// What the connections of all clients share.
#[derive(Debug)]
struct Shared {
    rules: Rules,
    records: Records,
    routes: Mutex<HashMap<String, Route>>,
    open: Mutex<Vec<(String, AbortHandle)>>,
    secure: SocketAddr,
}

impl Proxy {
    /// The proxy that all tests of this process share, started at the first call.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn shared(lab: &Lab) -> io::Result<&'static Self> {
        static PROXY: OnceLock<Result<Proxy, String>> = OnceLock::new();
        PROXY
            .get_or_init(|| Self::start(lab).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|error| io::Error::other(error.clone()))
    }

    // A thread with a runtime of its own: every test has its runtime, and the proxy outlives each.
    fn start(lab: &Lab) -> io::Result<Self> {
        let proxied = lab.proxied().map_err(io::Error::other)?;
        let shared = Arc::new(Shared {
            rules: Rules::default(),
            records: Records::default(),
            routes: Mutex::default(),
            open: Mutex::default(),
            secure: proxied.secure,
        });
        let (started, starts) = mpsc::channel();
        std::thread::Builder::new().name("proxy".into()).spawn(move || serve(&started))?;
        Ok(Self {
            shared,
            runtime: starts.recv().map_err(io::Error::other)??,
            main: Front::new(lab.proxy_bootstrap(), proxied.main),
            moving: Front::new(lab.move_proxy_bootstrap(), proxied.moving),
        })
    }

    /// Bootstrap addresses of the three-broker cluster through this proxy.
    ///
    /// # Errors
    /// When another process keeps the ports.
    pub fn bootstrap(&self) -> io::Result<&str> {
        self.open(&self.main)
    }

    /// Bootstrap addresses of the cluster that replicas move on through this proxy.
    ///
    /// # Errors
    /// When another process keeps the ports.
    pub fn move_bootstrap(&self) -> io::Result<&str> {
        self.open(&self.moving)
    }

    fn open<'front>(&self, front: &'front Front) -> io::Result<&'front str> {
        let listens = front.listens.get_or_init(|| self.listen(front).map_err(|error| error.to_string()));
        listens.as_ref().map_err(|error| io::Error::other(error.clone()))?;
        Ok(&front.bootstrap)
    }

    fn listen(&self, front: &Front) -> io::Result<()> {
        let (pairs, shared) = (front.pairs.clone(), Arc::clone(&self.shared));
        let (told, tells) = mpsc::channel();
        self.runtime.spawn(async move { told.send(listen(pairs, &shared).await) });
        tells.recv().map_err(io::Error::other)?
    }

    /// Arms a fault. It stays until it has met as many requests as it says.
    pub fn arm(&self, rule: Rule) -> RuleHandle {
        self.shared.rules.add(rule)
    }

    /// Leads a client's next connections elsewhere and cuts its open ones.
    pub fn route(&self, client_id: &str, route: Route) {
        lock(&self.shared.routes).insert(client_id.to_owned(), route);
        self.cut(client_id);
    }

    /// Cuts a client's open connections at once, whatever is under way on them.
    pub fn cut(&self, client_id: &str) {
        lock(&self.shared.open).retain(|(client, connection)| {
            if client == client_id {
                connection.abort();
            }
            client != client_id && !connection.is_finished()
        });
    }

    /// Every request that a client sent, oldest first.
    pub fn requests(&self, client_id: &str) -> Vec<Recorded> {
        self.shared.records.of(client_id)
    }

    /// The requests that change something ([`api::changes`]), oldest first.
    pub fn changes(&self, client_id: &str) -> Vec<Recorded> {
        let mut requests = self.requests(client_id);
        requests.retain(|request| api::changes(request.api));
        requests
    }

    /// Forgets a client's records.
    pub fn forget(&self, client_id: &str) {
        self.shared.records.forget(client_id);
    }
}

impl Shared {
    fn route_of(&self, client_id: &str) -> Route {
        lock(&self.routes).get(client_id).copied().unwrap_or(Route::Main)
    }

    fn opened(&self, client_id: &str, connection: AbortHandle) {
        lock(&self.open).push((client_id.to_owned(), connection));
    }
}

/// Runs for ever, once it has told how the start went.
fn serve(started: &mpsc::Sender<io::Result<Handle>>) {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            // Nobody listens only when the test process ends.
            let _ = started.send(Ok(runtime.handle().clone()));
            runtime.block_on(std::future::pending::<()>());
        }
        Err(error) => {
            let _ = started.send(Err(error));
        }
    }
}

async fn listen(pairs: Vec<(SocketAddr, SocketAddr)>, shared: &Arc<Shared>) -> io::Result<()> {
    for (listen, behind) in pairs {
        let listener = bind(listen).await?;
        tokio::spawn(accept(listener, behind, Arc::clone(shared)));
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let deadline = Instant::now() + PORT_LIMIT;
    loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < deadline => {
                tokio::time::sleep(PORT_RETRY).await;
            }
            outcome => return outcome,
        }
    }
}

async fn accept(listener: TcpListener, broker: SocketAddr, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(relay::serve(client, broker, Arc::clone(&shared)));
            }
            // A client gone again, or no file descriptors: give the system time.
            Err(_) => tokio::time::sleep(PORT_RETRY).await,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
