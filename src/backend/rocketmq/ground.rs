//! What every look stands on: which NameServers answer, and which brokers of the cluster they know.

use super::failure::{failure, garbage, refused};
use super::observe::Sight;
use super::side_by_side;
use interlock::cluster::Failure;
use interlock::cluster::FailureKind;
use interlock::cluster::rocketmq::{FromMasters, MASTER, SilentBroker};
use interlock::id::BrokerName;
use rocketmq_admin::{Broker, Cluster, HostPort, Result, Version};
use std::collections::{BTreeMap, BTreeSet};

/// What the NameServers told.
pub(super) struct Ground {
    /// The cluster's name at the brokers.
    pub(super) name: String,
    /// The NameServers in the order of the settings.
    pub(super) servers: Vec<(HostPort, Result<(Version, Cluster)>)>,
    /// Where the processes of each broker of the cluster are, by id, as the first NameServer that knows them tells.
    pub(super) brokers: BTreeMap<BrokerName, BTreeMap<u64, HostPort>>,
}

/// Asks all NameServers.
///
/// # Errors
/// If none answers, or if they do not know the cluster.
pub(super) async fn ground(sight: &Sight<'_>) -> std::result::Result<Ground, Failure> {
    let mut told = sight
        .client
        .each_name_server(|server| async move { Ok((server.version().await?, server.cluster().await?)) })
        .await;
    let servers: Vec<_> =
        sight.name_servers.iter().filter_map(|at| told.remove(at).map(|said| (at.clone(), said))).collect();
    let clusters: Vec<&Cluster> = servers.iter().filter_map(|(_, said)| Some(&said.as_ref().ok()?.1)).collect();
    if clusters.is_empty() {
        let first = servers.iter().find_map(|(_, said)| said.as_ref().err());
        return Err(first.map_or_else(|| garbage("no NameServer was asked"), failure));
    }
    let name = cluster_name(sight.broker_cluster, &clusters)?;
    let mut brokers: BTreeMap<BrokerName, BTreeMap<u64, HostPort>> = BTreeMap::new();
    for cluster in clusters {
        for (broker, processes) in brokers_of(cluster, &name) {
            let broker = broker.parse().map_err(|_| garbage("a broker whose name cannot be shown"))?;
            let known = brokers.entry(broker).or_default();
            for (id, address) in processes {
                known.entry(id).or_insert(address);
            }
        }
    }
    Ok(Ground { name, servers, brokers })
}

/// The brokers of a cluster with their processes; one that has gone has none.
pub(super) fn brokers_of(cluster: &Cluster, name: &str) -> BTreeMap<String, BTreeMap<u64, HostPort>> {
    let named = cluster.clusters.get(name).into_iter().flatten().cloned();
    let mut all: BTreeMap<String, BTreeMap<u64, HostPort>> = named.map(|name| (name, BTreeMap::new())).collect();
    for (broker, at) in cluster.brokers.iter().filter(|(_, at)| at.cluster == name) {
        all.insert(broker.clone(), at.addresses.clone());
    }
    all
}

fn cluster_name(wanted: Option<&str>, clusters: &[&Cluster]) -> std::result::Result<String, Failure> {
    let known: BTreeSet<&str> = clusters.iter().flat_map(|one| one.clusters.keys()).map(String::as_str).collect();
    let list = || known.iter().copied().collect::<Vec<_>>().join(", ");
    match wanted {
        Some(name) if known.contains(name) => Ok(name.to_owned()),
        Some(name) => Err(refused(&format!("the NameServers know no cluster {name}; they know: {}", list()))),
        None => match known.iter().next() {
            Some(only) if known.len() == 1 => Ok((*only).to_owned()),
            Some(_) => Err(refused(&format!("broker_cluster is missing in the settings: there are {}", list()))),
            None => Err(refused("no broker is registered at the NameServers")),
        },
    }
}

impl Ground {
    /// The NameServers that answer, in the order of the settings.
    pub(super) fn answering(&self) -> impl Iterator<Item = &HostPort> {
        self.servers.iter().filter(|(_, said)| said.is_ok()).map(|(address, _)| address)
    }

    /// Asks every master the same, a limited number at a time. One that is not there or does not answer is told as silent.
    ///
    /// # Errors
    /// Why the first one did not answer, where none did.
    pub(super) async fn masters<T, F>(
        &self,
        sight: &Sight<'_>,
        ask: impl Fn(BrokerName, Broker) -> F,
    ) -> std::result::Result<FromMasters<Vec<(BrokerName, T)>>, Failure>
    where
        F: Future<Output = std::result::Result<T, Failure>>,
    {
        let one = |(name, processes): (&BrokerName, &BTreeMap<u64, HostPort>)| {
            let asked = processes.get(&MASTER).map(|at| ask(name.clone(), sight.client.broker_at(at)));
            let name = name.clone();
            async move {
                let said = match asked {
                    Some(asked) => asked.await,
                    None => Err(Failure { kind: FailureKind::Unreachable, said: "it has no master".to_owned() }),
                };
                (name, said)
            }
        };
        let mut all = FromMasters::whole(Vec::new());
        for (broker, said) in side_by_side::all(self.brokers.iter().map(one)).await {
            match said {
                Ok(value) => all.seen.push((broker, value)),
                Err(why) => all.silent.push(SilentBroker { broker, why }),
            }
        }
        match all.silent.first() {
            Some(first) if all.seen.is_empty() => Err(first.why.clone()),
            _ => Ok(all),
        }
    }
}
