//! `/route` on Kafka: where the clients of a topic go, partition by partition.

use crate::cluster::Looker;
use crate::cluster::kafka::Partition;
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::suggest::unknown_topic;
use crate::looks::{Asked, Looking, missing};
use std::collections::BTreeMap;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let name = asked.arguments.topic("topic").ok_or_else(|| missing("topic"))?;
    if !(asked.visible.topic)(name) {
        return Err(unknown_topic(asked, name).into());
    }
    let Some(topic) = seen(looker.kafka_topic(name))? else { return Err(unknown_topic(asked, name).into()) };
    let mut leads: BTreeMap<i32, usize> = BTreeMap::new();
    for leader in topic.partitions.iter().filter_map(|partition| partition.leader) {
        *leads.entry(leader).or_default() += 1;
    }
    let offline = topic.partitions.iter().filter(|partition| partition.leader.is_none()).count();
    let mut lines = Vec::new();
    if offline > 0 {
        lines.push(Phrase::new("offline-partitions").with("count", offline));
    }
    let leaders = leads.into_iter().map(|(broker, count)| vec![Cell::Number(i64::from(broker)), Cell::count(count)]);
    let row = |one: &Partition| {
        vec![
            Cell::Number(i64::from(one.partition)),
            one.leader.map_or(Cell::Nothing, |leader| Cell::Number(i64::from(leader))),
            Cell::name(written(&one.replicas)),
            Cell::name(written(&one.isr)),
        ]
    };
    let headline = Phrase::new("route-headline").with("topic", name.as_str());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![
            Sheet::new("leaders", &["broker", "leaders"]).rows(leaders),
            Sheet::new("route", &["partition", "leader", "replicas", "isr"]).rows(topic.partitions.iter().map(row)),
        ],
    })
}

fn written(brokers: &[i32]) -> String {
    brokers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
