//! RocketMQ of a test's own: two NameServers and masters without slaves, whose settings, files and deaths disturb nobody else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{CLUSTER_INFO, Line, RocketMq, raw};
use crate::lab::LabError;

/// The cluster's name at its brokers.
pub const OWN: &str = "Own";
/// How long a process may take until it is known, or forgotten, on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(240);
/// As those of the lab.
const BROKER: &str = include_str!("../../../../../lab/rocketmq/broker.properties");
const JVM: [&str; 7] = [
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-XX:MaxDirectMemorySize=128m",
    // 4.9 on Java 17: without these a broker that was killed does not come up again.
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

/// Servers of one version.
#[derive(Debug)]
pub struct Own {
    lab: RocketMq,
    folder: TempDir,
    names: [Server; 2],
    masters: BTreeMap<char, Server>,
    settings: String,
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

impl Own {
    /// Starts the servers and waits until the NameServers know `broker-a` and `broker-b`. The settings are lines of a
    /// broker's file that stand instead of the lab's.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn start(line: Line, settings: &str) -> Result<Self, LabError> {
        let lab = RocketMq::get(line)?;
        // Beside the lab's own, with which it goes if we leave it.
        let beside = Path::new(lab.value("ROCKETMQ_RUN")).join(format!("rocketmq-{}", line.version()));
        let folder = TempDir::with_prefix_in("own-", beside).map_err(|error| failed(&error))?;
        let names = [1, 2].map(|number| name_server(&lab, &folder.path().join(format!("names-{number}"))));
        let [first, second] = names;
        let names = [first.map_err(|error| failed(&error))?, second.map_err(|error| failed(&error))?];
        let mut own = Self { lab, folder, names, masters: BTreeMap::new(), settings: settings.to_owned() };
        own.begin('a')?;
        own.begin('b')?;
        own.is_known('a')?;
        own.is_known('b')?;
        Ok(own)
    }

    /// The lab whose programs run.
    #[must_use]
    pub fn lab(&self) -> RocketMq {
        self.lab
    }

    /// The addresses of the NameServers.
    #[must_use]
    pub fn names(&self) -> [String; 2] {
        [self.names[0].address(), self.names[1].address()]
    }

    /// The address of the master of `broker-<letter>`.
    ///
    /// # Panics
    /// If it was never started.
    #[must_use]
    pub fn master(&self, letter: char) -> String {
        self.masters.get(&letter).expect("a master that was started").address()
    }

    /// A file in which a master keeps its topics.
    #[must_use]
    pub fn topics(&self, letter: char) -> PathBuf {
        self.home(letter).join("store/config/topics.json")
    }

    fn home(&self, letter: char) -> PathBuf {
        self.folder.path().join(format!("broker-{letter}"))
    }

    /// A master is killed, and the NameServers have forgotten it.
    ///
    /// # Errors
    /// When they do not.
    pub fn dies(&mut self, letter: char) -> Result<(), LabError> {
        if let Some(server) = self.masters.get_mut(&letter) {
            server.dies();
        }
        self.until(letter, false)
    }

    /// A master is killed if it is there, with everything it had.
    ///
    /// # Errors
    /// When the NameServers go on knowing it, or its files stay.
    pub fn leaves(&mut self, letter: char) -> Result<(), LabError> {
        let Some(server) = self.masters.remove(&letter) else { return Ok(()) };
        drop(server);
        self.until(letter, false)?;
        fs::remove_dir_all(self.home(letter)).map_err(|error| failed(&error))
    }

    /// A master comes up, for the first time or with what it had, and is known to the NameServers.
    ///
    /// # Errors
    /// When it does not.
    pub fn comes(&mut self, letter: char) -> Result<(), LabError> {
        self.begin(letter)?;
        self.is_known(letter)
    }

    fn begin(&mut self, letter: char) -> Result<(), LabError> {
        let home = self.home(letter);
        let port = match self.masters.get(&letter) {
            Some(server) if server.process.is_some() => return Ok(()),
            Some(server) => server.port,
            None => free_port().ok_or_else(|| LabError::new("no free ports".to_owned()))?,
        };
        let process = broker(&self.lab, &home, &self.properties(letter, port)).map_err(|error| failed(&error))?;
        self.masters.insert(letter, Server { port, process: Some(process) });
        Ok(())
    }

    fn properties(&self, letter: char, port: u16) -> String {
        let home = self.home(letter).display().to_string();
        let lab = BROKER
            .replace("@CLUSTER@", OWN)
            .replace("@BROKER@", &format!("broker-{letter}"))
            .replace("@ID@", "0")
            .replace("@ROLE@", "ASYNC_MASTER")
            .replace("@PORT@", &port.to_string())
            .replace("@NAMES@", &self.names().join(";"))
            .replace("@DIR@", &home);
        format!("{lab}{}\n", self.settings)
    }

    fn is_known(&self, letter: char) -> Result<(), LabError> {
        self.until(letter, true)
    }

    fn until(&self, letter: char, known: bool) -> Result<(), LabError> {
        let (began, name) = (Instant::now(), format!("\"broker-{letter}\":{{"));
        let knows = |names: &String| {
            let told = raw::ask(names, CLUSTER_INFO, &[], b"").ok()?;
            Some(told.text().contains(&name))
        };
        while !self.names().iter().all(|names| knows(names) == Some(known)) {
            if began.elapsed() > LIMIT {
                let out = fs::read_to_string(self.home(letter).join("out.log")).unwrap_or_default();
                return Err(LabError::new(format!("broker-{letter}, known: {known}, never comes true. {out}")));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

fn failed(error: &io::Error) -> LabError {
    LabError::new(error.to_string())
}

fn name_server(lab: &RocketMq, home: &Path) -> io::Result<Server> {
    let port = free_port().ok_or_else(|| io::Error::other("no free ports"))?;
    let at = home.display();
    let settings = format!("listenPort={port}\nkvConfigPath={at}/kv.json\nconfigStorePath={at}/server.properties\n");
    let process = java(lab, home, ("namesrv.NamesrvStartup", "-Xmx96m"), &settings)?;
    Ok(Server { port, process: Some(process) })
}

fn broker(lab: &RocketMq, home: &Path, settings: &str) -> io::Result<Child> {
    java(lab, home, ("broker.BrokerStartup", "-Xmx256m"), settings)
}

fn java(lab: &RocketMq, home: &Path, (class, heap): (&str, &str), settings: &str) -> io::Result<Child> {
    fs::create_dir_all(home)?;
    let file = home.join("server.properties");
    fs::write(&file, settings)?;
    let out = fs::File::create(home.join("out.log"))?;
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
        .arg(&file)
        .env("ROCKETMQ_HOME", shared)
        .stdin(Stdio::piped())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()
}

/// A port that is free together with those around it that a broker takes.
fn free_port() -> Option<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let places = (PORTS.end - PORTS.start) / SPAN;
    let first = u16::try_from(std::process::id() % u32::from(places)).ok()?;
    (0..places).find_map(|_| {
        let place = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % places;
        let port = PORTS.start + place * SPAN + 2;
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        [port - 2, port, port + 1].into_iter().all(is_free).then_some(port)
    })
}
