//! A consumer group: its members, what it has read, what it has committed.

use super::log::Reader;
use super::member::{Leave, MemberState};
use super::topic::{Topic, TopicPartition};
use interlock::cluster::kafka::{Committed, CommittedOffset, GroupKind, GroupState, Member};
use interlock::id::{GroupId, TopicName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a group is between assignments after a member came or went.
const REBALANCE: Duration = Duration::from_secs(3);

pub(crate) type Offsets = BTreeMap<TopicName, BTreeMap<i32, Committed>>;
pub(crate) type Topics = BTreeMap<TopicName, Topic>;

/// Where a consumer begins when nothing is committed, or what is committed lies outside of the log (`auto.offset.reset`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetPolicy {
    /// At the first record.
    Earliest,
    /// At the end.
    Latest,
}

/// A group to be made. It has no members yet; see [`super::SimulatedKafka::join`].
#[derive(Debug, Clone)]
pub struct GroupSpec {
    /// Its id.
    pub id: GroupId,
    /// The protocol its members use.
    pub kind: GroupKind,
    /// The topics it reads, and how many records per hour it manages in each partition.
    pub reads: Vec<(TopicName, u64)>,
    /// How often it commits.
    pub commit_every: Duration,
    /// Where it begins without a commit.
    pub reset: ResetPolicy,
    /// How long ago it had read everything and committed that; none if it never committed.
    pub read_until: Option<Duration>,
    /// The metadata of those commits.
    pub metadata: String,
    /// Where it never committed all the same.
    pub uncommitted: Vec<(TopicName, i32)>,
    /// What else is committed already; counts before the rest.
    pub committed: Vec<CommittedOffset>,
}

impl GroupSpec {
    /// A group of the classic protocol that commits every five seconds and begins at the end.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        let (kind, reset, commit_every) = (GroupKind::Classic, ResetPolicy::Latest, Duration::from_secs(5));
        Self {
            id,
            kind,
            reads: Vec::new(),
            commit_every,
            reset,
            read_until: None,
            metadata: String::new(),
            uncommitted: Vec::new(),
            committed: Vec::new(),
        }
    }

    /// That also reads this topic, at most so many records per hour in each partition.
    #[must_use]
    pub fn reading(mut self, topic: TopicName, rate: u64) -> Self {
        self.reads.push((topic, rate));
        self
    }

    /// That had read everything and committed so this long ago.
    #[must_use]
    pub fn read_until(mut self, ago: Duration) -> Self {
        self.read_until = Some(ago);
        self
    }

    /// With this committed already.
    #[must_use]
    pub fn committed(mut self, topic: TopicName, partition: i32, committed: Committed) -> Self {
        self.committed.push(CommittedOffset { topic, partition, committed });
        self
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) kind: GroupKind,
    pub(crate) protocol_type: String,
    pub(crate) members: Vec<MemberState>,
    pub(crate) reads: BTreeMap<TopicName, u64>,
    commit_every_ms: i64,
    reset: ResetPolicy,
    stored: Offsets,
    work: Option<Work>,
}

/// Reading that goes on since an instant.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Work {
    /// What was committed up to here is stored.
    from: Millis,
    /// Commits are made at this instant plus whole intervals.
    paced_from: Millis,
    positions: BTreeMap<TopicName, BTreeMap<i32, i64>>,
}

impl Group {
    pub(crate) fn build(spec: &GroupSpec, topics: &Topics, now: Millis) -> Self {
        let mut group = Self::simple();
        group.kind = spec.kind;
        "consumer".clone_into(&mut group.protocol_type);
        group.reads = spec.reads.iter().cloned().collect();
        group.commit_every_ms = i64::try_from(spec.commit_every.as_millis()).unwrap_or(i64::MAX).max(1);
        group.reset = spec.reset;
        if let Some(ago) = spec.read_until {
            group.store_read(spec, topics, (now.minus(ago), now));
        }
        for one in &spec.committed {
            group.store(&one.topic, one.partition, one.committed.clone());
        }
        group
    }

