//! `/broker` on Kafka: whether it is alive, what it leads and holds, its disks, the settings made while it runs.

use super::load;
use crate::cluster::Looker;
use crate::cluster::kafka::{BrokerDirs, LogDir};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::suggest::unknown_broker;
use crate::looks::{Asked, Looking, missing, part, percent};
use std::collections::BTreeSet;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let name = asked.arguments.broker("broker").ok_or_else(|| missing("broker"))?;
    let (cluster, layout, dirs) = (looker.kafka_cluster(), looker.kafka_layout(), looker.kafka_log_dirs());
    let (cluster, layout) = (seen(cluster)?, seen(layout)?);
    let dirs = part(dirs).ok_or(Stop::Ask)?;
    let alive = cluster.brokers.iter().map(|broker| broker.id);
    let replicas = layout.iter().flat_map(|topic| &topic.topic.partitions).flat_map(|one| one.replicas.iter().copied());
    let known: BTreeSet<i32> = alive.chain(replicas).collect();
    let Some(id) = name.as_str().parse().ok().filter(|id| known.contains(id)) else {
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        return Err(unknown_broker(asked, name, known.iter().map(String::as_str)).into());
    };
    let settings = part(looker.kafka_broker_config(id)).ok_or(Stop::Ask)?;
    let mut lines = Vec::new();
    match cluster.brokers.iter().find(|broker| broker.id == id) {
        None => lines.push(Phrase::new("broker-dead").with("broker", i64::from(id))),
        Some(broker) => lines.push(Phrase::new("brokers-alive").with("rack", broker.rack.as_deref().unwrap_or("-"))),
    }
    if cluster.controller == Some(id) {
        lines.push(Phrase::new("broker-is-controller"));
    }
    let load = load(id, layout);
    lines.push(Phrase::new("broker-replicas").with("count", load.replicas).with("leaders", load.leaders));
    if load.offline > 0 {
        lines.push(Phrase::new("offline-partitions").with("count", load.offline));
    }
    let entries: Vec<_> = settings.known().copied().and_then(Option::as_ref).into_iter().flatten().collect();
    if !entries.is_empty() {
        lines.push(Phrase::new("broker-settings").with("count", entries.len()));
    }
    let of_broker = dirs.known().and_then(|dirs| dirs.iter().find(|one| one.broker == id));
    if of_broker.and_then(|one: &BrokerDirs| one.dirs.as_ref()).is_none() {
        lines.push(Phrase::new("silent-disks"));
    }
    let disks = of_broker.and_then(|one| one.dirs.as_ref()).into_iter().flatten().map(disk);
    let rows = entries
        .into_iter()
        .map(|entry| vec![Cell::name(&entry.key), entry.value.as_ref().map_or(Cell::Unknown, Cell::name)]);
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("broker-headline")
            .with("broker", name.as_str())
            .with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![
            Sheet::new("disks", &["disk", "replicas", "bytes", "share"]).rows(disks),
            Sheet::new("settings", &["setting", "value"]).rows(rows),
        ],
    })
}

fn disk(dir: &LogDir) -> Vec<Cell> {
    let bytes: u64 = dir.replicas.iter().map(|replica| replica.bytes).sum();
    let used = dir.total_bytes.zip(dir.usable_bytes).map(|(total, free)| (total, total.saturating_sub(free)));
    vec![
        Cell::name(&dir.path),
        Cell::count(dir.replicas.len()),
        Cell::Bytes(bytes),
        used.map_or(Cell::Unknown, |(total, used)| percent(used, total)),
    ]
}
