//! `/broker` on RocketMQ: the processes of one broker and what it has.

use super::health::processes;
use crate::cluster::Looker;
use crate::cluster::rocketmq::{RocketmqCluster, TopicKind};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::suggest::unknown_broker;
use crate::looks::{Asked, Looking, missing, part};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let name = asked.arguments.broker("broker").ok_or_else(|| missing("broker"))?;
    let (cluster, topics) = (looker.rocketmq_cluster(), looker.rocketmq_topics());
    let cluster = seen(cluster)?;
    let topics = part(topics).ok_or(Stop::Ask)?;
    let Some(broker) = cluster.broker(name) else {
        return Err(unknown_broker(asked, name, cluster.brokers.iter().map(|one| one.name.as_str())).into());
    };
    let alone = RocketmqCluster { brokers: vec![broker.clone()], ..cluster.clone() };
    let mut lines = Vec::new();
    match broker.master().and_then(|master| master.said.answer()) {
        None => lines.push(Phrase::new("no-master").with("broker", name.as_str())),
        Some(master) => {
            if master.perm.is_some_and(|perm| !perm.may_write()) {
                lines.push(Phrase::new("write-off").with("broker", name.as_str()));
            }
            if let Some(at) = master.started_at {
                lines.push(Phrase::new("broker-started").with("at", at));
            }
            if let Some(hours) = master.kept_hours {
                lines.push(Phrase::new("broker-kept-hours").with("hours", i64::from(hours)));
            }
        }
    }
    if let Some(topics) = topics.known() {
        let here = topics.seen.iter().filter(|topic| topic.kind == TopicKind::Ordinary);
        let here = here.filter(|topic| topic.at.iter().any(|at| at.broker == *name)).count();
        lines.push(Phrase::new("broker-topics").with("count", here));
    }
    let rows = broker.processes.iter().map(|process| {
        let seen = process.said.answer();
        let bytes = seen.and_then(|seen| seen.log_end_bytes?.checked_sub(seen.log_start_bytes?));
        let bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok());
        vec![
            Cell::name(&process.address),
            Cell::maybe(seen.and_then(|seen| seen.written_today)),
            Cell::maybe(seen.and_then(|seen| seen.read_today)),
            bytes.map_or(Cell::Unknown, Cell::Bytes),
        ]
    });
    let headline = Phrase::new("broker-headline").with("broker", name.as_str());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![processes(&alone), Sheet::new("traffic", &["address", "written", "read", "bytes"]).rows(rows)],
    })
}