    /// Commits what had been written at one instant, as far as it is still there at another.
    fn store_read(&mut self, spec: &GroupSpec, topics: &Topics, (then, now): (Millis, Millis)) {
        let read: Vec<&TopicName> = self.reads.keys().filter(|name| topics.contains_key(*name)).collect();
        let all = read.into_iter().flat_map(|name| {
            topics.get(name).into_iter().flat_map(|topic| &topic.partitions).map(move |one| (name.clone(), one))
        });
        let committed = all.filter(|(name, one)| !spec.uncommitted.contains(&(name.clone(), one.number)));
        for (name, partition) in committed.collect::<Vec<_>>() {
            let offset = partition.log.end(then).max(partition.log.start(now));
            let leader_epoch = Some(partition.epoch);
            self.store(&name, partition.number, Committed { offset, leader_epoch, metadata: spec.metadata.clone() });
        }
    }

    /// A group that only an administrator's commit has made.
    pub(crate) fn simple() -> Self {
        Self {
            kind: GroupKind::Classic,
            protocol_type: String::new(),
            members: Vec::new(),
            reads: BTreeMap::new(),
            commit_every_ms: 5_000,
            reset: ResetPolicy::Latest,
            stored: Offsets::new(),
            work: None,
        }
    }

    /// The members the coordinator counts.
    pub(crate) fn live(&self, now: Millis) -> impl Iterator<Item = &MemberState> {
        self.members.iter().filter(move |member| member.is_counted(now))
    }

    pub(crate) fn state(&self, now: Millis) -> GroupState {
        if self.live(now).next().is_none() {
            return GroupState::Empty;
        }
        let recent = |at: Millis| at <= now && now < at.plus(REBALANCE);
        let changes = self.members.iter().filter(|member| !member.alone).flat_map(MemberState::changes);
        if changes.into_iter().any(recent) { GroupState::Rebalancing } else { GroupState::Stable }
    }

    /// The members as the coordinator tells them; nothing is assigned while they rebalance.
    pub(crate) fn seen(&self, topics: &Topics, now: Millis) -> Vec<Member> {
        let mut live: Vec<&MemberState> = self.live(now).collect();
        live.sort_by(|one, other| one.member_id.cmp(&other.member_id));
        let stable = self.state(now) == GroupState::Stable;
        let count = live.len();
        let assigned = |place| if stable { self.assigned(topics, place, count) } else { BTreeMap::new() };
        live.into_iter().enumerate().map(|(place, member)| member.seen(assigned(place))).collect()
    }

    /// The range assignor: of each topic each member gets one run of partitions.
    fn assigned(&self, topics: &Topics, member: usize, members: usize) -> BTreeMap<TopicName, Vec<i32>> {
        let of = |topic: &Topic| {
            let all = topic.partitions.len();
            let (each, more) = (all / members, all % members);
            let first = each * member + member.min(more);
            let count = each + usize::from(member < more);
            let run = topic.partitions.iter().skip(first).take(count);
            run.map(|partition| partition.number).collect::<Vec<_>>()
        };
        self.topics_read(topics).map(|(name, topic, _)| (name.clone(), of(topic))).collect()
    }

    /// Everything committed at an instant.
    pub(crate) fn committed(&self, topics: &Topics, now: Millis) -> Offsets {
        let mut offsets = self.stored.clone();
        let Some((work, at)) = self.work.as_ref().and_then(|work| Some((work, self.last_commit(work, now)?))) else {
            return offsets;
        };
        for (name, topic, rate) in self.topics_read(topics) {
            let of_topic = offsets.entry(name.clone()).or_default();
            for partition in &topic.partitions {
                let offset = self.position(work, (name, partition, rate), at);
                let leader_epoch = Some(partition.epoch);
                of_topic.insert(partition.number, Committed { offset, leader_epoch, metadata: String::new() });
            }
        }
        offsets
    }

