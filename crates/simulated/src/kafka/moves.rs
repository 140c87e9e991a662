//! Replicas on the move: bytes are copied while time passes, as fast as throttles and brokers allow.

use super::topic::TopicPartition;
use super::{Kafka, RECORD_BYTES};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE, Reassignment, Replicas};
use interlock::id::TopicName;
use interlock::plan::list_entries;
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a broker sends or takes in with nothing in its way, in bytes a second.
const UNTHROTTLED: u64 = 200_000_000;

/// A partition on its way to other replicas. Its own list stays the old one until it has arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Move {
    pub(crate) target: Vec<i32>,
    /// What the replicas that are being added have so far.
    pub(crate) copied: BTreeMap<i32, u64>,
}

impl TopicPartition {
    /// All replicas of now, the target's first, as the controller merges them.
    pub(super) fn merged(&self) -> Vec<i32> {
        let Some(moving) = &self.moving else { return self.replicas.clone() };
        let mut merged = moving.target.clone();
        merged.extend(self.removing());
        merged
    }

    fn removing(&self) -> Vec<i32> {
        let Some(moving) = &self.moving else { return Vec::new() };
        let all = self.replicas.iter().chain(moving.copied.keys()).copied();
        let mut removing: Vec<i32> = all.filter(|id| !moving.target.contains(id)).collect();
        removing.sort_unstable();
        removing
    }

    pub(super) fn bytes(&self, now: Millis) -> u64 {
        let records = self.log.end(now) - self.log.start(now);
        u64::try_from(records).unwrap_or(0).saturating_mul(RECORD_BYTES)
    }

    /// Sent on its way; where every replica of the target is there already it is there at once. A move that is sent back to
    /// its old replicas never ends: the controller keeps the copy on its books, as being added and removed at once.
    pub(super) fn send(&mut self, target: &[i32]) {
        let earlier = self.moving.take().map(|moving| moving.copied).unwrap_or_default();
        let adding = target.iter().copied().filter(|id| !self.replicas.contains(id));
        let mut copied: BTreeMap<i32, u64> = adding.map(|id| (id, earlier.get(&id).copied().unwrap_or(0))).collect();
        if copied.is_empty() {
            copied = earlier;
        }
        if copied.is_empty() {
            self.arrive(target.to_vec());
        } else {
            self.moving = Some(Move { target: target.to_vec(), copied });
        }
    }

    /// Called off. The order is what the merged one leaves over, not the old one.
    pub(super) fn cancel(&mut self) {
        let merged = self.merged();
        if let Some(moving) = self.moving.take() {
            let left = merged.into_iter().filter(|id| !moving.copied.contains_key(id)).collect();
            self.arrive(left);
        }
    }

    /// Who led goes on leading while it holds the partition.
    fn arrive(&mut self, replicas: Vec<i32>) {
        let leader = self.leader.or_else(|| self.replicas.first().copied());
        self.leader = leader.filter(|leader| replicas.contains(leader));
        self.replicas = replicas;
        self.moving = None;
    }
}

/// One copy that goes on.
struct Copying {
    topic: TopicName,
    partition: i32,
    to: i32,
    /// What is left of it at the beginning of the stretch.
    left: u64,
    /// How fast, less what comes in meanwhile; none if it does not get nearer to its end.
    net: Option<u64>,
    rate: u64,
}

impl Copying {
    /// In how many milliseconds it has caught up; none if it has already, or never does.
    fn ends_after(&self) -> Option<u128> {
        let net = self.net.filter(|_| self.left > 0)?;
        Some(u128::from(self.left) * 1_000 / u128::from(net) + 1)
    }
}

impl Kafka {
    /// The moves as they are on the controller.
    pub(super) fn reassignments(&self) -> Vec<Reassignment> {
        let mut all = Vec::new();
        for (name, topic) in &self.topics {
            for one in topic.partitions.iter().filter(|one| one.moving.is_some()) {
                let adding = one.moving.iter().flat_map(|moving| moving.copied.keys().copied()).collect();
                all.push(Reassignment {
                    topic: name.clone(),
                    partition: one.number,
                    replicas: Replicas(one.merged()),
                    adding: Replicas(adding),
                    removing: Replicas(one.removing()),
                });
            }
        }
        all
    }

    pub(super) fn anything_moves(&self) -> bool {
        self.topics.values().flat_map(|topic| &topic.partitions).any(|one| one.moving.is_some())
    }

