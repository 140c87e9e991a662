//! `/skew` on RocketMQ: how evenly topics, queues and messages lie on the brokers.

use super::not_seen;
use crate::cluster::Looker;
use crate::cluster::rocketmq::{BrokerSet, TopicKind, TopicOverview};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::{Asked, Looking, most_over_mean};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (cluster, topics) = (looker.rocketmq_cluster(), looker.rocketmq_topics());
    let (cluster, topics) = (seen(cluster)?, seen(topics)?);
    let loads: Vec<Load<'_>> = cluster.brokers.iter().map(|broker| load(broker, &topics.seen)).collect();
    let written = loads.iter().filter_map(|one| Some((one.broker.name.as_str(), one.written?)));
    let queues = loads.iter().map(|one| (one.broker.name.as_str(), one.queues));
    let mut lines: Vec<Phrase> = Vec::new();
    lines.extend(most_over_mean("written", written));
    lines.extend(most_over_mean("queues", queues));
    lines.extend(not_seen(&topics.silent));
    let rows = loads.iter().map(|one| {
        let bytes = one.bytes.and_then(|bytes| u64::try_from(bytes).ok());
        vec![
            Cell::name(&one.broker.name),
            Cell::Number(one.topics),
            Cell::Number(one.queues),
            Cell::maybe(one.written),
            bytes.map_or(Cell::Unknown, Cell::Bytes),
        ]
    });
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("skew-headline").with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![Sheet::new("skew", &["broker", "topics", "write", "written", "bytes"]).rows(rows)],
    })
}

/// What one broker has.
struct Load<'a> {
    broker: &'a BrokerSet,
    topics: i64,
    queues: i64,
    written: Option<i64>,
    bytes: Option<i64>,
}

fn load<'a>(broker: &'a BrokerSet, topics: &[TopicOverview]) -> Load<'a> {
    let ours = topics.iter().filter(|topic| topic.kind == TopicKind::Ordinary);
    let here = ours.flat_map(|topic| &topic.at).filter(|at| at.broker == broker.name);
    let (topics, queues) = here.fold((0, 0), |(topics, queues), at| (topics + 1, queues + i64::from(at.write)));
    let master = broker.master().and_then(|master| master.said.answer());
    Load {
        broker,
        topics,
        queues,
        written: master.and_then(|seen| seen.written_today),
        bytes: master.and_then(|seen| seen.log_end_bytes?.checked_sub(seen.log_start_bytes?)),
    }
}
