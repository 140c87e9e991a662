use crate::{BrokerId, TopicId};

/// Why there is no placement. All of these are about the input; none is about luck.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The goal names no broker.
    #[error("the goal names no broker")]
    NoBrokers,
    /// The goal names a broker that is not listed.
    #[error("broker {} is not in the layout", broker.0)]
    UnknownBroker {
        /// The broker.
        broker: BrokerId,
    },
    /// A scale-out names a broker that is dead.
    #[error("broker {} is dead and cannot take replicas", broker.0)]
    DeadTarget {
        /// The broker.
        broker: BrokerId,
    },
    /// Some living brokers have a rack and some have none.
    #[error("broker {} has a rack, broker {} has none", with.0, without.0)]
    RacksOnSome {
        /// The first broker with a rack.
        with: BrokerId,
        /// The first broker without.
        without: BrokerId,
    },
    /// A broker is listed twice.
    #[error("broker {} is listed twice", broker.0)]
    BrokerTwice {
        /// The broker.
        broker: BrokerId,
    },
    /// A partition is listed twice.
    #[error("partition {index} of topic {} is listed twice", topic.0)]
    PartitionTwice {
        /// The topic.
        topic: TopicId,
        /// The partition.
        index: u32,
    },
    /// A partition names the same broker twice.
    #[error("partition {index} of topic {} names broker {} twice", topic.0, broker.0)]
    ReplicaTwice {
        /// The topic.
        topic: TopicId,
        /// The partition.
        index: u32,
        /// The broker.
        broker: BrokerId,
    },
    /// A partition names a broker that is not listed.
    #[error("partition {index} of topic {} is on broker {}, which is not in the layout", topic.0, broker.0)]
    UnknownReplica {
        /// The topic.
        topic: TopicId,
        /// The partition.
        index: u32,
        /// The broker.
        broker: BrokerId,
    },
    /// Too few living brokers would remain to hold a partition's replicas.
    #[error("partition {index} of topic {} has {replicas} replicas to move and {brokers} brokers that could take one", topic.0)]
    TooFewBrokers {
        /// The topic.
        topic: TopicId,
        /// The partition.
        index: u32,
        /// Replicas that must leave.
        replicas: u32,
        /// Brokers that remain, live and do not hold the partition yet.
        brokers: u32,
    },
    /// More partitions or replicas than this crate counts.
    #[error("the layout has more than {} replicas", u32::MAX)]
    TooLarge,
}
