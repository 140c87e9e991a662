//! RocketMQ of somebody's own: two NameServers and two masters without slaves, whose load, settings and deaths disturb nobody
//! else.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Line, RocketMq, raw};
use crate::lab::LabError;

/// The cluster's name at its brokers.
pub const OWN: &str = "Own";
/// Its brokers.
pub const BROKERS: [&str; 2] = ["broker-a", "broker-b"];
/// How long a process may take until it is known, or forgotten, on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(240);
const BROKER_CLASS: (&str, &str) = ("broker.BrokerStartup", "-Xmx256m");
/// The files of a process: its settings, which brokers write anew, and what it printed.
const SETTINGS: &str = "server.properties";
const ASIDE: &str = "aside";
const OUT: &str = "out.log";
/// As those of the lab.
const BROKER: &str = include_str!("../../../../../lab/rocketmq/broker.properties");
const JVM: [&str; 7] = [
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-XX:MaxDirectMemorySize=128m",
    // For 4.9 on Java 17, as in the lab.
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
];
/// Ends the process as soon as nobody holds the other end of its input, however its starter ended.
const WRAPPED: &str = r#"exec 3<&0; "$@" </dev/null & java=$!; read -r _ <&3; kill -9 $java; wait $java"#;
/// Beyond the ports of the lab, and below those that the kernel gives to clients.
const PORTS: std::ops::Range<u16> = 27_000..31_000;
/// A broker takes the ports two below and one above, too.
const SPAN: u16 = 10;

/// Servers of one version; they end with it.
#[derive(Debug)]
pub struct Own {
    lab: RocketMq,
    names: [Server; 2],
    masters: [Master; 2],
    settings: String,
    folder: TempDir,
}

/// A master that came to the others; it is killed when this is dropped, and the NameServers forget it soon after.
#[derive(Debug)]
pub struct Joined(Master);

impl Joined {
    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }
}

/// It may die and return.
#[derive(Debug)]
struct Master {
    broker: &'static str,
    address: String,
    server: Mutex<Server>,
}

#[derive(Debug)]
struct Server {
    port: u16,
    process: Option<Child>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.dies();
    }
}

impl Server {
    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// SIGKILL.
    fn dies(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        drop(process.stdin.take());
        drop(process.wait());
    }
}

impl Master {
    fn server(&self) -> std::sync::MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Own {
    /// Starts the servers and waits until the NameServers know `broker-a` and `broker-b`. The settings are lines of a broker's
    /// file that stand instead of the lab's.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn start(line: Line, settings: &str) -> Result<Self, LabError> {
        let lab = RocketMq::get(line)?;
        // Beside the lab's own, with which it goes if we leave it.
        let beside = Path::new(lab.value("ROCKETMQ_RUN")).join(format!("rocketmq-{}", line.version()));
        let folder = TempDir::with_prefix_in("own-", beside).map_err(|error| failed(&error))?;
        let own = Self::begin(lab, folder, settings).map_err(|error| failed(&error))?;
        for broker in BROKERS {
            own.until(broker, true)?;
        }
        Ok(own)
    }

    fn begin(lab: RocketMq, folder: TempDir, settings: &str) -> io::Result<Self> {
        let home = |name: &str| folder.path().join(name);
        let names = [name_server(&lab, &home("names-1"))?, name_server(&lab, &home("names-2"))?];
        let known = names.each_ref().map(Server::address).join(";");
        let master = |broker| master(&lab, &home(broker), (broker, &known, settings));
        let masters = [master(BROKERS[0])?, master(BROKERS[1])?];
        Ok(Self { masters, settings: settings.to_owned(), names, lab, folder })
    }

    /// The lab whose programs run.
    #[must_use]
    pub fn lab(&self) -> &RocketMq {
        &self.lab
    }

    /// The addresses of the NameServers.
    #[must_use]
    pub fn names(&self) -> [String; 2] {
        self.names.each_ref().map(Server::address)
    }

    /// The addresses of the masters, in the order of [`BROKERS`].
    #[must_use]
    pub fn masters(&self) -> [String; 2] {
        self.masters.each_ref().map(|master| master.address.clone())
    }

    /// The file in which a master keeps its topics.
    #[must_use]
    pub fn topics(&self, broker: &str) -> PathBuf {
        self.folder.path().join(broker).join("store/config/topics.json")
    }

    /// The file in which a master keeps the offsets of groups.
    #[must_use]
    pub fn offsets(&self, broker: &str) -> PathBuf {
        self.topics(broker).with_file_name("consumerOffset.json")
    }

    /// A master is killed. The NameServers forget it soon after.
    pub fn dies(&self, broker: &str) {
        self.masters_named(broker).for_each(|master| master.server().dies());
    }

