//! Which brokers there are, and where.

use std::collections::{BTreeMap, BTreeSet};

use super::{NameServer, unique};
use crate::config::HostPort;
use crate::error::Result;
use crate::json::Value;
use crate::wire::api::GET_BROKER_CLUSTER_INFO;
use crate::wire::request::{Answer, Request};

/// The id of the master among the processes of a broker; slaves have higher ones.
pub const MASTER: u64 = 0;

/// The brokers that are registered at a NameServer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cluster {
    /// By name.
    pub brokers: BTreeMap<String, BrokerAddresses>,
    /// The names of the brokers of each cluster: several can share a NameServer. A broker that has gone stays here.
    pub clusters: BTreeMap<String, BTreeSet<String>>,
}

/// Where the processes of one broker are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokerAddresses {
    /// The cluster it belongs to.
    pub cluster: String,
    /// By id: [`MASTER`], and slaves. Without a master the topics of the broker can only be read.
    pub addresses: BTreeMap<u64, HostPort>,
    /// Whether a slave may act for a master that is gone (5.x).
    pub acting_master: bool,
}

impl Cluster {
    /// Where a process of a broker is.
    #[must_use]
    pub fn address(&self, broker: &str, id: u64) -> Option<&HostPort> {
        self.brokers.get(broker)?.addresses.get(&id)
    }

    /// What there is instead of the process that was looked for.
    pub(crate) fn what_is_there(&self, broker: &str) -> String {
        match self.brokers.get(broker) {
            None => "no NameServer knows the broker".to_owned(),
            Some(known) => format!("it has no such process, only {:?}", known.addresses.keys()),
        }
    }

    pub(crate) fn read(answer: &Answer) -> Result<Self, String> {
        let body = answer.json()?;
        let broker = |(name, data): &(Value, Value)| {
            let name = name.text()?.to_owned();
            Ok((name.clone(), BrokerAddresses::read(data).map_err(|why| format!("{name}: {why}"))?))
        };
        let cluster = |(name, brokers): &(Value, Value)| Ok((name.text()?.to_owned(), brokers.texts()?));
        Ok(Self {
            brokers: body.need("brokerAddrTable", |table| unique(table.map()?.iter().map(broker)))?,
            clusters: body.need("clusterAddrTable", |table| unique(table.map()?.iter().map(cluster)))?,
        })
    }
}

impl BrokerAddresses {
    pub(crate) fn read(data: &Value) -> Result<Self, String> {
        Ok(Self {
            cluster: data.need_text("cluster")?,
            addresses: data.need("brokerAddrs", |addresses| unique(addresses.map()?.iter().map(address)))?,
            // 4.x does not say.
            acting_master: data.maybe("enableActingMaster", Value::truth)?.unwrap_or(false),
        })
    }
}

fn address((id, address): &(Value, Value)) -> Result<(u64, HostPort), String> {
    let number = id.number_key()?;
    let id = u64::try_from(number).map_err(|_| format!("an id of {number}"))?;
    Ok((id, host_port(address.text()?)?))
}

/// An address that a server tells.
pub(crate) fn host_port(text: &str) -> Result<HostPort, String> {
    text.parse().map_err(|error: crate::Error| error.to_string())
}

impl NameServer {
    /// The brokers registered here (GET_BROKER_CLUSTER_INFO (106), `RouteInfoManager.getAllClusterInfo`).
    ///
    /// # Errors
    /// As every call.
    pub async fn cluster(&self) -> Result<Cluster> {
        self.0.ask(Request::new(GET_BROKER_CLUSTER_INFO), Cluster::read).await
    }
}
