//! From the caller's layout to a board, or why not.

use crate::board::{Board, NO_RACK, Role};
use crate::{Broker, BrokerId, Error, Goal, Layout, Partition, RackId};

pub(crate) fn board(layout: &Layout, goal: &Goal) -> Result<Board, Error> {
    let mut brokers: Vec<&Broker> = layout.brokers.iter().collect();
    brokers.sort_by_key(|broker| broker.id);
    if let Some(pair) = brokers.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(Error::BrokerTwice { broker: pair[0].id });
    }
    let ids: Vec<BrokerId> = brokers.iter().map(|broker| broker.id).collect();
    let (rack, racks) = racks(&brokers)?;
    let role = roles(&brokers, &ids, goal)?;
    let place = ordered(&layout.partitions)?;
    let (starts, before) = replicas(&layout.partitions, &place, &ids)?;
    let alive = brokers.iter().map(|broker| broker.alive).collect();
    let topics = topics(&layout.partitions, &place);
    let board =
        Board { topics, ids, rack, racks, alive, role, place, starts, before, drains: matches!(goal, Goal::Drain(_)) };
    if board.drains {
        enough_room(&board, &layout.partitions)?;
    }
    Ok(board)
}

/// The dense rack of each broker, and how many racks are known.
fn racks(brokers: &[&Broker]) -> Result<(Vec<usize>, usize), Error> {
    let first = |racked: bool| brokers.iter().find(|broker| broker.alive && broker.rack.is_some() == racked);
    match (first(true), first(false)) {
        (Some(with), Some(without)) => Err(Error::RacksOnSome { with: with.id, without: without.id }),
        (None, _) => Ok((vec![0; brokers.len()], 1)),
        (Some(_), None) => {
            let mut known: Vec<RackId> = brokers.iter().filter_map(|broker| broker.rack).collect();
            known.sort_unstable();
            known.dedup();
            let dense = |broker: &&Broker| broker.rack.and_then(|rack| known.binary_search(&rack).ok());
            Ok((brokers.iter().map(|broker| dense(broker).unwrap_or(NO_RACK)).collect(), known.len()))
        }
    }
}

fn roles(brokers: &[&Broker], ids: &[BrokerId], goal: &Goal) -> Result<Vec<Role>, Error> {
    let (Goal::ScaleOut(named) | Goal::Drain(named)) = goal;
    if named.is_empty() {
        return Err(Error::NoBrokers);
    }
    let (special, others) = match goal {
        Goal::ScaleOut(_) => (Role::Receiver, Role::Giver),
        Goal::Drain(_) => (Role::Giver, Role::Receiver),
    };
    let mut roles: Vec<Role> = brokers.iter().map(|broker| if broker.alive { others } else { Role::Fixed }).collect();
    for &broker in named {
        let place = ids.binary_search(&broker).map_err(|_| Error::UnknownBroker { broker })?;
        if special == Role::Receiver && !brokers[place].alive {
            return Err(Error::DeadTarget { broker });
        }
        roles[place] = special;
    }
    Ok(roles)
}

/// The places of the partitions, by topic and number.
fn ordered(partitions: &[Partition]) -> Result<Vec<usize>, Error> {
    let key = |place: usize| (partitions[place].topic, partitions[place].index);
    let mut places: Vec<usize> = (0..partitions.len()).collect();
    places.sort_unstable_by_key(|place| key(*place));
    match places.windows(2).find(|pair| key(pair[0]) == key(pair[1])) {
        Some(pair) => {
            let (topic, index) = key(pair[0]);
            Err(Error::PartitionTwice { topic, index })
        }
        None => Ok(places),
    }
}

/// The runs of partitions of one topic.
fn topics(partitions: &[Partition], places: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut end = 0;
    let runs = places.chunk_by(|one, other| partitions[*one].topic == partitions[*other].topic);
    runs.map(|run| {
        let start = end;
        end += run.len();
        start..end
    })
    .collect()
}

/// All replica lists in dense numbers, one after the other, and where each starts.
fn replicas(partitions: &[Partition], places: &[usize], ids: &[BrokerId]) -> Result<(Vec<usize>, Vec<usize>), Error> {
    let total = partitions.iter().map(|partition| partition.replicas.len()).sum();
    if u32::try_from(total).is_err() || u32::try_from(partitions.len()).is_err() {
        return Err(Error::TooLarge);
    }
    let mut starts = Vec::with_capacity(places.len() + 1);
    let mut all: Vec<usize> = Vec::with_capacity(total);
    starts.push(0);
    for place in places {
        let Partition { topic, index, replicas } = &partitions[*place];
        let (topic, index) = (*topic, *index);
        let start = all.len();
        for &broker in replicas {
            let dense = ids.binary_search(&broker).map_err(|_| Error::UnknownReplica { topic, index, broker })?;
            if all[start..].contains(&dense) {
                return Err(Error::ReplicaTwice { topic, index, broker });
            }
            all.push(dense);
        }
        starts.push(all.len());
    }
    Ok((starts, all))
}

/// Whether each partition can leave the brokers that go. Racks never forbid it, see `racks`.
fn enough_room(board: &Board, partitions: &[Partition]) -> Result<(), Error> {
    let receivers = board.with_role(Role::Receiver).len();
    for partition in 0..board.partitions() {
        let list = &board.before[board.slots(partition)];
        let with = |role: Role| list.iter().filter(|broker| board.role[**broker] == role).count();
        let (leaving, free) = (with(Role::Giver), receivers - with(Role::Receiver));
        if leaving > free {
            let Partition { topic, index, .. } = partitions[board.place[partition]];
            let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            return Err(Error::TooFewBrokers { topic, index, replicas: small(leaving), brokers: small(free) });
        }
    }
    Ok(())
}
