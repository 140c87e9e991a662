//! Clusters drawn from a seed: skewed, with holes in the numbers, uneven racks, dead brokers, mixed numbers of replicas.

use crate::clusters::{broker, dead};
use placement::{Broker, BrokerId, Goal, Layout, Partition, TopicId};

/// A small generator of numbers (splitmix64): the same seed gives the same clusters everywhere.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end.max(1))).unwrap()
    }

    fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn any<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap()) as usize]
    }

    /// Mixes the order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(u32::try_from(place + 1).unwrap()) as usize);
        }
    }

    /// A cluster with at most so many brokers and partitions.
    pub(crate) fn layout(&mut self, brokers: u32, partitions: u32) -> Layout {
        let (count, size) = (2 + self.below(brokers - 1), self.below(partitions + 1));
        let brokers = self.brokers(count);
        let partitions = self.partitions(&brokers, size);
        Layout { brokers, partitions }
    }

    fn brokers(&mut self, count: u32) -> Vec<Broker> {
        let racks = if self.one_in(3) { 0 } else { 1 + self.below(5) };
        let sparse = self.one_in(2);
        let mut id = 0;
        (0..count)
            .map(|_| {
                id += if sparse { 1 + self.below(40) } else { 1 };
                // The smaller of two: low racks are larger.
                let rack = (racks > 0).then(|| self.below(racks).min(self.below(racks)));
                let unknown = self.one_in(2);
                if self.one_in(8) { dead(id, rack.filter(|_| !unknown)) } else { broker(id, rack) }
            })
            .collect()
    }

    fn partitions(&mut self, brokers: &[Broker], count: u32) -> Vec<Partition> {
        let ids: Vec<BrokerId> = brokers.iter().map(|broker| broker.id).collect();
        // Those that hold anything yet, and how skewed: a draw is the lowest of so many.
        let used = 1 + self.below(u32::try_from(ids.len()).unwrap());
        let skew = 1 + self.below(3);
        let longest = used.min(5);
        let mixed = self.one_in(2);
        let usual = 1 + self.below(longest);
        let (mut topic, mut index) = (0, 0);
        (0..count)
            .map(|_| {
                // Numbers are left out: the cluster has partitions that are not to be moved.
                (topic, index) =
                    if self.one_in(6) { (topic + 1 + self.below(3), 0) } else { (topic, index + 1 + self.below(2)) };
                let length = if mixed { 1 + self.below(longest) } else { usual };
                let mut replicas = Vec::new();
                while replicas.len() < length as usize {
                    let place = (0..skew).map(|_| self.below(used)).min().unwrap();
                    let id = ids[place as usize];
                    if !replicas.contains(&id) {
                        replicas.push(id);
                    }
                }
                Partition { topic: TopicId(topic), index, replicas }
            })
            .collect()
    }

    /// A goal for it: living brokers to fill, or brokers to drain.
    pub(crate) fn goal(&mut self, layout: &Layout) -> Goal {
        let drains = self.one_in(3);
        let mut named: Vec<BrokerId> = Vec::new();
        let able: Vec<&Broker> = layout.brokers.iter().filter(|broker| drains || broker.alive).collect();
        for _ in 0..1 + self.below(3) {
            named.extend((!able.is_empty()).then(|| self.any(&able).id));
        }
        // The last ones are often the empty ones.
        if self.one_in(2)
            && let Some(last) = able.last()
        {
            named.push(last.id);
        }
        if drains { Goal::Drain(named) } else { Goal::ScaleOut(named) }
    }
}
