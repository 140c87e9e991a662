//! To whom a request goes, and how that is found out.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use kafka_protocol::messages::{DescribeClusterRequest, MetadataRequest, MetadataResponse};
use tokio::time::Instant;

use crate::api::said;
use crate::client::Client;
use crate::code::ErrorCode;
use crate::config::{HostPort, Peers};
use crate::error::{Cause, Error, Result};
use crate::wire::call::{Call, Effect};

/// Brokers accepted in one answer.
pub(crate) const BROKERS: usize = 10_000;
/// What DescribeCluster calls controllers among the kinds of endpoints (KIP-919).
pub(crate) const CONTROLLERS: i8 = 2;
/// Attempts at one named broker that cannot be reached.
const AT_ONE_BROKER: u32 = 3;

/// Who has to be asked.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// Whoever answers.
    Any,
    /// The controller, or a broker that hands on to it.
    Controller,
    /// This broker.
    Broker(i32),
    /// This address, whoever is there.
    Address(HostPort),
    /// The coordinator of this group.
    Coordinator(String),
}

impl Client {
    /// How often a request goes this way at most while nobody can be reached: coordinators and
    /// the controller come up elsewhere after a while, so there the deadline decides.
    pub(crate) fn attempts(&self, route: &Route) -> u32 {
        let limit = match route {
            Route::Broker(_) | Route::Address(_) => AT_ONE_BROKER,
            Route::Any => self.choice().saturating_mul(2).max(AT_ONE_BROKER),
            Route::Controller | Route::Coordinator(_) => u32::MAX,
        };
        self.config().max_attempts.min(limit)
    }

    /// How many there are to ask what any broker can answer.
    pub(crate) fn choice(&self) -> u32 {
        self.book().anybody().map_or(1, |(_, choice)| u32::try_from(choice).unwrap_or(u32::MAX))
    }

    /// Somebody to ask. A look leaves half of the time for somebody else, in case this one hangs.
    pub(crate) fn anybody(&self, effect: Effect, api: &'static str, deadline: Instant) -> Result<(HostPort, Instant)> {
        let (broker, choice) = self.book().anybody().ok_or_else(|| nobody(api, "any broker", "no broker is known"))?;
        if effect == Effect::Change || choice < 2 {
            return Ok((broker, deadline));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        Ok((broker, Instant::now() + left / 2))
    }

    /// Boxed, because finding the way asks, too.
    pub(crate) fn resolve<'a>(
        &'a self,
        route: &'a Route,
        api: &'static str,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<HostPort>> + Send + 'a>> {
        Box::pin(async move {
            match route {
                Route::Any => self.anybody(Effect::Read, api, deadline).map(|(who, _)| who),
                Route::Address(address) => Ok(address.clone()),
                Route::Broker(id) => self.broker(*id, api, deadline).await,
                Route::Controller => {
                    if self.book().controller().is_none() {
                        self.refresh(deadline).await.map_err(|error| lost(api, error))?;
                    }
                    match self.book().controller() {
                        Some(id) => self.broker(id, api, deadline).await,
                        None => Err(nobody(api, "the controller", "no broker names one")),
                    }
                }
                Route::Coordinator(group) => {
                    let id = match self.book().coordinator(group) {
                        Some(id) => id,
                        None => self.find_one(group, deadline).await.map_err(|error| lost(api, error))?,
                    };
                    self.broker(id, api, deadline).await
                }
            }
        })
    }

    async fn broker(&self, id: i32, api: &'static str, deadline: Instant) -> Result<HostPort> {
        if let Some(address) = self.book().address(id) {
            return Ok(address);
        }
        self.refresh(deadline).await.map_err(|error| lost(api, error))?;
        self.book().address(id).ok_or_else(|| nobody(api, &format!("broker {id}"), "the cluster does not list it"))
    }

    /// Asks anybody who is there.
    pub(crate) async fn refresh(&self, deadline: Instant) -> Result<()> {
        match self.config().peers {
            Peers::Brokers => self.refresh_brokers(deadline).await,
            Peers::Controllers => self.refresh_controllers(deadline).await,
        }
    }

    async fn refresh_controllers(&self, deadline: Instant) -> Result<()> {
        let api = DescribeClusterRequest::API.name;
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |_| Ok(DescribeClusterRequest::default().with_endpoint_type(CONTROLLERS)),
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(api, answer.error_code, said(answer.error_message))?;
        let nodes = answer.brokers.iter().map(|node| (node.broker_id.0, node.host.as_str(), node.port));
        self.learn_nodes(nodes, answer.controller_id.0);
        Ok(())
    }

    async fn refresh_brokers(&self, deadline: Instant) -> Result<()> {
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |_| Ok(MetadataRequest::default().with_topics(Some(Vec::new())).with_allow_auto_topic_creation(false)),
                |_: &MetadataResponse| None,
            )
            .await?;
        self.learn(&answer);
        Ok(())
    }

    /// Takes brokers and controller over from a metadata answer.
    pub(crate) fn learn(&self, answer: &MetadataResponse) {
        let nodes = answer.brokers.iter().map(|node| (node.node_id.0, node.host.as_str(), node.port));
        self.learn_nodes(nodes, answer.controller_id.0);
    }

    fn learn_nodes<'a>(&self, nodes: impl Iterator<Item = (i32, &'a str, i32)>, controller: i32) {
        let mut brokers = HashMap::new();
        for (id, host, port) in nodes.take(BROKERS) {
            if let Ok(port) = u16::try_from(port) {
                brokers.insert(id, HostPort { host: host.to_owned(), port });
            }
        }
        // An answer without brokers teaches nothing: the one who gave it is there at least.
        if brokers.is_empty() {
            return;
        }
        let controller = Some(controller).filter(|id| *id >= 0);
        self.book().learn(brokers, controller);
    }

    pub(crate) fn forget(&self, route: &Route) {
        match route {
            Route::Any => self.book().next_one(),
            Route::Controller => self.book().forget_controller(),
            Route::Broker(id) => self.book().forget_broker(*id),
            Route::Address(_) => {}
            Route::Coordinator(group) => {
                if let Some(id) = self.book().coordinator(group) {
                    self.book().forget_broker(id);
                }
                self.book().forget_coordinator(group);
            }
        }
    }
}

/// The request at hand was not sent, because the way was not found.
fn lost(api: &'static str, error: Error) -> Error {
    match error {
        Error::NotSent { broker, cause, .. } | Error::UnknownOutcome { broker, cause, .. } => {
            Error::NotSent { api, broker, cause }
        }
        Error::Garbage { broker, why, .. } => Error::NotSent { api, broker, cause: Cause::NotKafka(why) },
        Error::Broker { api: asked, code, message } if code.leaves_outcome_open() => {
            let why = message.unwrap_or_default();
            nobody(api, "a broker", &format!("{asked}: {code} {why}"))
        }
        other => other,
    }
}

pub(crate) fn nobody(api: &'static str, wanted: &str, why: &str) -> Error {
    Error::NotSent { api, broker: wanted.to_owned(), cause: Cause::NoBroker(why.to_owned()) }
}
