//! Real RocketMQ, 4.9.7 and 5.5.0: started by `./dev lab up rocketmq` when the first test asks for it, and stopped when this
//! process ends, so that other tests have the machine for themselves. One that ran before stays.

pub mod applications;
#[cfg(test)]
mod client;
pub mod member;
pub mod mqadmin;
pub mod own;
pub mod raw;
pub mod reader;
pub mod shell;

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::LabError;

/// How long the brokers may take to be known to the NameServers after their start.
const KNOWN_LIMIT: Duration = Duration::from_secs(240);

/// A version of RocketMQ that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// 4.9.7.
    V4,
    /// 5.5.0.
    V5,
}

/// Both.
pub const LINES: [Line; 2] = [Line::V4, Line::V5];

impl Line {
    /// Its version.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::V4 => "4.9.7",
            Self::V5 => "5.5.0",
        }
    }

    fn key(self, name: &str) -> String {
        format!("ROCKETMQ_{}_{name}", self.version().replace('.', "_"))
    }
}

/// A process of one of the clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// The first NameServer.
    Names1,
    /// The second NameServer.
    Names2,
    /// The master of `broker-a`.
    Master,
    /// Its slave.
    Slave,
    /// The master of `broker-s`, in the cluster `Secure`: it controls access, and over TLS it asks for certificates.
    Secure,
}

/// The running clusters of one version.
#[derive(Clone, Copy, Debug)]
pub struct RocketMq {
    lab: &'static Values,
    /// Which version.
    pub line: Line,
}

#[derive(Debug)]
struct Values(HashMap<String, String>);

impl RocketMq {
    /// The clusters of a version. The first call starts both versions, if they do not run yet.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn get(line: Line) -> Result<Self, LabError> {
        static LAB: OnceLock<Result<Values, String>> = OnceLock::new();
        let lab = LAB.get_or_init(start).as_ref().map_err(|why| LabError::new(why.clone()))?;
        Ok(Self { lab, line })
    }

    fn value(&self, key: &str) -> &str {
        self.lab.0.get(key).map_or("", String::as_str)
    }

    fn own(&self, name: &str) -> &str {
        self.value(&self.line.key(name))
    }

    /// Host and port of a process.
    #[must_use]
    pub fn address(&self, node: Node) -> &str {
        self.own(match node {
            Node::Names1 => "NS1",
            Node::Names2 => "NS2",
            Node::Master => "A",
            Node::Slave => "AS",
            Node::Secure => "S",
        })
    }

    /// The one secret of every account: [`admin`](Self::admin) and [`plain`](Self::plain).
    #[must_use]
    pub fn secret(&self) -> &str {
        self.value("ROCKETMQ_SECRET")
    }

    /// The account with all rights.
    #[must_use]
    pub fn admin(&self) -> &str {
        self.value("ROCKETMQ_ADMIN")
    }

    /// The account that may not change topics. In 5.5.0 somebody has to make it.
    #[must_use]
    pub fn plain(&self) -> &str {
        self.value("ROCKETMQ_PLAIN")
    }

    /// The authority that signed the servers' certificates, as PEM.
    #[must_use]
    pub fn authority(&self) -> String {
        pem(self.value("ROCKETMQ_CA"))
    }

    /// Another one that signed nothing here.
    #[must_use]
    pub fn other_authority(&self) -> String {
        pem(&self.value("ROCKETMQ_CA").replace("ca.pem", "other-ca.pem"))
    }

    /// A client's certificate and its key, as PEM.
    #[must_use]
    pub fn certificate(&self) -> (String, String) {
        (pem(self.value("ROCKETMQ_CERTIFICATE")), pem(self.value("ROCKETMQ_KEY")))
    }

    /// A name that no other test, process or earlier run uses here.
    #[must_use]
    pub fn unique(&self, prefix: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let now = raw::now();
        format!("{prefix}-{now:x}-{:x}-{number}", std::process::id())
    }
}

/// What is joined in a story stands on its stack as a whole, unoptimized.
const STACK: usize = 32 * 1024 * 1024;

/// Tells a story at both versions side by side, each in a runtime of its own: calls to servers may block.
///
/// # Panics
/// If it does not hold at one of them.
pub fn at_both<F: Future<Output = ()>>(story: impl Fn(Line) -> F + Sync) {
    let story = &story;
    std::thread::scope(|threads| {
        for line in LINES {
            let tells = move || {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
                runtime.expect("a runtime").block_on(story(line));
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, tells).expect("a thread");
        }
    });
}

fn pem(file: &str) -> String {
    std::fs::read_to_string(file).expect("a file of the lab")
}

fn start() -> Result<Values, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("dev"))
        .args(["lab", "up", "rocketmq", &std::process::id().to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("./dev: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("./dev lab up rocketmq: {}", said.trim()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let values = Values(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect());
    for line in LINES {
        for name in ["NS1", "NS2"] {
            let key = line.key(name);
            let address = values.0.get(&key).ok_or_else(|| format!("{key} was not told"))?;
            wait_until_known(address)?;
        }
    }
    Ok(values)
}

/// Waits until a NameServer knows both masters and the slave: whoever registers first may be a slave, whose master comes later.
fn wait_until_known(address: &str) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let answer = raw::ask(address, raw::CLUSTER_INFO, &[], b"").map_err(|error| format!("{address}: {error}"))?;
        let body = answer.text();
        if body.matches("0:\"127").count() == 2 && body.contains("1:\"127") {
            return Ok(());
        }
        if began.elapsed() > KNOWN_LIMIT {
            return Err(format!("{address} knows only {body}"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
