//! What each broker holds, before, during and after.

use super::look::{Seen, dirs_of};
use crate::plan::{Load, ReplicaMove, Row};
use std::collections::BTreeMap;

/// One row a live broker, and one for each dead one that holds replicas.
pub(super) fn rows(moves: &[ReplicaMove], seen: &Seen<'_>) -> Vec<Row> {
    let now = now(seen);
    let mut during = now.clone();
    let mut after = now.clone();
    for one in moves {
        let size = seen.size(one);
        let first = |load: &mut Load, from: bool| if from { load.leaders -= 1 } else { load.leaders += 1 };
        for id in one.to.without(&one.from) {
            for loads in [&mut during, &mut after] {
                let load = loads.entry(id).or_default();
                (load.replicas, load.bytes) = (load.replicas + 1, load.bytes.saturating_add(size));
            }
        }
        for id in one.from.without(&one.to) {
            let load = after.entry(id).or_default();
            (load.replicas, load.bytes) = (load.replicas.saturating_sub(1), load.bytes.saturating_sub(size));
        }
        if let (Some(from), Some(to)) = (one.from.0.first(), one.to.0.first())
            && from != to
        {
            first(after.entry(*from).or_default(), true);
            first(after.entry(*to).or_default(), false);
        }
    }
    let rack = |id: i32| seen.cluster.brokers.iter().find(|one| one.id == id).and_then(|one| one.rack.clone());
    let row = |(id, after): (&i32, &Load)| Row::Broker {
        broker: *id,
        rack: rack(*id).unwrap_or_default(),
        now: now.get(id).copied().unwrap_or_default(),
        during: during.get(id).copied().unwrap_or_default(),
        after: *after,
    };
    after.iter().map(row).collect()
}

fn now(seen: &Seen<'_>) -> BTreeMap<i32, Load> {
    let mut loads: BTreeMap<i32, Load> = seen.cluster.brokers.iter().map(|one| (one.id, Load::default())).collect();
    for partition in seen.layout.iter().flat_map(|one| &one.topic.partitions) {
        for id in &partition.replicas {
            loads.entry(*id).or_default().replicas += 1;
        }
        if let Some(first) = partition.replicas.first() {
            loads.entry(*first).or_default().leaders += 1;
        }
    }
    for broker in seen.dirs {
        let bytes = dirs_of(broker).iter().flat_map(|dir| &dir.replicas).map(|replica| replica.bytes).sum();
        loads.entry(broker.broker).or_default().bytes = bytes;
    }
    loads
}
