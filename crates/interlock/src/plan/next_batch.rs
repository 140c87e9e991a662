//! Whether what the next batch of a move needs is still so: hours may have passed since the plan was checked.

use super::condition::{CANNOT_LOOK, Condition, Looked};
use super::layout_action::ReplicaMove;
use super::layout_probe::{known, place};
use super::log_dirs::too_small;
use super::moving::{Moving, copies_by_broker};
use super::{Action, KafkaAction, Plan, Work};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::{Looker, Query, Sections};
use crate::facts::{Fact, Facts};
use std::collections::BTreeSet;
use std::time::Duration;

/// A batch that follows another one.
#[derive(Debug, Clone, Copy)]
pub struct NextBatch<'a> {
    step: u32,
    moves: &'a [ReplicaMove],
    moving: &'a Moving,
}

impl<'a> NextBatch<'a> {
    /// The batch that comes straight after a step; none if something else does.
    #[must_use]
    pub fn after(plan: &'a Plan, step: u32) -> Option<Self> {
        let next = plan.steps.iter().find(|one| one.number > step)?;
        match (&next.work, &next.done) {
            (Work::Act(Action::Kafka(KafkaAction::Reassign { moves })), Condition::KafkaMoved(moving)) => {
                Some(Self { step: next.number, moves, moving })
            }
            _ => None,
        }
    }

    /// The batch of a step, if another batch comes before it; none if it is no batch, or the first.
    #[must_use]
    pub fn of(plan: &'a Plan, step: u32) -> Option<Self> {
        let is_batch = |work: &Work| matches!(work, Work::Act(Action::Kafka(KafkaAction::Reassign { .. })));
        let before = plan.steps.iter().rfind(|one| one.number < step).filter(|one| is_batch(&one.work))?;
        Self::after(plan, before.number)
    }

    /// Its step.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The time between two looks.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.moving.interval_ms)
    }

    /// What has to be seen to tell whether it can begin.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        let topics = self.moves.iter().map(|one| KafkaQuery::Topic(one.topic.clone()));
        topics.chain([KafkaQuery::LogDirs]).map(Query::Kafka).collect()
    }

    /// What keeps it from beginning, as [`Looked::NotYet`]: a partition without a leader or with too few replicas in sync, a
    /// broker without room for its copies, or a look that failed. None if it can begin. What became of a topic or of a broker
    /// that is not there is not judged here: beginning it tells.
    #[must_use]
    pub fn waits_for(&self, sections: &Sections) -> Option<Looked> {
        let mut looker = Looker::new(sections);
        let cannot_look = |facts| Some(Looked::NotYet { id: CANNOT_LOOK, facts });
        match self.sick(&mut looker) {
            Err(facts) => return cannot_look(facts),
            Ok(Some(sick)) => return Some(sick),
            Ok(None) => {}
        }
        match self.without_room(&mut looker) {
            Err(facts) => cannot_look(facts),
            Ok(None) => None,
            Ok(Some(facts)) => Some(Looked::NotYet { id: "next-without-room", facts }),
        }
    }

    fn sick(&self, looker: &mut Looker<'_>) -> Result<Option<Looked>, Facts> {
        for one in self.moves {
            let topic = known(looker.kafka_topic(&one.topic))?;
            let Some(partition) = topic.as_ref().and_then(|topic| topic.partition(one.partition)) else { continue };
            let facts = place(&one.topic, one.partition);
            if partition.leader.is_none() {
                return Ok(Some(Looked::NotYet { id: "next-offline", facts }));
            }
            let (isr, least) = (partition.isr.len(), self.moving.least(one));
            if isr < least {
                let facts = facts.with("isr", isr).with("least", least);
                return Ok(Some(Looked::NotYet { id: "next-not-in-sync", facts }));
            }
        }
        Ok(None)
    }

    /// The first broker that has less free in a log directory than copies may need there. One that does not tell is not in the
    /// way.
    fn without_room(&self, looker: &mut Looker<'_>) -> Result<Option<Facts>, Facts> {
        let all = known(looker.kafka_log_dirs())?;
        for (broker, copies) in copies_by_broker(self.moves, all) {
            let dirs = all.iter().find(|found| found.broker == broker).and_then(|found| found.dirs.as_ref());
            if let Some(found) = dirs.and_then(|dirs| too_small(dirs, &copies)) {
                let facts = Facts::none().with("broker", i64::from(broker)).with("path", found.path);
                return Ok(Some(
                    facts.with("expected", Fact::Bytes(found.needed)).with("found", Fact::Bytes(found.usable)),
                ));
            }
        }
        Ok(None)
    }
}
