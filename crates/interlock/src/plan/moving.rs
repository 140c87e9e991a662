//! A batch of moves on its way: whether it has arrived, how fast it may go, how it is turned round.

use super::Plan;
use super::action::Action;
use super::condition::{CANNOT_LOOK, Condition, Looked, Memory, Pace};
use super::kafka_action::KafkaAction;
use super::layout_action::{ConfigChange, ConfigOn, ReplicaMove};
use super::layout_probe::{Movements, Standing, heading, known, place, setting};
use super::log_dirs::Copy;
use super::step::{Step, Work};
use crate::cluster::kafka::{
    BrokerDirs, CopiesOf, FOLLOWER_RATE, KafkaCluster, KafkaQuery, LEADER_RATE, Partition, Reassignment, Replicas,
};
use crate::cluster::{Looker, Query, Sections};
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How a batch of moves is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
    /// After so long without a byte less to copy people are told, in milliseconds.
    pub stalled_ms: u64,
    /// The least replicas in sync, by topic.
    pub min_isr: BTreeMap<TopicName, u32>,
    /// Partitions that had too few replicas in sync when the move was planned, because of replicas that leave: the move is what
    /// helps them, so it does not wait for those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub relieved: BTreeMap<TopicName, BTreeSet<i32>>,
    /// The throttle and how far it may be turned; none if there is none.
    pub throttle: Option<Throttle>,
}

/// A throttle, with the bounds in which it may be changed while the moves go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    /// The brokers whose rates are set, and no others.
    pub brokers: Vec<i32>,
    /// What it is set to, in bytes a second.
    pub bytes_per_second: u64,
    /// How slow it may get: where a partition has no replica in sync to spare.
    pub slowest_bytes_per_second: u64,
    /// How fast it may get.
    pub fastest_bytes_per_second: u64,
}

impl Throttle {
    /// Every rate that it may be set to without anybody asking, and the fastest: in bytes a second.
    #[must_use]
    pub fn rates(&self) -> [u64; 3] {
        [self.bytes_per_second, self.slowest_bytes_per_second, self.fastest_bytes_per_second]
    }
}

impl Moving {
    /// The replicas in sync that a partition needs: never more than it had before it was moved, and none where moving it helps.
    pub(super) fn least(&self, one: &ReplicaMove) -> usize {
        if self.relieved.get(&one.topic).is_some_and(|partitions| partitions.contains(&one.partition)) {
            return 0;
        }
        let least = self.min_isr.get(&one.topic).map_or(1, |least| *least as usize);
        least.min(one.from.0.len())
    }

    /// What has to be seen for a look at these moves.
    #[must_use]
    pub fn queries(&self, moves: &[ReplicaMove]) -> BTreeSet<Query> {
        let topics = moves.iter().map(|one| KafkaQuery::Topic(one.topic.clone()));
        let rates = self.throttle.iter().flat_map(|throttle| &throttle.brokers);
        let rates = rates.map(|broker| KafkaQuery::BrokerConfig(*broker));
        let others = [KafkaQuery::Reassignments, KafkaQuery::Copies(copies_of(moves))];
        topics.chain(rates).chain(others).map(Query::Kafka).collect()
    }
}

/// The copies that moves make and make them from.
pub(super) fn copies_of(moves: &[ReplicaMove]) -> CopiesOf {
    let mut of = CopiesOf::default();
    for one in moves {
        of.partitions.entry(one.topic.clone()).or_default().insert(one.partition);
        of.brokers.extend(one.starts().chain([&one.to]).flat_map(|replicas| &replicas.0));
    }
    of
}

/// The moves among actions.
pub(super) fn moves_of(actions: &[Action]) -> Vec<ReplicaMove> {
    let of = |action: &Action| match action {
        Action::Kafka(KafkaAction::Reassign { moves }) => moves.clone(),
        Action::Kafka(_) | Action::Rocketmq(_) => Vec::new(),
    };
    actions.iter().flat_map(of).collect()
}

/// A broker may show replicas as they were a moment ago: only after so many looks in a row they are taken for what stands.
pub(super) const STALE_LOOKS: u32 = 3;

