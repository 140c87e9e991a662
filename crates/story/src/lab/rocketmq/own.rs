//! RocketMQ of somebody's own: two NameServers and two masters without slaves, whose load disturbs nobody else.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{CLUSTER_INFO, Line, RocketMq, raw};
use crate::lab::LabError;

/// The cluster's name at its brokers.
pub const OWN: &str = "Own";
/// Its brokers.
pub const BROKERS: [&str; 2] = ["broker-a", "broker-b"];
/// How long a process may take until it is known, on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(240);
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
    names: [Server; 2],
    _masters: [Server; 2],
    folder: TempDir,
}

#[derive(Debug)]
struct Server {
    port: u16,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

impl Server {
    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Own {
    /// Starts the servers and waits until the NameServers know `broker-a` and `broker-b`.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn start(line: Line) -> Result<Self, LabError> {
        let lab = RocketMq::get(line)?;
        // Beside the lab's own, with which it goes if we leave it.
        let beside = Path::new(lab.value("ROCKETMQ_RUN")).join(format!("rocketmq-{}", line.version()));
        let own = Self::begin(&lab, TempDir::with_prefix_in("own-", beside).map_err(|error| failed(&error))?);
        let own = own.map_err(|error| failed(&error))?;
        own.are_known()?;
        Ok(own)
    }

    fn begin(lab: &RocketMq, folder: TempDir) -> io::Result<Self> {
        let home = |name: &str| folder.path().join(name);
        let names = [name_server(lab, &home("names-1"))?, name_server(lab, &home("names-2"))?];
        let known = names.each_ref().map(Server::address).join(";");
        let master = |broker: &str| master(lab, &home(broker), (broker, &known));
        Ok(Self { _masters: [master(BROKERS[0])?, master(BROKERS[1])?], names, folder })
    }

    /// The addresses of the NameServers.
    #[must_use]
    pub fn names(&self) -> [String; 2] {
        self.names.each_ref().map(Server::address)
    }

    fn are_known(&self) -> Result<(), LabError> {
        let began = Instant::now();
        for names in self.names() {
            while !knows_all(&names) {
                if began.elapsed() > LIMIT {
                    let out = |broker| fs::read_to_string(self.folder.path().join(broker).join("out.log"));
                    let out = BROKERS.map(|broker| out(broker).unwrap_or_default()).concat();
                    return Err(LabError::new(format!("{names} never knows both masters. {out}")));
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        Ok(())
    }
}

fn knows_all(names: &str) -> bool {
    let told = raw::ask(names, CLUSTER_INFO, &[], b"").map(|told| told.text()).unwrap_or_default();
    BROKERS.iter().all(|broker| told.contains(&format!("\"{broker}\":{{")))
}

fn failed(error: &io::Error) -> LabError {
    LabError::new(error.to_string())
}

fn name_server(lab: &RocketMq, home: &Path) -> io::Result<Server> {
    let (port, at) = (free_port()?, home.display());
    let settings = format!("listenPort={port}\nkvConfigPath={at}/kv.json\nconfigStorePath={at}/server.properties\n");
    Ok(Server { port, process: java(lab, home, ("namesrv.NamesrvStartup", "-Xmx96m"), &settings)? })
}

fn master(lab: &RocketMq, home: &Path, (broker, names): (&str, &str)) -> io::Result<Server> {
    let port = free_port()?;
    let settings = BROKER
        .replace("@CLUSTER@", OWN)
        .replace("@BROKER@", broker)
        .replace("@ID@", "0")
        .replace("@ROLE@", "ASYNC_MASTER")
        .replace("@PORT@", &port.to_string())
        .replace("@NAMES@", names)
        .replace("@DIR@", &home.display().to_string());
    Ok(Server { port, process: java(lab, home, ("broker.BrokerStartup", "-Xmx256m"), &settings)? })
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
