//! What a way back looks at: everything in one round.

use super::saved::Vectors;
use crate::changes::Stop;
use crate::changes::guards::Guards;
use crate::changes::kafka_offsets::{self as offsets, GroupSeen, Subject};
use crate::changes::part::Part;
use crate::cluster::Looker;
use crate::cluster::kafka::{KafkaCluster, Right, Topic};
use crate::id::{GroupId, TopicName};
use crate::plan::Log;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen and is whole.
pub(super) struct Seen<'a> {
    pub(super) cluster: &'a KafkaCluster,
    pub(super) groups: BTreeMap<&'a GroupId, GroupSeen<'a>>,
    pub(super) topics: Vec<TopicSeen<'a>>,
}

/// A topic of the saved vector; none if it is no longer there.
pub(super) struct TopicSeen<'a> {
    pub(super) name: &'a TopicName,
    pub(super) topic: Option<&'a Topic>,
    pub(super) log: Log<'a>,
}

impl<'a> Seen<'a> {
    pub(super) fn present(&self) -> impl Iterator<Item = (&'a TopicName, &'a Topic)> + '_ {
        self.topics.iter().filter_map(|topic| Some((topic.name, topic.topic?)))
    }

    pub(super) fn log(&self, name: &TopicName) -> Option<&Log<'a>> {
        self.topics.iter().find(|topic| topic.name == name).map(|topic| &topic.log)
    }
}

/// None while something has to be asked first; the looker has noted it.
pub(super) fn look<'a>(
    vectors: &Vectors<'a>,
    looker: &mut Looker<'a>,
    guards: &Guards,
) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let cluster = offsets::look_at_cluster(looker, &mut failed);
    let mut groups = BTreeMap::new();
    for &group in vectors.keys() {
        if let Some(seen) = offsets::look_at_group(looker, group, guards, &mut failed) {
            groups.insert(group, seen);
        }
    }
    let names: BTreeSet<&'a TopicName> = vectors.values().flat_map(|places| places.keys()).map(|one| one.0).collect();
    let mut topics = Vec::new();
    for &name in &names {
        topics.extend(look_at_topic(name, looker, &mut failed));
    }
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let whole = groups.len() == vectors.len() && topics.len() == names.len();
    Ok(cluster.filter(|_| whole).map(|cluster| Seen { cluster, groups, topics }))
}

fn look_at_topic<'a>(
    name: &'a TopicName,
    looker: &mut Looker<'a>,
    failed: &mut Vec<crate::plan::Check>,
) -> Option<TopicSeen<'a>> {
    let subject = |part| Subject { part, on: "topic", name: name.as_str(), right: Right::Describe };
    let topic = offsets::seen(looker.kafka_topic(name), subject(Part::Topic), failed);
    let ranges = looker.kafka_log_ranges(name);
    // The log of a topic that is gone cannot be looked at, and need not be.
    if let Some(None) = topic {
        return Some(TopicSeen { name, topic: None, log: Log::new(&[], None) });
    }
    let ranges = offsets::seen(ranges, subject(Part::LogRanges), failed);
    Some(TopicSeen { name, topic: topic?.as_ref(), log: Log::new(ranges?, None) })
}