    /// Copies what passed since the last time allows, from one arrival to the next.
    pub(super) fn settle_moves(&mut self, now: Millis) {
        while self.anything_moves() && self.moved_at < now {
            let at = self.moved_at;
            let copies = self.copies(at);
            let rest = now.since(at).as_millis();
            let next = copies.iter().filter_map(Copying::ends_after).min();
            let span = u64::try_from(next.unwrap_or(rest).clamp(1, rest)).unwrap_or(u64::MAX);
            self.moved_at = at.plus(std::time::Duration::from_millis(span));
            self.copy(&copies, span);
        }
        self.moved_at = self.moved_at.max(now);
    }

    fn copies(&self, at: Millis) -> Vec<Copying> {
        let mut ends: BTreeMap<(bool, i32), u64> = BTreeMap::new();
        let mut begun = Vec::new();
        for (name, topic) in &self.topics {
            for one in &topic.partitions {
                let leader = one.seen(|broker| self.is_alive(broker, at)).leader.filter(|id| self.answers(*id));
                for (to, have) in one.moving.iter().flat_map(|moving| &moving.copied) {
                    let Some(leader) = leader.filter(|_| self.answers(*to)) else { continue };
                    let left = one.bytes(at).saturating_sub(*have);
                    begun.push((name, one, leader, *to, left));
                    // What has caught up keeps up and takes no share.
                    if left > 0 {
                        *ends.entry((true, leader)).or_default() += 1;
                        *ends.entry((false, *to)).or_default() += 1;
                    }
                }
            }
        }
        let copy = |(name, one, leader, to, left): (&TopicName, &TopicPartition, i32, i32, u64)| {
            let sent = self.limit(name, one.number, (LEADER_LIST, LEADER_RATE), leader) / share(&ends, (true, leader));
            let taken = self.limit(name, one.number, (FOLLOWER_LIST, FOLLOWER_RATE), to) / share(&ends, (false, to));
            let rate = sent.min(taken);
            let net = rate.checked_sub(one.log.rate() * RECORD_BYTES / 3_600).filter(|net| *net > 0);
            Copying { topic: name.clone(), partition: one.number, to, left, net, rate }
        };
        begun.into_iter().map(copy).collect()
    }

    /// What a broker may send or take in of a partition: its throttle, if the topic's list names it.
    fn limit(&self, topic: &TopicName, partition: i32, (list, rate): (&str, &str), broker: i32) -> u64 {
        let listed = self.topics.get(topic).and_then(|topic| topic.config(list));
        let entry = format!("{partition}:{broker}");
        let throttled = listed.is_some_and(|value| list_entries(value).iter().any(|one| *one == entry || *one == "*"));
        let set = self.brokers.iter().find(|one| one.id == broker).and_then(|one| one.config.get(rate));
        let set = set.and_then(|value| value.parse().ok()).filter(|_| throttled);
        set.unwrap_or(UNTHROTTLED).min(UNTHROTTLED)
    }

    fn copy(&mut self, copies: &[Copying], span: u64) {
        let now = self.moved_at;
        for one in copies {
            let Some(partition) = self.topics.get_mut(&one.topic).and_then(|topic| topic.partition_mut(one.partition))
            else {
                continue;
            };
            let size = partition.bytes(now);
            if let Some(have) = partition.moving.as_mut().and_then(|moving| moving.copied.get_mut(&one.to)) {
                let more = u64::try_from(u128::from(one.rate) * u128::from(span) / 1_000).unwrap_or(u64::MAX);
                *have = have.saturating_add(more).min(size);
            }
        }
        let going = |name: &TopicName, number: i32, to: i32| {
            copies.iter().any(|one| one.topic == *name && one.partition == number && one.to == to)
        };
        for (name, topic) in &mut self.topics {
            for partition in &mut topic.partitions {
                let (size, number) = (partition.bytes(now), partition.number);
                let arrived = partition.moving.as_ref().filter(|moving| {
                    let whole = |(to, have): (&i32, &u64)| {
                        *have >= size && moving.target.contains(to) && going(name, number, *to)
                    };
                    moving.copied.iter().all(whole)
                });
                if let Some(target) = arrived.map(|moving| moving.target.clone()) {
                    partition.arrive(target);
                }
            }
        }
    }
}

fn share(ends: &BTreeMap<(bool, i32), u64>, end: (bool, i32)) -> u64 {
    ends.get(&end).copied().unwrap_or(1).max(1)
}
