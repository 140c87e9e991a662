//! A checked layout in dense numbers: brokers by id, partitions by topic and number.

use crate::BrokerId;

/// What a broker may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Only loses replicas.
    Giver,
    /// Only gains replicas.
    Receiver,
    /// Neither.
    Fixed,
}

/// The rack of a dead broker of which none is known.
pub(crate) const NO_RACK: usize = usize::MAX;

#[derive(Debug)]
pub(crate) struct Board {
    /// In ascending order; the place in here is the broker's dense number.
    pub(crate) ids: Vec<BrokerId>,
    /// Dense numbers of racks; all zero where there are none.
    pub(crate) rack: Vec<usize>,
    /// How many racks are known.
    pub(crate) racks: usize,
    pub(crate) alive: Vec<bool>,
    pub(crate) role: Vec<Role>,
    /// Where in the caller's list each partition stands.
    pub(crate) place: Vec<usize>,
    /// The partitions of each topic.
    pub(crate) topics: Vec<std::ops::Range<usize>>,
    /// Where the replicas of each partition start; one more than there are partitions.
    pub(crate) starts: Vec<usize>,
    /// The replicas of all partitions as they are now.
    pub(crate) before: Vec<usize>,
    /// The goal says that these end with nothing; otherwise that they get a share.
    pub(crate) drains: bool,
}

impl Board {
    pub(crate) fn brokers(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn partitions(&self) -> usize {
        self.place.len()
    }

    pub(crate) fn slots(&self, partition: usize) -> std::ops::Range<usize> {
        self.starts[partition]..self.starts[partition + 1]
    }

    /// The brokers of one role, in ascending order.
    pub(crate) fn with_role(&self, role: Role) -> Vec<usize> {
        (0..self.brokers()).filter(|broker| self.role[*broker] == role).collect()
    }

    /// How many replicas each broker has in such lists.
    pub(crate) fn count(&self, replicas: &[usize]) -> Vec<u32> {
        let mut counts = vec![0; self.brokers()];
        for broker in replicas {
            counts[*broker] += 1;
        }
        counts
    }

    /// How many partitions each broker is the first of in such lists.
    pub(crate) fn count_first(&self, replicas: &[usize]) -> Vec<u32> {
        let mut counts = vec![0; self.brokers()];
        for partition in 0..self.partitions() {
            if let Some(first) = replicas[self.slots(partition)].first() {
                counts[*first] += 1;
            }
        }
        counts
    }
}
