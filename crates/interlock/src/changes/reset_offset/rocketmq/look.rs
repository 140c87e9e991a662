//! What a reset looks at, round by round: cluster, group and topics first, then their queues.

use super::Wanted;
use crate::changes::Stop;
use crate::changes::part::Part;
use crate::changes::rocketmq_offsets::{self as offsets, Ground, Place};
use crate::cluster::rocketmq::{Said, Topic, TopicAt, TopicKind, least_queues};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{Check, Mistake, OffsetTarget, QueueLogs, ResetBy};

/// What was seen and is whole.
pub(super) struct Seen<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) topics: Vec<TopicSeen<'a>>,
    pub(super) places: Vec<Place>,
    pub(super) by: ResetBy,
    /// Queues that consumers no longer read and that hold messages.
    pub(super) closed: usize,
}

/// A topic with what its masters have of it.
pub(super) struct TopicSeen<'a> {
    pub(super) name: &'a TopicName,
    pub(super) topic: &'a Topic,
}

/// None while something has to be asked first; the looker has noted it.
pub(super) fn look<'a>(wanted: &Wanted<'a>, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let ground = offsets::look(looker, wanted.group, &mut failed);
    if let Some(topic) = wanted.topic {
        // Judged later; asked for now, which saves a round.
        let _ = looker.rocketmq_topic(topic);
    }
    stop_if(failed)?;
    let Some(ground) = ground else { return Ok(None) };
    let names = names(wanted, &ground)?;
    let mut seen = Seen { ground, topics: Vec::new(), places: Vec::new(), by: ResetBy::Queue, closed: 0 };
    let mut whole = true;
    for name in names {
        whole &= look_at_topic(wanted, name, looker, &mut seen)?;
    }
    if !whole {
        return Ok(None);
    }
    let online = seen.ground.is_online();
    let clients = online && seen.places.iter().any(|place| !seen.ground.resets_itself(&place.broker));
    seen.by = if clients { ResetBy::Clients } else { ResetBy::Queue };
    Ok(Some(seen))
}

/// The topic that was named, else every topic that the group has an offset in; what it shall try again is left alone.
fn names<'a>(wanted: &Wanted<'a>, ground: &Ground<'a>) -> Result<Vec<&'a TopicName>, Stop> {
    let name = || Facts::none().with("name", wanted.group.as_str());
    if ground.group.is_none() && ground.committed.seen.is_empty() {
        return Err(Stop::Mistake(Mistake::new("unknown-group", name())));
    }
    if let Some(topic) = wanted.topic {
        return Ok(vec![topic]);
    }
    let brokers = || ground.cluster.brokers.iter().map(|broker| &broker.name);
    let is_ordinary = |topic: &&TopicName| TopicKind::of(topic, &ground.cluster.name, brokers()) == TopicKind::Ordinary;
    let mut names: Vec<_> = ground.committed.seen.iter().map(|one| &one.topic).filter(is_ordinary).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Err(Stop::Mistake(Mistake::new("group-without-commits", name())));
    }
    Ok(names)
}

/// Whether nothing more has to be asked about this topic.
fn look_at_topic<'a>(
    wanted: &Wanted<'a>,
    name: &'a TopicName,
    looker: &mut Looker<'a>,
    seen: &mut Seen<'a>,
) -> Result<bool, Stop> {
    let mut failed = Vec::new();
    let topic = offsets::seen(looker.rocketmq_topic(name), (Part::Topic, name.as_str()), &mut failed);
    let least = least_queues(name, &seen.ground.committed.seen);
    let ranges = offsets::seen(looker.rocketmq_ranges(name, least), (Part::LogRanges, name.as_str()), &mut failed);
    let at = match wanted.target {
        OffsetTarget::At(instant) => Some(looker.rocketmq_offsets_at(name, instant)),
        _ => None,
    };
    let asking = matches!(at, Some(Look::Ask));
    let at = at.and_then(|look| offsets::seen(look, (Part::OffsetsAtTime, name.as_str()), &mut failed));
    let Some(Some(topic)) = topic.map(Option::as_ref) else {
        return match topic {
            None => stop_if(failed).map(|()| false),
            Some(_) => Err(Stop::Mistake(Mistake::new("unknown-topic", Facts::none().with("name", name.as_str())))),
        };
    };
    failed.extend(silent(name, topic));
    stop_if(failed)?;
    let Some(ranges) = ranges.filter(|_| !asking) else { return Ok(false) };
    for here in topic.settings() {
        let logs = QueueLogs::new(&here.broker, &ranges.seen, at.map(|at| at.seen.as_slice()));
        let closed = ranges.seen.iter().filter(|one| one.broker == here.broker && one.queue >= here.read);
        seen.closed += closed.filter(|one| one.end > one.start).count();
        take(wanted, name, here, &logs, seen)?;
    }
    asked_for(wanted, name, seen)?;
    seen.topics.push(TopicSeen { name, topic });
    Ok(true)
}

fn stop_if(failed: Vec<Check>) -> Result<(), Stop> {
    if failed.is_empty() { Ok(()) } else { Err(Stop::Refused(failed)) }
}

/// Masters that say nothing may have queues of the topic.
fn silent(name: &TopicName, topic: &Topic) -> Vec<Check> {
    let said = |(_, said): &(BrokerName, Said<Option<TopicAt>>)| {
        Some(offsets::cannot_verify(Part::Topic, name.as_str(), said.failure()?))
    };
    topic.at.iter().filter_map(said).collect()
}

/// The wanted ones of the queues that consumers read at one broker. Closed ones are left alone.
fn take(
    wanted: &Wanted<'_>,
    name: &TopicName,
    here: &TopicAt,
    logs: &QueueLogs<'_>,
    seen: &mut Seen<'_>,
) -> Result<(), Stop> {
    let stands = seen.ground.stands();
    let mut places = Vec::new();
    for queue in (0..here.read).filter(|queue| is_wanted(wanted, *queue)) {
        let from = stands.get(&(name, &here.broker, queue)).copied();
        let resolved = logs.range(queue).zip(logs.resolve(wanted.target, queue, from));
        let Some((range, goal)) = resolved else {
            let why = crate::cluster::Failure {
                kind: crate::cluster::FailureKind::Garbage,
                said: format!("{} told nothing of queue {queue}", here.broker),
            };
            return Err(Stop::Refused(vec![offsets::cannot_verify(Part::LogRanges, name.as_str(), &why)]));
        };
        let (topic, broker) = (name.clone(), here.broker.clone());
        places.push(Place { topic, broker, queue, from, start: range.start, end: range.end, goal });
    }
    seen.places.extend(places);
    Ok(())
}

fn is_wanted(wanted: &Wanted<'_>, queue: u32) -> bool {
    wanted.partitions.is_none_or(|all| all.iter().any(|one| u32::try_from(*one) == Ok(queue)))
}

/// Every queue that was named is there, at one broker at least.
fn asked_for(wanted: &Wanted<'_>, name: &TopicName, seen: &Seen<'_>) -> Result<(), Stop> {
    let there = |queue: &&i32| seen.places.iter().any(|place| i64::from(place.queue) == i64::from(**queue));
    let unknown = wanted.partitions.into_iter().flatten().find(|queue| !there(queue));
    let Some(unknown) = unknown else { return Ok(()) };
    let facts = Facts::none()
        .with("topic", name.as_str())
        .with("partition", i64::from(*unknown))
        .with("partitions", seen.places.len());
    Err(Stop::Mistake(Mistake::new("unknown-partition", facts)))
}
