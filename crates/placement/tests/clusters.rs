//! Clusters to place on.

use placement::{Broker, BrokerId, Layout, Partition, RackId, TopicId};

/// A living broker.
pub(crate) fn broker(id: u32, rack: Option<u32>) -> Broker {
    Broker { id: BrokerId(id), rack: rack.map(RackId), alive: true }
}

/// A dead one.
pub(crate) fn dead(id: u32, rack: Option<u32>) -> Broker {
    Broker { alive: false, ..broker(id, rack) }
}

/// One topic with these replica lists, like "1 2 3".
pub(crate) fn topic(id: u32, lists: &[&str]) -> Vec<Partition> {
    let list = |list: &str| list.split_whitespace().map(|id| BrokerId(id.parse().unwrap())).collect();
    let partition = |(text, index): (&&str, u32)| Partition { topic: TopicId(id), index, replicas: list(text) };
    lists.iter().zip(0..).map(partition).collect()
}

/// Brokers by number.
pub(crate) fn ids(ids: &[u32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

/// Brokers 1, 2, ... in these racks, and one topic.
pub(crate) fn racked(racks: &[u32], lists: &[&str]) -> Layout {
    let brokers = racks.iter().zip(1..).map(|(rack, id)| broker(id, Some(*rack))).collect();
    Layout { brokers, partitions: topic(0, lists) }
}

/// Brokers 1 to `count` without racks, and one topic.
pub(crate) fn plain(count: u32, lists: &[&str]) -> Layout {
    Layout { brokers: (1..=count).map(|id| broker(id, None)).collect(), partitions: topic(0, lists) }
}
