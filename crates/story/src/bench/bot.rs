//! `signalbox run` as a process of its own, on settings in a folder of its own.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The longest wait for a start.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// Between two looks whether it is ready.
const LOOK: Duration = Duration::from_millis(1);
/// How much of the log is shown when something goes wrong.
const SHOWN_OF_LOG: usize = 2_000;

/// The chat's token: where settings refer to it, and what it is.
pub(super) const TOKEN_VARIABLE: &str = "SIGNALBOX_BENCH_TOKEN";
pub(super) const TOKEN: &str = "bench";

/// What every bot of a bench has: SQLite, and one simulated cluster.
const SETTINGS: &str = r#"
[store]
url = "sqlite:signalbox.db"

[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
"#;

/// A running bot. Dropped, it is killed.
pub(super) struct Bot {
    process: Child,
    folder: TempDir,
    ready_at: String,
    client: reqwest::Client,
    started: Instant,
}

impl Bot {
    /// Starts one; `more` is added to its settings, right after the keys of its cluster.
    pub(super) fn start(more: &str) -> Result<Self> {
        let folder = TempDir::new().context("a folder")?;
        let port = free_port()?;
        let settings = format!("[http]\nlisten = \"127.0.0.1:{port}\"\n{SETTINGS}{more}");
        std::fs::write(folder.path().join("signalbox.toml"), settings).context("the settings")?;
        let log = File::create(folder.path().join("log")).context("the log")?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let mut command = Command::new(binary()?);
        command.arg("--settings").arg(folder.path().join("signalbox.toml")).arg("run");
        command.env(TOKEN_VARIABLE, TOKEN).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        let started = Instant::now();
        let process = command.spawn().context("signalbox does not start")?;
        let ready_at = format!("http://127.0.0.1:{port}/readyz");
        Ok(Self { process, folder, ready_at, client, started })
    }

    /// Waits until `/readyz` answers 200; the time since the process was started.
    pub(super) async fn ready(&mut self) -> Result<Duration> {
        loop {
            let answered = self.client.get(&self.ready_at).send().await;
            if answered.is_ok_and(|answer| answer.status().as_u16() == 200) {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("signalbox ended with {status}: {}", self.log());
            }
            if self.started.elapsed() > STARTS_WITHIN {
                bail!("signalbox is not ready after {STARTS_WITHIN:?}: {}", self.log());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Resident memory in MiB, as the kernel counts it.
    pub(super) fn resident_mib(&self) -> Result<f64> {
        let pid = self.process.id().context("signalbox has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the kernel's count")?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        let kib: f64 = kib.context("no VmRSS")?.trim().parse().context("VmRSS is no number")?;
        Ok(kib / 1_024.0)
    }

    /// Ends it.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.process.kill().await.context("signalbox cannot be ended")
    }

    /// The end of its log.
    pub(super) fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let from = log.char_indices().rev().nth(SHOWN_OF_LOG).map_or(0, |(at, _)| at);
        log[from..].trim().to_owned()
    }
}

/// The program, beside this one.
pub(super) fn binary() -> Result<PathBuf> {
    let me = std::env::current_exe().context("where this program is")?;
    let found = me.parent().unwrap_or(Path::new("")).join("signalbox");
    if !found.is_file() {
        bail!("{} is not there: cargo build --release --bin signalbox", found.display());
    }
    Ok(found)
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("a free port")?;
    Ok(listener.local_addr()?.port())
}
