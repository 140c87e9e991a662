//! Was it done? Told from what the cluster shows, never from what a call answered.

use super::action::Action;
use super::kafka_action::{KafkaAction, OffsetMove, OffsetRemoval};
use super::layout_probe as layout;
use super::rocketmq_probe as rocketmq;
use super::topic_probe as topics;
use crate::cluster::kafka::{Committed, CommittedOffset};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use std::collections::BTreeMap;

/// What a cluster shows of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Not done, or not wholly; doing it (again) is right.
    NotYet,
    /// Some of it is done and the rest is as before; doing it again is right, and something was changed.
    Partly,
    /// Done.
    Done,
    /// Done, as far as that can be told: where a group at work was set back it stands as far as before or further, and may have read
    /// all of it again, or never heard of it. Only the answer to the act tells, and whether it stays; where there was no answer,
    /// doing it again is right. Evidence: `group`, `topic`, `partition`, `found` of the first such queue, and `count`.
    Overtaken(Facts),
    /// Neither as before nor as wanted: somebody else was here. Evidence: `topic`, `partition`, `found`.
    Foreign(Facts),
    /// The look failed, so nothing is known. The failure's kind and words.
    CannotTell(Facts),
}

/// What the sections show of an action; `CannotTell` where [`Action::read_back`] was not asked or failed.
#[must_use]
pub fn probe(action: &Action, sections: &Sections) -> Probe {
    let mut looker = Looker::new(sections);
    match action {
        Action::Kafka(action) => kafka(action, &mut looker),
        Action::Rocketmq(action) => rocketmq::probe(action, &mut looker),
    }
}

fn kafka<'a>(action: &'a KafkaAction, looker: &mut Looker<'a>) -> Probe {
    match action {
        KafkaAction::CommitOffsets { group, moves } => offsets(group, looker, |found| {
            let state = |one| move_state(found, one);
            moves.iter().map(state).collect()
        }),
        KafkaAction::DeleteOffsets { group, removals } => offsets(group, looker, |found| {
            let state = |one| removal_state(found, one);
            removals.iter().map(state).collect()
        }),
        KafkaAction::Reassign { moves } => layout::reassigned(moves, looker),
        KafkaAction::CallOff { moves } => layout::called_off(moves, looker),
        KafkaAction::SetConfigs { changes } => layout::configs_set(changes, looker),
        KafkaAction::TakeFromLists { lists } => layout::taken(lists, looker),
        KafkaAction::ElectPreferred { partitions } => layout::elected(partitions, looker),
        KafkaAction::CreateTopic(new) => topics::created(new, looker),
        KafkaAction::CreatePartitions(more) => topics::expanded(more, looker),
        KafkaAction::DeleteTopic(gone) => topics::deleted(gone, looker),
        KafkaAction::DeleteGroup(gone) => topics::group_deleted(gone, looker),
    }
}

fn offsets<'a>(group: &GroupId, looker: &mut Looker<'a>, states: impl FnOnce(&Found<'a>) -> Vec<State<'a>>) -> Probe {
    match layout::known(looker.kafka_committed(group)) {
        Ok(committed) => sum_up(group, states(&index(committed))),
        Err(facts) => Probe::CannotTell(facts),
    }
}

fn move_state<'a>(found: &Found<'a>, one: &'a OffsetMove) -> State<'a> {
    state(found, (&one.topic, one.partition), one.from.as_ref(), Some(&one.to))
}

fn removal_state<'a>(found: &Found<'a>, one: &'a OffsetRemoval) -> State<'a> {
    state(found, (&one.topic, one.partition), Some(&one.from), None)
}

type Place<'a> = (&'a TopicName, i32);
type Found<'a> = BTreeMap<Place<'a>, &'a Committed>;

enum State<'a> {
    Before,
    After,
    Foreign(Place<'a>, Option<&'a Committed>),
}

fn index(committed: &[CommittedOffset]) -> Found<'_> {
    committed.iter().map(|one| ((&one.topic, one.partition), &one.committed)).collect()
}

fn state<'a>(committed: &Found<'a>, place: Place<'a>, from: Option<&Committed>, to: Option<&Committed>) -> State<'a> {
    let found = committed.get(&place).copied();
    if found == to {
        State::After
    } else if found == from {
        State::Before
    } else {
        State::Foreign(place, found)
    }
}

fn sum_up(group: &GroupId, states: Vec<State<'_>>) -> Probe {
    let (mut all, mut any) = (true, false);
    for state in states {
        match state {
            State::After => any = true,
            State::Before => all = false,
            State::Foreign((topic, partition), found) => {
                let found = found.map_or_else(|| "none".to_owned(), |committed| committed.offset.to_string());
                return Probe::Foreign(
                    Facts::none()
                        .with("group", group.as_str())
                        .with("topic", topic.as_str())
                        .with("partition", i64::from(partition))
                        .with("found", found),
                );
            }
        }
    }
    match (all, any) {
        (true, _) => Probe::Done,
        (false, true) => Probe::Partly,
        (false, false) => Probe::NotYet,
    }
}