/// One look at a batch.
pub(super) fn look(
    moving: &Moving,
    moves: &[ReplicaMove],
    memory: &Memory,
    sections: &Sections,
    pace: Pace,
) -> (Memory, Looked) {
    let mut looker = Looker::new(sections);
    let seen = match see(moves, &mut looker) {
        Ok(Ok(seen)) => seen,
        Ok(Err(looked)) => return (memory.clone(), looked),
        Err(facts) => {
            let memory = Memory { last_look: Some(pace.now), ..memory.clone() };
            return (memory, Looked::NotYet { id: CANNOT_LOOK, facts });
        }
    };
    let done = seen.iter().filter(|one| one.arrived()).count();
    if done == seen.len() {
        return (memory.clone(), Looked::Met);
    }
    if let Some(facts) = seen.iter().find_map(|one| one.under(moving)) {
        return (memory.clone(), Looked::Unsafe { id: "under-min-isr", facts });
    }
    let elsewhere = seen.iter().find_map(|one| Some((one.one, one.elsewhere.as_ref()?)));
    let streak = elsewhere.map_or(0, |_| memory.streak.saturating_add(1));
    if let Some((one, heading)) = elsewhere.filter(|_| streak >= STALE_LOOKS) {
        return (memory.clone(), overridden(one, heading));
    }
    let left = looker.kafka_copies(&copies_of(moves)).seen().map(|dirs| {
        let stored = stored(dirs, moves);
        seen.iter().map(|one| one.left(&stored)).sum()
    });
    let (memory, looked) = progress(moving, (done, seen.len(), left), memory, pace);
    (Memory { streak, ..memory }, looked)
}

fn progress(
    moving: &Moving,
    (done, all, left): (usize, usize, Option<u64>),
    memory: &Memory,
    pace: Pace,
) -> (Memory, Looked) {
    // More to copy than at the least is no progress: then more comes in than is copied.
    let moved = left.is_none_or(|left| memory.least_left.is_none_or(|least| left < least));
    let since = memory.left_since.filter(|_| !moved).unwrap_or(pace.now);
    let next = Memory {
        last_look: Some(pace.now),
        left_bytes: left,
        least_left: left.into_iter().chain(memory.least_left).min(),
        left_since: Some(since),
        ..Memory::default()
    };
    let mut facts = Facts::none().with("done", done).with("count", all);
    if let Some(left) = left {
        facts = facts.with("left", Fact::Bytes(left));
    }
    if let Some((rate, eta)) = speed(memory, left, pace) {
        facts = facts.with("rate", Fact::Bytes(rate)).with("eta", eta);
    }
    let standing_still = pace.now.since(since);
    if standing_still > Duration::from_millis(moving.stalled_ms) {
        let next = Memory { stalled: true, ..next };
        return (next, Looked::NotYet { id: "move-stalled", facts: facts.with("span", standing_still) });
    }
    (next, Looked::NotYet { id: "moving", facts })
}

/// Bytes a second since the last look, and how long what is left takes at that.
fn speed(memory: &Memory, left: Option<u64>, pace: Pace) -> Option<(u64, Duration)> {
    let (before, left, last) = (memory.left_bytes?, left?, memory.last_look?);
    let millis = u64::try_from(pace.now.since(last).as_millis()).ok().filter(|span| *span > 0)?;
    let rate = before.checked_sub(left)?.saturating_mul(1_000) / millis;
    (rate > 0).then(|| (rate, Duration::from_secs(left / rate)))
}

/// One move and where it is.
struct Seen<'a> {
    one: &'a ReplicaMove,
    partition: &'a Partition,
    listed: bool,
    /// The replicas that it has instead, where it is not on the move.
    elsewhere: Option<Replicas>,
}

type Whole<'a> = Result<Vec<Seen<'a>>, Looked>;

fn see<'a>(moves: &'a [ReplicaMove], looker: &mut Looker<'a>) -> Result<Whole<'a>, Facts> {
    let movements = Movements::see(looker)?;
    let mut seen = Vec::with_capacity(moves.len());
    for one in moves {
        let (partition, moving) = match movements.awaited(looker, one)? {
            Ok(here) => here,
            Err(never) => return Ok(Err(never)),
        };
        let heading = heading(one, partition, moving);
        if heading != one.to && moving.is_some() {
            return Ok(Err(overridden(one, &heading)));
        }
        let elsewhere = (heading != one.to).then_some(heading);
        seen.push(Seen { one, partition, listed: moving.is_some(), elsewhere });
    }
    Ok(Ok(seen))
}

