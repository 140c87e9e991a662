//! Which groups get an offset of 0 in which new queues, told when their turn comes: a group may have come since planning.

use super::action::Action;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rule::Expansion;
use crate::cluster::rocketmq::{FromMasters, GroupOverview, QueueRange, Reader, RocketmqCluster, is_system_group};
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

/// What was seen and is whole.
struct Ground<'a> {
    cluster: &'a RocketmqCluster,
    readers: &'a [Reader],
    ranges: &'a [QueueRange],
    groups: &'a [GroupOverview],
}

pub(super) fn expand(rule: &SeedRule, sections: &Sections) -> Expansion {
    let mut looker = Looker::new(sections);
    let ground = ground(rule, &mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Expansion::Need(needed);
    }
    let ground = match ground {
        Ok(Some(ground)) => ground,
        Ok(None) => return Expansion::CannotTell(Facts::none().with("failure", "not-asked")),
        Err(facts) => return Expansion::CannotTell(facts),
    };
    if let Some(gone) = gone(rule, ground.ranges) {
        let facts = Facts::none().with("failure", "unreachable").with("said", "no NameServer knows it");
        return Expansion::CannotTell(facts.with("master", gone.as_str()));
    }
    let seeds = seeds(rule, &ground);
    if seeds.len() as u64 > rule.most {
        return Expansion::OutOfBounds(Facts::none().with("count", seeds.len()).with("topic", rule.topic.as_str()));
    }
    if seeds.is_empty() {
        return Expansion::Actions(Vec::new());
    }
    let topic = rule.topic.clone();
    Expansion::Actions(vec![Action::Rocketmq(RocketmqAction::SeedOffsets { topic, seeds })])
}

/// None while something has to be asked first.
fn ground<'a>(rule: &SeedRule, looker: &mut Looker<'a>) -> Result<Option<Ground<'a>>, Facts> {
    let cluster = seen(looker.rocketmq_cluster());
    let readers = whole(looker.rocketmq_readers(&rule.topic));
    let ranges = whole(looker.rocketmq_ranges(&rule.topic, rule.upper()));
    let groups = whole(looker.rocketmq_groups());
    let (Some(cluster), Some(readers), Some(ranges), Some(groups)) = (cluster?, readers?, ranges?, groups?) else {
        return Ok(None);
    };
    Ok(Some(Ground { cluster, readers, ranges, groups }))
}

fn seen<T>(look: Look<'_, T>) -> Result<Option<&T>, Facts> {
    match look {
        Look::Seen(value) => Ok(Some(value)),
        Look::Ask => Ok(None),
        Look::Failed(failure) => {
            Err(Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str()))
        }
    }
}

/// A group that committed at a silent master only would be left out.
fn whole<'a, T>(look: Look<'a, FromMasters<Vec<T>>>) -> Result<Option<&'a [T]>, Facts> {
    let Some(told) = seen(look)? else { return Ok(None) };
    let Some(silent) = told.silent.first() else { return Ok(Some(&told.seen)) };
    let facts = Facts::none().with("failure", silent.why.kind.key()).with("said", silent.why.said.as_str());
    Err(facts.with("master", silent.broker.as_str()))
}

/// A master that told of no queue: one without a slave is forgotten by the NameServers when it dies, so nobody says that it is
/// silent.
fn gone<'a>(rule: &'a SeedRule, ranges: &[QueueRange]) -> Option<&'a BrokerName> {
    let told = |broker: &BrokerName| ranges.iter().any(|range| range.broker == *broker);
    rule.queues.iter().map(|(broker, _, _)| broker).find(|broker| !told(broker))
}

/// A queue that had a message once is left alone: there 0 could be before its first one, and a group would begin elsewhere.
/// Where a master has no such group, nobody of it reads there, and 5.x stores no offset.
fn seeds(rule: &SeedRule, ground: &Ground<'_>) -> Vec<Seed> {
    let used = |broker: &BrokerName, queue: u32| {
        ground.ranges.iter().any(|range| range.broker == *broker && range.queue == queue && range.end > 0)
    };
    let mut seeds = Vec::new();
    let groups = ground.readers.iter().filter(|reader| !reader.broadcasts && !is_system_group(&reader.group));
    for reader in groups {
        let stored = |broker: &BrokerName| ground.cluster.stores_offsets(broker, &reader.group, ground.groups);
        for (broker, from, to) in rule.queues.iter().filter(|(broker, ..)| stored(broker)) {
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
    use crate::cluster::rocketmq::{BrokerSet, MASTER, Process, ProcessSeen, Said, StoredOffset};

    fn reader(group: &str, queues: &[u32], broadcasts: bool) -> Reader {
        let broker: BrokerName = "broker-a".parse().unwrap();
        let offsets = queues.iter().map(|queue| StoredOffset { broker: broker.clone(), queue: *queue, offset: 7 });
        Reader { group: group.parse().unwrap(), online: broadcasts, broadcasts, offsets: offsets.collect() }
    }

    fn cluster(version: &str) -> RocketmqCluster {
        let said = Said::Answer(ProcessSeen { version: version.to_owned(), ..ProcessSeen::default() });
        let process = Process { id: MASTER, address: "10.0.0.1:10911".to_owned(), said };
        let broker = BrokerSet { name: "broker-a".parse().unwrap(), processes: vec![process] };
        RocketmqCluster { name: "Lab".to_owned(), name_servers: Vec::new(), brokers: vec![broker] }
    }

    #[test]
    fn every_group_gets_an_offset_where_it_has_none_and_nothing_was_ever_written() {
        let broker: BrokerName = "broker-a".parse().unwrap();
        let rule = SeedRule { topic: "orders".parse().unwrap(), queues: vec![(broker.clone(), 2, 5)], most: 100 };
        let ranges = [QueueRange { broker: broker.clone(), queue: 4, start: 3, end: 9 }];
        let readers = [reader("billing", &[0, 1], false), reader("mail", &[0, 2], false), reader("cache", &[], true)];
        let found = |version: &str, groups: &[GroupOverview]| -> Vec<(String, u32)> {
            let cluster = cluster(version);
            let ground = Ground { cluster: &cluster, readers: &readers, ranges: &ranges, groups };
            seeds(&rule, &ground).into_iter().map(|seed| (seed.group.to_string(), seed.queue)).collect()
        };
        let [first, second, third] =
            [("billing", 2), ("billing", 3), ("mail", 3)].map(|(group, queue)| (group.to_owned(), queue));
        assert_eq!(found("4.9.7", &[]), [first, second, third.clone()]);
        // 5.x stores nothing for a group that the master does not have, as one that was deleted and left offsets.
        let known = GroupOverview { id: "mail".parse().unwrap(), system: false, brokers: vec![broker] };
        assert_eq!(found("5.5.0", &[known]), [third]);
    }

    #[test]
    fn a_master_that_is_gone_is_waited_for() {
        let [here, away]: [BrokerName; 2] = ["broker-a", "broker-b"].map(|name| name.parse().unwrap());
        let queues = vec![(here.clone(), 2, 5), (away.clone(), 2, 5)];
        let rule = SeedRule { topic: "orders".parse().unwrap(), queues, most: 100 };
        let range = |broker: &BrokerName| QueueRange { broker: broker.clone(), queue: 0, start: 0, end: 9 };
        assert_eq!(gone(&rule, &[range(&here)]), Some(&away));
        assert_eq!(gone(&rule, &[range(&here), range(&away)]), None);
    }
}
