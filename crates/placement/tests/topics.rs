//! Each topic is spread as the whole is, and leaders with it.

use crate::clusters::{broker, ids};
use crate::rules::{applied, broken};
use placement::{BrokerId, Goal, Layout, Partition, Placement, TopicId, place};
use std::collections::BTreeMap;

/// Nine brokers in three racks, one each of which is `new`; topics of 60 partitions with three replicas, one per rack.
fn three_zones(topics: u32, new: &[u32]) -> Layout {
    let brokers = (0..9).map(|id| broker(id, Some(id % 3))).collect();
    let old: Vec<u32> = (0..9).filter(|id| !new.contains(id)).collect();
    let of_rack = |rack: u32| old.iter().copied().filter(|id| id % 3 == rack).collect::<Vec<_>>();
    let replica = |index: u32, rack: u32| BrokerId(of_rack(rack)[(index / 3 % 2) as usize]);
    let list = |index: u32| (0..3).map(|place| replica(index, (index + place) % 3)).collect();
    let topic =
        |topic: u32| (0..60).map(move |index| Partition { topic: TopicId(topic), index, replicas: list(index) });
    Layout { brokers, partitions: (0..topics).flat_map(topic).collect() }
}

/// The fewest and the most replicas that one of these brokers has of one topic.
fn range(layout: &Layout, answer: &Placement, brokers: &[u32]) -> (usize, usize) {
    let mut counts: BTreeMap<(TopicId, u32), usize> = BTreeMap::new();
    for ((topic, _), list) in applied(layout, answer) {
        for id in brokers {
            *counts.entry((topic, *id)).or_default() += usize::from(list.contains(&BrokerId(*id)));
        }
    }
    (*counts.values().min().unwrap(), *counts.values().max().unwrap())
}

fn placed(layout: &Layout, goal: &Goal) -> Placement {
    let answer = place(layout, goal).unwrap();
    assert_eq!(broken(layout, goal, &answer), None);
    assert_eq!(answer.moves, answer.lower_bound);
    answer
}

#[test]
fn three_new_brokers_get_their_share_of_every_topic() {
    let layout = three_zones(10, &[6, 7, 8]);
    let answer = placed(&layout, &Goal::ScaleOut(ids(&[6, 7, 8])));
    assert!(answer.loads.iter().all(|load| load.replicas_after == 200), "{:?}", answer.loads);
    assert!(answer.loads.iter().all(|load| (66..=67).contains(&load.leaders_after)), "{:?}", answer.loads);
    assert_eq!(range(&layout, &answer, &[6, 7, 8]), (20, 20));
    assert_eq!(range(&layout, &answer, &[0, 1, 2, 3, 4, 5]), (20, 20));
}

#[test]
fn one_new_broker_in_a_rack_of_three_takes_the_topics_evenly() {
    let layout = three_zones(10, &[6]);
    let answer = placed(&layout, &Goal::ScaleOut(ids(&[6])));
    assert_eq!(answer.loads[6].replicas_after, 200);
    assert_eq!(range(&layout, &answer, &[6]), (20, 20));
    // Only its own rack can give.
    assert_eq!(range(&layout, &answer, &[0, 3]), (20, 20));
}

#[test]
fn a_drained_broker_leaves_every_topic_even() {
    let layout = three_zones(10, &[]);
    let answer = placed(&layout, &Goal::Drain(ids(&[3])));
    assert_eq!(range(&layout, &answer, &[0, 6]), (30, 30));
}
