//! The best that any method could do, found by an explicit network and a textbook minimum-cost flow (Bellman and Ford). It shares
//! nothing with the crate but the rules.

use crate::rules::{rack_bounds, stays};
use placement::{BrokerId, Goal, Layout, RackId};
use std::collections::BTreeMap;

/// What is best: the most movements that the shares allow (all that must be, for a drain), then the least sum of squares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Best {
    pub(crate) moves: i64,
    pub(crate) squares: i64,
}

/// Finds it. `shares` are those of the receivers of a scale-out.
pub(crate) fn best(layout: &Layout, goal: &Goal, shares: &BTreeMap<BrokerId, u32>) -> Best {
    let mut network = Network { arcs: Vec::new(), nodes: 2 };
    let held: BTreeMap<BrokerId, i64> = layout.brokers.iter().map(|known| (known.id, held(layout, known.id))).collect();
    let nodes: BTreeMap<BrokerId, usize> = held.keys().map(|id| (*id, network.node())).collect();
    for known in &layout.brokers {
        let (id, count) = (known.id, held[&known.id]);
        if gives(goal, known) {
            // The k-th replica that leaves lowers the square by as much.
            (0..count).for_each(|gone| network.arc(0, nodes[&id], 1, -(2 * (count - gone) - 1)));
        } else if takes(goal, known) {
            let room = match goal {
                Goal::ScaleOut(_) => (i64::from(shares[&id]) - count).max(0),
                Goal::Drain(_) => i64::try_from(layout.partitions.len()).unwrap(),
            };
            (0..room).for_each(|come| network.arc(nodes[&id], 1, 1, 2 * (count + come) + 1));
        }
    }
    for partition in &layout.partitions {
        partition_arcs(&mut network, layout, goal, &partition.replicas, &nodes);
    }
    let (moves, cost) = network.run();
    Best { moves, squares: held.values().map(|count| count * count).sum::<i64>() + cost }
}

fn held(layout: &Layout, id: BrokerId) -> i64 {
    i64::try_from(layout.partitions.iter().filter(|known| known.replicas.contains(&id)).count()).unwrap()
}

fn gives(goal: &Goal, broker: &placement::Broker) -> bool {
    match goal {
        Goal::ScaleOut(named) => broker.alive && !named.contains(&broker.id),
        Goal::Drain(named) => named.contains(&broker.id),
    }
}

fn takes(goal: &Goal, broker: &placement::Broker) -> bool {
    match goal {
        Goal::ScaleOut(named) => named.contains(&broker.id),
        Goal::Drain(named) => broker.alive && !named.contains(&broker.id),
    }
}

/// Giver → rack → taker within a rack; rack → hub → rack for replicas that change racks, as many as the rack can spare and take.
fn partition_arcs(
    network: &mut Network,
    layout: &Layout,
    goal: &Goal,
    replicas: &[BrokerId],
    nodes: &BTreeMap<BrokerId, usize>,
) {
    let racked = layout.brokers.iter().any(|broker| broker.alive && broker.rack.is_some());
    let hub = network.node();
    let mut racks: BTreeMap<Option<RackId>, usize> = BTreeMap::new();
    for broker in &layout.brokers {
        let rack = broker.rack.filter(|_| racked);
        racks.entry(rack).or_insert_with(|| network.node());
        let node = racks[&rack];
        if replicas.contains(&broker.id) && gives(goal, broker) {
            network.arc(nodes[&broker.id], node, 1, 0);
        } else if !replicas.contains(&broker.id) && takes(goal, broker) {
            network.arc(node, nodes[&broker.id], 1, 0);
        }
    }
    let of = |rack: Option<RackId>, id: &BrokerId| {
        layout.brokers.iter().any(|broker| broker.id == *id && broker.rack.filter(|_| racked) == rack)
    };
    let gone = |id: &BrokerId| layout.brokers.iter().any(|broker| broker.id == *id && gives(goal, broker));
    let unknown = if racked { replicas.iter().filter(|id| of(None, id) && !gone(id)).count() } else { 0 };
    for (rack, node) in racks {
        let here = replicas.iter().filter(|id| of(rack, id)).count();
        let (least, most) = rack_bounds(layout, |broker| stays(goal, broker), rack, replicas.len() - unknown, here);
        if matches!(goal, Goal::ScaleOut(_)) && unknown > 0 {
            continue;
        }
        // From a rack that nobody knows, everything may go.
        let spare = if racked && rack.is_none() { here } else { here - least };
        network.arc(node, hub, i64::try_from(spare).unwrap(), 0);
        network.arc(hub, node, i64::try_from(most.saturating_sub(here).min(replicas.len())).unwrap(), 0);
    }
}

struct Arc {
    from: usize,
    to: usize,
    room: i64,
    cost: i64,
}

/// Node 0 is the source, node 1 the sink. An arc and its way back stand side by side.
struct Network {
    arcs: Vec<Arc>,
    nodes: usize,
}

impl Network {
    fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes - 1
    }

    fn arc(&mut self, from: usize, to: usize, room: i64, cost: i64) {
        self.arcs.push(Arc { from, to, room, cost });
        self.arcs.push(Arc { from: to, to: from, room: 0, cost: -cost });
    }

    /// The largest flow, and of those the cheapest: unit by unit along the cheapest path.
    fn run(&mut self) -> (i64, i64) {
        let (mut flow, mut total) = (0, 0);
        while let Some((cost, path)) = self.cheapest() {
            for arc in path {
                self.arcs[arc].room -= 1;
                self.arcs[arc ^ 1].room += 1;
            }
            flow += 1;
            total += cost;
        }
        (flow, total)
    }

    fn cheapest(&self) -> Option<(i64, Vec<usize>)> {
        let mut cost: Vec<Option<i64>> = vec![None; self.nodes];
        let mut by = vec![0; self.nodes];
        cost[0] = Some(0);
        let mut changed = true;
        while changed {
            changed = false;
            for (place, arc) in self.arcs.iter().enumerate().filter(|(_, arc)| arc.room > 0) {
                if let Some(far) = cost[arc.from].map(|far| far + arc.cost)
                    && cost[arc.to].is_none_or(|known| far < known)
                {
                    cost[arc.to] = Some(far);
                    by[arc.to] = place;
                    changed = true;
                }
            }
        }
        let mut path = Vec::new();
        let mut node = 1;
        while cost[1].is_some() && node != 0 {
            path.push(by[node]);
            node = self.arcs[by[node]].from;
        }
        cost[1].map(|cost| (cost, path))
    }
}
