//! `/group` on RocketMQ: who is connected, how far the group is by topic, what it gave up.

use super::{not_seen, queue_lags};
use crate::cluster::rocketmq::{
    Client, CommittedOffset, FromMasters, Group, Model, QueueRange, RETRY, dead_letters_of, least_queues,
};
use crate::cluster::{Look, Looker};
use crate::id::{GroupId, TopicName};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, names, reported, seen};
use crate::looks::suggest::unknown_group;
use crate::looks::{Asked, Looking, missing};
use std::collections::BTreeSet;

/// Of how many topics the lag is looked up; the rest is counted.
const MOST_TOPICS: usize = 50;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

/// The group that is asked about, if it is there and in sight.
pub(super) fn found<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<(&'a GroupId, &'a Group), Stop> {
    let id = asked.arguments.group("group").ok_or_else(|| missing("group"))?;
    if !(asked.visible.group)(id) {
        return Err(unknown_group(asked, id).into());
    }
    match seen(looker.rocketmq_group(id))? {
        Some(group) => Ok((id, group)),
        None => Err(unknown_group(asked, id).into()),
    }
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let committed = asked.arguments.group("group").map(|id| looker.rocketmq_committed(id));
    let (id, group) = found(asked, looker)?;
    let committed = seen(committed.unwrap_or(Look::Ask))?;
    let of_group = committed.seen.iter().map(|one| &one.topic);
    let subscribed = group.subscriptions.iter().map(|one| &one.topic);
    let topics: BTreeSet<&TopicName> = of_group.chain(subscribed).collect();
    let own = |topic: &&TopicName| topic.as_str() == format!("{RETRY}{id}");
    let shown: Vec<&TopicName> =
        topics.into_iter().filter(|topic| own(topic) || (asked.visible.topic)(topic)).collect();
    let left_out = shown.len().saturating_sub(MOST_TOPICS);
    let mut lags: Vec<TopicLag<'_>> =
        shown.into_iter().take(MOST_TOPICS).map(|topic| topic_lag(topic, committed, looker)).collect();
    lags.sort_by(|one, other| other.lag.cmp(&one.lag).then_with(|| one.topic.cmp(other.topic)));
    let dead = dead_letters_of(id).ok().map(|topic| dead_letters(&topic, looker));
    let mut lines = told(group);
    if committed.seen.is_empty() {
        lines.push(Phrase::new("no-offsets"));
    }
    if let Some(count) = dead.flatten().filter(|count| *count > 0) {
        lines.push(Phrase::new("dead-letters").with("count", count));
    }
    if left_out > 0 {
        lines.push(Phrase::new("topics-left-out").with("count", left_out));
    }
    lines.extend(not_seen(&committed.silent));
    let headline = Phrase::new("group-headline").with("group", id.as_str());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![clients(&group.clients), by_topic(&lags)],
    })
}

struct TopicLag<'a> {
    topic: &'a TopicName,
    lag: Option<i64>,
    without: usize,
}

/// While the queues are not seen yet, it is noted that they have to be.
fn topic_lag<'a>(
    topic: &'a TopicName,
    committed: &'a FromMasters<Vec<CommittedOffset>>,
    looker: &mut Looker<'a>,
) -> TopicLag<'a> {
    let Look::Seen(ranges) = looker.rocketmq_ranges(topic, least_queues(topic, &committed.seen)) else {
        return TopicLag { topic, lag: None, without: 0 };
    };
    let queues = queue_lags(topic, ranges, &committed.seen);
    let lag = queues.iter().filter_map(super::QueueLag::lag).fold(0, i64::saturating_add);
    TopicLag { topic, lag: Some(lag), without: queues.iter().filter(|queue| queue.offset.is_none()).count() }
}

fn dead_letters(topic: &TopicName, looker: &mut Looker<'_>) -> Option<i64> {
    let ranges: &FromMasters<Vec<QueueRange>> = looker.rocketmq_ranges(topic, 0).seen()?;
    Some(ranges.seen.iter().map(|one| one.end - one.start).sum())
}

fn told(group: &Group) -> Vec<Phrase> {
    let mut lines = Vec::new();
    if group.system {
        lines.push(Phrase::new("group-system"));
    }
    lines.push(match group.clients.len() {
        0 => Phrase::new("group-offline"),
        count => Phrase::new("group-online").with("count", count),
    });
    if group.model == Some(Model::Broadcasting) {
        lines.push(Phrase::new("group-broadcasts"));
    }
    let off = group.at.iter().filter(|at| at.settings.is_some_and(|settings| !settings.consume));
    let off = names(off.map(|at| &at.broker));
    if !off.is_empty() {
        lines.push(Phrase::new("consume-off").with("brokers", off));
    }
    let at = names(group.at.iter().filter(|at| at.settings.is_some()).map(|at| &at.broker));
    lines.push(if at.is_empty() {
        Phrase::new("group-only-offsets")
    } else {
        Phrase::new("group-at").with("brokers", at)
    });
    lines.extend(not_seen(&group.silent));
    lines
}

/// One row a client.
pub(super) fn clients(clients: &[Client]) -> Sheet {
    let rows = clients.iter().map(|one| {
        let version = format!("{} {}", one.language, one.version);
        vec![
            Cell::name(&one.id),
            Cell::name(&one.host),
            Cell::name(version.trim()),
            Cell::name(names(&one.brokers).join(",")),
        ]
    });
    Sheet::new("clients", &["client", "host", "version", "broker"]).rows(rows)
}

fn by_topic(lags: &[TopicLag<'_>]) -> Sheet {
    let rows = lags.iter().map(|one| vec![Cell::name(one.topic), Cell::maybe(one.lag), Cell::count(one.without)]);
    Sheet::new("lag", &["topic", "lag", "no-commit"]).rows(rows)
}
