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
    /// Whom to ask first; one that answers is enough.
    pub bootstrap: Vec<HostPort>,
    /// Who listens there.
    pub peers: Peers,
    /// Plaintext or TLS.
    pub security: Security,
    /// The credentials.
    pub sasl: Sasl,
    /// How this client calls itself in requests; brokers log it, and quotas can name it.
    pub client_id: String,
    /// The longest time for one connection with TLS and authentication.
    pub connect_timeout: Duration,
    /// The deadline of a call, unless [`Client::within`](crate::Client::within) sets another.
    pub deadline: Duration,
    /// The largest answer accepted, in bytes.
    pub max_response: usize,
    /// How often one request is sent at most, while it is known that nothing was applied.
    pub max_attempts: u32,
    /// How many brokers are asked at a time in one call.
    pub parallel: usize,
}

impl Config {
    /// A configuration with these brokers, no TLS, no credentials, and the default limits:
    /// 5 s to connect, 15 s a call, 64 MiB an answer, 30 attempts, 16 brokers at a time.
    #[must_use]
    pub fn new(bootstrap: Vec<HostPort>) -> Self {
        Self {
            bootstrap,
            peers: Peers::Brokers,
            security: Security::Plaintext,
            sasl: Sasl::None,
            client_id: env!("CARGO_PKG_NAME").to_owned(),
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(15),
            max_response: 64 * 1024 * 1024,
            max_attempts: 30,
            parallel: 16,
        }
    }
}

/// Who listens at the addresses of a [`Config`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Brokers, as clients reach them.
    Brokers,
    /// The controllers' own listeners (KRaft, KIP-919). They answer for the cluster, the quorum and settings, and take
    /// changes of a broker's settings while it is dead; what only brokers know is [`Error::Unsupported`].
    Controllers,
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
    /// The certificates of the authorities that may sign the brokers' certificates, as PEM.
    pub ca_pem: String,
    /// The client's own certificate, where brokers ask for one.
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

/// Credentials.
#[derive(Clone, Debug, Default)]
pub enum Sasl {
    /// None.
    #[default]
    None,
    /// PLAIN (RFC 4616): the password goes over the wire; only with TLS.
    Plain(Credentials),
    /// SCRAM-SHA-256 (RFC 7677).
    ScramSha256(Credentials),
    /// SCRAM-SHA-512.
    ScramSha512(Credentials),
}

/// A user name with its password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_read_and_written() {
        for text in ["broker-1:9092", "127.0.0.1:1", "[::1]:9092"] {
            let parsed: HostPort = text.parse().unwrap();
            assert_eq!(parsed.to_string(), text);
        }
        for text in ["broker", "broker:", "broker:0", ":9092", "::1:9092", "b:70000", "[::1:9"] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_configuration_never_prints_its_password() {
        let mut config = Config::new(vec![]);
        config.sasl = Sasl::Plain(Credentials { user: "u".to_owned(), password: "hunter2".into() });
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
