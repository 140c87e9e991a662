//! To whom a request goes, and how that is found out.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Instant;

use crate::api::cluster::{Cluster, MASTER};
use crate::client::Client;
use crate::config::HostPort;
use crate::error::{Cause, Error, Result};
use crate::wire::api::{Effect, GET_BROKER_CLUSTER_INFO};
use crate::wire::request::Request;

/// Attempts at one named server that cannot be reached.
const AT_ONE_SERVER: u32 = 3;

/// Who has to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Any NameServer that answers.
    NameServer,
    /// The process of a broker with this id.
    Broker { name: String, id: u64 },
    /// This address, whoever is there.
    Address(HostPort),
}

impl Route {
    /// The master of a broker.
    pub(crate) fn master(name: &str) -> Self {
        Self::Broker { name: name.to_owned(), id: MASTER }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameServer => f.write_str("any NameServer"),
            Self::Broker { name, id: MASTER } => write!(f, "the master of {name}"),
            Self::Broker { name, id } => write!(f, "slave {id} of {name}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl Client {
    /// How often a request goes this way at most while nobody can be reached.
    pub(crate) fn attempts(&self, route: &Route) -> u32 {
        let limit = match route {
            Route::NameServer => {
                let all = u32::try_from(self.config().name_servers.len()).unwrap_or(u32::MAX);
                all.saturating_mul(2).max(AT_ONE_SERVER)
            }
            Route::Broker { .. } | Route::Address(_) => AT_ONE_SERVER,
        };
        self.config().max_attempts.min(limit)
    }

    /// Where to send, and until when. A look at any NameServer leaves half of the time for the next one, in case this
    /// one hangs.
    pub(crate) async fn resolve(
        &self,
        route: &Route,
        request: &Request,
        deadline: Instant,
    ) -> Result<(HostPort, Instant)> {
        let api = request.api.name;
        match route {
            Route::Address(address) => Ok((address.clone(), deadline)),
            Route::NameServer => {
                let all = &self.config().name_servers;
                let chosen = self.book().name_server(all).ok_or_else(|| nobody(api, route, "none is configured"))?;
                let now = Instant::now();
                let half = now + deadline.saturating_duration_since(now) / 2;
                Ok((chosen.clone(), if all.len() > 1 { half } else { deadline }))
            }
            Route::Broker { name, id } => {
                // Where a change goes must be known newly; a look that goes astray is only asked again.
                let trust = self.config().trust;
                let since = (request.api.effect == Effect::Change).then(|| Instant::now().checked_sub(trust)).flatten();
                let cluster = match self.book().cluster(since) {
                    Some(cluster) if cluster.address(name, *id).is_some() => cluster,
                    _ => self.look_up(deadline).await.map_err(|error| lost(api, route, error))?,
                };
                let address = cluster.address(name, *id);
                let address = address.cloned().ok_or_else(|| nobody(api, route, &cluster.what_is_there(name)))?;
                Ok((address, deadline))
            }
        }
    }

    /// Asks a NameServer where the brokers are. Boxed, because asking may need to find the way.
    fn look_up(&self, deadline: Instant) -> Pin<Box<dyn Future<Output = Result<Arc<Cluster>>> + Send + '_>> {
        Box::pin(async move {
            let asked = Instant::now();
            let request = Request::new(GET_BROKER_CLUSTER_INFO);
            let cluster = self.ask(&Route::NameServer, &request, deadline, Cluster::read).await?;
            self.book().learn(asked, cluster.clone());
            Ok(Arc::new(cluster))
        })
    }

    /// Forgets what led astray.
    pub(crate) fn forget(&self, route: &Route) {
        match route {
            Route::NameServer => self.book().next_one(),
            Route::Broker { .. } => self.book().forget(),
            Route::Address(_) => {}
        }
    }
}

/// The request at hand was not sent, because the way was not found.
fn lost(api: &'static str, route: &Route, error: Error) -> Error {
    let cause = match error {
        Error::NotSent { cause: cause @ (Cause::Deadline | Cause::Tls(_)), .. }
        | Error::UnknownOutcome { cause: cause @ Cause::Deadline, .. } => cause,
        other => Cause::Nobody(format!("no NameServer says where it is: {other}")),
    };
    Error::NotSent { api, server: route.to_string(), cause }
}

fn nobody(api: &'static str, route: &Route, why: &str) -> Error {
    Error::NotSent { api, server: route.to_string(), cause: Cause::Nobody(why.to_owned()) }
}
