//! Whether an action on the layout was done, from what the cluster shows.

use super::condition::Looked;
use super::layout_action::{ConfigChange, ConfigOn, ListRemoval, PreferredLeader, ReplicaMove, list_entries};
use super::probe::Probe;
use crate::cluster::kafka::{ConfigEntry, Partition, Reassignment, Replicas};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::TopicName;
use std::collections::{BTreeMap, BTreeSet};

/// Why a setting of a broker cannot be told, as the fact `failure`: it is dead.
pub const BROKER_DEAD: &str = "broker-dead";

/// What was seen, or why nothing is known.
pub(super) fn known<'a, T: ?Sized>(look: Look<'a, T>) -> Result<&'a T, Facts> {
    match look {
        Look::Seen(value) => Ok(value),
        Look::Failed(failure) => {
            Err(Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str()))
        }
        Look::Ask => Err(Facts::none().with("failure", "not-asked")),
    }
}

/// A partition as evidence.
pub(super) fn place(topic: &TopicName, partition: i32) -> Facts {
    Facts::none().with("topic", topic.as_str()).with("partition", i64::from(partition))
}

/// Where one partition is.
pub(super) enum Standing<'a> {
    /// There is no such topic, or it has no such partition.
    Gone,
    /// The topic of this name is another one, with this id.
    Another(&'a str),
    /// Here, and perhaps on the move.
    Here(&'a Partition, Option<&'a Reassignment>),
}

/// A partition, and how it is on the move.
type Here<'a> = (&'a Partition, Option<&'a Reassignment>);

/// The partitions on the move, by place.
pub(super) struct Movements<'a>(BTreeMap<(&'a TopicName, i32), &'a Reassignment>);

impl<'a> Movements<'a> {
    pub(super) fn see(looker: &mut Looker<'a>) -> Result<Self, Facts> {
        let all = known(looker.kafka_reassignments())?;
        Ok(Self(all.iter().map(|one| ((&one.topic, one.partition), one)).collect()))
    }

    pub(super) fn standing(&self, looker: &mut Looker<'a>, of: (&TopicName, &str, i32)) -> Result<Standing<'a>, Facts> {
        let (name, id, number) = of;
        let Some(topic) = known(looker.kafka_topic(name))? else { return Ok(Standing::Gone) };
        if topic.id != id {
            return Ok(Standing::Another(&topic.id));
        }
        let found = topic.partition(number);
        let moving = self.0.get(&(name, number)).copied();
        Ok(found.map_or(Standing::Gone, |partition| Standing::Here(partition, moving)))
    }

    /// Where a move is whose end is waited for. In a topic that is gone, or another one by now, it never ends.
    pub(super) fn awaited(
        &self,
        looker: &mut Looker<'a>,
        one: &ReplicaMove,
    ) -> Result<Result<Here<'a>, Looked>, Facts> {
        let facts = place(&one.topic, one.partition);
        Ok(match self.standing(looker, (&one.topic, &one.topic_id, one.partition))? {
            Standing::Here(partition, moving) => Ok((partition, moving)),
            Standing::Gone => Err(Looked::Impossible { id: "topic-gone", facts }),
            Standing::Another(id) => Err(Looked::Impossible { id: "topic-recreated", facts: facts.with("found", id) }),
        })
    }
}

/// The replicas a partition has, or is on its way to. Replicas and moves are not seen at one instant: where all replicas of
/// a move are still there and the move is no longer listed, it has just arrived.
pub(super) fn heading(one: &ReplicaMove, partition: &Partition, moving: Option<&Reassignment>) -> Replicas {
    if let Some(moving) = moving {
        return moving.target();
    }
    match partition.replicas.strip_prefix(one.to.0.as_slice()) {
        Some(rest) if one.starts().any(|from| rest.iter().all(|id| from.0.contains(id))) => one.to.clone(),
        _ => Replicas(partition.replicas.clone()),
    }
}

pub(super) fn reassigned(moves: &[ReplicaMove], looker: &mut Looker<'_>) -> Probe {
    let states = Movements::see(looker)
        .and_then(|all| moves.iter().map(|one| move_state(one, &all, looker)).collect::<Result<Vec<_>, Facts>>());
    states.map_or_else(Probe::CannotTell, sum_up)
}

/// What one of several things shows.
enum State {
    Before,
    After,
    /// Of a thing of several parts, some are done.
    Between,
    Foreign(Facts),
}

fn move_state<'a>(one: &ReplicaMove, all: &Movements<'a>, looker: &mut Looker<'a>) -> Result<State, Facts> {
    let facts = place(&one.topic, one.partition);
    Ok(match all.standing(looker, (&one.topic, &one.topic_id, one.partition))? {
        Standing::Gone => State::Foreign(facts.with("found", "none")),
        Standing::Another(id) => State::Foreign(facts.with("found", id)),
        Standing::Here(partition, moving) => {
            let heading = heading(one, partition, moving);
            if heading == one.to {
                State::After
            } else if one.starts().any(|from| *from == heading) {
                State::Before
            } else {
                State::Foreign(facts.with("found", heading.to_string()))
            }
        }
    })
}