fn overridden(one: &ReplicaMove, heading: &Replicas) -> Looked {
    let facts = place(&one.topic, one.partition);
    let facts = facts.with("expected", one.to.to_string()).with("found", heading.to_string());
    Looked::Foreign { id: "move-overridden", facts }
}

impl Seen<'_> {
    /// Replicas equal the target in order, and all of them are in sync.
    fn arrived(&self) -> bool {
        let mut isr = self.partition.isr.clone();
        isr.sort_unstable();
        !self.listed && self.partition.replicas == self.one.to.0 && isr == self.one.to.sorted()
    }

    /// Fewer in sync than a producer with acks=all needs.
    fn under(&self, moving: &Moving) -> Option<Facts> {
        let (isr, least) = (self.partition.isr.len(), moving.least(self.one));
        (isr < least).then(|| place(&self.one.topic, self.one.partition).with("isr", isr).with("least", least))
    }

    /// A replica from before fell out of sync, and there is none to spare.
    fn at_the_edge(&self, moving: &Moving) -> bool {
        let lost = self.one.from.0.iter().any(|id| !self.partition.isr.contains(id));
        self.listed && lost && self.partition.isr.len() <= moving.least(self.one)
    }

    /// What the replicas that are being added lack.
    fn left(&self, stored: &Stored<'_>) -> u64 {
        if self.arrived() {
            return 0;
        }
        let on = |broker: i32| stored.get(&(&self.one.topic, self.one.partition, broker)).copied().unwrap_or(0);
        let whole = self.partition.leader.map_or(0, on);
        self.one.adding().into_iter().map(|broker| whole.saturating_sub(on(broker))).sum()
    }
}

/// Bytes by topic, partition and broker.
type Stored<'a> = BTreeMap<(&'a TopicName, i32, i32), u64>;

fn stored<'a>(dirs: &'a [BrokerDirs], moves: &[ReplicaMove]) -> Stored<'a> {
    let moved: BTreeSet<(&TopicName, i32)> = moves.iter().map(|one| (&one.topic, one.partition)).collect();
    let mut stored = Stored::new();
    for broker in dirs {
        let replicas = broker.dirs.iter().flatten().flat_map(|dir| &dir.replicas).filter(|found| !found.future);
        for found in replicas.filter(|found| moved.contains(&(&found.topic, found.partition))) {
            stored.insert((&found.topic, found.partition, broker.broker), found.bytes);
        }
    }
    stored
}

/// The moves of the batches after one.
fn later(plan: &Plan, step: u32) -> Vec<ReplicaMove> {
    let later = plan.steps.iter().filter(|one| one.number > step).filter_map(batch);
    later.flat_map(|(_, moves)| moves.iter().cloned()).collect()
}

/// What has to be seen to tell what the batches after one have to copy; none if there are none.
#[must_use]
pub fn later_query(plan: &Plan, step: u32) -> Option<Query> {
    let later = later(plan, step);
    (!later.is_empty()).then(|| Query::Kafka(KafkaQuery::Copies(copies_of(&later))))
}

/// What the batches after one have to copy, in bytes; none if the look failed.
#[must_use]
pub fn left_later(plan: &Plan, step: u32, sections: &Sections) -> Option<u64> {
    let later = later(plan, step);
    let dirs = Looker::new(sections).kafka_copies(&copies_of(&later)).seen()?;
    Some(to_copy(&later, dirs))
}

