//! What a plan does to the queues of a topic, in the words of `plan.txt`.

use super::foreign::shown;
use super::locale::Locale;
use super::numbers::duration;
use interlock::id::TopicName;
use interlock::plan::{Closing, OpenAt, QueuesChange, Row, Seed, SeedRule, SeedsKept, Standing};

fn name(text: &str) -> String {
    shown(text, 3_000)
}

fn listed<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn set(topic: &TopicName, places: &[QueuesChange]) -> String {
    let one = |one: &QueuesChange| format!("{} from {} to {}", name(one.broker.as_str()), one.from, one.to);
    format!("set the queues of {topic} to read/write at the masters: {}", listed(places, one))
}

pub(super) fn seed(topic: &TopicName, seeds: &[Seed]) -> String {
    let one = |one: &Seed| {
        format!("{} at {} {}: {}", name(one.group.as_str()), name(one.broker.as_str()), one.queue, one.offset)
    };
    format!("give these groups an offset in queues of {topic}: {}", listed(seeds, one))
}

pub(super) fn seed_rule(rule: &SeedRule) -> String {
    let one = |(broker, from, to): &(interlock::id::BrokerName, u32, u32)| {
        format!("{} {from} to {}", name(broker.as_str()), to.saturating_sub(1))
    };
    format!(
        "give every group of {} that has none an offset in the queues {} and nowhere else, {} at most: the first message of the \
         queue if that is still there or none ever was, else the end of the queue when that is done; a master of 5.x takes it \
         for groups that it has",
        rule.topic,
        listed(&rule.queues, one),
        rule.most
    )
}

pub(super) fn open(topic: &TopicName, queues: &[OpenAt], only: bool) -> String {
    let one = |one: &OpenAt| format!("{} {}", name(one.broker.as_str()), one.queues);
    let only = if only { ", and no other master has it" } else { "" };
    format!("the queues of {topic} to read/write are {}{only}", listed(queues, one))
}

pub(super) fn standing(standing: &Standing) -> String {
    let span = duration(Locale::EnUs, standing.interval_ms);
    format!(
        "{}, at the masters and in the route of every NameServer that answers, in {} looks in a row, one every {span}",
        open(&standing.topic, &standing.queues, false),
        standing.looks
    )
}

pub(super) fn seeds_kept(kept: &SeedsKept) -> String {
    let span = duration(Locale::EnUs, kept.interval_ms);
    format!(
        "every offset that was given is there in {} looks in a row, one every {span}: until brokers have written them to disk",
        kept.looks
    )
}

fn closed(closing: &Closing) -> String {
    listed(&closing.queues, |one| {
        format!("{} {} to {}", name(one.broker.as_str()), one.keeps, one.had.saturating_sub(1))
    })
}

pub(super) fn drained(closing: &Closing) -> String {
    let waived: Vec<String> = closing.waived.iter().map(|group| name(group.as_str())).collect();
    let but = if waived.is_empty() {
        String::new()
    } else {
        format!(" (but for {}, given up once the messages are kept no longer, if it is away)", waived.join(", "))
    };
    format!(
        "every group{but} has read the queues {} of {}, and they stand still for the longest pending delay and two polls of \
         the route, in {} looks in a row",
        closed(closing),
        closing.topic,
        closing.looks
    )
}

pub(super) fn stays_closed(closing: &Closing) -> String {
    format!(
        "nothing came into the queues {} of {} for as long as messages are kept; if something does, they are read again by \
         itself, drained and closed again; a look every {}",
        closed(closing),
        closing.topic,
        duration(Locale::EnUs, closing.interval_ms)
    )
}

pub(super) fn row(row: &Row) -> Option<Vec<String>> {
    let Row::Queues { broker, now, then } = row else { return None };
    Some(vec![name(broker), now.to_string(), then.to_string()])
}
