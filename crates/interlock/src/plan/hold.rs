//! What an operation has to itself while it runs.

use crate::id::ClusterName;
use serde::{Deserialize, Serialize};

/// A claim of an operation on a thing. It belongs to the operation and ends with it, never by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hold {
    /// The cluster.
    pub cluster: ClusterName,
    /// The thing.
    pub thing: Thing,
    /// Which side of the thing.
    pub aspect: Aspect,
    /// Whether another operation may have the same.
    pub sharing: Sharing,
}

/// What can be held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// The whole cluster.
    Whole,
    /// A broker, by id or name.
    Broker(String),
    /// A topic.
    Topic(String),
    /// A consumer group.
    Group(String),
}

/// A side of a thing that can be changed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Where its data lies: replicas, partitions, queues.
    Layout,
    /// How far groups have read it.
    Offsets,
    /// Its settings.
    Config,
    /// Whether it is there at all: conflicts with every other aspect.
    Life,
}

/// Whether two operations may hold the same. Two resets of different groups both need the offsets of one topic to mean
/// what they meant, and do not disturb each other; shrinking the topic disturbs both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// Nobody else may hold it.
    Exclusive,
    /// Others may hold it as well, if they share it too.
    Shared,
}

impl Hold {
    /// Whether two operations cannot have these at the same time: the same thing or one of them the whole cluster, the same
    /// aspect or one of them life, and not both shared.
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> bool {
        let same_thing = self.thing == other.thing || self.thing == Thing::Whole || other.thing == Thing::Whole;
        let same_aspect = self.aspect == other.aspect || self.aspect == Aspect::Life || other.aspect == Aspect::Life;
        let both_shared = self.sharing == Sharing::Shared && other.sharing == Sharing::Shared;
        self.cluster == other.cluster && same_thing && same_aspect && !both_shared
    }
}

impl Thing {
    /// The kind as a key: "whole", "broker", "topic", "group".
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Broker(_) => "broker",
            Self::Topic(_) => "topic",
            Self::Group(_) => "group",
        }
    }

    /// The thing's own name; empty for the whole cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Whole => "",
            Self::Broker(name) | Self::Topic(name) | Self::Group(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASPECTS: [Aspect; 4] = [Aspect::Layout, Aspect::Offsets, Aspect::Config, Aspect::Life];
    const SHARINGS: [Sharing; 2] = [Sharing::Exclusive, Sharing::Shared];

    #[test]
    fn the_whole_table() {
        let things = [Thing::Whole, Thing::Topic("a".into()), Thing::Topic("b".into()), Thing::Group("a".into())];
        let cluster: ClusterName = "lab".parse().expect("a name");
        let all: Vec<Hold> = things
            .iter()
            .flat_map(|thing| ASPECTS.map(|aspect| (thing.clone(), aspect)))
            .flat_map(|(thing, aspect)| SHARINGS.map(|sharing| (thing.clone(), aspect, sharing)))
            .map(|(thing, aspect, sharing)| Hold { cluster: cluster.clone(), thing, aspect, sharing })
            .collect();
        let mut conflicts = 0;
        for one in &all {
            for other in &all {
                assert_eq!(one.conflicts(other), other.conflicts(one), "symmetric: {one:?} {other:?}");
                conflicts += usize::from(one.conflicts(other));
                let elsewhere = Hold { cluster: "other".parse().expect("a name"), ..other.clone() };
                assert!(!one.conflicts(&elsewhere));
            }
        }
        // Of 4 × 4 pairs of things 10 meet (whole with all: 7, each with itself: 3), of 4 × 4 pairs of aspects 10, of 2 × 2 sharings 3.
        assert_eq!(conflicts, 10 * 10 * 3);
    }
}
