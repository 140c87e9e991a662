//! How a RocketMQ cluster is reached, as `[[cluster]]` says it.

use super::cluster::{Reached, TlsSettings, address, tls};
use super::reader::Section;
use super::secret::Surroundings;
use secrecy::SecretString;

/// The keys of `[[cluster]]` that are for RocketMQ only.
pub(super) const KEYS: [&str; 2] = ["name_servers", "broker_cluster"];
/// The longest name of a cluster at the brokers, in characters.
const LONGEST_NAME: usize = 127;

/// How a RocketMQ cluster is reached.
#[derive(Debug, Clone)]
pub struct RocketmqSettings {
    /// Every NameServer, as host and port: what has to be looked at or done at each is looked at and done at each.
    pub name_servers: Vec<(String, u16)>,
    /// The cluster's name at the brokers (`brokerClusterName`); none if the NameServers know one cluster only.
    pub broker_cluster: Option<String>,
    /// TLS, if it is used.
    pub tls: Option<TlsSettings>,
    /// What requests are signed with, where brokers control access.
    pub keys: Option<KeySettings>,
}

/// An account of 4.9's `plain_acl.yml`, or a user of 5.x.
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// Its name.
    pub access_key: String,
    /// Its secret: requests are signed with it, and it never goes over the wire.
    pub secret_key: SecretString,
}

type Security = (Option<TlsSettings>, Option<KeySettings>);

pub(super) fn reached(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Reached> {
    let servers = section.texts("name_servers");
    let broker_cluster = section.parsed("broker_cluster", |text| {
        let fits = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
        if fits { Ok(text.to_owned()) } else { Err("is no name of a cluster".to_owned()) }
    });
    let security = section.table("security", |security| security_of(security, around));
    if servers.is_empty() {
        section.missing("name_servers");
        return None;
    }
    let all = servers.len();
    let mut name_servers: Vec<(String, u16)> =
        servers.iter().filter_map(|field| section.kept(&field.spot, address(field.value))).collect();
    if name_servers.len() < all {
        return None;
    }
    name_servers.dedup();
    let (tls, keys) = match security {
        Some(read) => read?,
        None => (None, None),
    };
    Some(Reached::Rocketmq(RocketmqSettings { name_servers, broker_cluster, tls, keys }))
}

fn security_of(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Security> {
    let (tls, keys) = (tls(section, around), keys(section, around));
    Some((tls?, keys?))
}

/// None if something is wrong with it; `Some(None)` if it is not used.
fn keys(section: &Section<'_>, around: &Surroundings<'_>) -> Option<Option<KeySettings>> {
    let access_key = section.text("access_key").map(|field| field.value.to_owned());
    let secret_key = section.has("secret_key").then(|| section.parsed("secret_key", |text| around.secret(text)));
    match (access_key, secret_key) {
        (None, None) => Some(None),
        (Some(access_key), Some(secret_key)) => Some(Some(KeySettings { access_key, secret_key: secret_key? })),
        _ => {
            section.wrong("access_key and secret_key belong together");
            None
        }
    }
}
