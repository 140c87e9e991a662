//! Where the lab's servers are, as `./dev lab up` wrote it down.

use std::collections::HashMap;
use std::fmt;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Names the file that `./dev lab up` wrote, where it is not the one of this workspace.
const LAB_VARIABLE: &str = "SIGNALBOX_LAB";
const LAB_FILE: &str = ".lab/run/env";
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// The lab is not there, or not whole.
#[derive(thiserror::Error)]
#[error("start the lab: ./dev lab up ({0})")]
pub struct LabError(String);

impl LabError {
    pub(crate) fn new(why: String) -> Self {
        Self(why)
    }
}

/// Shows the sentence: this is what a failing test prints.
impl fmt::Debug for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A listener of the secure cluster's one broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// Plain TCP, no authentication: the caller is a superuser. For judges only.
    Internal,
    /// SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) over plain TCP.
    Sasl,
    /// TLS; a client certificate names the principal, without one the caller is a superuser.
    Tls,
    /// SASL over TLS.
    SaslTls,
}

/// The running lab.
pub struct Lab {
    values: HashMap<String, String>,
}

impl Lab {
    /// The lab of this workspace, or of the file named in `SIGNALBOX_LAB`.
    ///
    /// # Errors
    /// When the file is missing or incomplete, or its first broker does not accept connections.
    pub fn get() -> Result<&'static Self, LabError> {
        static LAB: OnceLock<Result<Lab, String>> = OnceLock::new();
        LAB.get_or_init(|| Self::read(&env_file()).map_err(|error| error.0))
            .as_ref()
            .map_err(|error| LabError(error.clone()))
    }

    /// Reads a lab's file.
    ///
    /// # Errors
    /// As for [`Lab::get`].
    pub fn read(file: &Path) -> Result<Self, LabError> {
        let text = std::fs::read_to_string(file).map_err(|error| LabError(format!("{}: {error}", file.display())))?;
        let values = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let lab = Self { values };
        lab.check()?;
        Ok(lab)
    }

    fn check(&self) -> Result<(), LabError> {
        const NEEDED: [&str; 20] = [
            "LAB_LIB",
            "LAB_ROOT",
            "LAB_JUDGE",
            "LAB_LOG",
            "LAB_RUN",
            "LAB_KAFKA",
            "LAB_KAFKA_BEHIND",
            "LAB_KAFKA_PROXY",
            "LAB_SECURE",
            "LAB_SECURE_BEHIND",
            "LAB_SECURE_SASL",
            "LAB_SECURE_SSL",
            "LAB_SECURE_SASL_SSL",
            "LAB_MOVE",
            "LAB_MOVE_CONTROLLERS",
            "LAB_MOVE_BEHIND",
            "LAB_MOVE_PROXY",
            "LAB_TLS",
            "LAB_PASSWORD",
            "LAB_PG",
        ];
        if let Some(missing) = NEEDED.iter().find(|key| !self.values.contains_key(**key)) {
            return Err(LabError(format!("{missing} is not in its file")));
        }
        for broker in addresses(self.value("LAB_KAFKA"))? {
            TcpStream::connect_timeout(&broker, CONNECT_LIMIT)
                .map_err(|error| LabError(format!("broker {broker}: {error}")))?;
        }
        Ok(())
    }

    /// Present by `check`, for the keys it lists.
    fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// Bootstrap addresses of the three-broker cluster (no security).
    pub fn kafka_bootstrap(&self) -> &str {
        self.value("LAB_KAFKA")
    }

    /// Bootstrap addresses of the same cluster through the recording proxy.
    pub fn proxy_bootstrap(&self) -> &str {
        self.value("LAB_KAFKA_PROXY")
    }

    /// Address of the secure cluster's broker on one listener.
    pub fn secure_bootstrap(&self, listener: Listener) -> &str {
        self.value(match listener {
            Listener::Internal => "LAB_SECURE",
            Listener::Sasl => "LAB_SECURE_SASL",
            Listener::Tls => "LAB_SECURE_SSL",
            Listener::SaslTls => "LAB_SECURE_SASL_SSL",
        })
    }

    /// Bootstrap addresses of the cluster that replicas move on: four brokers, 1 to 4, in the racks r1 to r4.
    pub fn move_bootstrap(&self) -> &str {
        self.value("LAB_MOVE")
    }

    /// Where the same cluster's controllers listen, the nodes 1 to 3.
    pub fn move_controllers(&self) -> &str {
        self.value("LAB_MOVE_CONTROLLERS")
    }

    /// The same cluster's brokers through the recording proxy.
    pub fn move_proxy_bootstrap(&self) -> &str {
        self.value("LAB_MOVE_PROXY")
    }

    /// The workspace whose `./dev` started the lab.
    #[must_use]
    pub fn root(&self) -> &Path {
        Path::new(self.value("LAB_ROOT"))
    }

    /// Where the proxy listens for each broker, and the brokers behind it.
    pub(crate) fn proxied(&self) -> Result<Proxied, LabError> {
        let mut secure = addresses(self.value("LAB_SECURE_BEHIND"))?;
        let pairs = |listen: &str, behind: &str| -> Result<Vec<_>, LabError> {
            Ok(addresses(self.value(listen))?.into_iter().zip(addresses(self.value(behind))?).collect())
        };
        Ok(Proxied {
            main: pairs("LAB_KAFKA_PROXY", "LAB_KAFKA_BEHIND")?,
            moving: pairs("LAB_MOVE_PROXY", "LAB_MOVE_BEHIND")?,
            secure: secure.pop().ok_or_else(|| LabError("LAB_SECURE_BEHIND is empty".into()))?,
        })
    }

    /// The one password of every principal of the secure cluster (`admin`, a superuser; `bot` and
    /// `p1` to `p8` have no rights until a story gives them some), for PLAIN and SCRAM.
    pub fn password(&self) -> &str {
        self.value("LAB_PASSWORD")
    }

    /// A PEM file of the lab's TLS folder: `ca.pem` (signed the broker), `other-ca.pem` (signed
    /// nothing), `bot.crt` and `bot.key`, `p1.crt` and `p1.key` (client certificates).
    pub fn tls_file(&self, name: &str) -> PathBuf {
        Path::new(self.value("LAB_TLS")).join(name)
    }

    /// URL of PostgreSQL's maintenance database, as a superuser: stories make their own databases.
    pub fn postgres_url(&self) -> &str {
        self.value("LAB_PG")
    }

    /// A folder that `./dev lab down` deletes.
    pub fn run_dir(&self) -> &Path {
        Path::new(self.value("LAB_RUN"))
    }

    /// A name that no other test, process or earlier run uses on the shared servers.
    pub fn unique(&self, prefix: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        format!("{prefix}-{started:x}-{:x}-{number}", std::process::id())
    }

    /// The Java command with the judge and Kafka's jars on its class path.
    pub(crate) fn java_arguments(&self) -> Vec<String> {
        let class_path = format!("{}:{}/*", self.value("LAB_JUDGE"), self.value("LAB_LIB"));
        let logging = format!("-Dlog4j2.configurationFile={}", self.value("LAB_LOG"));
        ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", &logging, "-cp", &class_path]
            .map(str::to_owned)
            .to_vec()
    }
}

