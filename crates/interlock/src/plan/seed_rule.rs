//! Which groups get an offset of 0 in which new queues, told when their turn comes: a group may have come since planning.

use super::action::Action;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rule::Expansion;
use crate::cluster::rocketmq::{FromMasters, QueueRange, Reader, is_system_group};
use crate::cluster::{Look, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use serde::{Deserialize, Serialize};

/// Gives every group of a topic the offset 0 in new queues, where it has none and the queue never had a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedRule {
    /// The topic.
    pub topic: TopicName,
    /// At each master the new queues: from this number on, up to the second and without it.
    pub queues: Vec<(BrokerName, u32, u32)>,
    /// At most so many offsets.
    pub most: u64,
}

impl SeedRule {
    fn upper(&self) -> u32 {
        self.queues.iter().map(|(_, _, to)| *to).max().unwrap_or(0)
    }
}

pub(super) fn expand(rule: &SeedRule, sections: &Sections) -> Expansion {
    let mut looker = Looker::new(sections);
    let readers = seen(looker.rocketmq_readers(&rule.topic));
    let ranges = seen(looker.rocketmq_ranges(&rule.topic, rule.upper()));
    let needed = looker.needed();
    if !needed.is_empty() {
        return Expansion::Need(needed);
    }
    let (readers, ranges) = match (readers, ranges) {
        (Ok(Some(readers)), Ok(Some(ranges))) => (readers, ranges),
        (Err(facts), _) | (_, Err(facts)) => return Expansion::CannotTell(facts),
        _ => return Expansion::CannotTell(Facts::none().with("failure", "not-asked")),
    };
    // A group that committed at a silent master only would be left out.
    if let Some(silent) = readers.silent.first().or_else(|| ranges.silent.first()) {
        let facts = Facts::none().with("failure", silent.why.kind.key()).with("said", silent.why.said.as_str());
        return Expansion::CannotTell(facts.with("master", silent.broker.as_str()));
    }
    let seeds = seeds(rule, &readers.seen, &ranges.seen);
    if seeds.len() as u64 > rule.most {
        return Expansion::OutOfBounds(Facts::none().with("count", seeds.len()).with("topic", rule.topic.as_str()));
    }
    if seeds.is_empty() {
        return Expansion::Actions(Vec::new());
    }
    let topic = rule.topic.clone();
    Expansion::Actions(vec![Action::Rocketmq(RocketmqAction::SeedOffsets { topic, seeds })])
}

type Told<'a, T> = Result<Option<&'a FromMasters<Vec<T>>>, Facts>;

fn seen<'a, T>(look: Look<'a, FromMasters<Vec<T>>>) -> Told<'a, T> {
    match look {
        Look::Seen(value) => Ok(Some(value)),
        Look::Ask => Ok(None),
        Look::Failed(failure) => {
            Err(Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str()))
        }
    }
}

/// A queue that had a message once is left alone: there 0 could be before its first one, and a group would begin elsewhere.
fn seeds(rule: &SeedRule, readers: &[Reader], ranges: &[QueueRange]) -> Vec<Seed> {
    let used = |broker: &BrokerName, queue: u32| {
        ranges.iter().any(|range| range.broker == *broker && range.queue == queue && range.end > 0)
    };
    let mut seeds = Vec::new();
    let groups = readers.iter().filter(|reader| !reader.broadcasts && !is_system_group(&reader.group));
    for reader in groups {
        for (broker, from, to) in &rule.queues {
            let open = (*from..*to).filter(|queue| reader.offset(broker, *queue).is_none() && !used(broker, *queue));
            seeds.extend(open.map(|queue| Seed { group: reader.group.clone(), broker: broker.clone(), queue }));
        }
    }
    seeds.sort();
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::rocketmq::StoredOffset;

    fn reader(group: &str, queues: &[u32], broadcasts: bool) -> Reader {
        let broker: BrokerName = "broker-a".parse().unwrap();
        let offsets = queues.iter().map(|queue| StoredOffset { broker: broker.clone(), queue: *queue, offset: 7 });
        Reader { group: group.parse().unwrap(), online: broadcasts, broadcasts, offsets: offsets.collect() }
    }

    #[test]
    fn every_group_gets_an_offset_where_it_has_none_and_nothing_was_ever_written() {
        let broker: BrokerName = "broker-a".parse().unwrap();
        let rule = SeedRule { topic: "orders".parse().unwrap(), queues: vec![(broker.clone(), 2, 5)], most: 100 };
        let ranges = [QueueRange { broker, queue: 4, start: 3, end: 9 }];
        let readers = [reader("billing", &[0, 1], false), reader("mail", &[0, 2], false), reader("cache", &[], true)];
        let found: Vec<(String, u32)> =
            seeds(&rule, &readers, &ranges).into_iter().map(|seed| (seed.group.to_string(), seed.queue)).collect();
        let expected = [("billing", 2), ("billing", 3), ("mail", 3)];
        assert_eq!(found, expected.map(|(group, queue)| (group.to_owned(), queue)));
    }
}
