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
    let racks_left: BTreeSet<_> =
        layout.brokers.iter().filter(|broker| stays(goal, broker)).filter_map(|broker| broker.rack).collect();
    let (was, is) = (per_rack(before), per_rack(now));
    let known: usize = is.values().sum();
    let left = was.keys().filter(|rack| racks_left.contains(rack)).count();
    // Where every replica can have a rack of its own, the number falls not even if a rack goes.
    if is.len() < left || (known <= racks_left.len() && is.len() < was.len()) {
        return Some("no fewer racks than before".to_owned());
    }
    let highest = |counts: &BTreeMap<RackId, usize>| counts.values().copied().max().unwrap_or(0);
    if highest(&is) > highest(&was).max(widest(layout, |broker| stays(goal, broker), known).1) {
        return Some("no more replicas in one rack than before, or than must be".to_owned());
    }
    None
}

/// Whether a broker may hold replicas afterwards.
pub(crate) fn stays(goal: &Goal, broker: &Broker) -> bool {
    match goal {
        Goal::ScaleOut(_) => broker.alive,
        Goal::Drain(named) => broker.alive && !named.contains(&broker.id),
    }
}

/// The fewest and the most replicas of a partition that a rack may have, if it has `here` now.
pub(crate) fn rack_bounds(
    layout: &Layout,
    stays: impl Fn(&Broker) -> bool,
    rack: Option<RackId>,
    replicas: usize,
    here: usize,
) -> (usize, usize) {
    let size = layout.brokers.iter().filter(|broker| stays(broker) && broker.rack == rack).count();
    let (least, most) = widest(layout, stays, replicas);
    (here.min(least).min(size), here.max(most))
}

/// Replicas dealt to the racks one by one, to the one with the fewest that still has a free broker: the fewest that a rack gets which is
/// not full, and the most (no bound if there are more replicas than brokers).
fn widest(layout: &Layout, stays: impl Fn(&Broker) -> bool, replicas: usize) -> (usize, usize) {
    let mut racks: BTreeMap<Option<RackId>, (usize, usize)> = BTreeMap::new();
    let racked = layout.brokers.iter().any(|broker| broker.alive && broker.rack.is_some());
    for broker in layout.brokers.iter().filter(|broker| stays(broker)) {
        racks.entry(broker.rack.filter(|_| racked)).or_default().1 += 1;
    }
    for _ in 0..replicas {
        match racks.values_mut().filter(|(dealt, size)| dealt < size).min() {
            Some((dealt, _)) => *dealt += 1,
            None => return (racks.values().map(|(dealt, _)| *dealt).max().unwrap_or(0), usize::MAX),
        }
    }
    let most = racks.values().map(|(dealt, _)| *dealt).max().unwrap_or(0);
    let open = racks.values().filter(|(dealt, size)| dealt < size).map(|(dealt, _)| *dealt).min();
    (open.unwrap_or(most), most)
}

/// The shares of those that a scale-out names: the mean, and one more for as many as it takes until no old broker must hold more.
pub(crate) fn shares(layout: &Layout, goal: &Goal) -> BTreeMap<BrokerId, u32> {
    let Goal::ScaleOut(named) = goal else { return BTreeMap::new() };
    let named: BTreeSet<BrokerId> = named.iter().copied().collect();
    let held = |id: BrokerId| layout.partitions.iter().filter(|known| known.replicas.contains(&id)).count();
    let living: Vec<BrokerId> = layout.brokers.iter().filter(|known| known.alive).map(|known| known.id).collect();
    // Named ones that hold more than the mean without them are left out, the fullest first.
    let mut counted: Vec<BrokerId> = living.clone();
    counted.sort_by_key(|id| (named.contains(id), held(*id)));
    let mean_of = |counted: &[BrokerId]| counted.iter().map(|id| held(*id)).sum::<usize>() / counted.len();
    while counted.last().is_some_and(|id| named.contains(id) && held(*id) > mean_of(&counted)) {
        counted.pop();
    }
    let mean = mean_of(&counted);
    let total: usize = counted.iter().map(|id| held(*id)).sum();
    let mut shares: BTreeMap<BrokerId, u32> = named.iter().map(|id| (*id, u32::try_from(mean).unwrap())).collect();
    let missing: usize = named.iter().map(|id| mean.saturating_sub(held(*id))).sum();
    let old = living.iter().filter(|id| !named.contains(id));
    let over: usize = old.map(|id| held(*id).saturating_sub(mean + 1)).sum();
    let odd = if total.is_multiple_of(counted.len()) { 0 } else { over.saturating_sub(missing) };
    for id in named.iter().filter(|id| held(**id) <= mean).take(odd) {
        *shares.get_mut(id).unwrap() += 1;
    }
    shares
}

/// The movements that the goal asks for, racks aside.
pub(crate) fn needed(layout: &Layout, goal: &Goal, shares: &BTreeMap<BrokerId, u32>) -> u64 {
    let held = |id: BrokerId| layout.partitions.iter().filter(|known| known.replicas.contains(&id)).count() as u64;
    match goal {
        Goal::ScaleOut(_) => shares.iter().map(|(id, share)| u64::from(*share).saturating_sub(held(*id))).sum(),
        Goal::Drain(named) => named.iter().collect::<BTreeSet<_>>().into_iter().map(|id| held(*id)).sum(),
    }
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
