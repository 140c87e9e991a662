//! `/lag` of a group in a topic on RocketMQ, queue by queue.

use super::{not_seen, queue_lags};
use crate::cluster::rocketmq::least_queues;
use crate::cluster::{Look, Looker};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::{Asked, Looking};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let committed = asked.arguments.group("group").map(|id| looker.rocketmq_committed(id));
    let topic_found = super::topic::found(asked, looker);
    let (id, group) = super::group::found(asked, looker)?;
    let (name, _) = topic_found?;
    let committed = seen(committed.unwrap_or(Look::Ask))?;
    let ranges = seen(looker.rocketmq_ranges(name, least_queues(name, &committed.seen)))?;
    let queues = queue_lags(name, ranges, &committed.seen);
    let total = queues.iter().filter_map(super::QueueLag::lag).fold(0, i64::saturating_add);
    let without = queues.iter().filter(|queue| queue.offset.is_none());
    let (count, unread) =
        without.fold((0_usize, 0_i64), |(count, sum), queue| (count + 1, sum + queue.range.end - queue.range.start));
    let mut lines = vec![if group.is_online() {
        Phrase::new("group-online").with("count", group.clients.len())
    } else {
        Phrase::new("group-offline")
    }];
    if count > 0 {
        lines.push(Phrase::new("without-offset").with("count", count).with("messages", unread));
    }
    lines.extend(not_seen(ranges.silent.iter().chain(&committed.silent)));
    lines.dedup();
    let headline = Phrase::new("lag-headline").with("group", id.as_str()).with("topic", name.as_str());
    let row = |queue: &super::QueueLag<'_>| {
        vec![
            Cell::name(&queue.range.broker),
            Cell::Number(i64::from(queue.range.queue)),
            queue.offset.map_or(Cell::Nothing, Cell::Number),
            Cell::Number(queue.range.start),
            Cell::Number(queue.range.end),
            queue.lag().map_or(Cell::Nothing, Cell::Number),
        ]
    };
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("lag", total).with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![
            Sheet::new("lag", &["broker", "queue", "offset", "start", "end", "lag"]).rows(queues.iter().map(row)),
        ],
    })
}
