//! RocketMQ's own administration tool, as an operator runs it: one Java process a call.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::RocketMq;
use super::raw::{Route, route_in};
use crate::lab::JudgeError;

/// Longest run of the tool.
const LIMIT: Duration = Duration::from_secs(120);
/// It gives up a connection or an answer after a few seconds by itself, which a loaded machine can take.
const ATTEMPTS: usize = 5;
const GAVE_UP: &str = "org.apache.rocketmq.remoting.exception.Remoting";

impl RocketMq {
    /// Runs `mqadmin` with these arguments and gives what it printed. It ends with 0 after an error, too. It signs with
    /// the account that has all rights. A run that was too slow is made again.
    ///
    /// # Errors
    /// When Java does not start or does not end in time.
    pub async fn mqadmin(&self, arguments: &[&str]) -> Result<String, JudgeError> {
        let mut printed = String::new();
        for _ in 0..ATTEMPTS {
            printed = self.mqadmin_once(arguments).await?;
            if !printed.contains(GAVE_UP) {
                break;
            }
        }
        Ok(printed)
    }

    /// The route of a topic that this NameServer tells; nothing where it knows none.
    ///
    /// # Errors
    /// As [`mqadmin`](Self::mqadmin), and for what is no route.
    pub async fn route_by_mqadmin(&self, names: &str, topic: &str) -> Result<Route, JudgeError> {
        let printed = self.mqadmin(&["topicRoute", "-n", names, "-t", topic]).await?;
        let spaceless: String = printed.split_whitespace().collect();
        route_in(&spaceless).map_err(|error| JudgeError::Protocol(format!("{error}: {printed}")))
    }

    /// Runs `mqadmin` once, however it ends.
    ///
    /// # Errors
    /// When Java does not start or does not end in time.
    pub async fn mqadmin_once(&self, arguments: &[&str]) -> Result<String, JudgeError> {
        let home = self.own("HOME");
        let class_path = format!("{}/*", self.own("LIB"));
        let child = Command::new("java")
            .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            .arg(format!("-Drocketmq.home.dir={home}"))
            .arg(format!("-Duser.home={home}"))
            .arg(format!("-Drmq.logback.configurationFile={}", self.value("ROCKETMQ_LOG")))
            .args(["-cp", &class_path, "org.apache.rocketmq.tools.command.MQAdminStartup"])
            .args(arguments)
            .env("ROCKETMQ_HOME", home)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(LIMIT, child)
            .await
            .map_err(|_| JudgeError::Deadline("mqadmin".to_owned()))?
            .map_err(|error| JudgeError::Process(error.to_string()))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
    }
}
