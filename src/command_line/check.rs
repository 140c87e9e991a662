//! `signalbox check`: the settings against the world. Nothing is written: it works beside a running bot.

use super::{check_rocketmq, rights, said};
use crate::bot;
use crate::chat::discord::{Dangerous, Discord};
use crate::clock::SystemClock;
use crate::config::{ClusterSettings, Settings};
use crate::store::StoreError;
use anyhow::Result;
use engine::port::{Clock, Observe};
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::{ClusterKind, Look, Looker, Mode, Query};
use interlock::policy::{Grant, Grantee, Role};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

/// How well something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Well,
    /// Some commands will be refused.
    Remark,
    Bad,
}

/// What was found: what was tried, how well it is, and what there is to say of it.
struct Found(Vec<(String, Mark, String)>);

impl Found {
    fn put(&mut self, what: impl Into<String>, result: Result<String, String>) {
        let (mark, words) = match result {
            Ok(words) => (Mark::Well, words),
            Err(words) => (Mark::Bad, words),
        };
        self.0.push((what.into(), mark, words));
    }

    fn remark(&mut self, what: impl Into<String>, words: String) {
        self.0.push((what.into(), Mark::Remark, words));
    }
}

pub(super) async fn run(settings: &Settings) -> Result<ExitCode> {
    let mut found = Found(Vec::new());
    found.put("settings", Ok("valid".to_owned()));
    found.put("store", check_store(settings).await);
    check_clusters(settings, &mut found).await?;
    check_discord(settings, &mut found).await;
    for (what, mark, words) in &found.0 {
        let mark = match mark {
            Mark::Well => "ok  ",
            Mark::Remark => "note",
            Mark::Bad => "FAIL",
        };
        said::output(&format!("{mark} {what}: {words}\n"))?;
    }
    let is_bad = found.0.iter().any(|(_, mark, _)| *mark == Mark::Bad);
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
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
            ClusterKind::Rocketmq => {
                let seen = check_rocketmq::check(cluster, backend.as_ref()).await;
                seen.into_iter().for_each(|(what, result)| found.put(what, result));
            }
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
    let to = if mode == Mode::Change { "to look and to reset offsets" } else { "to look" };
    let more =
        if rights.left_out > 0 { format!("; {} more were not asked about", rights.left_out) } else { String::new() };
    if rights.wrong.is_empty() {
        found.put(what.clone(), Ok(format!("all that is needed {to}, on {topics} topics and {groups} groups{more}")));
    }
    for wrong in rights.wrong {
        found.put(what.clone(), Err(format!("{wrong} (needed {to}{more})")));
    }
    for remark in rights.remarks {
        found.remark(what.clone(), remark);
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
    check_owners(settings, &chat, found).await;
    check_deciders(settings, &chat, found).await;
    check_approvers(settings, &chat, found).await;
    let of_clusters = settings.clusters.iter().flat_map(|cluster| cluster.channels.iter().copied());
    let channels: BTreeSet<u64> = of_clusters.chain(discord.operators_channel).chain(discord.audit_channel).collect();
    for channel in channels {
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

fn chat_roles<'g>(all: impl Iterator<Item = &'g Grantee>) -> BTreeSet<u64> {
    all.filter_map(|one| match one {
        Grantee::ChatRole(role) => Some(role.0),
        Grantee::Account(_) | Grantee::Person(_) => None,
    })
    .collect()
}

/// Who fills seats or breaks the glass must have been given the role by somebody.
async fn check_deciders(settings: &Settings, chat: &Discord, found: &mut Found) {
    let grants = &settings.policy.grants.0;
    let decides = |grant: &&Grant| matches!(grant.role, Role::Approver | Role::OnCall);
    let roles = chat_roles(grants.iter().filter(decides).flat_map(|grant| &grant.to));
    if roles.is_empty() {
        return;
    }
    let told = match chat.unguarded(&roles).await {
        Ok(unguarded) if unguarded.is_empty() => Ok("nobody is known to have one without being given it".to_owned()),
        Ok(unguarded) => {
            let named =
                unguarded.iter().map(|one| format!("{} ({})", one.role, one.how)).collect::<Vec<_>>().join(", ");
            Err(format!("anybody may come by: {named}; grant approver and on-call to roles that only people give"))
        }
        Err(error) => Err(error.to_string()),
    };
    found.put("roles that decide", told);
}

/// Where somebody may break the glass, approvers who are skipped must hear of it.
async fn check_approvers(settings: &Settings, chat: &Discord, found: &mut Found) {
    let grants = &settings.policy.grants.0;
    let breaks = grants.iter().any(|grant| grant.role == Role::OnCall);
    let approves = |grant: &&Grant| breaks && grant.role.implies(Role::Approver);
    let roles = chat_roles(grants.iter().filter(approves).flat_map(|grant| &grant.to));
    check_called("approvers", &roles, chat, found).await;
}

async fn check_owners(settings: &Settings, chat: &Discord, found: &mut Found) {
    let roles = chat_roles(settings.policy.owners.0.iter().flat_map(|owner| &owner.to));
    check_called("owners", &roles, chat, found).await;
}

/// A role that not everybody may mention rings for nobody when the bot names it.
async fn check_called(whose: &str, roles: &BTreeSet<u64>, chat: &Discord, found: &mut Found) {
    if roles.is_empty() {
        return;
    }
    let told = match chat.not_mentionable(roles).await {
        Ok(silent) if silent.is_empty() => Ok(format!("roles of {whose} that can be called: {}", roles.len())),
        Ok(silent) => {
            let named = silent.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            Err(format!(
                "roles of {whose} that nobody is called by: {named}; let everybody mention them, or name persons"
            ))
        }
        Err(error) => Err(error.to_string()),
    };
    found.put(whose, told);
}
