//! What a reset looks at, round by round: the group first, then its topics, then their logs.

use super::Wanted;
use crate::changes::Stop;
use crate::changes::guards::{Guard, Guards};
use crate::changes::kafka_offsets::{self as offsets, GroupSeen, Subject};
use crate::changes::part::Part;
use crate::changes::vector::{self, Commits, Place};
use crate::cluster::kafka::{KafkaCluster, LogRange, Member, OffsetAt, Right, Topic};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Log, Mistake, OffsetTarget};

/// What was seen and is whole.
pub(super) struct Seen<'a> {
    pub(super) cluster: &'a KafkaCluster,
    pub(super) group: GroupSeen<'a>,
    pub(super) topics: Vec<TopicSeen<'a>>,
    pub(super) places: Vec<Place>,
    /// Wanted partitions whose log nobody can show, because they have no leader.
    pub(super) offline: Vec<(TopicName, i32)>,
    /// Topics that the group committed in and that are no longer there.
    pub(super) gone: Vec<TopicName>,
}

/// A topic and the wanted ones of its partitions.
pub(super) struct TopicSeen<'a> {
    pub(super) name: &'a TopicName,
    pub(super) topic: &'a Topic,
    pub(super) partitions: Vec<i32>,
}

impl<'a> Seen<'a> {
    pub(super) fn members(&self) -> &'a [Member] {
        self.group.group.map_or(&[], |group| &group.members)
    }

    fn take(&mut self, found: Found<'a>, target: OffsetTarget, commits: &Commits<'_>) {
        let Found { topic, log } = found;
        for place in vector::resolve((topic.name, &topic.partitions), target, &log, commits) {
            match place {
                Ok(place) => self.places.push(place),
                Err(partition) => self.offline.push((topic.name.clone(), partition)),
            }
        }
        self.topics.push(topic);
    }
}

/// None while something has to be asked first; the looker has noted it.
pub(super) fn look<'a>(
    wanted: &Wanted<'a>,
    looker: &mut Looker<'a>,
    guards: &Guards,
) -> Result<Option<Seen<'a>>, Stop> {
    let Some(mut seen) = look_at_group(wanted, looker, guards)? else { return Ok(None) };
    known(wanted, &seen.group)?;
    let names = names(wanted, &seen)?;
    let commits = vector::commits(seen.group.committed);
    let mut whole = true;
    for name in names {
        match look_at_topic(wanted, name, looker)? {
            Topical::Asking => whole = false,
            Topical::Gone => seen.gone.push(name.clone()),
            Topical::Seen(found) => seen.take(found, wanted.target, &commits),
        }
    }
    if !whole {
        return Ok(None);
    }
    if seen.topics.is_empty() {
        let facts = Facts::none().with("name", seen.gone.first().map_or("", TopicName::as_str));
        return Err(Stop::Mistake(Mistake::new("unknown-topic", facts)));
    }
    if !guards.has(Guard::AfterLastRecord) {
        seen.places = seen.places.into_iter().map(Place::answered).collect();
    }
    if !guards.has(Guard::TargetInLog) {
        seen.places = seen.places.into_iter().map(Place::unclamped).collect();
    }
    Ok(Some(seen))
}

fn look_at_group<'a>(wanted: &Wanted<'a>, looker: &mut Looker<'a>, guards: &Guards) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let cluster = offsets::look_at_cluster(looker, &mut failed);
    let group = offsets::look_at_group(looker, wanted.group, guards, &mut failed);
    if let Some(topic) = wanted.topic {
        // Judged later; asked for now, which saves a round.
        let _ = looker.kafka_topic(topic);
    }
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let (Some(cluster), Some(group)) = (cluster, group) else { return Ok(None) };
    let (topics, places, offline, gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Ok(Some(Seen { cluster, group, topics, places, offline, gone }))
}