    fn topics_read<'a>(&'a self, topics: &'a Topics) -> impl Iterator<Item = (&'a TopicName, &'a Topic, u64)> {
        self.reads.iter().filter_map(|(name, rate)| topics.get(name).map(|topic| (name, topic, *rate)))
    }

    /// When the last commit up to `now` was made; none if there was none since the work began. Who leaves in order commits
    /// once more, who is killed does not.
    fn last_commit(&self, work: &Work, now: Millis) -> Option<Millis> {
        let tick = |at: Millis| {
            let ticks = at.0.saturating_sub(work.paced_from.0) / self.commit_every_ms;
            Some(Millis(work.paced_from.0 + ticks * self.commit_every_ms)).filter(|last| *last > work.from)
        };
        match self.end_of_work(now) {
            Some((at, Leave::InOrder)) => Some(at),
            Some((at, Leave::Killed)) => tick(at),
            None => tick(now),
        }
    }

    /// When and how the last member at work stopped, if none is at work any more.
    fn end_of_work(&self, now: Millis) -> Option<(Millis, Leave)> {
        if self.members.iter().any(|member| member.is_working(now)) {
            return None;
        }
        self.members.iter().filter_map(|member| member.left).max_by_key(|(at, _)| *at)
    }

    fn position(&self, work: &Work, of: (&TopicName, &TopicPartition, u64), at: Millis) -> i64 {
        let (name, partition, rate) = of;
        let known = work.positions.get(name).and_then(|positions| positions.get(&partition.number)).copied();
        let offset = known.unwrap_or_else(|| partition.log.start(work.from));
        partition.log.position(Reader { from: work.from, offset, rate }, at)
    }

    /// Where a consumer that starts now begins to read.
    fn begin(&self, name: &TopicName, partition: &TopicPartition, now: Millis) -> i64 {
        let (start, end) = (partition.log.start(now), partition.log.end(now));
        let stored = self.stored.get(name).and_then(|of_topic| of_topic.get(&partition.number));
        match (stored.map(|committed| committed.offset), self.reset) {
            (Some(offset), _) if (start..=end).contains(&offset) => offset,
            (_, ResetPolicy::Earliest) => start,
            (_, ResetPolicy::Latest) => end,
        }
    }

    /// Writes down what was committed and read until now, before something changes that both depend on.
    pub(crate) fn settle(&mut self, topics: &Topics, now: Millis) {
        self.stored = self.committed(topics, now);
        let over = self.end_of_work(now).is_some() || self.members.is_empty();
        self.work = match self.work.take() {
            Some(work) if !over => {
                let positions =
                    self.each(topics, |name, partition, rate| self.position(&work, (name, partition, rate), now));
                Some(Work { from: now, paced_from: work.paced_from, positions })
            }
            _ => None,
        };
        self.members.retain(|member| member.is_counted(now) || member.is_working(now));
    }

    /// Begins to read if somebody works and nobody did before.
    pub(crate) fn resume(&mut self, topics: &Topics, now: Millis) {
        if self.work.is_some() || !self.members.iter().any(|member| member.is_working(now)) {
            return;
        }
        let positions = self.each(topics, |name, partition, _| self.begin(name, partition, now));
        self.work = Some(Work { from: now, paced_from: now, positions });
    }

    fn each(
        &self,
        topics: &Topics,
        position: impl Fn(&TopicName, &TopicPartition, u64) -> i64,
    ) -> BTreeMap<TopicName, BTreeMap<i32, i64>> {
        let of_topic = |(name, topic, rate): (&TopicName, &Topic, u64)| {
            let of_partition = |partition: &TopicPartition| (partition.number, position(name, partition, rate));
            (name.clone(), topic.partitions.iter().map(of_partition).collect())
        };
        self.topics_read(topics).map(of_topic).collect()
    }

    /// Stores a commit; an offset past the end of the log is stored like any other.
    pub(crate) fn store(&mut self, topic: &TopicName, partition: i32, committed: Committed) {
        self.stored.entry(topic.clone()).or_default().insert(partition, committed);
    }

    pub(crate) fn forget(&mut self, topic: &TopicName, partition: i32) {
        if let Some(of_topic) = self.stored.get_mut(topic) {
            of_topic.remove(&partition);
        }
    }

    /// A topic is gone, and with it every commit in it.
    pub(crate) fn forget_topic(&mut self, topic: &TopicName) {
        self.stored.remove(topic);
        if let Some(work) = &mut self.work {
            work.positions.remove(topic);
        }
    }
}
