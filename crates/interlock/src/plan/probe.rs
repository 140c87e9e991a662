//! Was it done? Told from what the cluster shows, never from what a call answered.

use super::action::{Action, KafkaAction};
use crate::cluster::kafka::{Committed, CommittedOffset};
use crate::cluster::{Look, Looker, Sections};
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
    /// Begun by the cluster and not finished.
    InProgress,
    /// Done.
    Done,
    /// Neither as before nor as wanted: somebody else was here. Evidence: `topic`, `partition`, `found`.
    Foreign(Facts),
    /// The look failed, so nothing is known. The failure's kind and words.
    CannotTell(Facts),
}

/// What the sections show of an action; `CannotTell` where [`Action::read_back`] was not asked or failed.
#[must_use]
pub fn probe(action: &Action, sections: &Sections) -> Probe {
    let Action::Kafka(action) = action;
    let mut looker = Looker::new(sections);
    let committed = match looker.kafka_committed(action.group()) {
        Look::Seen(committed) => index(committed),
        Look::Failed(failure) => {
            return Probe::CannotTell(
                Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str()),
            );
        }
        Look::Ask => return Probe::CannotTell(Facts::none().with("failure", "not-asked")),
    };
    let states = match action {
        KafkaAction::CommitOffsets { moves, .. } => moves
            .iter()
            .map(|one| state(&committed, (&one.topic, one.partition), one.from.as_ref(), Some(&one.to)))
            .collect::<Vec<_>>(),
        KafkaAction::DeleteOffsets { removals, .. } => {
            removals.iter().map(|one| state(&committed, (&one.topic, one.partition), Some(&one.from), None)).collect()
        }
    };
    sum_up(action.group(), states)
}

type Place<'a> = (&'a TopicName, i32);

enum State<'a> {
    Before,
    After,
    Foreign(Place<'a>, Option<&'a Committed>),
}

fn index(committed: &[CommittedOffset]) -> BTreeMap<Place<'_>, &Committed> {
    committed.iter().map(|one| ((&one.topic, one.partition), &one.committed)).collect()
}

fn state<'a>(
    committed: &BTreeMap<Place<'a>, &'a Committed>,
    place: Place<'a>,
    from: Option<&Committed>,
    to: Option<&Committed>,
) -> State<'a> {
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
