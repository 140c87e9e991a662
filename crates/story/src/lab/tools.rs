//! Kafka's own command line tools, as an operator runs them: one Java process a call.

use super::{JudgeError, Lab};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// Longest run of a tool.
const TOOL_LIMIT: Duration = Duration::from_secs(180);

/// What a tool printed.
#[derive(Clone, Debug)]
pub struct ToolOutput {
    /// True when it ended with 0. Some tools do so after an error too: read what they printed.
    pub success: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From the start of the process to its end.
    pub took: Duration,
}

/// Kafka's own tools on one cluster.
#[derive(Clone, Debug)]
pub struct KafkaTools {
    java: Vec<String>,
    bootstrap: String,
}

impl KafkaTools {
    /// The tools on the three-broker cluster.
    pub fn new(lab: &Lab) -> Self {
        Self::on(lab, lab.kafka_bootstrap())
    }

    /// The tools on any cluster without security.
    pub fn on(lab: &Lab, bootstrap: &str) -> Self {
        Self { java: lab.java_arguments(), bootstrap: bootstrap.to_owned() }
    }

    /// Runs `kafka-consumer-groups` with these arguments after `--bootstrap-server`.
    ///
    /// The Java settings favour a short start (no second compiler, shared classes), which makes the
    /// tool look faster than its own script would.
    ///
    /// # Errors
    /// When Java does not start or does not end in time.
    pub async fn consumer_groups(&self, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        let class = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        self.run(class, arguments).await
    }

    /// Runs `kafka-topics` with these arguments after `--bootstrap-server`.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`].
    pub async fn topics(&self, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        self.run("org.apache.kafka.tools.TopicCommand", arguments).await
    }

    async fn run(&self, class: &str, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        let began = Instant::now();
        let child = Command::new("java")
            .args(&self.java)
            .arg(class)
            .args(["--bootstrap-server", &self.bootstrap])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(TOOL_LIMIT, child)
            .await
            .map_err(|_| JudgeError::Deadline(class.to_owned()))?
            .map_err(|error| JudgeError::Process(error.to_string()))?;
        Ok(ToolOutput {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: began.elapsed(),
        })
    }
}
