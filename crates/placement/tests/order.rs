//! The order in which things are listed changes nothing, and no input ends in a panic.

use crate::random::Draw;
use placement::{Broker, BrokerId, Goal, Layout, Partition, RackId, TopicId, place};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_answer_does_not_depend_on_the_order(seed in any::<u64>()) {
        let mut draw = Draw::new(seed);
        let layout = draw.layout(12, 40);
        let goal = draw.goal(&layout);
        let mut mixed = layout.clone();
        draw.shuffle(&mut mixed.brokers);
        draw.shuffle(&mut mixed.partitions);
        let mut turned = goal.clone();
        let (Goal::ScaleOut(named) | Goal::Drain(named)) = &mut turned;
        named.reverse();
        let answer = place(&layout, &goal);
        prop_assert_eq!(&answer, &place(&mixed, &turned));
        prop_assert_eq!(&answer, &place(&layout, &goal));
    }

    #[test]
    fn whatever_comes_in_there_is_an_answer_or_an_error(
        brokers in vec((0..12_u32, proptest::option::weighted(0.8, 0..4_u32), any::<bool>()), 0..12),
        partitions in vec((0..4_u32, 0..6_u32, vec(0..13_u32, 0..6)), 0..12),
        named in vec(0..14_u32, 0..4),
        drains in any::<bool>(),
    ) {
        let broker = |(id, rack, alive): (u32, Option<u32>, bool)| Broker { id: BrokerId(id), rack: rack.map(RackId), alive };
        let partition = |(topic, index, replicas): (u32, u32, Vec<u32>)| {
            Partition { topic: TopicId(topic), index, replicas: replicas.into_iter().map(BrokerId).collect() }
        };
        let layout = Layout {
            brokers: brokers.into_iter().map(broker).collect(),
            partitions: partitions.into_iter().map(partition).collect(),
        };
        let named: Vec<BrokerId> = named.into_iter().map(BrokerId).collect();
        let goal = if drains { Goal::Drain(named) } else { Goal::ScaleOut(named) };
        if let Ok(answer) = place(&layout, &goal) {
            prop_assert_eq!(crate::rules::broken(&layout, &goal, &answer), None);
        }
    }

    /// Extreme numbers: of brokers, racks and topics.
    #[test]
    fn numbers_may_be_as_large_as_they_can(ids in proptest::collection::btree_set(any::<u32>(), 2..8), topic in any::<u32>()) {
        let ids: Vec<BrokerId> = ids.into_iter().map(BrokerId).collect();
        let brokers = ids.iter().map(|id| Broker { id: *id, rack: Some(RackId(u32::MAX - id.0)), alive: true }).collect();
        let partition = |index| Partition { topic: TopicId(topic), index: u32::MAX - index, replicas: ids[1..].to_vec() };
        let layout = Layout { brokers, partitions: (0..4).map(partition).collect() };
        let goal = Goal::ScaleOut(vec![ids[0]]);
        let answer = place(&layout, &goal).unwrap();
        prop_assert_eq!(crate::rules::broken(&layout, &goal, &answer), None);
        prop_assert!(answer.moves > 0);
    }
}
