//! What every change of a whole Kafka topic looks at and checks.

mod checks;
mod look;

pub(super) use checks::{
    brokers_checks, connected_check, count_check, count_of, held, rights_checks, system_check, unread,
};
pub(super) use look::{Looks, existing};

use super::{Context, Stop};
use crate::cluster::Query;
use crate::cluster::kafka::{KafkaCluster, Reader, Topic};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{
    Action, Aspect, Condition, Draft, Estimate, Expectation, Hold, Impact, KafkaAction, Mistake, Planning, Sharing,
    Step, Thing, Undo, Work, client_ids,
};
use std::collections::BTreeSet;

/// What one call and its read-back take, in milliseconds: bounded by the deadline of a call, in practice far less.
pub(super) const CALL_MS: u64 = 1_000;

/// A plan of what was seen, or what is still needed for it.
pub(super) fn planned<S>(
    seen: Result<Option<S>, Stop>,
    needed: BTreeSet<Query>,
    context: &Context<'_>,
    draft: impl FnOnce(&S) -> Result<Draft, Stop>,
) -> Planning {
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => draft(&seen).map_or_else(Planning::from, |it| context.guards.planned(it)),
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

/// Topics of Kafka have no permission of their own.
pub(super) fn without_perm(arguments: &Arguments) -> Result<(), Mistake> {
    let facts = || Facts::none().with("option", "perm").with("kind", "Kafka");
    if arguments.0.contains_key("perm") { Err(Mistake::new("option-not-for-kind", facts())) } else { Ok(()) }
}

/// One thing that a change has to itself.
pub(super) fn hold(context: &Context<'_>, thing: Thing, aspect: Aspect) -> Vec<Hold> {
    vec![Hold { cluster: context.cluster.name.clone(), thing, aspect, sharing: Sharing::Exclusive }]
}

/// The cluster as it is, as an expectation.
pub(super) fn cluster_is(cluster: &KafkaCluster) -> Expectation {
    Expectation::KafkaClusterIs { id: cluster.id.clone() }
}

/// One literal call that reads back as done.
pub(super) fn step(action: KafkaAction, needs: Vec<Expectation>, undo: Undo) -> Vec<Step> {
    vec![Step { number: 1, work: Work::Act(Action::Kafka(action)), needs, done: Condition::ReadBack, undo }]
}

/// What one call takes, and its way back.
pub(super) fn estimate(changes: usize) -> Estimate {
    let changes = u64::try_from(changes).unwrap_or(u64::MAX);
    Estimate { duration_ms: CALL_MS, way_back_ms: CALL_MS, changes }
}

/// Who is affected by a change of a topic: the groups that read it or have read it, and their clients.
pub(super) fn affected(name: &TopicName, readers: &[Reader]) -> Impact {
    let members: Vec<_> = readers.iter().flat_map(|reader| reader.members.iter().cloned()).collect();
    Impact {
        topics: vec![name.to_string()],
        groups: readers.iter().map(|reader| reader.group.to_string()).collect(),
        clients: client_ids(&members),
        ..Impact::default()
    }
}

/// How many partitions a topic has.
pub(super) fn partitions(topic: &Topic) -> u32 {
    u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX)
}

/// The least number of replicas that one of its partitions has.
pub(super) fn replicas(topic: &Topic) -> u32 {
    let least = topic.partitions.iter().map(|one| one.replicas.len()).min().unwrap_or(0);
    u32::try_from(least).unwrap_or(u32::MAX)
}
