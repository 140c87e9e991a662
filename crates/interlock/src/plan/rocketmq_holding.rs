//! Whether a group's offsets stay where they were set: a client may go on from its old place, and commit that.

use super::action::Action;
use super::condition::{CANNOT_LOOK, Looked, Memory, Pace, gap_too_long};
use super::layout_probe::known;
use super::rocketmq_action::QueueMove;
use super::rocketmq_expectation::{of_queue, offsets_by_queue, shown, told_by_all};
use super::rocketmq_probe::Stand;
use super::silent::none_forgotten;
use crate::cluster::rocketmq::{CommittedOffset, FromMasters, Group, RocketmqQuery};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::GroupId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// The offsets that a step set are seen there, or further on, in so many looks in a row. Clients tell brokers every five
/// seconds where they are (`persistConsumerOffsetInterval`), so the looks span two of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The group.
    pub group: GroupId,
    /// How many looks in a row; at least 1.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
    /// How long they may be elsewhere before a person has to decide, in milliseconds.
    pub deadline_ms: u64,
}

impl Holding {
    pub(super) fn queries(&self) -> BTreeSet<Query> {
        let (committed, group) =
            (RocketmqQuery::Committed(self.group.clone()), RocketmqQuery::Group(self.group.clone()));
        [RocketmqQuery::Cluster, committed, group].map(Query::Rocketmq).into()
    }

    pub(super) fn look(
        &self,
        actions: &[Action],
        memory: &Memory,
        sections: &Sections,
        pace: Pace,
    ) -> (Memory, Looked) {
        let began = memory.began.or(Some(pace.now));
        let broken = Memory { last_look: Some(pace.now), began, ..Memory::default() };
        let mut looker = Looker::new(sections);
        let moves = moves_of(actions);
        let (found, online) = match self.see(&moves, &mut looker) {
            Ok(seen) => seen,
            Err(facts) => return (broken, Looked::NotYet { id: CANNOT_LOOK, facts }),
        };
        if let Some(facts) = self.elsewhere(&moves, found, online) {
            if began.is_some_and(|began| pace.now.since(began) >= Duration::from_millis(self.deadline_ms)) {
                return (broken, Looked::Foreign { id: "offset-came-back", facts });
            }
            return (broken, Looked::NotYet { id: "offset-elsewhere", facts });
        }
        let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
        let memory = Memory { streak, ..broken };
        if streak >= self.looks {
            return (memory, Looked::Met);
        }
        let facts = Facts::none()
            .with("group", self.group.as_str())
            .with("count", moves.len())
            .with("streak", i64::from(streak))
            .with("wanted", i64::from(self.looks));
        (memory, Looked::NotYet { id: "offsets-hold-so-far", facts })
    }

    /// The offsets, and whether a client is connected.
    fn see<'a>(
        &self,
        moves: &[&QueueMove],
        looker: &mut Looker<'a>,
    ) -> Result<(&'a FromMasters<Vec<CommittedOffset>>, bool), Facts> {
        let found = known(looker.rocketmq_committed(&self.group))?;
        let group = known(looker.rocketmq_group(&self.group))?;
        none_forgotten(moves.iter().map(|one| &one.broker), known(looker.rocketmq_cluster())?)?;
        told_by_all(moves.iter().map(|one| &one.broker), found)?;
        Ok((found, group.as_ref().is_some_and(Group::is_online)))
    }

    /// The first queue that is not where it was set, and how many there are. All were seen there when the step's actions
    /// were read back, or brokers had answered that they are set; a group that was set back and has read all of it again is not
    /// elsewhere.
    fn elsewhere(
        &self,
        moves: &[&QueueMove],
        found: &FromMasters<Vec<CommittedOffset>>,
        online: bool,
    ) -> Option<Facts> {
        let index = offsets_by_queue(found);
        let at = |one: &QueueMove| index.get(&one.place()).copied();
        let mut elsewhere = moves.iter().filter(|one| !one.holds(at(one), online));
        let first = elsewhere.next()?;
        let facts = of_queue(&self.group, first.place())
            .with("count", elsewhere.count() + 1)
            .with("to", first.to)
            .with("before", shown(first.from))
            .with("found", shown(at(first)));
        Some(facts)
    }
}

impl QueueMove {
    /// Whether the group is where it was set, or has gone on from there: of one that was set back and has clients, past where
    /// it stood, too.
    fn holds(&self, found: Option<i64>, online: bool) -> bool {
        match self.stand(found, true) {
            Stand::After => true,
            Stand::Overtaken => online,
            Stand::Before | Stand::Foreign => false,
        }
    }
}

fn moves_of(actions: &[Action]) -> Vec<&QueueMove> {
    actions.iter().flat_map(queue_moves).collect()
}

fn queue_moves(action: &Action) -> &[QueueMove] {
    match action {
        Action::Rocketmq(action) => action.queue_moves(),
        Action::Kafka(_) => &[],
    }
}
