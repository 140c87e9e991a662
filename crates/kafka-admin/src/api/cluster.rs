//! The cluster: its id, its brokers, and who coordinates what.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::{
    ApiKey, DescribeClusterRequest, DescribeClusterResponse, MetadataRequest, MetadataResponse,
};

use super::{said, unanswered};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::config::{HostPort, Peers};
use crate::error::{Error, Result};
use crate::route::{CONTROLLERS, Route};
use crate::types::{Authorized, authorized, broker_id};
use crate::wire::call::Call;

/// What DescribeCluster calls brokers among the kinds of endpoints (KIP-919).
const BROKERS: i8 = 1;

/// A cluster as one broker sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cluster {
    /// The id given when the cluster was made.
    pub id: Option<String>,
    /// The broker to send changes to. With KRaft it is any broker, which hands them on.
    pub controller: Option<i32>,
    /// The live brokers, by id; asked from controllers ([`Peers`]), these.
    pub brokers: Vec<Broker>,
    /// The brokers that are registered and not live, by id; `None` where nobody says (before Kafka 4.0, and controllers).
    pub fenced: Option<Vec<Broker>>,
    /// What the principal may do to the cluster, where the broker says.
    pub authorized: Option<Authorized>,
}

/// A broker as clients reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broker {
    /// Its id.
    pub id: i32,
    /// Its advertised host.
    pub host: String,
    /// Its advertised port, as sent.
    pub port: i32,
    /// Its rack, where it has one.
    pub rack: Option<String>,
}

/// The versions of one API at a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiVersion {
    /// The API's number.
    pub key: i16,
    /// Its name, where this client knows one.
    pub name: Option<String>,
    /// The lowest version.
    pub min: i16,
    /// The highest version.
    pub max: i16,
}

impl Client {
    /// The cluster's id, brokers, and what the principal may do to it
    /// (DescribeCluster (60), KIP-700, with the dead ones since KIP-1073; on older brokers Metadata).
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn describe_cluster(&self) -> Result<Cluster> {
        let deadline = self.until();
        let peers = self.config().peers;
        // Whether the version that was agreed upon can tell.
        let tells_fenced = AtomicBool::new(false);
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |version| {
                    let asks_fenced = version >= 2 && peers == Peers::Brokers;
                    tells_fenced.store(asks_fenced, Ordering::Relaxed);
                    Ok(DescribeClusterRequest::default()
                        .with_include_cluster_authorized_operations(true)
                        .with_endpoint_type(endpoint(peers))
                        .with_include_fenced_brokers(asks_fenced))
                },
                |answer| ErrorCode::of(answer.error_code),
            )
            .await;
        match answer {
            Ok(answer) => described(answer, tells_fenced.load(Ordering::Relaxed)),
            Err(Error::Unsupported { .. }) if peers == Peers::Brokers => self.cluster_from_metadata(deadline).await,
            Err(error) => Err(error),
        }
    }

    async fn cluster_from_metadata(&self, deadline: tokio::time::Instant) -> Result<Cluster> {
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |version| {
                    Ok(MetadataRequest::default()
                        .with_topics(Some(Vec::new()))
                        .with_allow_auto_topic_creation(false)
                        .with_include_cluster_authorized_operations((8..=10).contains(&version)))
                },
                |_: &MetadataResponse| None,
            )
            .await?;
        let brokers = answer.brokers.into_iter().map(|broker| Broker {
            id: broker.node_id.0,
            host: broker.host.to_string(),
            port: broker.port,
            rack: said(broker.rack),
        });
        Ok(Cluster {
            id: said(answer.cluster_id),
            controller: broker_id(answer.controller_id.0),
            brokers: some(MetadataRequest::API.name, brokers.collect())?,
            fenced: None,
            authorized: authorized(answer.cluster_authorized_operations),
        })
    }

    /// The ids of the live brokers.
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub(crate) async fn live_brokers(&self, deadline: tokio::time::Instant) -> Result<Vec<i32>> {
        self.refresh(deadline).await?;
        Ok(self.book().broker_ids())
    }

    /// The broker that coordinates a group now (FindCoordinator).
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn find_coordinator(&self, group: &str) -> Result<i32> {
        let groups = [group.to_owned()];
        let mut found = self.find_coordinators(&groups, self.until()).await;
        found.remove(group).unwrap_or_else(|| Err(unanswered("FindCoordinator", &group)))
    }

    /// The APIs a broker has, by number. `None` asks any broker.
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn api_versions(&self, broker: Option<i32>) -> Result<Vec<ApiVersion>> {
        let route = broker.map_or(Route::Any, Route::Broker);
        self.named_versions(&route).await
    }

    /// The APIs of whoever listens at an address, in the same network and with the same credentials.
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn api_versions_at(&self, address: HostPort) -> Result<Vec<ApiVersion>> {
        self.named_versions(&Route::Address(address)).await
    }

    async fn named_versions(&self, route: &Route) -> Result<Vec<ApiVersion>> {
        let versions: HashMap<_, _> = self.versions_at(route, self.until()).await?;
        let sorted: BTreeMap<_, _> = versions.into_iter().collect();
        Ok(sorted
            .into_iter()
            .map(|(key, (min, max))| ApiVersion {
                key,
                name: ApiKey::try_from(key).ok().map(|name| format!("{name:?}")),
                min,
                max,
            })
            .collect())
    }
}

fn endpoint(peers: Peers) -> i8 {
    match peers {
        Peers::Brokers => BROKERS,
        Peers::Controllers => CONTROLLERS,
    }
}

fn described(answer: DescribeClusterResponse, tells_fenced: bool) -> Result<Cluster> {
    let api = DescribeClusterRequest::API.name;
    Error::check(api, answer.error_code, said(answer.error_message))?;
    let (fenced, live): (Vec<_>, Vec<_>) = answer.brokers.into_iter().partition(|broker| broker.is_fenced);
    Ok(Cluster {
        id: Some(answer.cluster_id.to_string()),
        controller: broker_id(answer.controller_id.0),
        brokers: some(api, live.into_iter().map(broker).collect())?,
        fenced: tells_fenced.then(|| sorted(fenced.into_iter().map(broker).collect())),
        authorized: authorized(answer.cluster_authorized_operations),
    })
}

fn broker(found: DescribeClusterBroker) -> Broker {
    Broker { id: found.broker_id.0, host: found.host.to_string(), port: found.port, rack: said(found.rack) }
}

/// A cluster has at least the node that answers.
fn some(api: &'static str, brokers: Vec<Broker>) -> Result<Vec<Broker>> {
    if brokers.is_empty() {
        return Err(unanswered(api, &"any broker"));
    }
    Ok(sorted(brokers))
}

fn sorted(mut brokers: Vec<Broker>) -> Vec<Broker> {
    brokers.sort_by_key(|broker| broker.id);
    brokers
}
