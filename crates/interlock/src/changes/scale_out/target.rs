//! What is to stand where, by the placement.

use super::choose::Chosen;
use crate::changes::Stop;
use crate::changes::moves::Seen;
use crate::cluster::kafka::Replicas;
use crate::facts::Facts;
use crate::plan::{Mistake, ReplicaMove};
use placement::{Broker, BrokerId, Goal, Layout, Partition, RackId, TopicId, place};
use std::collections::{BTreeMap, BTreeSet};

/// The moves to the target, and the fewest copies that any way there needs.
#[derive(Default)]
pub(super) struct Target {
    pub(super) moves: Vec<ReplicaMove>,
    pub(super) lower_bound: u64,
}

/// `racks`: whether they are told apart; false where some brokers have none.
pub(super) fn target(chosen: &[Chosen<'_>], brokers: &[i32], seen: &Seen<'_>, racks: bool) -> Result<Target, Stop> {
    let layout = Layout { brokers: all_brokers(chosen, brokers, seen, racks)?, partitions: partitions(chosen)? };
    let goal = Goal::ScaleOut(brokers.iter().map(|id| broker(*id)).collect::<Result<_, _>>()?);
    let placed = place(&layout, &goal).map_err(|error| impossible(&error))?;
    let mut moves = Vec::with_capacity(placed.changes.len());
    for change in &placed.changes {
        let found = usize::try_from(change.topic.0).ok().and_then(|place| chosen.get(place));
        let partition = i32::try_from(change.index).ok();
        let standing = found.zip(partition).and_then(|(one, number)| {
            let standing = one.topic.partition(number)?;
            Some((one, number, standing))
        });
        let Some((one, number, standing)) = standing else { continue };
        let to = change.replicas.iter().filter_map(|id| i32::try_from(id.0).ok()).collect();
        moves.push(ReplicaMove {
            topic: one.name.clone(),
            topic_id: one.topic.id.clone(),
            partition: number,
            from: Replicas(standing.replicas.clone()),
            to: Replicas(to),
            or_from: None,
            dirs: BTreeMap::new(),
        });
    }
    Ok(Target { moves, lower_bound: placed.lower_bound })
}

/// The layout as brokers tell it fits no model: said, not guessed around.
fn impossible(error: &dyn std::fmt::Display) -> Stop {
    Stop::Mistake(Mistake::new("no-placement", Facts::none().with("said", error.to_string())))
}

fn broker(id: i32) -> Result<BrokerId, Stop> {
    u32::try_from(id).map(BrokerId).map_err(|error| impossible(&error))
}

fn all_brokers(chosen: &[Chosen<'_>], targets: &[i32], seen: &Seen<'_>, racks: bool) -> Result<Vec<Broker>, Stop> {
    let names: BTreeSet<&String> = seen.cluster.brokers.iter().filter_map(|one| one.rack.as_ref()).collect();
    let racks: BTreeMap<&String, RackId> =
        if racks { names.into_iter().zip((0..).map(RackId)).collect() } else { BTreeMap::new() };
    let named = chosen.iter().flat_map(|one| &one.topic.partitions).flat_map(|one| &one.replicas);
    let ids: BTreeSet<i32> =
        named.chain(targets).copied().chain(seen.cluster.brokers.iter().map(|one| one.id)).collect();
    let one = |id: i32| {
        let found = seen.cluster.brokers.iter().find(|one| one.id == id);
        let rack = found.and_then(|one| one.rack.as_ref()).and_then(|name| racks.get(name).copied());
        // A target that is not alive comes here only where the guard against it is off.
        Ok(Broker { id: broker(id)?, rack, alive: found.is_some() || targets.contains(&id) })
    };
    ids.into_iter().map(one).collect()
}

fn partitions(chosen: &[Chosen<'_>]) -> Result<Vec<Partition>, Stop> {
    let mut all = Vec::new();
    for (topic, one) in (0..).map(TopicId).zip(chosen) {
        for partition in &one.topic.partitions {
            let replicas = partition.replicas.iter().map(|id| broker(*id)).collect::<Result<_, _>>()?;
            let index = u32::try_from(partition.partition).map_err(|error| impossible(&error))?;
            all.push(Partition { topic, index, replicas });
        }
    }
    Ok(all)
}
