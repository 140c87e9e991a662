//! What a move looks at, all in one round; and what the looks say of sizes and rates.

use super::throttle;
use crate::changes::Stop;
use crate::changes::kafka_offsets::{self as offsets, Subject};
use crate::changes::part::Part;
use crate::cluster::kafka::{
    BrokerDirs, GroupReads, KafkaCluster, LogDir, NamedTopic, Partition, Rates, Reassignment, Replication, Right,
    Topic, TopicReplication,
};
use crate::cluster::{Look, Looker};
use crate::id::TopicName;
use crate::plan::ReplicaMove;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What was seen and is whole.
pub(in crate::changes) struct Seen<'a> {
    pub(in crate::changes) cluster: &'a KafkaCluster,
    pub(in crate::changes) layout: &'a [NamedTopic],
    pub(in crate::changes) dirs: &'a [BrokerDirs],
    pub(in crate::changes) moving: &'a [Reassignment],
    pub(in crate::changes) replication: &'a Replication,
    pub(in crate::changes) rates: &'a Rates,
    /// Every group with what it reads; none if that is not told us, or not asked.
    pub(super) readers: Option<&'a [GroupReads]>,
    /// The size of each partition: of its largest copy.
    sizes: BTreeMap<(&'a TopicName, i32), u64>,
    inflows: BTreeMap<(&'a TopicName, i32), u64>,
    settings: BTreeMap<&'a TopicName, &'a TopicReplication>,
}

/// None while something has to be asked first; the looker has noted it.
pub(in crate::changes) fn look<'a>(looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let of = |part| Subject { part, on: "cluster", name: "kafka-cluster", right: Right::Describe };
    let cluster = offsets::look_at_cluster(looker, &mut failed);
    let layout = offsets::seen(looker.kafka_layout(), of(Part::Layout), &mut failed);
    let dirs = offsets::seen(looker.kafka_log_dirs(), of(Part::LogDirs), &mut failed);
    let moving = offsets::seen(looker.kafka_reassignments(), of(Part::Reassignments), &mut failed);
    let settings = Subject { right: Right::DescribeConfigs, ..of(Part::Replication) };
    let replication = offsets::seen(looker.kafka_replication(), settings, &mut failed);
    let rates = offsets::seen(looker.kafka_rates(), of(Part::Rates), &mut failed);
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let (Some(cluster), Some(layout), Some(dirs)) = (cluster, layout, dirs) else { return Ok(None) };
    let (Some(moving), Some(replication), Some(rates)) = (moving, replication, rates) else { return Ok(None) };
    Ok(Some(Seen {
        cluster,
        layout,
        dirs,
        moving,
        replication,
        rates,
        readers: None,
        sizes: sizes(dirs),
        settings: replication.topics.iter().map(|one| (&one.name, one)).collect(),
        inflows: rates.partitions.iter().map(|one| ((&one.topic, one.partition), one.bytes_per_second)).collect(),
    }))
}

/// The same, and who reads: worth knowing, and no reason to refuse where it is not told.
pub(in crate::changes) fn look_with_readers<'a>(looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let readers = match looker.kafka_all_readers() {
        Look::Seen(all) => Some(Some(all.as_slice())),
        Look::Failed(_) => Some(None),
        Look::Ask => None,
    };
    let seen = look(looker)?;
    Ok(seen.zip(readers).map(|(seen, readers)| Seen { readers, ..seen }))
}

fn sizes(dirs: &[BrokerDirs]) -> BTreeMap<(&TopicName, i32), u64> {
    let mut sizes = BTreeMap::new();
    for replica in dirs.iter().flat_map(dirs_of).flat_map(|dir| &dir.replicas).filter(|replica| !replica.future) {
        let size: &mut u64 = sizes.entry((&replica.topic, replica.partition)).or_default();
        *size = (*size).max(replica.bytes);
    }
    sizes
}

pub(super) fn dirs_of(broker: &BrokerDirs) -> &[LogDir] {
    broker.dirs.as_deref().unwrap_or_default()
}