/// Leaves out the password and the URL that holds one.
impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").field("kafka", &self.kafka_bootstrap()).finish_non_exhaustive()
    }
}

/// The addresses in front of and behind the recording proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxied {
    /// For each of the three brokers: where the proxy listens, and the broker's own address.
    pub(crate) main: Vec<(SocketAddr, SocketAddr)>,
    /// For each broker of the cluster that replicas move on: the same.
    pub(crate) moving: Vec<(SocketAddr, SocketAddr)>,
    /// The other cluster, which advertises the first of them too.
    pub(crate) secure: SocketAddr,
}

fn env_file() -> PathBuf {
    std::env::var_os(LAB_VARIABLE)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(LAB_FILE), PathBuf::from)
}

fn addresses(list: &str) -> Result<Vec<SocketAddr>, LabError> {
    list.split(',')
        .map(|address| address.parse().map_err(|error| LabError(format!("address {address}: {error}"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_lab_says_how_to_start_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lab::read(&folder.path().join("env")).unwrap_err();
        assert!(format!("{error:?}").starts_with("start the lab: ./dev lab up"));
    }

    #[test]
    fn an_incomplete_file_is_no_lab() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        std::fs::write(&file, "LAB_KAFKA=127.0.0.1:1\n").unwrap();
        let error = Lab::read(&file).unwrap_err();
        assert!(error.to_string().contains("LAB_LIB is not in its file"));
    }

    #[test]
    fn names_differ() {
        let lab = Lab::get().unwrap();
        assert_ne!(lab.unique("t"), lab.unique("t"));
        assert!(!format!("{lab:?}").contains(lab.password()));
    }
}
