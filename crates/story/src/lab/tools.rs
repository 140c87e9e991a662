//! Kafka's own command line tools, as an operator runs them: one Java process a call.

use super::judge::TopicPartition;
use super::{JudgeError, Lab};
use serde_json::{Value, json};
use std::path::Path;
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

/// Moves as Kafka's own tool reads them.
fn reassignment(moves: &[(TopicPartition, Vec<i32>)]) -> Value {
    let partitions: Vec<Value> = moves
        .iter()
        .map(|(at, replicas)| json!({ "topic": at.topic, "partition": at.partition, "replicas": replicas }))
        .collect();
    json!({ "version": 1, "partitions": partitions })
}

/// Kafka's own tools on one cluster.
#[derive(Clone, Debug)]
pub struct KafkaTools {
    java: Vec<String>,
    bootstrap: String,
    /// Where the controllers listen, if a tool may be told.
    controllers: String,
}

impl KafkaTools {
    /// The tools on the three-broker cluster.
    pub fn new(lab: &Lab) -> Self {
        Self::on(lab, lab.kafka_bootstrap())
    }

    /// The tools on any cluster without security.
    pub fn on(lab: &Lab, bootstrap: &str) -> Self {
        Self { java: lab.java_arguments(), bootstrap: bootstrap.to_owned(), controllers: String::new() }
    }

    /// And on its controllers, where they are asked for.
    #[must_use]
    pub fn and_controllers(mut self, controllers: &str) -> Self {
        controllers.clone_into(&mut self.controllers);
        self
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

    /// Runs `kafka-console-share-consumer` with these arguments after `--bootstrap-server`.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`].
    pub async fn share_consumer(&self, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        self.run("org.apache.kafka.tools.consumer.ConsoleShareConsumer", arguments).await
    }

    /// Runs `kafka-topics` with these arguments after `--bootstrap-server`.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`].
    pub async fn topics(&self, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        self.run("org.apache.kafka.tools.TopicCommand", arguments).await
    }

    /// Runs `kafka-reassign-partitions` with these arguments after `--bootstrap-server`.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`].
    pub async fn reassign_partitions(&self, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        self.run("org.apache.kafka.tools.reassign.ReassignPartitionsCommand", arguments).await
    }

    /// Runs it with one of its actions on these moves, for example `["--execute", "--throttle", "100000"]`, `["--verify"]`
    /// (which removes throttles where nothing moves any more) or `["--cancel"]`.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`], or when the moves cannot be written into a file.
    pub async fn reassign(
        &self,
        action: &[&str],
        moves: &[(TopicPartition, Vec<i32>)],
    ) -> Result<ToolOutput, JudgeError> {
        let failed = |error: std::io::Error| JudgeError::Process(error.to_string());
        let file = tempfile::NamedTempFile::new().map_err(failed)?;
        serde_json::to_writer(&file, &reassignment(moves))?;
        let path = file.path().to_string_lossy();
        self.reassign_partitions(&[action, &["--reassignment-json-file", &path]].concat()).await
    }

    /// Runs a line of `by-hand.md` as who reads it does: `NAME.sh` with its arguments, in which `<address>` is this cluster, the
    /// file of the admin client is an empty one, and the named files are in a folder. Quotes are those of a shell, single ones.
    ///
    /// # Errors
    /// As for [`KafkaTools::consumer_groups`], or when the line names another tool.
    pub async fn by_hand(&self, line: &str, folder: &Path) -> Result<ToolOutput, JudgeError> {
        let line = line.split_once("   #").map_or(line, |(command, _)| command).trim();
        let (name, arguments) = line.split_once(' ').unwrap_or((line, ""));
        let class = match name {
            "kafka-reassign-partitions.sh" => "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
            "kafka-configs.sh" => "kafka.admin.ConfigCommand",
            "kafka-leader-election.sh" => "org.apache.kafka.tools.LeaderElectionCommand",
            other => return Err(JudgeError::Protocol(format!("no tool of Kafka's: {other}"))),
        };
        let client = folder.join("admin.properties");
        std::fs::write(&client, "").map_err(|error| JudgeError::Process(error.to_string()))?;
        let given = arguments.replace("<address>", &self.bootstrap).replace("<controllers>", &self.controllers);
        let given = given.replace("<admin.properties>", &client.to_string_lossy());
        let words = given.split_whitespace().map(|word| match word {
            file if file.ends_with(".json") => folder.join(file).to_string_lossy().into_owned(),
            word => word.replace('\'', ""),
        });
        let words: Vec<String> = words.collect();
        self.java(class, &words.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    async fn run(&self, class: &str, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        self.java(class, &[&["--bootstrap-server", &self.bootstrap], arguments].concat()).await
    }

    async fn java(&self, class: &str, arguments: &[&str]) -> Result<ToolOutput, JudgeError> {
        let began = Instant::now();
        let child = Command::new("java")
            .args(&self.java)
            .arg(class)
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