impl<'a> Seen<'a> {
    pub(in crate::changes) fn topic(&self, name: &TopicName) -> Option<&'a Topic> {
        let found = self.layout.binary_search_by(|one| one.name.cmp(name)).ok()?;
        self.layout.get(found).map(|one| &one.topic)
    }

    pub(super) fn partition(&self, name: &TopicName, number: i32) -> Option<&'a Partition> {
        self.topic(name)?.partition(number)
    }

    pub(in crate::changes) fn is_alive(&self, broker: i32) -> bool {
        self.cluster.brokers.iter().any(|one| one.id == broker)
    }

    pub(super) fn settings(&self, name: &TopicName) -> Option<&'a TopicReplication> {
        self.settings.get(name).copied()
    }

    pub(super) fn size(&self, one: &ReplicaMove) -> u64 {
        self.sizes.get(&(&one.topic, one.partition)).copied().unwrap_or(0)
    }

    /// The groups that read one of these topics, and how many members they have; none if that is not told us.
    pub(super) fn reading(&self, topics: &BTreeSet<&TopicName>) -> Option<(Vec<String>, u64)> {
        let reads = |one: &&GroupReads| one.topics.iter().any(|topic| topics.contains(topic));
        let reading: Vec<&GroupReads> = self.readers?.iter().filter(reads).collect();
        let members = reading.iter().map(|one| u64::from(one.members)).sum();
        Some((reading.iter().map(|one| one.group.to_string()).collect(), members))
    }

    fn inflow(&self, one: &ReplicaMove) -> u64 {
        self.inflows.get(&(&one.topic, one.partition)).copied().unwrap_or(0)
    }

    /// The brokers that get a copy which is not there. One that is removed by a move which may arrive before it is called off
    /// has its copy as yet, and gives its room back if it goes.
    fn lacking(&self, one: &ReplicaMove) -> Vec<i32> {
        let found = self.partition(&one.topic, one.partition).filter(|_| one.or_from.is_some());
        let there = found.map_or(&[][..], |found| &found.replicas);
        one.adding().into_iter().filter(|id| !there.contains(id)).collect()
    }

    /// What these moves ask of each broker.
    pub(in crate::changes) fn load(&self, moves: &[ReplicaMove]) -> Loads {
        let mut loads = Loads::default();
        for one in moves {
            let adding = self.lacking(one);
            let (size, inflow) = (self.size(one), self.inflow(one));
            for broker in &adding {
                loads.takes.entry(*broker).or_default().add(size, inflow);
            }
            // Whoever leads sends to all that are added.
            let leader = self.partition(&one.topic, one.partition).and_then(|found| found.leader);
            for _ in &adding {
                loads.sends.entry(leader.unwrap_or(-1)).or_default().add(size, inflow);
            }
        }
        loads
    }

    /// The copies onto each broker, with what comes in within so many seconds.
    pub(super) fn copies(&self, moves: &[ReplicaMove], span: u64) -> BTreeMap<i32, Vec<CopyOf>> {
        let mut all: BTreeMap<i32, Vec<CopyOf>> = BTreeMap::new();
        for (of, one) in moves.iter().enumerate() {
            let bytes = self.size(one).saturating_add(self.inflow(one).saturating_mul(span));
            for broker in self.lacking(one) {
                all.entry(broker).or_default().push(CopyOf { of, bytes });
            }
        }
        all
    }

    /// The log directories of a broker; none if it does not tell.
    pub(super) fn dirs_of(&self, broker: i32) -> &'a [LogDir] {
        self.dirs.iter().find(|one| one.broker == broker).map_or(&[][..], dirs_of)
    }

    /// The most that comes in at one broker because of these moves, in bytes a second.
    pub(in crate::changes) fn inflow_of(&self, moves: &[ReplicaMove]) -> u64 {
        self.load(moves).inflow()
    }

    /// The brokers whose rates are set: those of the moves that are alive.
    pub(in crate::changes) fn throttled(&self, moves: &[ReplicaMove]) -> BTreeSet<i32> {
        throttle::brokers(moves).into_iter().filter(|id| self.is_alive(*id)).collect()
    }
}

/// The span of what never ends.
pub(super) const NEVER: Duration = Duration::from_secs(i64::MAX as u64 / 1_000_000);

/// Bytes to copy and what comes in meanwhile, at one end of the copies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct End {
    pub(super) bytes: u64,
    pub(super) inflow: u64,
}

impl End {
    fn add(&mut self, bytes: u64, inflow: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.inflow = self.inflow.saturating_add(inflow);
    }

    fn copying(self, throttle: u64) -> Duration {
        match throttle.checked_sub(self.inflow).filter(|net| *net > 0) {
            Some(net) => Duration::from_millis(
                u64::try_from(u128::from(self.bytes) * 1_000 / u128::from(net)).unwrap_or(u64::MAX),
            ),
            None if self.bytes == 0 => Duration::ZERO,
            None => NEVER,
        }
    }
}

/// A copy that a broker gets.
#[derive(Debug, Clone, Copy)]
pub(super) struct CopyOf {
    /// Which of the moves it is of.
    pub(super) of: usize,
    /// What it takes.
    pub(super) bytes: u64,
}

/// What moves ask of the brokers that take replicas and of those that send them.
#[derive(Debug, Clone, Default)]
pub(in crate::changes) struct Loads {
    pub(super) takes: BTreeMap<i32, End>,
    sends: BTreeMap<i32, End>,
}

impl Loads {
    /// All bytes that are copied.
    pub(super) fn bytes(&self) -> u64 {
        self.takes.values().map(|end| end.bytes).sum()
    }

    /// The largest inflow at any end.
    pub(super) fn inflow(&self) -> u64 {
        self.ends().map(|end| end.inflow).max().unwrap_or(0)
    }

    fn ends(&self) -> impl Iterator<Item = &End> {
        self.takes.values().chain(self.sends.values())
    }

    /// How long the slowest end of these copies takes at this throttle: bytes ÷ (throttle − inflow). What comes in is that of all
    /// copies there, `whole`: it counts as throttled once its copy is made, too. Where it never ends, [`NEVER`].
    pub(super) fn copying(&self, whole: &Self, throttle: u64) -> Duration {
        let ends = |ours: &BTreeMap<i32, End>, all: &BTreeMap<i32, End>| {
            let end = |(broker, end): (&i32, &End)| {
                End { inflow: all.get(broker).map_or(end.inflow, |all| all.inflow), ..*end }.copying(throttle)
            };
            ours.iter().map(end).max().unwrap_or_default()
        };
        ends(&self.takes, &whole.takes).max(ends(&self.sends, &whole.sends))
    }
}
