//! Whether what the next batch of a move needs is still so: hours may have passed since the plan was checked.

use super::condition::{CANNOT_LOOK, Condition, Looked};
use super::layout_action::ReplicaMove;
use super::layout_probe::{known, place};
use super::moving::{Moving, to_copy_by_broker};
use super::{Action, KafkaAction, Plan, Work};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::{Looker, Query, Sections};
use crate::facts::{Fact, Facts};
use std::collections::BTreeSet;

/// A batch that follows another one.
#[derive(Debug, Clone, Copy)]
pub struct NextBatch<'a> {
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
                Some(Self { moves, moving })
            }
            _ => None,
        }
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

    /// The first broker that has less free than its copies need. One that does not tell is not in the way.
    fn without_room(&self, looker: &mut Looker<'_>) -> Result<Option<Facts>, Facts> {
        let all = known(looker.kafka_log_dirs())?;
        for (broker, bytes) in to_copy_by_broker(self.moves, all) {
            let dirs = all.iter().find(|found| found.broker == broker).and_then(|found| found.dirs.as_ref());
            let usable = dirs.and_then(|dirs| dirs.iter().filter(|dir| !dir.failed).map(|dir| dir.usable_bytes).sum());
            if let Some(usable) = usable.filter(|usable: &u64| *usable < bytes) {
                let facts = Facts::none().with("broker", i64::from(broker));
                return Ok(Some(facts.with("expected", Fact::Bytes(bytes)).with("found", Fact::Bytes(usable))));
            }
        }
        Ok(None)
    }
}
