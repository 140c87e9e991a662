//! `signalbox check`: the settings against the world.

use super::said;
use crate::bot;
use crate::chat::discord::Dangerous;
use crate::clock::SystemClock;
use crate::config::Settings;
use anyhow::Result;
use engine::port::Clock;
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::{Look, Looker, Query};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

/// What was found: what was tried, and why it is not well.
struct Found(Vec<(String, Result<String, String>)>);

pub(super) async fn run(settings: &Settings) -> Result<ExitCode> {
    let mut found = Found(vec![("settings".to_owned(), Ok("valid".to_owned()))]);
    check_clusters(settings, &mut found).await?;
    match bot::house(settings).await {
        Err(error) => found.0.push(("store".to_owned(), Err(error.to_string()))),
        Ok(house) => {
            let store = house.rooms().store.ping().await;
            found.0.push((
                "store".to_owned(),
                store.map(|()| "takes writes".to_owned()).map_err(|error| error.to_string()),
            ));
            check_discord(settings, &house, &mut found).await;
        }
    }
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

async fn check_clusters(settings: &Settings, found: &mut Found) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let backends = bot::backends(settings, &clock)?;
    for cluster in &settings.clusters {
        let name = &cluster.cluster.name;
        let Some(backend) = backends.get(name) else { continue };
        let sections = backend.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Cluster)])).await;
        let result = match Looker::new(&sections).kafka_cluster() {
            Look::Seen(seen) => Ok(format!("id {}, {} brokers", seen.id, seen.brokers.len())),
            Look::Failed(failure) => Err(format!("{}: {}", failure.kind.key(), failure.said)),
            Look::Ask => Err("not asked".to_owned()),
        };
        found.0.push((format!("cluster {name}"), result));
    }
    Ok(())
}

fn told(found: &Dangerous) -> String {
    format!("role {} of guild {} gives the bot {}", found.role, found.guild, found.permission)
}

async fn check_discord(settings: &Settings, house: &crate::house::House, found: &mut Found) {
    let Some(discord) = &settings.discord else { return };
    let chat = match bot::chat(discord, house) {
        Ok(chat) => chat,
        Err(error) => return found.0.push(("discord".to_owned(), Err(error.to_string()))),
    };
    let dangerous = match chat.dangerous_permissions().await {
        Ok(dangerous) if dangerous.is_empty() => Ok("no dangerous permission".to_owned()),
        Ok(dangerous) => Err(dangerous.iter().map(told).collect::<Vec<_>>().join("; ")),
        Err(error) => Err(error.to_string()),
    };
    found.0.push(("discord".to_owned(), dangerous));
    let channels: BTreeSet<u64> =
        settings.clusters.iter().flat_map(|cluster| cluster.channels.iter().copied()).collect();
    for channel in channels {
        let result = match chat.missing_permissions(channel).await {
            Ok(rights) if !rights.is_text => Err("not an ordinary text channel".to_owned()),
            Ok(rights) if rights.missing.is_empty() => Ok("every permission that is needed".to_owned()),
            Ok(rights) => Err(format!("missing: {}", rights.missing.join(", "))),
            Err(error) => Err(error.to_string()),
        };
        found.0.push((format!("channel {channel}"), result));
    }
}
