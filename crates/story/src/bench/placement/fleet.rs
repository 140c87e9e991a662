//! The fleet that is placed: 200,000 partitions on 1,000 brokers in ten racks, skewed and with holes.

use ::placement::{Broker, BrokerId, Goal, Layout, Partition, RackId, TopicId};

const PARTITIONS: u32 = 200_000;
const BROKERS: u32 = 1_000;
const RACKS: u32 = 10;
const REPLICAS: usize = 3;
/// Brokers that come, or go.
const CHANGED: u32 = 50;
/// Partitions per topic: the largest, and how much smaller the others are.
const SIZES: [u32; 8] = [300, 1, 12, 60, 3, 24, 6, 120];

/// Which way the fleet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// 50 empty brokers come.
    Grow,
    /// 50 of the brokers go.
    Shrink,
}

impl Way {
    pub(super) const ALL: [Way; 2] = [Way::Grow, Way::Shrink];

    /// As the table and the command line name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Way::Grow => "+50",
            Way::Shrink => "-50",
        }
    }

    /// The layout and the goal, always the same.
    pub(super) fn question(self) -> (Layout, Goal) {
        let come = if self == Way::Grow { CHANGED } else { 0 };
        let brokers = (0..BROKERS + come)
            .map(|place| Broker { id: id(place), rack: Some(RackId(place % RACKS)), alive: true })
            .collect();
        let layout = Layout { brokers, partitions: partitions() };
        let goal = match self {
            Way::Grow => Goal::ScaleOut((BROKERS..BROKERS + come).map(id).collect()),
            Way::Shrink => {
                Goal::Drain((0..CHANGED).map(|place| id(place * (BROKERS / CHANGED) + place % RACKS)).collect())
            }
        };
        (layout, goal)
    }
}

/// Every seventh number is missing.
fn id(place: u32) -> BrokerId {
    BrokerId(place + place / 6)
}

fn partitions() -> Vec<Partition> {
    let mut draw = Draw(7);
    let (mut topic, mut index) = (0, 0);
    let mut partitions = Vec::with_capacity(PARTITIONS as usize);
    for _ in 0..PARTITIONS {
        if index >= SIZES[topic as usize % SIZES.len()] {
            (topic, index) = (topic + 1, 0);
        }
        partitions.push(Partition { topic: TopicId(topic), index, replicas: draw.replicas() });
        index += 1;
    }
    partitions
}

/// Numbers that look random and are always the same (splitmix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(end.max(1))).unwrap_or_default()
    }

    /// Three brokers, more often low ones than high ones: the first hold about three times as much as the last. One partition in a hundred lacks
    /// a replica; one in twenty has two in one rack.
    fn replicas(&mut self) -> Vec<BrokerId> {
        let length = if self.below(100) == 0 { REPLICAS - 1 } else { REPLICAS };
        let careless = self.below(20) == 0;
        let mut places: Vec<u32> = Vec::with_capacity(length);
        while places.len() < length {
            let (one, other) = (self.below(BROKERS), self.below(BROKERS));
            let place = if self.below(2) == 0 { one.min(other) } else { one };
            let taken = |known: &u32| *known == place || (!careless && known % RACKS == place % RACKS);
            if !places.iter().any(taken) {
                places.push(place);
            }
        }
        places.into_iter().map(id).collect()
    }
}
