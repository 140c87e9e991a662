//! Leaders end as even as they can: no choice of firsts that the rules allow is better, of all there are.

use crate::random::Draw;
use crate::rules::stays;
use placement::{Broker, BrokerId, Goal, Layout, Placement, place};
use std::collections::{BTreeMap, BTreeSet};

/// So many choices of firsts are tried for one cluster at most.
const MOST_CHOICES: usize = 20_000;

/// A changed partition: who would lead it if nothing were chosen, who may, and who does.
struct Led {
    head: BrokerId,
    able: Vec<BrokerId>,
    chosen: BrokerId,
}

type Counts = BTreeMap<BrokerId, u32>;

/// None where two replicas arrive and one of them, nobody outside knows which, takes the first place.
fn led(layout: &Layout, answer: &Placement) -> Option<Vec<Led>> {
    let alive: BTreeSet<BrokerId> = layout.brokers.iter().filter(|one| one.alive).map(|one| one.id).collect();
    let before: BTreeMap<_, _> = layout.partitions.iter().map(|one| ((one.topic, one.index), &one.replicas)).collect();
    let one = |change: &placement::Change| {
        let before = before[&(change.topic, change.index)];
        let arrivals: Vec<BrokerId> = change.replicas.iter().copied().filter(|id| !before.contains(id)).collect();
        let first_stays = change.replicas.contains(&before[0]);
        let head = match &arrivals[..] {
            _ if first_stays => before[0],
            [arrival] => *arrival,
            _ => return None,
        };
        let may = |id: &BrokerId| alive.contains(id) && (!first_stays || arrivals.contains(id));
        let able = if alive.contains(&head) {
            change.replicas.iter().copied().filter(|id| may(id) || *id == head).collect()
        } else {
            vec![head]
        };
        Some(Led { head, able, chosen: change.replicas[0] })
    };
    answer.changes.iter().map(one).collect()
}

/// How often each of these leads, in what does not change.
fn unchanged(layout: &Layout, answer: &Placement, living: &[BrokerId]) -> Counts {
    let changed: BTreeSet<_> = answer.changes.iter().map(|one| (one.topic, one.index)).collect();
    let mut counts: Counts = living.iter().map(|id| (*id, 0)).collect();
    for one in layout.partitions.iter().filter(|one| !changed.contains(&(one.topic, one.index))) {
        count(&mut counts, one.replicas[0]);
    }
    counts
}

fn count(counts: &mut Counts, broker: BrokerId) {
    if let Some(count) = counts.get_mut(&broker) {
        *count += 1;
    }
}

/// How uneven it is: by the squares, so that one who leads two too many weighs more than two who lead one.
fn unevenness(counts: &Counts) -> u32 {
    counts.values().map(|count| count * count).sum()
}

/// The least unevenness of all choices in which nobody is handed more than this.
fn best(counts: &mut Counts, all: &[Led], most: &Counts) -> Option<u32> {
    let Some((one, rest)) = all.split_first() else {
        return counts.iter().all(|(id, count)| *count <= most[id]).then(|| unevenness(counts));
    };
    let tried = one.able.iter().filter_map(|id| {
        count(counts, *id);
        let found = best(counts, rest, most);
        if let Some(count) = counts.get_mut(id) {
            *count -= 1;
        }
        found
    });
    tried.min()
}

#[test]
fn no_choice_of_firsts_is_more_even() {
    let mut draw = Draw::new(5);
    let (mut compared, mut with_a_choice) = (0, 0);
    for _ in 0..20_000 {
        let layout = draw.layout(6, 12);
        let goal: Goal = draw.goal(&layout);
        let Ok(answer) = place(&layout, &goal) else { continue };
        let Some(all) = led(&layout, &answer) else { continue };
        if all.iter().map(|one| one.able.len()).try_fold(1_usize, usize::checked_mul).is_none_or(|n| n > MOST_CHOICES) {
            continue;
        }
        let living: Vec<&Broker> = layout.brokers.iter().filter(|one| stays(&goal, one)).collect();
        let living: Vec<BrokerId> = living.into_iter().map(|one| one.id).collect();
        let still = unchanged(&layout, &answer, &living);
        let with = |first: fn(&Led) -> BrokerId| {
            let mut counts = still.clone();
            all.iter().for_each(|one| count(&mut counts, first(one)));
            counts
        };
        let heads = with(|one| one.head);
        let mean = heads.values().sum::<u32>().div_ceil(u32::try_from(living.len().max(1)).unwrap());
        let most: Counts = heads.iter().map(|(id, count)| (*id, mean.max(*count))).collect();
        let found = unevenness(&with(|one| one.chosen));
        assert!(all.iter().all(|one| one.able.contains(&one.chosen)), "{layout:?} {goal:?} {answer:?}");
        assert_eq!(Some(found), best(&mut still.clone(), &all, &most), "{layout:?} {goal:?} {answer:?}");
        compared += 1;
        with_a_choice += usize::from(found < unevenness(&heads));
    }
    assert!(compared > 10_000 && with_a_choice > 500, "{compared} {with_a_choice}");
}
