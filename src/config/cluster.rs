//! `[[cluster]]`: what is looked after, and how it is reached.

use super::error::{Spot, near};
use super::reader::{Field, Section};
use super::rocketmq::{self, RocketmqSettings};
use super::secret::Surroundings;
use interlock::cluster::{Cluster, ClusterKind, Mode, Tier};
use interlock::command::skeleton;
use interlock::id::ClusterName;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A cluster of the settings.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// What it is.
    pub cluster: Cluster,
    /// How it is reached.
    pub reached: Reached,
    /// The channels in which it may be shown to everybody who reads there.
    pub channels: BTreeSet<u64>,
}

/// How a cluster is reached.
#[derive(Debug, Clone)]
pub enum Reached {
    /// It is part of the embedded fleet, for trying things out.
    Simulated,
    /// A Kafka cluster.
    Kafka(KafkaSettings),
    /// A RocketMQ cluster.
    Rocketmq(RocketmqSettings),
}

/// How a Kafka cluster is reached.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// Brokers to ask first, as host and port.
    pub bootstrap: Vec<(String, u16)>,
    /// The controllers' own listeners, as host and port; empty if they cannot be reached from here.
    pub controllers: Vec<(String, u16)>,
    /// TLS, if it is used.
    pub tls: Option<TlsSettings>,
    /// Credentials, if there are some.
    pub sasl: Option<SaslSettings>,
}

/// TLS to a cluster.
#[derive(Debug, Clone)]
pub struct TlsSettings {
    /// The authorities that may sign brokers' certificates, as PEM.
    pub ca_pem: String,
    /// The client's certificate chain and key, as PEM.
    pub client: Option<(String, SecretString)>,
    /// Whether the certificate must name the host.
    pub check_server_name: bool,
}

/// Credentials for a cluster.
#[derive(Debug, Clone)]
pub struct SaslSettings {
    /// How they are shown.
    pub mechanism: SaslMechanism,
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// How credentials are shown to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaslMechanism {
    /// PLAIN: the password itself goes over the wire.
    Plain,
    /// SCRAM-SHA-256.
    ScramSha256,
    /// SCRAM-SHA-512.
    ScramSha512,
}

/// The clusters as read.
pub(super) struct Clusters {
    /// Those without an error.
    pub(super) valid: Vec<ClusterSettings>,
    /// The names of all of them, so that what refers to one with an error is not an error as well.
    pub(super) names: BTreeSet<ClusterName>,
    /// Whether none has an error.
    pub(super) all_valid: bool,
}

impl Clusters {
    /// The channels in which some cluster may be shown; none where a cluster has an error.
    pub(super) fn shown_in(&self) -> Option<BTreeSet<u64>> {
        let all = self.valid.iter().flat_map(|one| one.channels.iter().copied());
        self.all_valid.then(|| all.collect())
    }
}

/// Reads all clusters. Names must differ to the eye too.
pub(super) fn clusters(root: &Section<'_>, around: &Surroundings<'_>) -> Clusters {
    let mut count = 0;
    let mut seen: Vec<(ClusterName, Spot)> = Vec::new();
    let valid = root.tables("cluster", |section| {
        count += 1;
        let name = section.required_parsed("name", |text| {
            text.parse::<ClusterName>()
                .map_err(|error| format!("{error}; wanted are a-z, 0-9 and -, beginning with a letter"))
        });
        if let Some(name) = &name {
            let spot = section.at("name");
            let twin = seen.iter().find(|(other, _)| skeleton(other.as_str()) == skeleton(name.as_str()));
            match twin {
                Some((other, _)) if other == name => {
                    section.wrong_at(&spot, format!("there are two clusters of the name {name}"));
                }
                Some((other, _)) => {
                    section.wrong_at(&spot, format!("{name} cannot be told from {other} by eye"));
                }
                None => seen.push((name.clone(), spot)),
            }
        }
        one(section, name, around)
    });
    let simulated = valid.iter().filter(|one| matches!(one.reached, Reached::Simulated)).count();
    if simulated > 0 && simulated < valid.len() {
        root.wrong("simulated clusters are for trying out, and do not stand beside real ones");
    }
    if count == 0 {
        root.wrong("there is no [[cluster]]");
    }
    let names = seen.into_iter().map(|(name, _)| name).collect();
    Clusters { all_valid: valid.len() == count, valid, names }
}

fn one(section: &Section<'_>, name: Option<ClusterName>, around: &Surroundings<'_>) -> Option<ClusterSettings> {
    let kind = section.required_parsed("kind", kind);
    let tier = section.required_parsed("tier", tier);
    let domain = section.text("domain").map_or("", |field| field.value).to_owned();
    let mode = section.parsed("mode", mode).unwrap_or_default();
    let channels = section.ids("channels").into_iter().map(|field| field.value).collect();
    let reached = reached(section, kind, around);
    Some(ClusterSettings {
        cluster: Cluster { name: name?, kind: kind?, tier: tier?, domain, mode },
        reached: reached?,
        channels,
    })
}

fn kind(text: &str) -> Result<ClusterKind, String> {
    match text {
        "kafka" => Ok(ClusterKind::Kafka),
        "rocketmq" => Ok(ClusterKind::Rocketmq),
        _ => Err(format!("is no kind of cluster; wanted is kafka or rocketmq{}", near(text, ["kafka", "rocketmq"]))),
    }
}

pub(super) fn tier(text: &str) -> Result<Tier, String> {
    let near = || near(text, Tier::ALL.map(Tier::key));
    Tier::from_key(text).ok_or_else(|| format!("is no tier; wanted is development, staging or production{}", near()))
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "change" => Ok(Mode::Change),
        "observe" => Ok(Mode::Observe),
        _ => Err("is no mode; wanted is change or observe".to_owned()),
    }
}

