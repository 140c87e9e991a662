//! Offsets that groups were given stay there until their brokers have written them to their disks: a master that dies before
//! that returns without them, and the groups would begin behind what is written first.

use super::action::Action;
use super::condition::{CANNOT_LOOK, Condition, Looked, Memory, Pace, gap_too_long};
use super::layout_probe::known;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rocketmq_expectation::told_by_all;
use super::silent::none_forgotten;
use super::step::Step;
use crate::cluster::rocketmq::{Reader, RocketmqCluster, RocketmqQuery};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `flushConsumerOffsetInterval` where nobody set it, in milliseconds (`BrokerConfig` of 4.9.7 and 5.5.0).
const FLUSH_MS: u64 = 5_000;

/// The offsets that the plan gave to groups so far, in whatever topics, are seen in so many looks in a row, the time between two
/// of them being what brokers take to write offsets to their disks (`flushConsumerOffsetInterval`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedsKept {
    /// How many looks in a row; at least 1.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
}

impl SeedsKept {
    /// A broker first writes offsets 10 s after its start, and what it wrote last may have been begun right before the offsets
    /// came: so three intervals are spanned, of 5 s at least.
    pub const LOOKS: u32 = 4;

    /// What is waited for at these brokers: the slowest of them tells how long.
    #[must_use]
    pub fn of(cluster: &RocketmqCluster) -> Self {
        let masters = cluster.brokers.iter().filter_map(|broker| broker.master()?.said.answer());
        let slowest = masters.filter_map(|seen| seen.offset_flush_ms).max();
        Self { looks: Self::LOOKS, interval_ms: slowest.unwrap_or(FLUSH_MS).max(FLUSH_MS) }
    }

    /// The time that all looks take, in milliseconds.
    #[must_use]
    pub fn lasts_ms(&self) -> u64 {
        u64::from(self.looks.saturating_sub(1)).saturating_mul(self.interval_ms)
    }

    /// The time that it takes in all of these steps, in milliseconds.
    #[must_use]
    pub fn all_last_ms(steps: &[Step]) -> u64 {
        let each = steps.iter().map(|step| match &step.done {
            Condition::RocketmqSeedsKept(kept) => kept.lasts_ms(),
            _ => 0,
        });
        each.fold(0, u64::saturating_add)
    }

    /// The actions among these whose offsets are watched.
    #[must_use]
    pub fn watches(action: &Action) -> bool {
        given(action).is_some()
    }

    pub(super) fn queries(actions: &[Action]) -> BTreeSet<Query> {
        let topics = actions.iter().filter_map(given).map(|(topic, _)| RocketmqQuery::Readers(topic.clone()));
        [RocketmqQuery::Cluster, RocketmqQuery::Groups].into_iter().chain(topics).map(Query::Rocketmq).collect()
    }

    pub(super) fn look(
        &self,
        actions: &[Action],
        memory: &Memory,
        sections: &Sections,
        pace: Pace,
    ) -> (Memory, Looked) {
        let broken = Memory { last_look: Some(pace.now), ..Memory::default() };
        let count: usize = actions.iter().filter_map(given).map(|(_, seeds)| seeds.len()).sum();
        let lost = match lost(actions, sections) {
            Ok(lost) => lost,
            Err(facts) => return (broken, Looked::NotYet { id: CANNOT_LOOK, facts }),
        };
        if let Some((topic, first)) = lost.iter().find_map(|(topic, seeds)| Some((*topic, *seeds.first()?))) {
            let count: usize = lost.iter().map(|(_, seeds)| seeds.len()).sum();
            let facts = Facts::none().with("topic", topic.as_str()).with("master", first.broker.as_str());
            return (broken, Looked::NotYet { id: "seeds-lost", facts: facts.with("count", count) });
        }
        let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
        let memory = Memory { streak, ..broken };
        if streak >= self.looks || count == 0 {
            return (memory, Looked::Met);
        }
        let facts = Facts::none().with("count", count);
        let facts = facts.with("streak", i64::from(streak)).with("wanted", i64::from(self.looks));
        (memory, Looked::NotYet { id: "seeds-watched", facts })
    }

