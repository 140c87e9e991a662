//! What `kafka-reassign-partitions --generate` proposes for the same fleet: its own code, from its jar.

use super::fleet::Way;
use ::placement::{Broker, Goal};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::fmt::Write;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// What the generator wants.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) moves: f64,
    /// Partitions whose preferred leader changes.
    pub(super) leaders: f64,
    /// Of the calculation alone, in a Java process that has just started.
    pub(super) seconds: f64,
}

#[derive(Deserialize)]
struct Answer {
    partitions: usize,
    moves: f64,
    leaders: f64,
    took_us: f64,
}

/// Asks it.
pub(super) async fn propose(way: Way) -> Result<Proposal> {
    let (question, partitions) = question(way)?;
    let variable =
        |name: &str| std::env::var(name).with_context(|| format!("{name} is not set: run ./dev bench placement"));
    let class_path = format!("{}:{}/*", variable("LAB_JUDGE")?, variable("LAB_LIB")?);
    let logging = format!("-Dlog4j2.configurationFile={}", variable("LAB_LOG")?);
    let mut java = Command::new("java")
        .args(["-Xmx1g", "-XX:+UseSerialGC", &logging, "-cp", &class_path, "judge.Generator"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("java does not start")?;
    let mut input = java.stdin.take().context("java's input")?;
    input.write_all(question.as_bytes()).await.context("java does not read")?;
    drop(input);
    let output = java.wait_with_output().await?;
    ensure!(output.status.success(), "Kafka's generator: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Answer = serde_json::from_slice(&output.stdout).context("what the generator answered")?;
    ensure!(answer.partitions == partitions, "the generator answered for {} partitions", answer.partitions);
    Ok(Proposal { moves: answer.moves, leaders: answer.leaders, seconds: answer.took_us / 1e6 })
}

/// The fleet in lines, and how many partitions it has. Brokers that go are not named, as a person would leave them out of the list.
fn question(way: Way) -> Result<(String, usize)> {
    let (layout, goal) = way.question();
    let mut lines = String::new();
    let stays = |broker: &&Broker| !matches!(&goal, Goal::Drain(named) if named.contains(&broker.id));
    for broker in layout.brokers.iter().filter(stays) {
        writeln!(lines, "broker {} {}", broker.id.0, broker.rack.context("a broker without a rack")?.0)?;
    }
    for partition in &layout.partitions {
        let ids: Vec<String> = partition.replicas.iter().map(|id| id.0.to_string()).collect();
        writeln!(lines, "partition {} {} {}", partition.topic.0, partition.index, ids.join(","))?;
    }
    Ok((lines, layout.partitions.len()))
}