/// The keys of `[[cluster]]` that are for Kafka only.
const KAFKA_KEYS: [&str; 2] = ["bootstrap", "controllers"];

fn reached(section: &Section<'_>, kind: Option<ClusterKind>, around: &Surroundings<'_>) -> Option<Reached> {
    if section.flag("simulated") == Some(true) {
        if KAFKA_KEYS.iter().chain(&rocketmq::KEYS).chain(&["security"]).any(|&key| section.has(key)) {
            section.wrong_at(
                &section.at("simulated"),
                "a simulated cluster has neither bootstrap nor controllers nor name_servers nor security",
            );
        }
        return Some(Reached::Simulated);
    }
    let foreign: &[&'static str] = match kind {
        Some(ClusterKind::Kafka) => &rocketmq::KEYS,
        Some(ClusterKind::Rocketmq) => &KAFKA_KEYS,
        None => {
            // Which of them are wrong hangs on the kind.
            KAFKA_KEYS.iter().chain(&rocketmq::KEYS).chain(&["security"]).for_each(|&key| _ = section.has(key));
            return None;
        }
    };
    for &key in foreign {
        if section.has(key) {
            section.wrong_at(&section.at(key), "is for clusters of the other kind");
        }
    }
    match kind? {
        ClusterKind::Kafka => kafka(section, around),
        ClusterKind::Rocketmq => rocketmq::reached(section, around),
    }
}

fn kafka(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Reached> {
    let bootstrap = section.texts("bootstrap");
    let controllers = section.texts("controllers");
    let security = section.table("security", |security| security_of(security, around));
    if bootstrap.is_empty() {
        section.missing("bootstrap");
        return None;
    }
    let addresses = |fields: &[Field<&str>]| -> Vec<(String, u16)> {
        fields.iter().filter_map(|field| section.kept(&field.spot, address(field.value))).collect()
    };
    let (brokers, controllers) = (addresses(&bootstrap), addresses(&controllers));
    let (tls, sasl) = match security {
        Some(read) => read?,
        None => (None, None),
    };
    let in_clear = tls.is_none() && sasl.as_ref().is_some_and(|sasl| sasl.mechanism == SaslMechanism::Plain);
    if in_clear && !brokers.iter().chain(&controllers).all(|(host, _)| is_loopback(host)) {
        section.wrong_at(
            &section.at("security"),
            "PLAIN without TLS shows the password to the network; add ca, or use SCRAM",
        );
    }
    Some(Reached::Kafka(KafkaSettings { bootstrap: brokers, controllers, tls, sasl }))
}

type Security = (Option<TlsSettings>, Option<SaslSettings>);

fn security_of(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Security> {
    let tls = tls(section, around);
    let sasl = sasl(section, around);
    Some((tls?, sasl?))
}

/// None if something is wrong with it; `Some(None)` if it is not used.
pub(super) fn tls(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Option<TlsSettings>> {
    let ca = section.text("ca");
    let certificate = section.text("certificate");
    let key = section.text("key");
    let check_server_name = section.flag("check_server_name");
    let Some(ca) = ca else {
        for (there, name) in [
            (certificate.is_some(), "certificate"),
            (key.is_some(), "key"),
            (check_server_name.is_some(), "check_server_name"),
        ] {
            if there {
                section.wrong(format!("{name} is for TLS, which needs ca"));
            }
        }
        return Some(None);
    };
    let ca_pem = section.kept(&ca.spot, certificates(&ca, around));
    let client = match (certificate, key) {
        (None, None) => Some(None),
        (Some(certificate), Some(key)) => {
            let chain = section.kept(&certificate.spot, certificates(&certificate, around));
            let key = section.kept(&key.spot, around.secret(key.value));
            chain.zip(key).map(Some)
        }
        _ => {
            section.wrong("certificate and key belong together");
            None
        }
    };
    Some(Some(TlsSettings { ca_pem: ca_pem?, client: client?, check_server_name: check_server_name.unwrap_or(true) }))
}

fn certificates(file: &Field<&str>, around: &Surroundings<'_>) -> Result<String, String> {
    let pem = around.read(file.value)?;
    if pem.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(pem);
    }
    Err(format!("{} holds no certificate in PEM form", file.value))
}

fn sasl(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Option<SaslSettings>> {
    if !section.has("sasl") {
        if section.has("user") || section.has("password") {
            section.wrong("user and password need sasl: plain, scram-sha-256 or scram-sha-512");
            return None;
        }
        return Some(None);
    }
    let mechanism = section.parsed("sasl", |text| match text {
        "plain" => Ok(SaslMechanism::Plain),
        "scram-sha-256" => Ok(SaslMechanism::ScramSha256),
        "scram-sha-512" => Ok(SaslMechanism::ScramSha512),
        _ => Err("is no mechanism; wanted is plain, scram-sha-256 or scram-sha-512".to_owned()),
    });
    let user = section.required("user").map(|field| field.value.to_owned());
    let password = section.required_parsed("password", |reference| around.secret(reference));
    Some(Some(SaslSettings { mechanism: mechanism?, user: user?, password: password? }))
}

pub(super) fn address(text: &str) -> Result<(String, u16), String> {
    let wrong = || "is not HOST:PORT".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']').filter(|v6| v6.parse::<IpAddr>().is_ok()).ok_or_else(wrong)?,
        None => host,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let port: u16 = port.parse().map_err(|_| wrong())?;
    if host.is_empty() || port == 0 || !host.chars().all(plain) {
        return Err(wrong());
    }
    Ok((host.to_owned(), port))
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
