//! Every cluster of five brokers with up to six partitions, against trying out every possible answer.

use crate::clusters::{broker, ids};
use crate::rules::{broken, rack_bounds, shares, stays};
use placement::{Broker, BrokerId, Goal, Layout, Partition, Placement, RackId, TopicId, place};
use std::collections::BTreeSet;

const BROKERS: u32 = 5;
type Loads = [i8; BROKERS as usize];

/// The racks of the five brokers: none, or uneven in several ways.
const RACKS: [Option<[u32; BROKERS as usize]>; 5] =
    [None, Some([0, 1, 2, 0, 1]), Some([0, 1, 2, 2, 2]), Some([0, 0, 0, 1, 1]), Some([0, 1, 2, 3, 4])];

/// Replica lists as sets of brokers, as bits.
fn sets(sizes: &[u32]) -> Vec<u8> {
    (1..1 << BROKERS).filter(|set: &u8| sizes.contains(&set.count_ones())).collect()
}

fn members(set: u8) -> Vec<BrokerId> {
    (0..BROKERS).filter(|broker| set & (1 << broker) != 0).map(|broker| BrokerId(broker + 1)).collect()
}

/// What a partition on this set can add to the loads, by the rules alone.
fn choices(layout: &Layout, goal: &Goal, before: u8) -> Vec<Loads> {
    let all = 1..1 << BROKERS;
    all.filter(|after| may_become(layout, goal, before, *after)).map(|after| add([0; 5], after)).collect()
}

fn add(mut loads: Loads, set: u8) -> Loads {
    loads.iter_mut().enumerate().for_each(|(place, load)| *load += i8::from(set & (1 << place) != 0));
    loads
}

fn may_become(layout: &Layout, goal: &Goal, before: u8, after: u8) -> bool {
    let named = match goal {
        Goal::ScaleOut(named) | Goal::Drain(named) => named,
    };
    let bits = named.iter().map(|id| 1 << (id.0 - 1)).sum::<u8>();
    let (gained, lost) = (after & !before, before & !after);
    let roles = match goal {
        Goal::ScaleOut(_) => gained & !bits == 0 && lost & bits == 0,
        Goal::Drain(_) => gained & bits == 0 && lost & !bits == 0 && after & bits == 0,
    };
    let racks: BTreeSet<Option<RackId>> = layout.brokers.iter().map(|broker| broker.rack).collect();
    let within = |rack: &Option<RackId>| {
        let here = |set: u8| members(set).iter().filter(|id| layout.brokers[id.0 as usize - 1].rack == *rack).count();
        let (least, most) = rack_bounds(
            layout,
            |broker: &Broker| stays(goal, broker),
            *rack,
            before.count_ones() as usize,
            here(before),
        );
        (least..=most).contains(&here(after))
    };
    before.count_ones() == after.count_ones() && roles && racks.iter().all(within)
}

/// Goes through all lists of partitions in ascending order of their sets, with the loads that can be reached so far.
struct Walk<'a> {
    layout: Layout,
    goal: &'a Goal,
    sets: &'a [u8],
    choices: Vec<Vec<Loads>>,
    judged: u32,
}

impl Walk<'_> {
    fn on(&mut self, from: usize, depth: u32, reachable: &BTreeSet<Loads>) {
        if depth == 0 {
            return;
        }
        for place in from..self.sets.len() {
            let mut reached = BTreeSet::new();
            for loads in reachable {
                for choice in &self.choices[place] {
                    reached.insert(std::array::from_fn(|broker| loads[broker] + choice[broker]));
                }
            }
            let index = u32::try_from(self.layout.partitions.len()).unwrap();
            self.layout.partitions.push(Partition { topic: TopicId(0), index, replicas: members(self.sets[place]) });
            if !reached.is_empty() {
                self.judge(&reached);
                self.on(place, depth - 1, &reached);
            }
            self.layout.partitions.pop();
        }
    }

    fn judge(&mut self, reached: &BTreeSet<Loads>) {
        let answer = place(&self.layout, self.goal).unwrap();
        assert_eq!(broken(&self.layout, self.goal, &answer), None, "{:?} {:?}", self.layout, self.goal);
        let found: Vec<i64> = answer.loads.iter().map(|load| i64::from(load.replicas_after)).collect();
        let best = reached.iter().filter_map(|loads| self.worth(&loads.map(i64::from), &answer)).max();
        assert_eq!(self.worth(&found, &answer), best, "{:?} {:?} {answer:?}", self.layout, self.goal);
        self.judged += 1;
    }

    /// Moves, then how even: the more, the better; nothing if a share is overdrawn.
    fn worth(&self, after: &[i64], answer: &Placement) -> Option<(i64, i64)> {
        let shares = shares(&self.layout, self.goal);
        let gained = answer.loads.iter().zip(after).map(|(load, after)| {
            let before = i64::from(load.replicas_before);
            let share = shares.get(&load.broker).map_or(i64::MAX, |share| i64::from(*share));
            (*after <= before.max(share)).then_some((after - before).max(0))
        });
        let moves = gained.sum::<Option<i64>>()?;
        Some((moves, -after.iter().map(|count| count * count).sum::<i64>()))
    }
}

/// How many clusters were judged.
fn all(goal: &Goal, sizes: &[u32], depth: u32) -> u32 {
    let sets = sets(sizes);
    RACKS
        .iter()
        .map(|racks| {
            let rack = |place: u32| racks.map(|racks| racks[place as usize]);
            let brokers = (0..BROKERS).map(|place| broker(place + 1, rack(place))).collect();
            let layout = Layout { brokers, partitions: Vec::new() };
            let choices = sets.iter().map(|set| choices(&layout, goal, *set)).collect();
            let mut walk = Walk { layout, goal, sets: &sets, choices, judged: 0 };
            walk.on(0, depth, &BTreeSet::from([[0; 5]]));
            walk.judged
        })
        .sum()
}

/// All of one number of replicas up to six, of two and three mixed up to four, of any up to three.
fn all_sizes(goal: &Goal) -> u32 {
    let alone = (1..=BROKERS).map(|size| all(goal, &[size], 6)).sum::<u32>();
    alone + all(goal, &[2, 3], 4) + all(goal, &[1, 2, 3, 4, 5], 3)
}

/// Multisets of up to six of the sets of one size, up to four of two sizes, and up to three of any, under each of the racks.
const ALL: u32 = 5 * (461 + 8_007 + 8_007 + 461 + 6 + 10_625 + 5_983);
/// Without the set of all five, which one broker that goes has no answer for.
const ON_FOUR: u32 = 5 * (461 + 8_007 + 8_007 + 461 + 10_625 + 5_455);
/// Without the sets of four and of five.
const ON_THREE: u32 = 5 * (461 + 8_007 + 8_007 + 10_625 + 3_275);

#[test]
fn one_new_broker() {
    assert_eq!(all_sizes(&Goal::ScaleOut(ids(&[5]))), ALL);
}

#[test]
fn two_new_brokers() {
    assert_eq!(all_sizes(&Goal::ScaleOut(ids(&[4, 5]))), ALL);
}

#[test]
fn one_broker_goes() {
    assert_eq!(all_sizes(&Goal::Drain(ids(&[5]))), ON_FOUR);
}

#[test]
fn two_brokers_go() {
    assert_eq!(all_sizes(&Goal::Drain(ids(&[1, 5]))), ON_THREE);
}