/// What is told of a look at a batch beside the batch itself: which it is, what later ones have to copy, if that is known, and
/// how long all of it takes at the speed of now, and the throttle as it stands.
#[must_use]
pub fn outlook(plan: &Plan, step: u32, seen: Facts, (sections, later): (&Sections, Option<u64>)) -> Facts {
    let batches: Vec<(&Step, &[ReplicaMove])> = plan.steps.iter().filter_map(batch).collect();
    let Some(place) = batches.iter().position(|(one, _)| one.number == step) else { return seen };
    let mut looker = Looker::new(sections);
    let mut facts = seen.with("batch", place + 1).with("batches", batches.len());
    if let Condition::KafkaMoved(Moving { throttle: Some(throttle), .. }) = &batches[place].0.done
        && let Some(rate) = standing_rate(throttle, &mut looker)
    {
        facts = facts.with("throttle", Fact::Bytes(rate));
    }
    let Some(later) = later else { return facts };
    if let (Some(Fact::Bytes(left)), Some(Fact::Bytes(rate))) = (facts.get("left"), facts.get("rate")) {
        let whole = Duration::from_secs(left.saturating_add(later) / (*rate).max(1));
        facts = facts.with("eta-whole", whole);
    }
    facts.with("left-later", Fact::Bytes(later))
}

/// A step that moves replicas, with its moves.
fn batch(step: &Step) -> Option<(&Step, &[ReplicaMove])> {
    match &step.work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => Some((step, moves)),
        _ => None,
    }
}

/// The rate that stands on the first of the brokers that tells one.
fn standing_rate(throttle: &Throttle, looker: &mut Looker<'_>) -> Option<u64> {
    throttle.brokers.iter().find_map(|broker| {
        let found = setting(&ConfigOn::Broker(*broker), FOLLOWER_RATE, looker).ok().flatten()?;
        found.parse().ok()
    })
}

/// What moves that did not begin have to copy: the largest copy there is, for each replica that is added.
fn to_copy(moves: &[ReplicaMove], dirs: &[BrokerDirs]) -> u64 {
    copies_by_broker(moves, dirs).into_values().flatten().map(|copy| copy.bytes).fold(0, u64::saturating_add)
}

/// The same one by one, by the broker that they are added on.
pub(super) fn copies_by_broker<'a>(moves: &'a [ReplicaMove], dirs: &[BrokerDirs]) -> BTreeMap<i32, Vec<Copy<'a>>> {
    let mut sizes: BTreeMap<(&TopicName, i32), u64> = BTreeMap::new();
    for ((topic, partition, _), bytes) in stored(dirs, moves) {
        let size = sizes.entry((topic, partition)).or_default();
        *size = (*size).max(bytes);
    }
    let mut brokers: BTreeMap<i32, Vec<Copy<'a>>> = BTreeMap::new();
    for one in moves {
        let bytes = sizes.get(&(&one.topic, one.partition)).copied().unwrap_or(0);
        for broker in one.adding() {
            brokers.entry(broker).or_default().push(Copy { bytes, dir: one.dirs.get(&broker).map(String::as_str) });
        }
    }
    brokers
}

/// How the throttle stands, and how it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// As it is, or that cannot be told now.
    Keep,
    /// These settings, all within the bounds.
    Set(Vec<ConfigChange>),
    /// Somebody else changed it: it is left alone. Evidence: `broker`, `key`, `found`.
    Foreign(Facts),
}

/// What became of a throttle since its run began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turned {
    /// The rate that somebody asked for last, in bytes a second.
    pub asked: Option<u64>,
    /// Every value that it was set to by us.
    pub ours: BTreeSet<String>,
    /// Whether the run is to stand still.
    pub standing_still: bool,
}

/// What the throttle of a batch should be now: the slowest rate where a partition has no replica in sync to spare or the run
/// is to stand still, else what somebody asked for within the bounds, else what was planned. A value that is none of ours is
/// left alone.
#[must_use]
pub fn regulate(moving: &Moving, moves: &[ReplicaMove], turned: &Turned, sections: &Sections) -> Wanted {
    let Some(throttle) = &moving.throttle else { return Wanted::Keep };
    let mut looker = Looker::new(sections);
    let Ok(Ok(seen)) = see(moves, &mut looker) else { return Wanted::Keep };
    let slow = turned.standing_still || seen.iter().any(|one| one.at_the_edge(moving));
    let (slowest, fastest) = (throttle.slowest_bytes_per_second, throttle.fastest_bytes_per_second);
    let asked = turned.asked.map_or(throttle.bytes_per_second, |asked| asked.clamp(slowest, fastest.max(slowest)));
    let wanted = if slow { slowest } else { asked }.to_string();
    let planned = throttle.rates().map(|rate| rate.to_string());
    let is_ours = |found: &str| planned.iter().any(|one| one == found) || turned.ours.contains(found);
    let mut changes = Vec::new();
    for broker in &throttle.brokers {
        for key in [LEADER_RATE, FOLLOWER_RATE] {
            let on = ConfigOn::Broker(*broker);
            // A broker that is dead cannot be asked; its throttle is looked at again when it is back.
            let Ok(found) = setting(&on, key, &mut looker) else { continue };
            if found == Some(wanted.as_str()) {
                continue;
            }
            let Some(found) = found.filter(|found| is_ours(found)) else {
                let facts = Facts::none().with("broker", i64::from(*broker)).with("key", key);
                return Wanted::Foreign(facts.with("found", found.unwrap_or("none")));
            };
            let (key, from, to) = (key.to_owned(), Some(found.to_owned()), Some(wanted.clone()));
            changes.push(ConfigChange { on, key, from, to });
        }
    }
    if changes.is_empty() { Wanted::Keep } else { Wanted::Set(changes) }
}