/// Kafka makes a group that does not exist by its first commit, without a word. A slip of the hand must not: then the wrong
/// group gets offsets, and the right one stays as it was.
fn known(wanted: &Wanted<'_>, group: &GroupSeen<'_>) -> Result<(), Stop> {
    let facts = Facts::none().with("name", wanted.group.as_str());
    let mistake = match (group.is_there(), wanted.new_group) {
        (true, false) | (false, true) => return Ok(()),
        (true, true) => Mistake::new("group-is-not-new", facts),
        (false, false) if wanted.topic.is_some() => Mistake::new("unknown-group", facts.with("add", "new-group:true")),
        (false, false) => Mistake::new("unknown-group", facts),
    };
    Err(Stop::Mistake(mistake))
}

/// The topic that was named, else every topic that the group committed in.
fn names<'a>(wanted: &Wanted<'a>, seen: &Seen<'a>) -> Result<Vec<&'a TopicName>, Stop> {
    if let Some(topic) = wanted.topic {
        return Ok(vec![topic]);
    }
    let mut names: Vec<_> = seen.group.committed.iter().map(|one| &one.topic).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        let facts = Facts::none().with("name", wanted.group.as_str());
        return Err(Stop::Mistake(Mistake::new("group-without-commits", facts)));
    }
    Ok(names)
}

enum Topical<'a> {
    Asking,
    Gone,
    Seen(Found<'a>),
}

struct Found<'a> {
    topic: TopicSeen<'a>,
    log: Log<'a>,
}

fn look_at_topic<'a>(wanted: &Wanted<'a>, name: &'a TopicName, looker: &mut Looker<'a>) -> Result<Topical<'a>, Stop> {
    let mut failed = Vec::new();
    let topic = offsets::seen(looker.kafka_topic(name), of_topic(Part::Topic, name), &mut failed);
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let Some(topic) = topic else { return Ok(Topical::Asking) };
    let Some(topic) = topic else { return Ok(Topical::Gone) };
    let topic = TopicSeen { name, topic, partitions: partitions(wanted, name, topic)? };
    Ok(match look_at_log(wanted, name, looker)? {
        None => Topical::Asking,
        Some((ranges, at)) => Topical::Seen(Found { topic, log: Log::new(ranges, at) }),
    })
}

type LogSeen<'a> = (&'a [LogRange], Option<&'a [OffsetAt]>);

fn look_at_log<'a>(
    wanted: &Wanted<'_>,
    name: &TopicName,
    looker: &mut Looker<'a>,
) -> Result<Option<LogSeen<'a>>, Stop> {
    let mut failed = Vec::new();
    let ranges = offsets::seen(looker.kafka_log_ranges(name), of_topic(Part::LogRanges, name), &mut failed);
    let at = match wanted.target {
        OffsetTarget::At(instant) => Some(looker.kafka_offsets_at(name, instant)),
        _ => None,
    };
    let asking = matches!(at, Some(Look::Ask));
    let at = at.and_then(|look| offsets::seen(look, of_topic(Part::OffsetsAtTime, name), &mut failed));
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    Ok(ranges.filter(|_| !asking).map(|ranges| (ranges.as_slice(), at.map(Vec::as_slice))))
}

fn of_topic(part: Part, name: &TopicName) -> Subject<'_> {
    Subject { part, on: "topic", name: name.as_str(), right: Right::Describe }
}

fn partitions(wanted: &Wanted<'_>, name: &TopicName, topic: &Topic) -> Result<Vec<i32>, Stop> {
    let there: Vec<i32> = topic.partitions.iter().map(|partition| partition.partition).collect();
    let Some(asked) = wanted.partitions else { return Ok(there) };
    match asked.iter().find(|partition| !there.contains(partition)) {
        None => Ok(asked.to_vec()),
        Some(unknown) => {
            let facts = offsets::of_partition(name, *unknown).with("partitions", there.len());
            Err(Stop::Mistake(Mistake::new("unknown-partition", facts)))
        }
    }
}
