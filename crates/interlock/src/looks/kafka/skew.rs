//! `/skew` on Kafka: how evenly replicas, leaders and bytes lie on the brokers.

use super::{bytes, load};
use crate::cluster::Looker;
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::{Asked, Looking, most_over_mean, part};
use std::collections::BTreeSet;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (cluster, layout, dirs) = (looker.kafka_cluster(), looker.kafka_layout(), looker.kafka_log_dirs());
    let (cluster, layout) = (seen(cluster)?, seen(layout)?);
    let dirs = part(dirs).ok_or(Stop::Ask)?;
    let alive: BTreeSet<i32> = cluster.brokers.iter().map(|broker| broker.id).collect();
    let replicas = layout.iter().flat_map(|topic| &topic.topic.partitions).flat_map(|one| one.replicas.iter().copied());
    let all: BTreeSet<i32> = alive.iter().copied().chain(replicas).collect();
    let stored = |id: i32| dirs.known().and_then(|dirs| bytes(id, dirs));
    let named: Vec<(String, i32)> = all.iter().map(|id| (id.to_string(), *id)).collect();
    let of = |measure: &dyn Fn(i32) -> Option<i64>| -> Vec<(&str, i64)> {
        named.iter().filter_map(|(name, id)| Some((name.as_str(), measure(*id)?))).collect()
    };
    let mut lines: Vec<Phrase> = Vec::new();
    lines.extend(most_over_mean("leaders", of(&|id| Some(load(id, layout).leaders))));
    lines.extend(most_over_mean("replicas", of(&|id| Some(load(id, layout).replicas))));
    let to_i64 = |bytes: u64| i64::try_from(bytes).ok();
    lines.extend(most_over_mean("bytes", of(&|id| stored(id).and_then(to_i64))));
    let dead = all.difference(&alive);
    lines.extend(dead.map(|id| Phrase::new("broker-dead").with("broker", i64::from(*id))));
    let rows = all.iter().map(|id| {
        let load = load(*id, layout);
        vec![
            Cell::name(id),
            Cell::Number(load.replicas),
            Cell::Number(load.leaders),
            stored(*id).map_or(Cell::Unknown, Cell::Bytes),
        ]
    });
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("skew-headline").with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![Sheet::new("skew", &["broker", "replicas", "leaders", "bytes"]).rows(rows)],
    })
}
