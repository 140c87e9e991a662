//! One Java process for many calls of RocketMQ's own programs.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::RocketMq;
use crate::lab::JudgeError;

/// Longest start, and longest call.
const LIMIT: Duration = Duration::from_secs(120);
/// Begins the line that ends what a call printed.
const END: &str = "<<< ";

/// The process: a shell of `lab/rocketmq`. It ends when this is dropped.
#[derive(Debug)]
pub struct Shell {
    _java: Child,
    calls: ChildStdin,
    printed: Lines<BufReader<ChildStdout>>,
}

impl RocketMq {
    /// Starts the administration tool, with as much memory as one call gets, and waits until it takes calls.
    ///
    /// # Errors
    /// When Java does not start.
    pub async fn mqadmin_shell(&self) -> Result<Shell, JudgeError> {
        self.shell("MqadminShell", &[]).await
    }

    /// Starts one of the shells.
    pub(super) async fn shell(&self, class: &str, arguments: &[&str]) -> Result<Shell, JudgeError> {
        let (home, lib) = (self.own("HOME"), self.own("LIB"));
        let shell = Path::new(lib).with_file_name("rocketmq-shell");
        let mut java = Command::new("java")
            .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            .arg(format!("-Drocketmq.home.dir={home}"))
            .arg(format!("-Duser.home={home}"))
            .arg(format!("-Drmq.logback.configurationFile={}", self.value("ROCKETMQ_LOG")))
            .args(["-cp", &format!("{}:{lib}/*", shell.display()), class])
            .args(arguments)
            .env("ROCKETMQ_HOME", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| JudgeError::Process(error.to_string()))?;
        let none = || JudgeError::Process(format!("{class} has no input or output"));
        let (calls, printed) = (java.stdin.take().ok_or_else(none)?, java.stdout.take().ok_or_else(none)?);
        let mut shell = Shell { _java: java, calls, printed: BufReader::new(printed).lines() };
        shell.ends().await?;
        Ok(shell)
    }
}

impl Shell {
    /// Makes one call: what it printed, and how long it took inside the process.
    ///
    /// # Errors
    /// When the process ends, or takes too long.
    pub async fn call(&mut self, arguments: &[String]) -> Result<(String, Duration), JudgeError> {
        let line = arguments.join("\t") + "\n";
        let written = self.calls.write_all(line.as_bytes()).await;
        written.map_err(|error| JudgeError::Process(error.to_string()))?;
        let (printed, took) = self.ends().await?;
        let micros = took.parse().map_err(|_| JudgeError::Protocol(format!("no time: {took}")))?;
        Ok((printed, Duration::from_micros(micros)))
    }

    /// What is printed up to the end of a call, and what is told there.
    async fn ends(&mut self) -> Result<(String, String), JudgeError> {
        let read = async {
            let mut printed = String::new();
            while let Some(line) =
                self.printed.next_line().await.map_err(|error| JudgeError::Process(error.to_string()))?
            {
                if let Some(told) = line.strip_prefix(END) {
                    return Ok((printed, told.to_owned()));
                }
                printed.push_str(&line);
                printed.push('\n');
            }
            Err(JudgeError::Process(format!("a shell ended: {printed}")))
        };
        tokio::time::timeout(LIMIT, read).await.map_err(|_| JudgeError::Deadline("a shell of RocketMQ".to_owned()))?
    }
}
