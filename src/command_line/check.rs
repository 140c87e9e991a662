//! `signalbox check`: the settings against the world. Nothing is written: it works beside a running bot.

use super::{check_rocketmq, rights, said};
use crate::bot;
use crate::chat::discord::Dangerous;
use crate::clock::SystemClock;
use crate::config::{ClusterSettings, Settings};
use crate::store::StoreError;
use anyhow::Result;
use engine::port::{Clock, Observe};
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::{ClusterKind, Look, Looker, Mode, Query};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

/// What was found: what was tried, and why it is not well.
struct Found(Vec<(String, Result<String, String>)>);

impl Found {
    fn put(&mut self, what: impl Into<String>, result: Result<String, String>) {
        self.0.push((what.into(), result));
    }
}

pub(super) async fn run(settings: &Settings) -> Result<ExitCode> {
    let mut found = Found(vec![("settings".to_owned(), Ok("valid".to_owned()))]);
    found.put("store", check_store(settings).await);
    check_clusters(settings, &mut found).await?;
    check_discord(settings, &mut found).await;
    let bad = found.0.iter().filter(|(_, result)| result.is_err()).count();
    for (what, result) in &found.0 {
        let (mark, words) = match result {
            Ok(words) => ("ok  ", words),
            Err(words) => ("FAIL", words),
        };
        said::output(&format!("{mark} {what}: {words}\n"))?;
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The store is only read. Whether it takes writes is what `/readyz` of the running bot says.
async fn check_store(settings: &Settings) -> Result<String, String> {
    let reader = match bot::reader(settings).await {
        Ok(reader) => reader,
        Err(error @ (StoreError::Missing | StoreError::Older)) => return Ok(error.to_string()),
        Err(error) => return Err(error.to_string()),
    };
    let head = reader.audit_head().await;
    reader.close().await;
    let head = head.map_err(|error| error.to_string())?;
    Ok(format!("can be read, its schema is up to date, {} entries in the audit log", head.seq))
}

async fn check_clusters(settings: &Settings, found: &mut Found) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let backends = bot::backends(settings, &clock)?;
    for cluster in &settings.clusters {
        let Some(backend) = backends.get(&cluster.cluster.name) else { continue };
        match cluster.cluster.kind {
            ClusterKind::Kafka => check_kafka(cluster, backend.as_ref(), found).await,
            ClusterKind::Rocketmq => found.0.extend(check_rocketmq::check(cluster, backend.as_ref()).await),
        }
    }
    Ok(())
}

async fn check_kafka(settings: &ClusterSettings, backend: &dyn Observe, found: &mut Found) {
    let (name, mode) = (&settings.cluster.name, settings.cluster.mode);
    let sections = backend.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Cluster)])).await;
    let seen = match Looker::new(&sections).kafka_cluster() {
        Look::Seen(seen) => Ok(format!("id {}, {} brokers", seen.id, seen.brokers.len())),
        Look::Failed(failure) => Err(format!("{}: {}", failure.kind.key(), failure.said)),
        Look::Ask => Err("not asked".to_owned()),
    };
    let there = seen.is_ok();
    found.put(format!("cluster {name}"), seen);
    if !there {
        return;
    }
    let rights = rights::look(backend, mode).await;
    let what = format!("rights on {name}");
    let (topics, groups) = (rights.topics, rights.groups);
    let to = if mode == Mode::Change { "to look and to change" } else { "to look" };
    let more =
        if rights.left_out > 0 { format!("; {} more were not asked about", rights.left_out) } else { String::new() };
    if rights.wrong.is_empty() {
        found.put(what.clone(), Ok(format!("all that is needed {to}, on {topics} topics and {groups} groups{more}")));
    }
    for wrong in rights.wrong {
        found.put(what.clone(), Err(format!("{wrong} (needed {to}{more})")));
    }
}

fn told(found: &Dangerous) -> String {
    format!("role {} of guild {} gives the bot {}", found.role, found.guild, found.permission)
}

async fn check_discord(settings: &Settings, found: &mut Found) {
    let Some(discord) = &settings.discord else { return };
    let chat = match bot::asked_chat(settings, discord) {
        Ok(chat) => chat,
        Err(error) => return found.put("discord", Err(error.to_string())),
    };
    let dangerous = match chat.dangerous_permissions().await {
        Ok(dangerous) if dangerous.is_empty() => Ok("no dangerous permission".to_owned()),
        Ok(dangerous) => Err(dangerous.iter().map(told).collect::<Vec<_>>().join("; ")),
        Err(error) => Err(error.to_string()),
    };
    found.put("discord", dangerous);
    let channels: BTreeSet<u64> =
        settings.clusters.iter().flat_map(|cluster| cluster.channels.iter().copied()).collect();
    for channel in channels.into_iter().chain(discord.operators_channel) {
        let result = match chat.missing_permissions(channel).await {
            Ok(rights) if !rights.is_served => Err("in a guild that the settings do not name".to_owned()),
            Ok(rights) if !rights.is_text => Err("not an ordinary text channel".to_owned()),
            Ok(rights) if rights.missing.is_empty() => Ok("every permission that is needed".to_owned()),
            Ok(rights) => Err(format!("missing: {}", rights.missing.join(", "))),
            Err(error) => Err(error.to_string()),
        };
        found.put(format!("channel {channel}"), result);
    }
}
