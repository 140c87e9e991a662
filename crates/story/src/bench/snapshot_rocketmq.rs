//! Everything that is read of a whole RocketMQ cluster at once, with many topics and groups, on real servers of its own.

use super::figures::{Report, rounded, row};
use crate::lab::rocketmq::own::{BROKERS, OWN, Own};
use crate::lab::rocketmq::{Line, raw};
use anyhow::{Context, Result, bail, ensure};
use engine::port::Observe;
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::{Look, Looker, Query};
use rocketmq_admin::{Client, Config, GroupConfig, HostPort, TopicConfig};
use serde::{Deserialize, Serialize};
use serde_json::json;
use signalbox::backend::Deadlines;
use signalbox::backend::rocketmq::Rocketmq;
use signalbox::clock::SystemClock;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// The word that makes this program read once.
pub(super) const ONCE: &str = "snapshot-rocketmq-once";

const TOPICS: usize = 5_000;
const GROUPS: usize = 2_000;
/// Sent in one request when they are made.
const AT_ONCE: usize = 500;
const QUEUES: u32 = 4;
const ROUNDS: usize = 5;
/// How long it may take until NameServers know all topics.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);
/// GET_ALL_TOPIC_LIST_FROM_NAMESERVER.
const ALL_TOPICS: i32 = 206;

/// What came of one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Run {
    seconds: f64,
    /// The most that the process ever had resident.
    mib: f64,
    topics: usize,
    groups: usize,
    routes: usize,
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let own = tokio::task::spawn_blocking(|| Own::start(Line::V5, "")).await??;
    let names = own.names();
    fill(&names).await?;
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        runs.push(in_a_process(&names).await?);
    }
    report(&runs)
}

fn client(names: &[String]) -> Result<Client> {
    let servers: Result<Vec<HostPort>, _> = names.iter().map(|name| name.parse()).collect();
    Ok(Client::new(Config::new(servers.context("an address")?))?)
}

/// Topics and groups at both masters; the NameServers know all of them.
async fn fill(names: &[String; 2]) -> Result<()> {
    let client = client(names)?;
    let topics: Vec<TopicConfig> =
        (0..TOPICS).map(|number| TopicConfig::new(format!("topic-{number}"), QUEUES)).collect();
    let groups: Vec<GroupConfig> = (0..GROUPS).map(|number| GroupConfig::new(format!("group-{number}"))).collect();
    for broker in BROKERS {
        let master = client.master(broker);
        for some in topics.chunks(AT_ONCE) {
            master.set_topics(some).await?;
        }
        for some in groups.chunks(AT_ONCE) {
            master.set_groups(some).await?;
        }
    }
    let began = Instant::now();
    for name in names {
        while raw::ask(name, ALL_TOPICS, &[], b"")?.text().matches("\"topic-").count() < TOPICS {
            ensure!(began.elapsed() < PATIENCE, "{name} never knows all topics");
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

async fn in_a_process(names: &[String; 2]) -> Result<Run> {
    let me = std::env::current_exe().context("where this program is")?;
    let output = Command::new(me).arg(ONCE).args(names).stdin(Stdio::null()).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run: Run = serde_json::from_slice(&output.stdout).context("what the process answered")?;
    ensure!(run.topics == TOPICS && run.groups == GROUPS && run.routes == TOPICS, "not all of it was seen: {run:?}");
    Ok(run)
}

/// What is asked of a whole cluster; nothing that is about one topic or group, and no rates, which take two looks.
fn queries() -> BTreeSet<Query> {
    [
        RocketmqQuery::Cluster,
        RocketmqQuery::Topics,
        RocketmqQuery::Routes,
        RocketmqQuery::Groups,
        RocketmqQuery::Producers,
        RocketmqQuery::Delays,
        RocketmqQuery::Copies(None),
    ]
    .map(Query::Rocketmq)
    .into()
}

/// Reads once, from nothing on, and prints what came of it.
pub(super) async fn once(names: &[&str]) -> Result<()> {
    let servers: Result<Vec<HostPort>, _> = names.iter().map(|name| name.parse()).collect();
    let deadlines = Deadlines { observe: PATIENCE, act: LOOK };
    let config = Config::new(servers.context("an address")?);
    let began = Instant::now();
    let cluster = Rocketmq::new(config, Some(OWN.to_owned()), Arc::new(SystemClock::new()), deadlines)?;
    let sections = cluster.observe(&queries()).await;
    let seconds = began.elapsed().as_secs_f64();
    let mib = super::placement::peak_mib()?;
    let mut looker = Looker::new(&sections);
    let topics = seen(looker.rocketmq_topics())?;
    let made = |name: &str, prefix: &str| name.starts_with(prefix);
    let at_both = topics.seen.iter().filter(|topic| made(topic.name.as_str(), "topic-") && topic.at.len() == 2);
    let groups = seen(looker.rocketmq_groups())?.seen.iter();
    let at_both_groups = groups.filter(|group| made(group.id.as_str(), "group-") && group.brokers.len() == 2);
    let routes = seen(looker.rocketmq_routes())?.topics.iter();
    let routed = routes.filter(|route| made(route.topic.as_str(), "topic-") && route.at.len() == 2 && route.agree());
    let run = Run { seconds, mib, topics: at_both.count(), groups: at_both_groups.count(), routes: routed.count() };
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string(&run)?)?;
    Ok(())
}

fn seen<T>(look: Look<'_, T>) -> Result<&T> {
    match look {
        Look::Seen(value) => Ok(value),
        Look::Failed(failure) => bail!("it was not seen: {}", failure.said),
        Look::Ask => bail!("it was not asked"),
    }
}

fn report(runs: &[Run]) -> Result<Report> {
    let mut table = vec![row(["run", "seconds", "peak MiB"])];
    for (number, run) in (1..).zip(runs) {
        table.push(row([&format!("{number}"), &format!("{:.3}", run.seconds), &format!("{:.1}", run.mib)]));
    }
    let worst = |figure: fn(&Run) -> f64| runs.iter().map(figure).reduce(f64::max).context("no runs");
    let (seconds, mib) = (worst(|run| run.seconds)?, worst(|run| run.mib)?);
    let said = vec![format!(
        "{TOPICS} topics and {GROUPS} groups at two masters, routes of two NameServers: slowest {seconds:.3} s, largest {mib:.1} MiB."
    )];
    Ok(Report { table, said, json: json!({"seconds": rounded(seconds), "mib": rounded(mib)}) })
}
