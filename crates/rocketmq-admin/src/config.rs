//! How to reach a cluster.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use crate::error::Error;

/// How to reach a cluster. Start with [`Config::new`] and set what differs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The NameServers, all of them: looks ask one that answers, and what has to be changed at each is changed at each.
    pub name_servers: Vec<HostPort>,
    /// Plaintext or TLS, for NameServers and brokers alike.
    pub security: Security,
    /// What requests are signed with, where brokers control access.
    pub credentials: Option<Credentials>,
    /// The longest time for one connection with TLS.
    pub connect_timeout: Duration,
    /// The deadline of a call, unless [`Client::within`](crate::Client::within) sets another.
    pub deadline: Duration,
    /// The largest answer accepted, in bytes.
    pub max_response: usize,
    /// How often one request is sent at most, while it is known that nothing was applied.
    pub max_attempts: u32,
    /// How many servers are asked at a time in one call.
    pub parallel: usize,
    /// How old what a NameServer said may be when a change goes to the master it named.
    pub trust: Duration,
}

impl Config {
    /// A configuration with these NameServers, no TLS, no credentials, and the default limits:
    /// 5 s to connect, 15 s a call, 64 MiB an answer, 30 attempts, 16 servers at a time, masters known for 5 s.
    #[must_use]
    pub fn new(name_servers: Vec<HostPort>) -> Self {
        Self {
            name_servers,
            security: Security::Plaintext,
            credentials: None,
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(15),
            max_response: 64 * 1024 * 1024,
            max_attempts: 30,
            parallel: 16,
            trust: Duration::from_secs(5),
        }
    }
}

/// A host name or address with a port; also `host:port` and `[v6]:port` as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// Name or address, without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl FromStr for HostPort {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::Invalid(format!("not host:port: {text:?}"));
        let (host, port) = text.rsplit_once(':').ok_or_else(invalid)?;
        let port: u16 = port.parse().map_err(|_| invalid())?;
        let host = match host.strip_prefix('[') {
            Some(v6) => v6.strip_suffix(']').ok_or_else(invalid)?,
            None if host.contains(':') => return Err(invalid()),
            None => host,
        };
        if host.is_empty() || port == 0 {
            return Err(invalid());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

/// How the connection is protected.
#[derive(Clone, Debug, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// TLS 1.2 or 1.3.
    Tls(Tls),
}

/// TLS settings.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificates of the authorities that may sign the servers' certificates, as PEM.
    pub ca_pem: String,
    /// The client's own certificate, where servers ask for one.
    pub client: Option<ClientCertificate>,
    /// Whether the certificate must name the host that was connected to. Switching it off
    /// still demands a certificate signed by one of the authorities.
    pub check_server_name: bool,
}

/// A client certificate with its key.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// The certificate and those between it and the authority, as PEM.
    pub chain_pem: String,
    /// The private key, as PEM (PKCS#8, PKCS#1 or SEC1).
    pub key_pem: SecretString,
}

/// What requests are signed with: the account of 4.9's `plain_acl.yml`, or a user of 5.x.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The name of the account or user.
    pub access_key: String,
    /// Its secret; it never goes over the wire.
    pub secret_key: SecretString,
    /// A token, where a service gives out keys for a time. It goes over the wire.
    pub security_token: Option<SecretString>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_read_and_written() {
        for text in ["broker-1:10911", "127.0.0.1:1", "[::1]:9876"] {
            let parsed: HostPort = text.parse().unwrap();
            assert_eq!(parsed.to_string(), text);
        }
        for text in ["broker", "broker:", "broker:0", ":9876", "::1:9876", "b:70000", "[::1:9"] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_configuration_never_prints_its_secrets() {
        let mut config = Config::new(vec![]);
        config.credentials = Some(Credentials {
            access_key: "bot".to_owned(),
            secret_key: "hunter2".into(),
            security_token: Some("hunter3".into()),
        });
        let printed = format!("{config:?}");
        assert!(printed.contains("bot") && !printed.contains("hunter"), "{printed}");
    }
}
