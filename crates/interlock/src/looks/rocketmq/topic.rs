//! `/topic` on RocketMQ: queues and permission at each broker, what they hold, whether the routes agree.

use super::{copies, not_seen, write_past_read};
use crate::cluster::Looker;
use crate::cluster::rocketmq::{FromMasters, QueueRange, Said, Topic, TopicAt};
use crate::id::{BrokerName, TopicName};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, names, reported, seen};
use crate::looks::suggest::unknown_topic;
use crate::looks::{Asked, Looking, Part, missing, part};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

/// The topic that is asked about, if it is there and in sight.
pub(super) fn found<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<(&'a TopicName, &'a Topic), Stop> {
    let name = asked.arguments.topic("topic").ok_or_else(|| missing("topic"))?;
    if !(asked.visible.topic)(name) {
        return Err(unknown_topic(asked, name).into());
    }
    match seen(looker.rocketmq_topic(name))? {
        Some(topic) => Ok((name, topic)),
        None => Err(unknown_topic(asked, name).into()),
    }
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (name, topic) = found(asked, looker)?;
    let (ranges, copies) = (looker.rocketmq_ranges(name, 0), looker.rocketmq_copies(Some(name)));
    let ranges = part(ranges).ok_or(Stop::Ask)?;
    let copies = part(copies).ok_or(Stop::Ask)?;
    let mut lines = vec![Phrase::new("topic-kind").with("topic-kind", topic.kind.key())];
    lines.extend(write_past_read(topic.settings()));
    let (read, write) = topic
        .settings()
        .fold((0_i64, 0_i64), |(read, write), at| (read + i64::from(at.read), write + i64::from(at.write)));
    let brokers = topic.settings().count();
    lines.push(Phrase::new("topic-queues").with("read", read).with("write", write).with("count", brokers));
    if topic.settings().any(|at| at.ordered) {
        lines.push(Phrase::new("ordered"));
    }
    lines.extend(messages(topic, &ranges));
    lines.push(agreement(topic));
    let silent = topic.at.iter().filter(|(_, said)| said.failure().is_some()).map(|(broker, _)| broker);
    let silent = names(silent);
    if !silent.is_empty() {
        lines.push(Phrase::new("masters-not-seen").with("brokers", silent));
    }
    lines.extend(copies::of_topic((name, topic), copies));
    let known = ranges.known().map(|ranges| ranges.seen.as_slice());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline(asked, name),
        lines,
        tables: vec![by_broker(topic, known), by_queue(known.unwrap_or_default())],
    })
}

fn headline(asked: &Asked<'_>, name: &TopicName) -> Phrase {
    Phrase::new("topic-headline").with("topic", name.as_str()).with("cluster", asked.cluster.name.as_str())
}

fn messages(topic: &Topic, ranges: &Part<&FromMasters<Vec<QueueRange>>>) -> Vec<Phrase> {
    let ranges = match ranges {
        Part::Known(ranges) => ranges,
        Part::Unknown(failure) => return vec![Phrase::new("topics-not-seen").because(failure)],
    };
    let held = |ranges: &[&QueueRange]| ranges.iter().map(|one| one.end - one.start).sum::<i64>();
    let all: Vec<&QueueRange> = ranges.seen.iter().collect();
    let mut lines = vec![Phrase::new("topic-messages").with("count", held(&all))];
    let closed = |range: &&&QueueRange| {
        topic.settings().any(|at| at.broker == range.broker && range.queue >= at.write) && range.end > range.start
    };
    let closed: Vec<&QueueRange> = all.iter().filter(closed).copied().collect();
    if !closed.is_empty() {
        lines.push(Phrase::new("closed-queues-hold").with("count", held(&closed)).with("queues", closed.len()));
    }
    lines.extend(not_seen(&ranges.silent));
    lines
}

/// Whether the NameServers that answer tell the same route.
pub(super) fn agreement(topic: &Topic) -> Phrase {
    let told: Vec<_> = topic.routes.iter().filter_map(|(address, said)| Some((address, said.answer()?))).collect();
    let without = names(told.iter().filter(|(_, route)| route.is_none()).map(|(address, _)| address));
    if !without.is_empty() {
        return Phrase::new("route-missing").with("addresses", without);
    }
    let agree = told.windows(2).all(|pair| pair[0].1 == pair[1].1);
    Phrase::new(if agree { "routes-agree" } else { "routes-differ" })
        .with("count", told.len())
        .with("topics", Vec::<String>::new())
}

fn by_broker(topic: &Topic, ranges: Option<&[QueueRange]>) -> Sheet {
    let held = |broker: &BrokerName| {
        let here = ranges?.iter().filter(|one| one.broker == *broker);
        Some(here.map(|one| one.end - one.start).sum::<i64>())
    };
    let rows = topic.at.iter().filter_map(|(broker, said)| match said {
        Said::Answer(None) => None,
        Said::Answer(Some(TopicAt { read, write, perm, .. })) => Some(vec![
            Cell::name(broker),
            Cell::Number(i64::from(*read)),
            Cell::Number(i64::from(*write)),
            Cell::name(perm),
            Cell::maybe(held(broker)),
        ]),
        Said::Silent(_) => {
            Some(vec![Cell::name(broker), Cell::Unknown, Cell::Unknown, Cell::word("silent"), Cell::Unknown])
        }
    });
    Sheet::new("brokers", &["broker", "read", "write", "perm", "messages"]).rows(rows)
}

fn by_queue(ranges: &[QueueRange]) -> Sheet {
    let row = |one: &QueueRange| {
        let numbers = [i64::from(one.queue), one.start, one.end].map(Cell::Number);
        std::iter::once(Cell::name(&one.broker)).chain(numbers).collect()
    };
    Sheet::new("queues", &["broker", "queue", "start", "end"]).rows(ranges.iter().map(row))
}
