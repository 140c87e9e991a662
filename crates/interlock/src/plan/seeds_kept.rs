//! Offsets that groups were given stay there until their brokers have written them to their disks: a master that dies before
//! that returns without them, and the groups would begin behind what is written first.

use super::action::Action;
use super::condition::{CANNOT_LOOK, Looked, Memory, Pace, gap_too_long};
use super::layout_probe::known;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rocketmq_expectation::told_by_all;
use super::silent::none_forgotten;
use crate::cluster::rocketmq::{Reader, RocketmqCluster, RocketmqQuery};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `flushConsumerOffsetInterval` where nobody set it, in milliseconds (`BrokerConfig` of 4.9.7 and 5.5.0).
const FLUSH_MS: u64 = 5_000;

/// The offsets that a step gave to groups are seen in so many looks in a row, the time between two of them being what brokers
/// take to write offsets to their disks (`flushConsumerOffsetInterval`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedsKept {
    /// The topic.
    pub topic: TopicName,
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
    pub fn of(topic: TopicName, cluster: &RocketmqCluster) -> Self {
        let masters = cluster.brokers.iter().filter_map(|broker| broker.master()?.said.answer());
        let slowest = masters.filter_map(|seen| seen.offset_flush_ms).max();
        Self { topic, looks: Self::LOOKS, interval_ms: slowest.unwrap_or(FLUSH_MS).max(FLUSH_MS) }
    }

    /// The time that all looks take, in milliseconds.
    #[must_use]
    pub fn lasts_ms(&self) -> u64 {
        u64::from(self.looks.saturating_sub(1)).saturating_mul(self.interval_ms)
    }

    pub(super) fn queries(&self) -> BTreeSet<Query> {
        [RocketmqQuery::Cluster, RocketmqQuery::Groups, RocketmqQuery::Readers(self.topic.clone())]
            .map(Query::Rocketmq)
            .into()
    }

    pub(super) fn look(
        &self,
        actions: &[Action],
        memory: &Memory,
        sections: &Sections,
        pace: Pace,
    ) -> (Memory, Looked) {
        let broken = Memory { last_look: Some(pace.now), ..Memory::default() };
        let seeds: Vec<&Seed> = actions.iter().flat_map(seeds).collect();
        let lost = match lost(&self.topic, &seeds, sections) {
            Ok(lost) => lost,
            Err(facts) => return (broken, Looked::NotYet { id: CANNOT_LOOK, facts }),
        };
        let facts = Facts::none().with("topic", self.topic.as_str());
        if let Some(first) = lost.first() {
            let facts = facts.with("master", first.broker.as_str()).with("count", lost.len());
            return (broken, Looked::NotYet { id: "seeds-lost", facts });
        }
        let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
        let memory = Memory { streak, ..broken };
        if streak >= self.looks || seeds.is_empty() {
            return (memory, Looked::Met);
        }
        let facts =
            facts.with("count", seeds.len()).with("streak", i64::from(streak)).with("wanted", i64::from(self.looks));
        (memory, Looked::NotYet { id: "seeds-watched", facts })
    }

    /// What is given once more, as it was given first; none if nothing was lost.
    #[must_use]
    pub fn again(&self, actions: &[Action], looked: &Looked, sections: &Sections) -> Vec<Action> {
        if !matches!(looked, Looked::NotYet { id: "seeds-lost", .. }) {
            return Vec::new();
        }
        let each = |action: &Action| {
            let lost = lost(&self.topic, &seeds(action).iter().collect::<Vec<_>>(), sections).ok()?;
            let seeds: Vec<Seed> = lost.into_iter().cloned().collect();
            let topic = self.topic.clone();
            (!seeds.is_empty()).then_some(Action::Rocketmq(RocketmqAction::SeedOffsets { topic, seeds }))
        };
        actions.iter().filter_map(each).collect()
    }

    /// How often the first of these offsets was given by `given`.
    #[must_use]
    pub fn given(given: &[Action], these: &[Action]) -> usize {
        let first = these.iter().flat_map(seeds).next();
        first.map_or(0, |first| given.iter().filter(|action| seeds(action).contains(first)).count())
    }
}

fn seeds(action: &Action) -> &[Seed] {
    match action {
        Action::Rocketmq(RocketmqAction::SeedOffsets { seeds, .. }) => seeds,
        Action::Rocketmq(_) | Action::Kafka(_) => &[],
    }
}

/// Which of these are not there. A group that was deleted meanwhile needs none: no master has it, nor an offset of it in this
/// topic; and a master of 5.x that does not have it stores none.
fn lost<'s>(topic: &TopicName, seeds: &[&'s Seed], sections: &Sections) -> Result<Vec<&'s Seed>, Facts> {
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
    let is_lost = |seed: &Seed| {
        known.contains(&seed.group)
            && !there.contains(&(&seed.group, &seed.broker, seed.queue))
            && cluster.stores_offsets(&seed.broker, &seed.group, &groups.seen)
    };
    Ok(seeds.iter().copied().filter(|seed| is_lost(seed)).collect())
}

/// The queues in which groups have an offset.
fn stored(readers: &[Reader]) -> BTreeSet<(&GroupId, &BrokerName, u32)> {
    readers.iter().flat_map(|reader| reader.offsets.iter().map(|at| (&reader.group, &at.broker, at.queue))).collect()
}
