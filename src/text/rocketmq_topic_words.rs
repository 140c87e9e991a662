//! What a plan does to whole topics and groups of RocketMQ, in the words of `plan.txt`.

use super::foreign::shown;
use super::locale::Locale;
use super::numbers::duration;
use interlock::id::{GroupId, TopicName};
use interlock::plan::{Absence, ForgottenGroup, GroupPlace, QueueEnd, TopicChange, TopicPlace};

fn name(text: &str) -> String {
    shown(text, 3_000)
}

fn listed<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn set(topic: &TopicName, places: &[TopicChange]) -> String {
    let one = |one: &TopicChange| match one.from {
        None => format!("{} {}", name(one.broker.as_str()), one.to),
        Some(from) => format!("{} from {from} to {}", name(one.broker.as_str()), one.to),
    };
    let does = if places.iter().all(|one| one.from.is_none()) { "make" } else { "set" };
    format!("{does} topic {topic} (queues to read/write, what may be done) at the masters: {}", listed(places, one))
}

fn place(one: &TopicPlace) -> String {
    format!("{} {}", name(one.broker.as_str()), one.shape)
}

pub(super) fn delete(topic: &TopicName, cluster: &str, at: &[TopicPlace]) -> String {
    format!(
        "delete topic {topic} with everything in it at the masters: {}; then let every NameServer forget its route to cluster {}",
        listed(at, place),
        name(cluster)
    )
}

pub(super) fn is(topic: &TopicName, at: &[TopicPlace]) -> String {
    format!("topic {topic} is this at the masters, and no other master has it: {}", listed(at, place))
}

pub(super) fn ends(topic: &TopicName, ends: &[QueueEnd]) -> String {
    let one = |one: &QueueEnd| format!("{} {} at {}", name(one.broker.as_str()), one.queue, one.end);
    format!("the queues of {topic} end here, where they are still there: {}", listed(ends, one))
}

pub(super) fn gone(absence: &Absence) -> String {
    let span = duration(Locale::EnUs, absence.interval_ms);
    format!(
        "no master has topic {} and no NameServer tells clients of it, in {} looks in a row, one every {span}",
        absence.topic, absence.looks
    )
}

fn group_place(one: &GroupPlace) -> String {
    let with = one.settings.as_deref().map_or_else(|| "as mqadmin makes it".to_owned(), name);
    format!("{} ({with})", name(one.broker.as_str()))
}

pub(super) fn make_group(group: &GroupId, at: &[GroupPlace]) -> String {
    format!("make group {} at the masters: {}", name(group.as_str()), listed(at, group_place))
}

pub(super) fn delete_group(gone: &ForgottenGroup) -> String {
    let masters = listed(&gone.at, |one| name(one.broker.as_str()));
    let offsets = listed(&gone.offsets, |one| {
        format!("{} {} {} at {}", one.topic, name(one.broker.as_str()), one.queue, one.offset)
    });
    let offsets = if offsets.is_empty() { "none".to_owned() } else { offsets };
    format!("delete group {} with its offsets at the masters: {masters}; offsets: {offsets}", name(gone.group.as_str()))
}

pub(super) fn group_is(group: &GroupId, at: &[GroupPlace]) -> String {
    let one = |one: &GroupPlace| {
        let with = one.settings.as_deref().map_or_else(|| "not there".to_owned(), name);
        format!("{} ({with})", name(one.broker.as_str()))
    };
    format!("the settings of group {}: {}", name(group.as_str()), listed(at, one))
}
