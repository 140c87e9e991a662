//! Input that is wrong is refused by name, and never ends in a panic.

use crate::clusters::{broker, dead, ids, plain, racked, topic};
use placement::{BrokerId, Error, Goal, Layout, TopicId, place};

fn refused(layout: &Layout, goal: &Goal) -> Error {
    place(layout, goal).unwrap_err()
}

#[test]
fn a_goal_must_name_brokers_that_are_there_and_can_take() {
    let mut layout = plain(2, &["1 2"]);
    layout.brokers.push(dead(3, None));
    let broker = BrokerId(3);
    assert_eq!(refused(&layout, &Goal::ScaleOut(Vec::new())), Error::NoBrokers);
    assert_eq!(refused(&layout, &Goal::Drain(Vec::new())), Error::NoBrokers);
    assert_eq!(refused(&layout, &Goal::ScaleOut(ids(&[7]))), Error::UnknownBroker { broker: BrokerId(7) });
    assert_eq!(refused(&layout, &Goal::ScaleOut(ids(&[3]))), Error::DeadTarget { broker });
    assert!(place(&layout, &Goal::Drain(ids(&[3]))).is_ok());
}

#[test]
fn racks_are_on_all_living_brokers_or_on_none() {
    let mut layout = racked(&[1, 2], &["1 2"]);
    layout.brokers.push(dead(3, None));
    assert!(place(&layout, &Goal::ScaleOut(ids(&[2]))).is_ok());
    layout.brokers.push(broker(4, None));
    let expected = Error::RacksOnSome { with: BrokerId(1), without: BrokerId(4) };
    assert_eq!(refused(&layout, &Goal::ScaleOut(ids(&[2]))), expected);
}

#[test]
fn lists_that_contradict_themselves_are_refused() {
    let (topic_0, goal) = (TopicId(0), Goal::ScaleOut(ids(&[2])));
    let replica_twice = Error::ReplicaTwice { topic: topic_0, index: 1, broker: BrokerId(2) };
    assert_eq!(refused(&plain(2, &["1", "2 1 2"]), &goal), replica_twice);
    let unknown = Error::UnknownReplica { topic: topic_0, index: 0, broker: BrokerId(8) };
    assert_eq!(refused(&plain(2, &["1 8"]), &goal), unknown);
    let mut twice = plain(2, &["1"]);
    twice.partitions.extend(topic(0, &["2"]));
    assert_eq!(refused(&twice, &goal), Error::PartitionTwice { topic: topic_0, index: 0 });
    let mut same = plain(2, &["1"]);
    same.brokers.push(dead(1, None));
    assert_eq!(refused(&same, &goal), Error::BrokerTwice { broker: BrokerId(1) });
}

#[test]
fn a_drain_needs_brokers_that_remain() {
    let layout = plain(3, &["1 2", "1 2 3"]);
    let expected = Error::TooFewBrokers { topic: TopicId(0), index: 1, replicas: 1, brokers: 0 };
    assert_eq!(refused(&layout, &Goal::Drain(ids(&[3]))), expected);
    assert!(matches!(refused(&layout, &Goal::Drain(ids(&[1, 2, 3]))), Error::TooFewBrokers { brokers: 0, .. }));
    assert_eq!(refused(&layout, &Goal::Drain(ids(&[4]))), Error::UnknownBroker { broker: BrokerId(4) });
}
