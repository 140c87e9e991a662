//! The parts of a cluster that planners look at, as words are made of them.

/// One part. A look that failed is told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The cluster itself: its id and brokers.
    Cluster,
    /// A group: its state and members.
    Group,
    /// A group's committed offsets.
    CommittedOffsets,
    /// A topic and its partitions.
    Topic,
    /// Where the logs of a topic begin and end.
    LogRanges,
    /// The offsets of a topic at an instant.
    OffsetsAtTime,
    /// Which replicas stand where.
    Layout,
    /// The log directories of the brokers.
    LogDirs,
    /// The moves under way.
    Reassignments,
    /// The settings of replication.
    Replication,
    /// How much comes in.
    Rates,
    /// The settings of a topic.
    TopicConfig,
    /// Who reads a topic.
    Readers,
    /// All topics.
    Topics,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Cluster,
        Self::Group,
        Self::CommittedOffsets,
        Self::Topic,
        Self::LogRanges,
        Self::OffsetsAtTime,
        Self::Layout,
        Self::LogDirs,
        Self::Reassignments,
        Self::Replication,
        Self::Rates,
        Self::TopicConfig,
        Self::Readers,
        Self::Topics,
    ];

    /// The key of its word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Group => "group",
            Self::CommittedOffsets => "committed-offsets",
            Self::Topic => "topic",
            Self::LogRanges => "log-ranges",
            Self::OffsetsAtTime => "offsets-at-time",
            Self::Layout => "layout",
            Self::LogDirs => "log-dirs",
            Self::Reassignments => "reassignments",
            Self::Replication => "replication",
            Self::Rates => "rates",
            Self::TopicConfig => "topic-config",
            Self::Readers => "readers",
            Self::Topics => "topics",
        }
    }
}
