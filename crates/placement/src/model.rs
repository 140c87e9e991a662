//! What goes in and what comes out, as data.

/// A broker, by its own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerId(pub u32);

/// A rack, by a number that the caller gave to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RackId(pub u32);

/// A topic, by a number that the caller gave to its name. Ties are decided in the order of these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u32);

/// One broker of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Its number.
    pub id: BrokerId,
    /// Its rack. All living brokers have one, or none has; of a dead one it may be unknown.
    pub rack: Option<RackId>,
    /// Whether it answers now.
    pub alive: bool,
}

/// One partition and where it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its topic.
    pub topic: TopicId,
    /// Its number in the topic.
    pub index: u32,
    /// Its replicas in order; the first is the preferred leader.
    pub replicas: Vec<BrokerId>,
}

/// Where everything is now: all brokers, and the partitions that are to be spread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Every broker that is alive or that a partition names.
    pub brokers: Vec<Broker>,
    /// The partitions that may move. Others are not counted.
    pub partitions: Vec<Partition>,
}

/// What is wanted. A broker named twice counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// These brokers get their share; nobody else gains.
    ScaleOut(Vec<BrokerId>),
    /// These brokers end with nothing.
    Drain(Vec<BrokerId>),
}

/// One partition that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its topic.
    pub topic: TopicId,
    /// Its number in the topic.
    pub index: u32,
    /// Its replicas afterwards, in order; the first is the preferred leader.
    pub replicas: Vec<BrokerId>,
}

/// What one broker holds of the layout, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The broker.
    pub broker: BrokerId,
    /// Replicas now.
    pub replicas_before: u32,
    /// Replicas afterwards.
    pub replicas_after: u32,
    /// Partitions it is the first replica of now.
    pub leaders_before: u32,
    /// Partitions it is the first replica of afterwards.
    pub leaders_after: u32,
    /// For a broker that a scale-out names: what it should hold by count alone. Ending below it means that racks or distinctness forbid
    /// more; ending above it, that it held more already.
    pub share: Option<u32>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The partitions that change, by topic and number.
    pub changes: Vec<Change>,
    /// Replicas that one broker has afterwards and not before.
    pub moves: u64,
    /// The fewest movements that could reach the target, from counts alone.
    pub lower_bound: u64,
    /// Every broker of the layout, by number.
    pub loads: Vec<Load>,
}
