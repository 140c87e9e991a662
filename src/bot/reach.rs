//! From the settings of clusters to backends.

use crate::backend::kafka::Kafka;
use crate::backend::rocketmq::Rocketmq;
use crate::backend::{Deadlines, Measured};
use crate::config::{KafkaSettings, Reached, RocketmqSettings, SaslMechanism, SaslSettings, Settings, TlsSettings};
use engine::port::{Backend, Clock, Clusters, Observe};
use interlock::cluster::Mode;
use interlock::id::ClusterName;
use kafka_admin::{ClientCertificate, Config, Credentials, HostPort, Sasl, Security, Tls};
use secrecy::SecretString;
use simulated::{Fleet, FleetError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How Kafka's brokers see us in their logs and quotas.
const CLIENT_ID: &str = "signalbox";

/// Why a cluster of the settings cannot be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum Fleetless {
    /// Its settings cannot work.
    #[error("cluster {name}: {error}")]
    Kafka {
        /// The cluster.
        name: String,
        /// Why.
        error: kafka_admin::Error,
    },
    /// Its settings cannot work.
    #[error("cluster {name}: {error}")]
    Rocketmq {
        /// The cluster.
        name: String,
        /// Why.
        error: rocketmq_admin::Error,
    },
    /// The simulated fleet cannot be furnished.
    #[error("the simulated fleet: {0}")]
    Simulated(#[from] FleetError),
    /// The simulated fleet has no cluster of this name.
    #[error("the simulated fleet has no cluster {name} of this kind; it has {known}")]
    NotSimulated {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
}

/// The backends of the settings' clusters. None of them connects before it is asked something; by none whose mode is
/// `observe` anything can be changed.
///
/// # Errors
/// If a cluster's settings cannot work.
pub fn backends(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Clusters, Fleetless> {
    let mut fleet: Option<Fleet> = None;
    let mut backends: BTreeMap<_, Arc<dyn Backend>> = BTreeMap::new();
    let mut observed: Vec<(ClusterName, Arc<dyn Observe>)> = Vec::new();
    for cluster in &settings.clusters {
        let name = cluster.cluster.name.clone();
        let backend: Arc<dyn Backend> = match &cluster.reached {
            Reached::Kafka(reached) => Arc::new(kafka(settings, name.as_str(), reached, clock)?),
            Reached::Rocketmq(reached) => Arc::new(rocketmq(settings, name.as_str(), reached, clock)?),
            Reached::Simulated => {
                let fleet = match &fleet {
                    Some(fleet) => fleet.clone(),
                    None => fleet.insert(simulated::demo::demo_with_new_broker(clock.clone())?).clone(),
                };
                let (known, kind) = (fleet.kinds()?, cluster.cluster.kind);
                if known.get(&name) != Some(&kind) {
                    let of_kind = known.iter().filter(|(_, other)| **other == kind);
                    let known = of_kind.map(|(name, _)| name.to_string()).collect::<Vec<_>>().join(", ");
                    return Err(Fleetless::NotSimulated { name: name.to_string(), known });
                }
                fleet.backend(&name, kind)
            }
        };
        let measured: Arc<dyn Backend> = Arc::new(Measured::new(name.clone(), backend));
        match cluster.cluster.mode {
            Mode::Change => drop(backends.insert(name, measured)),
            Mode::Observe => observed.push((name, measured)),
        }
    }
    let clusters = Clusters::new(backends);
    Ok(observed.into_iter().fold(clusters, |all, (name, cluster)| all.observing(name, cluster)))
}

fn kafka(settings: &Settings, name: &str, reached: &KafkaSettings, clock: &Arc<dyn Clock>) -> Result<Kafka, Fleetless> {
    let of = |addresses: &[(String, u16)]| -> Vec<HostPort> {
        addresses.iter().map(|(host, port)| HostPort { host: host.clone(), port: *port }).collect()
    };
    let mut config = Config::new(of(&reached.bootstrap));
    config.client_id = CLIENT_ID.to_owned();
    config.security = reached.tls.as_ref().map_or(Security::Plaintext, |tls| Security::Tls(self::tls(tls)));
    config.sasl = reached.sasl.as_ref().map_or(Sasl::None, sasl);
    let deadlines = deadlines(settings);
    let mut controllers = config.clone();
    controllers.bootstrap = of(&reached.controllers);
    let kafka = Kafka::new(config, clock.clone(), deadlines);
    let kafka = if controllers.bootstrap.is_empty() {
        kafka
    } else {
        kafka.and_then(|kafka| kafka.and_controllers(controllers))
    };
    kafka.map_err(|error| Fleetless::Kafka { name: name.to_owned(), error })
}

fn deadlines(settings: &Settings) -> Deadlines {
    Deadlines { observe: settings.observe_deadline, act: settings.pace.act_deadline }
}

fn rocketmq(
    settings: &Settings,
    name: &str,
    reached: &RocketmqSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Rocketmq, Fleetless> {
    let address = |(host, port): &(String, u16)| rocketmq_admin::HostPort { host: host.clone(), port: *port };
    let mut config = rocketmq_admin::Config::new(reached.name_servers.iter().map(address).collect());
    if let Some(tls) = &reached.tls {
        let certificate = |(chain, key): &(String, SecretString)| rocketmq_admin::ClientCertificate {
            chain_pem: chain.clone(),
            key_pem: key.clone(),
        };
        config.security = rocketmq_admin::Security::Tls(rocketmq_admin::Tls {
            ca_pem: tls.ca_pem.clone(),
            client: tls.client.as_ref().map(certificate),
            check_server_name: tls.check_server_name,
        });
    }
    config.credentials = reached.keys.as_ref().map(|keys| rocketmq_admin::Credentials {
        access_key: keys.access_key.clone(),
        secret_key: keys.secret_key.clone(),
        security_token: None,
    });
    let cluster = Rocketmq::new(config, reached.broker_cluster.clone(), clock.clone(), deadlines(settings));
    cluster.map_err(|error| Fleetless::Rocketmq { name: name.to_owned(), error })
}

fn tls(settings: &TlsSettings) -> Tls {
    let client = settings
        .client
        .as_ref()
        .map(|(chain, key)| ClientCertificate { chain_pem: chain.clone(), key_pem: key.clone() });
    Tls { ca_pem: settings.ca_pem.clone(), client, check_server_name: settings.check_server_name }
}

fn sasl(settings: &SaslSettings) -> Sasl {
    let credentials = Credentials { user: settings.user.clone(), password: settings.password.clone() };
    match settings.mechanism {
        SaslMechanism::Plain => Sasl::Plain(credentials),
        SaslMechanism::ScramSha256 => Sasl::ScramSha256(credentials),
        SaslMechanism::ScramSha512 => Sasl::ScramSha512(credentials),
    }
}
