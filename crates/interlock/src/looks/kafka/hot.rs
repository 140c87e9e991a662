//! `/hot` on Kafka: the topics that take in most.

use crate::cluster::Looker;
use crate::facts::Fact;
use crate::id::TopicName;
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::{Asked, Looking, percent};
use std::collections::BTreeMap;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let rates = seen(looker.kafka_rates())?;
    let mut by_topic: BTreeMap<&TopicName, u64> = BTreeMap::new();
    for rate in rates.partitions.iter().filter(|rate| rate.bytes_per_second > 0) {
        *by_topic.entry(&rate.topic).or_default() += rate.bytes_per_second;
    }
    let all: u64 = by_topic.values().sum();
    let mut busy: Vec<(&TopicName, u64)> =
        by_topic.into_iter().filter(|(topic, _)| (asked.visible.topic)(topic)).collect();
    busy.sort_by_key(|(_, rate)| std::cmp::Reverse(*rate));
    let mut lines = vec![Phrase::new("hot-window").with("window", Fact::DurationMs(rates.window_ms))];
    if busy.is_empty() {
        lines.push(Phrase::new("nothing-measured"));
    }
    let rows = busy.into_iter().map(|(topic, rate)| vec![Cell::name(topic), Cell::Bytes(rate), percent(rate, all)]);
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("hot-headline").with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![Sheet::new("hot", &["topic", "per-second", "share"]).rows(rows)],
    })
}
