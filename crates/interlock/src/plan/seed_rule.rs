//! Which groups get which offset in queues that are opened, told when their turn comes: a group may have come since planning.

use super::action::Action;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rule::Expansion;
use super::silent::{forgotten, silent};
use crate::cluster::rocketmq::{FromMasters, GroupOverview, QueueRange, Reader, RocketmqCluster, is_system_group};
use crate::cluster::{Look, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use serde::{Deserialize, Serialize};

/// So many offsets are given by one action: each is a call of its own, and all of them must be done within one act.
const MOST_AT_ONCE: usize = 500;

/// Gives every group of a topic an offset in queues that nobody writes yet, where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedRule {
    /// The topic.
    pub topic: TopicName,
    /// At each master the queues that are opened: from this number on, up to the second and without it.
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
        return Expansion::CannotTell(silent(gone, &forgotten(gone)));
    }
    let seeds = seeds(rule, &ground);
    if seeds.len() as u64 > rule.most {
        return Expansion::OutOfBounds(Facts::none().with("count", seeds.len()).with("topic", rule.topic.as_str()));
    }
    let action = |seeds: &[Seed]| {
        Action::Rocketmq(RocketmqAction::SeedOffsets { topic: rule.topic.clone(), seeds: seeds.to_vec() })
    };
    Expansion::Actions(seeds.chunks(MOST_AT_ONCE).map(action).collect())
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
    let Some(away) = told.silent.first() else { return Ok(Some(&told.seen)) };
    Err(silent(&away.broker, &away.why))
}

/// A master that told of no queue: one without a slave is forgotten by the NameServers when it dies, so nobody says that it is
/// silent.
fn gone<'a>(rule: &'a SeedRule, ranges: &[QueueRange]) -> Option<&'a BrokerName> {
    let told = |broker: &BrokerName| ranges.iter().any(|range| range.broker == *broker);
    rule.queues.iter().map(|(broker, _, _)| broker).find(|broker| !told(broker))
}

/// Where a group begins that has read nothing of a queue. One that has its first message still, or never had any, is read from
/// there, as brokers let groups do whose log is short. Of one that was written, closed and opened again the oldest are gone, and
/// brokers let groups begin at its end: at the end of now, and not at that of later.
fn beginning(range: Option<&QueueRange>) -> i64 {
    range.filter(|range| range.start > 0).map_or(0, |range| range.end)
}

/// Where a master of 5.x has no such group, it stores no offset.
fn seeds(rule: &SeedRule, ground: &Ground<'_>) -> Vec<Seed> {
    let range = |broker: &BrokerName, queue: u32| {
        ground.ranges.iter().find(|range| range.broker == *broker && range.queue == queue)
    };
    let mut seeds = Vec::new();
    let groups = ground.readers.iter().filter(|reader| !reader.broadcasts && !is_system_group(&reader.group));
    for reader in groups {
        let stored = |broker: &BrokerName| ground.cluster.stores_offsets(broker, &reader.group, ground.groups);
        for (broker, from, to) in rule.queues.iter().filter(|(broker, ..)| stored(broker)) {
            let open = (*from..*to).filter(|queue| reader.offset(broker, *queue).is_none());
            seeds.extend(open.map(|queue| Seed {
                group: reader.group.clone(),
                broker: broker.clone(),
                queue,
                offset: beginning(range(broker, queue)),
            }));
        }
    }
    seeds.sort();
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::rocketmq::{
        BrokerSet, MASTER, Process, ProcessSeen, RocketmqAnswer, RocketmqQuery, Said, StoredOffset,
    };
    use crate::cluster::{Answer, Query, Section, Seen};
    use crate::time::Millis;

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
    fn every_group_gets_an_offset_where_it_has_none() {
        let broker: BrokerName = "broker-a".parse().unwrap();
        let rule = SeedRule { topic: "orders".parse().unwrap(), queues: vec![(broker.clone(), 2, 5)], most: 100 };
        // One was written and closed before, and has lost its oldest messages; one has all of them.
        let range = |queue, start| QueueRange { broker: broker.clone(), queue, start, end: 9 };
        let ranges = [range(3, 0), range(4, 3)];
        let readers = [reader("billing", &[0, 1], false), reader("mail", &[0, 2], false), reader("cache", &[], true)];
        let found = |version: &str, groups: &[GroupOverview]| -> Vec<String> {
            let cluster = cluster(version);
            let ground = Ground { cluster: &cluster, readers: &readers, ranges: &ranges, groups };
            let told = |seed: Seed| format!("{} {} at {}", seed.group, seed.queue, seed.offset);
            seeds(&rule, &ground).into_iter().map(told).collect()
        };
        let of_mail = ["mail 3 at 0", "mail 4 at 9"];
        let all = ["billing 2 at 0", "billing 3 at 0", "billing 4 at 9", of_mail[0], of_mail[1]];
        assert_eq!(found("4.9.7", &[]), all);
        assert_eq!(found("", &[]), all, "what does not tell its version is tried");
        // 5.x stores nothing for a group that the master does not have, as one that was deleted and left offsets.
        let known = GroupOverview { id: "mail".parse().unwrap(), system: false, brokers: vec![broker.clone()] };
        assert_eq!(found("5.5.0", &[known]), of_mail);
    }

    #[test]
    fn many_offsets_are_given_by_several_actions() {
        let readers: Vec<Reader> = (0..300).map(|number| reader(&format!("group-{number}"), &[0, 1], false)).collect();
        let broker: BrokerName = "broker-a".parse().unwrap();
        let rule = SeedRule { topic: "orders".parse().unwrap(), queues: vec![(broker.clone(), 4, 8)], most: 1_200 };
        let range = |queue| QueueRange { broker: broker.clone(), queue, start: 0, end: 0 };
        let mut sections = Sections::empty();
        for (query, answer) in [
            (RocketmqQuery::Cluster, RocketmqAnswer::Cluster(cluster("4.9.7"))),
            (RocketmqQuery::Readers(rule.topic.clone()), RocketmqAnswer::Readers(FromMasters::whole(readers))),
            (
                RocketmqQuery::Ranges(rule.topic.clone(), 8),
                RocketmqAnswer::Ranges(FromMasters::whole((0..8).map(range).collect())),
            ),
            (RocketmqQuery::Groups, RocketmqAnswer::Groups(FromMasters::whole(Vec::new()))),
        ] {
            let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Rocketmq(answer) };
            sections.put(Query::Rocketmq(query), Section::Seen(seen));
        }
        let Expansion::Actions(actions) = expand(&rule, &sections) else { panic!() };
        assert_eq!(actions.iter().map(Action::size).collect::<Vec<_>>(), [500, 500, 200]);
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
