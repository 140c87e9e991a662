//! The last look at moves, before it is said that all of them stand as planned: the first batch may have arrived hours ago.

use super::condition::{CANNOT_LOOK, Looked};
use super::layout_action::ReplicaMove;
use super::layout_probe::{Movements, heading, place};
use super::moving::STALE_LOOKS;
use super::{Action, KafkaAction, Plan, Work};
use crate::cluster::kafka::{KafkaQuery, Partition, Reassignment, Replicas};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::Facts;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is remembered between last looks, while not all is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLook {
    /// How many looks in a row showed a partition somewhere else.
    pub streak: u32,
    /// Since when it is not as it should be.
    pub since: Millis,
    /// Whether people were called.
    pub called: bool,
}

/// Every move of a plan.
#[must_use]
pub fn all_moves(plan: &Plan) -> Vec<ReplicaMove> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    plan.steps.iter().flat_map(|step| of(&step.work)).collect()
}

/// What has to be seen for a last look.
#[must_use]
pub fn last_look_queries(moves: &[ReplicaMove]) -> BTreeSet<Query> {
    let topics = moves.iter().map(|one| KafkaQuery::Topic(one.topic.clone()));
    topics.chain([KafkaQuery::Reassignments]).map(Query::Kafka).collect()
}

/// Whether all of these stand as planned, every replica in sync. A replica that is out of sync may come back; a broker may
/// show replicas as they were a moment ago; what was sent elsewhere since never stands as planned again.
#[must_use]
pub fn last_look(
    moves: &[ReplicaMove],
    before: Option<LastLook>,
    sections: &Sections,
    now: Millis,
) -> (Option<LastLook>, Looked) {
    let found = match Found::of(moves, &mut Looker::new(sections)) {
        Ok(Ok(found)) => found,
        Ok(Err(ended)) => return (before, ended),
        Err(facts) => return (before, Looked::NotYet { id: CANNOT_LOOK, facts }),
    };
    let facts = |facts: Facts| facts.with("verified", found.verified).with("count", moves.len());
    let memory = |streak| LastLook {
        streak,
        since: before.map_or(now, |before| before.since),
        called: before.is_some_and(|before| before.called),
    };
    if let Some(elsewhere) = &found.elsewhere {
        let streak = before.map_or(0, |before| before.streak).saturating_add(1);
        let facts = facts(elsewhere.facts());
        if elsewhere.is_certain || streak >= STALE_LOOKS {
            return (before, Looked::Impossible { id: "moved-since", facts });
        }
        return (Some(memory(streak)), Looked::NotYet { id: "looking-once-more", facts });
    }
    if let Some((one, isr)) = found.behind {
        let facts = place(&one.topic, one.partition).with("isr", isr).with("replicas", one.to.0.len());
        let facts = facts.with("verified", found.verified).with("count", moves.len());
        return (Some(memory(0)), Looked::NotYet { id: "replicas-behind", facts });
    }
    (None, Looked::Met)
}

/// The first that is not as planned, of each kind, and how many are.
#[derive(Default)]
struct Found<'a> {
    verified: usize,
    elsewhere: Option<Elsewhere<'a>>,
    behind: Option<(&'a ReplicaMove, usize)>,
}

struct Elsewhere<'a> {
    one: &'a ReplicaMove,
    found: Replicas,
    /// Whether it is on the move: that is told by the controller itself.
    is_certain: bool,
}

impl<'a> Found<'a> {
    fn of(moves: &'a [ReplicaMove], looker: &mut Looker<'a>) -> Result<Result<Self, Looked>, Facts> {
        let movements = Movements::see(looker)?;
        let mut found = Self::default();
        for one in moves {
            match movements.awaited(looker, one)? {
                Ok((partition, moving)) => found.add(one, partition, moving),
                Err(never) => return Ok(Err(never)),
            }
        }
        Ok(Ok(found))
    }

    fn add(&mut self, one: &'a ReplicaMove, partition: &Partition, moving: Option<&Reassignment>) {
        let heading = heading(one, partition, moving);
        if heading != one.to {
            let elsewhere = Elsewhere { one, found: heading, is_certain: moving.is_some() };
            if self.elsewhere.as_ref().is_none_or(|first| elsewhere.is_certain && !first.is_certain) {
                self.elsewhere = Some(elsewhere);
            }
            return;
        }
        let mut isr = partition.isr.clone();
        isr.sort_unstable();
        if moving.is_none() && partition.replicas == one.to.0 && isr == one.to.sorted() {
            self.verified += 1;
        } else if self.behind.is_none() {
            self.behind = Some((one, isr.len()));
        }
    }
}

impl Elsewhere<'_> {
    fn facts(&self) -> Facts {
        let facts = place(&self.one.topic, self.one.partition);
        facts.with("expected", self.one.to.to_string()).with("found", self.found.to_string())
    }
}