pub(super) fn called_off(moves: &[ReplicaMove], looker: &mut Looker<'_>) -> Probe {
    let states = Movements::see(looker)
        .and_then(|all| moves.iter().map(|one| call_off_state(one, &all, looker)).collect::<Result<Vec<_>, Facts>>());
    states.map_or_else(Probe::CannotTell, sum_up)
}

/// What is not on the move needs no calling off, whichever way it ended.
fn call_off_state<'a>(one: &ReplicaMove, all: &Movements<'a>, looker: &mut Looker<'a>) -> Result<State, Facts> {
    Ok(match all.standing(looker, (&one.topic, &one.topic_id, one.partition))? {
        Standing::Here(_, Some(moving)) if moving.target() == one.to => State::Before,
        Standing::Here(_, Some(moving)) => {
            State::Foreign(place(&one.topic, one.partition).with("found", moving.target().to_string()))
        }
        Standing::Here(_, None) | Standing::Gone | Standing::Another(_) => State::After,
    })
}

/// Whether a setting stands as it is to.
pub(super) fn stands(one: &ConfigChange, looker: &mut Looker<'_>) -> bool {
    matches!(config_state(one, looker), Ok(State::After))
}

/// Whether all of it is taken from a list.
pub(super) fn is_taken(one: &ListRemoval, looker: &mut Looker<'_>) -> bool {
    matches!(list_state(one, looker), Ok(State::After))
}

pub(super) fn configs_set(changes: &[ConfigChange], looker: &mut Looker<'_>) -> Probe {
    let states: Result<Vec<State>, Facts> = changes.iter().map(|one| config_state(one, looker)).collect();
    states.map_or_else(Probe::CannotTell, sum_up)
}

fn config_state(one: &ConfigChange, looker: &mut Looker<'_>) -> Result<State, Facts> {
    let found = setting(&one.on, &one.key, looker)?;
    Ok(if found == one.to.as_deref() {
        State::After
    } else if found == one.from.as_deref() {
        State::Before
    } else {
        let facts = Facts::none().with("of", one.on.to_string()).with("key", one.key.as_str());
        State::Foreign(facts.with("found", found.unwrap_or("none")))
    })
}

/// A setting that was made on a thing, if it was. That of a broker that is dead can be read nowhere.
pub(super) fn setting<'a>(on: &ConfigOn, key: &str, looker: &mut Looker<'a>) -> Result<Option<&'a str>, Facts> {
    let entries = match on {
        ConfigOn::Topic(name) => known(looker.kafka_topic_config(name))?,
        ConfigOn::Broker(id) => match known(looker.kafka_broker_config(*id))? {
            Some(entries) => entries,
            None => return Err(Facts::none().with("failure", BROKER_DEAD).with("broker", i64::from(*id))),
        },
    };
    Ok(value_of(entries, key))
}

fn value_of<'a>(entries: &'a [ConfigEntry], key: &str) -> Option<&'a str> {
    entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.as_deref())
}

pub(super) fn taken(lists: &[ListRemoval], looker: &mut Looker<'_>) -> Probe {
    let states: Result<Vec<State>, Facts> = lists.iter().map(|one| list_state(one, looker)).collect();
    states.map_or_else(Probe::CannotTell, sum_up)
}

/// A topic that is gone has no list, and nothing of ours in it.
fn list_state(one: &ListRemoval, looker: &mut Looker<'_>) -> Result<State, Facts> {
    if known(looker.kafka_topic(&one.topic))?.is_none() {
        return Ok(State::After);
    }
    let found = value_of(known(looker.kafka_topic_config(&one.topic))?, &one.key);
    let Some(found) = found else { return Ok(State::After) };
    let entries: BTreeSet<&str> = list_entries(found).into_iter().collect();
    let ours = one.entries.iter().filter(|entry| entries.contains(entry.as_str())).count();
    Ok(match ours {
        0 if entries.is_empty() && !one.stood_before => State::Between,
        0 => State::After,
        some if some < one.entries.len() => State::Between,
        _ => State::Before,
    })
}

pub(super) fn elected(partitions: &[PreferredLeader], looker: &mut Looker<'_>) -> Probe {
    let states: Result<Vec<State>, Facts> = partitions.iter().map(|one| leader_state(one, looker)).collect();
    states.map_or_else(Probe::CannotTell, sum_up)
}

/// Whoever else leads is as before: elections happen. A topic that is gone needs no leader.
fn leader_state(one: &PreferredLeader, looker: &mut Looker<'_>) -> Result<State, Facts> {
    let topic = known(looker.kafka_topic(&one.topic))?;
    let found = topic.as_ref().and_then(|topic| topic.partition(one.partition));
    let led = found.is_none_or(|found| found.leader == Some(one.leader));
    Ok(if led { State::After } else { State::Before })
}

fn sum_up(states: Vec<State>) -> Probe {
    let (mut before, mut after, mut between) = (false, false, false);
    for state in states {
        match state {
            State::Before => before = true,
            State::After => after = true,
            State::Between => between = true,
            State::Foreign(facts) => return Probe::Foreign(facts),
        }
    }
    match (before, after, between) {
        (false, _, false) => Probe::Done,
        (true, false, false) => Probe::NotYet,
        _ => Probe::Partly,
    }
}