    /// How many offsets actions give, and the topic of the first ones.
    #[must_use]
    pub fn told(actions: &[Action]) -> Facts {
        let given: Vec<_> = actions.iter().filter_map(given).collect();
        let count: usize = given.iter().map(|(_, seeds)| seeds.len()).sum();
        let facts = Facts::none().with("count", count);
        given.first().map_or(facts.clone(), |(topic, _)| facts.with("topic", topic.as_str()))
    }

    /// What is given once more, as it was given first; none if nothing was lost.
    #[must_use]
    pub fn again(actions: &[Action], looked: &Looked, sections: &Sections) -> Vec<Action> {
        if !matches!(looked, Looked::NotYet { id: "seeds-lost", .. }) {
            return Vec::new();
        }
        let each = |(topic, seeds): (&TopicName, Vec<&Seed>)| {
            let (topic, seeds) = (topic.clone(), seeds.into_iter().cloned().collect());
            Action::Rocketmq(RocketmqAction::SeedOffsets { topic, seeds })
        };
        let lost = lost(actions, sections).unwrap_or_default();
        lost.into_iter().filter(|(_, seeds)| !seeds.is_empty()).map(each).collect()
    }

    /// How often the first of these offsets was given by `before`.
    #[must_use]
    pub fn given_by(before: &[Action], these: &[Action]) -> usize {
        let first = these.iter().filter_map(given).find_map(|(topic, seeds)| Some((topic, seeds.first()?)));
        let Some((topic, first)) = first else { return 0 };
        before.iter().filter_map(given).filter(|(of, seeds)| *of == topic && seeds.contains(first)).count()
    }
}

/// The offsets that an action gives, with their topic; none if it is about something else.
fn given(action: &Action) -> Option<(&TopicName, &[Seed])> {
    match action {
        Action::Rocketmq(RocketmqAction::SeedOffsets { topic, seeds }) => Some((topic, seeds)),
        Action::Rocketmq(_) | Action::Kafka(_) => None,
    }
}

/// Which of the offsets that each action gave are not there.
fn lost<'a>(actions: &'a [Action], sections: &Sections) -> Result<Vec<(&'a TopicName, Vec<&'a Seed>)>, Facts> {
    let of = |(topic, seeds)| Ok((topic, lost_in(topic, seeds, sections)?));
    actions.iter().filter_map(given).map(of).collect()
}

/// Which of these are not there. A group that was deleted meanwhile needs none: no master has it, nor an offset of it in this
/// topic; and a master of 5.x that does not have it stores none.
fn lost_in<'s>(topic: &TopicName, seeds: &'s [Seed], sections: &Sections) -> Result<Vec<&'s Seed>, Facts> {
    let mut looker = Looker::new(sections);
    let readers = known(looker.rocketmq_readers(topic))?;
    let groups = known(looker.rocketmq_groups())?;
    let cluster = known(looker.rocketmq_cluster())?;
    let brokers = || seeds.iter().map(|seed| &seed.broker);
    none_forgotten(brokers(), cluster)?;
    told_by_all(brokers(), readers)?;
    told_by_all(brokers(), groups)?;
    let there = stored(&readers.seen);
    let with_offsets = there.iter().map(|(group, ..)| *group);
    let known: BTreeSet<&GroupId> = groups.seen.iter().map(|one| &one.id).chain(with_offsets).collect();
    let is_lost = |seed: &&Seed| {
        known.contains(&seed.group)
            && !there.contains(&(&seed.group, &seed.broker, seed.queue))
            && cluster.stores_offsets(&seed.broker, &seed.group, &groups.seen)
    };
    Ok(seeds.iter().filter(is_lost).collect())
}

/// The queues in which groups have an offset.
fn stored(readers: &[Reader]) -> BTreeSet<(&GroupId, &BrokerName, u32)> {
    readers.iter().flat_map(|reader| reader.offsets.iter().map(|at| (&reader.group, &at.broker, at.queue))).collect()
}
