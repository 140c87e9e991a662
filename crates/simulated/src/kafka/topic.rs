use super::log::{Beginning, Log};
use super::moves::Move;
use crate::draw::Draw;
use interlock::cluster::kafka::{ConfigEntry, Partition};
use interlock::id::TopicName;
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// So many records per second, in the records per hour that [`TopicSpec`] and [`super::GroupSpec`] want.
#[must_use]
pub fn per_second(records: u64) -> u64 {
    records.saturating_mul(3_600)
}

/// A topic to be made, with the load on it.
#[derive(Debug, Clone)]
pub struct TopicSpec {
    /// Its name.
    pub name: TopicName,
    /// Its replication factor; at most the number of brokers.
    pub replicas: u32,
    /// How much of the load each partition gets, relative to the others; 0 for one that stays empty. Its length is the
    /// number of partitions.
    pub weights: Vec<u32>,
    /// Records per hour in all partitions together.
    pub rate: u64,
    /// For how long records have been coming in before now.
    pub age: Duration,
    /// The offset of the first record of that time, in each partition that is not empty.
    pub first_offset: i64,
    /// After which time records are removed, a segment at a time; none for never.
    pub retention: Option<Duration>,
    /// Settings that differ from the default, as Kafka names them. They are shown and have no effect.
    pub config: Vec<(String, String)>,
}

impl TopicSpec {
    /// A topic with three replicas, equal weights, a week's retention, and nothing in it.
    #[must_use]
    pub fn new(name: TopicName, partitions: u32) -> Self {
        let weights = (0..partitions).map(|_| 100).collect();
        let (rate, age, first_offset) = (0, Duration::ZERO, 0);
        Self { name, replicas: 3, weights, rate, age, first_offset, retention: Some(WEEK), config: Vec::new() }
    }

    /// With records coming in at this rate (per hour, all partitions together) for this long already.
    #[must_use]
    pub fn produced(mut self, rate: u64, age: Duration) -> Self {
        (self.rate, self.age) = (rate, age);
        self
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub(crate) id: String,
    pub(crate) internal: bool,
    pub(crate) partitions: Vec<TopicPartition>,
    pub(crate) config: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TopicPartition {
    pub(crate) number: i32,
    pub(crate) replicas: Vec<i32>,
    /// Who leads where that is not the first replica that is alive.
    pub(crate) leader: Option<i32>,
    pub(crate) moving: Option<Move>,
    /// Which log directory of a broker a replica lies in, where that is not the first.
    #[serde(default)]
    pub(crate) dirs: BTreeMap<i32, usize>,
    /// Counts the elections; committed with offsets by consumers.
    pub(crate) epoch: i32,
    pub(crate) weight: u32,
    pub(crate) log: Log,
}

impl Topic {
    /// Replicas go round the brokers from a drawn one on; each partition's load is up to a tenth off its weight's share.
    pub(crate) fn build(spec: &TopicSpec, brokers: &[i32], draw: &mut Draw, now: Millis) -> Self {
        let id = draw.kafka_id();
        let first = usize::try_from(draw.between(0, brokers.len() as u64)).unwrap_or(0);
        let from = now.minus(spec.age);
        let retention_ms = spec.retention.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
        let partitions = spec.weights.iter().zip(0_i32..).enumerate().map(|(place, (weight, number))| {
            let rate = share(spec, *weight) * draw.between(90, 111) / 100;
            let offset = if *weight == 0 { 0 } else { spec.first_offset };
            TopicPartition {
                number,
                replicas: ring(brokers, first + place, spec.replicas),
                leader: None,
                moving: None,
                dirs: BTreeMap::new(),
                epoch: 0,
                weight: *weight,
                log: Log::begin(Beginning { from, offset, rate, retention_ms }),
            }
        });
        Self { id, internal: false, partitions: partitions.collect(), config: spec.config.clone() }
    }

    pub(crate) fn partition(&self, number: i32) -> Option<&TopicPartition> {
        usize::try_from(number).ok().and_then(|place| self.partitions.get(place))
    }

    pub(crate) fn partition_mut(&mut self, number: i32) -> Option<&mut TopicPartition> {
        usize::try_from(number).ok().and_then(|place| self.partitions.get_mut(place))
    }

    pub(crate) fn set_rate(&mut self, rate: u64, now: Millis) {
        let all: u64 = self.partitions.iter().map(|partition| u64::from(partition.weight)).sum();
        for partition in &mut self.partitions {
            partition.log.set_rate(rate.saturating_mul(u64::from(partition.weight)) / all.max(1), now);
        }
    }

    pub(crate) fn config(&self, key: &str) -> Option<&str> {
        self.config.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_config(&mut self, key: &str, value: Option<&str>) {
        self.config.retain(|(name, _)| name != key);
        self.config.extend(value.map(|value| (key.to_owned(), value.to_owned())));
    }

    pub(crate) fn settings(&self) -> Vec<ConfigEntry> {
        self.config.iter().map(|(key, value)| ConfigEntry { key: key.clone(), value: Some(value.clone()) }).collect()
    }
}

impl TopicPartition {
    /// Another partition on the same brokers with the same load, and nothing in it yet.
    pub(crate) fn beside(&self, number: i32, now: Millis) -> Self {
        Self { number, epoch: 0, log: self.log.anew(now), ..self.clone() }
    }

    /// As metadata tell it. The last replica stays in the ISR when all are gone, as the broker keeps it.
    pub(crate) fn seen(&self, alive: impl Fn(i32) -> bool) -> Partition {
        let mut isr: Vec<i32> = self.replicas.iter().copied().filter(|broker| alive(*broker)).collect();
        let leader = self.leader.filter(|leader| isr.contains(leader)).or_else(|| isr.first().copied());
        if leader.is_none() {
            isr.extend(self.replicas.last());
        }
        Partition { partition: self.number, leader, replicas: self.merged(), isr }
    }
}

fn share(spec: &TopicSpec, weight: u32) -> u64 {
    let all: u64 = spec.weights.iter().map(|weight| u64::from(*weight)).sum();
    spec.rate.saturating_mul(u64::from(weight)) / all.max(1)
}

fn ring(brokers: &[i32], first: usize, replicas: u32) -> Vec<i32> {
    let most = brokers.len().min(replicas as usize);
    (0..most).filter_map(|place| brokers.get((first + place) % brokers.len())).copied().collect()
}
