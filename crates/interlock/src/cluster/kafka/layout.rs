//! Where a cluster's data lies: replicas, disks, moves under way, and the settings that steer moves.

use super::Topic;
use crate::cluster::Failure;
use crate::id::TopicName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The brokers that hold a partition, the preferred leader first. Written as `1,2,3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Replicas(pub Vec<i32>);

/// The text names no replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("replicas are broker ids with commas between them")]
pub struct NotReplicas;

impl Replicas {
    /// The brokers in ascending order, for comparing who holds it and not in which order.
    #[must_use]
    pub fn sorted(&self) -> Vec<i32> {
        let mut ids = self.0.clone();
        ids.sort_unstable();
        ids
    }

    /// The brokers of this that `other` does not have, in their order.
    #[must_use]
    pub fn without(&self, other: &Self) -> Vec<i32> {
        self.0.iter().copied().filter(|id| !other.0.contains(id)).collect()
    }
}

impl fmt::Display for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, id) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{id}")?;
        }
        Ok(())
    }
}

impl FromStr for Replicas {
    type Err = NotReplicas;

    fn from_str(text: &str) -> Result<Self, NotReplicas> {
        text.split(',').map(|id| id.parse().map_err(|_| NotReplicas)).collect::<Result<_, _>>().map(Self)
    }
}

impl TryFrom<String> for Replicas {
    type Error = NotReplicas;

    fn try_from(text: String) -> Result<Self, NotReplicas> {
        text.parse()
    }
}

impl From<Replicas> for String {
    fn from(replicas: Replicas) -> Self {
        replicas.to_string()
    }
}

impl From<Vec<i32>> for Replicas {
    fn from(ids: Vec<i32>) -> Self {
        Self(ids)
    }
}

/// A topic with its name, in a whole layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedTopic {
    /// Its name.
    pub name: TopicName,
    /// The topic.
    pub topic: Topic,
}

/// What lies on a live broker's disks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerDirs {
    /// The broker.
    pub broker: i32,
    /// Its log directories; none if it did not answer.
    pub dirs: Option<Vec<LogDir>>,
}

/// A log directory of a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDir {
    /// Its path at the broker.
    pub path: String,
    /// Whether the broker says that it cannot use it.
    pub failed: bool,
    /// Whether nothing new is put into it (`cordoned.log.dirs`, KIP-1066); not told for single copies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cordoned: bool,
    /// The size of its volume; none where the broker is too old to tell.
    pub total_bytes: Option<u64>,
    /// What is free of it.
    pub usable_bytes: Option<u64>,
    /// The replicas in it, by topic and partition.
    pub replicas: Vec<StoredReplica>,
}

impl LogDir {
    /// Whether its broker puts replicas into it.
    #[must_use]
    pub fn takes_replicas(&self) -> bool {
        !self.failed && !self.cordoned
    }
}

/// A replica on a disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StoredReplica {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// Its size.
    pub bytes: u64,
    /// Whether it is a copy on its way to another directory of the same broker.
    pub future: bool,
}

/// Copies of partitions on the disks of brokers: a look at them asks for nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct CopiesOf {
    /// The partitions, by topic.
    pub partitions: BTreeMap<TopicName, BTreeSet<i32>>,
    /// The brokers.
    pub brokers: BTreeSet<i32>,
}

impl CopiesOf {
    /// Whether a partition is one of them.
    #[must_use]
    pub fn has(&self, topic: &TopicName, partition: i32) -> bool {
        self.partitions.get(topic).is_some_and(|partitions| partitions.contains(&partition))
    }
}

/// A partition on the move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reassignment {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// All its replicas now, old and new.
    pub replicas: Replicas,
    /// Those that are being added.
    pub adding: Replicas,
    /// Those that go once the added ones are in sync.
    pub removing: Replicas,
}

impl Reassignment {
    /// The replicas it moves to.
    #[must_use]
    pub fn target(&self) -> Replicas {
        Replicas(self.replicas.without(&self.removing))
    }
}

/// The settings of all topics and live brokers that steer replication.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replication {
    /// Every topic, by name.
    pub topics: Vec<TopicReplication>,
    /// Every live broker, by id.
    pub brokers: Vec<BrokerReplication>,
    /// Whether the settings of a dead broker could be written.
    #[serde(default)]
    pub controllers: Controllers,
}

/// The controllers' own listeners: only they take settings of a broker that is dead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Controllers {
    /// Nobody said where they listen.
    #[default]
    NotGiven,
    /// They answer.
    Answer,
    /// They cannot be used.
    Silent(Silence),
}

/// Why controllers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// They do not answer.
    Failed(Failure),
    /// Those that answer are of another cluster: the ids of both, empty where none is told.
    OtherCluster {
        /// The id that they tell.
        found: String,
        /// The id of the cluster.
        expected: String,
    },
}

/// The settings of a topic that steer its replication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicReplication {
    /// The topic.
    pub name: TopicName,
    /// `min.insync.replicas` as it counts, from wherever it comes.
    pub min_isr: u32,
    /// `leader.replication.throttled.replicas`, if it is set on the topic.
    pub leaders: Option<String>,
    /// `follower.replication.throttled.replicas`, if it is set on the topic.
    pub followers: Option<String>,
}

/// The settings of a broker that steer its replication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerReplication {
    /// The broker.
    pub id: i32,
    /// `leader.replication.throttled.rate`, if it is set on the broker while it runs.
    pub leader_rate: Option<String>,
    /// `follower.replication.throttled.rate`, if it is set on the broker while it runs.
    pub follower_rate: Option<String>,
}

/// The topic setting that lists throttled replicas at the leaders.
pub const LEADER_LIST: &str = "leader.replication.throttled.replicas";
/// The topic setting that lists throttled replicas at the followers.
pub const FOLLOWER_LIST: &str = "follower.replication.throttled.replicas";
/// The broker setting that bounds what its leaders send to throttled replicas, in bytes a second.
pub const LEADER_RATE: &str = "leader.replication.throttled.rate";
/// The broker setting that bounds what its throttled replicas fetch, in bytes a second.
pub const FOLLOWER_RATE: &str = "follower.replication.throttled.rate";

/// How much comes into partitions, measured over windows that end with the look. What retention removes meanwhile does not
/// count against it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rates {
    /// The longest window that was measured, in milliseconds.
    pub window_ms: u64,
    /// Each partition, by topic and number.
    pub partitions: Vec<PartitionRate>,
}

/// How much comes into a partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartitionRate {
    /// The topic.
    pub topic: TopicName,
    /// The partition.
    pub partition: i32,
    /// What one replica of it takes in, in bytes a second: the largest of the windows.
    pub bytes_per_second: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_are_written_as_people_write_them() {
        let replicas = Replicas(vec![3, 1, 2]);
        assert_eq!(serde_json::to_string(&replicas).unwrap(), r#""3,1,2""#);
        assert_eq!(serde_json::from_str::<Replicas>(r#""3,1,2""#).unwrap(), replicas);
        for bad in ["", "1,,2", "1, 2", "a"] {
            assert_eq!(bad.parse::<Replicas>(), Err(NotReplicas), "{bad}");
        }
        assert_eq!((replicas.sorted(), replicas.without(&Replicas(vec![1, 4]))), (vec![1, 2, 3], vec![3, 2]));
    }

    #[test]
    fn the_target_of_a_move_is_what_stays() {
        let moving = Reassignment {
            topic: "orders".parse().unwrap(),
            partition: 0,
            replicas: Replicas(vec![4, 2, 1, 3]),
            adding: Replicas(vec![4]),
            removing: Replicas(vec![3]),
        };
        assert_eq!(moving.target(), Replicas(vec![4, 2, 1]));
    }
}
