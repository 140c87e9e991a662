//! What must hold of every answer, written without a look at how it is found.

use placement::{Broker, BrokerId, Goal, Layout, Partition, Placement, RackId, TopicId};
use std::collections::{BTreeMap, BTreeSet};

/// The first rule that the answer breaks, in words.
pub(crate) fn broken(layout: &Layout, goal: &Goal, answer: &Placement) -> Option<String> {
    let after = applied(layout, answer);
    let brokers: BTreeMap<BrokerId, &Broker> = layout.brokers.iter().map(|broker| (broker.id, broker)).collect();
    for partition in &layout.partitions {
        let now = &after[&(partition.topic, partition.index)];
        let broken = list(layout, goal, &brokers, partition, now);
        if let Some(rule) = broken {
            return Some(format!("{rule}: {partition:?} became {now:?}"));
        }
    }
    figures(layout, answer, &after)
}

/// The partitions with the changes made.
pub(crate) fn applied(layout: &Layout, answer: &Placement) -> BTreeMap<(TopicId, u32), Vec<BrokerId>> {
    let mut lists: BTreeMap<_, _> =
        layout.partitions.iter().map(|known| ((known.topic, known.index), known.replicas.clone())).collect();
    for change in &answer.changes {
        let list = lists.get_mut(&(change.topic, change.index)).expect("a change is of a partition of the layout");
        assert_ne!(*list, change.replicas, "a change changes something");
        list.clone_from(&change.replicas);
    }
    lists
}

fn list(
    layout: &Layout,
    goal: &Goal,
    brokers: &BTreeMap<BrokerId, &Broker>,
    partition: &Partition,
    now: &[BrokerId],
) -> Option<String> {
    let before = &partition.replicas;
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), now.iter().collect());
    if now.len() != before.len() || new.len() != now.len() {
        return Some("as many replicas as before, all on different brokers".to_owned());
    }
    let gained = new.difference(&old).all(|broker| match goal {
        Goal::ScaleOut(named) => named.contains(broker),
        Goal::Drain(named) => brokers[broker].alive && !named.contains(broker),
    });
    let lost = old.difference(&new).all(|broker| match goal {
        Goal::ScaleOut(named) => brokers[broker].alive && !named.contains(broker),
        Goal::Drain(named) => named.contains(broker),
    });
    let drained = match goal {
        Goal::ScaleOut(_) => true,
        Goal::Drain(named) => new.iter().all(|broker| !named.contains(broker)),
    };
    if !gained || !lost || !drained {
        return Some("only those gain and lose that the goal lets".to_owned());
    }
    racks(layout, goal, brokers, before, now).or_else(|| order(before, now))
}

fn racks(
    layout: &Layout,
    goal: &Goal,
    brokers: &BTreeMap<BrokerId, &Broker>,
    before: &[BrokerId],
    now: &[BrokerId],
) -> Option<String> {
    let per_rack = |list: &[BrokerId]| -> BTreeMap<RackId, usize> {
        let mut counts = BTreeMap::new();
        for rack in list.iter().filter_map(|broker| brokers[broker].rack) {
            *counts.entry(rack).or_default() += 1;
        }
        counts
    };
    let stays = |broker: &&Broker| match goal {
        Goal::ScaleOut(_) => broker.alive,
        Goal::Drain(named) => broker.alive && !named.contains(&broker.id),
    };
    let racks_left: BTreeSet<_> = layout.brokers.iter().filter(stays).filter_map(|broker| broker.rack).collect();
    let (was, is) = (per_rack(before), per_rack(now));
    let left = was.keys().filter(|rack| racks_left.contains(rack)).count();
    if is.len() < left || (was.len() <= racks_left.len() && is.len() < was.len()) {
        return Some("no fewer racks than before".to_owned());
    }
    let highest = |counts: &BTreeMap<RackId, usize>| counts.values().copied().max().unwrap_or(0);
    if highest(&is) > highest(&was).max(widest(layout, stays, now.len())) {
        return Some("no more replicas in one rack than before, or than must be".to_owned());
    }
    None
}

/// Replicas dealt to the racks one by one, to the one with the fewest that still has a free broker: the most that one gets.
fn widest(layout: &Layout, stays: impl Fn(&&Broker) -> bool, replicas: usize) -> usize {
    let mut free: BTreeMap<RackId, (usize, usize)> = BTreeMap::new();
    for broker in layout.brokers.iter().filter(stays) {
        free.entry(broker.rack.unwrap_or(RackId(0))).or_default().1 += 1;
    }
    for _ in 0..replicas {
        if let Some((dealt, _)) = free.values_mut().filter(|(dealt, size)| dealt < size).min() {
            *dealt += 1;
        }
    }
    free.values().map(|(dealt, _)| *dealt).max().unwrap_or(0)
}

fn order(before: &[BrokerId], now: &[BrokerId]) -> Option<String> {
    let (first, rest) = now.split_first()?;
    let old: Vec<_> = before.iter().filter(|broker| rest.contains(broker)).collect();
    let new: Vec<_> = rest.iter().filter(|broker| before.contains(broker)).collect();
    if old != new {
        return Some("those that stay keep their order".to_owned());
    }
    let led = before[0];
    if *first != led && now.contains(&led) && before.contains(first) {
        return Some("the leader stays unless one that arrives takes over".to_owned());
    }
    None
}

fn figures(layout: &Layout, answer: &Placement, after: &BTreeMap<(TopicId, u32), Vec<BrokerId>>) -> Option<String> {
    let before = layout.partitions.iter().map(|known| &known.replicas);
    let count = |lists: &[&Vec<BrokerId>], broker: BrokerId| lists.iter().filter(|list| list.contains(&broker)).count();
    let lead = |lists: &[&Vec<BrokerId>], broker| lists.iter().filter(|list| list.first() == Some(&broker)).count();
    let (was, is): (Vec<_>, Vec<_>) = (before.collect(), after.values().collect());
    for load in &answer.loads {
        let told = [load.replicas_before, load.replicas_after, load.leaders_before, load.leaders_after];
        let id = load.broker;
        let counted = [count(&was, id), count(&is, id), lead(&was, id), lead(&is, id)];
        if told.map(|figure| figure as usize) != counted {
            return Some(format!("the loads are right: {load:?} is {counted:?}"));
        }
        if load.share.is_some_and(|share| load.replicas_after > share.max(load.replicas_before)) {
            return Some(format!("nobody gets more than its share: {load:?}"));
        }
    }
    let moved = |known: &Partition| {
        let now = &after[&(known.topic, known.index)];
        now.iter().filter(|broker| !known.replicas.contains(broker)).count() as u64
    };
    let moves: u64 = layout.partitions.iter().map(moved).sum();
    (moves != answer.moves || moves < answer.lower_bound)
        .then(|| format!("moves are {moves}, told {} with the bound {}", answer.moves, answer.lower_bound))
}
