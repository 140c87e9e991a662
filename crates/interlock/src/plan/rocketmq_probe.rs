//! Was it done on RocketMQ? Told from what the masters show.

use super::layout_probe::known;
use super::probe::Probe;
use super::queues_action;
use super::rocketmq_action::{QueueMove, RocketmqAction};
use super::rocketmq_expectation::{of_queue, offsets_by_queue, shown, told_by_all};
use super::silent::none_forgotten;
use super::{rocketmq_group, rocketmq_topic};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::GroupId;

/// How a queue stands to a move of its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Where the group stood, or further on from there.
    Before,
    /// Where it was set, or further on from there.
    After,
    /// Set back, and as far as before or further, with nothing left to read in between: whoever was set back and has read
    /// all of it again stands so, and whoever never was, too.
    Overtaken,
    /// Neither.
    Foreign,
}

pub(super) fn probe(action: &RocketmqAction, looker: &mut Looker<'_>) -> Probe {
    match action {
        RocketmqAction::SetOffsets { group, moves, running } => offsets(group, moves, *running, looker),
        RocketmqAction::SetQueues { topic, places } => queues_action::queues_set(topic, places, looker),
        RocketmqAction::SeedOffsets { topic, seeds } => queues_action::seeded(topic, seeds, looker),
        RocketmqAction::TellClients { group, moves, .. } => offsets(group, moves, true, looker),
        RocketmqAction::SetTopic { topic, places } => rocketmq_topic::set(topic, places, looker),
        RocketmqAction::DeleteTopic { topic, at, .. } => rocketmq_topic::deleted(topic, at, looker),
        RocketmqAction::MakeGroup { group, at } => rocketmq_group::made(group, at, looker),
        RocketmqAction::DeleteGroup(gone) => rocketmq_group::deleted(gone, looker),
    }
}

fn offsets(group: &GroupId, moves: &[QueueMove], running: bool, looker: &mut Looker<'_>) -> Probe {
    let found = match looker.rocketmq_committed(group) {
        Look::Seen(found) => found,
        Look::Failed(failure) => {
            let facts = Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str());
            return Probe::CannotTell(facts);
        }
        Look::Ask => return Probe::CannotTell(Facts::none().with("failure", "not-asked")),
    };
    let brokers = || moves.iter().map(|one| &one.broker);
    let told = known(looker.rocketmq_cluster()).and_then(|cluster| none_forgotten(brokers(), cluster));
    if let Err(facts) = told.and_then(|()| told_by_all(brokers(), found)) {
        return Probe::CannotTell(facts);
    }
    let index = offsets_by_queue(found);
    let (mut all, mut any) = (true, false);
    let mut overtaken = Vec::new();
    for one in moves {
        let found = index.get(&one.place()).copied();
        match one.stand(found, running) {
            Stand::After => any = true,
            Stand::Before => all = false,
            Stand::Overtaken => overtaken.push((one, found)),
            Stand::Foreign => return Probe::Foreign(of_queue(group, one.place()).with("found", shown(found))),
        }
    }
    match (all, any) {
        (true, _) => overtaken.first().map_or(Probe::Done, |(one, found)| {
            let facts = of_queue(group, one.place()).with("found", shown(*found));
            Probe::Overtaken(facts.with("count", overtaken.len()))
        }),
        (false, true) => Probe::Partly,
        (false, false) => Probe::NotYet,
    }
}

impl QueueMove {
    /// How what was found stands to this move. Of a group that goes on meanwhile it may have moved on, from either place.
    pub(super) fn stand(&self, found: Option<i64>, running: bool) -> Stand {
        let Some(found) = found else {
            return if self.from.is_none() { Stand::Before } else { Stand::Foreign };
        };
        if found == self.to {
            return Stand::After;
        }
        if running && self.is_overtaken(found) {
            return Stand::Overtaken;
        }
        if Some(found) == self.from {
            return Stand::Before;
        }
        if !running {
            return Stand::Foreign;
        }
        self.stand_of_running(found)
    }

    /// Of a group at work that was set back: past where it stood, or at the end. Clients tell brokers where they are every five
    /// seconds, and can have read all of it again by then. Exactly where it stood is no progress, unless nothing more was there.
    fn is_overtaken(&self, found: i64) -> bool {
        self.from.is_some_and(|from| self.to < from && (found > from || (found == from && found >= self.end)))
    }

    fn stand_of_running(&self, found: i64) -> Stand {
        let Some(from) = self.from else {
            // It had no offset, and may have begun by its own setting since.
            return if found > self.to { Stand::After } else { Stand::Before };
        };
        let (low, high) = (from.min(self.to), from.max(self.to));
        match found {
            _ if found < low => Stand::Foreign,
            // Forward, what lies between is still read from the old place; back, it is read once more.
            _ if found < high => {
                if self.to > from {
                    Stand::Before
                } else {
                    Stand::After
                }
            }
            // Back, what lies further on than before was overtaken.
            _ if self.to > from => Stand::After,
            _ => Stand::Before,
        }
    }
}
