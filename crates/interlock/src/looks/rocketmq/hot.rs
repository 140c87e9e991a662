//! `/hot` on RocketMQ: the topics that are written to most.

use crate::cluster::Looker;
use crate::id::TopicName;
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::{Asked, Looking, percent};
use std::collections::BTreeMap;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let rates = seen(looker.rocketmq_rates())?;
    let mut by_topic: BTreeMap<&TopicName, u64> = BTreeMap::new();
    for rate in rates.topics.iter().filter(|rate| rate.messages > 0) {
        *by_topic.entry(&rate.topic).or_default() += rate.messages;
    }
    let all: u64 = by_topic.values().sum();
    let mut busy: Vec<(&TopicName, u64)> =
        by_topic.into_iter().filter(|(topic, _)| (asked.visible.topic)(topic)).collect();
    busy.sort_by_key(|(_, messages)| std::cmp::Reverse(*messages));
    let window = Phrase::new("hot-window").with("window", crate::facts::Fact::DurationMs(rates.window_ms));
    let mut lines = vec![window];
    if busy.is_empty() {
        lines.push(Phrase::new("nothing-measured"));
    }
    if rates.left_out > 0 {
        lines.push(Phrase::new("topics-left-out").with("count", rates.left_out));
    }
    let rows = busy.into_iter().map(|(topic, messages)| {
        let per_minute = u128::from(messages) * 60_000 / u128::from(rates.window_ms.max(1));
        let per_minute = i64::try_from(per_minute).unwrap_or(i64::MAX);
        vec![Cell::name(topic), Cell::Number(per_minute), percent(messages, all)]
    });
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("hot-headline").with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![Sheet::new("hot", &["topic", "per-minute", "share"]).rows(rows)],
    })
}