    /// A new master joins, with nothing on it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn joins(&self, broker: &'static str) -> Result<Joined, LabError> {
        let (home, known) = (self.folder.path().join(broker), self.names().join(";"));
        let joined = master(&self.lab, &home, (broker, &known, &self.settings)).map_err(|error| failed(&error))?;
        self.until(broker, true)?;
        Ok(Joined(joined))
    }

    /// Whether a master was killed and has not returned.
    #[must_use]
    pub fn is_dead(&self, broker: &str) -> bool {
        self.masters_named(broker).all(|master| master.server().process.is_none())
    }

    /// From now on a master's writes of the offsets of groups to its disk fail, until it [`returns`](Self::returns).
    ///
    /// # Errors
    /// When its files cannot be moved.
    pub fn keeps_offsets_in_memory(&self, broker: &str) -> Result<(), LabError> {
        let began = Instant::now();
        // The broker may be writing it at this moment.
        while let Err(error) = self.offsets_in_memory(broker) {
            if began.elapsed() > Duration::from_secs(10) {
                return Err(failed(&error));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn offsets_in_memory(&self, broker: &str) -> io::Result<()> {
        let file = self.offsets(broker);
        if file.is_file() {
            fs::rename(&file, file.with_extension(ASIDE))?;
        }
        // What holds something is neither written over nor deleted.
        for place in [file.clone(), file.with_extension("json.tmp")] {
            fs::create_dir_all(place.join("full"))?;
        }
        Ok(())
    }

    /// What was moved aside stands where it was.
    fn offsets_on_disk(&self, broker: &str) -> io::Result<()> {
        let file = self.offsets(broker);
        if !file.with_extension(ASIDE).exists() {
            return Ok(());
        }
        for place in [file.clone(), file.with_extension("json.tmp")] {
            fs::remove_dir_all(place)?;
        }
        fs::rename(file.with_extension(ASIDE), file)
    }

    /// A master that died is known to no NameServer any more.
    ///
    /// # Errors
    /// When one goes on knowing it.
    pub fn is_forgotten(&self, broker: &str) -> Result<(), LabError> {
        self.until(broker, false)
    }

    /// A master that died comes up again with what it had.
    ///
    /// # Errors
    /// When it does not.
    pub fn returns(&self, broker: &str) -> Result<(), LabError> {
        self.offsets_on_disk(broker).map_err(|error| failed(&error))?;
        for master in self.masters_named(broker) {
            let process = java(&self.lab, &self.folder.path().join(broker), BROKER_CLASS);
            master.server().process = Some(process.map_err(|error| failed(&error))?);
        }
        self.until(broker, true)
    }

    fn masters_named<'a>(&'a self, broker: &'a str) -> impl Iterator<Item = &'a Master> {
        self.masters.iter().filter(move |master| master.broker == broker)
    }

    fn until(&self, broker: &str, known: bool) -> Result<(), LabError> {
        let began = Instant::now();
        while !self.names().iter().all(|names| knows(names, broker) == Some(known)) {
            if began.elapsed() > LIMIT {
                let out = fs::read_to_string(self.folder.path().join(broker).join(OUT)).unwrap_or_default();
                return Err(LabError::new(format!("{broker}, known: {known}, never comes true. {out}")));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

/// None if the NameServer says nothing.
fn knows(names: &str, broker: &str) -> Option<bool> {
    let told = raw::ask(names, raw::CLUSTER_INFO, &[], b"").ok()?.text();
    Some(told.contains(&format!("\"{broker}\":{{")))
}

fn failed(error: &io::Error) -> LabError {
    LabError::new(error.to_string())
}

fn name_server(lab: &RocketMq, home: &Path) -> io::Result<Server> {
    let (port, at) = (free_port()?, home.display());
    let settings = format!("listenPort={port}\nkvConfigPath={at}/kv.json\nconfigStorePath={at}/{SETTINGS}\n");
    furnish(home, &settings)?;
    Ok(Server { port, process: Some(java(lab, home, ("namesrv.NamesrvStartup", "-Xmx96m"))?) })
}

fn master(lab: &RocketMq, home: &Path, (broker, names, more): (&'static str, &str, &str)) -> io::Result<Master> {
    let port = free_port()?;
    let settings = BROKER
        .replace("@CLUSTER@", OWN)
        .replace("@BROKER@", broker)
        .replace("@ID@", "0")
        .replace("@ROLE@", "ASYNC_MASTER")
        .replace("@PORT@", &port.to_string())
        .replace("@NAMES@", names)
        .replace("@DIR@", &home.display().to_string());
    furnish(home, &format!("{settings}{more}\n"))?;
    let server = Server { port, process: Some(java(lab, home, BROKER_CLASS)?) };
    Ok(Master { broker, address: server.address(), server: Mutex::new(server) })
}

fn furnish(home: &Path, settings: &str) -> io::Result<()> {
    fs::create_dir_all(home)?;
    fs::write(home.join(SETTINGS), settings)
}

fn java(lab: &RocketMq, home: &Path, (class, heap): (&str, &str)) -> io::Result<Child> {
    let out = fs::File::create(home.join(OUT))?;
    let shared = lab.own("HOME");
    Command::new("sh")
        .args(["-c", WRAPPED, "sh", "java", heap])
        .args(JVM)
        .arg(format!("-Duser.home={}", home.display()))
        .arg(format!("-Drocketmq.home.dir={shared}"))
        .arg(format!("-Drmq.logback.configurationFile={}", lab.value("ROCKETMQ_LOG")))
        .arg(format!("-Drocketmq.lab.log={}", home.join("server.log").display()))
        .arg(format!("-Dtls.config.file={shared}/tls.properties"))
        .args(["-cp", &format!("{}/*", lab.own("LIB")), &format!("org.apache.rocketmq.{class}"), "-c"])
        .arg(home.join(SETTINGS))
        .env("ROCKETMQ_HOME", shared)
        .stdin(Stdio::piped())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()
}

/// A port that is free together with those around it that a broker takes.
fn free_port() -> io::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let places = (PORTS.end - PORTS.start) / SPAN;
    let first = u16::try_from(std::process::id() % u32::from(places)).unwrap_or_default();
    let found = (0..places).find_map(|_| {
        let place = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % places;
        let port = PORTS.start + place * SPAN + 2;
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        [port - 2, port, port + 1].into_iter().all(is_free).then_some(port)
    });
    found.ok_or_else(|| io::Error::other("no free ports"))
}