/// What is to be done about moves in flight when the run stops.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unwinding {
    /// These are called off; they name where they are on their way to.
    pub call_off: Vec<ReplicaMove>,
    /// These were called off and get the order from before back.
    pub back: Vec<ReplicaMove>,
    /// These go on, because a replica from before is dead: called off, they could be without a leader. Evidence: `topic`,
    /// `partition`, `broker`.
    pub going_on: Vec<Facts>,
}

/// How moves in flight are turned round. Those that have arrived, and those that never began, are left alone.
///
/// First they are called off; that leaves the old replicas in another order, so then the old order is written. Sending them
/// straight back to the old replicas does not do: the controller keeps the copy on its books as being added and removed at
/// once, and that never ends.
///
/// # Errors
/// If the looks failed.
pub fn unwind(moves: &[ReplicaMove], sections: &Sections) -> Result<Unwinding, Facts> {
    let mut looker = Looker::new(sections);
    let cluster = known(looker.kafka_cluster())?;
    let movements = Movements::see(&mut looker)?;
    let mut found = Unwinding::default();
    for one in moves {
        let standing = movements.standing(&mut looker, (&one.topic, &one.topic_id, one.partition))?;
        let Standing::Here(partition, moving) = standing else { continue };
        match moving.map(Reassignment::target) {
            Some(target) if target == one.to || target.sorted() == before(one, partition).sorted() => {
                match dead(before(one, partition), cluster) {
                    None => found.call_off.push(ReplicaMove { to: target, dirs: BTreeMap::new(), ..one.clone() }),
                    Some(broker) => {
                        found.going_on.push(place(&one.topic, one.partition).with("broker", i64::from(broker)));
                    }
                }
            }
            Some(_) => {}
            None if is_reordered(one, partition) => {
                let from = Replicas(partition.replicas.clone());
                let to = before(one, partition).clone();
                found.back.push(ReplicaMove { from, to, or_from: None, dirs: BTreeMap::new(), ..one.clone() });
            }
            None => {}
        }
    }
    Ok(found)
}

/// Called off: the old replicas, in another order.
fn is_reordered(one: &ReplicaMove, partition: &Partition) -> bool {
    let (found, before) = (Replicas(partition.replicas.clone()), before(one, partition));
    found != *before && found.sorted() == before.sorted() && one.to.sorted() != before.sorted()
}

/// What it started from: of two, the one whose replicas are all still there.
fn before<'a>(one: &'a ReplicaMove, partition: &Partition) -> &'a Replicas {
    let is_there = |from: &&Replicas| from.0.iter().all(|id| partition.replicas.contains(id));
    one.or_from.as_ref().filter(is_there).unwrap_or(&one.from)
}

/// The first of the replicas from before that is not alive.
fn dead(before: &Replicas, cluster: &KafkaCluster) -> Option<i32> {
    before.0.iter().copied().find(|id| !cluster.brokers.iter().any(|broker| broker.id == *id))
}

/// What has to be seen to turn moves round.
#[must_use]
pub fn unwind_queries(moves: &[ReplicaMove]) -> BTreeSet<Query> {
    let topics = moves.iter().map(|one| KafkaQuery::Topic(one.topic.clone()));
    topics.chain([KafkaQuery::Reassignments, KafkaQuery::Cluster]).map(Query::Kafka).collect()
}
