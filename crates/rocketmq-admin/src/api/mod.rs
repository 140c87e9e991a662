//! The calls, by what they are about, and whom they are made at.

pub(crate) mod cluster;
pub(crate) mod configs;
pub(crate) mod connections;
pub(crate) mod groups;
pub(crate) mod kv;
pub(crate) mod message_bytes;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod offsets;
pub(crate) mod properties;
pub(crate) mod queue;
pub(crate) mod reset;
pub(crate) mod routes;
pub(crate) mod running;
pub(crate) mod stats;
pub(crate) mod topics;

#[cfg(test)]
mod tests;

use std::ops::Deref;

use tokio::time::Instant;

use crate::client::Client;
use crate::error::Result;
use crate::route::Route;
use crate::version::Version;
use crate::wire::api::{GET_BROKER_RUNTIME_INFO, GET_SYSTEM_TOPIC_LIST_FROM_NS};
use crate::wire::request::{Answer, Request};

/// Who is asked.
#[derive(Clone, Debug)]
pub(crate) struct At {
    client: Client,
    route: Route,
    /// When the call ends that this belongs to, for a call of several requests.
    until: Option<Instant>,
}

impl At {
    fn new(client: Client, route: Route) -> Self {
        Self { client, route, until: None }
    }

    /// For a call of several requests, which share its deadline.
    fn of_one_call(&self) -> Self {
        Self { until: Some(self.until()), ..self.clone() }
    }

    fn until(&self) -> Instant {
        self.until.unwrap_or_else(|| self.client.until())
    }

    /// Asks, and makes the typed answer.
    async fn ask<T>(&self, request: Request, read: impl Fn(&Answer) -> Result<T, String> + Send + Sync) -> Result<T> {
        self.client.ask(&self.route, &request, self.until(), read).await
    }

    /// Asks where only the success counts.
    async fn tell(&self, request: Request) -> Result<()> {
        self.ask(request, |_| Ok(())).await
    }
}

/// A NameServer, or any that answers: looks.
#[derive(Clone, Debug)]
pub struct NameServer(At);

impl NameServer {
    pub(crate) fn new(client: Client, route: Route) -> Self {
        Self(At::new(client, route))
    }

    /// Its version, as every answer tells it (asked by GET_SYSTEM_TOPIC_LIST_FROM_NS (304)).
    ///
    /// # Errors
    /// As every call.
    pub async fn version(&self) -> Result<Version> {
        self.0.ask(Request::new(GET_SYSTEM_TOPIC_LIST_FROM_NS), |answer| Ok(answer.version)).await
    }
}

/// One NameServer, at its address: changes, and all looks of [`NameServer`].
///
/// NameServers know nothing of each other: what is changed at one stays as it was at the others, so most changes belong
/// to [`Client::each_name_server`].
#[derive(Clone, Debug)]
pub struct OneNameServer(NameServer);

impl OneNameServer {
    pub(crate) fn new(looks: NameServer) -> Self {
        Self(looks)
    }

    fn at(&self) -> &At {
        &self.0.0
    }
}

impl Deref for OneNameServer {
    type Target = NameServer;

    fn deref(&self) -> &NameServer {
        &self.0
    }
}

/// A process of a broker, master or slave: looks, and its own settings.
#[derive(Clone, Debug)]
pub struct Broker(At);

impl Broker {
    pub(crate) fn new(client: Client, route: Route) -> Self {
        Self(At::new(client, route))
    }

    /// Its version, as every answer tells it (asked by GET_BROKER_RUNTIME_INFO (28)).
    ///
    /// # Errors
    /// As every call.
    pub async fn version(&self) -> Result<Version> {
        self.0.ask(Request::new(GET_BROKER_RUNTIME_INFO), |answer| Ok(answer.version)).await
    }
}

/// The master of a broker: changes, and all looks of [`Broker`].
///
/// A slave of 5.x answers success to changes and forgets them at its next synchronization, so they have no other way
/// than this.
#[derive(Clone, Debug)]
pub struct Master(Broker);

impl Master {
    pub(crate) fn new(looks: Broker) -> Self {
        Self(looks)
    }

    fn at(&self) -> &At {
        &self.0.0
    }
}

impl Deref for Master {
    type Target = Broker;

    fn deref(&self) -> &Broker {
        &self.0
    }
}

/// Collects entries of a map of the protocol; what is named twice is an error.
fn unique<K: Ord + std::fmt::Debug, V>(
    entries: impl Iterator<Item = Result<(K, V), String>>,
) -> Result<std::collections::BTreeMap<K, V>, String> {
    let mut map = std::collections::BTreeMap::new();
    for entry in entries {
        let (key, value) = entry?;
        let again = map.contains_key(&key).then(|| format!("{key:?} is named twice"));
        if let Some(why) = again {
            return Err(why);
        }
        map.insert(key, value);
    }
    Ok(map)
}

/// The answer, or `None` where the server says by this code that there is none.
fn found<T>(outcome: Result<T>, none: crate::Code) -> Result<Option<T>> {
    match outcome {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some(none) => Ok(None),
        Err(error) => Err(error),
    }
}
